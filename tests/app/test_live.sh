#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum live on the null device, as lines: demo, files, recordings, OSC, signals, errors.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"
live() { timeout 60 "$residuum" live --backend null "$@"; }

check "live plays the demo through the null device" live --no-osc --duration 2.5 --record r.wav
speaks "built-in demo" "it says that this is the demo"
speaks "latency .* samples" "it says the latency"
speaks "levels .*kbps" "a line a second says how it goes"
speaks "recorded r.wav: \(2\.[5-9]\|[3-9]\.[0-9]\) s" "it says what was recorded"
check "the recording is a sound file" "$sound" info r.wav
is "the recording has all that was played" "$(cut -d' ' -f3 out)" ">=" 120000
"$sound" rms r.wav 24000 120000 >out
is "the demo is heard in it" "$(cat out)" ">" -40

check "--quiet runs" live --no-osc --duration 0.3 --quiet
is "--quiet says nothing" "$(cat out err | wc -c)" "==" 0

"$sound" make in.wav 48000 2 48000 7 float
"$residuum" process in.wav latency.wav --raw
"$sound" info latency.wav >out
latency=$(($(cut -d' ' -f3 out) - 48000))
for schedule in inline threaded; do
    check "live takes a file, two channels and settings, $schedule" live --no-osc --duration 1.2 --input-file in.wav \
        --channels 2 --set monitor=dry --schedule $schedule --record dry.wav
    stated=$(sed -n 's/.*latency \([0-9]*\) samples.*/\1/p' out)
    "$sound" info dry.wav >out
    [ "$(cut -d' ' -f1,2 out)" = "48000 2" ] || fails "the recording has the device's rate and both channels ($(cat out))"
    "$sound" lag in.wav dry.wav >out
    is "what is played comes the stated latency later, $schedule" "$(cut -d' ' -f1 out)" "==" "$stated"
    is "monitor=dry is the input, $schedule" "$(cut -d' ' -f2 out)" ">" 100
    [ $schedule = threaded ] && latency=$((latency + 128))
    is "that is what process --raw adds, and a hop when threaded" "$stated" "==" "$latency"
done
check "live takes a rate, a block, a schedule and a preset" live --no-osc --duration 0.3 --rate 44100 --block 100 \
    --schedule threaded --preset tight --levels 3
speaks "live-64 at 44100 Hz" "codec of the preset and rate are those asked for"

for signal in INT TERM HUP; do
    "$residuum" live --backend null --no-osc --quiet --record s.wav 2>err &
    process=$!
    soon has_bytes s.wav 100000
    kill -$signal $process
    wait $process
    is "SIG$signal ends live with 0" $? "==" 0
    check "the recording is whole after SIG$signal" "$sound" info s.wav
    is "and has what was played" "$(cut -d' ' -f3 out)" ">" 20000
    rm -f s.wav
done

# A socket of our own program's: the second live finds the port taken.
"$residuum" live --backend null --osc-port 0 >first 2>err &
process=$!
soon grep -q 'OSC on UDP port' first
port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' first | head -n 1)
is "live says on which port it listens" "$port" ">" 0
exits 1 "a port that is taken is a failure" live --osc-port "$port" --duration 1
says "$port" "the port that is taken is named"
says "another with --osc-port" "and that another port may be chosen"
exits 1 "an address that this machine does not have is a failure" live --osc-bind 192.0.2.1 --osc-port 0 --duration 1
says "another with --osc-bind" "and that another address may be chosen"
if command -v oscsend >/dev/null; then
    mkfifo fifo.safetensors fifo.json
    for name in /dev/ptmx "$folder/fifo.safetensors" "$folder/fifo.json" fifo.json /etc/passwd; do
        oscsend 127.0.0.1 "$port" /residuum/preset s "$name"
        oscsend 127.0.0.1 "$port" /residuum/codec s "$name"
    done
    oscsend 127.0.0.1 "$port" /residuum/levels f 2
    soon ends_in first 'levels 2.0'
    tail -n 1 first >out
    speaks "levels 2.0" "OSC turns the levels, whatever paths came before"
    soon grep -q 'OSC: .*/dev/ptmx' err
    says "OSC: .*/dev/ptmx.* is refused" "what OSC was refused is said here"
fi
kill -INT $process
wait $process

mkdir open
truncate -s 3G open/big.safetensors
exits 1 "a folder for OSC that is not there is a failure" live --osc-port 0 --osc-files none --duration 1
says "osc-files.*none" "and is named"
if command -v oscsend >/dev/null; then
    rm -f first # what is waited for stands in that of before
    "$residuum" live --backend null --osc-port 0 --osc-files open --osc-files . >first 2>err &
    process=$!
    soon grep -q 'OSC on UDP port' first
    port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' first | head -n 1)
    oscsend 127.0.0.1 "$port" /residuum/codec s big.safetensors
    oscsend 127.0.0.1 "$port" /residuum/levels f 3
    soon ends_in first 'levels 3.0'
    tail -n 1 first >out
    speaks "levels 3.0" "a sparse file of gigabytes holds nothing up"
    soon grep -q 'big.safetensors.*at most' err
    says "big.safetensors.*at most" "and is refused by its size"
    kill -INT $process
    wait $process
fi
[ -p fifo.json ] || mkfifo fifo.json fifo.safetensors
exits 1 "a model that is a FIFO is a failure at once" live --no-osc --codec fifo.safetensors
exits 1 "a preset that is a device is a failure at once" live --no-osc --preset /dev/ptmx
says "a device, not a file" "and is named as what it is"
exits 1 "automation from a FIFO that nobody writes to is a failure at once" \
    timeout 20 "$residuum" process in.wav out.wav --automation fifo.json
says "a FIFO, not a file" "and is named as what it is, too"

for command in "process /dev/zero out.wav" "process /dev/ptmx out.wav" "encode /dev/ptmx t.npy" "analyze /dev/ptmx" \
    "live --backend null --no-osc --input-file /dev/ptmx"; do
    # shellcheck disable=SC2086 # words on purpose
    exits 1 "a device in place of a sound is a failure at once: $command" timeout 20 "$residuum" $command
    says "a device, not a file" "and is named as what it is: $command"
done
exits 1 "an input file that is not there is a failure" live --no-osc --input-file none.wav
says "none.wav" "the input file that is not there is named"
exits 1 "a recording that cannot be is a failure" live --no-osc --duration 1 --record none/r.wav
says "none/r.wav" "the recording that cannot be is named"
exits 1 "an unknown codec is a failure" live --no-osc --codec nobody
exits 2 "a backend of no name is wrong usage" live --backend tape
exits 2 "a schedule of no name is wrong usage" live --schedule never
exits 2 "nine channels are wrong usage" live --channels 9
exits 2 "so are three through PortAudio" "$residuum" live --backend portaudio --channels 3
exits 2 "a port over 65535 is wrong usage" live --osc-port 70000
exits 2 "a level that the codec does not have is wrong usage" live --no-osc --set 'level_mute[50]=1'
finish
