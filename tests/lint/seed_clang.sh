#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_clang.sh WORK_DIR: shows check_clang.sh a clean file, which must pass, and one that only clang warns of.
set -eu
work=$1
check=$(cd "$(dirname "$0")" && pwd)/check_clang.sh
command -v clang-14 >/dev/null || { echo "clang-14 is not installed"; exit 77; }

write() { # TEXT: the file, and a compilation database as CMake writes it
    rm -rf "$work"
    mkdir -p "$work"
    printf '%s\n' "$1" >"$work/a.c"
    cat >"$work/compile_commands.json" <<TEXT
[
{
  "directory": "$work",
  "command": "/usr/bin/ccache /usr/bin/cc -DTEXT=\\\\\\"a\\\\\\" -O2 -Wall -std=gnu11 -o a.o -c $work/a.c",
  "file": "$work/a.c"
}
]
TEXT
}
passes() { sh "$check" "$work" clang-14 >"$work/log" 2>&1; }

write 'const char *f(int a, int b); const char *f(int a, int b) { return ((a > 1) | (b > 1)) ? TEXT : "c"; }'
passes || { cat "$work/log"; echo "a clean file was refused"; exit 1; }
write 'const char *f(int a, int b); const char *f(int a, int b) { return (a > 1) | (b > 1) ? TEXT : "c"; }'
if passes; then echo "not caught: | before ?: without brackets"; exit 1; fi
grep -q 'a.c:1:.*Wbitwise-conditional-parentheses' "$work/log" || { cat "$work/log"; echo "not named"; exit 1; }
echo '[]' >"$work/compile_commands.json"
if passes; then echo "a check of nothing passed"; exit 1; fi
