#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run_bench.sh PROGRAM [--json]: the figures of rsd_bench as a table, with instructions a step where valgrind is there,
# FAISS and LiteRT beside them where PEER_PYTHON names a Python that has them, and PyTorch where RSD_ENCODEC_DIR names an
# EnCodec folder (tests/codec/make_encodec.py makes one of random weights) too.
set -euo pipefail

program=$1
json=${2:-}
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

# Instructions of `count` steps, counted by callgrind; empty where it is not there.
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" --only "$1" "$2" 2>&1 |
        sed -n 's/.*Collected : //p'
}

# A difference of two counts leaves the set-up out.
instructions_per_step() {
    command -v valgrind >/dev/null 2>&1 || return 0
    local few many
    few=$(instructions "$1" 200)
    many=$(instructions "$1" 600)
    [ -n "$few" ] && [ -n "$many" ] && echo $(((many - few) / 400))
}

# Without it the case of Lyra V2 is not on this machine.
models=${RESIDUUM_MODELS:-$(dirname "$0")/../../../shared/models}
if [ -d "$models" ]; then export RESIDUUM_MODELS=$models; fi
"$program" | while IFS= read -r line; do
    name=$(sed -n 's/.*"name": "\([^"]*\)".*/\1/p' <<<"$line")
    count=$(instructions_per_step "$name" || true)
    echo "${line%\}}, \"instructions\": ${count:-null}}"
done >"$lines"

if [ "$json" = --json ]; then
    cat "$lines"
    exit 0
fi

awk -F'"name": "|", "|, "|": |}' '
    function field(name,   i) { for (i = 1; i <= NF; i++) if ($i == name) return $(i + 1); return "" }
    BEGIN { printf "%-34s %8s %12s %12s %10s %14s\n", "case", "kbps", "us least", "us median", "% of core", "instructions" }
    { split($0, part, "\""); printf "%-34s", part[4] }
    /skipped/ { print "  not on this machine"; next }
    { printf " %8s %12s %12s %10s %14s\n", field("kbps"), field("us_least"), field("us_median"), field("share_percent"), field("instructions") }
' "$lines"

echo
if command -v callgrind_annotate >/dev/null 2>&1; then
    "$(dirname "$0")/effects_off.sh" "$program" || true
else
    echo "effects that are off: not counted, there is no valgrind here"
fi

# peer MODULE TITLE SCRIPT ARGUMENTS...: one of the comparisons with a library from PyPI, or why there is none.
here=$(dirname "$0")
library=$(dirname "$program")/../../src/libresiduum.so
peer() {
    local module=$1 title=$2
    shift 2
    echo
    if [ -z "${PEER_PYTHON:-}" ]; then
        echo "$title: not compared, there is no Python for it here"
    elif ! "$PEER_PYTHON" -c "import $module" 2>/dev/null; then
        echo "$title: not compared, it could not be installed here (build/bench-python.log)"
    else
        "$PEER_PYTHON" "$@"
    fi
}

peer faiss FAISS "$here/faiss_peer.py" "$lines" "$library"
if [ -f "$models/lyra_v2/lyragan.tflite" ]; then
    peer ai_edge_litert LiteRT "$here/lyra_peer.py" "$library" "$models/lyra_v2" \
    "$models/../golden/lyra_v2/input_16k.wav"
else
    echo "LiteRT: not compared, $models has no lyra_v2"
fi
if [ -n "${RSD_ENCODEC_DIR:-}" ]; then peer transformers PyTorch "$here/encodec_peer.py" "$RSD_ENCODEC_DIR" "$lines"; fi
