# SPDX-License-Identifier: MIT
# test_jack_native.sh RESIDUUM SOUND_TOOL JACK_E2E - OSC_GET: the command as a JACK client of its own: what it tells the graph, its
# ports and names, freewheel, transport, and what happens where no server runs.
# shellcheck shell=sh source-path=SCRIPTDIR disable=SC2154
here=$(cd "$(dirname "$0")" && pwd)
jack_e2e=$3 osc_get=$5
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"
need_tools jack_lsp jack_bufsize jack_transport jack_freewheel oscdump

stop_live() {
    kill -TERM "$app_pid"
    wait "$app_pid"
    code=$?
    app_pid=
    is "SIGTERM ends it with exit code 0" "$code" "==" 0
}
# told PORT DIRECTION: "MIN MAX" of the port as jack_lsp has it; DIRECTION is capture or playback.
told() { jack_lsp -l "$1" | sed -n "s/.*port $2 latency = \[ \([0-9]*\) \([0-9]*\) \] frames/\1 \2/p" | head -n 1; }
is_told() { [ "$(told "$1" "$2")" = "$3 $3" ]; }
# tells SENTENCE PORT DIRECTION SAMPLES: it is told, least and most alike.
tells() {
    soon is_told "$2" "$3" "$4"
    if [ "$(told "$2" "$3")" = "$4 $4" ]; then holds "$1"; else fails "$1 ($2 $3: $(told "$2" "$3"), not $4)"; fi
}
linked() { jack_lsp -c "$1" | sed -n "/^$1\$/,/^[^ ]/p" | grep -q "^ *$2\$"; }
links() { if linked "$2" "$3"; then holds "$1"; else fails "$1 ($2 is not connected to $3)"; fi; }
unlinked() { if jack_lsp -c "$2" | grep -q '^ '; then fails "$1 ($(jack_lsp -c "$2"))"; else holds "$1"; fi; }
osc() { oscsend localhost "$port" "$@"; }
# passes SENTENCE IN_PORT OUT_PORT: in.wav through the client; on a machine that is busy with other things a server may
# lose a cycle: three attempts.
passes() {
    for attempt in 1 2 3; do
        if "$jack_e2e" "$server" "$client" in.wav out.wav "$2" "$3" >out 2>err; then
            holds "$1 (attempt $attempt)"
            return
        fi
    done
    fails "$1"
}
# measured SENTENCE: what is told is what a signal takes, to the sample; dry, so that any codec is heard exactly.
measured() {
    osc /residuum/monitor s dry
    soon value_is monitor 1 # dry
    passes "$1: 1 s passes under freewheel" "$from" "$to"
    # shellcheck disable=SC2046
    set -- "$1" $(sed -n 's/.*told capture \([0-9]*\) to \([0-9]*\), playback \([0-9]*\).*/\1 \2 \3/p' out)
    # shellcheck disable=SC2046
    set -- "$1" "$2" "$3" "$4" $("$sound" lag in.wav out.wav)
    echo "    told $2 to $3 and $4, measured $5"
    is "$1: the capture latency told is the delay measured" "$2" "==" "$5"
    is "$1: without a range" "$3" "==" "$2"
    is "$1: so is the playback latency" "$4" "==" "$5"
}

"$sound" make in.wav 48000 1 48000 5 float
client=residuum from=in_1 to=out_1
stated() { sed -n 's/.*latency \([0-9]*\) samples.*/\1/p' live.out; }

# ---- latencies: the dummy server's ports are 64 late at capture, 128 at playback; `auto` would depend on the machine
start_live --codec live-128 --schedule inline
tells "live-128: capture latency is the input's 64 and the codec's 256" residuum:out_1 capture 320
tells "live-128: playback latency is the output's 128 and the codec's 256" residuum:in_1 playback 384
tells "and so the server's own ports say" system:playback_1 capture 320
tells "in both directions" system:capture_1 playback 384
is "live itself says the same" "$(stated)" "==" 448
links "a mono input comes from the first capture port" residuum:in_1 system:capture_1
links "a mono output plays on the first playback port" residuum:out_1 system:playback_1
links "and on the second" residuum:out_1 system:playback_2
measured live-128
# The player of `measured` has gone, and nothing is connected to the input.
for codec in live-64:128 live-256:512 lyra-v2:1175; do
    osc /residuum/codec s "${codec%:*}"
    tells "a swap to ${codec%:*} is told while it plays" residuum:out_1 capture "${codec#*:}"
    measured "swapped to ${codec%:*}"
done
stop_live

# ---- a server of long cycles, who connects late: nothing is told before ports are connected
end_server
jack_block=4096
start_server
start_live --codec live-128 --schedule inline
is "in cycles of 4096 live itself says all of the ports' latency, too" "$(stated)" "==" 12544
stop_live
end_server
jack_block=64
start_server

# ---- another block: every callback has it, and ports are later by it
start_live --codec live-128
late=$(told residuum:out_1 capture | cut -d' ' -f1) # one block of the server is in it
jack_bufsize 256 >/dev/null 2>&1
tells "after a change of the server's block to 256 the graph's latencies are new" residuum:out_1 capture $((late + 192))
osc /residuum/monitor s dry
measured "in blocks of 256"
soon grep -q 'block is now' live.err
cp live.err err
says "block is now 256 samples; the codec stays inline" "and it is said that the schedule is as it was"
jack_bufsize 64 >/dev/null 2>&1
stop_live

# ---- threaded: a hop later, told; nothing late in freewheel
for schedule in inline threaded; do
    start_live --codec live-128 --schedule $schedule
    measured "$schedule"
    stop_live
done

