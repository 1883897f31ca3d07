#!/bin/sh
# SPDX-License-Identifier: MIT
# test_clap_hosts.sh RESIDUUM SOUND_TOOL CLAP CLAP_RENDER: modulation in a host of CLAP gives the samples of process.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
clap=$3 render=$4
. "$here/../app/check.sh"
. "$here/plugin_check.sh"
"$sound" make in.wav 48000 2 144000 5 float
"$sound" make key.wav 48000 2 96000 6 float

# process ARGUMENTS...: by the command, into wanted.wav. hosted SENTENCE BLOCK WORDS...: by the host, the same samples.
process() { check "process renders" "$residuum" process in.wav wanted.wav --raw --format float -q "$@"; }
hosted() {
    told=$1 block_samples=$2
    shift 2
    check "the host renders by $block_samples" "$render" "$clap" in.wav out.wav "$block_samples" "$@"
    equal "$told, by $block_samples" out.wav wanted.wav
}

set -- --set lfo1_target=levels --set lfo1_depth=0.8 --set lfo1_rate_hz=3.25 --set lfo1_phase=0.25
set -- "$@" --set lfo2_target=output_gain_db --set lfo2_depth=-0.2 --set lfo2_shape=random --set lfo2_rate_hz=7
printf '1.0001 lfo1_shape square\n2 lfo2_shape steps\n' >auto.txt
process --automation auto.txt "$@"
for block in 64 1000; do
    hosted "LFOs move what they are told to" $block 'LFO 1 target=levels' 'LFO 1 depth=0.8' 'LFO 1 rate=3.25' 'LFO 1 phase=0.25' \
        'LFO 2 target=output_gain_db' 'LFO 2 depth=-0.2' 'LFO 2 shape=random' 'LFO 2 rate=7' \
        '48005:LFO 1 shape=square' '96000:LFO 2 shape=steps'
done

process --set envelope_target='level_gain[2]' --set envelope_depth=-1 --set envelope_ms=120
hosted "the envelope of the input moves a level's gain" 512 'Envelope target=level_gain[2]' 'Envelope depth=-1' 'Envelope time=120'
process --sidechain key.wav --set envelope_sidechain=1 --set envelope_target=mix --set envelope_depth=-1 --set envelope_ms=5
hosted "and that of the side-chain the mix" 512 sidechain=key.wav 'Envelope of the side-chain=on' 'Envelope target=mix' 'Envelope depth=-1' 'Envelope time=5'

# 90 beats a minute, 2.25 s: a step of 1/8 lasts 16000 samples.
printf '0 transport 90 0 rolling\n' >auto.txt
set -- --set sequencer_depth=1 --set sequencer_sync=1/8 --set sequencer_length=3 --set sequencer_step_2=0.25 --set sequencer_step_3=0.5
set -- "$@" --set lfo3_target=mix --set lfo3_depth=-1 --set lfo3_sync=1/16 --set lfo3_shape=saw
process --automation auto.txt "$@"
cp wanted.wav at90.wav
for block in 64 1000; do
    hosted "a sequencer and an LFO keep to the host's tempo" $block bpm=90 'Sequencer depth=1' 'Sequencer step time=1/8' 'Sequencer length=3' \
        'Step 2=0.25' 'Step 3=0.5' 'LFO 3 target=mix' 'LFO 3 depth=-1' 'LFO 3 sync=1/16' 'LFO 3 shape=saw'
done
process "$@"
if cmp -s at90.wav wanted.wav; then fails "another tempo is another sound"; else holds "another tempo is another sound"; fi
finish
