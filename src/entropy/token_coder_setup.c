// SPDX-License-Identifier: MIT
// The token coder in a block of the caller's, as a codec's tokens want it.
#include "entropy/token_coder_internal.h"

#include "base/numbers.h"

#include <string.h>

/* 16 MB and 4 MB. What smaller ones cost is in docs/experiments. */
static const entropy_model_config usual_size = {.slot_bits = 18, .row_bits = 16};

static const entropy_model_config *size_of(const token_coder_config *config)
{
    return config->size.slot_bits > 0u ? &config->size : &usual_size;
}

static entropy_grid_config side_grid(const rsd_codec_info *codec)
{
    entropy_grid_config config = {.row_count = codec->side_count, .frame_capacity = GRID_HISTORY};
    for (uint32_t s = 0; s < codec->side_count; s++)
        config.row_bits[s] = (uint8_t)base_log2_ceil(codec->side_codewords[s]);
    return config;
}

static entropy_grid_config row_grid(const token_coder_config *from, const entropy_codewords *codewords)
{
    const rsd_codec_info *codec = from->codec;
    entropy_grid_config config = {.row_count = codec->sequence_count,
                                  .frame_capacity = GRID_HISTORY,
                                  .codewords = codewords,
                                  .dim = entropy_codewords_dim(from->model)};
    for (uint32_t q = 0; q < codec->sequence_count; q++)
        config.row_bits[q] = (uint8_t)base_log2_ceil(codec->sequence_codewords[q]);
    return config;
}

/* Parts of a channel one after the other; `block` NULL: only their bytes are counted. */
static size_t lay_channel(const token_coder_config *config, const entropy_codewords *codewords, char *block,
                          coder_channel *channel)
{
    const entropy_grid_config side = side_grid(config->codec), rows = row_grid(config, codewords);
    const size_t places = codec_places_bytes(config->model);
    size_t used = 0;
    if (side.row_count > 0u) {
        if (block) channel->side = entropy_grid_init(block + used, &side);
        used += entropy_grid_bytes(&side);
    }
    if (places == 0u) {
        if (block) channel->rows = entropy_grid_init(block + used, &rows);
        return used + entropy_grid_bytes(&rows);
    }
    if (block) {
        channel->places =
            codec_places_init(block + used, config->model, codec_places_channels(config->model, config->channel_count));
        channel->history = (place_history *)(block + used + places);
        place_history_restart(channel->history);
    }
    return used + places + base_round_up_64(sizeof(place_history));
}

bool token_coder_needs_model(const rsd_model *model)
{
    return codec_places_bytes(model) > 0u || entropy_codewords_dim(model) > 0u;
}

/* A codec whose side tokens and rows fit no grid is none that the caller checked: see stream_info_problem. */
size_t token_coder_bytes(const token_coder_config *config)
{
    return base_round_up_64(sizeof(token_coder)) + base_round_up_64(config->channel_count * sizeof(coder_channel)) +
           entropy_model_bytes(size_of(config)) + entropy_codewords_bytes(config->model) +
           config->channel_count * lay_channel(config, NULL, NULL, NULL);
}

token_coder *token_coder_init(void *block, const token_coder_config *config)
{
    token_coder *self = block;
    char *at = (char *)block + base_round_up_64(sizeof *self);
    memset(self, 0, sizeof *self);
    self->channel_count = config->channel_count;
    self->level_count = config->codec->level_count;
    self->side_count = config->codec->side_count;
    memcpy(self->level_end, config->codec->level_sequence_end, sizeof self->level_end);
    memcpy(self->row_codewords, config->codec->sequence_codewords, sizeof self->row_codewords);
    self->channels = (coder_channel *)at;
    at += base_round_up_64(config->channel_count * sizeof(coder_channel));
    memset(self->channels, 0, config->channel_count * sizeof(coder_channel));
    self->model = entropy_model_init(at, size_of(config));
    at += entropy_model_bytes(size_of(config));
    if (entropy_codewords_bytes(config->model) > 0u) self->codewords = entropy_codewords_init(at, config->model);
    at += entropy_codewords_bytes(config->model);
    for (uint32_t c = 0; c < config->channel_count; c++)
        at += lay_channel(config, self->codewords, at, &self->channels[c]);
    self->shared_channels = codec_places_channels(config->model, config->channel_count);
    self->is_fresh = true;
    return self;
}

size_t token_coder_frame_bytes(const token_coder_config *config, uint32_t level_count)
{
    const rsd_codec_info *codec = config->codec;
    uint64_t bits = 0;
    for (uint32_t s = 0; s < codec->side_count; s++) bits += base_log2_ceil(codec->side_codewords[s]);
    const uint32_t rows = level_count > 0u ? codec->level_sequence_end[level_count - 1u] : 0u;
    for (uint32_t q = 0; q < rows; q++) bits += base_log2_ceil(codec->sequence_codewords[q]);
    return (size_t)(bits * config->channel_count * ENTROPY_MOST_COST / 8u) + 1u;
}
