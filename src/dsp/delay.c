// SPDX-License-Identifier: MIT
// Real-time half of the delay line: nothing in this file allocates, locks, logs or makes a system call.
#include "dsp/delay_internal.h"

#include "base/numbers.h"

#include <string.h>

#define CHUNK_SAMPLES 256u

void rsd_delay_process(rsd_delay *delay, const float *in, float *out, uint32_t sample_count)
{
    if (delay->delay_samples == 0u) {
        if (sample_count) memmove(out, in, sample_count * sizeof *out);
        return;
    }
    float oldest[CHUNK_SAMPLES]; /* kept aside, because out may be in */
    while (sample_count > 0u) {
        const uint32_t to_wrap = delay->delay_samples - delay->position;
        const uint32_t count = base_min_u32(base_min_u32(sample_count, to_wrap), CHUNK_SAMPLES);
        float *place = delay->line + delay->position;
        memcpy(oldest, place, count * sizeof *oldest);
        memcpy(place, in, count * sizeof *place);
        memcpy(out, oldest, count * sizeof *out);
        delay->position = count == to_wrap ? 0u : delay->position + count;
        in += count;
        out += count;
        sample_count -= count;
    }
}

void rsd_delay_reset(rsd_delay *delay)
{
    delay->position = 0u;
    memset(delay->line, 0, delay->delay_samples * sizeof *delay->line);
}
