#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_sizes.sh WORK_DIR: functions and files at the limit pass check_sizes.sh, one line more does not.
set -eu
work=$1
check=$(cd "$(dirname "$0")" && pwd)/check_sizes.sh

# A file of one function of $1 lines (a signature over two lines), then blank lines up to $2 lines in all.
write() {
    rm -rf "$work"
    mkdir -p "$work/src/dsp"
    awk -v function_lines="$1" -v file_lines="$2" 'BEGIN {
        print "static const float *long_name(int a,"
        print "                              int b)"
        print "{"
        for (i = 4; i < function_lines; i++) print "    a++;"
        print "}"
        for (i = function_lines; i < file_lines; i++) print ""
    }' >"$work/src/dsp/a.c"
}

passes() { sh "$check" "$work" >"$work/log"; }

write 60 500
passes || { cat "$work/log"; echo "a function of 60 lines in a file of 500 was refused"; exit 1; }
write 61 100
if passes; then echo "a function of 61 lines passed"; exit 1; fi
grep -q 'a.c:1: long_name has 61 lines' "$work/log" || { cat "$work/log"; echo "not named"; exit 1; }
write 60 501
if passes; then echo "a file of 501 lines passed"; exit 1; fi
