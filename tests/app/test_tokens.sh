#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum encode and decode: together they are residuum process, sample for sample.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"

# round SENTENCE "ENCODE OPTIONS" "DECODE OPTIONS" "PROCESS OPTIONS"
round() {
    rm -f t.npy t.side.npy t.json decoded.wav processed.wav
    # shellcheck disable=SC2086 # words
    check "$1: encode" "$residuum" encode in.wav t.npy $2
    # shellcheck disable=SC2086
    check "$1: decode" "$residuum" decode t.npy decoded.wav $3
    # shellcheck disable=SC2086
    check "$1: process" "$residuum" process in.wav processed.wav $4
    check "$1: both are the same to the bit" "$sound" same decoded.wav processed.wav
    "$sound" info in.wav >in.info
    "$sound" info decoded.wav >out
    cmp -s in.info out || fails "$1: rate, channels, length and samples are those of the input ($(cat out))"
}

for kind in "44100 1 30011" "44100 2 30011" "48000 1 30000" "48000 2 30001" "96000 1 60007" "96000 2 60000"; do
    # shellcheck disable=SC2086
    set -- $kind
    "$sound" make in.wav "$1" "$2" "$3" 7 float
    round "$1 Hz, $2 channels" "" "" ""
done
"$sound" make in.wav 48000 1 48000 7 pcm_16
round "16 bit" "" "" ""
for codec in live-64 live-256; do round "$codec" "--codec $codec" "" "--codec $codec"; done

# Another codec than the tokens': the built-in one with other codewords has its shape and its name.
model=$(dirname "$0")/../../src/codec/models/live-128.safetensors
cp "$model" other.safetensors
dd if="$model" of=other.safetensors bs=1000 skip=100 seek=250 count=120 conv=notrunc 2>dd.log
"$residuum" encode in.wav of.rsdt -q
check "the codec by its other name is no other" "$residuum" decode of.rsdt out.wav --codec live-128 -q
exits 1 "another codec of the same name and shape is refused for a stream" "$residuum" decode of.rsdt bad.wav --codec other.safetensors
says "of.rsdt.*'live-128'.*--force-codec" "with what would allow it"
[ ! -e bad.wav ] || fails "nothing is written then"
check "--force-codec allows it" "$residuum" decode of.rsdt bad.wav --codec other.safetensors --force-codec
says "as --force-codec says" "with a notice"
"$sound" difference out.wav bad.wav >out
is "and it sounds otherwise" "$(cut -d' ' -f1 out)" "<" 48000
"$residuum" encode in.wav of.npy -q
exits 1 "another codec is refused for rows" "$residuum" decode of.npy bad.wav --codec live-64
says "tokens of codec 'live-128', not of 'live-64'" "by both names"
"$sound" make in.wav 48000 1 48000 7 float
round "3 levels coded" "--levels 3" "" "--levels 3"
round "all coded, 3 played" "" "--levels 3" "--levels 3"
round "all coded, 3.4 played" "" "--levels 3.4" "--levels 3.4"
round "3 levels coded, the last of them alone" "--levels 3" "--set monitor=delta" "--levels 3 --set monitor=delta"
round "fewer codebook bits" "--set codebook_bits=4" "" "--set codebook_bits=4"
round "gains of levels and noise fill" "" "--set level_gain[2]=0.5 --set level_mute[4]=1 --set noise_fill=0" \
    "--set level_gain[2]=0.5 --set level_mute[4]=1 --set noise_fill=0"
round "gains before and after" "--set input_gain_db=-6" "--set output_gain_db=3" "--set input_gain_db=-6 --set output_gain_db=3"
# One without auto gain: tokens have no dry sound that it could follow.
round "a preset" "--preset first-level-ghost" "--preset first-level-ghost" "--preset first-level-ghost"

