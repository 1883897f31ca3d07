# SPDX-License-Identifier: MIT
# Read by the scripts that need a JACK server: starts one of their own and ends only that. `rate` and `jack_mode` (-R:
# real-time) may be set before. RSD_JACK_BACKEND says which backend of the command they are about: jack, or portaudio
# for the JACK in it.
# shellcheck shell=sh disable=SC2034,SC2154
backend=${RSD_JACK_BACKEND:-portaudio}
in_port=in_0 out_port=out_0
if [ "$backend" = jack ]; then in_port=in_1 out_port=out_1; fi
for tool in jackd jack_wait oscsend; do
    command -v "$tool" >/dev/null 2>&1 || {
        echo "no $tool on this machine: skipped"
        exit 77
    }
done
server=rsd_e2e_$$
export JACK_DEFAULT_SERVER="$server" JACK_NO_START_SERVER=1
jackd_pid=
app_pid=
cleanup() {
    [ -z "$app_pid" ] || kill -KILL "$app_pid" 2>/dev/null
    [ -z "$jackd_pid" ] || { kill "$jackd_pid" 2>/dev/null && wait "$jackd_pid" 2>/dev/null; }
    rm -rf "$folder"
    find /dev/shm -maxdepth 1 -name "jack*$server*" -delete 2>/dev/null
}
trap cleanup EXIT
start_server() {
    jackd "${jack_mode:---no-realtime}" --name "$server" -d dummy -r "${rate:-48000}" -p 64 >"$folder/jackd.log" 2>&1 &
    jackd_pid=$!
    jack_wait -s "$server" -w -t 15 >/dev/null 2>&1 || {
        echo "no JACK server starts on this machine: skipped"
        exit 77
    }
}
stop_server() {
    kill "$jackd_pid"
    wait "$jackd_pid" 2>/dev/null
    jackd_pid=
}
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
