#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run_bench.sh PROGRAM [--json]: the figures of rsd_bench as a table, with instructions a step where valgrind is there,
# and FAISS beside them where FAISS_PYTHON names a Python that has it.
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
if [ -n "${FAISS_PYTHON:-}" ]; then
    library=$(dirname "$program")/../../src/libresiduum.so
    "$FAISS_PYTHON" "$(dirname "$0")/faiss_peer.py" "$lines" "$library"
else
    echo "FAISS: not on this machine"
fi
