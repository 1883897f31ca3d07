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
if "$examples/example_process" nowhere.wav a.wav 4 2>/dev/null; then
    echo "FAILS: a missing file is no failure"
    failed=1
fi
exit "$failed"
