#!/bin/sh
# SPDX-License-Identifier: MIT
# test_lv2_hosts.sh RESIDUUM SOUND_TOOL BUNDLE LV2_RENDER: the bundle in lv2_validate, lv2apply and a host over lilv.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
bundle=$3 render=$4
. "$here/../app/check.sh"
. "$here/plugin_check.sh"
need_tools lv2_validate sord_validate lv2apply lv2ls lv2info sox
# A session keeps files under the folder of the bundle: as an install has it, away from the build's own files.
LV2_PATH=$(dirname "$bundle"):/usr/lib/lv2
export LV2_PATH

"$sound" make mono.wav 48000 1 60000 3 float
"$sound" make stereo.wav 44100 2 60000 4 float

check "lv2_validate reads the bundle" lv2_validate "$bundle/manifest.ttl" "$bundle/residuum.ttl" "$bundle/presets.ttl"
cat out err >validated
if grep -q 'Found 0 errors' validated; then holds "lv2_validate finds no error"; else cat validated; fails "lv2_validate finds no error"; fi
lv2ls >out
speaks '^urn:residuum:mono$' "lv2ls lists the mono plugin"
speaks '^urn:residuum:stereo$' "lv2ls lists the stereo plugin"
check "lv2info knows the ports" lv2info urn:residuum:stereo
speaks 'hardRTCapable' "it says that it is hard real-time capable"
speaks 'Has latency: *yes' "it has a latency port"
speaks 'Author: *Residuum' "it has a maker"
speaks 'Author Homepage: *file://.*plugins.md' "it leads to its manual"
speaks '1/4' "levels have marks on the way"
check "lv2apply renders a share of the levels" lv2apply -i mono.wav -o a.wav -c levels 0.5 urn:residuum:mono
"$residuum" process mono.wav b.wav --raw --format float --levels 7 -q
equal "half of the fader is half of the levels" a.wav b.wav

check "lv2apply renders mono" lv2apply -i mono.wav -o a.wav -c levels 3.5 -c level_gain_2 0.5 -c monitor 2 urn:residuum:mono
"$residuum" process mono.wav b.wav --raw --format float --levels 3.5 --set 'level_gain[2]=0.5' --set monitor=residual -q
equal "lv2apply gives the samples of process, mono" a.wav b.wav
# lv2apply wants a channel for every audio input, the side-chain's too, however optional they are.
sox -M stereo.wav stereo.wav four.wav && sox four.wav stereo.wav remix 1 2
check "lv2apply renders stereo with another codec" lv2apply -i four.wav -o a.wav -c codec 2 -c bitrate_kbps 40 urn:residuum:stereo
"$residuum" process stereo.wav b.wav --raw --format float --codec live-256 --set bitrate_kbps=40 -q
equal "lv2apply gives the samples of process, stereo, 44.1 kHz" a.wav b.wav

[ -x "$render" ] || { echo "no lilv headers when this was built: the rest is left out"; finish; }
printf '0.4 levels 2.5\n0.8 level_gain[1] 0.5\n1.2 monitor residual\n' >auto.txt
check "the lilv host renders automation" "$render" urn:residuum:mono mono.wav a.wav 128 19200:levels=2.5 38400:level_gain_1=0.5 57600:monitor=2
"$residuum" process mono.wav b.wav --raw --format float --automation auto.txt -q
equal "automation by blocks gives the samples of process --automation" a.wav b.wav
check "the lilv host renders modulation" "$render" urn:residuum:mono mono.wav a.wav 128 lfo1_target=1 lfo1_depth=0.8 lfo1_rate_hz=3.25 \
    envelope_target=6 envelope_depth=-1 sequencer_target=8 sequencer_depth=0.25 sequencer_step_2=0.5 tempo_bpm=90 19200:lfo1_shape=3
printf '0.4 lfo1_shape square\n' >auto.txt
"$residuum" process mono.wav b.wav --raw --format float --automation auto.txt -q --set lfo1_target=levels --set lfo1_depth=0.8 --set lfo1_rate_hz=3.25 \
    --set envelope_target=mix --set envelope_depth=-1 --set sequencer_target=output_gain_db --set sequencer_depth=0.25 --set sequencer_step_2=0.5 --set tempo_bpm=90
equal "LFO, envelope and sequencer give the samples of process" a.wav b.wav

