// SPDX-License-Identifier: MIT
#ifndef RT_LIBRARY_H
#define RT_LIBRARY_H

#include "rt_work.h"

#include <residuum/rsd_codec.h>
#include <residuum/rsd_dsp.h>
#include <residuum/rsd_pattern.h>
#include <residuum/rsd_ring.h>
#include <residuum/rsd_rvq.h>

#include <string.h>

/*
 * Every public [audio] function that rt_work.h's tour does not call: made ready here, called by rt_library_run alone,
 * which a program runs under its guard. docs/real-time.md lists them, and check_real_time.py that none is left out.
 */

#define RT_HOP 64u
#define RT_ROWS 4u
#define RT_QUALITIES 5u

typedef struct {
    rsd_engine *engine;
    rsd_codec *codec, *pair[2];
    uint32_t codec_hop, codec_levels;
    rsd_codec_info info;
    rsd_mdct *mdct;
    rsd_delay *delay;
    rsd_resampler *resamplers[RT_QUALITIES];
    rsd_ring *ring;
    rsd_rvq *rvq;
    rsd_interleaver *interleaver;
    rsd_deinterleaver *deinterleaver;
    float x[4096], y[4096], z[4096];
    uint32_t pulled; /* what came back, so that nothing is left out by a compiler */
} rt_library;

static inline void *rt_block(size_t bytes)
{
    void *block = bytes > 0u ? aligned_alloc(64, (bytes + 63u) / 64u * 64u) : NULL;
    rt_need(block != NULL, "memory");
    return block;
}

static inline void rt_make_rvq(rt_library *l)
{
    static int8_t words[16 * 8];
    for (int i = 0; i < 128; i++) words[i] = (int8_t)(i * 37 % 251 - 125);
    const rsd_rvq_codebook books[1] = {{0, 0, 8, 16, 0.01f, words}};
    const rsd_rvq_shape shape = {8, 1, 1, books};
    const size_t bytes = rsd_rvq_size_bytes(&shape);
    rt_need(rsd_rvq_init(rt_block(bytes), bytes, &shape, &l->rvq) == RSD_OK, "a quantiser");
}

static inline void rt_make_pattern(rt_library *l)
{
    static const int32_t special[RT_ROWS] = {16, 16, 16, 16};
    rsd_pattern pattern;
    rt_need(rsd_pattern_parse("delay", RT_ROWS, &pattern, NULL) == RSD_OK, "a pattern");
    const size_t bytes = rsd_pattern_stream_bytes(&pattern);
    rt_need(rsd_interleaver_init(rt_block(bytes), bytes, &pattern, special, &l->interleaver) == RSD_OK, "a pattern");
    rt_need(rsd_deinterleaver_init(rt_block(bytes), bytes, &pattern, special, &l->deinterleaver) == RSD_OK, "another");
}

static inline rt_library *rt_library_make(rsd_model *model)
{
    rt_library *l = rt_block(sizeof *l);
    memset(l, 0, sizeof *l);
    l->engine = rt_make(48000, RSD_SCHEDULE_INLINE, model);
    l->info.size_bytes = sizeof l->info;
    rsd_model_info(model, 48000, &l->info);
    const size_t codec_bytes = rsd_codec_size_bytes(model);
    rt_need(rsd_codec_init(rt_block(codec_bytes), codec_bytes, model, l->info.sample_rate_hz, &l->codec) == RSD_OK,
            "a codec");
    for (uint32_t c = 0; c < 2u; c++)
        rt_need(rsd_codec_init(rt_block(codec_bytes), codec_bytes, model, l->info.sample_rate_hz, &l->pair[c]) ==
                    RSD_OK,
                "a codec of a pair");
    rt_need(l->info.hop_samples <= 2048u, "a hop that fits");
    const size_t mdct_bytes = rsd_mdct_size_bytes(RT_HOP), delay_bytes = rsd_delay_size_bytes(100);
    rt_need(rsd_mdct_init(rt_block(mdct_bytes), mdct_bytes, RT_HOP, &l->mdct) == RSD_OK, "an MDCT");
    rt_need(rsd_delay_init(rt_block(delay_bytes), delay_bytes, 100, &l->delay) == RSD_OK, "a delay");
    for (uint32_t q = 0; q < RT_QUALITIES; q++) {
        const bool is_pair = q == RSD_RESAMPLER_PAIR, is_steep = q == RSD_RESAMPLER_STEEP;
        rt_need(rsd_resampler_create(is_pair    ? 16000
                                     : is_steep ? 96000
                                                : 44100,
                                     48000, (rsd_resampler_quality)q, &l->resamplers[q]) == RSD_OK,
                "a resampler");
    }
    const size_t ring_bytes = rsd_ring_size_bytes(16, 4);
    rt_need(rsd_ring_init(rt_block(ring_bytes), ring_bytes, 16, 4, &l->ring) == RSD_OK, "a ring");
    rt_make_rvq(l);
    rt_make_pattern(l);
    test_fill_noise(l->x, 4096, 0.5f, 5u);
    return l;
}

/* ---- under the guard from here on ---- */

static inline void rt_run_codec(rt_library *l)
{
    rsd_token_frame frame;
    const rsd_encode_controls encode = {l->info.level_count, 16};
    rsd_decode_controls decode = {.active_levels = (float)l->info.level_count, .noise_fill = 1.0f};
    for (uint32_t k = 0; k < l->info.level_count; k++) decode.level_gain[k] = 1.0f;
    for (int f = 0; f < 6; f++) {
        rsd_codec_encode(l->codec, l->x, &encode, &frame, NULL);
        rsd_codec_decode(l->codec, &frame, &decode, l->y);
        if (f == 3) rsd_codec_reset(l->codec);
    }
}

