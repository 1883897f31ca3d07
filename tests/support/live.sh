# SPDX-License-Identifier: MIT
# Read by scripts behind tests/app/check.sh: the command playing in the background, steered over OSC, and what it costs.
# shellcheck shell=sh disable=SC2034,SC2154

# start_live ARGUMENTS...: `residuum live` on the null device, or on that of `live_device`; ready when it says so. Sets
# app_pid and port. The script ends it.
start_live() {
    rm -f live.out live.err # of the one before
    # shellcheck disable=SC2086 # words on purpose
    "$residuum" live ${live_device:---backend null} --osc-port 0 "$@" >live.out 2>live.err &
    app_pid=$!
    soon has_begun
    if ! grep -q 'OSC on UDP port' live.out; then
        cat live.out live.err
        fails "residuum live starts"
        finish
    fi
    port=$(sed -n 's/.*OSC on UDP port \([0-9]*\).*/\1/p' live.out)
}

has_begun() { grep -q 'OSC on UDP port' live.out 2>/dev/null || ! kill -0 "$app_pid" 2>/dev/null; }

# value_is SYMBOL VALUE: the running command answers so over OSC, by the program in `osc_get`: what was sent before came.
value_is() { [ "$("$osc_get" "$port" "$1" 2>/dev/null)" = "$2" ]; }
# plays_on: waits for two more of the lines that it prints once a second of its own; the first may tell of before.
plays_on() {
    lines_before=$(grep -c ' s  levels' live.out)
    soon has_more_lines
}
has_more_lines() { [ "$(grep -c ' s  levels' live.out)" -ge $((lines_before + 2)) ]; }

resident_kib() { awk '/^VmRSS/ {print $2}' "/proc/$1/status"; }

# loses_nothing: by the last line that the command printed; sets `share`, in % of a deadline.
loses_nothing() {
    dropped=$(sed -n 's/.*dropped \([0-9]*\).*/\1/p' live.out | tail -n 1)
    is "nothing is dropped in the rings" "${dropped:-none}" == 0
    share=$(sed -n 's/.*worst callback \([0-9.]*\) % .*/\1/p' live.out | tail -n 1)
    is "the worst callback's share of its deadline in CPU time is measured ($share %)" "$share" '>' 0
}
