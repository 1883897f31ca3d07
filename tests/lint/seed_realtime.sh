#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_realtime.sh WORK_DIR SOURCE CLANG_TIDY: shows check_realtime.sh a real-time function that keeps its promise, then
# offences. 77: there is no such clang-tidy here (./dev lint installs it).
set -eu
work=$1 source=$2 tidy=$3
check=$(cd "$(dirname "$0")" && pwd)/check_realtime.sh
[ -x "$tidy" ] || { echo "no $tidy: skipped"; exit 77; }
file=$work/src/engine/a.c

write() { # BODY: of rsd_engine_reset, on line 9 of the file; with a compilation database as CMake writes it
    rm -rf "$work"
    mkdir -p "$work/src/engine" "$work/include"
    printf '/*\n * Thread  [audio], [any]\n */\nRSD_API RSD_REALTIME void f(void);\n\nRSD_API void g(void);\n' >"$work/include/a.h"
    cat >"$file" <<TEXT
#include <residuum/rsd_engine.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
struct rsd_engine { float x[8]; void (*promised)(float *) RSD_REALTIME; void (*other)(float *); };
void elsewhere(rsd_engine *e);
void rsd_engine_reset(rsd_engine *e) {
    $1
}
TEXT
    cat >"$work/compile_commands.json" <<TEXT
[
{
  "directory": "$work",
  "command": "/usr/bin/cc -I$source/include -O2 -std=gnu11 -o a.o -c $file",
  "file": "$file"
}
]
TEXT
}
passes() { sh "$check" "$work" "$tidy" "$work/include" >"$work/log" 2>&1; }
caught() { # NAME BODY
    write "$2"
    if passes; then echo "not caught: $1"; exit 1; fi
    grep -q "a.c:9:.*'$1'" "$work/log" || { cat "$work/log"; echo "$1 is not named at its line"; exit 1; }
}

write 'memset(e->x, 0, sizeof e->x); e->x[0] = sqrtf(e->x[1]); e->promised(e->x); rsd_engine_apply(e, 1u, 0u, 1.0f);'
passes || { cat "$work/log"; echo "a function that keeps its promise was refused"; exit 1; }
caught malloc 'free(e); e = malloc(9); (void)e;'
caught free 'free(e);'
caught printf 'printf("%p", (void *)e);'
caught elsewhere 'elsewhere(e);'
caught rsd_engine_destroy 'rsd_engine_destroy(e);'
caught rsd_engine::other 'e->other(e->x);'
write ''
printf '/*\n * Thread  [audio], [any]\n */\nRSD_API void f(void);\n' >"$work/include/a.h"
if passes; then echo "not caught: [audio] without RSD_REALTIME"; exit 1; fi
grep -q 'a.h:4: ' "$work/log" || { cat "$work/log"; echo "the declaration is not named"; exit 1; }
