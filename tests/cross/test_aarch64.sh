#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# test_aarch64.sh SOURCE CODEC_TRACE FOLDER LIBRARIES: builds the library for aarch64 in FOLDER and runs it under
# qemu-user: its kernels choose as plain arithmetic does, and the embedded codecs give the tokens and samples that they
# give here, and the same entropy-coded bytes. LIBRARIES: what fetch_arm64.sh left. 77: something that it takes is not here.
set -euo pipefail

source=$1 trace=$2 folder=$3 libraries=$4/root/usr/lib/aarch64-linux-gnu
skip() {
    echo "skipped: $*"
    exit 77
}
command -v aarch64-linux-gnu-gcc >/dev/null || skip "no aarch64-linux-gnu-gcc (gcc-aarch64-linux-gnu)"
command -v qemu-aarch64 >/dev/null || skip "no qemu-aarch64 (qemu-user)"
[[ -f $4/fetched ]] || skip "no arm64 libraries in $4 (tests/cross/fetch_arm64.sh, which ./dev test runs)"

export PKG_CONFIG_LIBDIR=$libraries/pkgconfig PKG_CONFIG_SYSROOT_DIR=$4/root
mkdir -p "$folder"
cd "$folder"
cmake -G Ninja -S "$source" -B build -DCMAKE_TOOLCHAIN_FILE="$source/cmake/aarch64-linux-gnu.cmake" \
    -DRSD_BUILD_APP=OFF -DRSD_BUILD_BENCH=OFF >configure.log 2>&1 || { cat configure.log; exit 1; }
cmake --build build --parallel 2 --target codec_trace --target kernel_check >build.log 2>&1 || { cat build.log; exit 1; }

emulated() { qemu-aarch64 -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH="$libraries" "$@"; }
emulated build/tests/cross/kernel_check
in_use=$(emulated build/tests/cross/codec_trace --kernels | head -n 1)
[[ $in_use == neon ]] || { echo "aarch64 uses $in_use, not neon"; exit 1; }
for model in live-64 live-128 live-256 lyra-v2 "$source/tests/codec/golden/encodec_tiny"; do
    name=$(basename "$model")
    "$trace" "$model" "$name-here"
    emulated build/tests/cross/codec_trace "$model" "$name-aarch64"
    for part in tokens samples coded; do
        test -s "$name-here.$part"
        cmp "$name-here.$part" "$name-aarch64.$part"
    done
    echo "$name: the same tokens, samples and coded bytes on aarch64"
done
