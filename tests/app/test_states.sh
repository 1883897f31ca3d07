#!/bin/sh
# SPDX-License-Identifier: MIT
# States of residuum live over OSC: saved, kept in slots, morphed, thrown and taken back; presets in and out.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"
command -v oscsend >/dev/null || { echo "no oscsend on this machine: skipped"; exit 77; }
tiny_lyra=$4 osc_get=$5
# shellcheck source=tests/support/live.sh
. "$(dirname "$0")/../support/live.sh"
trap 'kill "$app_pid" 2>/dev/null; rm -rf "$folder"' EXIT
start_live --duration 300
send() {
    address=/residuum/$1
    shift
    oscsend localhost "$port" "$address" "$@"
}
# has SYMBOL VALUE SENTENCE: it comes to.
has() {
    if soon value_is "$1" "$2"; then holds "$3"; else fails "$3 ($1 is $("$osc_get" "$port" "$1"), not $2)"; fi
}
send levels f 4
send mix f 0.25
send slot/store i 1
send levels f 8
send mix f 0.75
send level/2/mute i 1
send slot/store i 2
send slot/recall i 1
has levels 4 "a slot has what was stored"
has 'level_mute[2]' 0 "all of it"
send slot/morph ff 0.5 0
has levels 6 "half way between two slots is the middle"
has mix 0.5 "of every number"
send slot/morph ff 0.9 0
has 'level_mute[2]' 1 "a switch is that of the nearer slot"
send undo
has mix 0.25 "undo takes back a morph"
has 'level_mute[2]' 0 "with the way there"
send undo
has levels 8 "and then what was before the slot"
send slot/recall i 1
send slot/morph ff 0.9 0
has mix 0.7 "a morph after that"
send slot/morph ff 0.5 0.5
has mix 0.7 "with an empty slot nothing is morphed"
send slot/recall i 2
send random f 1
is_thrown() { ! value_is levels 8; }
soon is_thrown
has mix 0.75 "what is loudness or mix is not thrown"
send undo
has levels 8 "a throw is taken back"
send lock si levels 1
send random f 1
has levels 8 "what is locked is not thrown"
send undo
send preset s telephone
send levels f 3
send preset s birdies
has preset birdies "a preset is loaded"
send undo
has preset telephone "and taken back, with the name of the one before"
has levels 3 "as that one sounded"
send undo
has levels 8 "and so is that one"
send preset/save s "my sound"
soon [ -s "$XDG_CONFIG_HOME/residuum/presets/my sound.json" ]
send levels f 2
send preset s "my sound"
has levels 8 "what was saved is loaded by its name"
send preset/save s "../out"
send preset/save s after
soon [ -s "$XDG_CONFIG_HOME/residuum/presets/after.json" ]
[ ! -e "$XDG_CONFIG_HOME/residuum/out.json" ] && holds "no name leads out of the folder" || fails "no name leads out of the folder"
send compare/imagined
sleep 0.2
has predict_from 0 "a codec without a predictor imagines nothing"
kill -TERM "$app_pid"
wait "$app_pid"
start_live --duration 300 --codec "$tiny_lyra"
send compare/imagined
has predict_from 5 "levels from 5 up are imagined in place of the real ones"
send compare/imagined
has predict_from 0 "and the real ones are back"
send predict/from i 3
has predict_from 3 "another number"
send compare/imagined
has predict_from 0 "is taken back"
send compare/imagined
has predict_from 3 "and comes again"
kill -TERM "$app_pid"
wait "$app_pid"
check "presets lists it" "$residuum" presets
speaks '^my sound ' "among the others"
check "it is exported" "$residuum" presets export "my sound" given.json
exits 1 "an import over one of one's own is refused" "$residuum" presets import given.json
rm "$XDG_CONFIG_HOME/residuum/presets/my sound.json"
check "it is imported" "$residuum" presets import given.json
echo '{' >bad.json
exits 1 "what is no preset is not imported" "$residuum" presets import bad.json
exits 2 "other words are wrong usage" "$residuum" presets explode
finish
