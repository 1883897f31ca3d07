#!/bin/sh
# SPDX-License-Identifier: MIT
# check_cxx.sh ROOT: every public header, alone, and every example is C++17 without a warning.
set -eu
cd "$1"
cxx=$(command -v c++ || command -v g++ || command -v clang++) || {
    echo "no C++ compiler on this machine: skipped"
    exit 77
}
flags='-x c++ -std=c++17 -fsyntax-only -Wall -Wextra -Wno-missing-field-initializers -Werror -Iinclude'
for header in include/residuum/*.h; do
    # shellcheck disable=SC2086 # flags are words
    echo "#include <residuum/$(basename "$header")>" | "$cxx" $flags -
    # A name that C++ changes is found by no linker: what a header declares stands between one pair.
    if grep -q '^RSD_API' "$header"; then
        awk '/^extern "C" [{]/ { on = 1; pairs++ } /^RSD_API/ && !on { bad = 1 } END { exit bad || pairs != 1 }' \
            "$header" || { echo "$header: not one pair of extern \"C\" around what it declares"; exit 1; }
    fi
done
# shellcheck disable=SC2086
"$cxx" $flags examples/*.c
echo "$(find include/residuum examples -name '*.[ch]' | wc -l) files are C++17"
