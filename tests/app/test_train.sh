#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum train: a codec of one's own, the same for the same sounds, and usable everywhere.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

exits 2 "train without -o is wrong usage" "$residuum" train in.wav
says "safetensors" "the option that lacks is named"
exits 2 "another ending is wrong usage" "$residuum" train in.wav -o own.bin
exits 2 "another hop is wrong usage" "$residuum" train in.wav -o own.safetensors --hop 100
exits 1 "a folder that is not there is a failure" "$residuum" train none -o own.safetensors
says "none" "the folder that is not there is named"
mkdir sounds
echo text >sounds/notes.txt
exits 1 "a folder without sounds is a failure" "$residuum" train sounds -o own.safetensors
says "sounds" "the folder without sounds is named"
"$sound" make sounds/b.wav 48000 1 48000 7 pcm_16
exits 1 "too little sound is a failure" "$residuum" train sounds -o own.safetensors
says "10 " "how much sound is needed is said"
[ ! -e own.safetensors ] || fails "a training that fails leaves no file"

"$sound" make sounds/a.wav 44100 2 441000 3 pcm_16
check "train runs" "$residuum" train sounds -o own.safetensors --hop 64 --seed 5
speaks "own.safetensors: trained on 2 files, 11.0 s" "it says from how much sound"
check "train runs again" "$residuum" train sounds/b.wav sounds/a.wav -o again.safetensors --hop 64 --seed 5 --name own
check "the same sounds, hop, name and seed give the same file" cmp own.safetensors again.safetensors
check "codecs reads it" "$residuum" codecs own.safetensors
speaks "^own .* 64 .*own.safetensors" "its name and hop are listed"
check "process plays it" "$residuum" process sounds/b.wav out.wav --codec own.safetensors --format float
"$sound" lag sounds/b.wav out.wav >out
is "its output is aligned with the input" "$(cut -d' ' -f1 out)" "==" 0
is "and close to it" "$(cut -d' ' -f2 out)" ">" 15
check "encode takes it" "$residuum" encode sounds/b.wav t.npy --codec own.safetensors
check "decode finds it by itself" "$residuum" decode t.npy back.wav --format float
check "and gives what process gives" "$sound" same out.wav back.wav
mkdir elsewhere
mv own.safetensors elsewhere
exits 1 "decode names a codec that has moved" "$residuum" decode t.npy back.wav
says "own.safetensors" "the codec that has moved is named"
check "--codec says where it is" "$residuum" decode t.npy back.wav --format float --codec elsewhere/own.safetensors
exits 1 "another codec's tokens are refused" "$residuum" decode t.npy back.wav --codec no-such-codec
finish
