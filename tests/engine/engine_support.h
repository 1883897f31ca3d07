// SPDX-License-Identifier: MIT
#ifndef ENGINE_SUPPORT_H
#define ENGINE_SUPPORT_H

#include "support/signals.h"

#include <criterion/criterion.h>

#include <residuum/rsd_engine.h>

#include <stdlib.h>
#include <string.h>

/* What the engine's tests share. The codec is the real one; every helper ends the test when something fails. */

static inline rsd_model *open_model(const char *name)
{
    rsd_model *model = NULL;
    rsd_error error;
    cr_assert_eq(rsd_model_open(name, &model, &error), RSD_OK, "%s: %s", name, error.text);
    return model;
}

static inline rsd_engine *make_engine_of(const char *codec, uint32_t rate_hz, uint32_t channel_count,
                                         rsd_schedule schedule)
{
    rsd_model *model = open_model(codec);
    const rsd_engine_config config = {rate_hz, channel_count, schedule, 0, 0};
    rsd_engine *engine = NULL;
    rsd_error error;
    cr_assert_eq(rsd_engine_create(&config, model, &engine, &error), RSD_OK, "%s", error.text);
    rsd_model_release(model); /* the engine has its own reference */
    return engine;
}

static inline rsd_engine *make_engine(uint32_t rate_hz, uint32_t channel_count)
{
    return make_engine_of("live", rate_hz, channel_count, RSD_SCHEDULE_INLINE);
}

static inline void set(rsd_engine *engine, rsd_param_id param_id, uint32_t level, float value)
{
    cr_assert_eq(rsd_engine_set(engine, param_id, level, value), RSD_OK, "parameter %u level %u value %g", param_id,
                 level, (double)value);
}

static inline float get(const rsd_engine *engine, rsd_param_id param_id, uint32_t level)
{
    float value = -1.0f;
    cr_assert_eq(rsd_engine_get(engine, param_id, level, &value), RSD_OK);
    return value;
}

static inline void post(rsd_engine *engine, uint64_t sample_time, rsd_param_id param_id, uint32_t level, float value)
{
    const rsd_event event = {sample_time, param_id, level, value};
    cr_assert_eq(rsd_engine_post(engine, &event), RSD_OK, "event at %llu", (unsigned long long)sample_time);
}

static inline uint32_t latency_of(const rsd_engine *engine)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(engine, &latency);
    return latency.total_samples;
}

static inline rsd_codec_info codec_of(const rsd_engine *engine)
{
    rsd_codec_info info;
    rsd_engine_get_codec(engine, &info);
    return info;
}

static inline float *make_samples(uint32_t count)
{
    float *samples = calloc(count, sizeof *samples);
    cr_assert_not_null(samples);
    return samples;
}

/* Runs one channel from sample `from` on in blocks of `block` samples; 0: random blocks of 1..700. */
static inline void run_blocks(rsd_engine *engine, const float *in, float *out, uint32_t count, uint32_t block)
{
    uint32_t seed = 99u;
    for (uint32_t done = 0; done < count;) {
        uint32_t length = block ? block : test_between(&seed, 1u, 700u);
        if (length > count - done) length = count - done;
        const float *const ins[1] = {in + done};
        float *const outs[1] = {out + done};
        rsd_engine_process(engine, ins, outs, length);
        done += length;
    }
}

static inline void run(rsd_engine *engine, const float *in, float *out, uint32_t count)
{
    run_blocks(engine, in, out, count, 128u);
}

/*
 * 60 ms of silence: a codec that predicts from the frames before forgets them there. Two runs that heard different
 * things before the gap give the same samples after it, where their frames lie on the same grid.
 */
static inline void forget_gap(float *x, uint32_t at) { memset(x + at, 0, 2880u * sizeof *x); }

static inline double energy_of(const float *x, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) sum += (double)x[i] * (double)x[i];
    return sum;
}

static inline float largest(const float *x, uint32_t count)
{
    float peak = 0.0f;
    for (uint32_t i = 0; i < count; i++) peak = fabsf(x[i]) > peak ? fabsf(x[i]) : peak;
    return peak;
}

static inline void assert_same_samples(const float *a, const float *b, uint32_t count, const char *what)
{
    for (uint32_t i = 0; i < count; i++)
        cr_assert(memcmp(&a[i], &b[i], sizeof a[i]) == 0, "%s: sample %u is %.9g, wanted %.9g", what, i, (double)a[i],
                  (double)b[i]);
}

#endif
