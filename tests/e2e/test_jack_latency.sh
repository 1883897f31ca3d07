# SPDX-License-Identifier: MIT
# test_jack_latency.sh RESIDUUM SOUND_TOOL: residuum latency in a real JACK graph whose loop is known, beside
# jack_iodelay in the same loop.
# shellcheck shell=sh source-path=SCRIPTDIR disable=SC2154
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"
need_tools jack_connect jack_iodelay

# near SENTENCE A B: within a tenth of a sample.
near() { is "$1" "$(awk -v a="$2" -v b="$3" 'BEGIN { print (a ~ /^[0-9]/) && (a - b) ^ 2 <= 0.01 }')" "==" 1; }
figure() { sed -n "s/.*\"$1\": *\\([-0-9.e]*\\).*/\\1/p" "$2" | head -n 1; }

# A loop in JACK takes one period: an output is heard in the cycle after its own.
check "our output in our input, and the codec in the loop" "$residuum" latency --jack-loopback --through \
    --schedule inline --repeat 2 --json loop.json
near "takes a period of 64 samples" "$(figure round_trip_samples loop.json)" 64
near "and the codec adds the 256 samples that it states" "$(figure measured_samples loop.json)" 256

# Connected by hand, after it began to listen.
"$residuum" latency --backend jack --jack-no-connect --repeat 2 --json hand.json >hand.out 2>&1 &
latency_pid=$!
by_hand() { jack_connect residuum:out_1 residuum:in_1 2>/dev/null; }
soon by_hand
wait "$latency_pid"
near "rounds count from when somebody connects it" "$(figure round_trip_samples hand.json)" 64

# A peer in the same loop.
stdbuf -oL jack_iodelay >peer.out 2>&1 &
app_pid=$!
peer_by_hand() { jack_connect jack_delay:out jack_delay:in 2>/dev/null; }
peer_is_sure() { [ "$(grep -c ' frames' peer.out)" -ge 3 ]; } # it begins where nothing is connected yet
soon peer_by_hand
soon peer_is_sure
kill "$app_pid"
wait "$app_pid" 2>/dev/null
app_pid=
near "jack_iodelay finds as many samples" "$(sed -n 's/^ *\([0-9.]*\) frames.*/\1/p' peer.out | tail -n 1)" 64

# Another program in the loop: live adds its own, and no block.
start_live --codec live-64 --schedule inline --jack-no-connect
check "through a running live" "$residuum" latency --backend jack --jack-no-connect --output-device residuum:in \
    --input-device residuum:out --repeat 2 --json live.json
near "the round trip is the period and its 128 samples" "$(figure round_trip_samples live.json)" 192
kill -TERM "$app_pid"
wait "$app_pid"
app_pid=
finish
