# SPDX-License-Identifier: MIT
# Read by the scripts of this folder, after check.sh.
# shellcheck shell=sh disable=SC2154
# shellcheck source=tests/support/need_tools.sh
. "$(dirname "$0")/../support/need_tools.sh"
# equal SENTENCE A B: every sample of both, over the length of the shorter one; neither may be empty.
equal() {
    first=$("$sound" info "$2" 2>/dev/null | cut -d' ' -f3)
    if [ "${first:-0}" -gt 1000 ] && [ "$("$sound" difference "$2" "$3" 2>err)" = "-1 -1" ]; then
        holds "$1"
    else
        fails "$1 ($2 has ${first:-no} samples, they differ from $("$sound" difference "$2" "$3" 2>&1))"
    fi
}
