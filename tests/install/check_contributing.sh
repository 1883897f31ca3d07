#!/bin/sh
# SPDX-License-Identifier: MIT
# check_contributing.sh SOURCE FOLDER CMAKE GENERATOR COMPILER COMMAND: follows the checklists of docs/contributing.md in
# a copy of the source: three parameters, a codec, an OSC address, a plugin format and a test sound are added there, with
# the edits that the page names and no others. All that lists such things then has them, and nothing else is different
# from COMMAND, which was built without. The copy is kept in FOLDER, so that only what has changed is compiled again.
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
holds "a row compiles" compiles "RSD_PARAM(125, ADDED, added, (added), \"Added\", $first)"
lacks "an id that is taken does not compile" compiles "RSD_PARAM(6, ADDED, added, (added), \"Added\", $first)"
lacks "an id out of range does not compile" compiles "RSD_PARAM(128, ADDED, added, (added), \"Added\", $first)"
lacks "a symbol that is taken does not compile" compiles "RSD_PARAM(125, ADDED, mix, (added), \"Added\", $first)"
lacks "a path that is taken does not compile" compiles "RSD_PARAM(125, ADDED, added, (level, N, gain), \"Added\", $first)"
lacks "a row without a group does not compile" compiles \
    'RSD_PARAM(125, ADDED, added, (added), "Added", NONE, 0, 1, 0.5, LINEAR, VALUE, 20, 1, "Added")'
lacks "a group that there is not does not compile" compiles \
    'RSD_PARAM(125, ADDED, added, (added), "Added", NONE, 0, 1, 0.5, LINEAR, VALUE, 20, ADDED, 1, "Added")'
lacks "a row without a ramp does not compile" compiles \
    'RSD_PARAM(125, ADDED, added, (added), "Added", NONE, 0, 1, 0.5, LINEAR, 20, MIXER, 1, "Added")'
lacks "a ramp without a time does not compile" compiles \
    'RSD_PARAM(125, ADDED, added, (added), "Added", NONE, 0, 1, 0.5, LINEAR, VALUE, 0, MIXER, 1, "Added")'

# ---- three rows more ----

rm -rf "$copy"
mkdir -p "$copy"
(cd "$source" && tar cf - --exclude=./build --exclude=./.git --exclude=./shared .) | (cd "$copy" && tar xf -)
add_row "RSD_PARAM(125, ADDED, added, (added), \"Added\", $first)" "$source/$table" "$folder/one.def"
add_row 'RSD_PARAM(126, WIDE, wide, (added, wide), "Wide", NONE, 0, 1, 0, LINEAR, FRAME, 0, CODEC, 2, "Wide")' \
    "$folder/one.def" "$folder/two.def"
add_row 'RSD_PARAM(127, LEVEL_ADDED, level_added, (level, N, added), "Level added", NONE, 0, 2, 1, PER_LEVEL_LINEAR, FRAME,
          0, LEVEL_GAINS, 1, "Added")' "$folder/two.def" "$copy/$table"

# insert PATTERN LINE FILE: LINE before the first line of the copy's FILE that PATTERN matches.
insert() {
    awk -v pattern="$1" -v line="$2" '!done && $0 ~ pattern { print line; done = 1 } { print } END { exit !done }' \
        "$source/$3" >"$copy/$3" || { echo "FAILS: nothing in $3 is as docs/contributing.md has it"; failures=1; }
}

# ---- a codec: a folder, its name in three places of one file, its sources in CMakeLists.txt ----
mkdir -p "$copy/src/codec/twin"
cat >"$copy/src/codec/twin/codec_setup.c" <<'TEXT'
// SPDX-License-Identifier: MIT
#include "codec/codec_internal.h"

static bool recognises(const char *path) { return path[0] == '@'; }
static rsd_status open_model(const char *path, const void *data, size_t bytes, rsd_model **model, rsd_error *error)
{
    return codec_live.open(path, data, bytes, model, error);
}
const codec_class codec_twin = {.path_words = "an @ of the twin", .recognises = recognises, .open = open_model};
TEXT
insert '^extern const codec_class codec_live' 'extern const codec_class codec_twin;' src/codec/codec_internal.h
insert '^             live/allocation.c' '             twin/codec_setup.c' src/codec/CMakeLists.txt
awk '/^static const codec_class .*CLASSES/ { sub(/\};/, ", \\&codec_twin};") }
     /BUILTINS\[\] = \{/ { inside = 1 }
     inside && /^};/ { print "    {\"live-twin\", NULL, \"live-64 again\", \"live-64.safetensors\", &codec_twin},"; inside = 0 }
     { print }' "$source/src/codec/codec_setup.c" >"$copy/src/codec/codec_setup.c"

