#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum patterns, encode --pattern and decode --pattern: what a pattern interleaves comes back to the bit.
# $4: a folder with a Lyra V2, which may be a small one.
. "$(dirname "$0")/check.sh"
export RESIDUUM_MODELS="${4%/*}"

"$sound" make in.wav 48000 1 24000 7 float
"$sound" make stereo.wav 44100 2 24000 7 float
for codec in live-64 live-128; do
    for file in in stereo; do
        "$residuum" encode $file.wav plain.npy --codec $codec -q
        "$residuum" decode plain.npy plain.wav -q
        for pattern in parallel delay partial-delay stereo-delay flatten partial-flatten coarse-first musiclm=1 delay+first=3+start=2; do
            rm -f t.npy back.wav
            check "$codec, $file: $pattern is encoded" "$residuum" encode $file.wav t.npy --codec $codec --pattern $pattern -q
            check "and decoded" "$residuum" decode t.npy back.wav -q
            check "to the same samples" "$sound" same plain.wav back.wav
        done
    done
done
"$residuum" encode in.wav plain.npy -q
"$residuum" encode in.wav t.npy --pattern delay -q
grep -q '"pattern": "delay"' t.json || fails "the JSON file names the pattern"
frames=$(sed -n 's/.*"frame_count": \([0-9]*\).*/\1/p' t.json)
rows=$(sed -n 's/.*"sequence_count": \([0-9]*\).*/\1/p' t.json)
is "and its steps" "$(sed -n 's/.*"step_count": \([0-9]*\).*/\1/p' t.json)" "==" $((frames + rows))
head -c 128 t.npy | tr -d '\0' | grep -a -q "($rows, $((frames + rows)))" || fails "the array has a column a step"

# What somebody else wrote, without a pattern in its JSON file.
sed -i '/"pattern"/d' t.json
exits 1 "rows whose JSON file says no pattern are not taken for frames" "$residuum" decode t.npy back.wav -q
says "shape" "and their shape is named"
"$residuum" decode plain.npy plain.wav -q
check "but they are, where the command line says it" "$residuum" decode t.npy back.wav --pattern delay -q
check "and are the same samples" "$sound" same plain.wav back.wav
exits 1 "as another pattern they are refused" "$residuum" decode t.npy back.wav --pattern flatten -q
says "t.npy.*shape" "with their shape"
exits 1 "rows that are lined up are not taken for those of a pattern" "$residuum" decode plain.npy back.wav --pattern delay -q
says "'plain.npy' has shape ($rows, $frames) where $frames frames of pattern 'delay' have ($rows, $((frames + rows))): its rows are lined up" "and told from them"
"$residuum" encode in.wav t.npy --pattern delay -q
exits 1 "and where the JSON file says another pattern" "$residuum" decode t.npy back.wav --pattern partial-delay -q
says "'delay', not 'partial-delay'" "both are named"
put() { printf "$2" | dd of=t.npy bs=1 seek=$((128 + 4 * $1)) conv=notrunc 2>/dev/null; }
put 0 '\1\0\0\0'
exits 1 "a token in place of the special token is refused" "$residuum" decode t.npy back.wav -q
says "\[0, 0\] (row, step, from 0) is 1, where .* special token" "by its place"
"$residuum" encode in.wav t.npy --pattern delay -q
sed -i '/"sequence_codewords"/,/\]/d' t.json
exits 1 "without codewords nobody knows the special token" "$residuum" decode t.npy back.wav -q
says "sequence_codewords" "and that is said"

# ---- as an effect
check "tokens are played misaligned" "$residuum" decode plain.npy late.wav --pattern delay --misaligned -q
check "and so are rows that have the pattern" sh -c "'$residuum' encode in.wav t.npy --pattern delay -q && '$residuum' decode t.npy late2.wav --misaligned -q"
check "with the same samples" "$sound" same late.wav late2.wav
if "$sound" same late.wav plain.wav >out 2>&1; then fails "the delay is heard"; else holds "the delay is heard"; fi
check "parallel has nothing to misalign" sh -c "'$residuum' decode plain.npy same.wav --pattern parallel --misaligned -q && '$sound' same same.wav plain.wav"
check "the first row is not late" sh -c "'$residuum' decode plain.npy a.wav --levels 1 -q && '$residuum' decode plain.npy b.wav --levels 1 --pattern delay --misaligned -q && cmp -i 200 -n 80000 a.wav b.wav"
exits 2 "tokens without a pattern cannot be misaligned" "$residuum" decode plain.npy x.wav --misaligned
says "needs a pattern" "and that is said"

# ---- rows of fewer levels: what a model of K rows reads, and nothing else
for file in in stereo; do
    "$residuum" encode $file.wav plain.npy --codec live-128 --levels 4 -q
    "$residuum" decode plain.npy plain.wav -q
    for pattern in delay flatten stereo-delay delay=0,1,2,3 unroll=0,1,1,1/0,2,2,2; do
        check "$file: $pattern of 4 levels is encoded" "$residuum" encode $file.wav t.npy --codec live-128 --levels 4 --pattern $pattern -q
        is "as 4 rows" "$(sed -n 's/.*"sequence_count": \([0-9]*\).*/\1/p' t.json)" "==" 4
        check "and decoded" "$residuum" decode t.npy back.wav -q
        check "to the same samples" "$sound" same plain.wav back.wav
    done
    check "rows of 4 levels become a stream" "$residuum" tokens t.npy t.rsdt
    "$residuum" tokens plain.npy p.rsdt
    check "which is the same as that of all rows" cmp t.rsdt p.rsdt
