// SPDX-License-Identifier: MIT
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Names and texts as people have them: names of files are bytes, of any encoding; terminals and JSON take not all
 * bytes; editors put marks before a text. Thread of all: [any]; those that allocate: [setup]
 */

bool text_is_utf8(const char *text);

/* Valid UTF-8 for JSON and XML, each byte that is none as U+FFFD. Cut at a whole character, always terminated. */
void text_to_utf8(const char *text, char *utf8, size_t utf8_bytes);
/* The same, whole; free(). NULL: no memory. */
char *text_utf8_copy(const char *text);

/*
 * For a terminal: bytes and characters that control it (C0, C1, delete) as \xNN; all others, also bytes of other
 * encodings, as they are. Cut at a whole character or \xNN, always terminated. Returns whether all was taken.
 */
bool text_escape(const char *text, char *shown, size_t shown_bytes);
char *text_escape_copy(const char *text); /* whole; free(). NULL: no memory */

/* Shortens a text to length_max bytes in place, by its middle: both ends of a message say what matters. */
void text_cut_middle(char *text, size_t length_max);

/*
 * Steps over UTF-8's byte order mark. NULL where what follows may be UTF-8, else a phrase that says which encoding it
 * is in ("is UTF-16 ...; save it as UTF-8").
 */
const char *text_skip_mark(const char **text, size_t *size_bytes);

/* Bytes as hexadecimal digits and back, for names in JSON that are not UTF-8. `hex`: 2 x length + 1 bytes. */
void text_to_hex(const char *text, char *hex);
bool text_from_hex(const char *hex, char *text, size_t text_bytes); /* false: no hex, a zero byte, or too long */

#endif
