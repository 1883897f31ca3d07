// SPDX-License-Identifier: MIT
// The cost of a decision, in whole numbers.
#include "entropy/tables.h"

/* log2 by squaring: each square of a number in 1..2 tells the next binary digit. */
uint32_t entropy_cost(uint32_t probability)
{
    uint32_t whole = 0, digits = 0;
    while (probability < ENTROPY_ONE / 2u) {
        probability *= 2u;
        whole++;
    }
    if (probability >= ENTROPY_ONE) return whole << 16;
    uint64_t x = (uint64_t)probability << 15; /* 1..2 in 2^30ths */
    for (int i = 0; i < 16; i++) {
        x = x * x >> 30;
        digits <<= 1;
        if (x >= (uint64_t)2 << 30) {
            x >>= 1;
            digits |= 1u;
        }
    }
    return (whole << 16) + (ENTROPY_ONE - digits);
}
