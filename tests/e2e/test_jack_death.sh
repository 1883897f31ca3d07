# SPDX-License-Identifier: MIT
# The sound server dies under the command: it says so, ends by itself, and the recording is whole.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"

start_live --record kept.wav
sleep 2
kill -KILL "$jackd_pid"
wait "$jackd_pid" 2>/dev/null
waited=0
while kill -0 "$app_pid" 2>/dev/null && [ "$waited" -lt 100 ]; do
    sleep 0.1
    waited=$((waited + 1))
done
is "it ends by itself within 10 s" "$waited" '<' 100
wait "$app_pid"
code=$?
app_pid=
is "with exit code 1" "$code" == 1
cp live.err err
says 'lost\|gone\|server' "and says that the server is gone"
# shellcheck disable=SC2046
set -- $("$sound" info kept.wav)
is "the recording holds what was played before" "$3" '>' 48000
finish
