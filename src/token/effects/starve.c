// SPDX-License-Identifier: MIT
// Levels that follow the signal. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/effects/internal.h"

#include <residuum/rsd_dsp.h>

/* log2 of the rms of a frame: at -50 dBFS it keeps all levels, at -10 dBFS it loses most. */
#define FULL_LOG2 (-8.3f)
#define STARVED_LOG2 (-1.66f)
/* What was lost comes back by a half in 100 ms. */
#define HALVED_MS 100.0f

/* log2 of the rms that the envelope tells. */
static float loudness_log2(const codec_bands *bands, const codec_frame *frame)
{
    float power[CODEC_MAX_BANDS], sum = 0.0f;
    for (uint32_t b = 0; b < bands->band_count; b++) power[b] = 2.0f * frame->envelope_log2[b];
    rsd_exp2f_each(power, bands->band_count);
    for (uint32_t b = 0; b < bands->band_count; b++) sum += power[b] * (float)(bands->edges[b + 1u] - bands->edges[b]);
    return 0.5f * rsd_log2f(sum / (float)bands->coefficient_count + 1e-30f);
}

static float hunger_of(const token_effects *effects, const codec_frame *frame)
{
    if (frame->is_silent || frame->amplitude == 0.0f) return 0.0f;
    const float hunger = (loudness_log2(&effects->bands, frame) - FULL_LOG2) / (STARVED_LOG2 - FULL_LOG2);
    return hunger < 0.0f ? 0.0f : hunger < 1.0f ? hunger : 1.0f;
}

/* The first level stays. */
void effect_starve(const effect_frame *at)
{
    token_effects *effects = at->effects;
    const float starve = at->controls->starve;
    if (starve <= 0.0f || effects->bands.band_count == 0u) {
        effects->hunger = 0.0f;
        return;
    }
    const float frame_ms = 1000.0f * (float)effects->info.hop_samples / (float)effects->info.sample_rate_hz;
    const float now = hunger_of(effects, at->frame), before = effects->hunger * rsd_exp2f(-frame_ms / HALVED_MS);
    effects->hunger = now > before ? now : before;
    if (at->frame->level_count < 2u) return;
    at->frame->level_count -= (uint32_t)(starve * effects->hunger * (float)(at->frame->level_count - 1u) + 0.5f);
}
