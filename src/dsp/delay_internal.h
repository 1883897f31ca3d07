// SPDX-License-Identifier: MIT
#ifndef DSP_DELAY_INTERNAL_H
#define DSP_DELAY_INTERNAL_H

#include <residuum/rsd_dsp.h>

struct rsd_delay {
    uint32_t delay_samples;
    uint32_t position; /* oldest sample of the line, 0..delay_samples-1: read, then overwritten by the newest */
    float *line;       /* delay_samples floats, in the caller's block */
};

#endif
