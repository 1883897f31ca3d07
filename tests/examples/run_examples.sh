#!/bin/sh
# SPDX-License-Identifier: MIT
# run_examples.sh EXAMPLES RESIDUUM SOUND_TOOL SOUND: the examples do to SOUND (mono, 48 kHz) what the command does to it.
set -u
examples=$1 residuum=$2 sound_tool=$3 sound=$4
folder=$(mktemp -d "${TMPDIR:-/tmp}/rsd-examples-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
check() {
    if "$@" >out 2>&1; then echo "ok: $*"; else
        echo "FAILS: $*"
        sed 's/^/    /' out
        failed=1
    fi
}

check "$examples/example_process" "$sound" a.wav 4
check "$residuum" process "$sound" b.wav --levels 4 --format float --quiet
check "$sound_tool" same a.wav b.wav
check "$examples/example_encode" "$sound" tokens.npy
check "$examples/example_decode" tokens.npy c.wav 4
check "$residuum" decode tokens.npy d.wav --levels 4 --format float --quiet
check "$residuum" encode "$sound" all.npy --quiet
check "$residuum" decode all.npy e.wav --levels 4 --format float --quiet
check "$sound_tool" same d.wav e.wav
check "$examples/example_train" "$sound" own.safetensors
check "$residuum" train "$sound" --hop 64 --seed 1 --name mine -o same.safetensors --quiet
check cmp own.safetensors same.safetensors
check "$examples/example_resample" "$sound" up.wav 96000
check "$examples/example_resample" up.wav back.wav 48000
# There and back: in place to the sample, and the same sound but for the edge of the band.
lag=$("$sound_tool" lag "$sound" back.wav)
echo "$lag" | awk '{ exit !($1 == 0 && $2 > 60) }' || {
    echo "FAILS: resample there and back: $lag"
    failed=1
}
# says WANTED PROGRAM...: the program's last lines are these.
says() {
    wanted=$1
    shift
    said=$("$@" 2>&1 | tail -n "$(printf '%s\n' "$wanted" | wc -l)")
    if [ "$said" = "$wanted" ]; then echo "ok: $*"; else
        printf 'FAILS: %s says\n%s\nnot\n%s\n' "$*" "$said" "$wanted"
        failed=1
    fi
}
says 5000050000 "$examples/example_ring" 100000
says 'level 1: token 2, sum 0.5 -0.5, left -0.2 0.1
level 2: token 1, sum 0.25 -0.25, left 0.05 -0.15
level 3: token 2, sum 0.375 -0.375, left -0.075 -0.025' "$examples/example_rvq" 0.3 -0.4
says '16 1 2 3 16
16 16 4 5 6' "$examples/example_pattern" delay
says "there is no pattern 'sideways'; residuum patterns lists those that there are" "$examples/example_pattern" sideways
says 'levels 4 levels
monitor wet
level_gain[2] 1 ' "$examples/example_preset" telephone levels monitor 'level_gain[2]'
says "no 'levels[2]'" "$examples/example_preset" telephone 'levels[2]'
if "$examples/example_process" nowhere.wav a.wav 4 2>/dev/null; then
    echo "FAILS: a missing file is no failure"
    failed=1
fi
exit "$failed"