# ---- channels
start_live --channels 8 --schedule inline
is "eight channels have eight inputs" "$(jack_lsp residuum:in_ | wc -l)" "==" 8
is "and eight outputs" "$(jack_lsp residuum:out_ | wc -l)" "==" 8
links "the second channel goes to the second port" residuum:out_2 system:playback_2
unlinked "channels that the system lacks are not connected" residuum:out_3
from=in_8 to=out_8
measured "the eighth channel"
passes "1 s passes from the first channel's input to the eighth's output" in_1 out_8
is "channels do not mix" "$("$sound" rms out.wav 1000 48000)" "<" -80
from=in_1 to=out_1
stop_live

# ---- names and connections
start_live --schedule inline --jack-no-connect
first=$app_pid
unlinked "--jack-no-connect connects no input" residuum:in_1
unlinked "nor an output" residuum:out_1
start_live --schedule inline --jack-no-connect --output-device SYSTEM:play --input-device residuum
speaks_name=$(sed -n 's/^JACK client \([^:]*\):.*/\1/p' live.out)
is "a second client has another name and tells it" "$(jack_lsp "$speaks_name:out_1" | wc -l)" "==" 1
[ "$speaks_name" != residuum ] || fails "the second client's name is not the first's"
links "--output-device takes how ports' names begin" "$speaks_name:out_1" system:playback_1
links "--input-device takes a client, and it alone" "$speaks_name:in_1" residuum:out_1
tells "latencies add up along a chain of two" "$speaks_name:out_1" capture 512
check "devices lists JACK clients" "$residuum" devices
speaks "^ *- .* system \[JACK\]" "with the system's ports"
speaks "^ *- .* residuum \[JACK\]" "and other programs"
exits 1 "a client that is not there is a failure" "$residuum" live --backend jack --no-osc --duration 1 --input-device nobody
says 'input device "nobody".*system' "it is named, and what there is"
exits 1 "a side-chain that is not there is one, too" "$residuum" live --backend jack --no-osc --duration 1 --sidechain-device nobody
says 'side-chain device "nobody".*system' "it is named likewise"
exits 1 "another rate than the server's is a failure" "$residuum" live --backend jack --no-osc --duration 1 --rate 44100
says "48000 Hz, not at 44100" "both rates are named"
exits 1 "another block is one, too" "$residuum" live --backend jack --no-osc --duration 1 --block 100
says "64 samples, not 100" "both blocks are named"
exits 2 "nine channels are wrong usage" "$residuum" live --backend jack --channels 9
stop_live
app_pid=$first
stop_live

# ---- a side-chain
start_live --sidechain-device system
links "--sidechain-device takes a client" residuum:sidechain_1 system:capture_1
links "beside the input" residuum:in_1 system:capture_1
stop_live
exits 2 "the null device has no side-chain" "$residuum" live --backend null --sidechain-device system

# ---- auto
check "auto takes JACK where a server runs" "$residuum" live --no-osc --duration 0.5
speaks '^JACK client residuum' "and says as which client"
is "nothing is said on stderr" "$(wc -c <err)" "==" 0
check "auto with a block that the server does not have goes through PortAudio" "$residuum" live --no-osc --duration 0.5 \
    --block 128
if grep -q '^JACK client' out; then fails "that is no JACK client of its own"; fi

# ---- transport
start_live
dump=$((20000 + $$ % 20000))
oscdump -L "$dump" >meters 2>/dev/null &
dump_pid=$!
# Asked for until it comes: the one who listens may not be there yet.
is_subscribed() { osc /residuum/subscribe sif 127.0.0.1 "$dump" 20 && grep -q /residuum/meter meters; }
soon is_subscribed
# Its client is the timebase master, of 120 beats a minute, for as long as it lives.
{
    printf 'master\nplay\n'
    soon grep -q 'transport rolling .* s 120.0 bpm' live.out
    soon grep -q '/residuum/meter/transport ihf 1 [1-9][0-9]* 120.0' meters
} | jack_transport >/dev/null 2>&1
cp live.out out
speaks 'transport rolling [0-9.]* s 120.0 bpm' "the transport's start is seen, and its tempo"
cp meters out
speaks '/residuum/meter/transport ihf 1 [1-9][0-9]* 120.0' "both and the frame are metered over OSC"
printf 'stop\n' | jack_transport >/dev/null 2>&1
soon grep -q 'transport stopped [0-9]*[.]*[1-9]' live.out
tail -n 1 live.out >out
speaks 'transport stopped [0-9]*[.]*[1-9]' "and its stop, at a frame past its start"
kill "$dump_pid"
wait "$dump_pid" 2>/dev/null
stop_live

# ---- freewheel: known, and no frame of a threaded codec is late while it lasts
start_live --codec lyra-v2 --schedule threaded
jack_freewheel y >/dev/null 2>&1
three_lines() { [ "$(grep -c freewheel live.out)" -ge 3 ]; }
soon three_lines
jack_freewheel n >/dev/null 2>&1
grep freewheel live.out | tail -n +2 >out # the first line may not have what came late just before
is "freewheel is shown" "$(wc -l <out)" ">=" 2
echo "    $(sed -n '1s/ s .*//p;$s/ s .*//p' out | tr -s '\n ' ' ') s of sound in a second or more"
late() { sed 's/.*late \([0-9]*\).*/\1/' out | "$1" -n 1; }
is "no frame comes late in freewheel" "$(late head)" "==" "$(late tail)"
stop_live

# ---- no server
end_server
exits 1 "without a server --backend jack is a failure" "$residuum" live --backend jack --no-osc --duration 1
says "no JACK server called \"$server\" runs" "that says which server it looked for"
is "in one line" "$(wc -l <err)" "==" 1
if jack_wait -s "$server" -c 2>/dev/null | grep -q 'not running'; then holds "no server was started"; else fails "no server was started"; fi
finish
