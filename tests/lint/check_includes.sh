#!/bin/sh
# SPDX-License-Identifier: MIT
# check_includes.sh ROOT: a module includes only itself and modules below it, and the library modules no device library.
# Reads every #include of src/*/ and include/residuum/; prints each offence as file:line.
set -eu
root=$1
cd "$root"
files=$(find src include -type f \( -name '*.c' -o -name '*.h' -o -name '*.def' \) | sort)
if [ -z "$files" ]; then
    echo "no sources under $root: nothing was checked"
    exit 1
fi

# shellcheck disable=SC2086 # one word a file: no name here has a blank
awk '
BEGIN {
    split("base dsp rvq nn codec pattern entropy token engine host app", order, " ")
    for (i in order) rank[order[i]] = i + 0
    split("status=base version=base limits=base ring=base dsp=dsp rvq=rvq codec=codec train=codec pattern=pattern token=token token_stream=token " \
          "params=engine engine=engine engine_taps=engine preset=engine", pairs, " ")
    for (i in pairs) { split(pairs[i], pair, "="); header_module[pair[1]] = pair[2] }
    socket = "^(sys/socket|netinet/in|arpa/inet|netdb)[.]h$" # of OSC: src/host/osc/peer.c alone
    device = "^(portaudio|pa_[a-z_]*|sndfile|jack/.*|lo/.*|ncurses|curses|ncursesw/.*|alsa/.*|opus|opus/.*|librsvg/.*|cairo.*)[.]h$"
    bad = 0
}

# Module of a public header by its name, "" when the map above does not know it.
function module_of_header(path,    name) {
    name = path
    sub(/^.*rsd_/, "", name)
    sub(/[.](h|def)$/, "", name)
    return (name in header_module) ? header_module[name] : ""
}
function offence(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    bad = 1
}

FNR == 1 {
    own = ""
    if (FILENAME ~ /^src\//) { own = FILENAME; sub(/^src\//, "", own); sub(/\/.*/, "", own) }
    if (FILENAME ~ /^include\//) own = module_of_header(FILENAME)
    if (!(own in rank)) offence("of no known module: name it in tests/lint/check_includes.sh")
}
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
    path = $0
    sub(/^[^<"]*[<"]/, "", path)
    sub(/[>"].*/, "", path)
    to = ""
    if (path ~ /^residuum\//) {
        to = module_of_header(path)
        if (to == "") offence("<" path "> is in no known module: name it in tests/lint/check_includes.sh")
    } else if ($0 ~ /"/ && path ~ /\//) {
        to = path
        sub(/\/.*/, "", to)
        if (!(to in rank)) offence("\"" path "\" is of no known module")
    }
    if ((to in rank) && (own in rank) && rank[to] > rank[own]) offence(own " includes " path " of " to ", a module above it")
    if ((own in rank) && rank[own] <= rank["engine"] && path ~ device) offence("libresiduum includes " path)
    if (FILENAME ~ /^src\/host\/(osc|session)\// && FILENAME != "src/host/osc/peer.c" && path ~ socket)
        offence(path " belongs in src/host/osc/peer.c")
}
END { exit bad }
' $files || { echo "the modules, lowest first: base dsp rvq nn codec pattern entropy token engine host app"; exit 1; }
