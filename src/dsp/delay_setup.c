// SPDX-License-Identifier: MIT
// A delay line is built in memory of the caller's.
#include "dsp/delay_internal.h"

#include "base/numbers.h"

#define HEAD_BYTES 64u
_Static_assert(sizeof(rsd_delay) <= HEAD_BYTES, "the line starts on the second cache line of the block");

size_t rsd_delay_size_bytes(uint32_t delay_samples)
{
    if (delay_samples > RSD_DELAY_MAX_SAMPLES) return 0u;
    return HEAD_BYTES + base_round_up_64(delay_samples * sizeof(float));
}

rsd_status rsd_delay_init(void *block, size_t block_bytes, uint32_t delay_samples, rsd_delay **delay)
{
    const size_t needed = rsd_delay_size_bytes(delay_samples);
    if (!block || (uintptr_t)block % 64u || !delay || needed == 0u) return RSD_ERR_ARG;
    if (block_bytes < needed) return RSD_ERR_SIZE;

    rsd_delay *self = block;
    self->delay_samples = delay_samples;
    self->line = (float *)((char *)block + HEAD_BYTES);
    rsd_delay_reset(self);
    *delay = self;
    return RSD_OK;
}
