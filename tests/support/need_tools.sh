# SPDX-License-Identifier: MIT
# Read by scripts that need tools which are not on every machine.
# shellcheck shell=sh
# need_tools TOOL...: skips the whole test, with the reason, where one is not there.
need_tools() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null 2>&1 || {
            echo "no $tool on this machine: skipped"
            exit 77
        }
    done
}
