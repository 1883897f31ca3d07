// SPDX-License-Identifier: MIT
// Frames through the model. Nothing here allocates or can fail.
#include "entropy/token_coder_internal.h"

#include "base/numbers.h"

static void restart_channel(coder_channel *channel)
{
    if (channel->side) entropy_grid_restart(channel->side);
    if (channel->rows) entropy_grid_restart(channel->rows);
    if (channel->places) codec_places_restart(channel->places);
    if (channel->history) place_history_restart(channel->history);
}

void token_coder_restart(token_coder *coder)
{
    if (coder->is_fresh) return;
    entropy_model_restart(coder->model);
    for (uint32_t c = 0; c < coder->channel_count; c++) restart_channel(&coder->channels[c]);
    coder->frame = 0;
    coder->is_fresh = true;
}

/* One way or the other: one of both is set, or none. */
typedef struct {
    range_encoder *encoder;
    range_decoder *decoder;
} coder_ends;

/* One token of the view at hand, to or from `token`. */
static uint32_t code(token_coder *coder, coder_ends ends, int32_t *token)
{
    uint32_t cost = 0;
    if (ends.decoder)
        *token = (int32_t)entropy_decode(coder->model, &coder->view, ends.decoder, &cost);
    else
        cost = entropy_encode(coder->model, &coder->view, (uint32_t)*token, ends.encoder);
    return cost;
}

/* A row of a grid: the rows of side tokens are told apart from others by their number. */
static uint32_t code_row(token_coder *coder, entropy_grid *grid, uint32_t row, coder_ends ends, int32_t *token)
{
    entropy_grid_view(grid, row, coder->frame, &coder->view);
    const uint32_t cost = code(coder, ends, token);
    entropy_grid_reveal(grid, row, coder->frame, (uint32_t)*token, cost);
    return cost;
}

static void code_side(token_coder *coder, coder_channel *channel, coder_ends ends, rsd_token_frame *frame)
{
    if (!channel->side) return;
    entropy_grid_begin_frame(channel->side, coder->frame);
    for (uint32_t s = 0; s < coder->side_count; s++)
        coder->level_cost[0] += code_row(coder, channel->side, s, ends, &frame->side[s]);
}

static uint32_t code_place(token_coder *coder, coder_channel *channel, bool is_sound, coder_ends ends,
                           rsd_token_frame *frame, uint32_t row)
{
    /* In silence a token goes nowhere: a sub-band and a codebook that no token has. */
    codec_place place = {.subband = CODEC_PLACES_MAX_SUBBANDS, .codebook = UINT16_MAX};
    const uint32_t bits = base_log2_ceil(coder->row_codewords[row]);
    if (is_sound) codec_places_next(channel->places, &place);
    place_view(channel->history, &place, bits, &coder->view);
    const uint32_t cost = code(coder, ends, &frame->tokens[row]);
    place_history_take(channel->history, &place, (uint32_t)frame->tokens[row], bits, cost);
    if (is_sound) codec_places_take(channel->places, frame->tokens[row]);
    return cost;
}

static void code_levels(token_coder *coder, coder_channel *channel, uint32_t level_count, coder_ends ends,
                        rsd_token_frame *frame)
{
    bool is_sound = false;
    if (channel->rows) entropy_grid_begin_frame(channel->rows, coder->frame);
    if (channel->history) place_history_begin_frame(channel->history);
    if (channel->places) is_sound = codec_places_begin(channel->places, frame->side);
    for (uint32_t k = 0, q = 0; k < level_count; k++)
        for (; q < coder->level_end[k]; q++)
            coder->level_cost[k] += channel->places ? code_place(coder, channel, is_sound, ends, frame, q)
                                                    : code_row(coder, channel->rows, q, ends, &frame->tokens[q]);
}

static void code_frames(token_coder *coder, rsd_token_frame *frames, uint32_t level_count, coder_ends ends)
{
    level_count = base_min_u32(level_count, coder->level_count);
    for (uint32_t c = 0; c < coder->channel_count; c++) {
        code_side(coder, &coder->channels[c], ends, &frames[c]);
        code_levels(coder, &coder->channels[c], level_count, ends, &frames[c]);
    }
    coder->frame++;
    coder->is_fresh = false;
}

static uint64_t whole_cost(const token_coder *coder)
{
    uint64_t cost = 0;
    for (uint32_t k = 0; k < coder->level_count; k++) cost += coder->level_cost[k];
    return cost;
}

uint64_t token_coder_encode(token_coder *coder, const rsd_token_frame *frames, uint32_t level_count,
                            range_encoder *range)
{
    const uint64_t before = whole_cost(coder);
    /* An encoder only reads the frames. */
    code_frames(coder, (rsd_token_frame *)frames, level_count, (coder_ends){range, NULL});
    return whole_cost(coder) - before;
}

void token_coder_decode(token_coder *coder, rsd_token_frame *frames, uint32_t level_count, range_decoder *range)
{
    for (uint32_t c = 0; c < coder->channel_count; c++) {
        frames[c].level_count = level_count;
        for (uint32_t q = 0; q < RSD_MAX_SEQUENCES; q++) frames[c].tokens[q] = RSD_TOKEN_NONE;
    }
    code_frames(coder, frames, level_count, (coder_ends){NULL, range});
}

uint64_t token_coder_level_cost(const token_coder *coder, uint32_t level)
{
    return level < coder->level_count ? coder->level_cost[level] : 0u;
}
