#!/bin/sh
# SPDX-License-Identifier: MIT
# Compact streams: encode, decode, tokens and live --tap. $3: an EnCodec; $4: a Lyra V2, which may be a small one.
. "$(dirname "$0")/check.sh"
export RESIDUUM_MODELS="${4%/*}"

"$sound" make in.wav 48000 1 60000 7 float
"$sound" make stereo.wav 44100 2 30000 7 pcm_24
encodec=$3
for codec in live-64 live-128 live-256 lyra-v2 "$encodec"; do
    for file in in stereo; do
        "$residuum" encode $file.wav t.npy --codec "$codec" -q
        "$residuum" decode t.npy plain.wav -q
        check "$codec, $file: a stream is encoded" "$residuum" encode $file.wav t.rsdt --codec "$codec" -q
        check "and decoded" "$residuum" decode t.rsdt back.wav -q
        check "to the samples of the arrays" "$sound" same plain.wav back.wav
        check "a stream becomes arrays" "$residuum" tokens t.rsdt a.npy
        check "the same tokens" cmp t.npy a.npy
        if [ -e t.side.npy ]; then check "the same side tokens" cmp t.side.npy a.side.npy; fi
        check "arrays become a stream" "$residuum" tokens t.npy b.rsdt
        check "the same one" cmp t.rsdt b.rsdt
        check "three levels are kept" "$residuum" tokens t.rsdt c.rsdt --truncate 3
        "$residuum" decode t.npy plain.wav -q --levels 3
        "$residuum" decode c.rsdt back.wav -q
        check "and sound as three do" "$sound" same plain.wav back.wav
        check "a stream is entropy coded" "$residuum" encode $file.wav e.rsdt --codec "$codec" --entropy -q
        check "and so are arrays" "$residuum" tokens t.npy f.rsdt --entropy
        check "to the same bytes" cmp e.rsdt f.rsdt
        check "and back" "$residuum" tokens e.rsdt g.rsdt
        check "nothing is lost" cmp t.rsdt g.rsdt
        check "it is decoded" "$residuum" decode e.rsdt back.wav -q
        "$residuum" decode t.npy plain.wav -q
        check "to the same samples" "$sound" same plain.wav back.wav
        check "three levels of it are kept" "$residuum" tokens e.rsdt h.rsdt --truncate 3
        check "and are those of the others" cmp c.rsdt h.rsdt
        is "it is no larger" "$(wc -c <e.rsdt)" "<=" "$(($(wc -c <t.rsdt) * 101 / 100))"
        rm -f ./*.npy ./*.json ./*.rsdt
    done
done

# ---- the bitrate is the one that the codec states
for codec in live-64 live-128 live-256 lyra-v2 "$encodec"; do
    "$residuum" encode in.wav t.rsdt --codec "$codec" -q
    "$residuum" tokens t.rsdt >out
    "$residuum" analyze in.wav --codec "$codec" --levels 1,3 --json r.json -q
    for level in 1 3; do
        told=$(awk -v l=$level '$1 == l && NF == 3 { print $3 }' out)
        stated=$(tr -d ' \n' <r.json | sed "s/.*\"level_count\":$level,\"kbps\":\([0-9.]*\).*/\1/")
        is "$codec: level $level has its stated bitrate" "$told" "==" "$stated"
    done
done

# ---- damage
"$residuum" encode in.wav t.rsdt --codec live-128 -q
"$residuum" decode t.rsdt whole.wav -q
head -c 25000 t.rsdt >cut.rsdt
check "a stream that is cut off is decoded" "$residuum" decode cut.rsdt out.wav -q
says "cut.rsdt.*no end.*375 frames are there" "and what is there is told"
is "in one line" "$(wc -l <err)" "==" 1
cp t.rsdt bad.rsdt
printf '\125\252' | dd of=bad.rsdt bs=1 seek=12000 conv=notrunc 2>/dev/null
check "a damaged stream is decoded" "$residuum" decode bad.rsdt out.wav -q
says "bad.rsdt.*damaged in 1 place, .*byte.*375 of" "with its place and what is lost"
is "in one line" "$(wc -l <err)" "==" 1
head -c 300000 whole.wav | tail -c 40000 >a
head -c 300000 out.wav | tail -c 40000 >b
cmp -s a b && fails "the damaged part is another"
is "behind the damage it sounds on" "$("$sound" info out.wav)" "==" "$("$sound" info whole.wav)"
head -c "$(od -An -tu2 -j6 -N2 bad.rsdt | tr -d ' ')" bad.rsdt >head.rsdt
echo kept >kept.wav
exits 1 "a stream without a frame is refused" "$residuum" decode head.rsdt kept.wav
says "'head.rsdt' has a header, but no frame" "with its name"
check "and what was there is left alone" grep -q kept kept.wav
printf 'RSDX' | dd of=bad.rsdt bs=1 conv=notrunc 2>/dev/null
"$residuum" encode in.wav coded.rsdt --codec live-128 --entropy -q
head -c 300 coded.rsdt >cut.rsdt
check "a stream of which nothing is left is told of" "$residuum" tokens cut.rsdt
grep -q nan out && fails "without a share of nothing"
{ cat t.rsdt; echo more; } >behind.rsdt
check "a stream with bytes behind its end is decoded" "$residuum" decode behind.rsdt out.wav -q
says "'behind.rsdt' has 5 bytes behind its end, which are not read" "and they are told of"
is "once" "$(wc -l <err)" "==" 1
check "to the sound of the stream" "$sound" same whole.wav out.wav
{ cat bad.rsdt; echo more; } >behind.rsdt
printf 'RSDT' | dd of=behind.rsdt bs=1 conv=notrunc 2>/dev/null
check "a damaged one, too" "$residuum" decode behind.rsdt out.wav -q
says "damaged in 1 place.* frames are lost; it has 5 bytes behind its end" "with both"
is "in one line" "$(wc -l <err)" "==" 1

