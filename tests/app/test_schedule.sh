#!/bin/sh
# SPDX-License-Identifier: MIT
# Which schedule a codec gets, and what its latency is made of, as a person is told it. Costs that decide here are far
# from the limit on any machine: a frame of Lyra V2 takes milliseconds with the portable kernels, where the limit is
# 0.17 ms for two channels at 64 samples, and 0.2 ms with the machine's own, where it is 21 ms for the nine frames of 8192.
# shellcheck disable=SC2059,SC2317 # functions are called through check
. "$(dirname "$0")/check.sh"
live() { timeout 60 "$residuum" live --backend null --no-osc --duration 0.2 "$@"; }

check "live plays" live --block 64
speaks '^  threaded hop  *0 samples .*inline' "the live codec is inline at 64 samples"
speaks '^  codec  *256 samples  *5.33 ms  frames of 128 at 48000 Hz' "its latency is told"
speaks '^  resampler  *0 samples' "and that there is no resampler"

RESIDUUM_KERNEL=portable
export RESIDUUM_KERNEL
check "Lyra V2 plays" live --codec lyra-v2 --block 64 --channels 2
unset RESIDUUM_KERNEL
speaks '^  threaded hop  *960 samples  *20.00 ms' "it is threaded at 64 samples, stereo"
speaks '^  codec  *960 samples  *20.00 ms  frames of 320 at 16000 Hz' "its frame is told"
speaks '^  resampler  *215 samples  *4.48 ms' "and its resampler"
speaks '^  device  *0 samples' "and the device"
speaks 'latency 2135 samples' "all add up"
check "Lyra V2 plays in long blocks" live --codec lyra-v2 --block 8192 --channels 2
speaks '^  threaded hop  *0 samples' "it is inline at 8192 samples"
speaks 'latency 1175 samples' "and a hop less late"
check "what is asked for counts" live --codec lyra-v2 --block 64 --schedule inline
speaks '^  threaded hop  *0 samples' "inline"
check "what is asked for counts" live --block 64 --schedule threaded
speaks '^  threaded hop  *128 samples  *2.67 ms' "threaded"

"$sound" make in.wav 44100 1 44100 7 pcm_16
check "process says its latency" "$residuum" process in.wav out.wav --codec lyra-v2
speaks '^lyra-v2 at 44100 Hz; latency 1425 samples, taken out' "as a whole"
speaks '^  threaded hop  *0 samples' "inline"
speaks '^  resampler  *543 samples' "with its resampler"
check "process --raw says its latency" "$residuum" process in.wav out.wav --raw
speaks '^live-128 at 44100 Hz; latency 256 samples, kept' "kept"
check "process --quiet is quiet" "$residuum" process in.wav out.wav --quiet
is "no word" "$(cat out err | wc -c)" "==" 0

check "codecs tells of a built-in codec what it costs here" "$residuum" codecs lyra-v2
speaks 'ms a frame of 20 ms on this machine.*real time' "the time of a frame"
speaks '^  live at 48000 Hz in blocks of 64 samples: latency' "what it is like live"
speaks '^  codec  *960 samples' "with the codec's part"
speaks '^  threaded hop ' "and the schedule's"
check "and at another rate" "$residuum" codecs live-128 --rate 16000
speaks '^  resampler  *[1-9][0-9]* samples' "with a resampler"

# What codecs says of a rate is what process says of it, and what a sound takes. process codes inline; codecs may find
# that this machine needs a thread, and says the hop that it adds.
share_of() { sed -n 's/.*(\([0-9.e+-]*\) % of a core.*/\1/p' "$1" | tail -n 1; }
while read -r codec rate; do
    "$residuum" codecs "$codec" --rate "$rate" >list
    hop=$(awk '/^  threaded hop/ { print $3 }' list)
    listed=$(awk -v codec="$codec" '$1 == codec { latency = $5 } END { print latency }' list)
    listed_ms=$(awk -v codec="$codec" '$1 == codec { ms = $6 } END { print ms }' list)
    "$sound" chord long.wav "$rate" 1 "$rate"
    check "process takes $codec at $rate Hz" "$residuum" process long.wav aligned.wav --codec "$codec" --format float
    stated=$(sed -n 's/.*; latency \([0-9]*\) samples.*/\1/p' out)
    is "codecs says the same latency, but for a hop of $hop" "$((listed - hop))" "==" "$stated"
    is "and the same in ms" "$listed_ms" "==" "$(awk -v n="$listed" -v rate="$rate" 'BEGIN { printf "%.2f", 1000 * n / rate }')"
    "$residuum" process long.wav raw.wav --codec "$codec" --format float --raw >raw.out
    check "the sound comes out so late" "$sound" shifted raw.wav aligned.wav "$stated"
    # The small model that stands for Lyra where its files are not gives back no sound to align.
    [ "$codec" != lyra-v2 ] || [ -n "${RSD_REAL_LYRA:-}" ] || continue
    "$sound" lag long.wav aligned.wav >lag
    is "and aligned with what went in" "$(awk '{ print $1 < 0 ? -$1 : $1 }' lag)" "<=" 3
done <<END
live-128 96000
live-256 88200
live-64 192000
live-128 16000
live-128 48000
lyra-v2 48000
lyra-v2 44100
END
"$residuum" codecs live-128 --rate 48000 | tail -n 5 >own # what was named comes last
"$residuum" codecs live-128 --rate 383999 >odd
check "the resampler counts in the cost" grep -q 'machine with the resampler (' odd
exits 1 "where there is none nothing is said of it" grep -q 'with the resampler (' own
# libsamplerate at an odd ratio of eight costs over ten times the codec.
is "and costs what it costs" "$(share_of odd)" ">" "$(share_of own | awk '{ print 3 * $1 }')"
finish
