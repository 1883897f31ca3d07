// SPDX-License-Identifier: MIT
// Attacks. A sudden rise inside a hop would spread the quantiser's error over the quiet before it (pre-echo). The
// encoder divides what follows the rise by a gain and the decoder multiplies by it again, so that the error before it
// shrinks as much. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/attack.h"

#include "codec/live/tuning.h"

#include "rvq/rvq_internal.h"

#include <residuum/rsd_dsp.h>

static const float steps[LIVE_ATTACK_STEPS] = {LIVE_ATTACK_STEPS_LOG2};

uint32_t live_attack_token_count(const live_shape *shape)
{
    return shape->hop * (shape->envelope_codebook_count == 1u ? LIVE_ATTACK_STEPS : 1u);
}

static uint32_t first_token(const live_shape *shape)
{
    return shape->envelope_codewords[shape->envelope_codebook_count - 1u] - live_attack_token_count(shape);
}

void live_attack_reserve(const live_shape *shape, rsd_rvq *envelope_codebooks)
{
    const uint32_t codebook = shape->envelope_codebook_count - 1u;
    for (uint32_t token = first_token(shape); token < shape->envelope_codewords[codebook]; token++)
        rvq_reserve_codeword(envelope_codebooks, codebook, token);
}

int32_t live_attack_token(const live_shape *shape, uint32_t position, float step_log2)
{
    uint32_t best = 0;
    for (uint32_t s = 1; s < LIVE_ATTACK_STEPS && shape->envelope_codebook_count == 1u; s++)
        best = step_log2 > 0.5f * (steps[s - 1u] + steps[s]) ? s : best;
    return (int32_t)(first_token(shape) + best * shape->hop + position);
}

int32_t live_attack_position(const live_shape *shape, const int32_t *tokens, float *step_log2)
{
    const uint32_t codebook = shape->envelope_codebook_count - 1u, first = first_token(shape);
    *step_log2 = 0.0f;
    if (tokens[0] <= 0 || tokens[codebook] < 0) return -1;
    const uint32_t token = (uint32_t)tokens[codebook] % shape->envelope_codewords[codebook];
    if (token < first) return -1;
    if (codebook == 0u) *step_log2 = steps[(token - first) / shape->hop];
    return (int32_t)((token - first) % shape->hop);
}

int32_t live_attack_find(const float *in, uint32_t hop, float *background)
{
    int32_t at = -1;
    for (uint32_t i = 0; i < hop; i++) {
        const float energy = in[i] * in[i], decayed = *background * LIVE_BACKGROUND_DECAY;
        if (at < 0 && energy > LIVE_ATTACK_RATIO * (*background + LIVE_BACKGROUND_FLOOR)) at = (int32_t)i;
        *background = energy > decayed ? energy : decayed;
    }
    return at;
}

/* log2 gain after each sample; `log2` may be NULL. */
static float follow_gain(uint32_t hop, float start_log2, int32_t attack, float *log2)
{
    const float fall = LIVE_ATTACK_GAIN_LOG2 / (LIVE_ATTACK_DECAY_HOPS * (float)hop);
    float now = start_log2;
    for (uint32_t i = 0; i < hop; i++) {
        if ((int32_t)i == attack) now = LIVE_ATTACK_GAIN_LOG2;
        if (log2) log2[i] = now;
        now = now > fall ? now - fall : 0.0f;
    }
    return now;
}

static bool is_flat(float start_log2, int32_t attack) { return start_log2 == 0.0f && attack < 0; }

float live_attack_gain(uint32_t hop, float start_log2, int32_t attack, float *gain, bool *flat)
{
    *flat = is_flat(start_log2, attack);
    if (*flat) return 0.0f;
    const float end_log2 = follow_gain(hop, start_log2, attack, gain);
    rsd_exp2f_each(gain, hop);
    return end_log2;
}

float live_attack_gain_end(uint32_t hop, float start_log2, int32_t attack)
{
    return is_flat(start_log2, attack) ? 0.0f : follow_gain(hop, start_log2, attack, NULL);
}

bool live_gains_equal(const codec_gain *a, const codec_gain *b)
{
    return a->start_log2 == b->start_log2 && a->attack_samples == b->attack_samples;
}
