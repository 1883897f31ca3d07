#!/bin/sh
# SPDX-License-Identifier: MIT
# check_purpose.sh ROOT FOLDER...: every C file below these folders says on its second line what it is for.
set -eu
root=$1
shift
cd "$root"
files=$(find "$@" -name '*.c' | sort)
[ -n "$files" ] || { echo "no C file: nothing was checked"; exit 1; }
echo "$files" | tr '\n' '\0' | xargs -0 awk '
FNR == 2 && !/^(\/\/|\/\*) ?[^ ]/ { printf "%s:2: does not say what the file is for\n", FILENAME; bad = 1 }
END { exit bad }
'