"$residuum" encode in.wav t.npy
head -c 8 t.npy | od -An -tx1 | tr -d ' \n' >out
[ "$(cat out)" = 934e554d50590100 ] || fails "the tokens are NPY of version 1.0"
header() { head -c 128 "$1" | tr -d '\0' | grep -a -o "'descr'.*)"; }
frames=$(header t.npy | sed 's/.*(\([0-9]*\), \([0-9]*\)).*/\2/')
is "there is a frame for every hop of the sound and its latency" "$frames" "==" $(((48000 + 256) / 128))
header t.side.npy >out
speaks "'<i4'.*, $frames)" "the side tokens are int32 with as many frames"
for key in codec sample_rate_hz sample_count channel_count latency_samples level_count; do
    grep -q "\"$key\"" t.json || fails "the JSON file has $key"
done
"$sound" make stereo.wav 48000 2 48000 7 float
"$residuum" encode stereo.wav s.npy
header s.npy >out
speaks "(2, [0-9]*, $frames)" "two channels are the first dimension"

cp t.npy good.npy
head -c 5000 good.npy >t.npy
exits 1 "tokens that are cut short are refused" "$residuum" decode t.npy out.wav
says "t.npy.*cut short" "the file that is cut short is named"
cp good.npy t.npy
sed -i 's/"frame_count": [0-9]*/"frame_count": 12/' t.json
exits 1 "a JSON file that says another shape is refused" "$residuum" decode t.npy out.wav
says "shape" "the shapes are named"
for count in 99999999999 1099511627776 49000; do
    "$residuum" encode in.wav t.npy
    sed -i "s/\"sample_count\": [0-9]*/\"sample_count\": $count/" t.json
    rm -f out.wav
    exits 1 "a sample count of $count that the frames do not hold is refused" "$residuum" decode t.npy out.wav
    says "t.npy.*sample_count.*$count.*$frames frames" "the count and the frames are named"
    [ ! -e out.wav ] || fails "a refused count leaves no file"
done
"$sound" make short.wav 44100 1 100 7 float
check "a sound shorter than a hop is encoded" "$residuum" encode short.wav short.npy
check "and decoded, whatever part of a frame it fills" "$residuum" decode short.npy out.wav
"$residuum" encode in.wav t.npy
sed -i 's/"level_count": [0-9]*/"level_count": 60/' t.json
exits 1 "more levels than the codec has are refused" "$residuum" decode t.npy out.wav
says "level_count.*60.*has [0-9]* levels" "the levels are named"
"$residuum" encode in.wav t.npy
for key in channel_count sequence_count side_count frame_count sample_rate_hz; do
    for count in 0 3 -1 4294967296 99999999999999999999 1.5; do
        "$residuum" encode in.wav t.npy
        sed -i "s/\"$key\": [0-9]*/\"$key\": $count/" t.json
        exits 1 "$key $count is refused" "$residuum" decode t.npy out.wav
        says "t[.a-z]*'" "the file is named"
    done
done
"$residuum" encode in.wav t.npy
rm t.json
exits 1 "tokens without their JSON file are refused" "$residuum" decode t.npy out.wav
says "t.json" "the missing JSON file is named"
exits 2 "tokens that do not end in .npy are wrong usage" "$residuum" encode in.wav t.tokens
says "npy" "the ending is named"
"$residuum" encode in.wav t.npy
exits 2 "the residual of tokens is wrong usage" "$residuum" decode t.npy out.wav --set monitor=residual
says "monitor residual" "the monitor that cannot be is named"

