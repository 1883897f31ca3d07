// SPDX-License-Identifier: MIT
// The streams in blocks of the caller's.
#include "pattern/interleave_internal.h"

#include <string.h>

#define STREAM_HEAD_BYTES                                                                                              \
    BASE_ROUND_UP_64(sizeof(rsd_interleaver) > sizeof(rsd_deinterleaver) ? sizeof(rsd_interleaver)                     \
                                                                         : sizeof(rsd_deinterleaver))

size_t rsd_pattern_stream_bytes(const rsd_pattern *pattern)
{
    if (!pattern || rsd_pattern_delay_frames(pattern) == UINT64_MAX) return 0;
    const size_t tokens = ((size_t)pattern->max_delay + 1u) * pattern->row_count;
    return STREAM_HEAD_BYTES + base_round_up_64(tokens * sizeof(int32_t));
}

/* Both structs begin with the ring. */
static rsd_status init_ring(void *block, size_t block_bytes, const rsd_pattern *pattern, const int32_t *special,
                            const void *stream)
{
    const size_t needed = rsd_pattern_stream_bytes(pattern);
    if (!block || (uintptr_t)block % 64u || !pattern || !special || !stream) return RSD_ERR_ARG;
    if (needed == 0u) return RSD_ERR_UNSUPPORTED;
    if (block_bytes < needed) return RSD_ERR_SIZE;
    memset(block, 0, STREAM_HEAD_BYTES);
    interleave_ring *ring = block;
    ring->pattern = *pattern;
    ring->start_left = pattern->start_step_count;
    ring->frame_capacity = pattern->max_delay + 1u;
    ring->tokens = (int32_t *)((char *)block + STREAM_HEAD_BYTES);
    memcpy(ring->special, special, pattern->row_count * sizeof *special);
    for (size_t i = 0; i < (size_t)ring->frame_capacity * pattern->row_count; i++) ring->tokens[i] = RSD_TOKEN_NONE;
    return RSD_OK;
}

rsd_status rsd_interleaver_init(void *block, size_t block_bytes, const rsd_pattern *pattern, const int32_t *special,
                                rsd_interleaver **interleaver)
{
    const rsd_status status = init_ring(block, block_bytes, pattern, special, interleaver);
    if (status == RSD_OK) *interleaver = block;
    return status;
}

rsd_status rsd_deinterleaver_init(void *block, size_t block_bytes, const rsd_pattern *pattern, const int32_t *special,
                                  rsd_deinterleaver **deinterleaver)
{
    const rsd_status status = init_ring(block, block_bytes, pattern, special, deinterleaver);
    if (status == RSD_OK) *deinterleaver = block;
    return status;
}
