#!/bin/sh
# SPDX-License-Identifier: MIT
# Signals of a modular system steer the real command under JACK: each by a port that is called after its control.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
jack_e2e=$3
# shellcheck source=../app/check.sh
. "$here/../app/check.sh"
# shellcheck source=jack.sh
. "$here/jack.sh"
"$sound" make in.wav 48000 1 96000 7 float
# A signal that stands at 0.5 for a second, then rises to 1 within another; sox is where the other plugin tests are.
need_tools sox
sox -n -r 48000 -e float -b 32 signal.wav synth 2 sine 0 vol 0 dcshift 0.5

exits 2 "a control that is not there is refused" "$residuum" live --backend jack --cv shimmer --duration 1
says "shimmer" "by its name"
exits 2 "a range beyond the control's is refused" "$residuum" live --backend jack --cv mix=0..9 --duration 1
says "mix: a range is two values in 0..1" "by its name, with its range"
exits 2 "and so is a device without controls" "$residuum" live --backend jack --cv-device system --duration 1
exits 2 "and another backend" "$residuum" live --backend null --cv mix --duration 1
exits 1 "a CV device that is not there is an error" "$residuum" live --backend jack --cv mix --cv-device nobody --duration 1
says 'CV device "nobody"' "that names it"

start_live --jack-no-connect --input-file in.wav --set monitor=dry --cv 'output_gain_db=-40..0,levels,level_gain[2]=0..2' --duration 60 --record-automation played.txt
jack_lsp >ports 2>/dev/null
for port_name in cv_output_gain_db cv_levels cv_level_gain_2; do
    if grep -q "residuum:$port_name" ports; then holds "there is a port $port_name"; else fails "there is a port $port_name"; fi
done
check "a signal passes" "$jack_e2e" "$server" residuum signal.wav out.wav cv_output_gain_db out_1
"$sound" rms in.wav 0 96000 >dry
"$sound" rms out.wav 48000 90000 >wet
is "half of the signal is the middle of the range" "$(awk -v a="$(cat wet)" -v b="$(cat dry)" 'BEGIN { d = a - b + 20; print d < 0 ? -d : d }')" '<' 1
"$5" "$port" levels >got
is "what no signal has come for stays" "$(cat got)" '==' 14
check "another signal passes" "$jack_e2e" "$server" residuum signal.wav out.wav cv_levels out_1
kill -TERM "$app_pid"
wait "$app_pid"
is "it ends well" "$?" == 0
app_pid=
start_live --jack-no-connect --input-file in.wav --cv mix,levels --cv-device system --duration 20
jack_lsp -c residuum:cv_ >ports 2>/dev/null
is "a CV device is connected, a signal for each control" "$(grep -c '^ *system:capture_[12]' ports)" '==' 2
kill -TERM "$app_pid"
wait "$app_pid"
app_pid=
# most SYMBOL: the largest value that it had; a signal that ends goes back to 0.
most() { awk -v symbol="$1" '$2 == symbol && (most == "" || $3 > most) { most = $3 } END { print most }' played.txt; }
is "half of levels is half of what the codec has" "$(most levels)" '==' 7
is "a gain came to the middle of its range, smoothed" "$(most output_gain_db)" '>' -20.1
is "and no further" "$(most output_gain_db)" '<=' -20
is "on steps of 64 samples" "$(awk '$2 == "output_gain_db" && $1 > 0 { at = $1 * 48000 / 64; if (at - int(at + 0.5) > 0.01 || int(at + 0.5) - at > 0.01) n++ } END { print n + 0 }' played.txt)" '==' 0
finish
