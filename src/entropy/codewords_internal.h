// SPDX-License-Identifier: MIT
#ifndef ENTROPY_CODEWORDS_INTERNAL_H
#define ENTROPY_CODEWORDS_INTERNAL_H

#include "entropy/codewords.h"

#include <residuum/rsd_limits.h>

/* The largest number in any codebook. Sums of 64 rows of 128 dimensions stay far below 2^63. */
#define CODEWORDS_ONE 8192

typedef struct {
    uint32_t codeword_count;
    int64_t energy;                                 /* mean of the codewords' */
    int64_t energies[1u << ENTROPY_MAX_GUESS_BITS]; /* of each */
    int32_t *codewords;                             /* codeword after codeword */
} codeword_row;

struct entropy_codewords {
    uint32_t row_count, dim;
    codeword_row rows[RSD_MAX_SEQUENCES];
};

#endif
