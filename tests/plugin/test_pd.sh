#!/bin/sh
# SPDX-License-Identifier: MIT
# test_pd.sh RESIDUUM SOUND_TOOL FOLDER MODEL HELP [PAGE_CLIENT]: patches in pd -batch; what they write is what process gives.
# shellcheck shell=sh source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
external=$3 model=$4 help=$5 page_client=$6
. "$here/../app/check.sh"
. "$here/plugin_check.sh"
need_tools pd
"$sound" make in.wav 48000 2 96000 5 float
cp "$model" mine.safetensors

# Pd ends 20 s of its time after the recording: writesf~ writes on a thread of its own, which batch runs ahead of.
# patch CREATION CHANNELS FIRST LATER: a patch that sends FIRST before the sound and LATER after 1 s, and records.
patch() {
    awk -v creation="$1" -v channels="$2" -v first="$3" -v later="$4" 'BEGIN {
        print "#N canvas 0 0 600 400 12;"
        print "#X obj 0 0 loadbang;"
        print "#X obj 0 0 t b b b b b;"
        print "#X msg 0 0 \\; pd dsp 1;"
        print "#X msg 0 0 1;"
        print "#X msg 0 0 open in.wav;"
        print "#X obj 0 0 readsf~ " channels ";"
        print "#X obj 0 0 residuum~ " creation ";"
        print "#X msg 0 0 open -bytes 4 out.wav \\, start;"
        print "#X obj 0 0 writesf~ " channels ";"
        print "#X msg 0 0 " first ";"
        print "#X obj 0 0 delay 2050;"
        print "#X obj 0 0 t b b;"
        print "#X msg 0 0 \\; pd quit;"
        print "#X msg 0 0 stop;"
        print "#X obj 0 0 delay 1000;"
        print "#X msg 0 0 " later ";"
        print "#X obj 0 0 print info;"
        print "#X obj 0 0 delay 20000;"
        split("0 0 1 0,1 0 2 0,1 0 10 0,1 0 14 0,1 1 3 0,1 2 4 0,1 3 7 0,1 4 9 0,3 0 5 0,4 0 5 0,7 0 8 0,9 0 6 0,10 0 11 0," \
              "11 0 17 0,17 0 12 0,11 1 13 0,13 0 8 0,14 0 15 0,15 0 6 0", lines, ",")
        for (i = 1; i in lines; i++) print "#X connect " lines[i] ";"
        for (c = 0; c < channels; c++) print "#X connect 5 " c " 6 " c ";"
        for (c = 0; c < channels; c++) print "#X connect 6 " c " 8 " c ";"
        print "#X connect 6 " channels " 16 0;"
    }' >patch.pd
    rm -f out.wav
    timeout 60 pd -nogui -batch -stderr -r 48000 -noprefs -nosound -path "$external" -open patch.pd >pd.out 2>&1
    is "pd records the patch: $3, later $4" "$("$sound" info out.wav 2>/dev/null | cut -d' ' -f3)" '>' 96000
    ! grep -qE "couldn't create|residuum~: " pd.out || { cat pd.out; fails "pd has nothing to complain of"; }
}
# process ARGUMENTS...: the same by the command, into wanted.wav.
process() { "$residuum" process in.wav wanted.wav --raw --format float -q "$@"; }

patch "2" 2 "levels 3.5 \\, level 2 gain 0.5 \\, monitor residual \\, gain out -3" "mix 1"
process --levels 3.5 --set 'level_gain[2]=0.5' --set monitor=residual --set output_gain_db=-3
equal "controls by their OSC names give the samples of process" out.wav wanted.wav
# Pd takes messages between blocks of 64 samples: 1 s is on its grid.
patch "2 live-64" 2 "level * gain 0.5 \\, level 1 gain 1" "levels 2 \\, monitor wet \\, level 1 mute 1"
printf '1 levels 2\n1 level_mute[1] 1\n' >auto.txt
set --
for level in 2 3 4 5 6 7 8 9 10 11 12; do set -- "$@" --set "level_gain[$level]=0.5"; done
process --codec live-64 --automation auto.txt "$@"
equal "messages while it plays act at their block, as automation does" out.wav wanted.wav
patch "2" 2 "lfo 1 target levels \\, lfo 1 depth 0.8 \\, lfo 1 rate 3 \\, envelope target mix \\, envelope depth -1" "lfo 1 shape square"
printf '1 lfo1_shape square\n' >auto.txt
process --automation auto.txt --set lfo1_target=levels --set lfo1_depth=0.8 --set lfo1_rate_hz=3 --set envelope_target=mix --set envelope_depth=-1
equal "an LFO and the envelope move what they are told to, as in process" out.wav wanted.wav
patch "2" 2 "sequencer depth 1 \\, sequencer sync 1/8 \\, sequencer length 3 \\, sequencer step 2 0.25 \\, tempo 90 \\, lfo 3 target mix \\, lfo 3 depth -1 \\, lfo 3 sync 1/16" "tempo 180"
printf '1 tempo_bpm 180\n' >auto.txt
process --automation auto.txt --set sequencer_depth=1 --set sequencer_sync=1/8 --set sequencer_length=3 --set sequencer_step_2=0.25 --set tempo_bpm=90 \
    --set lfo3_target=mix --set lfo3_depth=-1 --set lfo3_sync=1/16
