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

void live_attack_reserve(rsd_rvq *envelope_books, uint32_t hop, uint32_t codeword_count)
{
    for (uint32_t code = 1; code <= hop; code++) rvq_reserve_codeword(envelope_books, 1, codeword_count - code);
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
