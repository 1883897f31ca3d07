# SPDX-License-Identifier: MIT
# A signal through the real command under a real JACK server, levels turned by oscsend, the recording measured.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
jack_e2e=$3 osc_get=$5
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"

"$sound" make in.wav 48000 1 192000 5 float
start_live
stated=$(sed -n 's/.*: codec \([0-9]*\), resampler \([0-9]*\), schedule \([0-9]*\),.*/\1 \2 \3/p' live.out | awk '{print $1 + $2 + $3}')
is "the stated latency is the codec's 256 samples" "$stated" == 256

last_db=0
for levels in 1 4 8 14; do
    oscsend localhost "$port" /residuum/levels f "$levels"
    soon value_is levels "$levels"
    check "4 s pass under freewheel with $levels levels" "$jack_e2e" "$server" residuum in.wav "out$levels.wav" \
        "$in_port" "$out_port"
    # shellcheck disable=SC2046
    set -- $("$sound" lag in.wav "out$levels.wav")
    echo "    $levels levels: lag $1 samples, SNR $2 dB"
    is "with $levels levels the recording is late by the stated latency, to the sample" "$1" == "$stated"
    is "with $levels levels the SNR is above that with fewer" "$2" '>' "$last_db"
    last_db=$2
done
is "all levels are clean" "$last_db" '>' 20

oscsend localhost "$port" /residuum/monitor s dry
soon value_is monitor 1 # dry
check "4 s pass dry" "$jack_e2e" "$server" residuum in.wav dry.wav "$in_port" "$out_port"
check "dry is the input, late by the latency, every sample equal" "$sound" delayed dry.wav in.wav "$stated"

kill -TERM "$app_pid"
wait "$app_pid"
code=$?
app_pid=
is "SIGTERM ends it with exit code 0" "$code" == 0
grep -q 'xruns' live.out || fails "status lines count xruns"
finish
