#!/bin/sh
# SPDX-License-Identifier: MIT
# test_add_parameter.sh SOURCE FOLDER CMAKE GENERATOR COMPILER COMMAND: a parameter is added in one line of rsd_params.def.
# In a copy of the source three rows are added, and nothing else; everything that lists parameters then has them, and
# sounds as COMMAND does, which was built without. Rows that are wrong do not compile. The copy is kept in FOLDER, so that
# only what has changed since is compiled again.
set -u
source=$1 folder=$2 cmake=$3 generator=$4 compiler=$5 command=$6
copy=$folder/source build=$folder/build
export XDG_CONFIG_HOME="$folder/config"
failures=0

# holds SENTENCE COMMAND...: the command succeeds; lacks: it does not.
holds() {
    sentence=$1
    shift
    if "$@" >"$folder/out" 2>&1; then
        echo "  holds: $sentence"
    else
        echo "FAILS: $sentence"
        tail -n 20 "$folder/out"
        failures=$((failures + 1))
    fi
}
lacks() {
    sentence=$1
    shift
    if "$@" >"$folder/out" 2>&1; then
        echo "FAILS: $sentence"
        failures=$((failures + 1))
    else
        echo "  holds: $sentence"
    fi
}

# ---- rows that do not compile ----

# add_row ROW FROM TO: the table FROM with one row behind the last.
add_row() { awk -v row="$1" '/^#undef RSD_PARAM$/ { print row } { print }' "$2" >"$3"; }
table=include/residuum/rsd_params.def
mkdir -p "$folder/bad/residuum"
compiles() {
    add_row "$1" "$source/$table" "$folder/bad/residuum/rsd_params.def"
    "$compiler" -std=c11 -Wall -Wextra -Werror -fsyntax-only -I"$folder/bad" -I"$source/include" -I"$source/src" \
        "$source/src/engine/params.c"
}
first='NONE, 0, 1, 0.5, LINEAR, VALUE, 20, MIXER, 1, "Added"'
holds "a row compiles" compiles "RSD_PARAM(60, ADDED, added, (added), \"Added\", $first)"
lacks "an id that is taken does not compile" compiles "RSD_PARAM(6, ADDED, added, (added), \"Added\", $first)"
lacks "an id out of range does not compile" compiles "RSD_PARAM(64, ADDED, added, (added), \"Added\", $first)"
lacks "a symbol that is taken does not compile" compiles "RSD_PARAM(60, ADDED, mix, (added), \"Added\", $first)"
lacks "a path that is taken does not compile" compiles "RSD_PARAM(60, ADDED, added, (level, N, gain), \"Added\", $first)"
lacks "a row without a group does not compile" compiles \
    'RSD_PARAM(60, ADDED, added, (added), "Added", NONE, 0, 1, 0.5, LINEAR, VALUE, 20, 1, "Added")'
lacks "a group that there is not does not compile" compiles \
    'RSD_PARAM(60, ADDED, added, (added), "Added", NONE, 0, 1, 0.5, LINEAR, VALUE, 20, ADDED, 1, "Added")'
lacks "a row without a ramp does not compile" compiles \
    'RSD_PARAM(60, ADDED, added, (added), "Added", NONE, 0, 1, 0.5, LINEAR, 20, MIXER, 1, "Added")'
lacks "a ramp without a time does not compile" compiles \
    'RSD_PARAM(60, ADDED, added, (added), "Added", NONE, 0, 1, 0.5, LINEAR, VALUE, 0, MIXER, 1, "Added")'

# ---- three rows more ----

rm -rf "$copy"
mkdir -p "$copy"
(cd "$source" && tar cf - --exclude=./build --exclude=./.git --exclude=./shared .) | (cd "$copy" && tar xf -)
add_row "RSD_PARAM(60, ADDED, added, (added), \"Added\", $first)" "$source/$table" "$folder/one.def"
add_row 'RSD_PARAM(61, WIDE, wide, (added, wide), "Wide", NONE, 0, 1, 0, LINEAR, FRAME, 0, CODEC, 2, "Wide")' \
    "$folder/one.def" "$folder/two.def"
add_row 'RSD_PARAM(62, LEVEL_ADDED, level_added, (level, N, added), "Level added", NONE, 0, 2, 1, PER_LEVEL_LINEAR, FRAME,
          0, LEVEL_GAINS, 1, "Added")' "$folder/two.def" "$copy/$table"
