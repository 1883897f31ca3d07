# SPDX-License-Identifier: MIT
# test_jack_device.sh JACK_PROBE BACKEND: host_device under JACK servers of its own that play, end or hang. Nothing may hang.
# shellcheck shell=sh
set -u
probe=$1
backend=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/rsd-jack-XXXXXX")
server=rsdhost_${backend}_$$
# shellcheck source=tests/support/jack_server.sh
. "$(dirname "$0")/../support/jack_server.sh"
need_tools timeout
trap 'end_server; rm -rf "$folder"' EXIT
failed=0
for part in plays term kill hang stop-killed stop-hanging start-killed start-hanging open-hanging list-hanging; do
    start_server
    echo "$part"
    timeout -s KILL 40 "$probe" "$part" "$jackd_pid" "$backend" 2>"$folder/err" || {
        echo "FAILS: $part (exit $?)"
        sed 's/^/    stderr: /' "$folder/err"
        failed=1
    }
    end_server
done
exit "$failed"
