// SPDX-License-Identifier: MIT
// A frame of tokens through the streaming form of a pattern and back.
#include "bench.h"

#include <residuum/rsd_pattern.h>

#include <stdlib.h>

static rsd_pattern pattern;
static void *blocks[2];
static rsd_interleaver *there;
static rsd_deinterleaver *back;

static bool open_streams(void)
{
    int32_t special[RSD_MAX_SEQUENCES];
    const size_t bytes = rsd_pattern_stream_bytes(&pattern);
    for (uint32_t q = 0; q < RSD_MAX_SEQUENCES; q++) special[q] = 1024;
    for (int i = 0; i < 2; i++) blocks[i] = aligned_alloc(64, bytes);
    return blocks[0] && blocks[1] && rsd_interleaver_init(blocks[0], bytes, &pattern, special, &there) == RSD_OK &&
           rsd_deinterleaver_init(blocks[1], bytes, &pattern, special, &back) == RSD_OK;
}

bool bench_pattern_open(const bench_sound *sound)
{
    const bench_pattern *wanted = bench_argument;
    if (!sound || rsd_pattern_parse(wanted->text, wanted->row_count, &pattern, NULL) != RSD_OK) return false;
    if (open_streams()) return true;
    bench_pattern_close();
    return false;
}

void bench_pattern_step(const bench_sound *sound, size_t index)
{
    int32_t frame[RSD_MAX_SEQUENCES], step[RSD_MAX_SEQUENCES];
    (void)sound;
    for (uint32_t q = 0; q < pattern.row_count; q++) frame[q] = (int32_t)((index + q) % 1024u);
    rsd_interleaver_push(there, frame);
    while (rsd_interleaver_pull(there, step)) {
        rsd_deinterleaver_push(back, step);
        (void)rsd_deinterleaver_pull(back, frame);
    }
}

void bench_pattern_close(void)
{
    for (int i = 0; i < 2; i++) free(blocks[i]);
    blocks[0] = blocks[1] = NULL;
}
