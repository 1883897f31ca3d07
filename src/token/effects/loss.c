// SPDX-License-Identifier: MIT
// Lost frames, and what is heard in their place. Nothing in this file allocates, locks, logs or makes a system call.
#include "token/effects/internal.h"

#include <residuum/rsd_dsp.h>

#define FADE_LOG2_PER_MS (-0.1f) /* 6 dB in 10 ms */

static const effect_levels all_levels = {0u, RSD_MAX_LEVELS};

static float frame_ms(const token_effects *effects)
{
    return 1000.0f * (float)effects->info.hop_samples / (float)effects->info.sample_rate_hz;
}

/*
 * Two states, as Gilbert has it (Capacity of a Burst-Noise Channel, Bell System Technical Journal 39, 1960). A loss
 * lasts for loss_burst_ms on average; where so much is lost that it begins anew at once, for longer.
 */
static bool is_lost_now(const effect_frame *at)
{
    const float loss = at->controls->loss, burst_frames = at->controls->loss_burst_ms / frame_ms(at->effects);
    float ends = burst_frames > 1.0f ? 1.0f / burst_frames : 1.0f;
    if (loss >= 1.0f) return true;
    float begins = ends * loss / (1.0f - loss);
    if (begins > 1.0f) {
        ends = (1.0f - loss) / loss;
        begins = 1.0f;
    }
    const uint32_t bits = effect_bits(at, DRAW_LOSS, 0u);
    return at->effects->is_lost ? !effect_chance(bits, ends) : effect_chance(bits, begins);
}

/* The last frame's envelope as noise; where there is no envelope, any tokens. */
static void make_noise(const effect_frame *at)
{
    at->frame->is_noise = true;
    for (uint32_t s = 0; s < at->effects->info.sequence_count; s++)
        if (at->frame->tokens[s] != RSD_TOKEN_NONE)
            at->frame->tokens[s] =
                (int32_t)effect_pick(effect_bits(at, DRAW_CONCEAL, s), effect_codewords(at->effects, s));
}

/* A frame that was heard takes the lost one's place; where there is none, silence. */
static void conceal(const effect_frame *at)
{
    const token_conceal way = at->controls->conceal;
    const uint32_t lost_frames = at->effects->lost_frames++;
    const uint32_t age_frames = way == TOKEN_CONCEAL_REVERSE ? 2u * lost_frames : 0u; /* the past grows meanwhile */
    const bool is_there = effect_recall(at->effects, age_frames, all_levels, at->frame);
    if (!is_there || way == TOKEN_CONCEAL_SILENCE) at->frame->amplitude = 0.0f;
    if (way == TOKEN_CONCEAL_FADE || (way == TOKEN_CONCEAL_IMAGINE && !at->effects->predictor))
        at->frame->amplitude *= rsd_exp2f(FADE_LOG2_PER_MS * frame_ms(at->effects));
    if (way == TOKEN_CONCEAL_NOISE) make_noise(at);
}

void effect_loss(const effect_frame *at)
{
    token_effects *effects = at->effects;
    const bool is_lost = at->controls->loss > 0.0f && is_lost_now(at);
    if (is_lost && !effects->is_lost) effects->lost_frames = 0u;
    effects->is_lost = is_lost;
    if (is_lost) conceal(at);
}
