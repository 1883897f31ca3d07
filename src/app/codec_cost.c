// SPDX-License-Identifier: MIT
// What a codec costs on this machine: processor time a frame.
#include "codec_cost.h"
#include "base/error.h"
#include "base/numbers.h"
#include "offline.h"

#include <math.h>

#define BLOCK_SAMPLES 256u
#define WARMING_FRAMES 4u
#define ROUNDS 4u
#define ROUND_FRAMES 12u

/* White noise at -20 dBFS: no codec gets off cheaply with it. */
static void fill_noise(float block[BLOCK_SAMPLES], uint32_t *seed)
{
    for (uint32_t i = 0; i < BLOCK_SAMPLES; i++) block[i] = 0.1f * base_noise(seed);
}

/* Processor time of at least `frames` frames' worth of samples, a frame. */
static double frame_ms(rsd_engine *engine, uint32_t sample_rate_hz, const rsd_codec_info *codec, uint32_t frames,
                       uint32_t *seed)
{
    float block[BLOCK_SAMPLES];
    float *row = block;
    const double frame_samples = (double)codec->hop_samples * sample_rate_hz / codec->sample_rate_hz;
    const uint32_t block_count = (uint32_t)ceil(frames * frame_samples / BLOCK_SAMPLES);
    uint64_t ns = 0;
    for (uint32_t b = 0; b < block_count; b++) {
        fill_noise(block, seed);
        const uint64_t start = app_thread_cpu_ns();
        rsd_engine_process(engine, (const float *const *)&row, &row, BLOCK_SAMPLES);
        ns += app_thread_cpu_ns() - start;
    }
    return (double)ns * 1e-6 * frame_samples / ((double)block_count * BLOCK_SAMPLES);
}

/* The least of some rounds, as all that disturbs a measurement adds to it. */
static rsd_status measure_frame(rsd_model *model, uint32_t sample_rate_hz, double *least_ms, rsd_error *error)
{
    rsd_engine *engine = NULL;
    rsd_codec_info codec;
    uint32_t seed = 1u;
    const rsd_engine_config config = {
        .sample_rate_hz = sample_rate_hz, .channel_count = 1u, .schedule = RSD_SCHEDULE_INLINE};
    rsd_status status = rsd_engine_create(&config, model, &engine, error);
    if (status != RSD_OK) return status;
    rsd_engine_get_codec(engine, &codec);
    status = rsd_engine_set(engine, RSD_PARAM_LEVELS, 0u, (float)codec.level_count);
    if (status == RSD_OK) {
        frame_ms(engine, sample_rate_hz, &codec, WARMING_FRAMES, &seed);
        *least_ms = INFINITY;
        for (uint32_t r = 0; r < ROUNDS; r++)
            *least_ms = fmin(*least_ms, frame_ms(engine, sample_rate_hz, &codec, ROUND_FRAMES, &seed));
    } else {
        base_error_set(error, status, "the engine refused levels = %u", codec.level_count);
    }
    rsd_engine_destroy(engine);
    return status;
}

static rsd_status find_latency(rsd_model *model, uint32_t sample_rate_hz, uint32_t block_samples,
                               rsd_engine_latency *latency, rsd_error *error)
{
    rsd_engine *engine = NULL;
    const rsd_engine_config config = {.sample_rate_hz = sample_rate_hz,
                                      .channel_count = 1u,
                                      .schedule = RSD_SCHEDULE_AUTO,
                                      .block_samples = block_samples};
    const rsd_status status = rsd_engine_create(&config, model, &engine, error);
    if (status != RSD_OK) return status;
    rsd_engine_get_latency(engine, latency);
    rsd_engine_destroy(engine);
    return RSD_OK;
}

rsd_status app_codec_cost_measure(rsd_model *model, uint32_t sample_rate_hz, uint32_t block_samples,
                                  app_codec_cost *cost, rsd_error *error)
{
    rsd_codec_info codec;
    app_codec_cost measured = {0};
    rsd_model_info(model, sample_rate_hz, &codec);
    rsd_status status = find_latency(model, sample_rate_hz, block_samples, &measured.latency, error);
    if (status == RSD_OK) status = measure_frame(model, codec.sample_rate_hz, &measured.codec_ms, error);
    measured.total_ms = measured.codec_ms;
    if (status == RSD_OK && codec.sample_rate_hz != sample_rate_hz)
        status = measure_frame(model, sample_rate_hz, &measured.total_ms, error);
    if (status == RSD_OK) *cost = measured;
    return status;
}
