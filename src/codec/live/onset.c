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

/* Of full scale: any sound may go on so, and what is under it is as it is. Else of a beginning. */
typedef struct {
    float most;
    bool is_full_scale;
} onset_limit;

/* What sample i may peak at. Under full scale a frame leaves room for the next one, as any sound within the limit does. */
static float limit_at(const live_onset_frame *frame, onset_limit limit, uint32_t i)
{
    if (i < frame->hop || !limit.is_full_scale) return limit.most;
    const uint32_t at = i - frame->hop;
    const float own = frame->window[frame->hop - 1u - at], share = own * (own + frame->window[at]);
    return share < 1.0f ? share * limit.most : limit.most;
}

/* The share of a frame with which sample i is heard within its limit. What the frame before has left may be over it alone;
 * a beginning is made no softer for that. */
static float share_within(const live_onset_frame *frame, const float *windowed, onset_limit limit, uint32_t i)
{
    const float whole = heard(frame, windowed, 1.0f, i), most = limit_at(frame, limit, i);
    if (whole <= most) return 1.0f;
    const float left = heard(frame, windowed, 0.0f, i);
    const bool apart = i < frame->hop && windowed[i] * frame->overlap[i] < 0.0f;
    if (!limit.is_full_scale) return most / whole;
    if (left >= most) return apart ? 1.0f : most / whole;
    return (apart ? most + left : most - left) / (apart ? whole + left : whole - left);
}

static float greatest_share(const live_onset_frame *frame, const float *windowed, onset_limit limit)
{
    float share = 1.0f;
    for (uint32_t i = 0; i < 2u * frame->hop; i++) {
        const float here = share_within(frame, windowed, limit, i);
        share = here < share ? here : share;
    }
    return share;
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

/* The energy of a tone's coefficients swings from frame to frame: the mean of two is steady. */
static void follow_rms(live_onset *onset, const live_onset_frame *frame)
{
    const float now = heard_rms(frame), before = onset->before > 0.0f ? onset->before : now;
    onset->rms = __builtin_sqrtf(0.5f * (now * now + before * before));
    onset->before = now;
    if (frame->begins && onset->rms > onset->loudest) onset->loudest = onset->rms;
}

static onset_limit peak_limit(const live_onset *onset, const live_onset_frame *frame)
{
    const float more = frame->active_levels - 2.0f, rms = onset->rms, full = frame->full_scale,
                any = rms > LIVE_OVER_FULL_SCALE * full ? LIVE_OVER_FULL_SCALE * rms : LIVE_FULL_SCALE_PEAK * full,
                beginning = onset->loudest * LIVE_ONSET_CREST(frame->hop);
    const bool is_full_scale = !frame->begins || any <= beginning;
    const float counts = rsd_exp2f(more < 0.0f ? -LIVE_ONSET_FIRST_LOG2 * more : LIVE_ONSET_LEVEL_LOG2 * more);
    return (onset_limit){(is_full_scale ? any : beginning) * counts, is_full_scale};
}

bool live_onset_exceeds(live_onset *onset, const live_onset_frame *frame)
{
    follow_rms(onset, frame);
    return greatest_share(frame, frame->windowed, peak_limit(onset, frame)) < 1.0f;
}

live_onset_shares live_onset_shares_of(const live_onset *onset, const live_onset_frame *frame)
{
    const onset_limit limit = peak_limit(onset, frame);
    const float more = frame->active_levels > 2.0f ? frame->active_levels - 2.0f : 0.0f;
    const onset_limit of_coded = {limit.most * rsd_exp2f(LIVE_ONSET_CODED_LOG2 * more), limit.is_full_scale};
    live_onset_shares shares = {greatest_share(frame, frame->coded, of_coded), 1.0f};
    const float coded_most = peak(frame, frame->coded, shares.coded);
    const onset_limit most = {coded_most > limit.most ? coded_most : limit.most, limit.is_full_scale};
    for (uint32_t i = 0; i < 2u * frame->hop; i++) {
        const float whole = heard(frame, frame->windowed, shares.coded, i), here_most = limit_at(frame, most, i),
                    coded = heard(frame, frame->coded, shares.coded, i);
        if (whole <= here_most || coded >= here_most) continue;
        const float here = (here_most - coded) / (whole - coded);
        shares.filled = here < shares.filled ? here : shares.filled;
    }
    return shares;
}

void live_onset_soften(const live_onset_frame *frame, live_onset_shares shares)
{
    for (uint32_t i = 0; i < 2u * frame->hop; i++)
        frame->windowed[i] = shares.coded * (frame->coded[i] + shares.filled * (frame->windowed[i] - frame->coded[i]));
}
