#!/bin/sh
# SPDX-License-Identifier: MIT
# run_live_loop.sh LIVE_LOOP: the example plays for a second under a JACK server of its own.
set -u
for tool in jackd jack_wait timeout; do
    command -v "$tool" >/dev/null 2>&1 || {
        echo "no $tool on this machine: skipped"
        exit 77
    }
done
server=rsdexample$$
export JACK_DEFAULT_SERVER="$server" JACK_NO_START_SERVER=1
jackd --no-realtime --name "$server" -d dummy -r 48000 -p 64 >/dev/null 2>&1 &
jackd_pid=$!
trap 'kill "$jackd_pid" 2>/dev/null; wait "$jackd_pid" 2>/dev/null; find /dev/shm -maxdepth 1 -name "jack*$server*" -delete 2>/dev/null' EXIT
jack_wait -s "$server" -w -t 15 >/dev/null 2>&1 || {
    echo "no JACK server starts on this machine: skipped"
    exit 77
}
said=$(timeout 30 "$1" 4 1 2>/dev/null) || {
    echo "FAILS: live_loop ended with $?"
    exit 1
}
echo "$said"
[ "$said" = "codec latency 5.33 ms" ]
