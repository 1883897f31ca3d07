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
# start_live ARGUMENTS...: the command, ready when it says so; sets app_pid and port.
start_live() {
    rm -f live.out live.err # of the one before
    "$residuum" live --backend "$backend" --host-api jack --osc-port 0 "$@" >live.out 2>live.err &
    app_pid=$!
    tries=0
    until grep -q 'OSC on UDP port' live.out 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$app_pid" 2>/dev/null; then
            cat live.out live.err
            fails "residuum live starts under JACK"
            finish
        fi
        sleep 0.1
    done
    port=$(sed -n 's/.*OSC on UDP port \([0-9]*\).*/\1/p' live.out)
}
