#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_reproducible.sh SOURCE BUILD GENERATOR: the library, the command and the plugins that BUILD has, built once more
# from a copy of SOURCE in a folder of another name and length, with another umask, language and time zone, and, where root runs this, by another
# user, are the same to the byte as those of BUILD. ccache is off: all of it is compiled.
# 77: BUILD has no command, or is a Debug build, whose debugger wants to know where the sources lie.
set -euo pipefail

source=$(cd "$1" && pwd) build=$(cd "$2" && pwd)
[[ -x $build/src/app/residuum ]] || { echo "no command in $build: skipped"; exit 77; }
if grep -q '^CMAKE_BUILD_TYPE:.*=Debug$' "$build/CMakeCache.txt"; then echo "a Debug build: skipped"; exit 77; fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
copy="$folder/a folder of another name"
mkdir -p "$copy"
tar -C "$source" -c --exclude=./build --exclude=./.git --exclude=./tests . | tar -C "$copy" -x

# as_other COMMAND...: by nobody, where that can be; nothing of this user's environment but the path.
other=(env -i PATH="$PATH" HOME="$folder" LC_ALL=C.UTF-8 TZ=Asia/Tokyo CCACHE_DISABLE=1)
who="two folders"
if [[ $(id -u) -eq 0 ]] && command -v setpriv >/dev/null && id nobody >/dev/null 2>&1; then
    chmod 755 "$folder"
    chown -R nobody "$folder"
    other=(setpriv "--reuid=$(id -u nobody)" "--regid=$(id -g nobody)" --clear-groups "${other[@]}" USER=nobody)
    who="two folders and two users"
fi
as_other() { (umask 077 && "${other[@]}" "$@"); }

# The options that decide what is built, as BUILD has them.
options=()
while IFS= read -r line; do options+=("-D$line"); done < <(
    grep -E '^(CMAKE_BUILD_TYPE|CMAKE_C_FLAGS[A-Z_]*|CMAKE_C_COMPILER|CMAKE_(EXE|SHARED)_LINKER_FLAGS[A-Z_]*|RSD_WITH_[A-Z]*):' \
        "$build/CMakeCache.txt")
targets=(--target rsd_command --target residuum)
files=(src/app/residuum src/libresiduum.so src/libresiduum.a)
lv2=plugin/lv2/bundle/residuum.lv2
for plugin in rsd_clap:plugin/clap/residuum.clap rsd_pd:plugin/pd/residuum~.pd_linux rsd_lv2:$lv2/residuum.so \
    rsd_lv2_turtle:$lv2/manifest.ttl rsd_lv2_turtle:$lv2/residuum.ttl rsd_lv2_turtle:$lv2/presets.ttl; do
    [[ -e $build/${plugin#*:} ]] || continue
    targets+=(--target "${plugin%%:*}")
    files+=("${plugin#*:}")
done
as_other cmake -G "$3" -S "$copy" -B "$folder/b" "${options[@]}" -DCMAKE_C_COMPILER_LAUNCHER= -DRSD_BUILD_TESTS=OFF \
    -DRSD_BUILD_BENCH=OFF >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
as_other cmake --build "$folder/b" --parallel 2 "${targets[@]}" >"$folder/log" 2>&1 || {
    cat "$folder/log"
    exit 1
}

bad=0
for file in "${files[@]}"; do
    [[ -e $folder/b/$file ]] || { echo "$file was not built"; exit 1; }
    if ! cmp "$build/$file" "$folder/b/$file"; then bad=1; fi
done
[[ $bad -eq 0 ]] || exit 1
for file in "${files[@]}"; do
    if strings -a "$build/$file" | grep -F "$source"; then
        echo "$file holds a path of this machine"
        exit 1
    fi
done
echo "the same bytes of ${#files[@]} files from $who"
