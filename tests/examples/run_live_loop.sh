#!/bin/sh
# SPDX-License-Identifier: MIT
# run_live_loop.sh LIVE_LOOP: the example plays for a second under a JACK server of its own.
set -u
server=rsdexample$$
folder=$(mktemp -d "${TMPDIR:-/tmp}/rsd-live-loop-XXXXXX")
# shellcheck source=tests/support/jack_server.sh
. "$(dirname "$0")/../support/jack_server.sh"
need_tools timeout
trap 'end_server; rm -rf "$folder"' EXIT
start_server
said=$(timeout 30 "$1" 4 1 2>/dev/null) || {
    echo "FAILS: live_loop ended with $?"
    exit 1
}
echo "$said"
[ "$said" = "codec latency 5.33 ms" ]