# A bank is a group of presets; each has a name, and no preset is outside of one.
if grep -A 9 'symbol "lfo1_target"' "$bundle/residuum.ttl" | grep -q 'rdfs:label "level_gain\[3\]"'; then holds "what an LFO moves is picked by its name"; else fails "what an LFO moves is picked by its name"; fi
banked=$(sed -n 's/^    pset:bank <\(.*\)> ;$/\1/p' "$bundle/manifest.ttl")
is "every preset lies in a bank" "$(echo "$banked" | wc -l)" == "$(grep -c 'a pset:Preset' "$bundle/manifest.ttl")"
for bank in $(echo "$banked" | sort -u); do
    grep -q "^<$bank> a pset:Bank" "$bundle/manifest.ttl" || fails "the bank $bank has a name"
done
bank_count=$(echo "$banked" | sort -u | grep -c ':stereo:bank:')
is "the banks are the groups" "$bank_count" == "$("$residuum" presets | grep -c ':$')"
presets=$("$residuum" presets 2>/dev/null | awk '!/:$/ {print $1}')
is "there are presets" "$(echo "$presets" | wc -l)" '>' 10
for preset in $presets; do
    uri=urn:residuum:stereo:preset:$(echo "$preset" | tr - _)
    "$render" urn:residuum:stereo stereo.wav a.wav 64 "preset=$uri" >out 2>err || fails "preset $preset is loaded"
    # Another number of generations is another latency: its codecs are built while the sound goes on, and fade in.
    if grep -q '"generations"' "$here/../../presets/$preset.json"; then continue; fi
    "$residuum" process stereo.wav b.wav --raw --format float --preset "$preset" -q
    equal "preset $preset gives the samples of process" a.wav b.wav
done

# Presets of one's own, as a bundle beside the plugin's.
HOME=$folder
export HOME
mkdir -p "$XDG_CONFIG_HOME/residuum/presets"
cat >"$XDG_CONFIG_HOME/residuum/presets/my own.json" <<'EOF'
{ "name": "my own", "description": "A \"quoted\" one", "codec": "live-64",
  "parameters": { "levels": 3.5, "level_gain": { "2": 0.5 }, "monitor": "residual", "noise_fill": 0, "link": 0 } }
EOF
check "one's own presets are written for LV2 hosts" "$residuum" presets lv2
check "lv2_validate reads them" lv2_validate "$folder/.lv2/residuum-presets.lv2/manifest.ttl" "$folder/.lv2/residuum-presets.lv2/presets.ttl" "$bundle/residuum.ttl"
cat out err >validated
if grep -q 'Found 0 errors' validated; then holds "and finds no error"; else cat validated; fails "and finds no error"; fi
LV2_PATH=$LV2_PATH:$folder/.lv2 lv2info urn:residuum:stereo >out 2>/dev/null
speaks 'my own' "a host lists them"
LV2_PATH=$LV2_PATH:$folder/.lv2 "$render" urn:residuum:stereo stereo.wav a.wav 64 preset=urn:residuum:stereo:own:my_20own >out 2>err || fails "a preset of one's own is loaded"
"$residuum" process stereo.wav b.wav --raw --format float --preset "my own" -q
equal "it gives the samples of process" a.wav b.wav
sed 's/my own/second/' "$XDG_CONFIG_HOME/residuum/presets/my own.json" >second.json
check "another is imported" "$residuum" presets import second.json
if grep -q 'own:second>' .lv2/residuum-presets.lv2/manifest.ttl; then holds "and is among them"; else fails "and is among them"; fi

check "a state is saved" "$render" urn:residuum:mono mono.wav a.wav 256 levels=3.25 codec=2 level_solo_2=1 "save=$folder/session"
check "and loaded by another process" "$render" urn:residuum:mono mono.wav b.wav 64 "load=$folder/session"
equal "the state gives the same samples again" a.wav b.wav
sed 's/3\.25/2.0/; s/live-256/live-999/' session/state.ttl >state.new && mv state.new session/state.ttl
check "a state with a codec that is not there is loaded" "$render" urn:residuum:mono mono.wav b.wav 64 "load=$folder/session" "save=$folder/again"
is "which is said in one line" "$(grep -c 'live-999' err)" == 1
grep -q 'live-999' again/state.ttl || fails "and the session keeps the name"
finish
