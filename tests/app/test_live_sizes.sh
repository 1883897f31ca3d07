#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum live on terminals of any size, from one character on, and while they are resized. Needs tmux.
# shellcheck disable=SC2013,SC2059,SC2086,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"
. "$(dirname "$0")/screen.sh"
live_on_screen 80 24
size() { $terminal resize-window -t live -x "$1" -y "$2"; }
# lacks PATTERN SENTENCE: what was captured last has no such line.
lacks() { if grep -q -e "$1" out; then fails "$2"; sed 's/^/    /' out; else holds "$2"; fi; }

shows "^ residuum  live-128  48000 Hz  mono" "80 x 24 has the head"
shows "^  14 .* dB .* dB  *[0-9.]*$" "and all levels with their figures"
shows "xruns [0-9]*  late [0-9]*  dropped [0-9]*$" "the load, and no figure is cut"
shows "? help$" "and the keys to their end"
size 60 20
shows "^ latency 5.33 ms  codec 256  res 0  sched 0  dev 0$" "60 x 20 has every part of the latency"
shows "^ load .*%  xruns [0-9]*  late [0-9]*  dropped [0-9]*$" "and of the load"
shows "^ levels 14.0 of 14  195.0 kbps  monitor wet  \|^ levels 14.0 of 14  195.0 kbps  wet  -$" "and of the levels"
shows "? help$" "and the keys to their end"
press '?'
shows "^ ? more keys$" "the keys have a second page there"
press '?'
shows "this help$" "to the last of them"
press '?'
size 20 5
shows "^ residuum  live-128$" "20 columns have the head's first words"
shows "^ levels 14.0 of 14$" "and the levels in use"
shows "^ 5.33 ms  codec 256$" "a figure is whole and with its name, or not there"
shows "^ not recording$" "the last of five lines is the state"
lacks "^ *1  " "five lines have no room for single levels"
size 30 12
shows "^ load [0-9.]* [0-9.]* [0-9.]* %" "12 lines have the load"
shows "^ input -*[0-9.]* dB" "and the peaks, as figures where bars do not fit"
shows "^ level  *energy$" "30 columns have one figure a level"
shows "^ > 1  *[-0-9.]* dB$" "with its unit, and nothing half"
press '?'
shows "levels by 0.1$" "the keys are there on a narrow terminal"
shows "^ - +  *levels by 1$" "one below the other"
press '?'
shows "^ Tab  *the other pages$" "and go on a second page"
press '?'
shows "^ q  quit" "and a third"
press '?'
for pair in "1 1" "2 2" "1 40" "200 1" "3 3" "9 9" "2 10" "40 2"; do
    size ${pair% *} ${pair#* }
    sleep 0.15
    press s s
    $terminal capture-pane -p -t live >out
    if grep -q "exit" out; then fails "it plays on at $pair"; else holds "it plays on at $pair"; fi
done
press v
for pair in "60 20" "120 40" "80 24" "40 8" "12 6" "8 4" "1 1" "300 80"; do
    size ${pair% *} ${pair#* }
    sleep 0.15
    $terminal capture-pane -p -t live >out
    if grep -q "exit" out; then fails "spectrograms at $pair"; else holds "spectrograms at $pair"; fi
done
size 60 20
shows "^resid " "60 x 20 has all three"
press v
size 9 9
shows "^ residuum\|^ residu" "nine columns have a name"
press R
size 40 3
has_recorded() { for recording in residuum-*.wav; do has_bytes "$recording" 10000; done; }
soon has_recorded
press R
shows "recorded" "on three lines a message takes the last one while it is fresh"
size 300 100
shows "^ residuum  live-128  48000 Hz  mono" "300 x 100 has the head"
shows "^  14 .* dB .* dB  *[0-9.]*$" "and the levels"
shows "arrows: levels, pick" "and the keys on its last line"
i=0
while [ $i -lt 150 ]; do
    i=$((i + 1))
    size $((1 + i * 37 % 211)) $((1 + i * 53 % 67))
done
size 80 24
shows "arrows: levels, pick" "after 150 sizes in a row the keys are there"
shows "^ residuum  live-128  48000 Hz  mono" "and the head"
is_drawn() {
    on_screen 'latency 256 samples' && [ "$(grep -c 'latency 256 samples' out)" -eq 1 ] &&
        [ "$(grep -c '^ [ >] *[0-9][0-9]* .* dB .* dB' out)" -eq 14 ]
}
soon is_drawn # and stays so: nothing is left over
$terminal capture-pane -p -t live >out
is "and one of each line, nothing left over" "$(grep -c 'latency 256 samples' out)" "==" 1
is "with fourteen levels" "$(grep -c '^ [ >] *[0-9][0-9]* .* dB .* dB' out)" "==" 14
press q
shows "exit 0" "q ends with 0"
is "nothing was said on stderr" "$(wc -c <screen.err)" "==" 0
finish
