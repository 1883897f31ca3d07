// SPDX-License-Identifier: MIT
#ifndef HOST_HUSH_H
#define HOST_HUSH_H

#include <residuum/rsd_status.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Silence for a while, faded out and in over 10 ms: what changes behind it is not heard. */
typedef struct {
    _Atomic bool is_wanted; /* control -> audio; a flag alone: relaxed */
    float gain, step;       /* audio's own; step: a sample */
} host_hush;

void host_hush_init(host_hush *hush, uint32_t sample_rate_hz); /* Thread: [setup] */
void host_hush_set(host_hush *hush, bool is_wanted);           /* Thread: [control] */
RSD_REALTIME void host_hush_apply(host_hush *hush, float *const *out, uint32_t channel_count,
                                  uint32_t sample_count); /* Thread: [audio] */

#endif
