#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum live --record-automation: what is played by OSC, whole states, codecs and timed changes among it, is a file
# that process plays to the same samples.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/check.sh"
. "$(dirname "$0")/../support/need_tools.sh"
need_tools oscsend
osc_get=$5
. "$(dirname "$0")/../support/live.sh"
send() { oscsend localhost "$port" "$@"; }

"$sound" make in.wav 48000 1 2880000 7 float
XDG_CONFIG_HOME=$folder
export XDG_CONFIG_HOME
start_live --schedule inline --input-file in.wav --levels 9 --set lfo1_target=output_gain_db --set lfo1_depth=0.2 \
    --record wet.wav --record-automation played.txt
trap 'kill "$app_pid" 2>/dev/null; rm -rf "$folder"' EXIT
soon has_played live.out 0.3
send /residuum/levels f 3.5
send '/residuum/level/[1-3]/gain' f 0.5
sleep 0.2
send /residuum/preset s telephone
sleep 0.4
send /residuum/slot/store i 1
send /residuum/monitor s residual
sleep 0.2
send /residuum/codec s live-64
sleep 0.4
send /residuum/random f 0.3
sleep 0.3
send /residuum/undo
sleep 0.3
send /residuum/preset s tight
sleep 0.3
send /residuum/slot/recall i 1
sleep 0.3
send /residuum/lfo/2/target s levels
send /residuum/lfo/2/depth f 0.5
send /residuum/transition f 200
send /residuum/monitor s delta
sleep 0.3
send /residuum/generations i 2
send /residuum/lfo/2/sync s "2 bars"
sleep 0.4
send /residuum/levels f 64
soon value_is generations 2
plays_on
kill -INT "$app_pid"
wait "$app_pid"
is "live ends well" "$?" == 0
cat live.err >>err
is "the changes are in the file" "$(grep -c -v '^#' played.txt)" '>=' 15
is "whole states among them" "$(grep -c ' state' played.txt)" '>=' 4
is "and codecs" "$(grep -c 'codec[ =]live-64' played.txt)" '>=' 1
cp live.out out
speaks 'recorded played.txt: [0-9]* changes$' "it says what was recorded"
cp in.wav kept.wav
exits 2 "a sound is not written over" "$residuum" live --backend null --duration 1 --record-automation in.wav
says "'in.wav' is there and is no recorded automation" "the error names it"
check "and is as it was" cmp in.wav kept.wav
check "a recorded one is" "$residuum" live --backend null --osc-port 0 --duration 0.1 --record-automation a.txt -q
check "written over" "$residuum" live --backend null --osc-port 0 --duration 0.1 --record-automation a.txt -q
# The input goes on where the recording ends.
check "process takes the file" "$residuum" process in.wav again.wav --raw --format "$("$sound" info wet.wav | cut -d' ' -f4)" \
    --automation played.txt -q
check "what is played again is what was heard, to the sample" "$sound" begins wet.wav again.wav
"$sound" difference wet.wav again.wav

# What the file says of the codec counts where the command line says nothing.
printf '0 codec live-256\n' >first.txt
"$residuum" process in.wav a.wav --automation first.txt -q
"$residuum" process in.wav b.wav --codec live-256 -q
check "the first line names the codec" "$sound" same a.wav b.wav
exits 1 "another one on the command line is refused" "$residuum" process in.wav a.wav --codec live-64 --automation first.txt
printf '0.5 state levels=3 mix=0.5\n' >state.txt
printf '0.5 levels 3\n0.5 mix 0.5\n' >values.txt
check "a whole state is taken" "$residuum" process in.wav a.wav --automation state.txt
printf '0.5 lfo1_sync 2 bars\n' >words.txt
check "a value of two words is taken" "$residuum" process in.wav a.wav --automation words.txt
for bad in '0.5 lfo1_sync 2 rods' '1 state levels' '1 state levels=99' '1 state shimmer=1' '1 transport 120 fast' '1 transport 120 0 rolling on' '1 transport -1 0 rolling'; do
    echo "$bad" >bad.txt
    exits 1 "'$bad' is refused" "$residuum" process in.wav bad.wav --automation bad.txt
    says "line 1" "with its line"
done
finish
