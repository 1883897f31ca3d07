// SPDX-License-Identifier: MIT
// Effects that change tokens, and levels that follow the signal.
#include "effects_support.h"

#include "base/numbers.h"
#include "token/effects/internal.h"

#define CODEWORDS 16384

static token_effect_controls on(void)
{
    token_effect_controls controls = effects_off();
    controls.is_on = true;
    controls.error_to = 64;
    return controls;
}

Test(effects_tokens, shift_moves_tokens_along_the_codebook_and_around_its_end)
{
    token_effects *effects = make_effects(0);
    token_effect_controls controls = on();
    controls.token_shift = 5;
    cr_assert_eq(apply_to(effects, &controls, 0, 100).tokens[0], 105);
    cr_assert_eq(apply_to(effects, &controls, 1, CODEWORDS - 1).tokens[5], 4);
    controls.token_shift = -512;
    cr_assert_eq(apply_to(effects, &controls, 2, 100).tokens[3], CODEWORDS - 412);
    cr_assert_eq(apply_to(effects, &controls, 3, RSD_TOKEN_NONE).tokens[3], RSD_TOKEN_NONE,
                 "no token, nothing to move");
    free(effects);
}

Test(effects_tokens, escapes_stay_where_they_are_and_chance_draws_none)
{
    const rsd_codec_info info = small_info();
    const codec_bands bands = {.band_count = BANDS, .reserved_codewords = 1};
    token_effects *effects =
        token_effects_init(aligned_alloc(64, token_effects_size_bytes(&info, &bands)), &info, &bands, 0);
    token_effect_controls controls = on();
    controls.token_shift = 1;
    cr_assert_eq(apply_to(effects, &controls, 0, CODEWORDS - 2).tokens[0], 0);
    cr_assert_eq(apply_to(effects, &controls, 1, CODEWORDS - 1).tokens[0], CODEWORDS - 1);
    controls.scramble = controls.token_error = controls.bit_flip = 1.0f;
    for (uint32_t n = 2; n < 20000u; n++) {
        const codec_frame frame = apply_to(effects, &controls, n, (int32_t)(n % (CODEWORDS - 1)));
        for (uint32_t s = 0; s < 6u; s++) cr_assert_neq(frame.tokens[s], CODEWORDS - 1, "frame %u", n);
    }
    free(effects);
}

Test(effects_tokens, errors_hit_the_levels_of_their_range_at_their_rate)
{
    token_effects *effects = make_effects(0);
    token_effect_controls controls = on();
    controls.token_error = 0.2f;
    controls.error_from = 1;
    controls.error_to = 2; /* level 2 alone: sequences 1 and 2 */
    uint32_t hits[6] = {0};
    for (uint32_t n = 0; n < 10000u; n++) {
        const codec_frame frame = apply_to(effects, &controls, n, 77);
        for (uint32_t s = 0; s < 6u; s++) hits[s] += frame.tokens[s] != 77;
    }
    for (uint32_t s = 0; s < 6u; s++) {
        const bool in_range = s == 1u || s == 2u;
        cr_assert(in_range ? hits[s] > 1850u && hits[s] < 2150u : hits[s] == 0u, "sequence %u: %u of 10000", s,
                  hits[s]);
    }
    free(effects);
}

Test(effects_tokens, an_error_of_one_replaces_all_tokens_by_any_and_a_flip_of_one_changes_one_bit_of_each)
{
    token_effects *effects = make_effects(0);
    token_effect_controls controls = on();
    uint32_t high = 0, bits_seen = 0;
    controls.token_error = 1.0f;
    for (uint32_t n = 0; n < 1000u; n++) high += apply_to(effects, &controls, n, 5).tokens[0] >= CODEWORDS / 2;
    cr_assert(high > 430u && high < 570u, "%u of 1000 in the upper half", high);
    controls.token_error = 0.0f;
    controls.bit_flip = 1.0f;
    for (uint32_t n = 0; n < 1000u; n++) {
        const uint32_t changed = (uint32_t)apply_to(effects, &controls, n, 4321).tokens[0] ^ 4321u;
        cr_assert(changed != 0u && (changed & (changed - 1u)) == 0u, "bits %x", changed);
        bits_seen |= changed;
    }
    cr_assert_eq(bits_seen, (uint32_t)CODEWORDS - 1u, "every bit has its turn");
    free(effects);
}