touch -r "$source/$table" "$copy/$table" # not newer than what was built from it
holds "the copy is configured" "$cmake" -S "$copy" -B "$build" -G "$generator" -DCMAKE_C_COMPILER="$compiler" \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O1 -DRSD_BUILD_EXAMPLES=OFF -DRSD_BUILD_BENCH=OFF
targets="rsd_command test_engine_params test_engine_preset test_osc_params"
plugins="rsd_clap clap_list test_plug test_clap"
[ -d "$build/plugin/lv2" ] && plugins="$plugins rsd_lv2_turtle"
# shellcheck disable=SC2086 # words
holds "the copy is built" "$cmake" --build "$build" -j2 --target $targets $plugins
residuum=$build/src/app/residuum

for test in engine/test_engine_params engine/test_engine_preset host/test_osc_params plugin/test_plug plugin/test_clap; do
    holds "$test passes with the rows" "$build/tests/$test"
done
"$residuum" params >"$folder/params"
holds "residuum params has the scalar and its path" grep -q '^added  *\/residuum\/added  *0\.\.1  *0\.5 ' "$folder/params"
holds "residuum params has the row of two parts" grep -q '^wide  *\/residuum\/added\/wide ' "$folder/params"
holds "residuum params has the levels' row" grep -q '^level_added\[N\]  *\/residuum\/level\/N\/added ' "$folder/params"
"$command" params | sort >"$folder/before"
sort "$folder/params" >"$folder/after"
holds "the other rows are as they were" sh -c "[ \"\$(comm -13 '$folder/before' '$folder/after' | wc -l)\" -eq 3 ] &&
    [ -z \"\$(comm -23 '$folder/before' '$folder/after')\" ]"

# preset and automation by the new symbols; what nobody reads changes no sample
printf '{ "name": "new", "description": "new rows", "parameters": { "added": 0.25, "level_added": { "2": 0.5 } } }\n' >"$folder/new.json"
demo=$source/src/app/demo/demo.flac
holds "a preset takes the new rows" "$residuum" process "$demo" "$folder/new.wav" --preset "$folder/new.json" --quiet
holds "--set takes them" "$residuum" process "$demo" "$folder/set.wav" --set added=1 --set "level_added[3]=0" --quiet
"$command" process "$demo" "$folder/old.wav" --quiet
holds "nothing sounds different" cmp "$folder/old.wav" "$folder/new.wav"
holds "nor with other values" cmp "$folder/old.wav" "$folder/set.wav"
lacks "a value out of the new row's range is refused" "$residuum" process "$demo" "$folder/x.wav" --set added=2

# plugins
"$build/tests/plugin/clap_list" "$build/plugin/clap/residuum.clap" >"$folder/clap"
holds "CLAP has the scalar, in its group" grep -q "^stereo 60 'Added' in 'Mixer' 0..1 (0.5)" "$folder/clap"
holds "CLAP has the levels' row" grep -q "'Level 2 added' in 'Level gains' 0..2 (1)" "$folder/clap"
holds "CLAP has the row for two channels in stereo" grep -q "^stereo 61 'Wide' in 'Codec'" "$folder/clap"
holds "CLAP has the scalar in mono" grep -q "^mono 60 'Added'" "$folder/clap"
lacks "CLAP leaves the row for two channels out in mono" grep -q "^mono 61" "$folder/clap"
holds "a saved state has all three" sh -c "grep '^state' '$folder/clap' | grep '\"added\":0.5' | grep '\"wide\":0' |
    grep -q '\"level_added\":\['"
ttl=$build/plugin/lv2/bundle/residuum.lv2/residuum.ttl
if [ -d "$build/plugin/lv2" ]; then
    holds "LV2 has the scalar in both plugins" [ "$(grep -c 'lv2:symbol "added"' "$ttl")" -eq 2 ]
    holds "LV2 has the levels' row" [ "$(grep -c 'lv2:symbol "level_added_3"' "$ttl")" -eq 2 ]
    holds "LV2 has the row for two channels in the stereo plugin alone" [ "$(grep -c 'lv2:symbol "wide"' "$ttl")" -eq 1 ]
    holds "LV2's presets have the scalar" grep -q 'lv2:symbol "added"' "$(dirname "$ttl")/presets.ttl"
fi
[ "$failures" -eq 0 ] || exit 1
