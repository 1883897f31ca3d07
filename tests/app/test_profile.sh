#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum live --profile and residuum profile: what a run leaves behind, after a crash too.
# shellcheck disable=SC2317 # functions are called through check
here=$(cd "$(dirname "$0")" && pwd)
. "$here/check.sh"
live() { "$residuum" live --backend null --no-osc -q "$@"; }
figure() { sed -n "s/.*\"$1\": *\\([-0-9.e]*\\).*/\\1/p" "$2" | head -n 1; }

check "live writes a profile" live --duration 2 --record rec.wav --profile run.prof --profile-stages
check "profile reads it" "$residuum" profile run.prof --json run.json --plot run.svg
is "with a record of every callback" "$(figure callbacks run.json)" ">=" 1450
is "none lost" "$(figure records_lost run.json)" "==" 0
speaks "most of 64 samples (a deadline of 1.333 ms)" "the deadline is that of the block"
speaks "^load % " "and there are percentiles of the load"
is "in rising order" "$(figure p50 run.json)" "<=" "$(figure p99_99 run.json)"
is "up to the largest" "$(figure p99_99 run.json)" "<=" "$(figure max run.json)"
speaks "^search  *[1-9]" "stages have their time"
speaks "^  level 14 *[0-9]*[.]*[0-9]*[1-9]" "and every level"
speaks "recorder [1-9][0-9]* samples" "samples that waited for the disk were seen"
if [ -r /proc/self/task ]; then
    speaks "audio thread: .* page faults.*of a processor" "what the system counts of the audio thread was asked"
fi
if [ -r /proc/sys/kernel/perf_event_paranoid ] && [ "$(cat /proc/sys/kernel/perf_event_paranoid)" -le 2 ]; then
    speaks "^within callbacks" "and of the callbacks themselves"
    if [ "$(figure callbacks run.json)" -gt 0 ] && grep -q '"within_callbacks": {' run.json; then
        is "of nearly all" "$(sed -n '/"within_callbacks"/,/}/s/.*"callbacks": *\([0-9]*\).*/\1/p' run.json)" ">=" 1300
        # Rings that were not touched before they were used made one in 28 callbacks.
        is "in which the audio thread met hardly a page that was not there" "$(sed -n '/"within_callbacks"/,/}/s/.*"page_faults": *\([0-9]*\).*/\1/p' run.json)" "<=" 15
    fi
fi
is "the worst callbacks are named" "$(grep -c '"what"' run.json)" ">=" 1
is "the picture has two panels" "$(grep -c 'font-weight="bold">[LH]' run.svg)" "==" 2

# ---- a crash
"$residuum" live --backend null --no-osc --duration 60 --profile crash.prof >lines 2>err &
live_pid=$!
soon has_played lines 2
seconds=$(played lines)
kill -KILL "$live_pid"
wait "$live_pid" 2>/dev/null
check "after a crash it is read" "$residuum" profile crash.prof --json crash.json
speaks "it was cut off" "which is said"
is "but for the last second at most" "$(figure callbacks crash.json)" ">=" "$(awk -v s="$seconds" 'BEGIN { print 750 * (s - 1) }')"
before=$(figure callbacks crash.json)
check "an earlier profile is replaced" live --duration 0.2 --profile crash.prof
check "by the new one" "$residuum" profile crash.prof --json crash.json
is "which is short" "$(figure callbacks crash.json)" "<" "$before"

# ---- damage
size=$(wc -c <run.prof)
head -c $((size / 2)) run.prof >bad.prof
printf '\377\377\377\377\377\377\377\377' >>bad.prof
tail -c +$((size / 2 + 9)) run.prof >>bad.prof
check "of a damaged profile what stands before the damage is read" "$residuum" profile bad.prof --json bad.json
speaks "is damaged at byte [0-9]*" "the place is said"
is "as it is in JSON" "$(figure damaged_at_byte bad.json)" ">=" 256
is "there is something before it" "$(figure callbacks bad.json)" ">=" 1
is "and not all of it" "$(figure callbacks bad.json)" "<" "$(figure callbacks run.json)"
cp run.prof longer.prof
echo more >>longer.prof
check "what stands behind the end" "$residuum" profile longer.prof
speaks "5 bytes behind its end are not read" "is no part of it"

# ---- wrong usage
echo mine >mine.txt
exits 2 "what is no profile is not written over" live --duration 0.1 --profile mine.txt
says "mine.txt.*is no profile" "it is named"
exits 1 "nor read" "$residuum" profile mine.txt
says "'mine.txt' is no profile" "it is named there, too"
exits 2 "stages without a profile" live --duration 0.1 --profile-stages
says "goes with --profile" "are refused"
finish