# ---- tokens that the codec does not have: NPY of version 1.0, where data begin at byte 128 here
"$residuum" encode in.wav t.npy
frames=$(header t.npy | sed 's/.*(\([0-9]*\), \([0-9]*\)).*/\2/')
put() { # put FILE ROW FRAME BYTES: an int32, little-endian, as printf takes it
    printf "$4" | dd of="$1" bs=1 seek=$((128 + 4 * ($2 * frames + $3))) conv=notrunc 2>/dev/null
}
check "tokens of the codec are decoded" "$residuum" decode t.npy plain.wav -q
is "and nothing is said of them" "$(wc -c <err)" "==" 0
most=$(tr -d ' \n' <t.json | sed 's/.*"sequence_codewords":\[[0-9]*,[0-9]*,\([0-9]*\).*/\1/')
put t.npy 2 17 '\377\377\377\377'
check "a token that says that it is not coded is decoded" "$residuum" decode t.npy out.wav -q
is "and nothing is said of it either" "$(wc -c <err)" "==" 0
put t.npy 2 17 '\210\023\0\0'
check "tokens that the codec does not have are decoded" "$residuum" decode t.npy out.wav -q
says "'t.npy' has 1 token that codec 'live-128' does not have.*\[2, 17\].*: 5000, where -1 to $((most - 1))" "and told with the place"
put t.npy 3 20 '\376\377\377\377'
put t.npy 4 0 '\377\377\377\177'
"$residuum" decode t.npy out.wav -q 2>err
says "'t.npy' has 3 tokens .*\[2, 17\].*: 5000" "all are counted, in one line"
is "once" "$(wc -l <err)" "==" 1
"$residuum" encode in.wav t.npy
put t.npy 0 5 "$(printf '\\%03o\\%03o\\0\\0' $((most % 256)) $((most / 256)))"
first=$(tr -d ' \n' <t.json | sed 's/.*"sequence_codewords":\[\([0-9]*\).*/\1/')
[ "$first" = "$most" ] || fails "the first rows have as many codewords"
"$residuum" decode t.npy out.wav -q 2>err
says "\[0, 5\].*: $most, where -1 to $((most - 1))" "the first token behind the codebook is one too many"
"$residuum" encode in.wav t.npy
put t.side.npy 1 9 '\0\0\0\200'
put t.side.npy 1 10 '\160\021\1\0'
check "side tokens that the codec does not have are decoded" "$residuum" decode t.npy out.wav -q
says "'t.side.npy' has 2 tokens .*\[1, 9\].*: -2147483648, where 0 to" "and told with the place, too"
"$residuum" encode stereo.wav s.npy
put s.npy "$(($(header s.npy | sed 's/.*(2, \([0-9]*\), .*/\1/') + 1))" 3 '\210\023\0\0'
"$residuum" decode s.npy out.wav -q 2>err
says "'s.npy' .*\[1, 1, 3\].*: 5000" "and by their channel where there are two"

# ---- auto gain has a dry sound: the tokens' own
plus() { awk "BEGIN { print $1 + $2 }"; }
"$sound" make long.wav 48000 1 288000 5 float
"$residuum" encode long.wav long.npy -q
"$residuum" decode long.npy plain.wav -q
plain_db=$("$sound" rms plain.wav 192000 288000)
check "what is turned down" "$residuum" decode long.npy soft.wav -q --set output_gain_db=-12
is "is softer" "$("$sound" rms soft.wav 192000 288000)" "<" "$(plus "$plain_db" -11)"
check "with auto gain" "$residuum" decode long.npy as_loud.wav -q --set output_gain_db=-12 --set auto_gain=1
loud_db=$("$sound" rms as_loud.wav 192000 288000)
is "is as loud as the tokens' own sound ($loud_db and $plain_db dBFS)" "$loud_db" ">" "$(plus "$plain_db" -1)"
is "and no louder" "$loud_db" "<" "$(plus "$plain_db" 1)"

# ---- names that cannot be written are told before anything is coded
letters=$(printf '%0250d' 0 | tr 0 n)
mkdir names
head -c 100000 in.wav >cut.wav # what is said of it is said when it has been read
for name in "names/$letters.npy" none/t.npy "names/$letters$letters.npy"; do
    exits 1 "a name that cannot be written is a failure: $(echo "$name" | cut -c 1-20)" "$residuum" encode cut.wav "$name"
    says "cannot write .*npy': " "and named"
    grep -q "cut off" err && fails "before anything is coded"
done
says "too long" "a name that is too long is called so"
check "and nothing is left" [ -z "$(ls names)" ]
letters=$(printf '%0246d' 0 | tr 0 n)
check "the longest name is taken" "$residuum" encode in.wav "names/$letters.npy" -q
mkdir taken.side.npy
exits 1 "a folder in place of the side tokens is a failure" "$residuum" encode cut.wav taken.npy
grep -q "cut off" err && fails "told before anything is coded"
check "and no tokens are left" [ ! -e taken.npy ]
exits 1 "encoding a file that is not there is a failure" "$residuum" encode none.wav t.npy
says "none.wav" "the file that is not there is named"
finish
