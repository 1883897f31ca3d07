// SPDX-License-Identifier: MIT
// Noise-to-mask ratio of a whole sound.
#include "app/analyze/analyze.h"

#include "dsp/masking.h"

#include <math.h>
#include <stdlib.h>

#define HOP (DSP_MASKING_POINTS / 2u)

typedef struct {
    dsp_masking masking;
    dsp_masking_scratch scratch;
    dsp_masking_result result;
    double sum; /* of the frames' ratios as powers */
    uint64_t frame_count;
} nmr_meter;

/* Digital silence has no masker, and what is not there is not weighed. */
static bool is_silent(const float *samples)
{
    for (uint32_t i = 0; i < DSP_MASKING_POINTS; i++)
        if (samples[i] != 0.0f) return false;
    return true;
}

static void measure_channel(nmr_meter *meter, const float *signal, const float *coded, uint64_t count)
{
    for (uint64_t at = 0; at + DSP_MASKING_POINTS <= count; at += HOP) {
        if (is_silent(signal + at)) continue;
        dsp_masking_measure(&meter->masking, signal + at, coded + at, &meter->scratch, &meter->result);
        meter->sum += pow(10.0, (double)meter->result.total_nmr_db / 10.0);
        meter->frame_count++;
    }
}

double analyze_nmr_db(const host_sound *sound, const host_sound *decoded)
{
    nmr_meter *meter = calloc(1, sizeof *meter);
    if (!meter) return NAN;
    dsp_masking_init(&meter->masking, sound->sample_rate_hz);
    for (uint32_t c = 0; c < sound->channel_count; c++)
        measure_channel(meter, sound->channel[c], decoded->channel[c], sound->sample_count);
    const double nmr_db = meter->frame_count > 0u ? 10.0 * log10(meter->sum / (double)meter->frame_count) : NAN;
    free(meter);
    return nmr_db;
}
