#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_parameters.sh WORK_DIR: a function of six parameters passes check_parameters.sh, one of seven does not; nor does a
# static one over several lines, of which some parameters are functions.
set -eu
work=$1
check=$(cd "$(dirname "$0")" && pwd)/check_parameters.sh
rm -rf "$work"
mkdir -p "$work/src/dsp"

# What $1 has as its only file.
write() { printf '%s\n' "$1" >"$work/src/dsp/a.c"; }
passes() { sh "$check" "$work" >"$work/log"; }

write 'void six(int a, int b, int c, int d, int e, void (*f)(int x, int y))
{
}'
passes || { cat "$work/log"; echo "six parameters were refused"; exit 1; }
write 'void declared(int a, int b, int c, int d, int e, int f, int g);
static inline int seven(int a, int b, int c, int (*d)(int x, int y),
                        int e, int f, int g) { return a; }'
if passes; then echo "seven parameters passed"; exit 1; fi
grep -q 'a.c:2: seven has 7 parameters' "$work/log" || { cat "$work/log"; echo "not named"; exit 1; }
write '/* no function */'
if passes; then echo "a file without a function was a success"; exit 1; fi
