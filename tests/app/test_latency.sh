#!/bin/sh
# SPDX-License-Identifier: MIT
# residuum latency: the self-test, loops in software with known delays, what the reports say, and wrong usage.
# shellcheck disable=SC2317 # functions are called through check
here=$(cd "$(dirname "$0")" && pwd)
. "$here/check.sh"

figure() { sed -n "s/.*\"$1\": *\\([-0-9.e]*\\).*/\\1/p" "$2" | sed -n "${3:-1}p"; }

# ---- the tester finds what is known
check "the self-test finds every loop" "$residuum" latency --self-test --json self.json
is "delays, gains, noise, echoes and drops among them" "$(grep -c '^found ' out)" ">=" 25
is "none is missed" "$(grep -c '^MISSED ' out)" "==" 0
speaks "^found *a fraction: 317.13 *317.13" "a fraction of a sample is found"
speaks "^found *64 samples dropped .*from 300.00 to 236.00" "and a jump where samples are lost"
is "its figures are JSON" "$(grep -c '"is_found": true' self.json)" ">=" 25

# ---- the null device and a loop in software
check "a delay is inserted and found, with the codec in it" "$residuum" latency --backend null --insert 123.25 --through \
    --schedule inline --repeat 1 --json one.json --csv one.csv --plot one.svg
speaks "^round trip *123.25 samples" "to a hundredth of a sample"
speaks "^through *379.25 samples" "and 256 samples later through live-128"
speaks "it adds 256.00 samples: as stated" "which is what the codec states"
is "JSON has the round trip" "$(figure round_trip_samples one.json)" "==" 123.25
is "and what the codec adds" "$(figure measured_samples one.json)" ">" 255.9
is "as it states" "$(figure stated_samples one.json)" "==" 256
is "CSV has a line a round and a head" "$(wc -l <one.csv)" "==" 3
is "whose figures are the same" "$(sed -n 2p one.csv | cut -d, -f8)" "==" 123.25
is "the picture has two panels" "$(grep -c 'font-weight="bold">[RH]' one.svg)" "==" 2
check "the reports are written over" "$residuum" latency --backend null --insert 64 --repeat 1 --json one.json --csv one.csv \
    --plot one.svg --probe click
is "with new figures" "$(figure round_trip_samples one.json)" "==" 64

# ---- neural codecs: the input that is delayed with them, whose latency is that of three parts
neural() {
    check "$1 states what is measured" "$residuum" latency --backend null --insert 123.25 --through --codec "$1" \
        --schedule inline --set monitor=dry --repeat 1 --json neural.json
    speaks "it adds $2.00 samples: as stated" "$2 samples, of codec and resampler"
    is "in JSON, too" "$(figure stated_samples neural.json)" "==" "$2"
}
neural lyra-v2 1175
neural "$here/../codec/golden/encodec_tiny" 783
if [ -n "${RSD_REAL_LYRA:-}" ]; then # weights by chance give nothing like the probe at all
    exits 1 "what a neural codec makes of the probe does not tell its latency" "$residuum" latency --backend null \
        --insert 123.25 --through --codec lyra-v2 --schedule inline --repeat 6 --json unclear.json
    speaks "too unsteady to tell.*monitor=dry" "which is said, with what does"
    is "and is neither true nor false in JSON" "$(grep -c '"as_stated": null' unclear.json)" "==" 1
fi

# ---- resampler and worker are counted, too
check "every combination of a sweep has its row" "$residuum" latency --backend null --insert 64 --repeat 1 \
    --sweep rates=96000,codecs=live-64,schedules=inline,threaded --json sweep.json
is "two of them" "$(grep -c '"verdict"' sweep.json)" "==" 2
is "each as it states" "$(grep -c '"as_stated": true' sweep.json)" "==" 2
speaks "^ *64 *96000 *live-64 *threaded" "one of them resampled and threaded"
check "numbers of a list are read as those of options" "$residuum" latency --backend null --insert 64 --repeat 1 \
    --sweep blocks=1e2,rates=4.8e4 --json sweep.json
is "a hundred is a hundred" "$(figure block_samples sweep.json)" "==" 100
is "and 48000 is 48000" "$(figure sample_rate_hz sweep.json)" "==" 48000
check "a codec that is not there has its reason in its row" "$residuum" latency --backend null --insert 64 --repeat 1 \
    --sweep codecs=none,live-64 --json sweep.json
speaks "^ *- *- none *- *no codec 'none'" "in the table"
is "and in JSON" "$(grep -c "\"error\": \"no codec 'none'" sweep.json)" "==" 1
exits 1 "a sweep in which nothing is heard is a failure" "$residuum" latency --backend null --sweep blocks=64,128 --repeat 1
is "with a row each" "$(grep -c 'not heard' out)" "==" 2

# ---- a signal ends it with what there is
stops "$residuum" latency --backend null --insert 64 --repeat 10000 --json stopped.json
if grep -q "stopped after 0 rounds" err; then
    is "without a round it is a failure" "$code" "==" 1
else
    is "a measurement that is stopped has measured" "$code" "==" 0
    is "what was heard" "$(figure round_trip_samples stopped.json)" "==" 64
fi
says "stopped after [0-9]* rounds" "and it is said how much that is"

# ---- what is not heard
exits 1 "a loop that is open is a failure" "$residuum" latency --backend null
speaks "! nothing was heard" "it is said"
speaks "insert SAMPLES closes a loop" "and how the null device can have one"

# ---- nothing is lost, and nothing is guessed
echo mine >mine.csv
exits 2 "a file that is no report of ours is not written over" "$residuum" latency --backend null --csv mine.csv
says "mine.csv.*holds no rounds" "it is named"
is "and is as it was" "$(grep -c mine mine.csv)" "==" 1
exits 2 "a probe that is not there" "$residuum" latency --probe song
says "mls, sweep or click, not 'song'" "is named with those that are"
exits 2 "a fraction that is too short" "$residuum" latency --insert 3.5
says "32 samples at least" "is refused with the least"
exits 2 "a list that is not there" "$residuum" latency --sweep colours=red
says "blocks=..., rates=..., codecs=..., schedules=..." "is refused with those that are"
exits 2 "a block that cannot be" "$residuum" latency --sweep blocks=0
says "1 to 8192 samples, not '0'" "is refused with its range"
for option in --codec=live-64 --levels=2 --set=levels=2 --preset=telephone --schedule=inline; do
    exits 2 "an option of the codec where there is none (${option%%=*})" "$residuum" latency --backend null --insert 64 "$option"
    says "${option%%=*} is of the codec in the loop: --through puts it there" "is refused with what is wanted"
done
exits 2 "a self-test of something" "$residuum" latency --self-test --probe click
says "self-test has loops of its own: without --probe" "is refused"
exits 2 "a device of the null device" "$residuum" latency --backend null --output-device usb
says "output-device goes with a sound device, not with --backend null" "is refused"
exits 2 "JACK's loop without JACK" "$residuum" latency --jack-loopback --backend null
says "jack-loopback goes with JACK" "is refused"
finish
