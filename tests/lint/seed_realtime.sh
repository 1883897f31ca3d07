#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_realtime.sh WORK_DIR SOURCE CLANG_TIDY BUILD: shows check_realtime.sh a real-time function that keeps its promise,
# then offences; and the tree's own functions that hosts and devices call for sound, each with an offence put in. 77:
# there is no such clang-tidy here (./dev lint installs it).
set -eu
work=$1 source=$2 tidy=$3 build=$4
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

says() { # DECLARATION with a comment, in a header of the tree's own
    write ''
    printf '%s\n' "$1" >"$work/src/engine/b.h"
    passes
}
for offence in '/* Thread: [audio] */
void h(int x,
       int y);' 'void h(void); /* [audio] */' '/*
 * A block. Thread: [audio], one
 */
static void h(void)
{'; do
    if says "$offence"; then echo "not caught: $offence"; exit 1; fi
    grep -q 'b.h:[1-9].*not RSD_REALTIME' "$work/log" || { cat "$work/log"; echo "the declaration is not named"; exit 1; }
done
says '/* Thread: [audio] */
RSD_REALTIME void h(void);
void i(void); /* [control] */
int size; /* [audio] */' || { cat "$work/log"; echo "declarations that promise what they say were refused"; exit 1; }

fits() { # MEMBER: of a plugin's, which takes no function that has not promised
    write ''
    cat >>"$file" <<TEXT
#include "clap_abi.h"
static void blocks(const clap_plugin_t *p) { free((void *)p); }
const clap_plugin_t plugin = {.$1 = blocks};
TEXT
    sed -i "s|-O2|-O2 -I$source/plugin/clap|" "$work/compile_commands.json"
    passes
}
fits destroy || { cat "$work/log"; echo "a member that may block is refused one that does"; exit 1; }
if fits reset; then echo "not caught: a CLAP entry of the audio thread that promises nothing"; exit 1; fi
grep -q 'a.c:13:.*type conversion' "$work/log" || { cat "$work/log"; echo "the entry is not named"; exit 1; }

caught_in() { # FILE FUNCTION: of the tree, where it is built here
    write ''
    entry=$(grep -B3 "\"file\": \"$source/$1\"" "$build/compile_commands.json") || return 0
    copy=$work/$1
    mkdir -p "$(dirname "$copy")"
    awk -v name="$2" '
        index($0, name "(") && !is_done { is_near = 1 }
        is_near && /^{/ { $0 = "{ extern void *malloc(unsigned long); (void)malloc(9);"; is_near = 0; is_done = 1 }
        { print }' "$source/$1" >"$copy"
    {
        printf '[\n{\n'
        printf '%s\n' "$entry" | grep '"directory"'
        printf '%s\n' "$entry" | sed -n "s| -c .*| -iquote$source/$(dirname "$1") -c $copy\",|p"
        printf '  "file": "%s"\n}\n]\n' "$copy"
    } >"$work/compile_commands.json"
    if passes; then echo "not caught: malloc in $2 of $1"; exit 1; fi
    grep -q "$1:.*'malloc'" "$work/log" || { cat "$work/log"; echo "malloc in $2 of $1 is not named"; exit 1; }
}
caught_in plugin/clap/clap_process.c rclap_process
caught_in plugin/clap/clap_params.c flush
caught_in plugin/lv2/lv2_run.c rlv2_run
caught_in plugin/lv2/lv2_plugin.c connect_port
caught_in plugin/lv2/lv2_work.c work_response
caught_in plugin/pd/residuum_tilde.c perform
caught_in src/host/device/jack_audio.c on_block
caught_in src/host/device/portaudio.c on_block
