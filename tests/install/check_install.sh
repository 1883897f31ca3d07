#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_install.sh BUILD CC: installs BUILD into a folder of its own, compiles a program against it by pkg-config alone,
# runs it, and looks at what the library links and exports.
set -euo pipefail

build=$1
cc=$2
here=$(cd "$(dirname "$0")" && pwd)
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

cmake --install "$build" --prefix "$prefix" >/dev/null
library=$(find "$prefix" -name libresiduum.so)
[ -n "$library" ] || fail "no libresiduum.so"
export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name residuum.pc)")

read -ra flags <<<"$(pkg-config --cflags --libs residuum)"
"$cc" -std=c11 -Wall -Werror -pedantic "$here/consumer.c" "${flags[@]}" -o "$prefix/consumer"
LD_LIBRARY_PATH=$(dirname "$library") "$prefix/consumer" >"$prefix/out" || fail "the program that links the library: $(cat "$prefix/out")"
grep -q '^256 ' "$prefix/out" || fail "latency is not 256: $(cat "$prefix/out")"

if objdump -p "$library" | grep NEEDED | grep -E 'portaudio|liblo|jack|asound|sndfile|ncurses|opus|rsvg|cairo|glib|fftw'; then
    fail "libresiduum links a library of the command"
fi
alien=$(nm -D --defined-only "$library" | awk '$3 !~ /^rsd_/ {print $3}')
[ -z "$alien" ] || fail "exported beside rsd_*: $alien"
# What the installed headers declare is what the library exports.
declared=$(cat "$(dirname "$(find "$prefix" -name rsd_status.h)")"/*.h | tr '\n' ' ' | sed 's/RSD_API/\n&/g' |
    sed -n 's/^RSD_API [^;(]*[ *]\(rsd_[a-z0-9_]*\)(.*/\1/p' | sort)
exported=$(nm -D --defined-only "$library" | awk '{print $3}' | sort)
[ "$declared" = "$exported" ] || fail "declared and exported differ: $(diff <(echo "$declared") <(echo "$exported"))"

# The manual that hosts lead to.
for module in lib/clap/residuum.clap lib/lv2/residuum.lv2/residuum.so; do
    [ ! -e "$prefix/$module" ] || [ -s "$prefix/share/doc/residuum-plugins/plugins.md" ] || fail "no manual for $module"
done
[ ! -d "$prefix/lib/lv2/residuum.lv2" ] || [ -s "$prefix/lib/lv2/residuum.lv2/plugins.md" ] || fail "no manual in the bundle"

if [ -x "$prefix/bin/residuum" ]; then
    [ -n "$(find "$prefix" -name 'residuum.1*')" ] || fail "no man page"
    "$prefix/bin/residuum" --version >/dev/null || fail "the installed command does not start"
fi
echo "installed, linked and run: $(cat "$prefix/out")"
