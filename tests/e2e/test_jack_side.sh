# SPDX-License-Identifier: MIT
# PortAudio's side-chain: another device than the input's, which has a clock of its own, and the input's own device.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
osc_get=$5
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"

stop_live() {
    kill -TERM "$app_pid"
    wait "$app_pid"
    app_pid=
}

"$sound" make in.wav 48000 1 96000 5 float
"$residuum" live --quiet --backend jack --no-osc --input-file in.wav >source.out 2>&1 &
source_pid=$!
trap 'kill $source_pid 2>/dev/null; cleanup' EXIT
is_there() { "$residuum" devices 2>/dev/null | grep -q '  *[0-9][0-9]* .*residuum'; }
soon is_there

start_live --input-file in.wav --sidechain-device residuum --set cross=1 --record heard.wav
plays_on
stop_live
level_db=$("$sound" rms heard.wav 24000 48000)
is "another device's codewords sound ($level_db dBFS)" "$level_db" '>' -60

start_live --input-file in.wav --sidechain-device system --set cross=1 --record silent.wav
plays_on
stop_live
level_db=$("$sound" rms silent.wav 24000 48000)
is "those of a silent device do not ($level_db dBFS)" "$level_db" '<' -100

start_live --input-device system --sidechain-device system --set cross=1
plays_on
stop_live
exits 1 "an input that has too few channels for both is refused" "$residuum" live --backend portaudio --host-api jack \
    --no-osc --duration 1 --channels 2 --input-device system --sidechain-device system
says 'is the input and the side-chain, and has 2 channels: 4 are wanted' "with what it has and what it needs"
exits 1 "a side-chain that is not there is one, too" "$residuum" live --backend portaudio --host-api jack --no-osc \
    --duration 1 --sidechain-device nobody
says 'side-chain device "nobody".*system' "it is named, and what there is"
finish
