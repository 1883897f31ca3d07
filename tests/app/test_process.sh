#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum process: length, alignment, latency, formats, settings, errors.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

for kind in "44100 1 30011 pcm_16" "48000 2 30000 float" "96000 1 40001 float" "32000 3 20000 pcm_16" "48000 8 9000 float"; do
    # shellcheck disable=SC2086 # words
    set -- $kind
    "$sound" make in.wav "$1" "$2" "$3" 7 "$4" || fails "a test sound is made"
    rm -f out.wav raw.wav
    check "process takes $1 Hz, $2 channels, $4" "$residuum" process in.wav out.wav
    check "its output is a sound file" "$sound" info out.wav
    [ "$(cat out)" = "$1 $2 $3 $4" ] || fails "output has rate, channels, length and samples of the input ($(cat out))"
    check "the lag is measured" "$sound" lag in.wav out.wav
    is "the output is aligned with the input, to the sample" "$(cut -d' ' -f1 out)" "==" 0
    is "the output is the input but for the coding noise" "$(cut -d' ' -f2 out)" ">" 10
    check "process --raw runs" "$residuum" process in.wav raw.wav --raw --quiet
    "$sound" info raw.wav >out
    latency=$(($(cut -d' ' -f3 out) - $3))
    is "--raw is longer by the latency" "$latency" ">" 0
    check "--raw is the aligned output, later by the latency" "$sound" shifted raw.wav out.wav "$latency"
done

"$sound" make in.wav 48000 1 48000 7 pcm_16
for hop in 64 128 256; do
    "$residuum" process in.wav raw.wav --raw --codec live-$hop
    "$sound" info raw.wav >out
    is "live-$hop has a latency of two hops" "$(cut -d' ' -f3 out)" "==" $((48000 + 2 * hop))
done
"$residuum" process in.wav dry.wav --set monitor=dry
check "monitor=dry gives the input back, to the bit" "$sound" same in.wav dry.wav
"$residuum" process in.wav bypass.wav --set bypass=1
check "bypass=1 gives the input back, to the bit" "$sound" same in.wav bypass.wav
for kind in wav aiff caf; do
    "$residuum" process in.wav first.$kind --format float
    sleep 1.1 # files that hold the time hold seconds
    "$residuum" process in.wav again.$kind --format float
    check "the same run writes the same $kind, byte for byte" cmp first.$kind again.$kind
done
"$residuum" process in.wav a.wav --levels 1
"$residuum" process in.wav b.wav --set levels=1
"$residuum" process in.wav c.wav --preset first-level-ghost
check "--levels is --set levels" "$sound" same a.wav b.wav
check "a preset sets what it says" "$sound" same a.wav c.wav
"$residuum" process in.wav d.wav --preset first-level-ghost --levels 64
"$residuum" process in.wav e.wav
check "--levels goes over the preset" "$sound" same d.wav e.wav
last=-100
for levels in 1 3 7 14; do
    "$residuum" process in.wav a.wav --format float --levels $levels
    "$sound" lag in.wav a.wav >out
    is "$levels levels are closer to the input than fewer" "$(cut -d' ' -f2 out)" ">" "$last"
    last=$(cut -d' ' -f2 out)
done
"$residuum" process in.wav off.wav --set output_gain_db=-60 --format float
"$sound" rms in.wav 0 48000 >in.rms
"$sound" rms off.wav 4800 48000 >out
is "output_gain_db works on the output" "$(cat out)" "<" "$(awk '{ print $1 - 55 }' in.rms)"
"$residuum" process in.wav solo.wav --set 'level_gain[1]=0' --levels 1 --format float
"$sound" rms solo.wav 4800 48000 >out
is "a gain of 0 on the only level is silence" "$(cat out)" "<" -150

for kind in flac aiff w64 caf; do
    check "process writes $kind" "$residuum" process in.wav "out.$kind"
    check "out.$kind is there" "$sound" info "out.$kind"
    [ "$(cat out)" = "48000 1 48000 pcm_16" ] || fails "out.$kind has the input's length and samples ($(cat out))"
