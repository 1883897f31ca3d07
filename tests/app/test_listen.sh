#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum abx and rate from standard input: their results, and what they refuse.
. "$(dirname "$0")/check.sh"

"$sound" make in.wav 48000 1 24000 7 float
abx() { "$residuum" abx in.wav --backend null "$@"; }
all_a() { for _ in 1 2 3 4 5 6; do printf 'x\n1\n'; done; }

run() { all_a | abx --a levels=1 --b monitor=dry,mix=1 --trials 6 --seed 9 --results "$1"; }
check "six trials are answered" run one
speaks "p 0" "p is told at the end"
is "a line a trial" "$(wc -l <one.csv)" == 7
right=$(awk -F, 'NR > 1 && $3 == $4' one.csv | wc -l | tr -d ' ')
is "JSON counts what the lines say" "$(tr -d ' \n' <one.json | sed 's/.*"right":\([0-9]*\),"share.*/\1/')" == "$right"
check "the same seed draws the same" run two
draws() { cut -d, -f3 "$1.csv"; }
is "X by X" "$(draws one | cksum | tr ' ' 0)" == "$(draws two | cksum | tr ' ' 0)"
exits 2 "results are not written over" run one
exits 2 "A and B must be given" abx --a dry --results three
exits 2 "a setting that there is none of" abx --a nothing=1 --b dry --results three
says "abx: --a: there is no parameter 'nothing'" "the error names the sound"
exits 2 "a loop outside of the sound" abx --a levels=2 --b dry --loop 0.1-9 --results three
exits 2 "trials out of range" abx --a levels=2 --b dry --trials 201 --results three
if [ -e three.csv ] || [ -e three.json ]; then fails "what is refused leaves no files"; else holds "what is refused leaves no files"; fi

stopped() { printf 'x\n1\nq\n' | abx --a levels=2 --b codec=live-64,levels=3 --trials sequential --results four; }
check "a sequential test of two codecs, stopped" stopped
is "has one answer" "$(wc -l <four.csv)" == 2
if grep -q p_value four.json; then fails "and no p"; else holds "and no p"; fi

rate() { printf 'r\n1\nrate 1 10\nrate 2 20\nrate 3 30\nloop 0 0.4\nnext all of it\n' | "$residuum" rate in.wav --levels 2 --backend null --results five; }
check "a sound is rated" rate
is "reference, anchor and one level count" "$(wc -l <five.csv)" == 4
mid() { printf 'r\n1\nrate 1 10\nrate 2 20\nrate 3 30\nrate 4 40\nnext\n' | "$residuum" rate in.wav --levels 2 --mid-anchor --backend null --results seven; }
check "and with a second anchor" mid
is "which is one more" "$(grep -c 'anchor35\|anchor70\|reference\|levels-2' seven.csv)" == 4
too_many() { "$residuum" rate in.wav --levels 1-13 --backend null --results six; }
exits 2 "too many level counts" too_many
finish
