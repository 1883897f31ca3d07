// SPDX-License-Identifier: MIT
// Integrated loudness of whole sounds, and the gains that make them equal.
#include "host/listen/gain.h"

#include "dsp/loudness.h"

#include <math.h>
#include <stdlib.h>

#define SEGMENTS_PER_STEP 10u /* a block of 400 ms every 100 ms */
#define RELATIVE_GATE 0.1     /* -10 LU */

/* The mean of the blocks over `gate`, as mean square; 0: there are none. */
static double mean_over(const double *blocks, uint64_t count, double gate)
{
    double sum = 0.0;
    uint64_t used = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (blocks[i] <= gate) continue;
        sum += blocks[i];
        used++;
    }
    return used > 0u ? sum / (double)used : 0.0;
}

static uint64_t measure_blocks(const host_sound *sound, double *blocks)
{
    loudness meter;
    uint64_t count = 0, segments = 0;
    const uint32_t channels =
        sound->channel_count < LOUDNESS_MAX_CHANNELS ? sound->channel_count : LOUDNESS_MAX_CHANNELS;
    loudness_init(&meter, sound->sample_rate_hz, channels);
    for (uint64_t at = 0; at + meter.segment_samples <= sound->sample_count; at += meter.segment_samples) {
        for (uint32_t c = 0; c < channels; c++) loudness_add(&meter, c, sound->channel[c] + at, meter.segment_samples);
        loudness_end_segment(&meter);
        segments++;
        if (segments >= LOUDNESS_SEGMENTS && segments % SEGMENTS_PER_STEP == 0u)
            blocks[count++] = loudness_mean_square(&meter);
    }
    /* What is shorter than a block is one. */
    if (count == 0u && segments > 0u) blocks[count++] = loudness_mean_square(&meter);
    return count;
}

double host_loudness_of(const host_sound *sound)
{
    const uint64_t most = sound->sample_count / (sound->sample_rate_hz / LOUDNESS_SEGMENTS_PER_S + 1u) + 16u;
    double *blocks = malloc((size_t)most * sizeof *blocks);
    if (!blocks) return -INFINITY;
    const uint64_t count = measure_blocks(sound, blocks);
    const double absolute = mean_over(blocks, count, LOUDNESS_GATE);
    const double relative = absolute * RELATIVE_GATE;
    const double mean = mean_over(blocks, count, relative > LOUDNESS_GATE ? relative : LOUDNESS_GATE);
    free(blocks);
    return absolute > 0.0 ? loudness_lufs(mean) : -INFINITY;
}

static float peak_of(const host_sound *sound)
{
    float peak = 0.0f;
    for (uint32_t c = 0; c < sound->channel_count; c++)
        for (uint64_t i = 0; i < sound->sample_count; i++) peak = fmaxf(peak, fabsf(sound->channel[c][i]));
    return peak;
}

void host_match_gains(const host_sound *const *sounds, uint32_t count, float *gains)
{
    const double wanted = host_loudness_of(sounds[0]);
    float most = 1.0f;
    for (uint32_t i = 0; i < count; i++) {
        const double own = i == 0u ? wanted : host_loudness_of(sounds[i]);
        gains[i] = isfinite(own) && isfinite(wanted) ? (float)pow(10.0, (wanted - own) / 20.0) : 1.0f;
        most = fmaxf(most, gains[i] * peak_of(sounds[i]));
    }
    for (uint32_t i = 0; i < count; i++) gains[i] /= most;
}
