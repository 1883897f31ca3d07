#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_quotes.sh ROOT: each line of C that README.md and the public headers show stands so in a program of examples/
# (blanks at its start aside), and no example is longer than 60 lines.
set -euo pipefail
cd "$1"
failed=0
sed 's/^[ \t]*//' examples/*.c >"${TMPDIR:-/tmp}/rsd-quotes-$$"
trap 'rm -f "${TMPDIR:-/tmp}/rsd-quotes-$$"' EXIT

# Lines of C that FILE shows: in README the blocks marked ```c, in a header the comment lines indented by three blanks
# or more after " *" that end as code does.
quoted() {
    case $1 in
    *.md) awk '/^```c$/ { on = 1; next } /^```/ { on = 0 } on' "$1" ;;
    *) sed -n 's/^ \*   *\(.*[;{}]\)$/\1/p' "$1" ;;
    esac | sed 's/^[ \t]*//; /^$/d; /^[{}]*$/d; /^["{]/d'
}
count=0
for file in README.md docs/*.md include/residuum/*.h; do
    [ -f "$file" ] || continue
    while IFS= read -r line; do
        count=$((count + 1))
        grep -qxF -- "$line" "${TMPDIR:-/tmp}/rsd-quotes-$$" && continue
        echo "$file shows a line that is in no example: $line"
        failed=1
    done < <(quoted "$file")
done
for file in examples/*.c; do
    lines=$(wc -l <"$file")
    [ "$lines" -lt 60 ] || { echo "$file has $lines lines, 59 is the limit"; failed=1; }
done
[ "$count" -gt 10 ] || { echo "only $count quoted lines were found"; failed=1; }
echo "$count quoted lines"
exit "$failed"
