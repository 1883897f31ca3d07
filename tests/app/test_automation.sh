#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum process --automation: changes come at their times, and faults are named by line.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

"$sound" make in.wav 48000 1 96000 7 float
"$residuum" process in.wav all.wav
"$residuum" process in.wav one.wav --levels 1

printf '# nothing yet\n\n1.0 levels 1   # one level from here\n' >change
check "an automation file is taken" "$residuum" process in.wav out.wav --automation change
"$sound" difference all.wav out.wav >out
is "nothing changes before the time of the change" "$(cut -d' ' -f1 out)" ">=" 47744
is "the change comes within two frames of its time" "$(cut -d' ' -f1 out)" "<=" 48256
# Without noise fill, whose noise goes on from where it was.
"$residuum" process in.wav one-plain.wav --levels 1 --set noise_fill=0
"$residuum" process in.wav plain.wav --automation change --set noise_fill=0
"$sound" difference one-plain.wav plain.wav >out
is "from two frames after the change on all is as with it from the start" "$(cut -d' ' -f2 out)" "<=" 48256

printf '0 levels 1\n' >change
"$residuum" process in.wav out.wav --automation change
check "a change at 0 is a setting from the start" "$sound" same one.wav out.wav

printf '0 preset first-level-ghost\n' >change
"$residuum" process in.wav out.wav --automation change
check "a preset at 0 is that preset from the start" "$sound" same one.wav out.wav

printf '0 bitrate_kbps 24\n0 preset first-level-ghost\n' >change
"$residuum" process in.wav out.wav --automation change
check "a preset without a bitrate lifts the one before it" "$sound" same one.wav out.wav
"$residuum" process in.wav limited.wav --preset low-bitrate
printf '0 bitrate_kbps 24\n0 levels 64\n' >change
"$residuum" process in.wav out.wav --automation change
check "a bitrate stays a ceiling when levels are turned after it" "$sound" same limited.wav out.wav
"$residuum" process in.wav out.wav --set bitrate_kbps=24 --levels 64
check "and on the command line, in any order" "$sound" same limited.wav out.wav

printf '0.5 output_gain_db -60\n1.0 output_gain_db 0\n' >change
"$residuum" process in.wav out.wav --automation change
"$sound" rms out.wav 26400 45600 >out
is "a gain goes down at its time" "$(cat out)" "<" -60
"$sound" rms out.wav 52800 96000 >out
is "and comes back at its time" "$(cat out)" ">" -30

# A codec on the way: it fades in, half as late as the one before it.
printf '0.5 codec live-64\n' >change
check "a codec is changed on the way" "$residuum" process in.wav out.wav --automation change
"$sound" lag in.wav out.wav >lag
is "from there on its latency is the new one's" "$(cut -d' ' -f1 lag)" "==" -128
printf '0.5 preset tight\n0.5 codec live-256\n0.5 preset null-test\n0.5 codec live-64\n0.5 preset tight\n' >change
check "codecs in a row wait for each other" "$residuum" process in.wav waited.wav --automation change
"$sound" lag out.wav waited.wav >lag
is "and the last one holds" "$(cut -d' ' -f1 lag)" "==" 0
is "with what came behind it" "$(cut -d' ' -f2 lag)" ">" 10

# More changes than the engine's queue holds, all at one time: the last one counts.
i=0
while [ $i -lt 3000 ]; do
    echo "0.5 level_gain[$((i % 14 + 1))] 0.5"
    i=$((i + 1))
done >change
k=1
while [ $k -le 14 ]; do echo "0.5 level_gain[$k] 1"; k=$((k + 1)); done >>change
check "thousands of changes at one time are taken" "$residuum" process in.wav out.wav --automation change
check "the last of them counts" "$sound" same all.wav out.wav

# Codecs and presets on the way.
"$residuum" process in.wav all-raw.wav --raw
printf '1 codec live-64\n' >change
check "a change of codec is taken" "$residuum" process in.wav out.wav --automation change --raw
"$sound" difference all-raw.wav out.wav >out
is "until its time nothing changes" "$(cut -d' ' -f1 out)" ">=" 48000
printf '1 preset tight\n' >change
check "and so is a preset that names one" "$residuum" process in.wav out.wav --automation change

