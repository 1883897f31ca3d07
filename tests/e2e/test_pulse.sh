# SPDX-License-Identifier: MIT
# test_pulse.sh RESIDUUM SOUND_TOOL: live and latency through a real sound server that is not JACK: PulseAudio, with a sink
# of its own whose monitor is the input, by ALSA's plugin and PortAudio. The server is private, and ends with the test. How
# long the way is and what is lost on it hangs on the machine. What must hold: sound goes round and is found, and a codec
# plays it.
# shellcheck shell=sh source-path=SCRIPTDIR disable=SC2034,SC2154,SC2317
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=../support/live.sh
. "$here/../support/live.sh"
# shellcheck source=../support/need_tools.sh
. "$here/../support/need_tools.sh"
need_tools pulseaudio pactl
export HOME="$folder" XDG_RUNTIME_DIR="$folder" JACK_NO_START_SERVER=1 JACK_DEFAULT_SERVER="rsd-none-$$"
unset PULSE_SERVER
cat >server.pa <<'TEXT'
load-module module-native-protocol-unix
load-module module-null-sink sink_name=round rate=48000
set-default-sink round
set-default-source round.monitor
TEXT
printf 'pcm.round { type pulse }\n' >.asoundrc
app_pid=
pulseaudio -n -F server.pa --daemonize=no --exit-idle-time=-1 --use-pid-file=no >server.log 2>&1 &
server_pid=$!
trap '[ -z "$app_pid" ] || kill -KILL "$app_pid" 2>/dev/null; kill "$server_pid" 2>/dev/null; rm -rf "$folder"' EXIT
is_up() { pactl info >/dev/null 2>&1; }
soon is_up || {
    echo "no PulseAudio server starts here: skipped"
    exit 77
}
"$residuum" devices >out 2>err
grep -q 'round \[ALSA\]' out || {
    echo "ALSA has no plugin for PulseAudio here: skipped"
    exit 77
}
figure() { sed -n "s/.*\"$1\": *\\([-0-9.e]*\\).*/\\1/p" round.json | head -n 1; }

device="--backend portaudio --host-api alsa --input-device round --output-device round --rate 48000"
# shellcheck disable=SC2086 # words
check "a round trip through PulseAudio is measured" "$residuum" latency $device --block 1024 --repeat 6 --json round.json
is "at least one round is heard" "$(figure heard)" ">" 0
is "a block or more later ($(figure round_trip_samples) samples)" "$(figure round_trip_samples | cut -d. -f1)" ">" 500
check "the rounds and the device are in the report" grep -q '"input": "round"' round.json

live_device=$device
start_live --block 1024 --levels 4 --record heard.wav
soon has_played live.out 2
kill -INT "$app_pid"
wait "$app_pid"
code=$?
app_pid=
is "live plays through it, and ends well" "$code" "==" 0
check "what was heard is finite, and within full scale" "$sound" bounded heard.wav 1
finish
