#!/bin/sh
# SPDX-License-Identifier: MIT
# check_licence.sh ROOT: the first line of every C file is the licence line and nothing more.
set -eu
cd "$1"
bad=0
files=$(find src include tests plugin -type f \( -name '*.c' -o -name '*.h' \) 2>/dev/null | sort)
if [ -z "$files" ]; then
    echo "no C files: nothing was checked"
    exit 1
fi
for file in $files; do
    if [ "$(head -n 1 "$file")" != '// SPDX-License-Identifier: MIT' ]; then
        echo "$file: the first line is not the licence line"
        bad=1
    fi
done
exit "$bad"
