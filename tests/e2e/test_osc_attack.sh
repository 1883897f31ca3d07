# SPDX-License-Identifier: MIT
# test_osc_attack.sh RESIDUUM SOUND_TOOL OSC_ATTACK: 100 000 datagrams from three senders (floods, damaged and cut ones,
# bundles nested 100 deep, patterns built to explode, time tags far in the future), and a thousand subscriptions, while
# sound plays. Afterwards the control thread answers at once; memory stays flat, nothing of the sound is dropped, and no callback needs half
# of its deadline on the processor.
# shellcheck shell=sh source-path=SCRIPTDIR disable=SC2034,SC2154
here=$(cd "$(dirname "$0")" && pwd)
attack=$3
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"

resident_kib() { awk '/^VmRSS/ {print $2}' "/proc/$1/status"; }

"$residuum" live --backend null --block 256 --osc-port 0 --duration 60 >live.out 2>live.err &
app_pid=$!
trap 'kill "$app_pid" 2>/dev/null; rm -rf "$folder"' EXIT
tries=0
until grep -q 'OSC on UDP port' live.out || [ "$tries" -gt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
port=$(sed -n 's/.*OSC on UDP port \([0-9]*\).*/\1/p' live.out)
check "a first attack, for what is allocated once" "$attack" "$port" 2000
sleep 1
before=$(resident_kib "$app_pid")
check "three senders attack, and then a fourth has all its answers" "$attack" "$port" 100000
cat out
after=$(resident_kib "$app_pid")
is "memory stays flat ($before KiB, then $after KiB)" "$((after - before))" '<' 1024
kill -INT "$app_pid"
wait "$app_pid"
is "it ends as it should" "$?" == 0
tail -n 1 live.out
dropped=$(sed -n 's/.*dropped \([0-9]*\).*/\1/p' live.out | tail -n 1)
is "nothing is dropped in the rings" "${dropped:-none}" == 0
share=$(sed -n 's/.*worst callback \([0-9.]*\) % .*/\1/p' live.out | tail -n 1)
is "the worst callback's share of its deadline in CPU time is measured ($share %)" "$share" '>' 0
is "and is less than half" "$share" '<' 50
finish
