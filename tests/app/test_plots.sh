#!/bin/sh
# SPDX-License-Identifier: MIT
# --plot F.png: each command's picture as PNG, twice the size of its SVG, and nothing lost where it cannot be written.
# shellcheck disable=SC2016,SC2317 # expanded by the inner shell; functions are called through check
here=$(cd "$(dirname "$0")" && pwd)
. "$here/check.sh"

if ! "$residuum" patterns delay --levels 2 -q --plot trial.png 2>err && grep -q 'PNG is not in this build' err; then
    echo "PNG is not in this build"
    exit 77
fi
number() { od -An -tu1 -j "$2" -N 4 "$1" | awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4 }'; }
attribute() { sed -n "s/^<svg.* $2=\"\\([0-9]*\\)\".*/\\1/p" "$1"; }
bytes() { od -An -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'; }
# ---- librsvg is loaded when a PNG is asked for, and not before
check "its libraries are listed" readelf -d "$residuum"
cp out needed
exits 1 "librsvg and cairo are not linked" grep -E 'NEEDED.*(rsvg|cairo)' needed
mkdir broken
: >broken/librsvg-2.so.2
without() { LD_LIBRARY_PATH=$folder/broken "$residuum" patterns delay --levels 4 -q --plot "$1"; }
exits 1 "without librsvg PNG is refused" without lost.png
says "'lost.png': PNG needs librsvg, which is not on this machine (Debian: librsvg2-2); take a name in [.]svg" "by what is missing"
check "and SVG is drawn" without kept.svg
rm -f trial.png kept.svg

# drawn NAME COLOUR...: NAME.png is NAME.svg at twice its size, and has those colours of it.
drawn() {
    name=$1 width=$((2 * $(attribute "$1.svg" width))) height=$((2 * $(attribute "$1.svg" height)))
    shift
    is "$name: it has the signature of PNG" "$([ "$(bytes "$name.png" 0 8)" = 89504e470d0a1a0a ]; echo $?)" "==" 0
    is "$name: it is twice as wide as the SVG" "$(number "$name.png" 16)" "==" $width
    is "$name: and twice as high" "$(number "$name.png" 20)" "==" $height
    command -v python3 >/dev/null || return
    check "$name: it is whole and not blank" python3 "$here/check_png.py" "$name.png" $width $height "$@"
}

"$sound" make in.wav 48000 1 24000 7 pcm_16
for kind in svg png; do
    check "analyze draws $kind" "$residuum" analyze in.wav --levels 1,4 -q --plot analyze.$kind
    check "patterns draws $kind" "$residuum" patterns delay flatten --levels 4 -q --plot patterns.$kind
    check "patterns --measure draws $kind" "$residuum" patterns --measure in.wav --levels 2 -q --plot measure.$kind
done
drawn analyze
drawn patterns cfe3f3 93c0e2 4f97cb 0072b2
drawn measure 0072b2
check "the ending may be in capitals" "$residuum" patterns delay --levels 4 -q --plot large.PNG
is "and is PNG then" "$([ "$(bytes large.PNG 1 3)" = 504e47 ]; echo $?)" "==" 0

# ---- nothing is lost
cp patterns.png keep.png
check "a PNG is written over" "$residuum" patterns delay flatten --levels 4 -q --plot patterns.png
check "with the same bytes" cmp patterns.png keep.png
exits 1 "a disk that is full is a failure" sh -c 'ulimit -f 1; exec "$0" patterns flatten --levels 8 -q --plot patterns.png' "$residuum"
says "cannot write .*patterns.png'" "and told"
is "in one line" "$(wc -l <err)" "==" 1
check "the old picture is there" cmp patterns.png keep.png
exits 1 "more pixels than a PNG can have are a failure" "$residuum" patterns delay=0,2000 --levels 2 -q --plot patterns.png
says "cannot write 'patterns.png': .*pixels" "and told"
is "in one line" "$(wc -l <err)" "==" 1
check "the old picture is there" cmp patterns.png keep.png
cp in.wav sound.png
cp patterns.svg drawing.png
cp patterns.png picture.svg
for name in sound.png drawing.png picture.svg; do
    exits 2 "$name is not written over" "$residuum" patterns delay --levels 4 -q --plot $name
    says "'$name' is there and is no ... picture" "and it is said why"
done
check "the sound is as it was" cmp in.wav sound.png
exits 1 "a folder that is not there is a failure" "$residuum" patterns delay --levels 4 -q --plot none/a.png
if [ -e /dev/full ]; then
    ln -s /dev/full full.png
    exits 1 "a device that is full is a failure" "$residuum" patterns delay --levels 4 -q --plot full.png
    says "cannot write .*full" "and told"
    is "in one line" "$(wc -l <err)" "==" 1
fi
check "no unfinished file is left" sh -c '! ls | grep "[.]part$"'
finish
