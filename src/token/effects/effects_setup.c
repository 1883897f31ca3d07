// SPDX-License-Identifier: MIT
// State of the token effects of one channel is made.
#include "base/numbers.h"
#include "token/effects/internal.h"

/* As many as the longest stutter loops over, a power of two. */
#define HISTORY_FRAMES 512u
_Static_assert(HISTORY_FRAMES >= TOKEN_EFFECTS_MAX_STUTTER_FRAMES, "a stutter loops over frames of the history");

static size_t head_bytes(const codec_bands *bands)
{
    return offsetof(codec_frame, envelope_log2) + bands->band_count * sizeof(float);
}

static size_t row_bytes(const rsd_codec_info *info, const codec_bands *bands)
{
    const size_t bytes = sizeof(frame_row) + head_bytes(bands) + info->sequence_count * sizeof(uint16_t);
    return (bytes + 7u) & ~(size_t)7u;
}

size_t token_effects_size_bytes(const rsd_codec_info *info, const codec_bands *bands)
{
    return base_round_up_64(sizeof(token_effects)) + base_round_up_64(HISTORY_FRAMES * row_bytes(info, bands));
}

token_effects *token_effects_init(void *block, const rsd_codec_info *info, const codec_bands *bands, uint32_t channel)
{
    token_effects *effects = block;
    char *rows = (char *)block + base_round_up_64(sizeof *effects);
    *effects = (token_effects){.info = *info,
                               .bands = *bands,
                               .head_bytes = head_bytes(bands),
                               .row_bytes = row_bytes(info, bands),
                               .channel = channel};
    effects->history = (frame_history){rows, HISTORY_FRAMES, 0u};
    return effects;
}

void token_effects_use_predictor(token_effects *effects, predictor_state *state)
{
    effects->predictor = state;
    effects->predicted_levels = state ? predictor_levels_of(state) : 0u;
}
