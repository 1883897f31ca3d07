#!/bin/sh
# SPDX-License-Identifier: MIT
# MIDI by PortMidi through the real command. A stand-in for the library gives the messages, as a machine without an ALSA
# sequencer has no device.
# shellcheck disable=SC2154 # names of check.sh and live.sh
double=$3 osc_get=$4
. "$(dirname "$0")/check.sh"
# shellcheck source=../support/live.sh
. "$(dirname "$0")/../support/live.sh"
app_pid=
trap 'exec 3>&-; [ -z "$app_pid" ] || kill -KILL "$app_pid" 2>/dev/null; rm -rf "$folder"' EXIT
mkfifo keys
exec 3<>keys
export RSD_MIDI_FIFO="$folder/keys" LD_PRELOAD="$double"

check "devices lists the input" "$residuum" devices
speaks '^ *Double Keys \[double\]$' "by name and system"
if grep -q 'Double Out' out; then fails "an output is none"; else holds "an output is none"; fi
exits 1 "an input that is not there is an error" "$residuum" live --backend null --midi-input nobody --duration 1
says 'no MIDI input has "nobody" in its name; there are: .*Double Keys' "that names those that are there"
RSD_MIDI_FIFO='' exits 1 "an input that cannot be opened is an error" \
    "$residuum" live --backend null --midi-input keys --duration 1
says 'MIDI input "Double Keys": ' "that names it"

start_live --midi-input 'double k' --duration 60
# said FILE PATTERN SENTENCE: the command says it, sooner or later.
said() {
    tries=0
    until grep -q "$2" "$1" || [ "$tries" -ge 200 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    if grep -q "$2" "$1"; then holds "$3"; else fails "$3"; fi
}
said live.out 'MIDI from Double Keys' "it says what it takes MIDI from"
# turns MESSAGE SYMBOL VALUE SENTENCE: after the MIDI message the parameter has the value, within seconds.
turns() {
    echo "$1" >&3
    tries=0
    while [ "$tries" -lt 100 ]; do
        "$osc_get" "$port" "$2" >got 2>/dev/null
        grep -q -x "$3" got && break
        sleep 0.05
        tries=$((tries + 1))
    done
    if [ "$tries" -lt 100 ]; then holds "$4"; else fails "$4 ($2 is $(cat got), not $3)"; fi
}
turns 'b0 01 40' levels 7 "the modulation wheel's middle is half of the levels"
turns 'f0 7e 7f' levels 7 "system exclusive does nothing"
turns 'b0 69 00' 'level_gain[4]' 0 "a fader is a level's gain"
turns '90 45 7f' stutter_frames 8 "a note stutters while it is held"
turns '80 45 00' stutter_frames 0 "and no longer"
turns 'c0 02' preset bit-rot "a program change loads a preset"
turns overflow preset bit-rot "a queue that ran over loses what was in it"
turns 'b0 01 40' levels 7 "and nothing after it"
oscsend localhost "$port" /residuum/midi/learn s mix
said live.err 'turn a controller or strike a note for mix' "it asks for a controller"
echo 'b2 4a 00' >&3
said live.err 'controller 74 of channel 3 steers mix' "and learns it"
turns 'b2 4a 00' mix 0 "what was learnt steers"
echo lost >&3
check "it plays on where the device is lost" kill -0 "$app_pid"
kill -TERM "$app_pid"
wait "$app_pid"
is "and ends well" "$?" == 0
app_pid=
finish
