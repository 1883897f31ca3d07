// SPDX-License-Identifier: MIT
// Peaks of a sound that begins. Real-time: nothing in this file allocates, locks, logs or makes a system call.
#include "codec/live/onset.h"

#include "codec/live/tuning.h"

#include <residuum/rsd_dsp.h>

bool live_onset_step(live_onset *onset, uint32_t hop, bool sounds, bool has_attack)
{
    if (!sounds) {
        *onset = (live_onset){0};
        return false;
    }
    /* A stroke over the tail of another belongs to the same beginning. */
    if (has_attack && onset->age_samples >= LIVE_ONSET_SAMPLES) *onset = (live_onset){0};
    if (has_attack) onset->age_samples = 0;
    const bool begins = onset->age_samples < LIVE_ONSET_SAMPLES;
    if (begins) onset->age_samples += hop;
    return begins;
}

static float gain_at(const live_onset_frame *frame, uint32_t i)
{
    const bool second = i >= frame->hop;
    const float *gain = frame->gain[second ? 1 : 0];
    return gain ? gain[second ? i - frame->hop : i] : 1.0f;
}

/* What is heard of sample i of a frame's window. */
static float heard(const live_onset_frame *frame, const float *windowed, float share, uint32_t i)
{
    const float overlap = i < frame->hop ? frame->overlap[i] : 0.0f;
    return __builtin_fabsf((share * windowed[i] + overlap) * gain_at(frame, i));
}

static float peak(const live_onset_frame *frame, const float *windowed, float share)
{
    float greatest = 0.0f;
    for (uint32_t i = 0; i < 2u * frame->hop; i++) {
        const float sample = heard(frame, windowed, share, i);
        greatest = sample > greatest ? sample : greatest;
    }
    return greatest;
}

/* rms of what is heard, if it is as loud all the way from the attack on: its samples were divided by the gain. */
static float heard_rms(const live_onset_frame *frame)
{
    const uint32_t hop = frame->hop;
    const bool late = frame->attack_samples[1] >= 0, early = frame->attack_samples[0] >= 0;
    float share = 0.0f; /* of the window that it fills */
    if (!frame->gain[0] && !frame->gain[1]) return __builtin_sqrtf(frame->energy / (float)hop);
    for (uint32_t i = late    ? hop + (uint32_t)frame->attack_samples[1]
                      : early ? (uint32_t)frame->attack_samples[0]
                              : 0u;
         i < 2u * hop; i++) {
        const float flattened = frame->window[i < hop ? i : 2u * hop - 1u - i] / gain_at(frame, i);
        share += flattened * flattened;
    }
    const float least = LIVE_ONSET_LEAST_SHARE * (float)hop;
    return __builtin_sqrtf(frame->energy / (share > least ? share : least));
}

static float peak_limit(const live_onset *onset, const live_onset_frame *frame)
{
    const float more = frame->active_levels - 2.0f;
    return onset->loudest * LIVE_ONSET_CREST(frame->hop) *
           rsd_exp2f(more < 0.0f ? -LIVE_ONSET_FIRST_LOG2 * more : LIVE_ONSET_LEVEL_LOG2 * more);
}

bool live_onset_exceeds(live_onset *onset, const live_onset_frame *frame)
{
    /* The energy of a tone's coefficients swings from frame to frame: the mean of two is steady. */
    const float now = heard_rms(frame), before = onset->before > 0.0f ? onset->before : now;
    const float rms = __builtin_sqrtf(0.5f * (now * now + before * before));
    onset->before = now;
    onset->loudest = rms > onset->loudest ? rms : onset->loudest;
    return peak(frame, frame->windowed, 1.0f) > peak_limit(onset, frame);
}

live_onset_shares live_onset_shares_of(const live_onset *onset, const live_onset_frame *frame)
{
    const float limit = peak_limit(onset, frame), coded_peak = peak(frame, frame->coded, 1.0f);
    const float more = frame->active_levels > 2.0f ? frame->active_levels - 2.0f : 0.0f;
    const float coded_limit = limit * rsd_exp2f(LIVE_ONSET_CODED_LOG2 * more);
    live_onset_shares shares = {coded_peak > coded_limit ? coded_limit / coded_peak : 1.0f, 1.0f};
    const float coded_most = peak(frame, frame->coded, shares.coded), most = coded_most > limit ? coded_most : limit;
    for (uint32_t i = 0; i < 2u * frame->hop; i++) {
        const float whole = heard(frame, frame->windowed, shares.coded, i),
                    coded = heard(frame, frame->coded, shares.coded, i);
        if (whole <= most || coded >= most) continue;
        const float here = (most - coded) / (whole - coded);
        shares.filled = here < shares.filled ? here : shares.filled;
    }
    return shares;
}

void live_onset_soften(const live_onset_frame *frame, live_onset_shares shares)
{
    for (uint32_t i = 0; i < 2u * frame->hop; i++)
        frame->windowed[i] = shares.coded * (frame->coded[i] + shares.filled * (frame->windowed[i] - frame->coded[i]));
}