done
"$residuum" encode in.wav t.npy --levels 3 --pattern flatten -q
sed -i 's/"sequence_count": 3/"sequence_count": 5/' t.json
exits 1 "rows that are no whole levels are refused" "$residuum" decode t.npy back.wav --force-codec --codec live-128 -q
"$residuum" encode in.wav t.npy --levels 3 -q
exits 2 "a list for other rows is wrong usage" "$residuum" encode in.wav x.npy --levels 3 --pattern delay=0,1
says "3 rows of 3 levels.*2 numbers where 3 are wanted" "and rows and levels are named"

# ---- fewer levels of interleaved rows
"$residuum" encode in.wav t.npy --levels 4 --pattern delay -q
check "interleaved rows are cut to two levels" "$residuum" tokens t.npy two.npy --truncate 2
check "which are those of two levels" sh -c "'$residuum' encode in.wav wanted.npy --levels 2 --pattern delay -q && cmp two.npy wanted.npy"
is "and say so" "$(sed -n 's/.*"level_count": \([0-9]*\).*/\1/p' two.json)" "==" 2
"$residuum" decode t.npy plain.wav -q --levels 2
check "they sound as two do" sh -c "'$residuum' decode two.npy back.wav -q && '$sound' same plain.wav back.wav"
check "more levels than there are change nothing" sh -c "'$residuum' tokens t.npy two.npy --truncate 9 && cmp t.npy two.npy"
exits 2 "no level leaves no rows" "$residuum" tokens t.npy x.npy --truncate 0
says "t.npy.*keep 1 level" "and that is said"
"$residuum" encode in.wav t.npy --levels 4 --pattern delay=0,1,3,3 -q
exits 2 "a list for all rows is none for fewer" "$residuum" tokens t.npy x.npy --truncate 2
says "keeps 2 of the 4 rows of 't.npy'.*4 numbers where 2 are wanted" "and both are named"
[ ! -e x.npy ] || fails "and nothing is written"
"$residuum" encode in.wav t.npy --levels 4 -q
"$residuum" tokens t.npy wanted.npy --truncate 2
sed -i '/"level_sequence_end"/,/\]/d' t.json
check "levels that the JSON file does not say are the codec's" sh -c "'$residuum' tokens t.npy two.npy --truncate 2 && cmp two.npy wanted.npy"

# ---- what a model writes: frames and samples follow from the array
"$residuum" encode in.wav t.npy --levels 4 --pattern delay --codec lyra-v2 -q
"$residuum" decode t.npy plain.wav -q
sed -i 's/"frame_count"/"were_frames"/; s/"sample_count"/"were_samples"/; s/"step_count"/"were_steps"/' t.json
check "rows of no stated length are decoded" "$residuum" decode t.npy back.wav -q
is "to the sound of their whole frames: 960 samples each" "$("$sound" info back.wav | cut -d' ' -f3)" ">" "$(($("$sound" info plain.wav | cut -d' ' -f3) - 960))"
"$residuum" encode in.wav t.npy --levels 4 --pattern delay --codec lyra-v2 -q
sed -i 's/"step_count": [0-9]*/"step_count": 9/' t.json
exits 1 "steps that are not those of the array are refused" "$residuum" decode t.npy back.wav -q
says "t.npy.*step_count.*9" "by name"

# ---- what is refused
exits 2 "a pattern that is none is wrong usage" "$residuum" encode in.wav x.npy --pattern sideways
says "no pattern 'sideways'" "and named"
exits 2 "a list that does not fit the rows is wrong usage" "$residuum" encode in.wav x.npy --pattern delay=0,1,2
says "3 numbers where $rows are wanted" "and both counts are named"
exits 2 "groups that do not divide the rows are wrong usage" "$residuum" patterns musiclm=7
says "7 rows do not divide $rows rows" "and named"
exits 2 "delays that fall are wrong usage" "$residuum" patterns delay=0,2,1,3 --levels 4
says "row 3 has 1 after 2" "and the row is named"

for list in delay=0,1,2,99999 "delay=0,1,2,3," partial-delay=0,1,1,1 flatten=0,1,2,3; do
    exits 2 "$list is wrong usage" "$residuum" encode in.wav x.npy --levels 4 --pattern $list
    says "pattern '$list': .*\(delay 4 is '99999', where whole numbers from 0 to 4096\|delay 5 is missing\|takes no list of numbers; [a-z-]*=.* does\)" "with what and where"
    is "in one sentence" "$(grep -c pattern err)" "==" 1
done
exits 2 "--quiet with nothing to write is wrong usage" "$residuum" patterns -q
says "quiet.*--json FILE or --plot" "and what is missing is named"

# ---- the list
check "patterns are listed" "$residuum" patterns --codec live-128 --levels 4
speaks '^delay  *11254  *16  *4  *3  *8.00$' "steps, special tokens and delay of the codec's rows"
speaks '^coarse-first .*files only$' "and that some cannot be streamed"
for name in parallel partial-delay delay stereo-delay partial-flatten flatten coarse-first unroll=0,1,1,1/0,1,1,1 musiclm=1 delay+first=1; do
    speaks "^$name  *[0-9]" "$name is among them"
done
speaks '^k3   S S S S 0 1 2 3$' "and the layout"
check "a picture is drawn" "$residuum" patterns delay unroll=0,1,1,1/0,2,2,2 --levels 4 --plot p.svg -q
is "with a cell a row and step" "$(grep -c '<rect x=' p.svg)" "==" $((4 * (8 + 11)))
finish