# ---- an OSC address: a row of the table ----
insert '^OSC_REQUEST[(]host_osc_confirm' 'OSC_REQUEST(host_osc_cancel, "/twin", "", "", "The same")' src/host/osc/addresses.def

# ---- a plugin format: a folder and its name ----
mkdir -p "$copy/plugin/twin"
echo 'rsd_add_plugin(rsd_twin SOURCES twin.c SYMBOLS twin_count)' >"$copy/plugin/twin/CMakeLists.txt"
cat >"$copy/plugin/twin/twin.c" <<'TEXT'
// SPDX-License-Identifier: MIT
#include "plug.h"

__attribute__((visibility("default"))) uint32_t twin_count(void);
uint32_t twin_count(void) { return plug_param_count(); }
TEXT
sed 's/^foreach(format lv2 clap pd/& twin/' "$source/plugin/CMakeLists.txt" >"$copy/plugin/CMakeLists.txt"

# ---- a test sound: a function of signals.h, a command of sound_tool ----
insert '^#endif' 'static inline void test_fill_ones(float *x, uint32_t count) { while (count > 0u) x[--count] = 1.0f; }' \
    tests/support/signals.h
insert '^Test[(]params, switches' 'Test(params, a_new_sound_is_as_it_says)
{
    float x[2] = {0.0f, 0.0f};
    test_fill_ones(x, 2u);
    cr_assert(x[0] == 1.0f && x[1] == 1.0f);
}' tests/engine/test_params.c
awk '/^int main/ { print "static double ones_sample(double t, int channel) { return t < 0.0 ? 0.0 : 1.0 + 0.0 * channel; }" }
     { print }
     /^    atexit/ { print "    if (argc == 2 && strcmp(argv[1], \"ones\") == 0) return ones_sample(0.0, 0) != 1.0;" }' \
    "$source/tests/app/sound_tool.c" >"$copy/tests/app/sound_tool.c"

# As old as their source or this script, whichever is newer: what was built from them then holds.
for file in "$table" src/codec/codec_internal.h src/codec/CMakeLists.txt src/codec/codec_setup.c src/host/osc/addresses.def \
    plugin/CMakeLists.txt tests/support/signals.h tests/app/sound_tool.c tests/engine/test_params.c \
    src/codec/twin/codec_setup.c plugin/twin/CMakeLists.txt plugin/twin/twin.c; do
    model=$0
    if [ -e "$source/$file" ] && [ -n "$(find "$source/$file" -newer "$0")" ]; then model=$source/$file; fi
    touch -r "$model" "$copy/$file"
done
holds "the copy is configured" "$cmake" -S "$copy" -B "$build" -G "$generator" -DCMAKE_C_COMPILER="$compiler" \
    -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O1 -DRSD_BUILD_EXAMPLES=OFF -DRSD_BUILD_BENCH=OFF
