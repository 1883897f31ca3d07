#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum compare: figures of both codecs are those of the sounds that it writes, and what is wrong is said.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

"$sound" chord in.wav 48000 1 96000

# What holds without any peer.
exits 2 "a codec that there is not is wrong usage" "$residuum" compare in.wav --against encodec
says "'encodec'.*in this build: [a-z]" "the codec that there is not is named, and what there is"
exits 2 "an empty name is wrong usage" "$residuum" compare in.wav --against ''
if "$residuum" compare in.wav --against opus --levels 1 --rates 64 2>&1 | grep -q 'opus is not in this build'; then
    exits 1 "a codec that this build lacks is a failure" "$residuum" compare in.wav --against opus
    says "libopus-dev.*in this build: lyra" "how to get it is said"
    check "without it there is Lyra" "$residuum" compare in.wav --levels 1
    echo "opus is not in this build: its figures are not checked"
    [ "$failures" -eq 0 ] && exit 77
    finish
fi

check "compare runs" "$residuum" compare in.wav --against opus --levels 1,7 --rates 24,64,128 --write sounds --json c.json
cp out table
is "there is a row for each level and bitrate" "$(grep -c '^\(opus\|live-128\) ' table)" "==" 5
is "JSON has as many" "$(grep -c '"codec": .*,$' c.json)" "==" "$(($(grep -c '"snr_db_more"' c.json) + 5))"
is "each sound is written" "$(find sounds -name '*.wav' | wc -l)" "==" 5
# value KEY CODEC PLACE: of the PLACEth row of CODEC.
value() {
    awk -v key="\"$1\":" -v codec="\"$2\"," -v place="$3" '
        /^      "codec":/ { mine = $2 == codec; if (mine) n++ }
        mine && n == place && /^      "/ && $1 == key { gsub(/[",]/, "", $2); print $2 }' c.json
}
rates=$(value kbps opus 1),$(value kbps opus 2),$(value kbps opus 3)
# 24 kbps are 7.5 bytes in 2.5 ms: whole ones are sent.
is "bitrates are counted, not what was asked for (25.6,64.0,128.0)" "$(test "$rates" = 25.6,64.0,128.0; echo $?)" "==" 0
is "Opus is late by a frame of 2.5 ms and as much lookahead" "$(value latency_ms opus 2)" "==" 5
is "live-128 is late by two hops" "$(value latency_ms live-128 1)" "==" 5.33333
for place in 1 2 3; do
    file=$(value file opus $place)
    "$sound" lag in.wav "$file" >lag
    is "Opus row $place is aligned to the sample" "$(cut -d' ' -f1 lag)" "==" 0
    difference=$(awk -v a="$(value snr_db opus $place)" -v b="$(cut -d' ' -f2 lag)" 'BEGIN { d = a - b; print d < 0 ? -d : d }')
    is "Opus row $place has the SNR of the sound that is written" "$difference" "<" 0.02
done
is "a harmonic sound has over 15 dB at 64 kbps" "$(value snr_db opus 2)" ">" 15
is "the SNR of Opus rises from 24 to 64 kbps" "$(value snr_db opus 2)" ">" "$(value snr_db opus 1)"
is "and from 64 to 128" "$(value snr_db opus 3)" ">" "$(value snr_db opus 2)"
is "the noise is further below the threshold at 128 kbps than at 24" "$(value nmr_db opus 3)" "<" "$(value nmr_db opus 1)"
is "the spectrum is closer at 128 kbps than at 24" "$(value lsd_db opus 3)" "<" "$(value lsd_db opus 1)"
is "Opus's CPU time is measured" "$(value cpu_share opus 3)" ">" 0

"$residuum" analyze in.wav --levels 1,7 --json - >a.json
for key in kbps snr_db segmental_snr_db lsd_db; do
    mine=$(value $key live-128 1),$(value $key live-128 2)
    theirs=$(sed -n "s/^ *\"$key\": \\([-0-9.e]*\\).*/\\1/p" a.json | tr '\n' ',')
    is "our rows have the $key of analyze ($mine)" "$(test "$mine," = "$theirs"; echo $?)" "==" 0
done
"$residuum" process in.wav out.wav --levels 7 --format float
kbps=$(value kbps live-128 2)
written=$(value file live-128 2)
check "our sound is that of process" "$sound" same out.wav "$written"
name=$(awk -v kbps="$kbps" 'BEGIN { text = sprintf("%.1f", kbps); sub(/[.]0$/, "", text); print "sounds/live-128_L07_" text "kbps.wav" }')
is "its name says codec, level and bitrate ($written)" "$(test "$written" = "$name"; echo $?)" "==" 0
test -e sounds/opus_64kbps.wav
is "so does that of Opus" $? "==" 0
# A level adds its bits to each frame: 375 of them a second at 128 samples.
"$residuum" compare in.wav --against opus --levels 6,7 --rates 64 --json c.json -q
bits=$(awk -v a="$(value kbps live-128 1)" -v b="$(value kbps live-128 2)" 'BEGIN { print (b - a) * 1000 / 375 }')
is "level bits are the step of the bitrate" "$(value level_bits live-128 2)" "==" "$bits"

"$sound" chord wide.wav 44100 2 88200
check "stereo at another rate is taken" "$residuum" compare wide.wav --against opus --levels 7 --rates 64 --write other --json c.json
is "two channels have twice the bitrate" "$(value kbps opus 1)" "==" 128
"$sound" lag wide.wav "$(value file opus 1)" >lag
is "after conversion there and back Opus is aligned" "$(cut -d' ' -f1 lag)" "==" 0
is "and has over 15 dB" "$(cut -d' ' -f2 lag)" ">" 15
"$sound" info "$(value file opus 1)" >info
is "what is written has the shape of the input" "$(test "$(cat info)" = "44100 2 88200 float"; echo $?)" "==" 0

