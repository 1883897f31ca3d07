#!/bin/sh
# SPDX-License-Identifier: MIT
# check_clang.sh BUILD CLANG: every C file of BUILD, with the flags that it is built with, gives CLANG nothing to warn of.
# Reads compile_commands.json; nothing is written. 77: there is no such clang here.
set -eu
build=$(cd "$1" && pwd) clang=$2
command -v "$clang" >/dev/null || { echo "$clang is not installed"; exit 77; }
database=$build/compile_commands.json
[ -f "$database" ] || { echo "no $database: configure first"; exit 1; }

# One command a line, as a shell reads it: no longer in JSON's quotes, without its compiler and its output file.
commands() {
    sed -n 's/^ *"command": "\(.*\)",\{0,1\}$/\1/p' "$database" | sed -e 's/\\\(.\)/\1/g' |
        sed -n -e '/\.c$/!d' -e 's/^\([^ ]*ccache \)\{0,1\}[^ ]* //' -e 's/ -o [^ ]* -c / /p' | sort -u
}

count=$(commands | wc -l)
[ "$count" -gt 0 ] || { echo "no C file in $database: nothing was checked"; exit 1; }
export clang
cd "$build"
# shellcheck disable=SC2016 # for the inner shell
commands | tr '\n' '\0' | xargs -0 -P "${JOBS:-$(nproc)}" -n 1 sh -c \
    'eval "\"\$clang\" -fsyntax-only -Wall -Wextra -Werror -fno-caret-diagnostics $1"' sh || {
    echo "$clang warns"
    exit 1
}
echo "$count compilations are clean for $clang"
