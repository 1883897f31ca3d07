# SPDX-License-Identifier: MIT
# test_osc_attack.sh RESIDUUM SOUND_TOOL OSC_ATTACK: 100 000 datagrams from three senders (floods, damaged and cut ones,
# bundles nested 100 deep, patterns built to explode, time tags far in the future), and a thousand subscriptions, while
# sound plays. Afterwards the control thread answers at once; memory stays flat, nothing of the sound is dropped, and no
# callback needs half of its deadline on the processor.
# shellcheck shell=sh source-path=SCRIPTDIR disable=SC2034,SC2154
here=$(cd "$(dirname "$0")" && pwd)
attack=$3
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=../support/live.sh
. "$here/../support/live.sh"

trap 'kill "$app_pid" 2>/dev/null; rm -rf "$folder"' EXIT
start_live --block 256 --duration 60
check "a first attack, for what is allocated once" "$attack" "$port" 2000
# Until what it takes once is taken: the same twice, a while apart.
has_settled() {
    last=$(resident_kib "$app_pid")
    sleep 0.5
    [ "$(resident_kib "$app_pid")" -eq "$last" ]
}
soon has_settled
before=$(resident_kib "$app_pid")
check "three senders attack, and then a fourth has all its answers" "$attack" "$port" 100000
cat out
after=$(resident_kib "$app_pid")
is "memory stays flat ($before KiB, then $after KiB)" "$((after - before))" '<' 1024
kill -INT "$app_pid"
wait "$app_pid"
is "it ends as it should" "$?" == 0
tail -n 1 live.out
loses_nothing
is "and is less than half" "$share" '<' 50
finish
