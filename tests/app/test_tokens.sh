#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum encode and decode: together they are residuum process, sample for sample.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

# round SENTENCE "ENCODE OPTIONS" "DECODE OPTIONS" "PROCESS OPTIONS"
round() {
    rm -f t.npy t.side.npy t.json decoded.wav processed.wav
    # shellcheck disable=SC2086 # words
    check "$1: encode" "$residuum" encode in.wav t.npy $2
    # shellcheck disable=SC2086
    check "$1: decode" "$residuum" decode t.npy decoded.wav $3
    # shellcheck disable=SC2086
    check "$1: process" "$residuum" process in.wav processed.wav $4
    check "$1: both are the same to the bit" "$sound" same decoded.wav processed.wav
    "$sound" info in.wav >in.info
    "$sound" info decoded.wav >out
    cmp -s in.info out || fails "$1: rate, channels, length and samples are those of the input ($(cat out))"
}

for kind in "44100 1 30011" "44100 2 30011" "48000 1 30000" "48000 2 30001" "96000 1 60007" "96000 2 60000"; do
    # shellcheck disable=SC2086
    set -- $kind
    "$sound" make in.wav "$1" "$2" "$3" 7 float
    round "$1 Hz, $2 channels" "" "" ""
done
"$sound" make in.wav 48000 1 48000 7 pcm_16
round "16 bit" "" "" ""
for codec in live-64 live-256; do round "$codec" "--codec $codec" "" "--codec $codec"; done
"$sound" make in.wav 48000 1 48000 7 float
round "3 levels coded" "--levels 3" "" "--levels 3"
round "all coded, 3 played" "" "--levels 3" "--levels 3"
round "all coded, 3.4 played" "" "--levels 3.4" "--levels 3.4"
round "3 levels coded, the last of them alone" "--levels 3" "--set monitor=delta" "--levels 3 --set monitor=delta"
round "fewer codebook bits" "--set codebook_bits=4" "" "--set codebook_bits=4"
round "gains of levels and noise fill" "" "--set level_gain[2]=0.5 --set level_mute[4]=1 --set noise_fill=0" \
    "--set level_gain[2]=0.5 --set level_mute[4]=1 --set noise_fill=0"
round "gains before and after" "--set input_gain_db=-6" "--set output_gain_db=3" "--set input_gain_db=-6 --set output_gain_db=3"
round "a preset" "--preset telephone" "--preset telephone" "--preset telephone"

"$residuum" encode in.wav t.npy
head -c 8 t.npy | od -An -tx1 | tr -d ' \n' >out
[ "$(cat out)" = 934e554d50590100 ] || fails "the tokens are NPY of version 1.0"
header() { head -c 128 "$1" | tr -d '\0' | grep -a -o "'descr'.*)"; }
frames=$(header t.npy | sed 's/.*(\([0-9]*\), \([0-9]*\)).*/\2/')
is "there is a frame for every hop of the sound and its latency" "$frames" "==" $(((48000 + 256) / 128))
header t.side.npy >out
speaks "'<i4'.*, $frames)" "the side tokens are int32 with as many frames"
for key in codec sample_rate_hz sample_count channel_count latency_samples level_count; do
    grep -q "\"$key\"" t.json || fails "the JSON file has $key"
done
"$sound" make stereo.wav 48000 2 48000 7 float
"$residuum" encode stereo.wav s.npy
header s.npy >out
speaks "(2, [0-9]*, $frames)" "two channels are the first dimension"

cp t.npy good.npy
head -c 5000 good.npy >t.npy
exits 1 "tokens that are cut short are refused" "$residuum" decode t.npy out.wav
says "t.npy.*cut short" "the file that is cut short is named"
cp good.npy t.npy
sed -i 's/"frame_count": [0-9]*/"frame_count": 12/' t.json
exits 1 "a JSON file that says another shape is refused" "$residuum" decode t.npy out.wav
says "shape" "the shapes are named"
for count in 99999999999 1099511627776 49000; do
    "$residuum" encode in.wav t.npy
    sed -i "s/\"sample_count\": [0-9]*/\"sample_count\": $count/" t.json
    rm -f out.wav
    exits 1 "a sample count of $count that the frames do not hold is refused" "$residuum" decode t.npy out.wav
    says "t.npy.*sample_count.*$count.*$frames frames" "the count and the frames are named"
    [ ! -e out.wav ] || fails "a refused count leaves no file"
done
"$sound" make short.wav 44100 1 100 7 float
check "a sound shorter than a hop is encoded" "$residuum" encode short.wav short.npy
check "and decoded, whatever part of a frame it fills" "$residuum" decode short.npy out.wav
"$residuum" encode in.wav t.npy
sed -i 's/"level_count": [0-9]*/"level_count": 60/' t.json
exits 1 "more levels than the codec has are refused" "$residuum" decode t.npy out.wav
says "level_count.*60.*has [0-9]* levels" "the levels are named"
"$residuum" encode in.wav t.npy
for key in channel_count sequence_count side_count frame_count sample_rate_hz; do
    for count in 0 3 -1 4294967296 99999999999999999999 1.5; do
        "$residuum" encode in.wav t.npy
        sed -i "s/\"$key\": [0-9]*/\"$key\": $count/" t.json
        exits 1 "$key $count is refused" "$residuum" decode t.npy out.wav
        says "t[.a-z]*'" "the file is named"
    done
done
"$residuum" encode in.wav t.npy
rm t.json
exits 1 "tokens without their JSON file are refused" "$residuum" decode t.npy out.wav
says "t.json" "the missing JSON file is named"
exits 2 "tokens that do not end in .npy are wrong usage" "$residuum" encode in.wav t.tokens
says "npy" "the ending is named"
"$residuum" encode in.wav t.npy
exits 2 "the residual of tokens is wrong usage" "$residuum" decode t.npy out.wav --set monitor=residual
says "monitor residual" "the monitor that cannot be is named"
exits 1 "encoding a file that is not there is a failure" "$residuum" encode none.wav t.npy
says "none.wav" "the file that is not there is named"
finish
