// SPDX-License-Identifier: MIT
// Effects that play other frames than the newest: what each does, token by token.
#include "effects_support.h"

static token_effects *effects; /* of the first channel, new for each test */
static token_effect_controls controls;

static void begin(void)
{
    effects = make_effects(0);
    controls = effects_off();
}

static void end(void) { free(effects); }

Test(effects_time, off_nothing_changes_and_the_frame_is_the_same_to_the_byte, .init = begin, .fini = end)
{
    for (int32_t n = 0; n < 2000; n++) {
        const codec_frame before = numbered_frame(n), after = apply_to(effects, &controls, (uint64_t)n, n);
        cr_assert_eq(memcmp(&before, &after, sizeof before), 0, "frame %d", n);
    }
}

Test(effects_time, tokens_that_no_codebook_has_are_remembered_as_the_decoder_takes_them, .init = begin, .fini = end)
{
    const int32_t foreign[] = {16384, 16385, INT32_MAX, INT32_MIN, -2, 16383, 0, RSD_TOKEN_NONE};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        (void)apply_to(effects, &controls, 2u * i, foreign[i]);
        controls.is_on = controls.is_frozen = true;
        const int32_t wanted = foreign[i] == RSD_TOKEN_NONE ? RSD_TOKEN_NONE : (int32_t)((uint32_t)foreign[i] % 16384u);
        cr_assert_eq(apply_to(effects, &controls, 2u * i + 1u, 5).tokens[3], wanted, "%d", foreign[i]);
        controls.is_on = controls.is_frozen = false;
    }
}

Test(effects_time, hold_plays_the_first_frame_of_every_so_many, .init = begin, .fini = end)
{
    controls.is_on = true;
    controls.hold_frames = 4;
    expect_numbers(effects, &controls, 0, "0 0 0 0 4 4 4 4 8 8");
    token_effects_reset(effects);
    expect_numbers(effects, &controls, 6, "6 6 8 8 8 8 12"); /* nothing older than the first is there */
}

Test(effects_time, freeze_repeats_the_last_frames_that_were_heard_until_it_is_off, .init = begin, .fini = end)
{
    expect_numbers(effects, &controls, 0, "0 1 2 3 4");
    controls.is_on = controls.is_frozen = true;
    controls.freeze_frames = 3;
    expect_numbers(effects, &controls, 5, "2 3 4 2 3 4 2");
    controls.is_frozen = false;
    expect_numbers(effects, &controls, 12, "12 13");
    controls.is_frozen = true;
    controls.freeze_frames = 1;
    expect_numbers(effects, &controls, 14, "13 13 13 13");
    controls.freeze_frames = 2; /* of what was heard */
    expect_numbers(effects, &controls, 18, "13 13 13");
    controls = effects_off();
    expect_numbers(effects, &controls, 21, "21");
}

Test(effects_time, freeze_at_the_start_holds_the_first_frames, .init = begin, .fini = end)
{
    controls.is_on = controls.is_frozen = true;
    controls.freeze_frames = 3;
    expect_numbers(effects, &controls, 0, "0 1 2 0 1 2 0");
}

Test(effects_time, freeze_goes_on_for_longer_than_any_history, .init = begin, .fini = end)
{
    expect_numbers(effects, &controls, 0, "0 1 2 3");
    controls.is_on = controls.is_frozen = true;
    controls.freeze_frames = 2;
    for (uint64_t n = 4; n < 5000; n++) (void)apply_to(effects, &controls, n, (int32_t)n);
    expect_numbers(effects, &controls, 5000, "2 3 2 3");
}

Test(effects_time, freeze_from_a_level_leaves_the_levels_under_it_and_the_envelope, .init = begin, .fini = end)
{
    expect_numbers(effects, &controls, 0, "0 1");
    controls.is_on = controls.is_frozen = true;
    controls.freeze_from = 1;
    expect_frame(effects, &controls, 2, "2 2 1 1");
    expect_frame(effects, &controls, 3, "3 3 1 1");
    controls.freeze_from = 2;
    expect_frame(effects, &controls, 4, "4 4 4 1");
    controls.freeze_from = 63; /* more than the codec has: nothing */
    expect_frame(effects, &controls, 5, "5 5 5 5");
}

Test(effects_time, drift_replaces_frozen_frames_at_its_rate, .init = begin, .fini = end)
{
    expect_numbers(effects, &controls, 0, "0 1");
    controls.is_on = controls.is_frozen = true;
    controls.freeze_drift = 0.25f;
    int32_t last = 1, changes = 0;
    for (int32_t n = 2; n < 4002; n++) {
        const int32_t heard = apply_to(effects, &controls, (uint64_t)n, n).tokens[0];
        cr_assert(heard == last || heard == n, "frame %d: %d", n, heard);
        changes += heard != last;
        last = heard;
    }
    cr_assert(changes > 900 && changes < 1100, "%d of 4000 were replaced, wanted 1000", changes);
    controls.freeze_drift = 1.0f;
    expect_numbers(effects, &controls, 5000, "5000 5001 5002");
}