targets="rsd_command test_engine_params test_engine_preset test_osc_params osc_list sound_tool"
plugins="rsd_clap clap_list rsd_twin test_plug test_clap"
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
"$residuum" params --markdown parameters >"$folder/page"
holds "the page of parameters has all three" [ "$(grep -c '^| `\(added\|wide\|level_added.N.\)`' "$folder/page")" -eq 3 ]
holds "the other rows are as they were" sh -c "[ \"\$(comm -13 '$folder/before' '$folder/after' | wc -l)\" -eq 3 ] &&
    [ -z \"\$(comm -23 '$folder/before' '$folder/after')\" ]"

# preset and automation by the new symbols; what nobody reads changes no sample
echo '{ "name": "new", "description": "new rows", "parameters": { "added": 0.25, "level_added": { "2": 0.5 } } }' \
    >"$folder/new.json"
demo=$source/src/app/demo/demo.flac
holds "a preset takes the new rows" "$residuum" process "$demo" "$folder/new.wav" --preset "$folder/new.json" --quiet
holds "--set takes them" "$residuum" process "$demo" "$folder/set.wav" --set added=1 --set "level_added[3]=0" --quiet
"$command" process "$demo" "$folder/old.wav" --quiet
holds "nothing sounds different" cmp "$folder/old.wav" "$folder/new.wav"
holds "nor with other values" cmp "$folder/old.wav" "$folder/set.wav"
lacks "a value out of the new row's range is refused" "$residuum" process "$demo" "$folder/x.wav" --set added=2

# OSC
"$build/tests/host/osc_list" 2 >"$folder/osc_stereo"
"$build/tests/host/osc_list" 1 >"$folder/osc_mono"
holds "OSC has the scalar" grep -qx /residuum/added "$folder/osc_mono"
holds "OSC has an address for each level" grep -qx /residuum/level/64/added "$folder/osc_mono"
holds "OSC has the row for two channels in stereo" grep -qx /residuum/added/wide "$folder/osc_stereo"
lacks "OSC leaves it out in mono" grep -qx /residuum/added/wide "$folder/osc_mono"
holds "OSC has the address that is no parameter" grep -qx /residuum/twin "$folder/osc_mono"
"$residuum" params --markdown osc >"$folder/page"
holds "the page of addresses has it, too" grep -q /residuum/twin "$folder/page"
holds "no address is there twice" [ -z "$(sort "$folder/osc_stereo" | uniq -d)" ]

# codec
holds "residuum codecs has the codec" sh -c "'$residuum' codecs | grep -q live-twin"
holds "it plays as the one that it is made of" sh -c "'$residuum' process '$demo' '$folder/twin.wav' --codec live-twin --quiet &&
    '$command' process '$demo' '$folder/live.wav' --codec live-64 --quiet && cmp '$folder/twin.wav' '$folder/live.wav'"
lacks "a codec that there is not is refused" "$residuum" process "$demo" "$folder/x.wav" --codec no-such-codec
"$residuum" process "$demo" "$folder/x.wav" --codec no-such-codec 2>"$folder/advice"
holds "with the new name" grep -q live-twin "$folder/advice"
holds "and with the words of the new class" grep -q 'an @ of the twin' "$folder/advice"

# format and test sound
holds "the new format is built" [ -f "$build/plugin/twin/rsd_twin.so" ]
holds "the new test sound is there" "$build/tests/app/sound_tool" ones

# plugins
"$build/tests/plugin/clap_list" "$build/plugin/clap/residuum.clap" >"$folder/clap"
holds "CLAP has the scalar, in its group" grep -q "^stereo 125 'Added' in 'Mixer' 0..1 (0.5)" "$folder/clap"
holds "CLAP has the levels' row" grep -q "'Level 2 added' in 'Level gains' 0..2 (1)" "$folder/clap"
holds "CLAP has the row for two channels in stereo" grep -q "^stereo 126 'Wide' in 'Codec'" "$folder/clap"
holds "CLAP has the scalar in mono" grep -q "^mono 125 'Added'" "$folder/clap"
lacks "CLAP leaves the row for two channels out in mono" grep -q "^mono 126" "$folder/clap"
holds "a saved state has all three" sh -c "grep '^state' '$folder/clap' | grep '\"added\":0.5' | grep '\"wide\":0' |
    grep -q '\"level_added\":\['"
ttl=$build/plugin/lv2/bundle/residuum.lv2/residuum.ttl
if [ -d "$build/plugin/lv2" ]; then
    holds "LV2 has the codec among the others" grep -q 'rdfs:label "live-twin"' "$ttl"
    holds "LV2 has the scalar in both plugins" [ "$(grep -c 'lv2:symbol "added"' "$ttl")" -eq 2 ]
    holds "LV2 has the levels' row" [ "$(grep -c 'lv2:symbol "level_added_3"' "$ttl")" -eq 2 ]
    holds "LV2 has the row for two channels in the stereo plugin alone" [ "$(grep -c 'lv2:symbol "wide"' "$ttl")" -eq 1 ]
    holds "LV2's presets have the scalar" grep -q 'lv2:symbol "added"' "$(dirname "$ttl")/presets.ttl"
fi
[ "$failures" -eq 0 ] || exit 1
