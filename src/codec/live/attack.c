// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

#include "rvq/rvq_internal.h"

// Attacks: a sudden rise inside a hop would spread the quantiser's error over the quiet before it (pre-echo). The
// encoder divides what follows the rise by a gain, the decoder multiplies by it again, so that the error before it
// shrinks as much. Real-time: nothing in this file allocates, locks, logs or makes a system call.

/* Energy over the background that makes an attack: 23 dB. */
#define ATTACK_RATIO 200.0f
/* The background is the peak of what was, falling 60 dB in 100 ms: the pulses of a low voice are no attacks. */
#define BACKGROUND_FALL 0.99713f
/* -80 dBFS: what lies under it is no background to protect. */
#define BACKGROUND_FLOOR 1e-8f
/* log2 of the gain: 27 dB. */
#define ATTACK_LOG2 4.5f

/* Steps of the envelope in log2. An attack is flattened to little over what was before it; after silence, what was is
 * the mean of all sounds. */
static const float steps[LIVE_ATTACK_STEPS] = {-6.0f, -2.0f, 2.0f, 6.0f};

uint32_t live_attack_token_count(const live_shape *shape)
{
    return shape->hop * (shape->envelope_book_count == 1u ? LIVE_ATTACK_STEPS : 1u);
}

static uint32_t first_token(const live_shape *shape)
{
    return shape->envelope_codewords[shape->envelope_book_count - 1u] - live_attack_token_count(shape);
}

void live_attack_reserve(const live_shape *shape, rsd_rvq *envelope_books)
{
    const uint32_t book = shape->envelope_book_count - 1u;
    for (uint32_t token = first_token(shape); token < shape->envelope_codewords[book]; token++)
        rvq_reserve_codeword(envelope_books, book, token);
}

int32_t live_attack_token(const live_shape *shape, uint32_t place, float step)
{
    uint32_t best = 0;
    for (uint32_t s = 1; s < LIVE_ATTACK_STEPS && shape->envelope_book_count == 1u; s++)
        best = step > 0.5f * (steps[s - 1u] + steps[s]) ? s : best;
    return (int32_t)(first_token(shape) + best * shape->hop + place);
}

int32_t live_attack_place(const live_shape *shape, const int32_t *tokens, float *step)
{
    const uint32_t book = shape->envelope_book_count - 1u, first = first_token(shape);
    *step = 0.0f;
    if (tokens[0] <= 0 || tokens[book] < 0) return -1;
    const uint32_t token = (uint32_t)tokens[book] % shape->envelope_codewords[book];
    if (token < first) return -1;
    if (book == 0u) *step = steps[(token - first) / shape->hop];
    return (int32_t)((token - first) % shape->hop);
}

int32_t live_attack_find(const float *in, uint32_t hop, float *background)
{
    int32_t at = -1;
    for (uint32_t i = 0; i < hop; i++) {
        const float energy = in[i] * in[i], fallen = *background * BACKGROUND_FALL;
        if (at < 0 && energy > ATTACK_RATIO * (*background + BACKGROUND_FLOOR)) at = (int32_t)i;
        *background = energy > fallen ? energy : fallen;
    }
    return at;
}

float live_attack_gain(uint32_t hop, float start_log2, int32_t attack, float *gain, bool *flat)
{
    *flat = start_log2 == 0.0f && attack < 0;
    if (*flat) return 0.0f;
    const uint32_t begin = attack < 0 ? hop : (uint32_t)attack;
    const float size = attack < 0 ? 0.0f : ATTACK_LOG2;
    const float fall = start_log2 / (float)hop, new_fall = size / (float)(2u * hop - begin);
    for (uint32_t i = 0; i < hop; i++) {
        gain[i] = start_log2 - fall * (float)(i + 1u);
        if (i >= begin) gain[i] += size - new_fall * (float)(i + 1u - begin);
    }
    rsd_exp2f_each(gain, hop);
    return size - new_fall * (float)(hop - begin);
}
