#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin_figures.sh PLUGIN_BENCH [--check]: what a plugin costs over the engine at 64 frames (instructions, by
# callgrind), and how long scan and instantiation take. --check: exit 1 where a figure is over its bar.
set -eu
bench=$1 check=${2:-}
bad=0
over() { # WHAT VALUE BAR
    printf '%-28s %10s   (bar %s)\n' "$1" "$2" "$3"
    if ! awk -v v="$2" -v b="$3" 'BEGIN { exit !(v < b) }'; then bad=1; fi
}
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" run "$1" "$2" 2>&1 | sed -n 's/.*Collected : //p'
}
# A difference of two counts leaves the set-up out.
per_block() { echo $((($(instructions "$1" 300) - $(instructions "$1" 100)) / 200)); }

"$bench" times >"${TMPDIR:-/tmp}/rsd-figures-$$"
while read -r format _ scan _ instantiate; do
    over "$format scan, ms" "$scan" 5
    over "$format instantiate, ms" "$instantiate" 20
done <"${TMPDIR:-/tmp}/rsd-figures-$$"
rm -f "${TMPDIR:-/tmp}/rsd-figures-$$"
if command -v valgrind >/dev/null 2>&1; then
    engine=$(per_block engine)
    printf '%-28s %10s\n' "engine, instructions a block" "$engine"
    # LV2 has no word for "nothing has moved": every port is looked at in every block, and there are over 160.
    for format in lv2 clap; do
        bar=1
        [ "$format" = clap ] || bar=2
        count=$(per_block "$format")
        over "$format over the engine, %" "$(awk -v p="$count" -v e="$engine" 'BEGIN { printf "%.3f", 100 * (p - e) / e }')" "$bar"
    done
else
    echo "no valgrind on this machine: instructions are not counted"
fi
[ "$check" != --check ] || exit "$bad"
