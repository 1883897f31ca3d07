#!/bin/sh
# SPDX-License-Identifier: MIT
# check_structs.sh INCLUDE: rsd_version.h says of every struct that programs hold whether it may grow, and every call of the
# library that takes one that may gets its size, or finds it in the struct.
set -eu
include=$1
awk '
FNR == 1 { is_version = FILENAME ~ /rsd_version\.h$/; text = "" }
is_version && /How structs grow/ { list = 1 }
is_version && list { if (list == 1) grow = grow " " $0; known = known " " $0 }
is_version && /ends\./ { list = list ? 2 : 0 }
is_version && /\*\/$/ { list = 0 }
/^ ?\*|^\/\*|^#|^$/ { next }
/^\}$/ { text = ""; next } # of an inline function
/^typedef struct \{/ { text = "" }
{ text = text " " $0 }
/^\} rsd_[a-z_]+;/ {
    name = substr($2, 1, length($2) - 1)
    if (text ~ /typedef struct \{/) structs[name] = FILENAME
    if (text ~ /size_bytes;/) has_size[name] = 1
    text = ""
}
/^[^ ].*;|^ .*\);/ { if (text ~ /RSD_API/) calls[++call_count] = text; text = "" }
function names(list, name) { return list ~ ("[^a-z_]" name "[^a-z_]") }
END {
    for (name in structs) {
        found++
        if (!names(known, name)) { printf "%s: rsd_version.h does not say whether %s may grow\n", structs[name], name; bad = 1 }
        if (!names(grow, name) || has_size[name]) continue
        for (i = 1; i <= call_count; i++)
            if (calls[i] ~ ("[^a-z_]" name " \\*") && calls[i] !~ /size_t [a-z]+_bytes/) {
                printf "%s may grow, and its size is not handed over:%s\n", name, calls[i]
                bad = 1
            }
    }
    if (!found) { print "no struct: nothing was checked"; bad = 1 }
    exit bad
}
' "$include"/*.h