# Joint stereo: one stream of both channels at the sum of the rates.
is "a stereo file has a row of joint stereo too" "$(value kbps opus-stereo 1)" "==" 128
is "as late as channels apart" "$(value latency_ms opus-stereo 1)" "==" 5
"$sound" lag wide.wav "$(value file opus-stereo 1)" >lag
is "and aligned" "$(cut -d' ' -f1 lag)" "==" 0
check "a recording in stereo is taken" "$sound" stage stage.wav 48000 96000
check "and compared with" "$residuum" compare stage.wav --against opus --levels 5,7 --rates 24,48,64,96 --json c.json --write stage
for place in 1 2 3 4; do
    is "joint stereo has the sum of the rates" "$(value asked_kbps opus-stereo $place)" "==" "$(value asked_kbps opus $place)"
    is "in bytes too" "$(value kbps opus-stereo $place)" "<=" "$(value kbps opus $place)"
    is "and has no less SNR than channels apart" "$(value snr_db opus-stereo $place)" ">=" "$(value snr_db opus $place)"
done
speaks '  opus-stereo at 96: SNR' "a level is set against the better of both"

# Longer frames have more delay.
check "longer frames are taken" "$residuum" compare in.wav --against opus-5ms,opus-10ms --levels 7 --rates 64 --json c.json --write long
for frame_ms in 5 10; do
    is "frames of $frame_ms ms are late by themselves and 2.5 ms" "$(value latency_ms opus-${frame_ms}ms 1)" "==" "$((frame_ms + 2)).5"
    is "at the bitrate" "$(value kbps opus-${frame_ms}ms 1)" "==" 64
    "$sound" lag in.wav "$(value file opus-${frame_ms}ms 1)" >lag
    is "and aligned" "$(cut -d' ' -f1 lag)" "==" 0
    is "with over 10 dB" "$(cut -d' ' -f2 lag)" ">" 10
done
"$residuum" compare in.wav --levels 1 --rates 64 >mono
exits 1 "they are left out where they are not named" grep -q '^opus-5ms' mono
exits 1 "a mono file has no row of it" grep -q '^opus-stereo' mono
exits 2 "and asked for by name it is wrong usage" "$residuum" compare in.wav --against opus-stereo
says "opus-stereo is for sounds of 2 channels, and 'in.wav' has 1" "the reason is said"
check "a stereo file may have it alone" "$residuum" compare stage.wav --against opus-stereo --levels 1 --rates 64 --json c.json
is "without channels apart" "$(grep -c '"opus",' c.json)" "==" 0
speaks '^opus-stereo: libopus [0-9]' "the library's version is told"
speaks '^live-128: residuum [0-9]' "and ours"
is "of each row in JSON" "$(grep -c '"version": "\(libopus\|residuum\) [0-9]' c.json)" "==" 2

check "Lyra V2 is compared with at its own three bitrates" "$residuum" compare in.wav --against lyra,opus --levels 1 --rates 64 \
    --write speech --json c.json
is "they are 3.2, 6 and 9.2 kbps" "$(test "$(value kbps lyra 1),$(value kbps lyra 2),$(value kbps lyra 3)" = 3.2,6.0,9.2; echo $?)" "==" 0
is "it is late by its frame" "$(value latency_ms lyra 3)" "==" 20
# The small model that stands for Lyra where its files are not gives back no sound to align.
if [ -n "${RSD_REAL_LYRA:-}" ]; then
    "$residuum" process in.wav lyra.wav --codec lyra-v2 --levels 46 --format float >process.out
    "$sound" lag lyra.wav speech/lyra_9.2kbps.wav >lag
    is "its sound is aligned as that of process" "$(cut -d' ' -f1 lag)" "==" 0
    is "and like it: two other resamplers change a few tokens" "$(cut -d' ' -f2 lag)" ">" 3
    "$sound" lag in.wav speech/lyra_9.2kbps.wav >lag
    is "and aligned with the input" "$(awk '{ print $1 < 0 ? -$1 : $1 }' lag)" "<=" 3
fi
unset RESIDUUM_MODELS
exits 1 "Lyra is not compared with where it is not installed" "$residuum" compare in.wav --against lyra
says 'lyra is not installed: residuum models get lyra-v2' "and how to get it is said"
check "without being asked for it is left out" "$residuum" compare in.wav --levels 1 --rates 64
exits 1 "with no row" grep -q '^lyra ' out
if command -v python3 >/dev/null; then
    "$residuum" compare in.wav --levels 1 --rates 64 --json - >figures
    check "--json - is JSON and nothing else" python3 -c 'import json; json.load(open("figures"))'
fi

for bad in 9 511 0 -5 many '64,' '64,,96' '' nan; do
    exits 2 "--rates '$bad' is wrong usage" "$residuum" compare in.wav "--rates=$bad"
done
says "rates" "the option is named"
exits 2 "levels that there are not are wrong usage" "$residuum" compare in.wav --levels 0
exits 1 "a file that is not there is a failure" "$residuum" compare none.wav
says "none.wav" "the file that is not there is named"
exits 1 "a folder that cannot be made is a failure" "$residuum" compare in.wav --levels 1 --rates 64 --write none/sounds
says "none/sounds" "the folder that cannot be made is named"
exits 1 "a file in place of the folder is a failure" "$residuum" compare in.wav --levels 1 --rates 64 --write in.wav
cp in.wav sounds/opus_64kbps.wav
exits 2 "the input is not written over" "$residuum" compare sounds/opus_64kbps.wav --levels 1 --rates 64 --write sounds
check "and is as it was" cmp in.wav sounds/opus_64kbps.wav
finish