/* At every share it is a permutation, more of it the larger the share, and its own inverse. */
Test(effects_tokens, scramble_swaps_pairs_of_a_seeded_permutation)
{
    static const uint32_t counts[] = {1, 2, 3, 16, 1023, 1024, 2000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const uint32_t count = counts[i];
        uint32_t moved_before = 0;
        for (int quarter = 0; quarter <= 4; quarter++) {
            const float share = 0.25f * (float)quarter;
            uint32_t moved = 0;
            for (uint32_t token = 0; token < count; token++) {
                const uint32_t there = effect_permuted(token, count, 7u, share);
                cr_assert_lt(there, count);
                cr_assert_eq(effect_permuted(there, count, 7u, share), token, "%u of %u and back", token, count);
                moved += there != token;
            }
            cr_assert_geq(moved, moved_before);
            const float wanted = share * (float)(count & ~1u), slack = 4.0f + 0.06f * (float)count;
            cr_assert_float_eq((float)moved, wanted, slack, "%u of %u at %g", moved, count, (double)share);
            moved_before = moved;
        }
        cr_assert_eq(moved_before, count & ~1u, "at 1 all have moved but an odd one");
    }
    uint32_t same = 0;
    for (uint32_t token = 0; token < 1024u; token++)
        same += effect_permuted(token, 1024u, 7u, 1.0f) == effect_permuted(token, 1024u, 8u, 1.0f);
    cr_assert_lt(same, 10u, "another seed is another permutation");
}

/* Golden: what a seed means must not change, as presets and recordings hang on it. */
Test(effects_tokens, seeds_mean_what_they_meant)
{
    token_effects *effects = make_effects(0);
    token_effect_controls controls = on();
    controls.seed = 42;
    controls.token_error = 0.5f;
    const int32_t wanted[2][6] = {{3, 3, 15773, 3, 13765, 2618}, {14819, 3, 3, 1718, 3552, 3}};
    for (uint32_t n = 0; n < 2u; n++) {
        const codec_frame frame = apply_to(effects, &controls, 1000u + n, 3);
        for (uint32_t s = 0; s < 6u; s++)
            cr_assert_eq(frame.tokens[s], wanted[n][s], "frame %u, sequence %u: %d", n, s, frame.tokens[s]);
    }
    const uint32_t permuted[] = {10, 7, 8, 9, 12, 14, 11, 1};
    for (uint32_t token = 0; token < 8u; token++)
        cr_assert_eq(effect_permuted(token, 16u, 42u, 1.0f), permuted[token], "%u: %u", token,
                     effect_permuted(token, 16u, 42u, 1.0f));
    free(effects);
}

/* An envelope of two equal bands at `db` over full scale. */
static uint32_t levels_left(token_effects *effects, const token_effect_controls *controls, uint64_t index, float db)
{
    codec_frame frame = numbered_frame(0);
    for (uint32_t b = 0; b < BANDS; b++) frame.envelope_log2[b] = db / 6.0206f;
    token_effects_apply(effects, controls, index, &frame);
    return frame.level_count;
}

Test(effects_tokens, starve_takes_levels_of_loud_frames_and_gives_them_back_slowly)
{
    const rsd_codec_info info = small_info(); /* frames of 10 ms */
    const codec_bands bands = {.band_count = BANDS, .coefficient_count = 480, .edges = {0, 240, 480}};
    token_effects *effects =
        token_effects_init(aligned_alloc(64, token_effects_size_bytes(&info, &bands)), &info, &bands, 0);
    token_effect_controls controls = on();
    controls.starve = 1.0f;
    cr_assert_eq(levels_left(effects, &controls, 0, -60.0f), 3u);
    cr_assert_eq(levels_left(effects, &controls, 1, -30.0f), 2u);
    cr_assert_eq(levels_left(effects, &controls, 2, -6.0f), 1u, "the first level stays");
    uint32_t last = 1u, frames_to_whole = 0;
    for (uint32_t n = 3; n < 60u; n++) {
        const uint32_t now = levels_left(effects, &controls, n, -60.0f);
        cr_assert_geq(now, last);
        if (now < 3u) frames_to_whole = n;
        last = now;
    }
    cr_assert(frames_to_whole > 15u && frames_to_whole < 30u, "whole again after frame %u", frames_to_whole);
    controls.starve = 0.5f;
    cr_assert_eq(levels_left(effects, &controls, 100, 0.0f), 2u);
    free(effects);

    effects = make_effects(0); /* what has no envelope is not starved */
    effects->bands.band_count = 0u;
    controls.starve = 1.0f;
    cr_assert_eq(levels_left(effects, &controls, 0, 0.0f), 3u);
    free(effects);
}
