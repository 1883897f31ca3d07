# SPDX-License-Identifier: MIT
# Read by the scripts that need a JACK server: starts one of their own (support/jack_server.sh) and ends
# only that. RSD_JACK_BACKEND says which backend of the command they are about: jack, or portaudio
# for the JACK in it.
# shellcheck shell=sh disable=SC2034,SC2154
backend=${RSD_JACK_BACKEND:-portaudio}
in_port=in_0 out_port=out_0
if [ "$backend" = jack ]; then in_port=in_1 out_port=out_1; fi
server=rsd_e2e_$$
# shellcheck source=tests/support/jack_server.sh
. "$here/../support/jack_server.sh"
need_tools oscsend
app_pid=
cleanup() {
    [ -z "$app_pid" ] || kill -KILL "$app_pid" 2>/dev/null
    end_server
    rm -rf "$folder"
}
trap cleanup EXIT
start_server
live_device="--backend $backend --host-api jack"
# shellcheck source=../support/live.sh
. "$here/../support/live.sh"
