#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum stress: what it tries, finds and says. What a machine holds is its own matter, so no limit is asked for here.
# shellcheck disable=SC2317 # functions are called through check
here=$(cd "$(dirname "$0")" && pwd)
. "$here/check.sh"
figure() { sed -n "s/.*\"$1\": *\\([-0-9.e]*\\).*/\\1/p" "$2" | head -n 1; }

"$residuum" stress live-64 --duration 0.05 --json stress.json >out 2>err
code=$?
is "it ends with 0 where a codec held, else with 1" "$code" "<=" 1
for name in "real-time priority" "memory lock" "frequency governor" "timer slack"; do
    speaks "^  $name *\(yes\|NO\|-\) " "it says whether the system grants: $name"
done
is "at least a trial a block was made" "$(figure trials stress.json)" ">=" 1
is "levels are those of the codec" "$(figure level_count stress.json)" "==" "$("$residuum" codecs | sed -n 's/^live-64 *[0-9]* *[0-9]* *\([0-9]*\).*/\1/p')"
if [ "$code" -eq 0 ]; then
    speaks "^  residuum live --codec live-64 --block [0-9]* --rate 48000" "settings are advised"
    is "in blocks of no less than what held" "$(figure block_samples stress.json)" ">=" "$(figure smallest_block_samples stress.json)"
    is "a channel at least held there" "$(figure most_channels stress.json)" ">=" 1
else
    speaks "no codec held" "where nothing held that is said"
fi
"$residuum" stress live-64 --duration 0.05 --load 2 >out 2>err
speaks "2 threads beside it" "busy threads run beside it"

set -- live-64 live-64 live-64 live-64
stops "$residuum" stress "$@" "$@" "$@" "$@" --duration 600 # where none holds, each takes seconds all the same
is "a signal ends it, with 0 where a codec held" "$code" "<=" 1
says "stopped: [0-9]* of 16 codecs were tried" "with what was tried"
speaks "^what the system grants" "and what the system grants"

exits 1 "a codec that is not there" "$residuum" stress no-such-codec
says "no-such-codec" "is named"
exits 2 "a time that cannot be" "$residuum" stress --duration 0
says "duration takes a number" "is refused with its range"
finish
