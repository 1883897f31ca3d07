#!/bin/sh
# SPDX-License-Identifier: MIT
# Signals, long files and full disks: everything ends soon, is said, and leaves nothing broken.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

# ends_by SIGNAL SENTENCE COMMAND...: the command, stopped after a second, ends by the signal. A minute is the limit: it
# is for slow machines, and all of this would take longer.
ends_by() {
    signal=$1 sentence=$2
    shift 2
    timeout -s KILL 60 sh -c '"$@" & process=$!; sleep 1; kill -'"$signal"' $process; wait $process' sh "$@" >out 2>err
    code=$?
    case $signal in TERM) number=15 ;; HUP) number=1 ;; esac
    is "$sentence ends by SIG$signal" "$code" "==" $((128 + number))
}

# Twenty minutes of sound at 8 kHz, which are long to convert and to code.
"$sound" make long.wav 8000 1 9600000 7 pcm_16
for signal in TERM HUP; do
    ends_by $signal "process" "$residuum" process long.wav out.wav -q
    [ ! -e out.wav ] || fails "process leaves nothing behind after SIG$signal"
    ends_by $signal "encode" "$residuum" encode long.wav t.npy -q
    [ -z "$(find . -maxdepth 1 -name 't.*')" ] || fails "encode leaves nothing behind after SIG$signal"
done
ends_by TERM "analyze" "$residuum" analyze long.wav -q
ends_by TERM "compare" "$residuum" compare long.wav -q --write kept
ends_by TERM "train" "$residuum" train long.wav -o m.safetensors -q
[ ! -e m.safetensors ] || fails "train leaves nothing behind"
"$sound" make short.wav 48000 1 48000 7 pcm_16
"$residuum" encode short.wav d.npy

# Without reading on the way the first second would come after a minute or more.
check "twenty minutes play from the start" timeout 40 "$residuum" live --backend null --no-osc --duration 1 \
    --input-file long.wav --record r.wav
"$sound" rms r.wav 4800 40000 >out
is "and are heard" "$(cat out)" ">" -40
"$sound" make odd.wav 200 1 500000 7 pcm_16
exits 1 "a rate that process refuses is refused at once, however long the file" timeout 40 "$residuum" live \
    --backend null --no-osc --duration 1 --input-file odd.wav
says "sample rate 200 Hz is not in 8000..384000" "and the rates that are taken are said"
"$sound" make low.wav 100 1 500 7 pcm_16
exits 1 "a rate that cannot be converted is refused" timeout 40 "$residuum" live --backend null --no-osc --duration 1 \
    --input-file low.wav
says "low.wav.*100.*Hz" "the rate is named"
rm -f long.wav odd.wav

# A disk that is full, by the limit of the shell: what is said comes before the end, and the sound goes on.
(
    ulimit -f 200
    exec "$residuum" live --backend null --no-osc --duration 4 --record broken.wav
) >out 2>err
is "a recording that breaks off makes live fail" $? "==" 1
speaks "RECORDING BROKE OFF after" "the lines say that it broke off"
speaks "played [4-9]" "the sound went on to its end"
says "the recording broke off after.*broken.wav.*File too large" "when, where and why is said"
for kind in wav flac ogg mp3 caf; do
    (
        ulimit -f 10
        exec "$residuum" process short.wav full.$kind
    ) >out 2>err
    code=$?
    # A libsndfile without MP3 refuses it.
    is "a full disk is a failure of process to $kind" $code "==" 1
    says "full.$kind" "the file is named"
    [ ! -e full.$kind ] || fails "half of a $kind file is not left"
done
for command in "decode d.npy full.wav" "encode short.wav full.npy"; do
    (
        ulimit -f 10
        # shellcheck disable=SC2086 # words
        exec "$residuum" $command
    ) >out 2>err
    is "a full disk is a failure of $command" $? "==" 1
    says "full" "the file is named"
    [ -z "$(find . -maxdepth 1 -name 'full*')" ] || fails "half of a file is not left by $command"
done
finish
