// SPDX-License-Identifier: MIT
// OSC 1.0 address patterns. Not liblo's: there '*' runs across '/', and many of them take exponential time.
#include "host/osc/internal.h"

#include <string.h>

/*
 * All ways of matching at once: bit i of a set of places says that the pattern up to here can end before character i of
 * the address (Thompson 1968, simulation of an automaton by sets of states). A character is a mask and a shift.
 */
typedef struct {
    const char *address;
    uint32_t length;
    uint64_t of[128]; /* where each character is */
    uint64_t no_slash;
} match_target;

bool host_osc_is_pattern(const char *path) { return strpbrk(path, "*?[]{}") != NULL; }

static void read_target(const char *address, match_target *target)
{
    memset(target, 0, sizeof *target);
    target->address = address;
    for (; address[target->length] != '\0'; target->length++)
        target->of[address[target->length] & 0x7f] |= 1ull << target->length;
    target->no_slash = ((1ull << target->length) - 1u) & ~target->of['/'];
}

static uint64_t step_literal(const match_target *target, uint64_t places, char wanted)
{
    return (unsigned char)wanted < 128u ? (places & target->of[(unsigned char)wanted]) << 1u : 0u;
}

/* From each place on through the characters up to the next '/'. */
static uint64_t step_star(const match_target *target, uint64_t places)
{
    uint64_t reached = places;
    for (uint64_t next = places; next != 0u;) {
        next = (next & target->no_slash) << 1u & ~reached;
        reached |= next;
    }
    return reached;
}

/* The characters lo..hi of a set of 128. */
static void add_range(uint64_t set[2], unsigned char lo, unsigned char hi)
{
    for (uint32_t half = 0; half < 2u; half++) {
        const uint32_t first = 64u * half, last = first + 63u;
        if (lo > last || hi < first || lo > hi) continue;
        const uint32_t from = lo > first ? lo - first : 0u, to = hi < last ? hi - first : 63u;
        set[half] |= ~0ull >> (63u - (to - from)) << from;
    }
}

static uint64_t step_class(const match_target *target, uint64_t places, const char *set, const char *end)
{
    uint64_t members[2] = {0u, 0u}, after = 0;
    const bool is_negated = set < end && *set == '!';
    for (const char *s = is_negated ? set + 1 : set; s < end; s++) {
        const bool is_range = end - s > 2 && s[1] == '-';
        add_range(members, (unsigned char)s[0], (unsigned char)s[is_range ? 2 : 0]);
        if (is_range) s += 2;
    }
    places &= target->no_slash;
    for (uint32_t i = 0; i < target->length; i++) {
        const unsigned char c = (unsigned char)target->address[i];
        const bool found = members[c >> 6u & 1u] >> (c & 63u) & 1u;
        if ((places >> i & 1u) && found != is_negated) after |= 2ull << i;
    }
    return after;
}

static uint64_t step_words(const match_target *target, uint64_t places, const char *words, const char *end)
{
    uint64_t after = 0, reached = places;
    for (const char *c = words; c < end; c++) {
        if (*c == ',') {
            after |= reached;
            reached = places;
        } else {
            reached = step_literal(target, reached, *c);
        }
    }
    return after | reached;
}

bool host_osc_match(const char *pattern, const char *address)
{
    match_target target;
    uint64_t places = 1u;
    if (strlen(address) >= OSC_ADDRESS_BYTES) return false;
    const size_t plain = strcspn(pattern, "*?[]{}");
    if (strncmp(pattern, address, plain) != 0) return false;
    read_target(address, &target);
    places <<= plain;
    for (const char *p = pattern + plain; *p != '\0' && places != 0u; p++) {
        const char *end = *p == '[' ? strchr(p, ']') : *p == '{' ? strchr(p, '}') : p;
        if (!end) return false; /* a bracket that is never closed */
        if (*p == '[')
            places = step_class(&target, places, p + 1, end);
        else if (*p == '{')
            places = step_words(&target, places, p + 1, end);
        else if (*p == '?')
            places = (places & target.no_slash) << 1u;
        else if (*p != '*')
            places = step_literal(&target, places, *p);
        else if (p[1] != '*') /* of several in a row the last */
            places = step_star(&target, places);
        p = end;
    }
    return places >> target.length & 1u;
}
