// SPDX-License-Identifier: MIT
// Peaks of a frame with all its levels. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/peaks.h"

#include "codec/live/attack.h"
#include "codec/live/tuning.h"

#include "dsp/mdct_internal.h"

#include <string.h>

static bool is_flattened(codec_gain gain) { return gain.start_log2 != 0.0f || gain.attack_samples >= 0; }

float live_peaks_follow(const float *in, uint32_t hop, float peak_energy)
{
    float greatest = peak_energy * (1.0f - LIVE_PEAK_FALL * (float)hop);
    for (uint32_t i = 0; i < hop; i++) greatest = in[i] * in[i] > greatest ? in[i] * in[i] : greatest;
    return greatest;
}

bool live_peaks_may_exceed(const live_codec *codec, float error_energy)
{
    const float hop = (float)codec->model->shape.hop, energy = error_energy + codec->error_energy;
    if (is_flattened(codec->hop_gain_before) || is_flattened(codec->hop_gain)) return true;
    const float room = (LIVE_PEAK_OVER - 1.0f) / LIVE_PEAK_CREST;
    return energy / hop > room * room * codec->peak_energy;
}

void live_peaks_begin(const live_codec *codec, live_peaks *peaks)
{
    const uint32_t hop = codec->model->shape.hop;
    const codec_gain gains[2] = {codec->hop_gain_before, codec->hop_gain};
    float windowed[2u * LIVE_MAX_HOP];
    peaks->codec = codec;
    for (uint32_t h = 0; h < 2u; h++)
        (void)live_attack_gain(hop, gains[h].start_log2, gains[h].attack_samples, peaks->gain[h], &peaks->flat[h]);
    peaks->most = __builtin_sqrtf(codec->peak_energy + LIVE_SILENCE);
    rsd_mdct_inverse(codec->mdct, codec->error, windowed);
    memcpy(peaks->before, windowed + hop, hop * sizeof *windowed);
}

float live_peaks_look(live_peaks *peaks, const float *error)
{
    const live_codec *codec = peaks->codec;
    const uint32_t hop = codec->model->shape.hop;
    const float *window = codec->mdct->window;
    float windowed[2u * LIVE_MAX_HOP], greatest = 0.0f;
    rsd_mdct_inverse(codec->mdct, error, windowed);
    memset(peaks->excess, 0, 2u * hop * sizeof *peaks->excess);
    /* Of the second hop's later half the next frame has more than this one. */
    for (uint32_t t = 0; t < hop + hop / 2u; t++) {
        const uint32_t h = t >= hop ? 1u : 0u, at = t - h * hop;
        const float gain = peaks->flat[h] ? 1.0f : peaks->gain[h][at], w = window[h ? hop - 1u - at : at];
        const float sample = codec->history[t] + windowed[t] + (h ? 0.0f : peaks->before[t]);
        const float size = __builtin_fabsf(sample) * gain, over = size - LIVE_PEAK_AIM * peaks->most;
        greatest = size > greatest ? size : greatest;
        if (over <= 0.0f) continue;
        const float share = w * w < LIVE_PEAK_LEAST_SHARE ? LIVE_PEAK_LEAST_SHARE : w * w, less = over / (gain * share);
        peaks->excess[t] = sample > 0.0f ? -less : less;
    }
    return greatest / peaks->most;
}

void live_peaks_shift(const live_peaks *peaks, float *shift)
{
    const uint32_t hop = peaks->codec->model->shape.hop;
    float coefficients[LIVE_MAX_HOP];
    rsd_mdct_forward(peaks->codec->mdct, peaks->excess, coefficients);
    for (uint32_t i = 0; i < hop; i++) shift[i] += coefficients[i];
}
