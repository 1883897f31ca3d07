#!/bin/sh
# SPDX-License-Identifier: MIT
# The command as it is built without librsvg: --plot draws SVG and refuses PNG. $1 is that command.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/check.sh"

"$sound" make in.wav 48000 1 24000 7 pcm_16
echo old >old.png
for name in new.png old.png new.PNG; do
    exits 1 "analyze refuses $name" "$residuum" analyze in.wav -l 1 --plot $name
    says "'$name': PNG is not in this build.*librsvg2-dev.*[.]svg" "with the package that it lacks"
    is "in one line" "$(wc -l <err)" "==" 1
    is "before it measures" "$(wc -c <out)" "==" 0
    exits 1 "so does patterns" "$residuum" patterns delay --levels 4 -q --plot $name
    exits 1 "and patterns --measure" "$residuum" patterns --measure in.wav --levels 2 -q --plot $name
done
is "none is there then" "$(find . -name 'new*' | wc -l)" "==" 0
is "and what was there is" "$(grep -c '^old$' old.png)" "==" 1
check "SVG is drawn" "$residuum" patterns delay --levels 4 -q --plot new.svg
finish