done
check "--format chooses the samples" "$residuum" process in.wav out.wav --format pcm_24
"$sound" info out.wav >out
[ "$(cat out)" = "48000 1 48000 pcm_24" ] || fails "--format pcm_24 writes 24 bit ($(cat out))"

exits 1 "a file that is not there is a failure" "$residuum" process none.wav out.wav
says "residuum process: .*none.wav.*No such file" "the file that is not there is named with the cause"
"$sound" make in.wav 48000 2 30000 7 float || fails "a test sound is made"
"$sound" make side.wav 44100 1 9000 9 pcm_16 || fails "a test sound is made"
check "process takes a side-chain" "$residuum" process in.wav crossed.wav --sidechain side.wav --set cross=1 --quiet
check "with the input itself" "$residuum" process in.wav itself.wav --sidechain in.wav --set cross=1 --quiet
check "and none" "$residuum" process in.wav plain.wav --quiet
check "crossed with itself a sound is what it is" cmp itself.wav plain.wav
exits 1 "crossed with another it is not" cmp -s crossed.wav plain.wav
check "a file of generations is as long as its input" "$residuum" process in.wav again.wav --set generations=3 --quiet
check "their lag is measured" "$sound" lag in.wav again.wav
is "and aligned with it" "$(cut -d' ' -f1 out)" "==" 0
exits 1 "a side-chain that is not there is a failure" "$residuum" process in.wav out.wav --sidechain none.wav
says "none.wav" "the side-chain that is not there is named"
exits 2 "side-chain and output may not be one file" "$residuum" process in.wav side.wav --sidechain side.wav
echo "no sound" >text.wav
exits 1 "a file that is no sound is a failure" "$residuum" process text.wav out.wav
says "text.wav" "the file that is no sound is named"
exits 1 "an output that cannot be is a failure" "$residuum" process in.wav none/out.wav
says "none/out.wav" "the output that cannot be is named"
if [ -e /dev/full ]; then
    ln -s /dev/full full.wav
    exits 1 "a full disk is a failure" "$residuum" process in.wav full.wav
    says "full.wav" "the output on the full disk is named"
fi
exits 1 "an unknown kind of output is a failure" "$residuum" process in.wav out.xyz
says "xyz" "the unknown kind is named"
exits 2 "input and output may not be one file" "$residuum" process in.wav ./in.wav
check "the input is still whole" "$sound" info in.wav
exits 1 "an unknown codec is a failure" "$residuum" process in.wav out.wav --codec nobody
says "nobody" "the unknown codec is named"
check "a codec decoded by itself is itself" "$residuum" process in.wav pair.wav --set decode_codec=live-128
check "a codec by itself" "$residuum" process in.wav alone.wav
check "both are the same samples" cmp pair.wav alone.wav
exits 1 "a decoder of another shape is a failure" "$residuum" process in.wav out.wav --set decode_codec=live-64
says "128 and 64" "what differs is named"
exits 1 "an unknown preset is a failure" "$residuum" process in.wav out.wav --preset nobody
says "nobody" "the unknown preset is named"
exits 2 "an unknown parameter is wrong usage" "$residuum" process in.wav out.wav --set nothing=1
says "'nothing'" "the unknown parameter is named"
exits 2 "a value out of range is wrong usage" "$residuum" process in.wav out.wav --set mix=1.5
says "0..1" "the range is shown"
exits 2 "--levels that are no number are wrong usage" "$residuum" process in.wav out.wav --levels many
exits 2 "--set without a value is wrong usage" "$residuum" process in.wav out.wav --set mix
exits 2 "a parameter of one level needs the level" "$residuum" process in.wav out.wav --set level_gain=1
exits 2 "a level that the codec does not have is wrong usage" "$residuum" process in.wav out.wav --set 'level_gain[60]=1'
says "levels 1 to" "the levels that there are are shown"
exits 2 "--format of no name is wrong usage" "$residuum" process in.wav out.wav --format pcm_5
finish
