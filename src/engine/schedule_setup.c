// SPDX-License-Identifier: MIT
#include "engine/slot_internal.h"

#include <stdlib.h>
#include <time.h>

#define MEASURED_FRAMES 16u
#define INLINE_SHARE 4u /* a hop's frames may take up to 1 / INLINE_SHARE of the hop's time inline */

static uint64_t thread_time_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now); /* what others do on this core is not the codec's cost */
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* White noise at -20 dBFS: no codec gets off cheaply with it. */
static void fill_noise(float *samples, uint32_t count, uint32_t *seed)
{
    for (uint32_t i = 0; i < count; i++) {
        *seed = *seed * 1664525u + 1013904223u;
        samples[i] = 0.1f * ((float)(*seed >> 8) / 8388608.0f - 1.0f);
    }
}

static int compare_times(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static rsd_frame_job all_levels(const rsd_slot *slot)
{
    rsd_frame_job job = {.encode = {.level_count = slot->info.level_count, .codebook_bits = 16u}};
    for (uint32_t k = 0; k < slot->info.level_count; k++) job.decode.level_gain[k] = 1.0f;
    job.decode.active_levels = (float)slot->info.level_count;
    job.decode.noise_fill = 1.0f;
    return job;
}

/* Median time of one hop, all channels, at the most levels. */
static uint64_t measure_hop_ns(rsd_slot *slot)
{
    uint64_t times[MEASURED_FRAMES];
    uint32_t seed = 1u;
    const rsd_frame_job job = all_levels(slot);
    const rsd_token_hooks none = {0};
    const rsd_token_hooks *hooks = slot->hooks;
    slot->hooks = &none;
    for (uint32_t i = 0; i < MEASURED_FRAMES; i++) {
        fill_noise(slot->hop_in, slot->channel_count * slot->info.hop_samples, &seed);
        const uint64_t start = thread_time_ns();
        rsd_slot_code_frame(slot, &job, slot->hop_in, &slot->result, slot->hop_out);
        times[i] = thread_time_ns() - start;
    }
    slot->hooks = hooks;
    for (uint32_t c = 0; c < slot->channel_count; c++) rsd_codec_reset(slot->codecs[c]);
    qsort(times, MEASURED_FRAMES, sizeof times[0], compare_times);
    return times[MEASURED_FRAMES / 2u];
}

void rsd_slot_pick_schedule(rsd_slot *slot)
{
    if (slot->schedule != RSD_SCHEDULE_AUTO) return;
    const rsd_fp_state fp = rsd_fp_flush_denormals();
    const uint64_t hop_ns = (uint64_t)slot->info.hop_samples * 1000000000u / slot->info.sample_rate_hz;
    slot->schedule = measure_hop_ns(slot) * INLINE_SHARE > hop_ns ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE;
    rsd_fp_restore(fp);
}
