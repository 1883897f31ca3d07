# SPDX-License-Identifier: MIT
# test_jack_device.sh JACK_PROBE BACKEND: host_device under JACK servers of its own that play, end or hang. Nothing may hang.
# shellcheck shell=sh
set -u
for tool in jackd jack_wait timeout; do
    command -v "$tool" >/dev/null 2>&1 || {
        echo "no $tool on this machine: skipped"
        exit 77
    }
done
probe=$1
backend=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/rsd-jack-XXXXXX")
server=rsdhost_${backend}_$$
jackd_pid=
end_server() {
    [ -z "$jackd_pid" ] || {
        kill -CONT "$jackd_pid" 2>/dev/null
        kill "$jackd_pid" 2>/dev/null
        wait "$jackd_pid" 2>/dev/null
    }
    jackd_pid=
    find /dev/shm -maxdepth 1 -name "jack*$server*" -delete 2>/dev/null
}
trap 'end_server; rm -rf "$folder"' EXIT
export JACK_DEFAULT_SERVER="$server" JACK_NO_START_SERVER=1
failed=0
for part in plays term kill hang stop-killed stop-hanging start-killed start-hanging open-hanging; do
    jackd --no-realtime --name "$server" -d dummy -r 48000 -p 64 >"$folder/jackd.log" 2>&1 &
    jackd_pid=$!
    jack_wait -s "$server" -w -t 15 >/dev/null 2>&1 || {
        echo "no JACK server starts on this machine: skipped"
        exit 77
    }
    echo "$part"
    timeout -s KILL 40 "$probe" "$part" "$jackd_pid" "$backend" 2>"$folder/err" || {
        echo "FAILS: $part (exit $?)"
        sed 's/^/    stderr: /' "$folder/err"
        failed=1
    }
    end_server
done
exit "$failed"
