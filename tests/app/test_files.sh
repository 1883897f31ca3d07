#!/bin/sh
# SPDX-License-Identifier: MIT
# What commands do to the files that are there, and with files that are not as they should be.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/check.sh"

"$sound" make in.wav 48000 1 48000 7 pcm_16
"$sound" make long.wav 48000 2 2400000 7 pcm_16
holds_old() { [ "$(cat "$1")" = old ]; }
no_parts() { [ -z "$(find . -name '*.part')" ]; }
same_bytes() { cmp -s "$1" "$2"; }

# ---- what was there stays until the new file is whole
check "tokens are made" "$residuum" encode in.wav in.npy
"$residuum" encode long.wav long.npy --quiet
for signal in TERM HUP KILL; do
    for job in "process long.wav" "decode long.npy"; do
        printf old >out.wav
        # shellcheck disable=SC2086 # two words
        "$residuum" $job out.wav --quiet 2>err &
        pid=$!
        tries=0
        while [ -z "$(find . -name 'out.wav.*.part')" ] && kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 500 ]; do
            sleep 0.01
            tries=$((tries + 1))
        done
        kill -s "$signal" "$pid"
        wait "$pid" 2>/dev/null
        code=$?
        is "SIG$signal ends $job" "$code" ">" 128
        check "$job ended by SIG$signal leaves the old file" holds_old out.wav
        [ "$signal" = KILL ] || check "$job ended by SIG$signal leaves nothing else" no_parts
        rm -f ./*.part
    done
done
printf old >out.wav
exits 1 "a file that the disk has no room for is a failure" sh -c 'ulimit -f 20; exec "$0" process long.wav out.wav -q' "$residuum"
says "out.wav" "the file that there is no room for is named"
check "the old file is still there" holds_old out.wav
for kind in wav w64 caf au aiff flac ogg opus mp3; do
    # shellcheck disable=SC2016 # $0 is the inner shell's
    exits 1 "there is no room for $kind" sh -c 'ulimit -f 8; exec "$0" process long.wav "full.$1" -q' "$residuum" "$kind"
    says "full.$kind.*: File too large" "which is said as the system says it ($kind)"
done
printf old >old.npy
exits 2 "an encode that would write over what is no array is wrong usage" "$residuum" encode in.wav old.npy
check "that file is still there" holds_old old.npy
: >old.npy
printf old >old.json
exits 1 "an encode that would write over a JSON of another kind is a failure" "$residuum" encode in.wav old.npy
check "that JSON is still there" holds_old old.json
printf old >a.json
exits 1 "a JSON that the disk has no room for is a failure" sh -c 'ulimit -f 0; exec "$0" analyze in.wav -l 1 -q -j full.json' "$residuum"
check "nothing is left of it" [ ! -e full.json ]
check "nothing unfinished is left" no_parts
mkdir folder
printf old >folder/target.wav
ln -s folder/target.wav link.wav
check "process writes through a link" "$residuum" process in.wav link.wav --quiet
check "the link is still one" [ -L link.wav ]
check "what it points to is the sound" "$sound" info folder/target.wav
chmod 640 out.wav
"$residuum" process in.wav out.wav --quiet
check "the new file has the permissions of the old one" [ "$(stat -c %a out.wav)" = 640 ]

# ---- reports and recordings
cp in.wav keep.wav
ln in.wav hard.wav
ln -s in.wav soft.wav
for name in in.wav ./in.wav "$folder/in.wav" hard.wav soft.wav; do
    exits 2 "live does not record over what it plays ($name)" "$residuum" live --backend null --no-osc -d 0.2 -q \
        --input-file in.wav --record "$name"
    exits 2 "process does not write over what it reads ($name)" "$residuum" process in.wav "$name"
    exits 2 "analyze does not write figures over a sound ($name)" "$residuum" analyze in.wav -l 1 -q -j "$name"
    exits 2 "analyze does not draw over a sound ($name)" "$residuum" analyze in.wav -l 1 -q --plot "$name"
    exits 2 "compare does not write figures over a sound ($name)" "$residuum" compare in.wav -l 1 -q -j "$name"
done
check "the sound is as it was" same_bytes in.wav keep.wav
cp in.wav sound.json
cp in.wav sound.svg
cp in.npy tokens
exits 2 "nor over a sound of another ending" "$residuum" analyze in.wav -l 1 -q -j sound.json
exits 2 "nor over what only ends in .svg" "$residuum" analyze in.wav -l 1 -q --plot sound.svg
exits 2 "nor over tokens" "$residuum" analyze in.wav -l 1 -q -j tokens
exits 2 "nor over what tokens belong to" "$residuum" analyze in.wav -l 1 -q -j in.json
exits 2 "a plot that is neither SVG nor PNG by name is refused" "$residuum" analyze in.wav -l 1 -q --plot a.pdf
says "[.]svg or [.]png" "the endings that are wanted are named"
check "none is there then" [ ! -e a.pdf ]
ln -s in.json link.wav.json
ln -sf in.npy tokens.wav
exits 2 "decode does not write over its tokens" "$residuum" decode in.npy tokens.wav
rm -f figures.json figures.svg
for _ in 1 2; do
    check "figures are written, and written over" "$residuum" analyze in.wav -l 1 -q -j figures.json --plot figures.svg
done
for kind in ogg opus mp3 flac wav aiff; do
    "$residuum" live --backend null --no-osc -d 1 -q --record "r.$kind" >/dev/null 2>err || fails "a $kind is recorded"
    check "a recording in $kind can be read" "$residuum" process "r.$kind" r.out.wav -q --format pcm_16
    "$sound" info r.out.wav >out
    is "and is a second long" "$(cut -d' ' -f3 out)" ">=" 48000
done


# ---- names that cannot be written are told before the work, not after it
long=$(printf '%0255d' 0 | tr 0 n)
mkdir reports
head -c 48044 in.wav >short.wav # what is said of it is said when it has been read
for name in "$long" none/x; do
    exits 1 "process refuses a name that cannot be ($(echo "$name" | cut -c 1-8))" "$residuum" process short.wav "$name.wav"
    grep -q "cut off" err && fails "process says so before it works"
    for command in analyze compare; do
        exits 1 "figures of $command, likewise" "$residuum" $command short.wav -l 1 -j "$name.json"
        says "cannot write" "and it is said"
        grep -q "cut off" err && fails "$command says so before it measures"
    done
    exits 1 "a plot, likewise" "$residuum" analyze short.wav -l 1 --plot "$name.svg"
    [ -s out ] && fails "analyze says so before it measures"
    exits 1 "a trained codec, likewise" "$residuum" train in.wav -o "$name.safetensors"
    says "cannot write .*safetensors'" "and it is said"
done
check "figures that can be written are" "$residuum" analyze in.wav -l 1 -q -j reports/a.json --plot reports/a.svg
check "and nothing else is there" [ "$(find reports -type f | wc -l)" -eq 2 ]
check "no unfinished file is left by a trial" no_parts

# ---- formats
check "an MP3 is written" "$residuum" process in.wav in.mp3 -q
check "an MP3 becomes a WAV" "$residuum" process in.mp3 out.wav -q
exits 1 "float samples in a FLAC are refused" "$residuum" process in.wav new.flac -q -f float
says "flac cannot hold float; it can hold .*pcm_16.*pcm_24" "what it can hold is listed"
exits 1 "signed bytes in a WAV are refused" "$residuum" process in.wav new.wav -q -f pcm_s8
exits 1 "Opus at a rate that it has not is refused" "$residuum" process in.mp3 new.opus -q -f pcm_16
check "nothing is written then" [ ! -e new.flac ] && [ ! -e new.wav ] && [ ! -e new.opus ]
for input in in.wav in.mp3; do
    for kind in wav flac aiff; do
        "$residuum" process "$input" "p.$kind" -q
        "$residuum" encode "$input" d.npy -q && "$residuum" decode d.npy "d.$kind" -q
        check "a decoded $kind of $input has the samples of process" "$sound" same "p.$kind" "d.$kind"
        "$sound" info "p.$kind" >p.info
        "$sound" info "d.$kind" >d.info
        check "and their format" same_bytes p.info d.info
    done
done

# ---- faulty inputs
head -c 48044 in.wav >cut.wav
check "a file that was cut off is taken" "$residuum" process cut.wav cut.out.wav -q
says "24000 of 48000" "what is missing is said"
is "once" "$(grep -c 'cut off' err)" "==" 1
"$sound" info cut.out.wav >out
is "what there is is processed" "$(cut -d' ' -f3 out)" "==" 24000
for kind in wav au; do
    "$residuum" process in.wav "full.$kind" -q --set monitor=dry
    # shellcheck disable=SC2016 # $0 is the inner shell's
    check "a pipe of $kind is read" sh -c 'cat "full.$1" | "$0" process - piped.wav -q' "$residuum" "$kind"
    "$residuum" process in.wav straight.wav -q
    check "and gives what the file gives" same_bytes piped.wav straight.wav
done
"$residuum" process in.wav one.ogg -q
"$residuum" process long.wav two.ogg -q
cat one.ogg one.ogg two.ogg >three.ogg
check "an Ogg file of several streams is taken" "$residuum" process three.ogg three.wav -q
says "holds 3 streams.*the first 2 are taken" "what is left out of it is said"
"$sound" info three.wav >out
is "the streams that are alike are all there" "$(cut -d' ' -f3 out)" "==" 96000
"$sound" make loud.wav 48000 1 24000 7 pcm_16
check "a sound that clips is written" "$residuum" process loud.wav clip.wav -q --set output_gain_db=12
says "clipped.*output_gain_db.*float" "clipping is said, with what to do"
check "float samples do not clip" "$residuum" process loud.wav clip.wav -q --set output_gain_db=12 --format float
is "and nothing is said" "$(wc -c <err)" "==" 0
finish
