#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum devices, codecs, presets, params.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

check "codecs runs" "$residuum" codecs
for codec in live-64 live-128 live-256 lyra-v2; do speaks "^$codec " "$codec is listed"; done
"$residuum" codecs --rate 8000 >out 2>err
is "no latency of another rate is beside those of --rate" "$(grep -c 'ms at 48' out)" "==" 0
exits 1 "a codec file that is not there is a failure" "$residuum" codecs none.safetensors
says "none.safetensors" "the codec file that is not there is named"
echo text >bad.safetensors
exits 1 "a file that is no codec is a failure" "$residuum" codecs bad.safetensors
says "bad.safetensors" "the file that is no codec is named"
mkdir empty
check "a folder without codecs is fine" "$residuum" codecs empty

check "presets runs" "$residuum" presets
grep -v ':$' out >presets # without the names of the groups
is "there are at least twelve presets" "$(wc -l <presets)" ">=" 12
is "every preset has a description" "$(awk 'NF < 3' presets | wc -l)" "==" 0
"$sound" make in.wav 48000 1 24000 7 pcm_16
for preset in $(cut -d' ' -f1 presets); do
    check "preset $preset plays" "$residuum" process in.wav out.wav --preset "$preset"
done
check "a preset for more levels than the codec has plays" "$residuum" process in.wav out.wav --preset odd-levels \
    --codec live-64
mkdir -p "$XDG_CONFIG_HOME/residuum/presets"
echo '{"name": "mine", "description": "my own", "parameters": {"levels": 2}}' >"$XDG_CONFIG_HOME/residuum/presets/mine.json"
check "presets lists those of one's own" "$residuum" presets
speaks '^mine .*my own' "one's own preset is there"
check "and they can be used by name" "$residuum" process in.wav out.wav --preset mine
echo '{"name": "mine", "description": "my own", "parameters": {"lovels": 2}}' >"$XDG_CONFIG_HOME/residuum/presets/bad.json"
exits 1 "a preset with a fault makes the list fail" "$residuum" presets
says "bad.json" "the preset with a fault is named"
says "lovels" "and so is the key"
speaks '^mine ' "those without a fault are listed all the same"

check "params runs" "$residuum" params
for symbol in levels 'level_gain\[N\]' monitor mix codec preset noise_fill codebook_bits; do
    speaks "^$symbol .*/residuum/" "$symbol is listed with its OSC address"
done
# Machines differ in their devices; that it answers and ends well is the same on all.
check "devices runs" timeout 60 "$residuum" devices
is "devices says something" "$(wc -l <out)" ">=" 1

check "midi runs" "$residuum" midi
speaks '^the built-in map' "without a file the map is the built-in one"
speaks '^controllers 102 to 117  *level_gain' "and has the faders"
"$residuum" midi --json >map.json
check "the map as a file is read back" "$residuum" midi --midi-map map.json
mkdir -p "$XDG_CONFIG_HOME/residuum"
sed 's/"controller": 1,/"controller": 99,/' map.json >"$XDG_CONFIG_HOME/residuum/midi.json"
check "the user's map counts" "$residuum" midi
speaks '^controller 99  *levels' "with what it binds"
echo '{' >"$XDG_CONFIG_HOME/residuum/midi.json"
exits 1 "a map with a fault is refused" "$residuum" midi
says 'midi.json:' "and named with its line"
finish
