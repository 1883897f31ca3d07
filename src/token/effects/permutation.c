// SPDX-License-Identifier: MIT
// A permutation of a codebook that needs no table. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/effects/internal.h"

#include "base/numbers.h"

#define ROUNDS 8u /* after 4, partners in a codebook of 16 are not all as likely */

/*
 * A Feistel network of ROUNDS rounds (Luby and Rackoff 1988) puts all numbers of an even count of bits in an order of
 * its own. What lands past `count` goes through it again until it does not (cycle walking, Black and Rogaway 2002): that
 * is a permutation of 0..count - 1.
 */
typedef struct {
    uint32_t count, seed, half_bits;
} shuffle;

static uint32_t round_of(const shuffle *s, uint32_t round, uint32_t half)
{
    return effect_mix(effect_mix(s->seed + round * 0x9E3779B9u) + half) & ((1u << s->half_bits) - 1u);
}

static uint32_t forward_once(const shuffle *s, uint32_t x)
{
    uint32_t left = x >> s->half_bits, right = x & ((1u << s->half_bits) - 1u);
    for (uint32_t r = 0; r < ROUNDS; r++) {
        const uint32_t next = left ^ round_of(s, r, right);
        left = right;
        right = next;
    }
    return left << s->half_bits | right;
}

static uint32_t back_once(const shuffle *s, uint32_t x)
{
    uint32_t left = x >> s->half_bits, right = x & ((1u << s->half_bits) - 1u);
    for (uint32_t r = ROUNDS; r-- > 0u;) {
        const uint32_t last = right ^ round_of(s, r, left);
        right = left;
        left = last;
    }
    return left << s->half_bits | right;
}

static uint32_t forward(const shuffle *s, uint32_t x)
{
    do x = forward_once(s, x);
    while (x >= s->count);
    return x;
}

static uint32_t back(const shuffle *s, uint32_t x)
{
    do x = back_once(s, x);
    while (x >= s->count);
    return x;
}

/* Neighbours in the seed's order are a pair; each pair has a number of its own that says from which share on it has
 * changed places. An odd one out stays. */
uint32_t effect_permuted(uint32_t token, uint32_t count, uint32_t seed, float share)
{
    const shuffle s = {count, effect_mix(seed + 0x5C4A3B1Eu), (base_log2_ceil(count) + 1u) / 2u};
    const uint32_t neighbour = forward(&s, token) ^ 1u;
    if (neighbour >= count) return token;
    const uint32_t other = back(&s, neighbour), pair = token < other ? token : other;
    return effect_chance(effect_mix(s.seed ^ (pair * 0x9E3779B9u)), share) ? other : token;
}
