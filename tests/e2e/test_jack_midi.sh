# SPDX-License-Identifier: MIT
# MIDI from a JACK port through the real command: faders, banks, notes, program changes, learning, clock.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
jack_midi_send=$3 osc_get=$4 tiny_lyra=$5
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"
mkfifo keys
"$jack_midi_send" "$server" <keys >keys.out 2>&1 &
keys_pid=$!
exec 3>keys
soon grep -q ready keys.out

check "devices lists the MIDI port" "$residuum" devices
speaks 'midi_keys:out \[JACK\]' "by its name"
exits 1 "a MIDI input that is not there is an error" "$residuum" live --backend jack --midi-input nobody --duration 1
says 'nobody' "that names it"

mkdir -p "$XDG_CONFIG_HOME/residuum"
"$residuum" midi --json | sed 's/"bindings": *\[/"bindings": [ { "note": 24, "action": "tap" },/' >map.json
mv map.json "$XDG_CONFIG_HOME/residuum/midi.json"
"$sound" make in.wav 48000 1 11520000 7 float
start_live --midi-input midi_keys --duration 600 --input-file in.wav --schedule inline --set lfo1_sync=1/8 --set lfo1_target=levels \
    --set lfo1_depth=0.3 --record wet.wav --record-automation played.txt
grep -q 'MIDI from midi_keys:out' live.out && holds "it says what it takes MIDI from" || fails "it says what it takes MIDI from"

trap 'kill $keys_pid 2>/dev/null; cleanup' EXIT
# sends MESSAGE COMMAND...: and waits for what comes of it, two seconds at most. A busy server runs cycles without us, with
# what is in them, and then it is sent again.
sends() {
    echo "$1" >&3
    shift
    for _ in $(seq 20); do
        if "$@"; then return; fi
        sleep 0.1
    done
    return 1
}
# turns MESSAGE SYMBOL VALUE SENTENCE: after the MIDI message the parameter has the value.
turns() {
    if soon sends "$1" value_is "$2" "$3"; then holds "$4"; else fails "$4 ($2 is $("$osc_get" "$port" "$2"), not $3)"; fi
}
turns 'b0 01 00' levels 0 "the modulation wheel at its bottom turns all levels off"
turns 'b0 01 40' levels 7 "its middle is half of the codec's 14 levels"
turns 'b0 07 7f' output_gain_db 6 "volume at its top is +6 dB"
turns 'b0 07 64' output_gain_db 0 "and 100 is unity"
turns 'b0 69 00' 'level_gain[4]' 0 "the fourth fader is the gain of level 4"
turns 'b0 69 40' 'level_gain[4]' 1 "its middle is a gain of one"
turns '90 26 7f' 'level_solo[3]' 1 "a note solos while it is held"
turns '80 26 00' 'level_solo[3]' 0 "and no longer"
turns '90 35 7f' 'level_mute[2]' 1 "another one mutes"
turns '90 35 00' 'level_mute[2]' 0 "until it is let go"
turns 'c0 00' preset "$(find "$here/../../presets" -name '*.json' | sed 's|.*/||; s|[.]json$||' | LC_ALL=C sort | head -n 1)" "a program change loads the first preset"
oscsend localhost "$port" /residuum/midi/learn s mix
soon grep -q 'MIDI: turn a controller' live.err
soon sends 'b2 4a 00' grep -q 'steers mix' live.err
check "while it learns a controller steers nothing" value_is mix 1
turns 'b2 4a 00' mix 0 "what was learnt steers"
check "the map is kept" "$residuum" midi
speaks '^controller 74 channel 3  *mix ' "in the user's file"
echo 'clock 150' >&3
check "a MIDI clock's tempo is shown" soon grep -q 'MIDI clock 150[.0-9]* bpm' live.out
echo 'clock 0' >&3
clock_is_lost() { ends_in live.out ' s  levels' && ! ends_in live.out 'MIDI clock'; }
check "and no longer when there is none" soon clock_is_lost

# At distances in samples, whatever the clock on the wall says. Cycles without us make them shorter.
is_near() { "$osc_get" "$port" tempo_bpm >got && awk -v a="$(cat got)" "BEGIN { exit !(a >= $1 && a <= $2) }"; }
check "taps of a note set the tempo" soon sends 'beats 172.5 5 90 18 7f' is_near 172 300
# Over OSC a tap counts when it comes: on a busy machine not each four come as they were sent.
osc_taps() {
    for _ in 1 2 3 4; do
        oscsend localhost "$port" /residuum/tempo/tap
        sleep 0.6
    done
    is_near 85 102
}
check "taps over OSC do as well" soon osc_taps

kill -TERM "$app_pid"
wait "$app_pid"
is "it ends well" "$?" == 0
app_pid=
# Faders and pads over more than 16 levels: by the bank keys of the map, and by OSC.
with_banks() {
    start_live --midi-input midi_keys --duration 600 --codec "$tiny_lyra"
    check "the next bank is said" soon sends 'b0 77 7f' grep -q 'MIDI: bank 2, levels 17 to 32' live.err
    turns 'b0 69 00' 'level_gain[20]' 0 "in the second bank the fourth fader is the gain of level 20"
    is "and no longer that of level 4" "$("$osc_get" "$port" 'level_gain[4]')" == 1
    turns '90 26 7f' 'level_solo[19]' 1 "notes solo in it, too"
    turns '80 26 00' 'level_solo[19]' 0 "while they are held"
    oscsend localhost "$port" /residuum/midi/bank i 3
    check "OSC picks a bank, which ends with the codec's levels" soon grep -q 'MIDI: bank 3, levels 33 to 46' live.err
    turns 'b0 74 00' 'level_gain[46]' 1 "the fader behind them steers nothing"
    turns 'b0 73 00' 'level_gain[46]' 0 "the one before is the gain of the last level"
    oscsend localhost "$port" /residuum/midi/bank i 4
    oscsend localhost "$port" /residuum/midi/bank f 1.5
    oscsend localhost "$port" /residuum/midi/bank i 1
    check "there are no more, and none between" soon grep -q 'MIDI: bank 1, levels 1 to 16' live.err
    is "said once for each bank" "$(grep -c 'MIDI: bank' live.err)" == 3
    turns 'b0 69 00' 'level_gain[4]' 0 "the first one is back"
    kill -TERM "$app_pid"
    wait "$app_pid"
    is "and this ends well, too" "$?" == 0
    app_pid=
}
with_banks

grep -q ' transport [0-9.]* -1 ' played.txt && holds "the clock is in the recorded automation" || fails "the clock is in the recorded automation"
"$sound" info wet.wav >out
if [ "$(cut -d' ' -f3 out)" -gt 11500000 ]; then
    echo "the machine is so busy that the input was played to its end: not compared"
    exec 3>&-
    finish
fi
check "process takes the recorded automation" "$residuum" process in.wav again.wav --raw \
    --format "$("$sound" info wet.wav | cut -d' ' -f4)" --automation played.txt -q
check "and gives the samples that MIDI made, to the sample" "$sound" begins wet.wav again.wav
exec 3>&-
finish
