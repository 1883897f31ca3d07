# SPDX-License-Identifier: MIT
# What a comment says the audio thread calls, [audio], is declared RSD_REALTIME. A comment on lines of its own speaks of
# the declaration behind it, one behind code of that code. Headings (----) and what may wait promise nothing.
function is_promise(text) { return text ~ /\[(active: )?audio\]/ && text !~ /renders alone|may wait|----/ }
function judge() {
    if (declaration !~ /\(/ || declaration ~ /RSD_REALTIME/) return
    printf "%s:%d: [audio], but not RSD_REALTIME\n", FILENAME, FNR
    bad = 1
}

FNR == 1 { comment = declaration = ""; in_comment = promised = 0 }
in_comment {
    comment = comment " " $0
    in_comment = !/\*\//
    if (!in_comment) promised = is_promise(comment)
    next
}
{
    start = index($0, "/*")
    code = start ? substr($0, 1, start - 1) : $0
    comment = start ? substr($0, start) : ""
    in_comment = start && comment !~ /\*\//
}
start && code !~ /[^ ]/ {
    promised = !in_comment && is_promise(comment)
    declaration = ""
    next
}
{
    declaration = declaration code
    is_end = code ~ /[;{}]/
    if (is_end && (promised || is_promise(comment))) judge()
    if (is_end || code !~ /[^ ]/ || /^#/) { declaration = ""; promised = 0 }
}
END { exit bad }