# ---- without its model
"$residuum" encode in.wav lyra.rsdt --codec lyra-v2 --entropy -q
"$residuum" tokens lyra.rsdt >here
check "a coded stream whose model is not here is told of" env RESIDUUM_MODELS=/nowhere "$residuum" tokens lyra.rsdt
says "header and blocks of 'lyra.rsdt' are shown; its tokens cannot be read: .*lyra-v2" "and what cannot be said is"
is "in one line" "$(wc -l <err)" "==" 1
cp out there
check "by all that header and blocks say" cmp here there
exits 1 "its tokens cannot be had" env RESIDUUM_MODELS=/nowhere "$residuum" tokens lyra.rsdt lyra.npy
says "'lyra.rsdt' is coded by what its codec knows: .*lyra-v2" "and that is said"

# ---- what is there
for name in notes.rsdt notes.npy notes.side.npy; do
    echo "not tokens" >$name
    exits 2 "encode does not write over $name" "$residuum" encode in.wav "$(echo $name | sed 's/side.npy/npy/')" -q
    says "'$name' is there and is no .* of tokens" "and names it"
    exits 2 "nor does tokens" "$residuum" tokens t.rsdt "$(echo $name | sed 's/side.npy/npy/')"
    check "it is left as it was" grep -q "not tokens" $name
    mv $name other
done
mv other notes.rsdt
exits 2 "nor does a tap" "$residuum" live --backend null --input-file in.wav --duration 0.1 --no-osc --tap notes.rsdt
says "'notes.rsdt' is there and is no stream" "which says so"
check "and it is left as it was" grep -q "not tokens" notes.rsdt
cp t.rsdt again.rsdt
check "an earlier stream is written over" "$residuum" encode stereo.wav again.rsdt -q
cmp -s t.rsdt again.rsdt && fails "by the new one"
: >empty.rsdt
check "so is an empty file" "$residuum" tokens t.rsdt empty.rsdt
check "to the stream" cmp t.rsdt empty.rsdt

exits 1 "what is no stream is refused" "$residuum" decode bad.rsdt x.wav
says "bad.rsdt.*does not begin with RSDT" "by name"
exits 1 "a stream that is not there is a failure" "$residuum" tokens none.rsdt
says "none.rsdt" "and named"
exits 2 "a stream has no pattern" "$residuum" encode in.wav p.rsdt --pattern delay
says "p.rsdt" "and it is named"
exits 2 "neither has one that is read" "$residuum" decode t.rsdt x.wav --pattern delay
check "but it can be played misaligned" "$residuum" decode t.rsdt late.wav --pattern delay --misaligned -q
exits 2 "the tokens are not written over" "$residuum" decode t.rsdt t.rsdt
exits 2 "nor by themselves" "$residuum" tokens t.rsdt t.rsdt
exits 2 "--truncate without an output is wrong usage" "$residuum" tokens t.rsdt --truncate 2
exits 2 "another kind of output is wrong usage" "$residuum" tokens t.rsdt t.wav

exits 2 "arrays are not entropy coded" "$residuum" encode in.wav t.npy --entropy
says "t.npy" "and they are named"

