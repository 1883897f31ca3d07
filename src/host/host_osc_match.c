// SPDX-License-Identifier: MIT
// OSC 1.0 address patterns. Not liblo's: there '*' runs across '/', and many of them take exponential time.
#include "host_osc_internal.h"

#include <string.h>

/*
 * All ways of matching at once: bit i of `places` says that the pattern up to here can end before character i of the
 * address (Thompson 1968, simulation of an automaton by sets of states).
 */
typedef struct {
    const char *address;
    uint32_t length;
} match_target;

bool host_osc_is_pattern(const char *path) { return strpbrk(path, "*?[]{}") != NULL; }

static uint64_t step_literal(const match_target *target, uint64_t places, char wanted)
{
    uint64_t after = 0;
    for (uint32_t i = 0; i < target->length; i++)
        if ((places >> i & 1u) && target->address[i] == wanted) after |= 2ull << i;
    return after;
}

static uint64_t step_any(const match_target *target, uint64_t places)
{
    uint64_t after = 0;
    for (uint32_t i = 0; i < target->length; i++)
        if ((places >> i & 1u) && target->address[i] != '/') after |= 2ull << i;
    return after;
}

static uint64_t step_star(const match_target *target, uint64_t places)
{
    for (uint32_t i = 0; i < target->length; i++)
        if ((places >> i & 1u) && target->address[i] != '/') places |= 2ull << i;
    return places;
}

static bool in_class(const char *set, const char *end, char c)
{
    const bool is_negated = set < end && *set == '!';
    bool found = false;
    for (const char *s = is_negated ? set + 1 : set; s < end && !found; s++) {
        if (end - s > 2 && s[1] == '-') {
            found = c >= s[0] && c <= s[2];
            s += 2;
        } else {
            found = c == *s;
        }
    }
    return found != is_negated;
}

static uint64_t step_class(const match_target *target, uint64_t places, const char *set, const char *end)
{
    uint64_t after = 0;
    for (uint32_t i = 0; i < target->length; i++) {
        const char c = target->address[i];
        if ((places >> i & 1u) && c != '/' && in_class(set, end, c)) after |= 2ull << i;
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
    const match_target target = {address, (uint32_t)strlen(address)};
    uint64_t places = 1u;
    if (target.length >= OSC_ADDRESS_BYTES) return false;
    for (const char *p = pattern; *p != '\0' && places != 0u; p++) {
        const char *end = *p == '[' ? strchr(p, ']') : *p == '{' ? strchr(p, '}') : p;
        if (!end) return false; /* a bracket that is never closed */
        if (*p == '[')
            places = step_class(&target, places, p + 1, end);
        else if (*p == '{')
            places = step_words(&target, places, p + 1, end);
        else if (*p == '*')
            places = step_star(&target, places);
        else if (*p == '?')
            places = step_any(&target, places);
        else
            places = step_literal(&target, places, *p);
        p = end;
    }
    return places >> target.length & 1u;
}
