# SPDX-License-Identifier: MIT
# test_jack_neural.sh RESIDUUM SOUND_TOOL JACK_E2E GOLDEN OSC_GET: neural codecs under real JACK servers at 64 samples, inline
# and threaded: as late as stated, and with no frame late in freewheel, where a server asks for sound far faster than in
# real time. What the pace is shows once a tenth of a second is over; the sound that is compared comes after.
# shellcheck shell=sh source-path=SCRIPTDIR disable=SC2154
here=$(cd "$(dirname "$0")" && pwd)
jack_e2e=$3
golden=$4
osc_get=$5
real_lyra=${RSD_REAL_LYRA:-} # empty: the weights are not on this machine
speech=$real_lyra/../../golden/lyra_v2/input_16k.wav
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
rate=16000 # of the speech, and of Lyra V2
# shellcheck source=jack.sh
. "$here/jack.sh"

# begins CODEC SCHEDULE: starts it; `stated` is its latency but the device's.
begins() {
    rm -f live.out
    start_live --codec "$1" --schedule "$2"
    stated=$(awk '$1 == "codec" || $1 == "resampler" { sum += $2 } $1 == "threaded" { sum += $3 } END { print sum }' live.out)
}
stop_live() {
    kill -TERM "$app_pid"
    wait "$app_pid"
    app_pid=
}
# passes SENTENCE IN OUT: on a machine that is busy with other things a server may lose a cycle: three attempts.
passes() {
    for attempt in 1 2 3; do
        if "$jack_e2e" "$server" residuum "$2" "$3" "$in_port" "$out_port" >out 2>err; then
            holds "$1 (attempt $attempt)"
            return
        fi
    done
    fails "$1"
}
late() { sed -n 's/.*late \([0-9]*\).*/\1/p' live.out | tail -n 1; }
# dry CODEC IN: the dry sound comes back at the latency.
dry() {
    oscsend localhost "$port" /residuum/monitor s dry
    soon value_is monitor 1 # dry
    passes "dry passes" "$2" dry.wav
    check "$1: dry is the input at the latency, every sample equal" "$sound" delayed dry.wav "$2" "$stated"
}

[ -n "$real_lyra" ] || echo "no Lyra here: no speech passes"
for schedule in ${real_lyra:+inline threaded}; do
    begins lyra-v2 $schedule
    is "Lyra V2, $schedule: its frame of 320 is stated, and a hop where it is threaded" "$stated" "==" \
        "$([ $schedule = inline ] && echo 320 || echo 640)"
    passes "speech passes under freewheel" "$speech" out.wav
    # shellcheck disable=SC2046
    set -- $("$sound" lag "$speech" out.wav)
    echo "    lag $1 samples, SNR $2 dB"
    is "Lyra V2, $schedule: the speech is late by the stated latency, to the sample" "$1" "==" "$stated"
    is "and close to what it was" "$2" ">" 3
    stop_live
done
end_server
rate=48000
start_server
"$sound" make in.wav 48000 1 192000 5 float
for schedule in inline threaded; do
    begins lyra-v2 $schedule
    is "Lyra V2, $schedule: resampler and all are stated" "$stated" "==" "$([ $schedule = inline ] && echo 1175 || echo 2135)"
    dry "Lyra V2, $schedule" in.wav
    stop_live
done
for schedule in inline threaded; do
    begins "$golden/encodec_tiny" $schedule
    is "EnCodec, $schedule: resampler and all are stated" "$stated" "==" "$([ $schedule = inline ] && echo 783 || echo 1423)"
    plays_on
    before=$(late)
    passes "EnCodec, $schedule: 12 s (900 frames) pass under freewheel" in.wav out.wav
    plays_on
    # A tenth of a second where it begins, and what comes late in real time before and after on a busy machine.
    is "no more than one frame in twenty is late" "$(late)" "<=" $((${before:-0} + 45))
    dry "EnCodec, $schedule" in.wav
    stop_live
done
finish
