#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_configure.sh SOURCE CC: without a library, configuring stops and names its Debian package and the option that does
# without it; with that option it goes through. Without an optional library it goes on, and names package and what is left
# out. 77: no pkg-config here, or not all libraries.
set -euo pipefail

source=$1 cc=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
modules=(kissfft-float samplerate jansson portaudio-2.0 liblo sndfile ncursesw criterion)
command -v pkg-config >/dev/null || { echo "no pkg-config on this machine: skipped"; exit 77; }
for module in "${modules[@]}"; do
    pkg-config --exists "$module" || { echo "no $module on this machine: skipped"; exit 77; }
done

fail() {
    cat "$folder/log"
    echo "FAILED: $*"
    exit 1
}

# without MODULES: pkg-config finds every library of this machine but these.
without() {
    rm -rf "$folder/pc"
    mkdir "$folder/pc"
    local place missing
    for place in $(pkg-config --variable pc_path pkg-config | tr ':' ' '); do
        find "$place" -maxdepth 1 -name '*.pc' -exec ln -sf -t "$folder/pc" {} + 2>/dev/null || true
    done
    for missing in "$@"; do rm -f "$folder/pc/$missing.pc"; done
}

configure() {
    rm -f "$folder/build/CMakeCache.txt"
    PKG_CONFIG_LIBDIR=$folder/pc cmake -S "$source" -B "$folder/build" -DCMAKE_C_COMPILER="$cc" "$@" >"$folder/log" 2>&1
}

# stops MODULE PACKAGE [OPTION]: configuring does, and says so.
stops() {
    without "$1"
    if configure; then fail "configured without $1"; fi
    grep -q "pkg-config module $1): install $2\b" "$folder/log" || fail "without $1 it does not name $2"
    [[ $# -lt 3 ]] || grep -q -e "or configure with .*$3" "$folder/log" || fail "without $1 it does not name $3"
}

stops criterion libcriterion-dev -DRSD_BUILD_TESTS=OFF
stops ncursesw libncurses-dev -DRSD_WITH_SCREEN=OFF
stops portaudio-2.0 portaudio19-dev -DRSD_BUILD_APP=OFF
stops liblo liblo-dev '-DRSD_BUILD_APP=OFF -DRSD_BUILD_PLUGINS=OFF'
stops sndfile libsndfile1-dev '-DRSD_BUILD_APP=OFF -DRSD_BUILD_TESTS=OFF'
stops kissfft-float libkissfft-dev
stops samplerate libsamplerate0-dev
stops jansson libjansson-dev

without "${modules[@]}"
if configure; then fail "configured without any library"; fi
for module in "${modules[@]}"; do
    grep -q "pkg-config module $module)" "$folder/log" || fail "with none there, $module is not named"
done

# Debian's sndfile.pc names what libsndfile itself uses, Opus among it, and counts as missing without: not here.
sndfile_alone() {
    cp --remove-destination "$(readlink -f "$folder/pc/sndfile.pc")" "$folder/pc/sndfile.pc"
    sed -i '/^Requires.private:/d' "$folder/pc/sndfile.pc"
}

# said PACKAGE WORDS: the log names the package, and that what WORDS says is left out.
said() { grep -q "($1): .*$2.* left out" "$folder/log" || fail "it does not say that without $1 $2 is left out"; }
# not_said PACKAGE...
not_said() {
    local package
    for package in "$@"; do
        if grep -q "($package): " "$folder/log"; then fail "it names $package, which is there or not wanted"; fi
    done
}

# Without optional libraries configuring goes through and says what is left out, unless an option says that it is not
# wanted, or it is there.
optional=(libjack-jackd2-dev libopus-dev libavahi-client-dev librsvg2-dev lv2-dev liblilv-dev)
without jack opus avahi-client librsvg-2.0 lv2 lilv-0
sndfile_alone
configure || fail "configuring stops without libraries that are optional"
said libjack-jackd2-dev 'JACK backend'
said libopus-dev Opus
said libavahi-client-dev 'telling the network'
said librsvg2-dev PNG
said lv2-dev residuum.lv2
said liblilv-dev 'LV2 plugin'
configure -DRSD_WITH_JACK=OFF -DRSD_WITH_OPUS=OFF -DRSD_WITH_HTTP=OFF -DRSD_WITH_PNG=OFF -DRSD_BUILD_PLUGINS=OFF || fail "configuring stops with all options off"
not_said "${optional[@]}"
if pkg-config --exists jack opus avahi-client librsvg-2.0 lv2 lilv-0; then
    without
    configure || fail "configuring stops with all libraries there"
    not_said "${optional[@]}"
fi

without criterion ncursesw
configure -DRSD_BUILD_TESTS=OFF -DRSD_WITH_SCREEN=OFF || fail "the options for Criterion and ncurses do not help"
without criterion ncursesw portaudio-2.0 liblo sndfile
configure -DRSD_BUILD_TESTS=OFF -DRSD_BUILD_APP=OFF -DRSD_BUILD_PLUGINS=OFF || fail "the library alone wants more"
echo "every library that may be missing is named, with its package and its option or what it leaves out"
