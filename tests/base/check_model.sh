#!/bin/sh
# SPDX-License-Identifier: MIT
# check_model.sh MODEL.pml KIND WORK_DIR CC: model-checks the ring's index protocol to the end of its states.
# KIND `right` must have no error; any other names a seeded bug (its -D in capitals) that must be found.
# 77: spin is not here, so nothing was checked.
set -eu
model=$1 kind=$2 work=$3 cc=$4
if ! command -v spin >/dev/null 2>&1; then
    echo "spin is not installed: the ring's model was not checked"
    exit 77
fi
mkdir -p "$work"
cd "$work"
rm -f pan pan.* ./*.trail
seed=
if [ "$kind" != right ]; then seed=-D$(printf %s "$kind" | tr '[:lower:]' '[:upper:]'); fi

# shellcheck disable=SC2086 # no word at all where nothing is seeded
spin $seed -a "$model" >spin.log 2>&1 || { cat spin.log; exit 1; }
"$cc" -O2 -w -DMEMLIM=1024 -o pan pan.c
./pan -m100000 >pan.log 2>&1 || true
cat pan.log

# A search that was cut short proves nothing, whichever way it ends.
if grep -Eq 'max search depth too small|out of memory|Search not completed' pan.log && [ "$kind" = right ]; then
    echo "the search did not reach all states"
    exit 1
fi
if [ "$kind" = right ]; then
    grep -q 'errors: 0$' pan.log || { echo "the index protocol is wrong"; exit 1; }
    # Every statement was reached, or the model says less than it seems to.
    if sed -n '/unreached in proctype/,$p' pan.log | grep -q 'ring.pml:'; then
        echo "parts of the model were never reached"
        exit 1
    fi
else
    grep -q 'assertion violated' pan.log || { echo "the seeded bug $seed was not caught"; exit 1; }
fi
