// SPDX-License-Identifier: MIT
#ifndef DSP_LIMITER_H
#define DSP_LIMITER_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * A peak limiter without latency: the gain falls at the very sample that would pass the ceiling, for all channels alike,
 * and rises again exponentially. Nothing passes the ceiling; what is under it while the gain is 1 is unchanged to the
 * bit. The price of no latency is that the gain falls without a ramp: a single peak is flattened as by a clipper, and
 * only what follows within the release is turned down as a whole.
 */

#define LIMITER_CEILING 0.96605088f /* -0.3 dBFS */
#define LIMITER_RELEASE_MS 100.0f

typedef struct {
    float reduction; /* 1 less the gain; 0: none */
    float keep;      /* share of the reduction that is left a sample later */
} limiter;

/* Thread: [setup] */
void limiter_init(limiter *self, uint32_t sample_rate_hz);
/* Thread: [audio] */
RSD_REALTIME void limiter_reset(limiter *self);
/*
 * channels  channel_count rows, changed in place from `offset` on
 * is_on     false: no ceiling any more, and the gain goes back to 1 on its way
 * Returns   the smallest gain on the way
 * Thread    [audio]
 */
RSD_REALTIME float limiter_process(limiter *self, float *const *channels, uint32_t channel_count, uint32_t offset,
                                   uint32_t sample_count, bool is_on);

#endif
