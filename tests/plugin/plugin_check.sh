# SPDX-License-Identifier: MIT
# Read by the scripts of this folder, after check.sh: tools that are not on every machine.
# shellcheck shell=sh disable=SC2154
# needs TOOL...: skips the whole test, with the reason, where one is not there.
needs() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null 2>&1 || {
            echo "no $tool on this machine: skipped"
            exit 77
        }
    done
}
# equal SENTENCE A B: every sample of both, over the length of the shorter one; neither may be empty.
equal() {
    first=$("$sound" info "$2" 2>/dev/null | cut -d' ' -f3)
    if [ "${first:-0}" -gt 1000 ] && [ "$("$sound" difference "$2" "$3" 2>err)" = "-1 -1" ]; then
        holds "$1"
    else
        fails "$1 ($2 has ${first:-no} samples, they differ from $("$sound" difference "$2" "$3" 2>&1))"
    fi
}
