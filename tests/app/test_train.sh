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
says "2\.9 are needed" "how much sound is needed is said"
mkdir broken
head -c 1000 sounds/b.wav >broken/cut.wav
head -c 48044 sounds/b.wav >broken/half.wav
exits 1 "sounds that are cut off are too little" "$residuum" train broken -o own.safetensors
for rest in "cut.wav' is cut off: 478" "half.wav' is cut off: 24000"; do
    says "$rest of 48000 samples" "a sound that is cut off is told ($rest)"
done
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

mkdir -p mixed/deeper
"$sound" make mixed/good.wav 48000 1 384000 7 pcm_16
: >mixed/empty.wav
echo "no sound at all" >mixed/text.flac
head -c 20 mixed/good.wav >mixed/cut.wav
"$sound" make mixed/short.wav 48000 1 100 7 pcm_16
"$sound" make mixed/nan.wav 44100 1 44100 7 float
"$sound" make mixed/inf.wav 48000 1 48000 7 float
printf '\000\000\300\177' | dd of=mixed/nan.wav bs=1 seek=40000 conv=notrunc 2>/dev/null
printf '\000\000\200\177' | dd of=mixed/inf.wav bs=1 seek=40000 conv=notrunc 2>/dev/null
"$sound" make mixed/slow.wav 188 1 500000 7 pcm_16
mkfifo mixed/pipe.wav
ln -s none.wav mixed/dangling.wav
ln -s loop.wav mixed/loop.wav
ln -s .. mixed/deeper/up
ln -s . mixed/here
ln -s ../good.wav mixed/deeper/again.wav
ln mixed/good.wav mixed/second.wav
check "8 s in a folder with files that cannot be used are trained on" "$residuum" train mixed -o m.safetensors --hop 64
speaks "trained on 1 file, 8.0 s of sound (10 skipped)" "the one sound is counted once, whatever its names and links"
for name in empty.wav text.flac cut.wav short.wav nan.wav inf.wav slow.wav pipe.wav dangling.wav loop.wav; do
    says "skipped: .*mixed/$name" "$name is told with its reason"
done
says "nan.wav.*1 samples are not numbers" "a NaN is called so"
is "a line for each" "$(grep -c skipped: err)" "==" 10
says "only 8.0 s" "and that it is little"
mkdir one
cp mixed/good.wav one
check "the good file alone is trained on" "$residuum" train one -o one.safetensors --hop 64 --name m
check "and gives the same codec" cmp m.safetensors one.safetensors
rm mixed/good.wav mixed/second.wav m.safetensors
exits 1 "a folder in which nothing can be used is a failure" "$residuum" train mixed -o m.safetensors --hop 64
says "no sound file can be used, of 7" "that none can is said"
[ ! -e m.safetensors ] || fails "then there is no codec"
i=0
mkdir many
while [ $((i += 1)) -le 40 ]; do : >many/$i.wav; done
exits 1 "of many bad files some are told" "$residuum" train many -o m.safetensors --hop 64
says "and 20 more" "the others are counted"
is "in a bounded number of lines" "$(wc -l <err)" "==" 22
mkdir codecs
cp own.safetensors codecs/b.safetensors
echo broken >codecs/a.safetensors
exits 1 "a broken codec in a folder is a failure of codecs" "$residuum" codecs codecs
says "a.safetensors" "the broken one is named"
speaks "codecs/b.safetensors" "and those after it are listed"

mkdir elsewhere
mv own.safetensors elsewhere
exits 1 "decode names a codec that has moved" "$residuum" decode t.npy back.wav
says "own.safetensors" "the codec that has moved is named"
check "--codec says where it is" "$residuum" decode t.npy back.wav --format float --codec elsewhere/own.safetensors
exits 1 "another codec's tokens are refused" "$residuum" decode t.npy back.wav --codec no-such-codec
finish
