#!/bin/sh
# SPDX-License-Identifier: MIT
# `residuum models`: what is known, and fetching it from a server of our own, from folders, and where that goes wrong.
scripts=$(cd "$(dirname "$0")" && pwd)
. "$scripts/check.sh"
encodec=$3 lyra=$4
unset RESIDUUM_MODELS http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
export XDG_DATA_HOME="$folder/data"
home=$XDG_DATA_HOME/residuum/models
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }

"$sound" make in.wav 16000 1 3200 7 pcm_16
check "the models that are known are listed" "$residuum" models
speaks '^lyra-v2: ' "Lyra V2"
speaks 'quantizer.tflite  *329012  841ee05989687d32d1f616a8ad1419fc7eda37599d3c05c7cf5a0d60ccf8ac5c' "with its files, their sizes and sums"
speaks 'licence: Apache-2.0' "with its licence"
speaks '^encodec-24khz: ' "and EnCodec"
is "neither is installed" "$(grep -c 'not installed: residuum models get' out)" "==" 2
exits 1 "a codec that is not installed is refused" "$residuum" encode in.wav x.npy --codec lyra-v2
says 'this command fetches it: residuum models get lyra-v2$' "with the one command that gets it"
exits 0 "codecs goes on without it" "$residuum" codecs
speaks '^lyra-v2 *not installed: residuum models get lyra-v2' "and says so"
exits 2 "a model that is not known is wrong usage" "$residuum" models get nosuch
exits 2 "so is a word but get" "$residuum" models fetch lyra-v2
exits 2 "so is another kind of URL" "$residuum" models get lyra-v2 --from ftp://localhost/x
exits 1 "what has no sums is not fetched unasked" "$residuum" models get encodec-24khz
says 'sums of encodec-24khz are not known' "with the reason"

# ---- from a folder ----
check "EnCodec comes from a folder" "$residuum" models get encodec-24khz --from "$encodec"
speaks "$(sha256sum "$encodec/model.safetensors" | cut -d' ' -f1)  model.safetensors" "its sums are told"
speaks 'were not checked' "and that they were not checked"
check "the codec is there by its name" "$residuum" codecs encodec-24khz
speaks '^encodec-24khz  *24000' "under that name"
check "and with underscores and 16 bits" "$residuum" codecs encodec_24khz:int16
check "models says where it is" "$residuum" models
speaks "installed in $home/encodec-24khz" "in the folder of the user's data"
mkdir elsewhere
mv "$home/encodec-24khz" elsewhere/encodec_24khz
exits 1 "what has gone is gone" "$residuum" codecs encodec-24khz
check "RESIDUUM_MODELS is looked in, too" env RESIDUUM_MODELS="$folder/elsewhere" "$residuum" codecs encodec-24khz
mkdir not-a-model
printf '{}' >not-a-model/config.json
printf 'x' >not-a-model/model.safetensors
exits 1 "what its codec cannot read is not installed" "$residuum" models get encodec-24khz --from not-a-model
exits 1 "nor is a folder that lacks a file" "$residuum" models get lyra-v2 --from "$encodec"
check "neither leaves anything under its name" test ! -e "$home/encodec-24khz" -a ! -e "$home/lyra-v2"

# ---- a folder of Lyra's names with other bytes ----
mkdir other
for file in lyragan.tflite quantizer.tflite soundstream_encoder.tflite; do printf 'other' >other/$file; done
exits 1 "a file with another sum is refused" "$residuum" models get lyra-v2 --from other
says 'lyragan.tflite is not the file that is known: 5 bytes with SHA-256 d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa, not 1475160 with 50e7839c' "by name, with both sums"
is "with one line" "$(wc -l <err)" "==" 1
check "and removed" test ! -e "$home/lyra-v2.part/lyragan.tflite" -a ! -e "$home/lyra-v2.part/lyragan.tflite.part" -a ! -e "$home/lyra-v2"

# ---- a disk that is full ----
exits 1 "a disk that is full ends it" sh -c 'ulimit -f 200; exec "$0" "$@"' "$residuum" models get encodec-24khz --from "$encodec"
says 'cannot write: File too large' "with the reason"
is "with one line" "$(wc -l <err)" "==" 1
check "and nothing is left" test ! -e "$home/encodec-24khz" -a ! -e "$home/encodec-24khz.part"

# ---- from a server ----
"$residuum" models get encodec-24khz --from http://127.0.0.1:9/x >out 2>err
if grep -q 'built without libcurl' err; then
    echo "built without libcurl: nothing is fetched from a server"
    finish
