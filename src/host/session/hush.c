// SPDX-License-Identifier: MIT
// Fades what is heard out and in. Nothing in this file allocates, locks, logs or makes a system call.
#include "host/session/hush.h"

#define FADE_S 0.01f

void host_hush_init(host_hush *hush, uint32_t sample_rate_hz)
{
    atomic_init(&hush->is_wanted, false);
    hush->gain = 1.0f;
    hush->step = 1.0f / (FADE_S * (float)sample_rate_hz);
}

void host_hush_set(host_hush *hush, bool is_wanted)
{
    atomic_store_explicit(&hush->is_wanted, is_wanted, memory_order_relaxed); /* read by audio */
}

void host_hush_apply(host_hush *hush, float *const *out, uint32_t channel_count, uint32_t sample_count)
{
    const bool is_wanted = atomic_load_explicit(&hush->is_wanted, memory_order_relaxed); /* stored by control */
    if (!is_wanted && hush->gain == 1.0f) return;                                        /* to the bit */
    for (uint32_t i = 0; i < sample_count; i++) {
        hush->gain += is_wanted ? -hush->step : hush->step;
        hush->gain = hush->gain < 0.0f ? 0.0f : hush->gain > 1.0f ? 1.0f : hush->gain;
        for (uint32_t c = 0; c < channel_count; c++) out[c][i] *= hush->gain;
    }
}
