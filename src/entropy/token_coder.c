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

/* A token of channel `row` of those that one state of places is of. */
static uint32_t code_place(token_coder *coder, coder_channel *channels, uint32_t row, uint32_t q, coder_ends ends,
                           int32_t *token)
{
    /* In silence a token goes nowhere: a sub-band and a codebook that no token has. */
    codec_place place = {.channel = row, .subband = CODEC_PLACES_MAX_SUBBANDS, .codebook = UINT16_MAX};
    const uint32_t bits = base_log2_ceil(coder->row_codewords[q]);
    const bool is_somewhere = codec_places_next(channels[0].places, row, &place);
    place_history *own = channels[place.channel].history;
    place_view(own, coder->shared_channels == 2u ? channels[1u - place.channel].history : NULL, &place, bits,
               &coder->view);
    const uint32_t cost = code(coder, ends, token);
    place_history_take(own, &place, (uint32_t)*token, bits, cost);
    if (is_somewhere) codec_places_take(channels[0].places, *token);
    return cost;
}

/* Channels from `first` on that hang together: one, or a pair. */
static void begin_levels(token_coder *coder, uint32_t first, const rsd_token_frame *frames)
{
    const int32_t *side[2] = {NULL, NULL};
    for (uint32_t i = 0; i < coder->shared_channels; i++) {
        coder_channel *channel = &coder->channels[first + i];
        if (channel->rows) entropy_grid_begin_frame(channel->rows, coder->frame);
        if (channel->history) place_history_begin_frame(channel->history);
        side[i] = frames[first + i].side;
    }
    if (coder->channels[first].places) codec_places_begin(coder->channels[first].places, side);
}

static void code_level(token_coder *coder, uint32_t first, uint32_t level, coder_ends ends, rsd_token_frame *frames)
{
    coder_channel *channels = &coder->channels[first];
    for (uint32_t row = 0; row < coder->shared_channels; row++)
        for (uint32_t q = level > 0u ? coder->level_end[level - 1u] : 0u; q < coder->level_end[level]; q++) {
            int32_t *token = &frames[first + row].tokens[q];
            coder->level_cost[level] += channels[0].places ? code_place(coder, channels, row, q, ends, token)
                                                           : code_row(coder, channels[row].rows, q, ends, token);
        }
}

static void code_frames(token_coder *coder, rsd_token_frame *frames, uint32_t level_count, coder_ends ends)
{
    level_count = base_min_u32(level_count, coder->level_count);
    for (uint32_t c = 0; c < coder->channel_count; c += coder->shared_channels) {
        for (uint32_t i = 0; i < coder->shared_channels; i++)
            code_side(coder, &coder->channels[c + i], ends, &frames[c + i]);
        begin_levels(coder, c, frames);
        for (uint32_t k = 0; k < level_count; k++) code_level(coder, c, k, ends, frames);
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
