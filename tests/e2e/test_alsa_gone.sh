# SPDX-License-Identifier: MIT
# test_alsa_gone.sh RESIDUUM SOUND_TOOL ALSA_FAKE: a sound device of ALSA's is unplugged under the command, which plays
# through PortAudio, and comes back: by its name, and as the default. ALSA_FAKE is a plugin that behaves so.
# shellcheck shell=sh source-path=SCRIPTDIR disable=SC2034,SC2154
here=$(cd "$(dirname "$0")" && pwd)
plugin=$3
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=../support/live.sh
. "$here/../support/live.sh"
export HOME="$folder" RSD_ALSA_FAKE_GONE="$folder/gone" JACK_NO_START_SERVER=1 JACK_DEFAULT_SERVER="rsd-none-$$"
cat >.asoundrc <<TEXT
pcm_type.rsd_fake { lib "$plugin" }
pcm.unplugged { type rsd_fake }
pcm.!default { type rsd_fake }
TEXT
app_pid=
trap '[ -z "$app_pid" ] || kill -KILL "$app_pid" 2>/dev/null; rm -rf "$folder"' EXIT
"$residuum" devices >out 2>err
grep -q 'unplugged \[ALSA\]' out || {
    echo "PortAudio has no ALSA here: skipped"
    exit 77
}

# comes_back NAME: what plays is unplugged for as long as it takes to be missed and looked for, and plugged in again.
comes_back() {
    soon has_played live.out 1
    : >gone
    check "$1: that the device is gone is seen" soon grep -q 'the sound device is gone; trying to get it back' live.err
    at=$(played live.out)
    plays_on
    check "$1: it waits" kill -0 "$app_pid"
    is "$1: and plays nothing meanwhile" "$(played live.out)" "==" "$at"
    rm gone
    check "$1: the device is back" soon grep -q 'the sound device was gone, and is back' live.err
    check "$1: and plays on" soon has_played live.out "$(echo "$at" | awk '{ print $1 + 1.5 }')"
    check "$1: with its values" ends_in live.out 'levels 5.0'
    is "$1: no more is said" "$(wc -l <live.err)" "==" 2
    kill -TERM "$app_pid"
    wait "$app_pid"
    code=$?
    app_pid=
    is "$1: it ends well" "$code" "==" 0
}

live_device="--backend portaudio --host-api alsa"
start_live --input-device unplugged --output-device unplugged --set levels=5 --record kept.wav
comes_back "by name"
"$sound" info kept.wav >out
is "the recording has both parts" "$(cut -d' ' -f3 out)" ">" 100000
start_live --set levels=5
comes_back "the default"

start_live --input-device unplugged --output-device unplugged --wait-device 1
soon has_played live.out 0.5
: >gone
has_ended() { ! kill -0 "$app_pid" 2>/dev/null; }
check "where it does not come back the command ends by itself" soon has_ended
wait "$app_pid"
code=$?
app_pid=
is "with exit code 1" "$code" "==" 1
cp live.err err
says 'the sound device is lost: .*"unplugged"' "and says which device it lacks"
finish
