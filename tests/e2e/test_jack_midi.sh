# SPDX-License-Identifier: MIT
# MIDI from a JACK port through the real command: faders, banks, notes, program changes, learning, clock.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
jack_midi_send=$3 osc_get=$4
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"
mkfifo keys
"$jack_midi_send" "$server" <keys >keys.out 2>&1 &
keys_pid=$!
exec 3>keys
for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q ready keys.out && break; sleep 0.1; done

check "devices lists the MIDI port" "$residuum" devices
speaks 'midi_keys:out \[JACK\]' "by its name"
exits 1 "a MIDI input that is not there is an error" "$residuum" live --backend jack --midi-input nobody --duration 1
says 'nobody' "that names it"

start_live --midi-input midi_keys --duration 60
sleep 0.5 # until the server's graph has both in it
grep -q 'MIDI from midi_keys:out' live.out && holds "it says what it takes MIDI from" || fails "it says what it takes MIDI from"

trap 'kill $keys_pid 2>/dev/null; cleanup' EXIT
# turns MESSAGE SYMBOL VALUE SENTENCE: after the MIDI message the parameter has the value.
turns() {
    echo "$1" >&3
    tries=0
    while [ "$tries" -lt 30 ]; do
        sleep 0.1
        "$osc_get" "$port" "$2" >got 2>/dev/null
        grep -q -x "$3" got && break
        tries=$((tries + 1))
    done
    if grep -q -x "$3" got; then holds "$4"; else fails "$4 ($2 is $(cat got), not $3)"; fi
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
sleep 0.3
turns 'b2 4a 00' mix 1 "while it learns a controller steers nothing"
turns 'b2 4a 00' mix 0 "what was learnt steers"
check "the map is kept" "$residuum" midi
speaks '^controller 74 channel 3  *mix ' "in the user's file"
echo 'clock 150 8' >&3
sleep 3.8
grep -q 'MIDI clock 150[.0-9]* bpm' live.out && holds "a MIDI clock's tempo is shown" || fails "a MIDI clock's tempo is shown"

kill -TERM "$app_pid"
wait "$app_pid"
is "it ends well" "$?" == 0
app_pid=
exec 3>&-
finish
