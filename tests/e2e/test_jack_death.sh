# SPDX-License-Identifier: MIT
# The sound server dies under the command: it says so, ends by itself, and the recording is whole.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"

# dies SIGNAL: the server of a running command is ended by SIGNAL.
dies() {
    start_live --record "kept-$1.wav"
    sleep 2
    kill "-$1" "$jackd_pid"
    wait "$jackd_pid" 2>/dev/null
    jackd_pid=
    waited=0
    while kill -0 "$app_pid" 2>/dev/null && [ "$waited" -lt 100 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
    is "$1: it ends by itself within 5 s" "$waited" '<' 50
    wait "$app_pid"
    code=$?
    app_pid=
    is "$1: with exit code 1" "$code" == 1
    cp live.err err
    is "$1: it says one thing" "$(wc -l <err)" "==" 1
    says 'sound device is lost: .*JACK.* server ended' "$1: and says that the server is gone"
    # shellcheck disable=SC2046
    set -- "$1" $("$sound" info "kept-$1.wav")
    is "$1: the recording holds what was played before" "${4:-none}" '>' 48000
    rm -f live.out live.err
}

dies KILL
start_server
dies TERM
start_server
kill -STOP "$jackd_pid"
timeout -s KILL 30 "$residuum" devices >out 2>err
is "devices ends where a server hangs, with exit code 1" $? == 1
says 'did not answer within .* hangs' "and says so"
finish
