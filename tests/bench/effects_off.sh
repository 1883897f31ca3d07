#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# effects_off.sh PROGRAM: what the effects cost while all of them are off, as a share of the chain of live-128. callgrind
# counts the instructions of 400 hops, and of those functions in it that are there for effects, level match or auto gain.
set -euo pipefail

program=$1
functions='apply_effects engine_feedback_add engine_feedback_keep guard_instance engine_level_match_begin
    engine_level_match_apply engine_level_match_end engine_level_match_left engine_level_match_is_guarded
    engine_level_match_switch engine_recent_input_peak band_filter_is_off'
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT

# Each with what it calls. Where one of the list calls another, that one counts twice: the share is an upper bound.
share() {
    valgrind --tool=callgrind --callgrind-out-file="$counts" "$program" --only "$1" 400 >/dev/null 2>&1
    callgrind_annotate --inclusive=yes --threshold=100 "$counts" | awk -v name="$1" -v wanted="$functions" '
        BEGIN { split(wanted, names); for (i in names) is_wanted[names[i]] = 1 }
        match($0, /:[a-z_0-9]+ \[/) {
            function_name = substr($0, RSTART + 1, RLENGTH - 3)
            gsub(",", "", $1)
            if (function_name == "rsd_engine_process") chain = $1
            if (function_name in is_wanted) { effects += $1; found++ }
        }
        END {
            if (chain == 0 || found < 4) { print name ": not counted, the program has no such functions"; exit 1 }
            printf "%s: effects that are off are %.2f %% of the instructions\n", name, 100 * effects / chain
        }'
}

share 'chain live-128, all levels'
share 'chain live-128, level 1'
