#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# coder_peers.sh RESIDUUM SOUND: the entropy coder beside zstd -19 and xz -9 on the bit-packed stream of SOUND: bytes,
# what is saved, and CPU time both ways. The header is left out of all of them: it has nothing of the sound, and most of
# what a packer saves of a short stream. A packer that is not here is left out and named.
set -euo pipefail

residuum=$1 sound=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TIMEFORMAT=%U

# user time of COMMAND... in seconds
seconds() { { time "$@" >/dev/null 2>&1; } 2>&1; }

# frames STREAM: what is behind its header, whose length is at byte 6.
frames() { tail -c +$(($(od -An -tu2 -j6 -N2 "$1") + 1)) "$1"; }

# row NAME PACKED FILE THERE BACK
row() {
    awk -v name="$1" -v whole="$(wc -c <"$2")" -v packed="$(wc -c <"$3")" -v there="$4" -v back="$5" \
        'BEGIN { printf "  %-10s %9d %9.2f %9.3f %9.3f\n", name, packed, 100 * (1 - packed / whole), there, back }'
}

# codec NAME LEVELS
codec() {
    local stream=$folder/stream.rsdt packed=$folder/packed there back
    "$residuum" encode "$sound" "$stream" --codec "$1" --levels "$2" -q 2>/dev/null ||
        { echo "$1: not on this machine"; return 0; }
    frames "$stream" >"$packed"
    printf '%s, %s levels: %d bytes bit-packed\n  %-10s %9s %9s %9s %9s\n' "$1" "$2" "$(wc -c <"$packed")" coder bytes \
        "saved %" "s there" "s back"
    there=$(seconds "$residuum" tokens "$stream" "$folder/coded.rsdt" --entropy)
    back=$(seconds "$residuum" tokens "$folder/coded.rsdt" "$folder/again.rsdt")
    cmp -s "$stream" "$folder/again.rsdt" || { echo "$1: what was coded came back otherwise"; return 1; }
    frames "$folder/coded.rsdt" >"$folder/coded"
    row --entropy "$packed" "$folder/coded" "$there" "$back"
    if command -v zstd >/dev/null; then
        there=$(seconds zstd -19 -q -f "$packed" -o "$folder/packed.zst")
        back=$(seconds zstd -d -q -f "$folder/packed.zst" -o "$folder/again")
        row "zstd -19" "$packed" "$folder/packed.zst" "$there" "$back"
    else
        echo "  zstd is not installed"
    fi
    if command -v xz >/dev/null; then
        there=$(seconds xz -9 -k -f "$packed")
        back=$(seconds xz -d -k -f -c "$packed.xz")
        row "xz -9" "$packed" "$packed.xz" "$there" "$back"
    else
        echo "  xz is not installed"
    fi
}

models=${RESIDUUM_MODELS:-$(dirname "$0")/../../../shared/models}
if [ -d "$models" ]; then export RESIDUUM_MODELS=$models; fi
codec lyra-v2 4
codec lyra-v2 16
codec live-128 1
codec live-128 14
