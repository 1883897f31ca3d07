#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum analyze: table, JSON and plot agree, and figures go where they must.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

"$sound" make in.wav 48000 1 96000 7 pcm_16
check "analyze runs" "$residuum" analyze in.wav --json a.json --plot a.svg
cp out table
rows=$(grep -c '^ *[0-9][0-9]* ' table)
is "there is a row for each of the levels" "$rows" ">=" 8
is "JSON has as many" "$(grep -c '"level_count"' a.json)" "==" "$rows"
for key in level_count kbps coded_kbps snr_db segmental_snr_db lsd_db nmr_db codewords_used cpu_share; do
    is "every row has $key" "$(grep -c "\"$key\"" a.json)" "==" "$rows"
done
rising() { sed -n "s/.*\"$1\": \([-0-9.e]*\).*/\1/p" a.json | awk "NR > 1 && !(\$1 $2 last) { exit 1 } { last = \$1 }"; }
check "the bitrate rises with the levels" rising kbps ">"
check "the entropy-coded bitrate rises with the levels" rising coded_kbps ">"
check "the SNR rises with the levels" rising snr_db ">"
check "the segmental SNR rises with the levels" rising segmental_snr_db ">"
first() { sed -n "s/.*\"$1\": \([-0-9.e]*\).*/\1/p" a.json | head -n 1; }
final() { sed -n "s/.*\"$1\": \([-0-9.e]*\).*/\1/p" a.json | tail -n 1; }
is "all levels entropy coded are no more than their bitrate" "$(final coded_kbps)" "<=" "$(awk "BEGIN { print 1.01 * $(final kbps) }")"
is "the noise of all levels is further below the threshold than that of one" "$(final nmr_db)" "<" "$(first nmr_db)"
is "all levels are spectrally closer than one" "$(final lsd_db)" "<" "$(first lsd_db)"
all_within() { sed -n 's/.*"codewords_used": \([-0-9.e]*\).*/\1/p' a.json | awk '$1 > 1024 { exit 1 }'; }
check "no level uses more codewords than its codebooks have" all_within
is "a level uses more than one codeword" "$(first codewords_used)" ">" 2
is "CPU time is measured" "$(final cpu_share)" ">" 0
is "all levels cost more than one" "$(final cpu_share)" ">" "$(first cpu_share)"
if command -v python3 >/dev/null; then
    check "the JSON file parses" python3 -c 'import json; assert len(json.load(open("a.json"))["levels"]) > 7'
    check "the plot is well-formed XML" python3 -c 'import xml.dom.minidom as m; m.parse("a.svg")'
fi
is "the plot has a point per row and figure" "$(grep -c '<circle' a.svg)" "==" $((5 * rows))

# The SNR is that of process on the same file.
"$residuum" process in.wav out.wav --levels 2 --format float
"$sound" lag in.wav out.wav >lag
check "analyze --levels picks rows" "$residuum" analyze in.wav --levels 2,5-6 --json - --quiet
cp out figures
is "three rows are measured" "$(grep -c '"level_count"' figures)" "==" 3
snr=$(sed -n 's/.*"snr_db": \([-0-9.e]*\).*/\1/p' figures | head -n 1)
is "the SNR is that of the output of process" "$(awk -v a="$snr" -v b="$(cut -d' ' -f2 lag)" 'BEGIN { d = a - b; print d < 0 ? -d : d }')" "<" 0.02
if command -v python3 >/dev/null; then

    check "--json - is JSON and nothing else" python3 -c 'import json; json.load(open("figures"))'
fi

"$sound" make short.wav 44100 2 2000 7 pcm_16
check "a short stereo file is taken" "$residuum" analyze short.wav --levels 1
"$sound" make high.wav 96000 1 4000 7 pcm_16
"$residuum" analyze high.wav --levels 1 --json a.json -q
"$residuum" process high.wav out.wav >out
is "the latency at the sound's rate is that of process" "$(first latency_samples)" "==" \
    "$(sed -n 's/.*; latency \([0-9]*\) samples.*/\1/p' out)"
is "the codec's own is said, too" "$(first codec_latency_samples)" "==" 256
exits 2 "levels that there are not are wrong usage" "$residuum" analyze in.wav --levels 0-3
exits 2 "a list that is none is wrong usage" "$residuum" analyze in.wav --levels 1,,2
exits 1 "a file that is not there is a failure" "$residuum" analyze none.wav
says "none.wav" "the file that is not there is named"
exits 1 "a plot that cannot be written is a failure" "$residuum" analyze short.wav --levels 1 --plot none/a.svg
says "none/a.svg" "the plot that cannot be written is named"
finish