# Ramps: 24 dB in a second is 12 in half of it.
printf '0 monitor dry\n0.5 output_gain_db -24 ramp 1\n' >change
"$residuum" process in.wav out.wav --automation change
"$sound" rms in.wav 47520 48480 >a
"$sound" rms out.wav 47520 48480 >b
is "a ramp is half way at half of its time" "$(awk 'NR == FNR { a = $1; next } { print a - $1 }' a b)" ">" 11
is "and not further" "$(awk 'NR == FNR { a = $1; next } { print a - $1 }' a b)" "<" 13
"$sound" rms in.wav 76800 96000 >a
"$sound" rms out.wav 76800 96000 >b
is "and there at its end" "$(awk 'NR == FNR { a = $1; next } { d = a - $1; print (d > 23.99 && d < 24.01) }' a b)" "==" 1

printf '100 levels 1\n' >change
"$residuum" process in.wav out.wav --automation change
check "a change after the end does nothing" "$sound" same all.wav out.wav

fault() { # fault TEXT PATTERN SENTENCE
    printf -- "$1" >change
    rm -f bad.wav
    exits 1 "$3 is refused" "$residuum" process in.wav bad.wav --automation change
    says "$2" "$3 is named by file and line"
    [ ! -e bad.wav ] || fails "$3 leaves no output"
}
fault '0 levels 1\n1 nothing 2\n' "'change' line 2: .*'nothing'" "an unknown symbol"
fault '0 levels many\n' "'change' line 1: .*'many'" "a value that is no number"
fault '\n#\n1 mix 3\n' "'change' line 3: .*0..1" "a value out of range"
fault '2 levels 1\n1 levels 2\n' "'change' line 2: " "a time before the one above"
fault 'x levels 1\n' "'change' line 1: 'x'" "a time that is no number"
fault '-1 levels 1\n' "'change' line 1: " "a time below 0"
fault '1 levels\n' "'change' line 1: .*seconds symbol value" "a line without a value"
fault '0 codec live-128\n0 codec live-64\n' "'change' line 2: codec 'live-64'.*--codec" "another codec at time 0, behind the first line,"
fault '1 codec nobody\n' "'change' line 1: .*nobody" "an unknown codec"
fault '1 levels 2 slide 1\n' "'change' line 1: .*ramp SECONDS" "a word that is no ramp"
fault '1 levels 2 ramp -1\n' "'change' line 1: .*ramp SECONDS" "a ramp that goes back"
fault '1 monitor wet ramp 1\n' "'change' line 1: monitor.*no ramp" "a ramp of names"
fault '1 preset nobody\n' "'change' line 1: .*nobody" "an unknown preset"
fault '1 level_gain[40] 1\n' "'change' line 1: level_gain.*levels 1 to" "a level that the codec does not have"
fault '1 level_gain 1\n' "'change' line 1: " "a parameter of one level without the level"
fault '0 levels 2\0 0\n' "'change' line 1 holds a zero byte" "a zero byte in the only line"
fault '0 levels 2\0 0' "'change' line 1 holds a zero byte" "a zero byte in a line without an end"
fault '0 levels 1\n0 levels 2\0 0' "'change' line 2 holds a zero byte" "a zero byte in the last line"
fault '0 levels 1\n0 levels 2\0\n3 levels 1\n' "'change' line 2 holds a zero byte" "a zero byte in the middle"
fault '0 levels 1\n\0' "'change' line 2 holds a zero byte" "a zero byte behind the last line"
fault '# a comment \0\n0 levels 1\n' "'change' line 1 holds a zero byte" "a zero byte in a comment"
exits 1 "an automation file that is not there is a failure" "$residuum" process in.wav bad.wav --automation none
says "'none'.*No such file" "the file that is not there is named"
finish
