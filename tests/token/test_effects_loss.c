// SPDX-License-Identifier: MIT
// Lost frames: how many, how long, and what is heard in their place.
#include "effects_support.h"

#include <math.h>

#define FRAME_MS 10.0f
#define NEVER 0.0f

static token_effect_controls loss_of(float loss, float burst_ms, token_conceal way)
{
    token_effect_controls controls = effects_off();
    controls.is_on = true;
    controls.loss = loss;
    controls.loss_burst_ms = burst_ms;
    controls.conceal = way;
    return controls;
}

/* Frames that were silenced are the lost ones. */
static void measure(const token_effect_controls *controls, uint32_t frames, float *share, float *burst_ms)
{
    token_effects *effects = make_effects(0);
    uint32_t lost = 0, bursts = 0;
    bool before = false;
    for (uint32_t n = 0; n < frames; n++) {
        const bool is_lost = apply_to(effects, controls, n, (int32_t)(n % 16384u)).amplitude == 0.0f;
        lost += is_lost;
        bursts += is_lost && !before;
        before = is_lost;
    }
    *share = (float)lost / (float)frames;
    *burst_ms = bursts > 0u ? FRAME_MS * (float)lost / (float)bursts : 0.0f;
    free(effects);
}

Test(effects_loss, the_share_and_the_mean_length_of_losses_are_what_was_asked)
{
    static const float wanted[][2] = {{0.1f, 10.0f}, {0.1f, 100.0f}, {0.3f, 50.0f}, {0.02f, 20.0f}, {0.6f, 30.0f}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const token_effect_controls controls = loss_of(wanted[i][0], wanted[i][1], TOKEN_CONCEAL_SILENCE);
        float share, burst_ms;
        measure(&controls, 200000u, &share, &burst_ms);
        cr_assert_float_eq(share / wanted[i][0], 1.0f, 0.08f, "%g lost, wanted %g", (double)share,
                           (double)wanted[i][0]);
        cr_assert_float_eq(burst_ms / wanted[i][1], 1.0f, 0.08f, "%g ms, wanted %g", (double)burst_ms,
                           (double)wanted[i][1]);
    }
}

Test(effects_loss, at_the_ends_none_or_all_are_lost_and_a_high_share_is_kept_by_longer_losses)
{
    float share, burst_ms;
    const token_effect_controls none = loss_of(NEVER, 1.0f, TOKEN_CONCEAL_SILENCE),
                                all = loss_of(1.0f, 1.0f, TOKEN_CONCEAL_SILENCE),
                                most = loss_of(0.9f, 1.0f, TOKEN_CONCEAL_SILENCE);
    measure(&none, 1000u, &share, &burst_ms);
    cr_assert_eq(share, 0.0f);
    measure(&all, 1000u, &share, &burst_ms);
    cr_assert_eq(share, 1.0f);
    measure(&most, 100000u, &share, &burst_ms);
    cr_assert_float_eq(share, 0.9f, 0.01f, "%g", (double)share);
    cr_assert_float_eq(burst_ms, 90.0f, 3.0f, "%g ms", (double)burst_ms);
}

/* After so many frames of the stream. */
static token_effects *run_before(uint32_t frames)
{
    token_effects *effects = make_effects(0);
    const token_effect_controls off = effects_off();
    for (uint32_t n = 0; n < frames; n++) (void)apply_to(effects, &off, n, (int32_t)n);
    return effects;
}

Test(effects_loss, each_way_to_conceal_is_what_its_name_says)
{
    token_effect_controls loss = loss_of(1.0f, 10.0f, TOKEN_CONCEAL_SILENCE);
    token_effects *effects = run_before(10u);
    cr_assert_eq(apply_to(effects, &loss, 10, 10).amplitude, 0.0f);
    free(effects);

    loss.conceal = TOKEN_CONCEAL_REPEAT;
    effects = run_before(10u);
    expect_numbers(effects, &loss, 10, "9 9 9 9");
    free(effects);

    loss.conceal = TOKEN_CONCEAL_FADE; /* 6 dB in 10 ms, a frame here */
    effects = run_before(10u);
    for (uint32_t n = 0; n < 8u; n++) {
        const codec_frame frame = apply_to(effects, &loss, 10u + n, 99);
        cr_assert_eq(frame.tokens[0], 9);
        cr_assert_float_eq(frame.amplitude, powf(0.5f, (float)(n + 1u)), 1e-6f);
    }
    free(effects);

    loss.conceal = TOKEN_CONCEAL_REVERSE;
    effects = run_before(10u);
    expect_numbers(effects, &loss, 10, "9 8 7 6 5");
    free(effects);

    loss.conceal = TOKEN_CONCEAL_NOISE;
    effects = run_before(10u);
    const codec_frame first = apply_to(effects, &loss, 10, 99), second = apply_to(effects, &loss, 11, 99);
    cr_assert(first.is_noise && second.is_noise);
    cr_assert_eq(second.envelope_log2[0], 9.0f);
    cr_assert_neq(first.tokens[0], second.tokens[0]);
    free(effects);
}

Test(effects_loss, after_a_loss_the_next_frame_is_whole_and_before_any_frame_there_is_silence)
{
    for (int way = 0; way <= TOKEN_CONCEAL_REVERSE; way++) {
        token_effect_controls loss = loss_of(1.0f, 10.0f, (token_conceal)way);
        token_effects *effects = make_effects(0);
        cr_assert_eq(apply_to(effects, &loss, 0, 0).amplitude, 0.0f, "way %d", way);
        (void)apply_to(effects, &loss, 1, 1);
        loss.loss = NEVER;
        const codec_frame wanted = numbered_frame(2), heard = apply_to(effects, &loss, 2, 2);
        cr_assert_eq(memcmp(&wanted, &heard, sizeof wanted), 0, "way %d", way);
        free(effects);
    }
}

/* The lost frames of two runs. */
static bool same_losses(const token_effect_controls *a, const token_effect_controls *b, uint32_t channel)
{
    token_effects *left = make_effects(0), *right = make_effects(channel);
    bool same = true;
    for (uint32_t n = 0; n < 2000u; n++)
        same &= apply_to(left, a, n, 1).amplitude == apply_to(right, b, n, 1).amplitude;
    free(left), free(right);
    return same;
}

Test(effects_loss, the_same_seed_loses_the_same_frames_in_all_linked_channels)
{
    token_effect_controls one = loss_of(0.3f, 30.0f, TOKEN_CONCEAL_SILENCE), other = one;
    cr_assert(same_losses(&one, &other, 1u));
    other.seed = 2;
    cr_assert_not(same_losses(&one, &other, 0u));
    other.seed = 1;
    other.is_linked = false;
    cr_assert(same_losses(&one, &other, 0u), "the first channel is the linked one");
    cr_assert_not(same_losses(&one, &other, 1u));
}
