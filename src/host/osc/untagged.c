// SPDX-License-Identifier: MIT
// Messages without a type tag string, which OSC 1.0 asks receivers to cope with: older senders write none.
#include "host/osc/internal.h"

#include <stdio.h>
#include <string.h>

#define MAX_ARGUMENT_BYTES 544u /* a name of OSC_MAX_TEXT, and two numbers */
#define MAX_WHOLE 65535

/* What the address takes. A pattern has none and takes either. */
typedef enum { TAKES_NOTHING, TAKES_NUMBER, TAKES_TEXT, TAKES_EITHER, TAKES_TARGET } untagged_kind;

static untagged_kind kind_of(const osc_address *address)
{
    if (!address) return TAKES_EITHER;
    if (address->info && address->info->unit == RSD_UNIT_TEXT) return TAKES_TEXT;
    if (address->info) return rsd_param_value_names(address->info) ? TAKES_EITHER : TAKES_NUMBER;
    if (address->handle == host_osc_get) return TAKES_TEXT;
    return address->handle == host_osc_subscribe ? TAKES_TARGET : TAKES_NOTHING;
}

/*
 * A small whole number, read as a float, is a denormal or not a number, and no float of use lies there: so the four
 * bytes say themselves which of both they are.
 */
static char number_type(const unsigned char *at)
{
    const uint32_t bits = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    const int64_t whole = bits < 0x80000000u ? (int64_t)bits : (int64_t)bits - 0x100000000;
    return whole >= -MAX_WHOLE && whole <= MAX_WHOLE ? LO_INT32 : LO_FLOAT;
}

/* Bytes of the printable, padded string that `data` starts with; 0: it starts with none. */
static size_t text_bytes(const unsigned char *data, size_t bytes)
{
    size_t length = 0;
    while (length < bytes && data[length] >= 0x20u && data[length] != 0x7fu) length++;
    const size_t padded = (length / 4u + 1u) * 4u;
    if (length == 0u || padded > bytes) return 0u;
    for (size_t i = length; i < padded; i++)
        if (data[i] != 0u) return 0u;
    return padded;
}

/* A string, then numbers of four bytes. */
static bool read_text_types(const unsigned char *data, size_t bytes, char *types)
{
    const size_t text = text_bytes(data, bytes);
    if (text == 0u || bytes - text > 8u) return false;
    *types++ = LO_STRING;
    for (size_t at = text; at < bytes; at += 4u) *types++ = number_type(data + at);
    return true;
}

static bool guess_types(untagged_kind kind, const unsigned char *data, size_t bytes, char *types)
{
    memset(types, 0, 8u);
    if (bytes == 0u) return true;
    if (bytes % 4u != 0u || bytes > MAX_ARGUMENT_BYTES) return false;
    /* "wet" and "dry" are as long as a number; with a small letter first that would be over 1e19. */
    const bool is_word = kind == TAKES_EITHER && data[0] >= 'a' && text_bytes(data, bytes) > 0u;
    if (bytes == 4u && kind != TAKES_TEXT && !is_word) {
        types[0] = number_type(data);
        return true;
    }
    return kind != TAKES_NOTHING && kind != TAKES_NUMBER && read_text_types(data, bytes, types);
}

/* Written again with its tags, so that one reader checks all messages. */
lo_message host_osc_read_untagged(const osc_address *address, const char *path, const unsigned char *arguments,
                                  size_t bytes, int *code)
{
    unsigned char tagged[OSC_MAX_PATH + 5u + 8u + MAX_ARGUMENT_BYTES];
    char types[8];
    *code = LO_ENOTYPE;
    if (!guess_types(kind_of(address), arguments, bytes, types)) return NULL;
    memset(tagged, 0, sizeof tagged);
    size_t used = (strlen(path) / 4u + 1u) * 4u;
    memcpy(tagged, path, strlen(path));
    const size_t tag_bytes = ((strlen(types) + 1u) / 4u + 1u) * 4u; /* with the comma, ended and padded by zeros */
    tagged[used] = ',';
    memcpy(tagged + used + 1u, types, strlen(types));
    used += tag_bytes;
    if (bytes > 0u) memcpy(tagged + used, arguments, bytes);
    return lo_message_deserialise(tagged, used + bytes, code);
}