# ---- live
"$residuum" live --backend null --input-file in.wav --no-osc --tap tap.rsdt >lines 2>err &
live=$!
soon has_played lines 3.1
check "a tap can be read while it grows" "$residuum" tokens tap.rsdt
speaks "live, 48000 Hz" "and says what it is of"
says "no end" "and that it goes on"
kill -INT $live
wait $live
check "and is whole afterwards" "$residuum" tokens tap.rsdt
is "with nothing to say of it" "$(wc -c <err)" "==" 0
frames=$(sed -n 's/.* \([0-9]*\) frames.*/\1/p' out | head -1)
is "with the frames of three seconds" "$frames" ">=" 1100
check "it is decoded" "$residuum" decode tap.rsdt tapped.wav -q
check "a tap is entropy coded, and its bitrate is shown" "$residuum" live --backend null --input-file in.wav --duration 3.5 --no-osc --levels 2 --entropy --tap coded.rsdt
speaks "kbps.*coded [0-9.]* kbps" "beside the fixed one"
check "it is whole" "$residuum" tokens coded.rsdt
speaks "entropy coded: .* less" "and smaller"
if command -v oscsend >/dev/null; then
    "$residuum" live --backend null --input-file in.wav --osc-port 0 --tap s.rsdt >lines 2>err &
    live=$!
    soon grep -q "OSC on UDP port" lines
    port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' lines err | head -1)
    oscsend 127.0.0.1 "$port" /residuum/codec s live-64
    soon grep -q 'the tap goes on' err
    oscsend 127.0.0.1 "$port" /residuum/codec s "$encodec" # not one that OSC may name
    soon grep -q 'OSC: .*is refused' err
    kill -INT $live
    wait $live
    says "another codec: the tap goes on in 's-2.rsdt'" "where the codec is swapped, a tap goes on in the next file"
    for part in s s-2; do
        check "$part is whole" "$residuum" tokens $part.rsdt
        is "with nothing to say of it" "$(wc -c <err)" "==" 0
    done
    speaks "live-64, 48000 Hz" "and says what it is of"
    check "it is decoded" "$residuum" decode s-2.rsdt tapped.wav -q
fi
# Taps that are killed between two of the lines that say once a second what was played: no more than the last second
# before the latest line may lack.
# starts NAME CODEC ARGUMENTS...
lives=
starts() {
    name=$1 codec=$2
    shift 2
    "$residuum" live --backend null --input-file in.wav --duration 60 --no-osc --codec "$codec" --tap "$name.rsdt" "$@" >"$name.lines" 2>/dev/null &
    lives="$lives $!"
}
# was_killed NAME FRAMES: so many a second.
was_killed() {
    played=$(sed -n 's/^ *\([0-9.]*\) s .*/\1/p' "$1.lines" | tail -n 1)
    check "$1: what is killed leaves a tap" "$residuum" tokens "$1.rsdt"
    says "no end" "that says what it lacks"
    frames=$(sed -n 's/.* \([0-9]*\) frames.*/\1/p' out | head -1)
    is "less than the last second before ${played:-no} s" "$frames" ">" "$(echo "${played:-99} $2" | awk '{print ($1 - 1) * $2}')"
    check "and is decoded" "$residuum" decode "$1.rsdt" tapped.wav -q
}
starts all-levels live-128
starts least lyra-v2 --levels 1 # 200 bit/s
starts least-coded lyra-v2 --levels 1 --entropy
for name in all-levels least least-coded; do soon has_played $name.lines 3; done
# shellcheck disable=SC2086
kill -KILL $lives
# shellcheck disable=SC2086
wait $lives 2>/dev/null
was_killed all-levels 375
was_killed least 50
was_killed least-coded 50
(ulimit -f 120 && exec "$residuum" live --backend null --input-file in.wav --duration 3.6 --no-osc --tap full.rsdt) >lines 2>err
is "a disk that is full ends the tap, not the sound" $? "==" 1
says "the tap 'full.rsdt' ended after .* frames: cannot write 'full.rsdt'" "and is told"
is "which plays to its end" "$(sed -n 's/^played \([0-9]*\).*/\1/p' lines)" ">=" 3
check "what there was room for is there" "$residuum" tokens full.rsdt
(ulimit -f 1 && exec "$residuum" live --backend null --input-file in.wav --duration 6 --no-osc --codec lyra-v2 --levels 1 --tap scant.rsdt) >lines 2>err
taken=$(sed -n "s/.*'scant.rsdt' ended after \([0-9]*\) frames.*/\1/p" err)
check "at the lowest bitrate, too" "$residuum" tokens scant.rsdt
frames=$(sed -n 's/.* \([0-9]*\) frames.*/\1/p' out | head -1)
is "less than a second is lost of ${taken:-no} frames" "${taken:-9999}" "<" "$((${frames:-0} + 50))"
for seconds in 0.5 1.02; do # the disk may refuse the last block of all
    (ulimit -f 20 && exec "$residuum" live --backend null --input-file in.wav --duration $seconds --no-osc -q --tap full.rsdt) >lines 2>err
    is "a disk that is full at the end is a failure, too" $? "==" 1
    says "cannot write 'full.rsdt'" "and told"
done
exits 1 "a name of no token file" "$residuum" tokens /dev/null
says "'/dev/null' is no token file: its name must end in .npy or .rsdt" "is told what it should be"
exits 2 "a tap must be a stream" "$residuum" live --backend null --duration 1 --no-osc --tap t.npy
says "t.npy.*rsdt" "and the name is told"
finish
