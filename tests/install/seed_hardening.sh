#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_hardening.sh WORK_DIR CC: shows check_hardening.sh a program with everything, then one that lacks one thing.
set -eu
work=$1 cc=$2
check=$(cd "$(dirname "$0")" && pwd)/check_hardening.sh
command -v readelf >/dev/null || { echo "no readelf on this machine: skipped"; exit 77; }
rm -rf "$work"
mkdir -p "$work/src"
cat >"$work/a.c" <<'TEXT'
#include <stdio.h>
int main(int count, char **words)
{
    char text[40];
    snprintf(text, sizeof text, "%d %s", count, words[0]);
    return puts(text) < 0;
}
TEXT
all='-O2 -fPIE -pie -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -Wl,-z,relro,-z,now,-z,noexecstack'

look() { # FLAGS: beside all; what comes later counts
    # shellcheck disable=SC2086 # words
    "$cc" $all $1 -o "$work/src/program" "$work/a.c" && sh "$check" "$work" Release >"$work/log" 2>&1
}
refused() { # FLAGS SENTENCE
    if look "$1"; then echo "not caught with $1"; exit 1; fi
    grep -q "src/program: .*$2" "$work/log" || { cat "$work/log"; echo "not named with $1"; exit 1; }
}

look '' || { cat "$work/log"; echo "a hardened program was refused"; exit 1; }
refused '-fno-stack-protector' 'stack protector'
refused '-U_FORTIFY_SOURCE' 'checked libc call'
refused '-Wl,-z,norelro' 'no RELRO'
refused '-Wl,-z,lazy' 'not full'
refused '-Wl,-z,execstack' 'executable'
refused '-fno-pie -no-pie' 'PIE'
rm "$work/src/program"
if sh "$check" "$work" Release >"$work/log" 2>&1; then echo "a look at nothing passed"; exit 1; fi
