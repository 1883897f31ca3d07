// SPDX-License-Identifier: MIT
#ifndef ENTROPY_TOKEN_CODER_INTERNAL_H
#define ENTROPY_TOKEN_CODER_INTERNAL_H

#include "entropy/grid.h"
#include "entropy/place_view.h"
#include "entropy/token_coder.h"

/* A channel's past. */
typedef struct {
    entropy_grid *side;     /* NULL: the codec has no side tokens */
    entropy_grid *rows;     /* NULL where places are known */
    place_history *history; /* NULL where they are not */
    codec_places *places;   /* NULL likewise; those of a pair are its first channel's, and its second's lie idle */
} coder_channel;

struct token_coder {
    entropy_model *model;
    entropy_codewords *codewords; /* NULL: not told */
    uint32_t channel_count, level_count, side_count;
    uint32_t shared_channels; /* that one state of places is of: 2 of a pair, else 1 */
    uint16_t level_end[RSD_MAX_LEVELS], row_codewords[RSD_MAX_SEQUENCES];
    uint64_t frame; /* since the last restart */
    bool is_fresh;  /* nothing was coded since */
    uint64_t level_cost[RSD_MAX_LEVELS];
    entropy_view view;
    coder_channel *channels;
};

#endif
