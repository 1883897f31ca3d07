// SPDX-License-Identifier: MIT
// Texts of tags. Files hold them in any encoding; FLAC and Ogg take UTF-8 alone, and libsndfile 1.2.0 frees memory twice
// where the FLAC library refuses a text.
#include "host/file/soundfile_internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define NOT_A_CHARACTER 0xFFFDu

/* What the bytes 0x80 to 0x9F are in Windows-1252; the others are those of Latin-1, which Unicode begins with. */
static const uint16_t windows_1252[32] = {
    0x20AC,          NOT_A_CHARACTER, 0x201A, 0x0192, 0x201E, 0x2026,          0x2020, 0x2021,
    0x02C6,          0x2030,          0x0160, 0x2039, 0x0152, NOT_A_CHARACTER, 0x017D, NOT_A_CHARACTER,
    NOT_A_CHARACTER, 0x2018,          0x2019, 0x201C, 0x201D, 0x2022,          0x2013, 0x2014,
    0x02DC,          0x2122,          0x0161, 0x203A, 0x0153, NOT_A_CHARACTER, 0x017E, 0x0178,
};

/* Appends a character of two or three bytes. */
static char *put_character(char *to, uint32_t character)
{
    if (character < 0x800u) {
        *to++ = (char)(0xC0u | character >> 6);
    } else {
        *to++ = (char)(0xE0u | character >> 12);
        *to++ = (char)(0x80u | (character >> 6 & 0x3Fu));
    }
    *to++ = (char)(0x80u | (character & 0x3Fu));
    return to;
}

static char *utf8_of(const char *text)
{
    if (text_is_utf8(text)) return strdup(text);
    char *utf8 = calloc(3u * strlen(text) + 1u, 1u), *to = utf8;
    if (!utf8) return NULL;
    for (const unsigned char *at = (const unsigned char *)text; *at != 0u; at++) {
        if (*at < 0x80u)
            *to++ = (char)*at;
        else
            to = put_character(to, *at < 0xA0u ? windows_1252[*at - 0x80u] : *at);
    }
    *to = '\0';
    return utf8;
}

static bool is_control(char byte)
{
    const unsigned char value = (unsigned char)byte;
    return (value < 0x20u && value != '\t' && value != '\n' && value != '\r') || value == 0x7Fu;
}

static bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

char *host_text_take(const char *text, size_t bytes_max, bool *is_cut)
{
    char *taken = utf8_of(text);
    if (!taken) return NULL;
    size_t length = strlen(taken);
    if (length > bytes_max) {
        *is_cut = true;
        length = bytes_max;
        while (length > 0u && ((unsigned char)taken[length] & 0xC0u) == 0x80u) length--; // at a whole character
    }
    for (size_t i = 0; i < length; i++)
        if (is_control(taken[i])) taken[i] = ' ';
    while (length > 0u && is_blank(taken[length - 1u])) length--;
    taken[length] = '\0';
    if (length > 0u) return taken;
    free(taken);
    return NULL;
}

char *host_text_latin1(const char *text)
{
    char *latin1 = malloc(strlen(text) + 1u), *to = latin1;
    if (!latin1) return NULL;
    for (const unsigned char *at = (const unsigned char *)text; *at != 0u; at++) {
        if (*at >= 0x80u && (*at & 0xFCu) != 0xC0u) {
            free(latin1);
            return NULL;
        }
        *to++ = *at < 0x80u ? (char)*at : (char)(at[0] << 6 | (at[1] & 0x3Fu));
        if (*at >= 0x80u) at++;
    }
    *to = '\0';
    return latin1;
}
