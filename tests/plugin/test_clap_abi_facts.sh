#!/bin/sh
# SPDX-License-Identifier: MIT
# test_clap_abi_facts.sh FACTS HEADER...: clap_facts.def has every type, member and identifier of our CLAP headers, and
# nothing else, so that the comparison with the published headers leaves nothing out.
set -eu
facts=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# A member a line, a comment within a line: as clang-format leaves these headers.
awk '
{ sub(/\/\*.*\*\//, "") }
/^#define CLAP_/ {
    if ($2 !~ /_H$/ && $2 !~ /^CLAP_(EXPORT|VERSION_MINOR|VERSION_REVISION|VERSION_INIT)$/) print $2
}
/^(typedef )?struct clap_[a-z0-9_]+ [{]/ {
    type = $1 == "typedef" ? $3 : $2
    type = type "_t"
    print type
    next
}
/^typedef u?int[0-9]+_t / { sub(/;.*/, "", $3); print $3 }
/^[}]/ { type = "" }
type != "" && match($0, /[(][*][a-z0-9_]+[)][(]/) { print type "." substr($0, RSTART + 2, RLENGTH - 4); next }
type != "" && !/[()]/ && match($0, /[a-z0-9_]+(\[[A-Z0-9a-z_]+\])?;/) {
    member = substr($0, RSTART, RLENGTH)
    sub(/[\[;].*/, "", member)
    print type "." member
}' "$@" | sort >"$folder/headers"
sed -n -e 's/^CLAP_FIELD(\(.*\), \(.*\))$/\1.\2/p' -e 's/^CLAP_[TN][A-Z]*(\(.*\))$/\1/p' "$facts" | sort >"$folder/facts"
if ! diff "$folder/headers" "$folder/facts"; then
    echo "< is only in the headers, > only in $facts"
    exit 1
fi
echo "$(wc -l <"$folder/facts") facts"
[ -s "$folder/facts" ]
