#!/bin/sh
# SPDX-License-Identifier: MIT
# An EnCodec folder behind every command that takes a codec.
# shellcheck disable=SC2059,SC2317 # functions are called through check
. "$(dirname "$0")/check.sh"
golden=$3

check "codecs tells what a folder holds" "$residuum" codecs "$golden" --rate 24000
speaks '^encodec_tiny  *24000  *320  *8  *\(320\|640\) .*EnCodec, 8 levels of 64 codewords' "its rate, hop, levels, latency and codebooks are told"
speaks 'a frame of 13.3 ms on this machine.*real time, ' "so is what a frame costs here"

# The golden tokens are 112 frames of 8 levels, row by row, behind a header of 128 bytes; ours have one frame more.
check "a file is encoded" "$residuum" encode "$golden/input_24k.wav" tokens.npy --codec "$golden"
columns=$(sed -n 's/.*"frame_count": \([0-9]*\).*/\1/p' tokens.json)
is "there is a token for every frame" "$columns" ">=" 112
row=0
differing=0
while [ "$row" -lt 8 ]; do
    tail -c +129 tokens.npy | tail -c +$((row * columns * 4 + 1)) | head -c 448 >ours
    tail -c +129 "$golden/codes_08.npy" | tail -c +$((row * 448 + 1)) | head -c 448 >theirs
    cmp -s ours theirs || differing=$((differing + 1))
    row=$((row + 1))
done
is "all levels have the reference's tokens, from the first frame on" "$differing" "==" 0
check "the tokens are decoded" "$residuum" decode tokens.npy decoded.wav
is "their sound is the reference's from the first sample on" "$("$sound" against decoded.wav "$golden/decoded_08.npy")" "<" -80
sed 's/"primed": true/"primed": false/' tokens.json >streamed.json
cp tokens.npy streamed.npy
check "as a stream they begin from silence" "$residuum" decode streamed.npy streamed.wav
is "which the reference does not" "$("$sound" against streamed.wav "$golden/decoded_08.npy")" ">" -60
check "levels can be left out" "$residuum" decode tokens.npy fewer.wav --levels 2

"$sound" make in.wav 48000 2 48000 7 pcm_16
check "a stereo sound of another rate is processed" "$residuum" process in.wav out.wav --codec "$golden" --levels 3.5
check "it plays live, threaded" "$residuum" live --backend null --codec "$golden" --duration 1 --block 64 \
    --schedule threaded --osc-port 0
speaks '^  threaded hop  *640 samples  *13.33 ms' "the threaded hop has a line of its own"
speaks 'latency 14[0-9][0-9] samples.*codec 640.*schedule 640' "codec, resampler and schedule are told apart"

check "16-bit weights are a suffix of the folder's name" "$residuum" codecs "$golden:int16"
speaks '^encodec_tiny:int16 .*parameters of 16 bits' "and told"
check "they code" "$residuum" encode "$golden/input_24k.wav" narrow.npy --codec "$golden:int16"
check "and decode" "$residuum" decode narrow.npy narrow.wav
is "to nearly the same sound" "$("$sound" against narrow.wav "$golden/decoded_08.npy")" "<" -3
exits 1 "without a folder the suffix is nothing" "$residuum" process in.wav out.wav --codec "nowhere:int16"
says "no codec 'nowhere:int16'" "and that is said"

mkdir bad
sed 's/"use_causal_conv": true/"use_causal_conv": false/' "$golden/config.json" >bad/config.json
cp "$golden/model.safetensors" bad
exits 1 "a model that looks ahead is refused" "$residuum" process in.wav out.wav --codec bad
says 'bad/config.json: "use_causal_conv" is false: .*cannot be streamed' "by the key and the reason"
cp "$golden/config.json" bad
head -c 500000 "$golden/model.safetensors" >bad/model.safetensors
exits 1 "weights cut short are refused" "$residuum" codecs bad
says "bad/model.safetensors: tensor '.*' lies outside of the file" "by file and tensor"
finish
