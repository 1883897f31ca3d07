// SPDX-License-Identifier: MIT
// The head of an NPY file.
#include "token/token_internal.h"

#include <inttypes.h>
#include <string.h>

// The dictionary is a Python literal. Only what numpy itself writes or reads under version 1.0 is taken: three keys in
// any order, strings in either quote, True or False, a tuple of whole numbers. Nothing else is guessed at.

#define PREAMBLE_ALIGNMENT 64u
/* numpy leaves room for the first size to grow to 21 digits, so that an array can be appended to in place. */
#define GROWTH_DIGITS 21u

size_t npy_preamble_write(char *preamble, const uint64_t *shape, uint32_t dim_count)
{
    char dictionary[NPY_PREAMBLE_BYTES];
    int used = snprintf(dictionary, sizeof dictionary, "{'descr': '<i4', 'fortran_order': False, 'shape': (");
    int first_digits = 0;
    for (uint32_t d = 0; d < dim_count; d++) {
        const int before = used;
        used += snprintf(dictionary + used, sizeof dictionary - (size_t)used, d ? ", %" PRIu64 : "%" PRIu64, shape[d]);
        if (d == 0u) first_digits = used - before;
    }
    used += snprintf(dictionary + used, sizeof dictionary - (size_t)used, dim_count == 1u ? ",), }" : "), }");

    const size_t text_bytes = (size_t)used + (GROWTH_DIGITS - (size_t)first_digits) + 1u;
    // As numpy: a header that is aligned already is padded by a whole block.
    const size_t padding = PREAMBLE_ALIGNMENT - (NPY_PREFIX_BYTES + text_bytes) % PREAMBLE_ALIGNMENT;
    const size_t header_bytes = text_bytes + padding;
    memset(preamble, ' ', NPY_PREFIX_BYTES + header_bytes);
    static const char magic_and_version[8] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
    memcpy(preamble, magic_and_version, sizeof magic_and_version);
    preamble[8] = (char)(header_bytes & 0xffu);
    preamble[9] = (char)(header_bytes >> 8);
    memcpy(preamble + NPY_PREFIX_BYTES, dictionary, (size_t)used);
    preamble[NPY_PREFIX_BYTES + header_bytes - 1u] = '\n';
    return NPY_PREFIX_BYTES + header_bytes;
}

uint64_t npy_entry_count(const uint64_t *shape, uint32_t dim_count)
{
    uint64_t count = 1;
    for (uint32_t d = 0; d < dim_count; d++) {
        if (shape[d] != 0u && count > RSD_TOKEN_MAX_ENTRIES / shape[d]) return UINT64_MAX;
        count *= shape[d];
    }
    return count;
}

typedef struct {
    const char *at, *end;
} cursor;

static void skip_space(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n')) c->at++;
}

/* Takes `character` after optional space. */
static bool take(cursor *c, char character)
{
    skip_space(c);
    if (c->at >= c->end || *c->at != character) return false;
    c->at++;
    return true;
}

static bool take_word(cursor *c, const char *word)
{
    skip_space(c);
    const size_t length = strlen(word);
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0) return false;
    c->at += length;
    return true;
}

/* A quoted string without escapes, into `text`; too long or unfinished is false. */
static bool take_string(cursor *c, char *text, size_t text_bytes)
{
    skip_space(c);
    if (c->at >= c->end || (*c->at != '\'' && *c->at != '"')) return false;
    const char quote = *c->at++;
    size_t length = 0;
    while (c->at < c->end && *c->at != quote) {
        const char character = *c->at++;
        if (length + 1u >= text_bytes || character == '\\' || (unsigned char)character < 32u) return false;
        text[length++] = character;
    }
    text[length] = '\0';
    return take(c, quote);
}

static bool take_number(cursor *c, uint64_t *number)
{
    skip_space(c);
    const char *start = c->at;
    uint64_t value = 0;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
        if (value > (UINT64_MAX - 9u) / 10u) return false;
        value = value * 10u + (uint64_t)(*c->at - '0');
    }
    *number = value;
    if (c->at > start + 1 && *start == '0') return false; // "03" is no number in Python
    return c->at > start;
}

static bool take_shape(cursor *c, npy_header *header)
{
    if (!take(c, '(')) return false;
    header->dim_count = 0;
    while (!take(c, ')')) {
        uint64_t size = 0;
        if (!take_number(c, &size)) return false;
        if (header->dim_count < NPY_MAX_DIMS) header->shape[header->dim_count] = size;
        header->dim_count++;
        if (take(c, ',')) continue;
        return header->dim_count > 1u && take(c, ')'); // "(3)" is a number in Python, not a shape
    }
    return true;
}

static bool take_bool(cursor *c, bool *value)
{
    *value = take_word(c, "True");
    return *value || take_word(c, "False");
}

/* One key and its value. `seen` collects one bit a key, so that a key twice is refused. */
static const char *take_entry(cursor *c, npy_header *header, unsigned *seen)
{
    char key[32];
    if (!take_string(c, key, sizeof key) || !take(c, ':')) return "it is not a dictionary of 'key': value";
    unsigned bit = 0;
    bool good = false;
    if (strcmp(key, "descr") == 0) {
        bit = 1u;
        good = take_string(c, header->descr, sizeof header->descr);
        if (!good) return "'descr' is not a plain type such as '<i4'";
    } else if (strcmp(key, "fortran_order") == 0) {
        bit = 2u;
        good = take_bool(c, &header->fortran_order);
        if (!good) return "'fortran_order' is neither True nor False";
    } else if (strcmp(key, "shape") == 0) {
        bit = 4u;
        good = take_shape(c, header);
        if (!good) return "'shape' is not a tuple of whole numbers";
    }
    if (!good) return "it has a key other than 'descr', 'fortran_order' and 'shape'";
    if (*seen & bit) return "it has a key twice";
    *seen |= bit;
    return NULL;
}

const char *npy_header_parse(const char *text, size_t text_bytes, npy_header *header)
{
    cursor c = {text, text + text_bytes};
    memset(header, 0, sizeof *header);
    unsigned seen = 0;
    if (!take(&c, '{')) return "it does not start with '{'";
    while (!take(&c, '}')) {
        const char *problem = take_entry(&c, header, &seen);
        if (problem) return problem;
        if (take(&c, ',')) continue;
        if (!take(&c, '}')) return "it does not end with '}'";
        break;
    }
    skip_space(&c);
    if (c.at != c.end) return "there is text after its '}'";
    return seen == 7u ? NULL : "it lacks one of 'descr', 'fortran_order' and 'shape'";
}
