#!/bin/sh
# SPDX-License-Identifier: MIT
# check_model.sh MODEL.pml KINDS WORK_DIR CC: model-checks a protocol to the end of its states, once a kind (words with
# commas between). `right` must have no error; any other names a seeded bug (its -D in capitals) that must be found.
# 77: spin is not here, so nothing was checked.
set -eu
model=$1 kinds=$2 work=$3 cc=$4
if ! command -v spin >/dev/null 2>&1; then
    echo "spin is not installed: no model was checked"
    exit 77
fi
mkdir -p "$work"
cd "$work"
name=${model##*/}

check_kind() {
    kind=$1 seed=
    rm -f pan pan.* ./*.trail
    if [ "$kind" != right ]; then seed=-D$(printf %s "$kind" | tr '[:lower:]' '[:upper:]'); fi
    # shellcheck disable=SC2086 # no word at all where nothing is seeded
    spin $seed -a "$model" >spin.log 2>&1 </dev/null || { cat spin.log; exit 1; }
    "$cc" -O1 -w -DMEMLIM=1024 -o pan pan.c
    ./pan -m100000 >pan.log 2>&1 || true
    cat pan.log
    if [ "$kind" != right ]; then
        grep -q 'assertion violated' pan.log || { echo "the seeded bug $seed was not caught"; exit 1; }
        return
    fi
    # A search that was cut short proves nothing.
    if grep -Eq 'max search depth too small|out of memory|Search not completed' pan.log; then
        echo "the search did not reach all states"
        exit 1
    fi
    grep -q 'errors: 0$' pan.log || { echo "the protocol is wrong"; exit 1; }
    # Every statement was reached, or the model says less than it seems to.
    if sed -n '/unreached in proctype/,$p' pan.log | grep -q "$name:"; then
        echo "parts of the model were never reached"
        exit 1
    fi
}

for kind in $(printf %s "$kinds" | tr , ' '); do check_kind "$kind"; done
