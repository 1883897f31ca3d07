# SPDX-License-Identifier: MIT
# Read by the checks of every source: goes to the folder $1 and sets `files` to the C files of its src/ and plugin/.
# shellcheck shell=sh disable=SC2034
cd "$1" || exit 1
folders=src
[ ! -d plugin ] || folders='src plugin'
# shellcheck disable=SC2086 # two words on purpose
files=$(find $folders -type f \( -name '*.c' -o -name '*.h' \) | sort)
if [ -z "$files" ]; then
    echo "no sources: nothing was checked"
    exit 1
fi