static inline void rt_run_pair(rt_library *l)
{
    rsd_token_frame frames[2];
    const rsd_encode_controls encode = {l->info.level_count, 16};
    rsd_decode_controls decode = {.active_levels = (float)l->info.level_count, .noise_fill = 1.0f};
    for (uint32_t k = 0; k < l->info.level_count; k++) decode.level_gain[k] = 1.0f;
    for (int f = 0; f < 6; f++) {
        rsd_codec_encode_pair(l->pair, (const float *[]){l->x, l->x + 2048}, &encode,
                              (rsd_token_frame *[]){&frames[0], &frames[1]}, NULL);
        rsd_codec_decode_pair(l->pair, (const rsd_token_frame *[]){&frames[0], &frames[1]}, &decode,
                              (float *[]){l->y, l->z});
    }
}

static inline void rt_run_dsp(rt_library *l)
{
    rsd_ramp ramp;
    const rsd_fp_state state = rsd_fp_flush_denormals();
    rsd_mdct_forward(l->mdct, l->x, l->y);
    rsd_mdct_inverse(l->mdct, l->y, l->z);
    rsd_delay_process(l->delay, l->x, l->y, 333);
    rsd_delay_reset(l->delay);
    rsd_ramp_init(&ramp, 0.0f, 64);
    rsd_ramp_set(&ramp, 1.0f);
    l->pulled += rsd_ramp_next(&ramp, l->y, 100);
    for (uint32_t q = 0; q < RT_QUALITIES; q++) {
        rt_need(rsd_resampler_max_out(l->resamplers[q], 256) <= 4096u, "room");
        l->pulled += rsd_resampler_process(l->resamplers[q], l->x, 256, l->z);
        l->pulled += rsd_resampler_latency_out_samples(l->resamplers[q]);
        rsd_resampler_reset(l->resamplers[q]);
    }
    l->y[0] = rsd_log2f(rsd_exp2f(l->x[0]));
    rsd_exp2f_each(l->y, 64);
    rsd_fp_restore(state);
}

static inline void rt_run_ring(rt_library *l)
{
    const uint32_t items[4] = {1, 2, 3, 4};
    uint32_t got[4];
    rsd_ring_region region;
    l->pulled += rsd_ring_write(l->ring, items, 4) + rsd_ring_read(l->ring, got, 4);
    l->pulled += rsd_ring_writable(l->ring) + rsd_ring_readable(l->ring);
    rsd_ring_write_commit(l->ring, rsd_ring_write_region(l->ring, 2, &region) > 0u ? 1u : 0u);
    rsd_ring_read_commit(l->ring, rsd_ring_read_region(l->ring, 2, &region) > 0u ? 1u : 0u);
}

static inline void rt_run_tokens(rt_library *l)
{
    int32_t tokens[RT_ROWS] = {1, 2, 3, 4}, step[RT_ROWS];
    l->pulled += rsd_rvq_level_begin(l->rvq, 0);
    rsd_rvq_encode_level(l->rvq, 0, 4, l->y, tokens);
    tokens[0] = rsd_rvq_encode_codebook(l->rvq, 0, 1.0f, 4, l->z);
    rsd_rvq_decode_codebook(l->rvq, 0, tokens[0], 1.0f, l->y);
    rsd_rvq_decode_level(l->rvq, 0, tokens, 1.0f, l->y);
    for (int f = 0; f < 8; f++) {
        rsd_interleaver_push(l->interleaver, tokens);
        if (f == 7) rsd_interleaver_flush(l->interleaver);
        while (rsd_interleaver_pull(l->interleaver, step)) {
            rsd_deinterleaver_push(l->deinterleaver, step);
            while (rsd_deinterleaver_pull(l->deinterleaver, tokens)) l->pulled++;
        }
    }
}

static inline void rt_run_engine(rt_library *l)
{
    const rsd_param_info *levels = rsd_param_by_id(RSD_PARAM_LEVELS);
    rsd_engine_latency latency;
    rsd_telemetry record;
    float value = 0.0f, low = 0.0f, high = 0.0f;
    rsd_engine_get_latency(l->engine, &latency);
    rsd_engine_wait_for_frames(l->engine, false);
    l->pulled += (uint32_t)rsd_engine_wants_generations(l->engine);
    l->pulled += (uint32_t)rsd_engine_sample_time(l->engine) + rsd_engine_tapped_codec(l->engine);
    l->pulled += rsd_engine_get(l->engine, RSD_PARAM_LEVELS, 0, &value) == RSD_OK;
    rsd_engine_get_range(l->engine, RSD_PARAM_LEVELS, &low, &high);
    rsd_engine_set_transport(l->engine, 120.0f, 4.0, true);
    l->pulled += rsd_param_of_target(RSD_PARAM_LEVELS, NULL) == levels;
    value = rsd_engine_levels_in_use(&l->info, value, high > low ? 64.0f : value);
    l->pulled += rsd_engine_read_telemetry(l->engine, &record, 1);
    l->pulled += (uint32_t)rsd_param_is_per_level(levels) + (uint32_t)rsd_param_is_whole(levels) +
                 (uint32_t)rsd_param_is_of_session(levels);
}

static inline void rt_library_run(rt_library *l)
{
    rt_run_codec(l);
    rt_run_pair(l);
    rt_run_dsp(l);
    rt_run_ring(l);
    rt_run_tokens(l);
    rt_run_engine(l);
}

#endif
