#!/bin/sh
# SPDX-License-Identifier: MIT
# seed_structs.sh WORK_DIR INCLUDE: shows check_structs.sh the public headers, then offences.
set -eu
work=$1 include=$2
check=$(cd "$(dirname "$0")" && pwd)/check_structs.sh
passes() { sh "$check" "$work" >"$work/log"; }
fresh() {
    rm -rf "$work"
    mkdir -p "$work"
    cp "$include"/*.h "$work"
}
caught() { # SENTENCE
    if passes; then echo "not caught: $1"; exit 1; fi
    grep -q "$1" "$work/log" || { cat "$work/log"; echo "not said: $1"; exit 1; }
}
fresh
passes || { cat "$work/log"; echo "the headers as they are were refused"; exit 1; }
printf '\ntypedef struct {\n    int x;\n} rsd_new;\n' >>"$work/rsd_ring.h"
caught 'rsd_ring.h: rsd_version.h does not say whether rsd_new may grow'
fresh
printf '\nRSD_API void rsd_f(int x,\n                   const rsd_event *event);\n' >>"$work/rsd_engine.h"
caught 'rsd_event may grow, and its size is not handed over: RSD_API void rsd_f'
fresh
sed -i 's/, rsd_event, / /' "$work/rsd_version.h"
caught 'whether rsd_event may grow'
