# SPDX-License-Identifier: MIT
# test_jack_soak.sh RESIDUUM SOUND_TOOL OSC_SWEEP SECONDS CODEC LEVELS [CHANNELS]: a codec under a JACK server at 64
# samples, in real-time mode where that is granted, while OSC sweeps its levels at 50 messages a second. Memory stays
# flat, nothing is dropped, and of the frames at most one in a hundred is late; the counts are printed. For the ten
# minutes that are promised: SECONDS = 600.
# shellcheck shell=sh source-path=SCRIPTDIR disable=SC2034,SC2154
here=$(cd "$(dirname "$0")" && pwd)
sweep=$3
seconds=$4
codec=$5
levels=$6
channels=${7:-1}
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
jack_mode=--no-realtime
if chrt -f 10 true 2>/dev/null; then jack_mode=-R; fi
# shellcheck source=jack.sh
. "$here/jack.sh"

resident_kib() { awk '/^VmRSS/ {print $2}' "/proc/$1/status"; }

start_live --codec "$codec" --channels "$channels" --duration "$((seconds + 6))"
sed -n '1,5p' live.out
"$sweep" "$port" 3 50 "$levels" >/dev/null
before=$(resident_kib "$app_pid")
"$sweep" "$port" "$((seconds - 3))" 50 "$levels"
after=$(resident_kib "$app_pid")
wait "$app_pid"
code=$?
app_pid=
sed 's/^/    /' live.err
tail -n 1 live.out
echo "jackd $jack_mode: $(grep -ci xrun "$folder/jackd.log") xruns of the server; memory $before KiB, then $after KiB"
is "it ends by itself with exit code 0" "$code" "==" 0
is "resident memory stays flat ($before KiB, then $after KiB)" "$((after - before))" "<" 512
is "nothing is dropped" "$(sed -n 's/.*dropped \([0-9]*\).*/\1/p' live.out | tail -n 1)" "==" 0
late=$(sed -n 's/.*late \([0-9]*\),.*/\1/p' live.out | tail -n 1)
if [ "$jack_mode" = -R ]; then
    is "at most one frame in a hundred is late ($late in all)" "$late" "<=" "$((seconds * channels / 2))"
fi
finish
