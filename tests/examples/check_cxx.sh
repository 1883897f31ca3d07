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
done
# shellcheck disable=SC2086
"$cxx" $flags examples/*.c
echo "$(find include/residuum examples -name '*.[ch]' | wc -l) files are C++17"
