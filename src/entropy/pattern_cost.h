// SPDX-License-Identifier: MIT
// What the tokens of a sound cost when a model reads them in the order of a pattern.
#ifndef ENTROPY_PATTERN_COST_H
#define ENTROPY_PATTERN_COST_H

#include "entropy/grid.h"

#include <residuum/rsd_pattern.h>

typedef struct {
    const int32_t *tokens;                /* row_count rows; RSD_TOKEN_NONE is not coded, and never known */
    uint64_t frame_count, frame_capacity; /* of a row; from row to row */
    const uint16_t *codewords;            /* of each row: how many */
    const entropy_codewords *known;       /* what they are; NULL: not told */
    uint32_t dim;                         /* of these; 0 without */
} entropy_rows;

/* What a pattern was found to cost. Sums, so that sounds can be added up. */
typedef struct {
    uint64_t token_count, cost; /* cost: of 65536 bits */
    uint64_t row_token_count[RSD_MAX_SEQUENCES], row_cost[RSD_MAX_SEQUENCES];
} entropy_pattern_sums;

/*
 * Codes every token of the rows, step by step: the model knows what stands in earlier steps and nothing of its own. It
 * learns as it goes, from sound to sound where it is called again with the same model. Tokens of 2^16 and more are
 * taken by their lowest bits.
 * sums     what it cost is added
 * Errors   RSD_ERR_ARG: rows that the pattern does not have, RSD_ERR_MEMORY
 * Thread: [setup]   Cost: tokens x what a token costs the model
 */
RSD_NODISCARD rsd_status entropy_pattern_cost(entropy_model *model, const rsd_pattern *pattern,
                                              const entropy_rows *rows, entropy_pattern_sums *sums);

#endif