Test(effects_time, stutter_loops_the_last_frames_and_with_repeats_the_next_slice_follows, .init = begin, .fini = end)
{
    expect_numbers(effects, &controls, 0, "0 1 2 3 4");
    controls.is_on = true;
    controls.stutter_frames = 2;
    expect_numbers(effects, &controls, 5, "3 4 3 4 3");
    controls.stutter_frames = 0;
    expect_numbers(effects, &controls, 10, "10 11");
    controls.stutter_frames = 2;
    controls.stutter_repeats = 3; /* 10 and 11 were heard once */
    expect_numbers(effects, &controls, 12, "10 11 10 11 16 17 16 17 16 17 22 23");
    controls.stutter_repeats = 1;
    expect_numbers(effects, &controls, 24, "24 25 26");
}

Test(effects_time, stutter_from_the_start_waits_until_there_are_frames_to_loop, .init = begin, .fini = end)
{
    controls.is_on = true;
    controls.stutter_frames = 3;
    controls.stutter_from = 1;
    expect_frame(effects, &controls, 0, "0 0 0 0");
    expect_frame(effects, &controls, 1, "1 1 1 1");
    expect_frame(effects, &controls, 2, "2 2 2 2");
    expect_frame(effects, &controls, 3, "3 3 0 0");
    expect_frame(effects, &controls, 4, "4 4 1 1");
    expect_frame(effects, &controls, 5, "5 5 2 2");
    expect_frame(effects, &controls, 6, "6 6 0 0");
}

/* Loops of 2.5 frames begin at 0, 3, 5, 8, 10: each is the one before, its last frame left out or its first put behind. */
Test(effects_time, a_loop_of_a_fraction_of_frames_never_drifts, .init = begin, .fini = end)
{
    expect_numbers(effects, &controls, 0, "0 1 2 3 4");
    controls.is_on = controls.stutter_follows = true;
    controls.stutter_frames = 2.5f;
    expect_numbers(effects, &controls, 5, "2 3 4 2 3 2 3 2 2 3");
    controls.stutter_frames = 2.52f; /* a tempo that moves: on it goes */
    expect_numbers(effects, &controls, 15, "2 3 2");
    controls.stutter_frames = 1.0f; /* another note value: of what was heard */
    expect_numbers(effects, &controls, 18, "2 2 2");
}

Test(effects_time, the_longest_stutter_loops_over_512_frames, .init = begin, .fini = end)
{
    for (int32_t n = 0; n < 1000; n++) (void)apply_to(effects, &controls, (uint64_t)n, n);
    controls.is_on = true;
    controls.stutter_frames = TOKEN_EFFECTS_MAX_STUTTER_FRAMES;
    for (int32_t n = 1000; n < 3000; n++) {
        const int32_t heard = apply_to(effects, &controls, (uint64_t)n, n).tokens[5];
        cr_assert_eq(heard, 488 + (n - 1000) % 512, "frame %d: %d", n, heard);
    }
}

Test(effects_time, reverse_plays_chunks_backwards_one_chunk_late, .init = begin, .fini = end)
{
    controls.is_on = true;
    controls.reverse_frames = 3;
    for (int32_t n = 0; n < 3; n++)
        cr_assert_eq(apply_to(effects, &controls, (uint64_t)n, n).amplitude, 0.0f, "nothing is before the first chunk");
    expect_numbers(effects, &controls, 3, "2 1 0 5 4 3 8 7 6");
    controls.reverse_frames = TOKEN_EFFECTS_MAX_REVERSE_FRAMES;
    for (int32_t n = 12; n < 2000; n++) {
        const codec_frame heard = apply_to(effects, &controls, (uint64_t)n, n);
        if (n >= 256) cr_assert_eq(heard.tokens[0], n / 256 * 256 - 1 - n % 256, "frame %d", n);
    }
}

Test(effects_time, skew_brings_each_level_later_than_the_one_under_it, .init = begin, .fini = end)
{
    controls.is_on = true;
    controls.level_skew_frames = 2;
    expect_frame(effects, &controls, 0, "0 0 - -");
    expect_frame(effects, &controls, 1, "1 1 - -");
    expect_frame(effects, &controls, 2, "2 2 0 -");
    expect_frame(effects, &controls, 3, "3 3 1 -");
    expect_frame(effects, &controls, 4, "4 4 2 0");
    controls.hold_frames = 4; /* of what arrives: level 2 holds its own frames of the same grid */
    expect_frame(effects, &controls, 5, "4 4 0 0");
    expect_frame(effects, &controls, 6, "4 4 4 0");
    controls.hold_frames = 1;
    controls.reverse_frames = 2;
    expect_frame(effects, &controls, 7, "4 4 2 0");
    expect_frame(effects, &controls, 8, "7 7 5 3");
    expect_frame(effects, &controls, 9, "6 6 4 2");
}

Test(effects_time, linked_channels_share_grid_and_chance_and_free_ones_do_not, .init = begin, .fini = end)
{
    token_effects *right = make_effects(1);
    controls.is_on = true;
    controls.hold_frames = 7;
    for (int pass = 0; pass < 2; pass++) {
        bool differ = false;
        controls.is_linked = pass == 0;
        token_effects_reset(effects), token_effects_reset(right);
        for (int32_t n = 0; n < 100; n++)
            differ |= apply_to(effects, &controls, (uint64_t)n, n).tokens[0] !=
                      apply_to(right, &controls, (uint64_t)n, n).tokens[0];
        cr_assert_eq(differ, pass == 1, "%s", pass == 0 ? "linked" : "free");
    }
    free(right);
}
