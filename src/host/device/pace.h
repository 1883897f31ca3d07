// SPDX-License-Identifier: MIT
#ifndef HOST_PACE_H
#define HOST_PACE_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether sound comes faster than in real time, told by the clock: a JACK server in freewheel and a host that renders
 * say nothing to those that cannot ask. Nobody listens then, and the engine may wait for its frames. Every quarter of a
 * second of sound is compared with the time that it took, and a tenth of a second ahead of the clock is enough; until
 * the first is over it counts as fast, so that a render is exact from its first sample (in real time there is nothing
 * to wait for then). One thread, [audio].
 */
typedef struct {
    uint32_t sample_rate_hz;
    uint64_t start_ns, sample_count; /* of the quarter of a second under way */
    uint32_t block_count;
    bool is_fast, has_begun;
} host_pace;

void host_pace_init(host_pace *pace, uint32_t sample_rate_hz); /* [setup], or when a stream begins anew */
/* For every block, now_ns a steady clock at its start. Whether the stream is faster than in real time. */
RSD_REALTIME bool host_pace_update(host_pace *pace, uint64_t now_ns, uint32_t sample_count);

#endif
