# SPDX-License-Identifier: MIT
# test_soak.sh RESIDUUM SOUND_TOOL OSC_SWEEP SECONDS: the null device at 64 samples while OSC sweeps the levels at 200
# messages a second. Nothing is dropped, memory stays flat. For the ten minutes that are promised, SECONDS = 600: no
# callback takes half of its deadline on the CPU either, where the machine had nothing else to do in the last five of
# them. Otherwise the figure is only told: neighbours that take the caches can double it.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
sweep=$3
seconds=$4
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=../support/live.sh
. "$here/../support/live.sh"

trap 'kill "$app_pid" 2>/dev/null; rm -rf "$folder"' EXIT
start_live --block 64 --duration "$((seconds + 5))"
"$sweep" "$port" 3 200 >/dev/null
before=$(resident_kib "$app_pid")
"$sweep" "$port" "$((seconds - 3))" 200
after=$(resident_kib "$app_pid")
wait "$app_pid"
code=$?
cat live.err
tail -n 1 live.out
is "it ends by itself with exit code 0" "$code" == 0
is "resident memory stays flat ($before KiB, then $after KiB)" "$((after - before))" '<' 512
is "resident memory is under 48 MiB" "$after" '<' 49152
loses_nothing
is_quiet() { awk -v most="$(nproc)" '{ exit !($2 < most) }' /proc/loadavg; } # of five minutes
if [ "$seconds" -ge 600 ] && is_quiet; then is "and is less than half" "$share" '<' 50; fi
finish
