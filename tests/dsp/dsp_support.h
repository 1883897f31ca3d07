// SPDX-License-Identifier: MIT
#ifndef DSP_SUPPORT_H
#define DSP_SUPPORT_H

#include "support/signals.h"

#include <stdint.h>
#include <stdlib.h>

/* At least `bytes` bytes aligned to 64; ends the test program when there is no memory. */
static inline void *dsp_block(size_t bytes)
{
    void *block = aligned_alloc(64, (bytes + 63u) & ~(size_t)63u);
    if (!block) abort();
    return block;
}

#endif
