#!/bin/sh
# SPDX-License-Identifier: MIT
# check_generated.sh RESIDUUM ROOT: the pages docs/reference-*.md are what the command prints; the line that makes a page
# is shown where it is not.
set -eu
residuum=$1 root=$2
printed=$(mktemp)
trap 'rm -f "$printed" "$printed.svg"' EXIT
failed=0 pages=0

check() {
    page=docs/reference-$1.md
    shift
    pages=$((pages + 1))
    "$residuum" "$@" >"$printed"
    diff -u "$root/$page" "$printed" && return
    echo "$page is old: residuum $* >$page"
    failed=1
}

"$residuum" params --schema | cmp "$root/docs/preset.schema.json" - || {
    echo "docs/preset.schema.json is old: residuum params --schema >docs/preset.schema.json"
    failed=1
}
check parameters params --markdown parameters
check osc params --markdown osc
check midi params --markdown midi
check commands man --markdown
picture=docs/pictures/patterns.svg
# By the very command that the page says.
made_by=$(sed -n 's/^residuum \(patterns .*\) --plot patterns\.svg$/\1/p' "$root/docs/patterns.md")
# shellcheck disable=SC2086 # words
"$residuum" $made_by --plot "$printed.svg" -q
cmp "$root/$picture" "$printed.svg" || { echo "$picture is old"; failed=1; }
there=$(find "$root/docs" -name 'reference-*.md' | wc -l)
[ "$there" -eq "$pages" ] || { echo "docs/ has $there reference pages, and $pages are made here"; failed=1; }
exit "$failed"
