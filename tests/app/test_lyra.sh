#!/bin/sh
# SPDX-License-Identifier: MIT
# Lyra V2, by its name and from a folder of its three files, behind every command that takes a codec.
# shellcheck disable=SC2059,SC2317 # functions are called through check
. "$(dirname "$0")/check.sh"
models=$4

check "codecs tells what a folder holds" "$residuum" codecs "$models/" --rate 16000
# Inline, or threaded where the machine is slow.
what='Lyra V2 .*46 levels of 16 codewords, dim 64, [0-9.]* M parameters, .* M multiply-adds a frame'
speaks "^lyra_v2 *16000  *320  *46  *\(320  *20.00\|640  *40.00\)  *0.2..9.2 .*$what" "its rate, hop, levels, latency, codebooks and size are told"
speaks '^lyra-v2 *16000  *320  *46  *\(320  *20.00\|640  *40.00\)  *0.2..9.2 ' "as are those of the one by its name"
speaks "^  *$what" "with what it is made of"
is "what a frame costs here, and the schedule, is told of both" \
    "$(grep -A2 '^lyra' out | grep -c 'a frame of 20 ms on this machine.*: .*real time')" "==" 2

"$sound" make in.wav 16000 1 32000 7 pcm_16
check "a file is encoded" "$residuum" encode in.wav tokens.npy --codec lyra-v2
check "and by the folder" "$residuum" encode in.wav folder.npy --codec "$models"
check "to the same tokens" cmp tokens.npy folder.npy
check "at fewer levels it is encoded" "$residuum" encode in.wav fewer.npy --codec lyra-v2 --levels 16
for file in fewer tokens; do tail -c +129 $file.npy | head -c 4000 >$file.first; done
check "by their first tokens" cmp fewer.first tokens.first
check "the tokens are decoded" "$residuum" decode tokens.npy decoded.wav --levels 4
check "the file is processed" "$residuum" process in.wav processed.wav --codec lyra-v2 --levels 4
check "to the samples that decoding gives" "$sound" same decoded.wav processed.wav
"$sound" make in48.wav 48000 2 48000 7 pcm_16
check "a stereo sound of another rate is processed" "$residuum" process in48.wav out48.wav --codec lyra-v2 --levels 30.5
check "its levels are measured" "$residuum" analyze in.wav --codec lyra-v2 --levels 1,16,46
speaks '9.2' "up to 9.2 kbps"
check "it plays live" "$residuum" live --backend null --codec lyra-v2 --duration 1 --block 64 --osc-port 0
speaks 'latency .*codec 960' "with its latency"

mkdir bad
cp "$models"/*.tflite bad
chmod u+w bad/*.tflite
head -c 4000 "$models/lyragan.tflite" >bad/lyragan.tflite
exits 1 "a file cut short is refused" "$residuum" codecs bad
says "bad/lyragan.tflite: " "by its name"
rm bad/lyragan.tflite
exits 1 "a folder that lacks one of the three is refused" "$residuum" live --backend null --duration 1 --codec bad
says "bad/lyragan.tflite" "by the name of the missing one"
finish
