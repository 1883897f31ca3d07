// SPDX-License-Identifier: MIT
// Text of any origin as UTF-8 that a terminal may show.
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define CUT " ... "

/* Bytes of the UTF-8 character at `at`, by the Unicode Standard's table 3-7; 0: it is none. The text ends with a zero.
 */
static size_t character_bytes(const unsigned char *at)
{
    static const struct {
        unsigned char first, last, second_first, second_last, count;
    } rows[] = {{0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
                {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
                {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        if (at[0] < rows[r].first || at[0] > rows[r].last) continue;
        if (rows[r].count > 1u && (at[1] < rows[r].second_first || at[1] > rows[r].second_last)) return 0;
        for (size_t i = 2; i < rows[r].count; i++)
            if (at[i] < 0x80u || at[i] > 0xbfu) return 0;
        return rows[r].count;
    }
    return 0;
}

bool text_is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        const size_t count = character_bytes(at);
        if (count == 0u) return false;
        at += count;
    }
    return true;
}

void text_to_utf8(const char *text, char *utf8, size_t utf8_bytes)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t used = 0;
    while (*at) {
        const size_t count = character_bytes(at), put = count ? count : sizeof REPLACEMENT - 1u;
        if (used + put >= utf8_bytes) break;
        memcpy(utf8 + used, count ? (const void *)at : REPLACEMENT, put);
        used += put;
        at += count ? count : 1u;
    }
    if (utf8_bytes > 0u) utf8[used] = '\0';
}

char *text_utf8_copy(const char *text)
{
    const size_t bytes = (sizeof REPLACEMENT - 1u) * strlen(text) + 1u;
    char *copy = malloc(bytes);
    if (copy) text_to_utf8(text, copy, bytes);
    return copy;
}

static bool is_control(const unsigned char *at, size_t count)
{
    if (count == 2u) return at[0] == 0xc2u && at[1] < 0xa0u;
    return count < 2u && (*at < 0x20u || (*at >= 0x7fu && *at < 0xa0u));
}

bool text_escape(const char *text, char *shown, size_t shown_bytes)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *at = (const unsigned char *)text;
    size_t used = 0;
    while (*at) {
        const size_t found = character_bytes(at), count = found ? found : 1u;
        const bool escaped = is_control(at, found);
        const size_t put = escaped ? 4u * count : count;
        if (used + put >= shown_bytes) break;
        for (size_t i = 0; i < count && escaped; i++) {
            const char code[4] = {'\\', 'x', digits[at[i] >> 4], digits[at[i] & 15u]};
            memcpy(shown + used + 4u * i, code, sizeof code);
        }
        if (!escaped) memcpy(shown + used, at, count);
        used += put;
        at += count;
    }
    if (shown_bytes > 0u) shown[used] = '\0';
    return *at == 0;
}

char *text_escape_copy(const char *text)
{
    const size_t bytes = 4u * strlen(text) + 1u;
    char *copy = malloc(bytes);
    if (copy) (void)text_escape(text, copy, bytes);
    return copy;
}

static bool continues(char byte) { return ((unsigned char)byte & 0xc0u) == 0x80u; }

void text_cut_middle(char *text, size_t length_max)
{
    const size_t length = strlen(text), mark = sizeof CUT - 1u;
    if (length <= length_max || length_max < 4u * mark) return;
    size_t head = (length_max - mark) / 3u, tail = length_max - mark - head;
    /* Not inside of a character; bytes that are no UTF-8 are not searched for its beginning for long. */
    for (int i = 0; i < 3 && head > 0u && continues(text[head]); i++) head--;
    for (int i = 0; i < 3 && tail > 0u && continues(text[length - tail]); i++) tail--;
    memmove(text + head + mark, text + length - tail, tail + 1u);
    memcpy(text + head, CUT, mark);
}

const char *text_skip_mark(const char **text, size_t *size_bytes)
{
    const unsigned char *at = (const unsigned char *)*text;
    const size_t size = *size_bytes;
    if (size >= 3u && memcmp(at, "\xef\xbb\xbf", 3u) == 0) {
        *text += 3;
        *size_bytes -= 3u;
        return NULL;
    }
    if (size >= 4u && (memcmp(at, "\xff\xfe\0\0", 4u) == 0 || memcmp(at, "\0\0\xfe\xff", 4u) == 0))
        return "is UTF-32 text, by its byte order mark; save it as UTF-8";
    if (size >= 2u && (memcmp(at, "\xff\xfe", 2u) == 0 || memcmp(at, "\xfe\xff", 2u) == 0))
        return "is UTF-16 text, by its byte order mark; save it as UTF-8";
    if (size >= 2u && (at[0] == 0u) != (at[1] == 0u)) return "looks like UTF-16 text; save it as UTF-8";
    return NULL;
}

void text_to_hex(const char *text, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        *hex++ = digits[*at >> 4];
        *hex++ = digits[*at & 15u];
    }
    *hex = '\0';
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

bool text_from_hex(const char *hex, char *text, size_t text_bytes)
{
    const size_t length = strlen(hex);
    if (length % 2u != 0u || length / 2u >= text_bytes) return false;
    for (size_t i = 0; i < length; i += 2u) {
        const int high = digit_value(hex[i]), low = digit_value(hex[i + 1u]);
        if (high < 0 || low < 0 || high + low == 0) return false;
        text[i / 2u] = (char)(unsigned char)(high << 4 | low);
    }
    text[length / 2u] = '\0';
    return true;
}