equal "the sequencer and a synced LFO keep to the tempo that a message sets" out.wav wanted.wav
patch "2" 2 "preset low-bitrate" "bang"
process --preset low-bitrate
equal "a preset with a codec of its own gives the samples of process" out.wav wanted.wav
if grep -q 'info: bitrate [1-9]' pd.out && grep -q 'info: level 1 energy -' pd.out && grep -q 'info: latency [1-9]' pd.out; then
    holds "the info outlet says bitrate, latency and energies"
else
    cat pd.out
    fails "the info outlet says bitrate, latency and energies"
fi
# In Pd's own time, not in a batch, which is over before the thread that measures has anything.
sed 's/preset low-bitrate/meters 200 \\, coding 1/' patch.pd >coding.pd
pd -nogui -stderr -r 48000 -noprefs -nosound -path "$external" -open coding.pd >pd.out 2>&1 &
pid=$! tries=0
until grep -qE 'info: coded [1-9]' pd.out || [ $((tries += 1)) -gt 100 ]; do sleep 0.2; done
kill "$pid" && wait "$pid" || true
is "after 'coding 1' the info outlet says what the tokens take entropy coded" \
    "$(sed -n 's/^info: coded \([1-9]\)/\1/p' pd.out | head -n 1)" '<' "$(sed -n 's/^info: bitrate \([1-9]\)/\1/p' pd.out | tail -n 1)"
if [ -n "$page_client" ]; then
    port=$((20000 + $$ % 20000))
    sed "s/preset low-bitrate/meters 200 \\\\, http $port/" patch.pd >page.pd
    pd -nogui -stderr -r 48000 -noprefs -nosound -path "$external" -open page.pd >pd.out 2>&1 &
    pid=$!
    check "'http $port' serves the page, which steers the object and sees what it plays" "$page_client" "$port" 5.0
    tries=0
    until grep -q "info: http $port" pd.out || [ $((tries += 1)) -gt 100 ]; do sleep 0.2; done
    kill "$pid" && wait "$pid" || true
    is "the info outlet says where the page is" "$(grep -c "^info: http $port" pd.out)" '>' 0
fi
patch "2 mine.safetensors" 2 "levels 4" "levels 4"
process --codec mine.safetensors --levels 4
equal "a codec file beside the patch gives the samples of process" out.wav wanted.wav

patch "1" 1 "levels 4" "levels 4"
printf '#N canvas 0 0 600 400 12;\n#X obj 0 0 loadbang;\n#X msg 0 0 shimmer 3 \\, levels 99 \\, monitor loud \\, codec none \\, levels;\n#X obj 0 0 residuum~;\n#X obj 0 0 delay 100;\n#X msg 0 0 \\; pd quit;\n#X connect 0 0 1 0;\n#X connect 1 0 2 0;\n#X connect 0 0 3 0;\n#X connect 3 0 4 0;\n' >wrong.pd
timeout 20 pd -nogui -batch -stderr -noprefs -nosound -path "$external" -open wrong.pd >err 2>&1
says "no control 'shimmer'" "an unknown control is named"
says "levels is 0 to 64" "a range is said"
says "wet, dry, residual, delta" "the monitors are said"
says "no codec 'none'" "a codec that is not there is said"
says "'levels' wants a value" "a missing value is said"
timeout 20 pd -nogui -batch -stderr -noprefs -nosound -path "$external" -open "$help" -send "; pd quit" >pd.out 2>&1
! grep -qiE "couldn't create|error" pd.out || { cat pd.out; fails "the help patch opens without a complaint"; }
finish
