// SPDX-License-Identifier: MIT
// Attacks. A sudden rise inside a hop would spread the quantiser's error over the quiet before it (pre-echo). The
// encoder divides what follows the rise by a gain and the decoder multiplies by it again, so that the error before it
// shrinks as much. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/attack.h"

#include "codec/live/tuning.h"

#include "rvq/rvq_internal.h"

#include <residuum/rsd_dsp.h>

#include <float.h>

static const float steps[LIVE_ATTACK_ENVELOPES] = {LIVE_ATTACK_STEPS_LOG2};
static const float tilts[LIVE_ATTACK_ENVELOPES] = {LIVE_ATTACK_TILTS_LOG2};

/* Where a codebook tells the envelope there is a token for each sample of a hop, and else one for each fourth sample and
 * each of LIVE_ATTACK_ENVELOPES. */
static bool tells_envelope(const live_shape *shape) { return shape->envelope_codebook_count == 1u; }

uint32_t live_attack_token_count(const live_shape *shape)
{
    return tells_envelope(shape) ? shape->hop / LIVE_ATTACK_GRID * LIVE_ATTACK_ENVELOPES : shape->hop;
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

int32_t live_attack_place(const live_shape *shape, int32_t position)
{
    return position >= 0 && tells_envelope(shape) ? position - position % (int32_t)LIVE_ATTACK_GRID : position;
}

float live_attack_move(const live_shape *shape, const live_attack_envelope *envelope, uint32_t b)
{
    return envelope->step_log2 + envelope->tilt_log2 * (2.0f * (float)b / (float)(shape->band_count - 1u) - 1.0f);
}

/* The one nearest to what is missing in each band. */
static uint32_t nearest_envelope(const live_shape *shape, const float *missing_log2)
{
    uint32_t best = 0;
    float least = FLT_MAX;
    for (uint32_t e = 0; e < LIVE_ATTACK_ENVELOPES; e++) {
        const live_attack_envelope envelope = {steps[e], tilts[e]};
        float distance = 0.0f;
        for (uint32_t b = 0; b < shape->band_count; b++) {
            const float error = missing_log2[b] - live_attack_move(shape, &envelope, b);
            distance += error * error;
        }
        if (distance < least) best = e;
        least = distance < least ? distance : least;
    }
    return best;
}

int32_t live_attack_token(const live_shape *shape, uint32_t position, const float *missing_log2)
{
    if (!tells_envelope(shape)) return (int32_t)(first_token(shape) + position);
    const uint32_t place = position / LIVE_ATTACK_GRID, places = shape->hop / LIVE_ATTACK_GRID;
    return (int32_t)(first_token(shape) + nearest_envelope(shape, missing_log2) * places + place);
}

int32_t live_attack_position(const live_shape *shape, const int32_t *tokens, live_attack_envelope *envelope)
{
    const uint32_t codebook = shape->envelope_codebook_count - 1u, first = first_token(shape);
    *envelope = (live_attack_envelope){0.0f, 0.0f};
    if (tokens[0] <= 0 || tokens[codebook] < 0) return -1;
    const uint32_t token = (uint32_t)tokens[codebook] % shape->envelope_codewords[codebook];
    if (token < first) return -1;
    if (!tells_envelope(shape)) return (int32_t)(token - first);
    const uint32_t places = shape->hop / LIVE_ATTACK_GRID, e = (token - first) / places;
    *envelope = (live_attack_envelope){steps[e], tilts[e]};
    return (int32_t)((token - first) % places * LIVE_ATTACK_GRID);
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
