// SPDX-License-Identifier: MIT
// A resampler of each quality is made and freed.
#include "dsp/resampler_internal.h"

#include "base/numbers.h"

#include <stdlib.h>

#define MIN_RATE_HZ 4000u
#define MAX_RATE_HZ 768000u
/* More than libsamplerate's longest filter at its lowest ratio (144 samples * 192) ever holds back. */
#define PROBE_MAX_SAMPLES (1u << 17)

static bool rate_is_valid(uint32_t rate_hz) { return rate_hz >= MIN_RATE_HZ && rate_hz <= MAX_RATE_HZ; }

static int converter_of(rsd_resampler_quality quality)
{
    switch (quality) {
    case RSD_RESAMPLER_FAST:
        return SRC_SINC_FASTEST;
    case RSD_RESAMPLER_MEDIUM:
        return SRC_SINC_MEDIUM_QUALITY;
    case RSD_RESAMPLER_BEST:
        return SRC_SINC_BEST_QUALITY;
    case RSD_RESAMPLER_PAIR:
    case RSD_RESAMPLER_STEEP:
        break;
    }
    return -1;
}

/*
 * Pushes single samples of silence until the first output comes, and writes how many samples went in before the one
 * that brought it: so many libsamplerate holds back, then and always, for its output waits for half the filter and
 * nothing else.
 */
static bool probe_held_samples(SRC_STATE *src, double ratio, uint32_t *held_samples)
{
    const float silence = 0.0f;
    float out;
    for (uint32_t pushed = 0u; pushed < PROBE_MAX_SAMPLES; pushed++) {
        SRC_DATA data = {
            .data_in = &silence, .input_frames = 1, .data_out = &out, .output_frames = 1, .src_ratio = ratio};
        if (src_process(src, &data) != 0) return false;
        if (data.output_frames_gen > 0) {
            *held_samples = pushed;
            return src_reset(src) == 0;
        }
    }
    return false;
}

/*
 * After n inputs the rule wants floor(n r) outputs and libsamplerate has given those at input times up to n - held - 1,
 * ceil((n - held) r) of them: it lags by floor(held * r) at most. One input sample more, because libsamplerate adds up
 * its position in double precision and may take a time that is a whole number for a little less or more.
 */
static uint32_t prefill_samples(uint32_t held_samples, uint32_t in_step, uint32_t out_step)
{
    return (uint32_t)(((uint64_t)held_samples + 1u) * out_step / in_step);
}

static bool is_polyphase(rsd_resampler_quality quality)
{
    return quality == RSD_RESAMPLER_PAIR || quality == RSD_RESAMPLER_STEEP;
}

static rsd_status set_up_polyphase(rsd_resampler *self, rsd_resampler_quality quality)
{
    resampler_design design;
    if (quality == RSD_RESAMPLER_PAIR)
        dsp_resampler_design_pair(&design);
    else
        dsp_resampler_design_steep(&design);
    return dsp_resampler_polyphase_init(self, &design);
}

static rsd_status set_up_conversion(rsd_resampler *self, rsd_resampler_quality quality)
{
    if (self->in_step == self->out_step) return RSD_OK;
    if (is_polyphase(quality)) return set_up_polyphase(self, quality);
    int error = 0;
    self->src = src_new(converter_of(quality), 1, &error);
    if (!self->src) return RSD_ERR_MEMORY;
    uint32_t held_samples = 0u;
    if (!probe_held_samples(self->src, self->ratio, &held_samples)) return RSD_ERR_UNSUPPORTED;
    self->latency_samples = prefill_samples(held_samples, self->in_step, self->out_step);
    self->fifo_capacity = self->latency_samples + rsd_resampler_max_out(self, RESAMPLER_CHUNK_SAMPLES + 2u) + 2u;
    self->fifo = malloc(self->fifo_capacity * sizeof *self->fifo);
    return self->fifo ? RSD_OK : RSD_ERR_MEMORY;
}

rsd_status rsd_resampler_create(uint32_t in_rate_hz, uint32_t out_rate_hz, rsd_resampler_quality quality,
                                rsd_resampler **resampler)
{
    const bool known = is_polyphase(quality) || converter_of(quality) >= 0;
    if (!rate_is_valid(in_rate_hz) || !rate_is_valid(out_rate_hz) || !known || !resampler) return RSD_ERR_ARG;

    rsd_resampler *self = calloc(1, sizeof *self);
    if (!self) return RSD_ERR_MEMORY;
    const uint32_t common = base_gcd_u32(in_rate_hz, out_rate_hz);
    self->in_step = in_rate_hz / common;
    self->out_step = out_rate_hz / common;
    self->ratio = (double)out_rate_hz / in_rate_hz;
    const rsd_status status = set_up_conversion(self, quality);
    if (status != RSD_OK) {
        rsd_resampler_destroy(self);
        return status;
    }
    rsd_resampler_reset(self);
    *resampler = self;
    return RSD_OK;
}

void rsd_resampler_destroy(rsd_resampler *resampler)
{
    if (!resampler) return;
    if (resampler->src) (void)src_delete(resampler->src);
    dsp_resampler_polyphase_free(resampler);
    free(resampler->fifo);
    free(resampler);
}
