# SPDX-License-Identifier: MIT
# test_jack_churn.sh RESIDUUM SOUND_TOOL OSC_SWEEP SECONDS: the command under a JACK server where nothing stays as it is,
# in rounds: codecs and presets are swapped, connections are cut and made, other clients come, go and are killed, the
# server's block changes, and in one round of three the server itself is killed and started again. OSC sweeps the levels
# all the while. What must hold: memory, threads and files stay as many, nothing is dropped, each codec has its latency
# each time, and what was heard is finite and bounded. For the ten minutes that are promised: SECONDS = 600.
# shellcheck shell=sh source-path=SCRIPTDIR disable=SC2034,SC2154
here=$(cd "$(dirname "$0")" && pwd)
sweep=$3
seconds=$4
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
RSD_JACK_BACKEND=jack # through PortAudio a server's end is the command's
# shellcheck source=jack.sh
. "$here/jack.sh"
need_tools jack_metro jack_connect jack_disconnect jack_bufsize jack_lsp

resident_kib() { awk '/^VmRSS/ {print $2}' "/proc/$app_pid/status"; }
threads() { awk '/^Threads/ {print $2}' "/proc/$app_pid/status"; }
files() { find "/proc/$app_pid/fd" -mindepth 1 2>/dev/null | wc -l; }
tell() { oscsend 127.0.0.1 "$port" "$@"; }
now_s() { awk '{print int($1)}' /proc/uptime; }
latency() { jack_lsp -l residuum:out_1 2>/dev/null | sed -n 's/.*capture latency = \[ [0-9]* \([0-9]*\) .*/\1/p'; } # of the later source

# eventually SENTENCE COMMAND...: it comes true within half a minute. Only what does not is printed: there are many rounds.
eventually() {
    sentence=$1
    shift
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ] || ! kill -0 "$app_pid" 2>/dev/null; then
            fails "round $round: $sentence (it is $(latency), blocks are $(jack_bufsize 2>/dev/null | tr '\n' ' '))"
            return
        fi
        sleep 0.1
    done
}
has_latency() { [ "$(latency)" = "$1" ]; }

# change SAMPLES ADDRESS TYPE VALUE: the graph is told of SAMPLES and the period of 64. Each message is waited for, as each
# comes from another sender, and only those of one sender stay in their order.
change() {
    samples=$1
    shift
    tell "$@"
    eventually "$* makes $samples samples" has_latency $((samples + 64))
    swap_count=$((swap_count + 1))
}

# swap CODEC SAMPLES: by presets that have others, by numbers of generations, then by name.
swap() {
    change 1152 /residuum/preset s eighth-generation
    change 512 /residuum/preset s smeared
    change 768 /residuum/generations i 2
    change 512 /residuum/generations i 1
    change "$2" /residuum/codec s "$1"
}

end_metro() {
    [ -z "$metro" ] || kill -KILL "$metro" 2>/dev/null
    [ -z "$metro" ] || wait "$metro" 2>/dev/null
    metro=
}

# Sources and sinks of ours are taken away and given back; a client plays into us until it dies in the next round, and
# another comes and goes.
churn() {
    end_metro
    jack_disconnect system:capture_1 "residuum:$in_port" 2>/dev/null
    jack_disconnect "residuum:$out_port" system:playback_1 2>/dev/null
    jack_metro -b 240 -n "metro$1" >/dev/null 2>&1 &
    metro=$!
    jack_metro -b 90 -n "other$1" >/dev/null 2>&1 &
    other=$!
    sleep 0.4
    jack_connect "metro$1:240_bpm" "residuum:$in_port" 2>/dev/null
    jack_connect "residuum:$out_port" system:playback_1 2>/dev/null
    sleep 0.3
    kill "$other" 2>/dev/null
    wait "$other" 2>/dev/null
    jack_connect system:capture_1 "residuum:$in_port" 2>/dev/null
    client_count=$((client_count + 2))
    jack_bufsize 128 >/dev/null 2>&1
    sleep 0.3
    jack_bufsize 64 >/dev/null 2>&1
}

is_back() { [ "$(grep -c 'and is back' live.err)" -gt "$loss_count" ]; }
lose_server() {
    end_metro
    kill -KILL "$jackd_pid"
    wait "$jackd_pid" 2>/dev/null
    sleep 0.5
    xruns=$((xruns + $(grep -ci xrun "$folder/jackd.log")))
    start_server
    eventually "live plays on under the next server" is_back
    loss_count=$((loss_count + 1))
}

# Inline, as `auto` weighs how busy the machine is, and a threaded codec is a hop later.
start_live --codec live-128 --schedule inline --input-device system --output-device system --record heard.wav
"$sweep" "$port" "$((seconds + 60))" 100 >/dev/null &
sweep_pid=$!
trap 'kill "$sweep_pid" 2>/dev/null; end_metro; cleanup' EXIT
start=$(now_s)
metro=
round=0 swap_count=0 client_count=0 loss_count=0 xruns=0 memory=0
while [ $(($(now_s) - start)) -lt "$seconds" ] && [ "$failures" -eq 0 ]; do
    for codec in live-64:128 live-256:512 live-128:256; do swap "${codec%:*}" "${codec#*:}"; done
    churn "$round"
    [ $((round % 3)) -ne 0 ] || lose_server
    eventually "live-128 is as late as before" has_latency 320
    round=$((round + 1))
    if [ "$memory" -eq 0 ]; then memory=$(resident_kib) thread_count=$(threads) file_count=$(files); fi
done
end_metro
after=$(resident_kib)
echo "$round rounds: $swap_count swaps, $client_count clients that came and went, $loss_count servers killed," \
    "$xruns xruns of theirs; memory $memory KiB after the first round, then $after KiB"
is "memory stays flat" "$((after - memory))" "<" 2048
is "so do threads" "$(threads)" "==" "$thread_count"
is "and open files" "$(files)" "==" "$file_count"
kill -INT "$app_pid"
wait "$app_pid"
code=$?
app_pid=
cp live.err err
is "it ends with exit code 0" "$code" "==" 0
is "it says of each server that it was gone and is back, and nothing else of it" \
    "$(grep -c 'sound device' live.err)" "==" "$((2 * loss_count))"
tail -n 3 live.out
is "nothing is dropped" "$(sed -n 's/.*dropped \([0-9]*\).*/\1/p' live.out | tail -n 1)" "==" 0
check "what was heard is finite, and within 24 dB of full scale" "$sound" bounded heard.wav 16
cat out
finish
