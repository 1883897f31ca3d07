// SPDX-License-Identifier: MIT
#ifndef CODEC_SUPPORT_H
#define CODEC_SUPPORT_H

#include "open_codec.h"

#include <residuum/rsd_codec.h>
#include <residuum/rsd_dsp.h>

#include <criterion/criterion.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ 48000u
#define MAX_HOP 256u

typedef struct {
    float *samples;
    size_t count;
} clip;

/* Part of the demo sound, in seconds. */
static inline clip demo_clip(double begin_s, double length_s)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(DEMO_FILE, SFM_READ, &info);
    cr_assert_not_null(file, "%s", DEMO_FILE);
    clip made = {.count = (size_t)(length_s * RATE_HZ)};
    made.samples = calloc(made.count, sizeof(float));
    sf_seek(file, (sf_count_t)(begin_s * RATE_HZ), SEEK_SET);
    cr_assert_eq(sf_readf_float(file, made.samples, (sf_count_t)made.count), (sf_count_t)made.count);
    sf_close(file);
    return made;
}

static inline opened open_codec(const char *name) { return open_codec_for(name, RATE_HZ); }

static inline rsd_decode_controls all_on(uint32_t levels)
{
    rsd_decode_controls controls = {.active_levels = (float)levels, .noise_fill = 1.0f};
    for (uint32_t k = 0; k < levels; k++) controls.level_gain[k] = 1.0f;
    return controls;
}

/* Codes the clip with the first `levels` levels; returns sound aligned with the clip and as long. */
static inline float *code_clip(opened *o, clip in, uint32_t levels, const rsd_decode_controls *decode)
{
    const uint32_t hop = o->info.hop_samples;
    const size_t frames = in.count / hop + 2u;
    const rsd_encode_controls encode = {levels, 16};
    float *out = calloc((frames + 1u) * hop, sizeof *out), *padded = calloc(frames * hop, sizeof *padded);
    memcpy(padded, in.samples, in.count * sizeof *padded);
    rsd_codec_reset(o->codec);
    for (size_t f = 0; f < frames; f++) {
        rsd_token_frame frame;
        rsd_codec_encode(o->codec, padded + f * hop, &encode, &frame, NULL);
        rsd_codec_decode(o->codec, &frame, decode, out + f * hop);
    }
    const uint32_t delay = o->info.latency_samples - hop;
    memmove(out, out + delay, in.count * sizeof *out);
    free(padded);
    return out;
}

#endif
