#!/bin/sh
# SPDX-License-Identifier: MIT
# check_realtime.sh BUILD CLANG_TIDY INCLUDE: what is declared RSD_REALTIME calls only what is declared so, and neither allocates
# nor locks, as far as a compiler sees (clang's -Wfunction-effects; CLANG_TIDY is of version 20 or later). Reads
# compile_commands.json: every C file of the library, of src/host and of the plugins. And what a comment says is called
# by the audio thread, [audio], is declared so: in the public headers, INCLUDE, and beside those C files. What only a host
# or its interface can promise is named where it is called (REALTIME_TRUST_BEGIN) or declared (plugin/clap/clap_abi.h).
set -eu
build=$(cd "$1" && pwd) tidy=$2 include=$3
database=$build/compile_commands.json
[ -f "$database" ] || { echo "no $database: configure first"; exit 1; }

files=$(sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$database" | grep '\.c$' |
    grep -E '/(src/(base|dsp|rvq|nn|codec|pattern|entropy|token|engine|host)|plugin)/' | grep -v '/tests/plugin/' | sort -u)
[ -n "$files" ] || { echo "no C file in $database: nothing was checked"; exit 1; }

awk '
FNR == 1 { wanted = 0 }
/Thread:? +\[audio\]/ { wanted = 1; found++ }
wanted && /^RSD_API/ {
    if (!/RSD_REALTIME/) { printf "%s:%d: [audio], but not RSD_REALTIME\n", FILENAME, FNR; bad = 1 }
}
wanted && /^$/ { wanted = 0 }
END {
    if (!found) { print "no header names the audio thread: nothing was checked"; bad = 1 }
    exit bad
}
' "$include"/*.h
folders=$(echo "$files" | sed 's|/[^/]*$||' | sort -u)
find $folders -maxdepth 1 -name '*.[ch]' | sort | xargs awk -f "$(dirname "$0")/realtime_comments.awk"

# tests/weak compiles some of them again with copies that it watches: those names are taken back. One check that is no
# diagnostic is wanted; all other warnings are other checks' matter.
echo "$files" | tr '\n' '\0' | xargs -0 -P "${JOBS:-$(nproc)}" -n 4 "$tidy" --quiet -p "$build" \
    --checks='-*,clang-diagnostic-function-effects,clang-diagnostic-error,readability-duplicate-include' \
    --warnings-as-errors='*' --extra-arg=-Wno-everything --extra-arg=-Wfunction-effects --extra-arg=-Umemcpy --extra-arg=-Umemset 2>/dev/null || exit 1
echo "$(echo "$files" | wc -l) files keep what RSD_REALTIME promises"
