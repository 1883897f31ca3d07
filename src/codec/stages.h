// SPDX-License-Identifier: MIT
#ifndef CODEC_STAGES_H
#define CODEC_STAGES_H

#include <residuum/rsd_codec.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where the time of a chain goes, on request: sums since the start, in the unit of a clock that whoever asks brings along
 * (the library knows none). Several threads add at a time, and one reads: each sum is a figure of its own, so relaxed
 * orders are enough. What is measured is what begins while `is_on`, so that whoever asks may take samples: a clock is
 * read twenty times a frame. Without a request every mark is one comparison.
 */

enum {
    CODEC_STAGE_ANALYSIS,  /* of an encoder, all but its search */
    CODEC_STAGE_SEARCH,    /* all levels of an encoder: the sum of level[] */
    CODEC_STAGE_EFFECTS,   /* on tokens, between reading and synthesis */
    CODEC_STAGE_SYNTHESIS, /* of a decoder: reading the tokens, and the sound */
    CODEC_STAGE_RESAMPLER, /* both ways */
    CODEC_STAGE_MIXER,     /* monitor, mix, fades, output gain */
    CODEC_STAGE_COUNT
};

typedef struct {
    uint64_t (*now)(void) RSD_REALTIME; /* never 0 */
    _Atomic bool is_on;                 /* stored by audio */
    _Atomic uint64_t sum[CODEC_STAGE_COUNT];
    _Atomic uint64_t level[RSD_MAX_LEVELS]; /* search, by level */
} codec_stages;

/* Where a codec's time goes from here on; NULL: nowhere. Thread: [setup], before its first frame */
void codec_use_stages(rsd_codec *codec, codec_stages *stages);

/* When something begins that is to be measured, or 0. Thread: [audio] and workers, as the next */
RSD_REALTIME static inline uint64_t codec_stages_begin(const codec_stages *stages)
{
    return stages && atomic_load_explicit(&stages->is_on, memory_order_relaxed) ? stages->now() : 0u;
}

/* It is over: adds what has passed since `start`, where that is not 0. */
RSD_REALTIME static inline void codec_stages_end(codec_stages *stages, uint32_t stage, uint64_t start)
{
    if (start > 0u) atomic_fetch_add_explicit(&stages->sum[stage], stages->now() - start, memory_order_relaxed);
}

/* A frame has been encoded since `start`, `searched` of that time spent on its levels. */
RSD_REALTIME static inline void codec_stages_end_encoding(codec_stages *stages, uint64_t start, uint64_t searched)
{
    if (searched > 0u) atomic_fetch_add_explicit(&stages->sum[CODEC_STAGE_SEARCH], searched, memory_order_relaxed);
    if (start > 0u) codec_stages_end(stages, CODEC_STAGE_ANALYSIS, start + searched);
}

#endif
