#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_purpose.sh WORK_DIR: a file with a purpose passes check_purpose.sh, one without is named.
set -eu
work=$1
check=$(cd "$(dirname "$0")" && pwd)/check_purpose.sh
rm -rf "$work"
mkdir -p "$work/src/a" "$work/plugin"
printf '// SPDX-License-Identifier: MIT\n// What it is for.\n#include <a.h>\n' >"$work/src/a/a.c"
sh "$check" "$work" src plugin || { echo "a file with a purpose was refused"; exit 1; }
printf '// SPDX-License-Identifier: MIT\n#include <a.h>\n// What it is for.\n' >"$work/plugin/b.c"
if sh "$check" "$work" src plugin >"$work/log"; then echo "a file without a purpose passed"; exit 1; fi
grep -q '^plugin/b.c:2: ' "$work/log" || { cat "$work/log"; echo "it is not named"; exit 1; }
