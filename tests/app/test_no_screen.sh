#!/bin/sh
# SPDX-License-Identifier: MIT
# The command as it is built without ncurses: `live` on a terminal prints lines. $1 is that command.
. "$(dirname "$0")/check.sh"
command -v script >/dev/null || { echo "script is not installed"; exit 77; }

check "live runs on a terminal" script -q -e -c "'$residuum' live --backend null --no-osc --duration 2.2" /dev/null
speaks "latency .* samples" "it says the latency"
speaks "levels .*kbps" "a line a second says how it goes"
speaks "^played 2.[2-9] s" "it says how it went"
check "it links no ncurses" sh -c "! ldd '$residuum' | grep -E 'ncurses|tinfo'"
finish