fi
says '127.0.0.1' "a server that is not there is told"
mkfifo hold
# serve FOLDER: sets `at`; the server ends when descriptor 3 is closed.
serve() {
    : >port
    : >log
    python3 "$scripts/model_server.py" "$1" log >port <hold 3>&- &
    server=$!
    exec 3>hold
    for _ in $(seq 200); do [ -s port ] || sleep 0.1; done
    if [ ! -s port ]; then fails "the server starts"; finish; fi
    at=http://127.0.0.1:$(cat port)
}
end_server() { exec 3>&-; wait "$server"; }
trap 'end_server; rm -rf "$folder"' EXIT
serve "$encodec"

check "EnCodec comes from a server" "$residuum" models get encodec-24khz --from "$at/whole/"
check "byte by byte" cmp "$home/encodec-24khz/model.safetensors" "$encodec/model.safetensors"
check "a second time it takes the place of the first" "$residuum" models get encodec-24khz --from "$at/moved"
check "a redirect is followed, and nothing else is left there" test "$(ls -A "$home")" = encodec-24khz
rm -r "$home/encodec-24khz"
exits 1 "a redirect to itself ends" "$residuum" models get encodec-24khz --from "$at/circle"
says 'redirect' "with the reason"
exits 1 "a redirect to a file of this machine is not followed" "$residuum" models get encodec-24khz --from "$at/out"
exits 1 "a file that the server does not have ends it" "$residuum" models get lyra-v2 --from "$at/whole"
says 'lyragan.tflite: the server answers 404' "with its answer"
exits 1 "more than is known to come is refused" "$residuum" models get encodec-24khz --from "$at/long"
says 'config.json: is larger than' "by name"
exits 1 "a disk that is full ends it" sh -c 'ulimit -f 200; exec "$0" "$@"' "$residuum" models get encodec-24khz --from "$at/whole"
says 'cannot write: File too large' "with the reason"
check "and nothing is left" test ! -e "$home/encodec-24khz" -a ! -e "$home/encodec-24khz.part"

"$residuum" models get encodec-24khz --from "$at/slow" >out 2>err 3>&- &
slow=$!
for _ in $(seq 100); do grep -q slow log && [ -s "$home/encodec-24khz.part/config.json.part" ] && break || sleep 0.1; done
exits 1 "two do not fetch it at a time" "$residuum" models get encodec-24khz --from "$at/whole"
says 'another residuum is fetching it' "the second says why"
kill -9 "$slow"
wait "$slow" 2>/dev/null
check "killed midway, nothing has its name" test ! -e "$home/encodec-24khz" -a -e "$home/encodec-24khz.part"
check "and the next call does it" "$residuum" models get encodec-24khz --from "$at/whole"

[ -n "${RSD_REAL_LYRA:-}" ] || {
    echo "no Lyra here: its sums were not compared"
    finish
}
end_server
serve "$lyra"
exits 1 "a file that is cut off midway is an error" "$residuum" models get lyra-v2 --from "$at/cut"
says 'lyragan.tflite: .*; the same command goes on from there' "that says how to go on"
check "what has arrived is kept, not under its name" test -s "$home/lyra-v2.part/lyragan.tflite.part" -a ! -e "$home/lyra-v2"
size=$(wc -c <"$home/lyra-v2.part/lyragan.tflite.part")
check "the next call goes on" "$residuum" models get lyra-v2 --from "$at/whole"
speaks 'its files have the sums that are known' "and the whole has the sums that are known"
check "it went on from there" grep -q "^/whole/lyragan.tflite bytes=$size-" log
for file in "$lyra"/*.tflite; do check "$(basename "$file") is it" cmp "$file" "$home/lyra-v2/$(basename "$file")"; done
check "the codec is there by its name" "$residuum" codecs lyra-v2
: >log
check "what is installed is not fetched again" "$residuum" models get lyra-v2 --from "$at/whole"
check "not a byte of it" test ! -s log
rm -r "$home/lyra-v2"
exits 1 "cut off once more" "$residuum" models get lyra-v2 --from "$at/cut"
check "a server without byte ranges sends all again" "$residuum" models get lyra-v2 --from "$at/plain"
printf x >>"$home/lyra-v2/quantizer.tflite"
exits 1 "a byte that is wrong is noticed" "$residuum" models get lyra-v2 --from "$at/wrong"
says 'lyragan.tflite is not the file that is known' "by the file's name"
check "what is installed has stayed" test -s "$home/lyra-v2/lyragan.tflite"
check "and can be made right" "$residuum" models get lyra-v2 --from "$lyra"
check "in all its files" cmp "$home/lyra-v2/quantizer.tflite" "$lyra/quantizer.tflite"
check "and nothing else is left there" test "$(find "$home" -mindepth 1 -maxdepth 1 -name '*lyra*' | wc -l)" = 1
finish
