// SPDX-License-Identifier: MIT
// State of the moves of the envelope.
#include "token/moves/moves.h"

#include <math.h>
#include <string.h>

#define CHUNK_MS 20.0f

void token_moves_init(token_moves *moves, const rsd_codec_info *info, const codec_bands *bands, uint32_t channel)
{
    memset(moves, 0, sizeof *moves);
    moves->bands = *bands;
    moves->channel = channel;
    moves->rate_hz = (float)info->sample_rate_hz;
    moves->frame_ms = 1000.0f * (float)info->hop_samples / moves->rate_hz;
    const float chunk = floorf(CHUNK_MS / moves->frame_ms + 0.5f);
    moves->chunk_frames = chunk > 1.0f ? (uint32_t)chunk : 1u;
    for (uint32_t b = 0; b < bands->band_count; b++) {
        const float middle = 0.5f * (float)(bands->edges[b] + bands->edges[b + 1u]);
        moves->centre_log2[b] =
            (float)log2((double)middle * info->sample_rate_hz / (2000.0 * (double)bands->coefficient_count));
    }
}
