#!/bin/sh
# SPDX-License-Identifier: MIT
# test_jalv.sh RESIDUUM SOUND_TOOL BUNDLE JACK_E2E [PAGE_CLIENT]: the plugin in jalv under a JACK server, in freewheel, by console.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
bundle=$3 jack_e2e=$4 page_client=$5
. "$here/../app/check.sh"
. "$here/plugin_check.sh"
need_tools jalv
LV2_PATH=$(dirname "$bundle"):/usr/lib/lv2
export LV2_PATH
server=rsd_jalv_$$
jack_block=128 # periods of one frame of the codec: then the recording starts with a frame, as a file does
. "$here/../support/jack_server.sh"
jalv_pid=''
cleanup() {
    [ -z "$jalv_pid" ] || kill -KILL "$jalv_pid" 2>/dev/null
    end_server
    rm -rf "$folder"
}
trap cleanup EXIT
start_server
mkfifo console
jalv -x -n rsd_jalv urn:residuum:mono <console >jalv.out 2>jalv.err &
jalv_pid=$!
exec 9>console
tries=0
until grep -q 'osc_port' jalv.out || [ "$tries" -gt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
say() {
    echo "$*" >&9
    sleep 0.7
}
"$sound" make in.wav 48000 1 96000 5 float
say 'set levels 3.5'
say 'set level_gain_2 0.5'
check "2 s pass through jalv" "$jack_e2e" "$server" rsd_jalv in.wav a.wav in out
"$residuum" process in.wav b.wav --raw --format float --levels 3.5 --set 'level_gain[2]=0.5' -q
equal "jalv gives the samples of process, late by the latency" a.wav b.wav
say presets # jalv reads the presets of a plugin only when it is asked for the list
# Presets with all levels, as noise fill depends on what was played before, and without auto gain, which does, too.
for preset in transparent tight; do
    say "preset urn:residuum:mono:preset:$preset"
    sleep 1 # the codec of the preset fades in
    check "2 s pass with preset $preset" "$jack_e2e" "$server" rsd_jalv in.wav a.wav in out
    "$residuum" process in.wav b.wav --raw --format float --preset "$(echo $preset | tr _ -)" -q
    equal "jalv with preset $preset gives the samples of process" a.wav b.wav
done
say 'set noise_fill 0'
say 'set codec 1'
sleep 1
check "2 s pass with another codec" "$jack_e2e" "$server" rsd_jalv in.wav a.wav in out
"$residuum" process in.wav b.wav --raw --format float --preset tight --codec live-128 --set noise_fill=0 -q
equal "a codec that was swapped in while it plays gives the samples of process at its own latency" a.wav b.wav
if [ -n "$page_client" ]; then
    port=$((20000 + $$ % 20000))
    say "set http_port $port"
    check "a browser steers the instance by its page, and sees what it plays" "$page_client" "$port" 5.0
    say 'set http_port 0'
fi
exec 9>&- # the end of its console is the end of jalv
tries=0
while kill -0 "$jalv_pid" 2>/dev/null && [ "$tries" -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
wait "$jalv_pid"
is "jalv ends well" "$?" == 0
jalv_pid=''
finish
