# SPDX-License-Identifier: MIT
# Read by the scripts that need a JACK server: servers of their own, of a name that no other has. The script sets
# `server` to a name and `folder` to a folder for the log before; it calls end_server, in its trap too. `jack_mode` (-R:
# real-time), `rate` and `jack_block` may be set. Without JACK on this machine the script ends as skipped.
# shellcheck shell=sh disable=SC2154
# shellcheck source=tests/support/need_tools.sh
. "$(dirname "$0")/../support/need_tools.sh"
need_tools jackd jack_wait
export JACK_DEFAULT_SERVER="$server" JACK_NO_START_SERVER=1
jackd_pid=
start_server() {
    jackd "${jack_mode:---no-realtime}" --name "$server" -d dummy -r "${rate:-48000}" -p "${jack_block:-64}" >"$folder/jackd.log" 2>&1 &
    jackd_pid=$!
    jack_wait -s "$server" -w -t 15 >/dev/null 2>&1 || {
        echo "no JACK server starts on this machine: skipped"
        exit 77
    }
}
# Ends the server that was started, a stopped one too, and takes away what it leaves in shared memory.
end_server() {
    [ -z "$jackd_pid" ] || {
        kill -CONT "$jackd_pid" 2>/dev/null
        kill "$jackd_pid" 2>/dev/null
        wait "$jackd_pid" 2>/dev/null
    }
    jackd_pid=
    find /dev/shm -maxdepth 1 -name "jack*$server*" -delete 2>/dev/null
}
