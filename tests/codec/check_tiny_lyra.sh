#!/bin/sh
# SPDX-License-Identifier: MIT
# check_tiny_lyra.sh PYTHON MAKE_TINY_LYRA FOLDER: every .tflite file of FOLDER is what the script writes, to the byte.
set -eu
made=$(mktemp -d "${TMPDIR:-/tmp}/rsd-tiny-XXXXXX")
trap 'rm -rf "$made"' EXIT
"$1" "$2" "$made"
count=0
for file in "$made"/*.tflite "$3"/*.tflite; do
    cmp "$made/$(basename "$file")" "$3/$(basename "$file")"
    count=$((count + 1))
done
[ "$count" -eq 6 ] || { echo "$count files, three are made and three are kept"; exit 1; }
