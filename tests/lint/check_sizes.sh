#!/bin/sh
# SPDX-License-Identifier: MIT
# check_sizes.sh ROOT: no function of src/ over 60 lines (signature to closing brace) and no file over 500; files over
# 400 are listed. .clang-format puts a function's braces, and only those, in the first column.
set -eu
. "$(dirname "$0")/sources.sh"

# shellcheck disable=SC2086 # one word a file: no name here has a blank
awk '
function end_of_file() {
    if (lines > 500) { printf "%s: %d lines, 500 is the limit\n", last_file, lines; bad = 1 }
    else if (lines > 400) printf "%s: %d lines, 400 is wanted\n", last_file, lines
}
FNR == 1 {
    if (NR > 1) end_of_file()
    last_file = FILENAME
    start = 0
}
{ lines = FNR }
/^[A-Za-z_].*[(]/ && !/;[ \t]*$/ { signature = FNR; name = $0; sub(/[(].*/, "", name); sub(/.*[ *]/, "", name) }
/^[{]/ { start = signature }
/^[}]/ && start {
    if (FNR - start + 1 > 60) {
        printf "%s:%d: %s has %d lines, 60 is the limit\n", FILENAME, start, name, FNR - start + 1
        bad = 1
    }
    start = 0
}
END {
    end_of_file()
    exit bad
}
' $files
