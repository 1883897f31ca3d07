#!/bin/sh
# SPDX-License-Identifier: MIT
# test_kernels.sh CODEC_TRACE FOLDER ENCODEC: the whole codec gives the same tokens and samples with every search kernel that
# this machine has.
set -eu
trace=$1 folder=$2 encodec=$3
mkdir -p "$folder"
cd "$folder"
kernels=$("$trace" --kernels)
for model in live-64 live-128 live-256 lyra-v2 "$encodec" "$encodec:int16"; do
    name=$(basename "$model")
    first=
    for kernel in $kernels; do
        in_use=$(RESIDUUM_KERNEL=$kernel "$trace" --kernels | head -n 1)
        [ "$in_use" = "$kernel" ] || { echo "RESIDUUM_KERNEL=$kernel leaves $in_use in use"; exit 1; }
        RESIDUUM_KERNEL=$kernel "$trace" "$model" "$name-$kernel"
        first=${first:-$kernel}
        for part in tokens samples; do
            test -s "$name-$kernel.$part"
            cmp "$name-$first.$part" "$name-$kernel.$part"
        done
    done
    echo "$name: the same tokens and samples with $(echo "$kernels" | tr '\n' ' ')"
done
