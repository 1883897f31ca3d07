#!/bin/sh
# SPDX-License-Identifier: MIT
# Names and texts as people have them: encodings, long paths, marks and line ends of editors, dashes, control characters.
# shellcheck disable=SC2013,SC2059,SC2094,SC2317 # words on purpose; functions are called through check
. "$(dirname "$0")/check.sh"
model=$(cd "$(dirname "$0")/../.." && pwd)/src/codec/models/live-128.safetensors

"$sound" make in.wav 48000 1 24000 7 pcm_16
"$residuum" process in.wav wanted.wav --levels 3 || fails "process runs"
same() { check "$1: the same sound" "$sound" same "$2" wanted.wav; }

# ---- names of files: bytes of any encoding, spaces, dashes, long ----
latin=$(printf 'h\366ren')
utf8=$(printf 'h\303\266ren')
control=$(printf 'a\033]0;b\007c\nd')
deep=$(printf 'd%.0s' $(seq 200))/$(printf 'e%.0s' $(seq 200))/$(printf 'f%.0s' $(seq 200))
mkdir -p "$deep"
for name in "$latin" "$utf8" "with spaces" "a=b" "a#b" "$control" "$deep/x" "-x" "--levels"; do
    path=./$name
    shown=$(printf '%s' "$name" | od -An -c | head -n 1)
    cp in.wav "$path.wav"
    check "process reads and writes$shown" "$residuum" process "$path.wav" "$path.out.wav" --levels 3
    same "$shown" "$path.out.wav"
    check "encode writes tokens$shown" "$residuum" encode "$path.wav" "$path.npy" --levels 3
    check "decode reads them$shown" "$residuum" decode "$path.npy" "$path.back.wav"
    same "$shown decoded" "$path.back.wav"
    check "analyze reports$shown" "$residuum" analyze "$path.wav" --levels 1 --json "$path.report.json" --plot "$path.svg"
    if command -v python3 >/dev/null; then
        check "the report is JSON$shown" python3 -c 'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"))' \
            "$path.report.json"
        check "the picture is XML$shown" python3 -c \
            'import sys, xml.etree.ElementTree as t; t.parse(sys.argv[1])' "$path.svg"
    fi
    cp "$model" "$path.safetensors"
    check "a codec is opened$shown" "$residuum" encode in.wav "$path.own.npy" --levels 3 --codec "$path.safetensors"
    check "decode finds it by the tokens' JSON$shown" "$residuum" decode "$path.own.npy" "$path.own.wav"
    if command -v python3 >/dev/null; then
        check "the tokens' file is JSON$shown" python3 -c \
            'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"))' "$path.own.json"
    fi
    printf '{"name": "mine", "description": "three", "parameters": {"levels": 3}}' >"$path.preset.json"
    check "--preset$shown" "$residuum" process in.wav out.wav --preset "$path.preset.json"
    same "$shown preset" out.wav
    check "--set preset=$shown" "$residuum" process in.wav out.wav --set "preset=$path.preset.json"
    same "$shown --set preset" out.wav
    case $name in "$control") continue ;; esac # a line has no line end inside
    printf '0 preset %s\n' "$path.preset.json" >"$path.txt"
    check "automation$shown" "$residuum" process in.wav out.wav --automation "$path.txt"
    same "$shown automation" out.wav
done
check "an operand that begins with a dash stands behind --" "$residuum" process --levels 3 -- -x.wav out.wav
same "behind --" out.wav
check "a value may begin with a dash" "$residuum" process in.wav out.wav --preset=-x.preset.json
check "-p=FILE is -p FILE" "$residuum" process in.wav out.wav -p=./-x.preset.json
same "-p=" out.wav

# ---- what is shown ----
exits 1 "a file with control characters in its name that is not there is named" "$residuum" process "$control" out.wav
tr -d '\n' <err | LC_ALL=C grep -q '[[:cntrl:]]' && fails "no control character reaches the terminal"
says 'a\\x1b\]0;b\\x07c' "its control characters are escaped"
"$residuum" analyze "./$control.wav" --levels 1 >out 2>err
tr -d '\n' <out | LC_ALL=C grep -q '[[:cntrl:]]' && fails "nor in a table"
long=$(printf 'n%.0s' $(seq 3000))
exits 1 "a name that the system does not take is a failure" "$residuum" process "$long.wav" out.wav
says "name too long" "the reason is there, whatever the name's length"
exits 2 "a name longer than any path is wrong usage" "$residuum" process in.wav out.wav --codec "$long$long"
says "1 to 4095 bytes" "the limit is said"

# ---- marks and line ends of editors ----
preset='{\r\n"name": "mine",\r\n"description": "three",\r\n"parameters": {"levels": 3}\r\n}\r\n'
printf "\\357\\273\\277$preset" >mark.json
check "a preset with a byte order mark and CRLF" "$residuum" process in.wav out.wav --preset mark.json
same "mark.json" out.wav
printf '\357\273\277# spoken\r\n0 levels 3\r\n' >mark.txt
check "an automation file with a byte order mark and CRLF" "$residuum" process in.wav out.wav --automation mark.txt
same "mark.txt" out.wav
printf '0 levels 3' >bare.txt
check "an automation file without a last line end" "$residuum" process in.wav out.wav --automation bare.txt
same "bare.txt" out.wav
"$residuum" encode in.wav t.npy --levels 3
printf '\357\273\277' | cat - t.json | sed 's/$/\r/' >marked
cp marked t.json
check "a tokens' JSON with a byte order mark and CRLF" "$residuum" decode t.npy out.wav
same "t.json" out.wav
wide() { sed 's/./&\x00/g; s/$/\x00/'; }
printf '\377\376' >wide.json
printf "$preset" | wide >>wide.json
exits 1 "a preset in UTF-16 is refused" "$residuum" process in.wav out.wav --preset wide.json
says "wide.json.*UTF-16.*UTF-8" "by name, with what to do"
printf '\377\376' >wide.txt
printf '0 levels 3\n' | wide >>wide.txt
exits 1 "an automation file in UTF-16 is refused" "$residuum" process in.wav out.wav --automation wide.txt
says "wide.txt.*UTF-16.*UTF-8" "by name, with what to do"
printf '0 levels 3\n0.1 \000 2\n' >zero.txt
exits 1 "an automation file with a zero byte is refused" "$residuum" process in.wav out.wav --automation zero.txt
says "zero.txt.*zero byte" "by name"
cp wide.json t.json
exits 1 "a tokens' JSON in UTF-16 is refused" "$residuum" decode t.npy out.wav
says "t.json.*UTF-16" "by name"
finish
