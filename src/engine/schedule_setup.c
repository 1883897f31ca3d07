// SPDX-License-Identifier: MIT
// Whether a codec runs inline or on a worker: what a frame costs is measured and weighed.
#include "engine/instance_internal.h"

#include "base/numbers.h"
#include "base/sleep.h"
#include "codec/codec_cost.h"

#include <stdlib.h>
#include <time.h>

#define WARMING_FRAMES 4u
#define MEASURED_FRAMES 16u
#define INLINE_SHARE 8u /* what one call codes may take up to 1 / INLINE_SHARE of what the call lasts */
#define LEAST_BLOCK_SAMPLES 64u
#define LEAST_BLOCK_RATE_HZ 48000u
#define LONG_FRAME_NS 8000000u

static uint64_t thread_time_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now); /* what others do on this core is not the codec's cost */
    return (uint64_t)now.tv_sec * BASE_NS_PER_S + (uint64_t)now.tv_nsec;
}

/* White noise at -20 dBFS: no codec gets off cheaply with it. */
static void fill_noise(float *samples, uint32_t count, uint32_t *seed)
{
    for (uint32_t i = 0; i < count; i++) samples[i] = 0.1f * base_noise(seed);
}

static engine_frame_job all_levels(const engine_instance *instance)
{
    engine_frame_job job = {.encode = {.level_count = instance->info.level_count, .codebook_bits = 16u}};
    for (uint32_t k = 0; k < instance->info.level_count; k++) job.decode.level_gain[k] = 1.0f;
    job.decode.active_levels = (float)instance->info.level_count;
    job.decode.noise_fill = 1.0f;
    return job;
}

/* Time of one hop, all channels, at the most levels: the least, as all that disturbs a measurement adds to it. */
static uint64_t measure_hop_ns(engine_instance *instance)
{
    uint64_t least_ns = UINT64_MAX;
    uint32_t seed = 1u;
    const engine_frame_job job = all_levels(instance);
    const engine_token_hooks none = {0};
    const uint32_t generations = instance->generations.count;
    const engine_token_hooks *hooks = instance->hooks;
    const engine_frame_output output = {&instance->result, instance->coded, instance->hop_out};
    instance->hooks = &none;
    instance->generations.count = 1u; /* the figure is kept for the model, whatever the generations */
    for (uint32_t i = 0; i < WARMING_FRAMES + MEASURED_FRAMES; i++) {
        fill_noise(instance->hop_in, instance->channel_count * instance->info.hop_samples, &seed);
        const uint64_t start = thread_time_ns();
        engine_instance_code_frame(instance, &job, instance->hop_in, &output);
        const uint64_t taken_ns = thread_time_ns() - start;
        if (i >= WARMING_FRAMES && taken_ns < least_ns) least_ns = taken_ns;
    }
    instance->hooks = hooks;
    instance->generations.count = generations;
    for (uint32_t c = 0; c < instance->channel_count; c++) rsd_codec_reset(instance->codecs[c]);
    return least_ns;
}

/* Samples that a call is taken to bring where `block_samples` are announced. */
static uint32_t counted_block(uint32_t engine_rate_hz, uint32_t block_samples)
{
    const uint32_t least = (uint32_t)((uint64_t)LEAST_BLOCK_SAMPLES * engine_rate_hz / LEAST_BLOCK_RATE_HZ);
    return block_samples > least ? block_samples : least;
}

static uint64_t frame_lasts_ns(const rsd_codec_info *info)
{
    return (uint64_t)info->hop_samples * BASE_NS_PER_S / info->sample_rate_hz;
}

rsd_schedule rsd_engine_choose_schedule(const rsd_codec_info *info, uint32_t sample_rate_hz, uint32_t block_samples,
                                        uint64_t frame_ns)
{
    const uint64_t block_ns = (uint64_t)counted_block(sample_rate_hz, block_samples) * BASE_NS_PER_S / sample_rate_hz;
    const uint64_t hop_ns = frame_lasts_ns(info), frames = (block_ns + hop_ns - 1u) / hop_ns;
    return frames * frame_ns * INLINE_SHARE > block_ns ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE;
}

rsd_schedule engine_instance_weigh(const engine_instance *instance, uint32_t block_samples)
{
    return rsd_engine_choose_schedule(&instance->info, instance->engine_rate_hz, block_samples,
                                      instance->generations.count *
                                          codec_frame_ns(instance->model, instance->channel_count));
}

/* Measured once for a model: 20 frames of a neural codec take up to half a second. */
static rsd_schedule measured_schedule(engine_instance *instance)
{
    if (codec_frame_ns(instance->model, instance->channel_count) == 0u) {
        const rsd_fp_state fp = rsd_fp_flush_denormals();
        const uint64_t frame_ns = measure_hop_ns(instance);
        rsd_fp_restore(fp);
        codec_keep_frame_ns(instance->model, instance->channel_count, frame_ns);
    }
    return engine_instance_weigh(instance, instance->block_samples);
}

void engine_instance_pick_schedule(engine_instance *instance)
{
    if (instance->schedule == RSD_SCHEDULE_AUTO)
        instance->schedule = measured_schedule(instance);
    else if (instance->schedule == RSD_SCHEDULE_BY_FRAME)
        instance->schedule =
            frame_lasts_ns(&instance->info) > LONG_FRAME_NS ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE;
}
