# SPDX-License-Identifier: MIT
# The sound server dies under the command. Through PortAudio it says so and ends by itself. Our own backend waits for a
# server, plays on under the next one with the same latency, and ends where there is none, or one of another rate. The
# recording is whole each time.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"

# kill_server SIGNAL
kill_server() {
    kill "-$1" "$jackd_pid"
    wait "$jackd_pid" 2>/dev/null
    jackd_pid=
}

# dies SIGNAL: the server of a running command is ended by SIGNAL.
dies() {
    start_live --record "kept-$1.wav" --wait-device 1
    soon has_played live.out 1.5
    kill_server "$1"
    ends "$1"
    says 'sound device is lost: .*JACK.* server' "$1: and says that the server is gone"
    # shellcheck disable=SC2046
    set -- "$1" $("$sound" info "kept-$1.wav")
    is "$1: the recording holds what was played before" "${4:-none}" '>' 48000
    rm -f live.out live.err
}

has_ended() { ! kill -0 "$app_pid" 2>/dev/null; }
# ends WHAT: the command, by itself and with an error; the lines of it that matter are in err.
ends() {
    check "$1: it ends by itself" soon has_ended
    wait "$app_pid"
    code=$?
    app_pid=
    is "$1: with exit code 1" "$code" == 1
    grep -v 'trying to get it back\|and is back' live.err >err
    is "$1: it says one thing" "$(wc -l <err)" "==" 1
}

latency_of_output() { jack_lsp -l "residuum:out_1" 2>/dev/null | sed -n 's/.*capture latency = \[ \([0-9]*\) .*/\1/p'; }

# comes_back SIGNAL: the server dies and is started again; then one of another rate is there in its place.
comes_back() {
    start_live --record "back-$1.wav" --set levels=5
    soon has_played live.out 1.5
    before=$(latency_of_output)
    kill_server "$1"
    soon grep -q 'trying to get it back' live.err
    check "$1: it waits" kill -0 "$app_pid"
    start_server
    soon grep -q 'and is back' live.err
    cp live.err err
    says 'was gone, and is back' "$1: it plays on under the next server"
    is "$1: connected as before, and as late" "$(latency_of_output)" "==" "${before:-none}"
    plays_on
    soon has_played live.out 3.6 # of both, for the recording
    check "$1: with its values" ends_in live.out 'levels 5.0'
    kill_server TERM
    rate=44100
    start_server
    rate=48000
    ends "$1"
    says 'runs at 44100 Hz' "$1: a server of another rate is none of its"
    # shellcheck disable=SC2046
    set -- "$1" $("$sound" info "back-$1.wav")
    is "$1: the recording holds what was played under both" "${4:-none}" '>' 144000
    end_server
    rm -f live.out live.err
    start_server
}

if [ "$backend" = jack ]; then
    comes_back KILL
fi
dies KILL
start_server
dies TERM
start_server
kill -STOP "$jackd_pid"
timeout -s KILL 30 "$residuum" devices >out 2>err
is "devices ends where a server hangs, with exit code 1" $? == 1
says 'did not answer within .* hangs' "and says so"
finish
