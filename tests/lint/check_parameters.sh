#!/bin/sh
# SPDX-License-Identifier: MIT
# check_parameters.sh ROOT: no function of src/ and plugin/ has more than six parameters; what belongs together is a
# struct. Reads definitions as .clang-format lays them out: a signature begins in the first column, its body's brace too.
set -eu
. "$(dirname "$0")/sources.sh"

# shellcheck disable=SC2086 # one word a file: no name here has a blank
awk '
# How many parameters `text` has from its first open parenthesis on: commas outside of inner parentheses, and one.
function parameters(text,    depth, i, c, count) {
    count = 1
    for (i = index(text, "("); i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "(") depth++
        if (c == ")" && --depth == 0) return count
        if (c == "," && depth == 1) count++
    }
    return count
}
function close_signature(    name, count) {
    count = parameters(signature)
    if (count > 6) {
        name = signature
        sub(/[(].*/, "", name)
        sub(/.*[ *]/, "", name)
        printf "%s:%d: %s has %d parameters, 6 is the limit\n", FILENAME, start, name, count
        bad = 1
    }
    checked++
    signature = ""
}
FNR == 1 { signature = "" }
/^[A-Za-z_].*[(]/ && !/^(typedef|else|return|case|default)/ && !/;[ \t]*$/ { signature = ""; start = FNR }
/^[A-Za-z_].*[(]/ && !/^(typedef|else|return|case|default)/ && !/;[ \t]*$/, /[{;][ \t]*$|^[{]|[}][ \t]*$/ { signature = signature " " $0 }
signature != "" && /;[ \t]*$/ && !/[{]/ { signature = "" }
signature != "" && /[{]/ { close_signature() }
END {
    if (!checked) { print "no function was found"; exit 1 }
    print checked " functions"
    exit bad
}
' $files
