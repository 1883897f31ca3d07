#!/bin/sh
# SPDX-License-Identifier: MIT
# Standard streams that are closed or empty, and pipes where a file is played again and again.
# shellcheck disable=SC2016,SC2086 # $0 is the inner shell's; words on purpose
. "$(dirname "$0")/check.sh"

"$sound" make in.wav 48000 1 24000 7 pcm_16
printf '' >empty.wav

# ---- standard input that gives nothing
for words in "process - x.wav" "encode - x.npy" "analyze - -l 1" "compare - -l 1" \
    "live --backend null --no-osc -d 0.2 --input-file -"; do
    exits 1 "standard input that is closed is a failure: $words" sh -c 'exec timeout 20 "$0" $1 <&-' "$residuum" "$words"
    says "standard input" "and named: $words"
    exits 1 "standard input that is empty is a failure: $words" sh -c 'exec timeout 20 "$0" $1 </dev/null' "$residuum" "$words"
    says "standard input" "and named, too: $words"
done
for words in "process - x.wav" "encode - x.npy" "analyze - -l 1" "compare - -l 1" "process /dev/stdin x.wav" \
    "process /dev/fd/0 x.wav"; do
    "$residuum" $words <&- >out 2>err
    says "standard input is closed" "what is closed is called closed: $words"
    for from in /dev/null empty.wav; do
        case "$words $from" in *stdin*empty.wav | *fd/0*empty.wav) continue ;; esac # a file, by another name
        "$residuum" $words <$from >out 2>err
        says "standard input is empty" "what is empty is called empty: $words, $from"
    done
done
for words in "process empty.wav x.wav" "encode empty.wav x.npy" "analyze empty.wav -l 1" \
    "live --backend null --no-osc -d 0.2 --input-file empty.wav"; do
    exits 1 "an empty file is a failure: $words" "$residuum" $words
    says "'empty.wav' is empty" "and called empty: $words"
done
check "nothing is written then" [ ! -e x.wav ]

# ---- closed output: no message may end up in a sound
exits 1 "live without any standard stream cannot say how it goes" \
    sh -c 'exec "$0" live --backend null --no-osc -d 1.3 --record rr.wav <&- >&- 2>&-' "$residuum"
grep -a -q "residuum\|latency\|levels" rr.wav && fails "no message is in the recording"
check "and yet the recording is whole" "$residuum" process rr.wav out.wav -q --set monitor=dry
"$sound" info rr.wav >out
is "with what was played" "$(cut -d' ' -f3 out)" ">=" 57600
"$residuum" process in.wav straight.wav -q
for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-' '<&- 2>&-'; do
    rm -f streams.wav
    check "process -q writes its sound with $closed" sh -c "exec \"\$0\" process in.wav streams.wav -q $closed" "$residuum"
    check "and the sound is the same ($closed)" cmp -s straight.wav streams.wav
    sh -c "exec \"\$0\" process in.wav streams.wav $closed" "$residuum" >out 2>err
    check "also with its messages ($closed)" cmp -s straight.wav streams.wav
done
exits 1 "text for standard output that is closed is a failure" sh -c 'exec "$0" params >&-' "$residuum"
says "standard output" "and it is named"

# ---- live plays a file again and again
mkfifo fifo.wav
exits 1 "a FIFO as the input file is refused, without waiting for a writer" \
    timeout 20 "$residuum" live --backend null --no-osc -d 0.2 --input-file fifo.wav
says "'fifo.wav' cannot be the input file.*again and again" "with the reason"
exits 1 "so is a pipe on standard input that never ends" \
    sh -c 'cat in.wav /dev/zero | timeout 20 "$0" live --backend null --no-osc -d 0.2 --input-file -' "$residuum"
says "standard input cannot be the input file" "with the reason, too"
exits 1 "and one by its descriptor" \
    sh -c 'cat in.wav /dev/zero | timeout 20 "$0" live --backend null --no-osc -d 0.2 --input-file /dev/fd/0' "$residuum"
says "'/dev/fd/0' cannot be the input file" "with the reason"
check "a file by its descriptor is played" \
    sh -c 'exec "$0" live --backend null --no-osc -d 0.2 --input-file /dev/fd/0 <in.wav' "$residuum"
# A file of over ten seconds is opened anew at its end, where a FIFO may have its name by then.
"$sound" make long.wav 48000 1 528000 7 pcm_16
"$residuum" live --backend null --no-osc --input-file long.wav >first 2>err &
process=$!
tries=0
while ! grep -q latency first && [ "$tries" -lt 500 ]; do
    sleep 0.02
    tries=$((tries + 1))
done
rm long.wav
mkfifo long.wav
tries=0
while ! grep -q "input file" err && [ "$tries" -lt 600 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
says "the input file: 'long.wav' cannot be the input file" "a FIFO that took the file's name is told"
kill -TERM $process
( sleep 20; kill -KILL $process ) 2>/dev/null &
guard=$!
wait $process
is "and live stops when it is told to" $? "==" 0
kill $guard 2>/dev/null

# ---- live takes the rates that process takes
for rate in 7999 384001 500000 655350; do
    "$sound" make rate.wav $rate 1 $rate 7 pcm_16
    exits 1 "a file of $rate Hz is refused by process" "$residuum" process rate.wav x.wav
    sed 's/^residuum process: //' err >words
    exits 1 "a file of $rate Hz is refused by live" "$residuum" live --backend null --no-osc -d 0.2 --input-file rate.wav
    sed 's/^residuum live: //' err | cmp -s - words || fails "in the same words ($rate)"
done
for rate in 8000 384000; do
    "$sound" make rate.wav $rate 1 $rate 7 pcm_16
    check "a file of $rate Hz is played" "$residuum" live --backend null --no-osc -d 0.2 --input-file rate.wav
done
finish
