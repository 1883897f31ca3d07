// SPDX-License-Identifier: MIT
// Sounds and files in place of a device's input.
#include "host/session/input.h"
#include "host_support.h"

TestSuite(input, .init = host_make_folder, .fini = host_remove_folder);

static host_input *make_input(const host_sound *sound, uint32_t rate_hz, uint32_t channel_count)
{
    host_input *input = NULL;
    rsd_error error = {0};
    cr_assert_eq(host_input_create_sound(sound, rate_hz, channel_count, &input, &error), RSD_OK, "%s", error.text);
    return input;
}

Test(input, a_sound_goes_round_without_a_gap_in_blocks_of_any_size)
{
    host_sound sound = host_make_noise(2u, 1009u, 48000u);
    host_input *input = make_input(&sound, 48000u, 2u);
    cr_assert_eq(host_input_length_samples(input), 1009u);
    uint32_t seed = 9;
    uint64_t at = 0;
    for (int block = 0; block < 200; block++) {
        float left[4000], right[4000], *out[] = {left, right};
        const uint32_t count = test_between(&seed, 1u, block % 4 ? 100u : 4000u);
        host_input_read(input, out, count);
        for (uint32_t i = 0; i < count; i++, at++) {
            cr_assert_eq(left[i], sound.channel[0][at % 1009u], "left, sample %llu", (unsigned long long)at);
            cr_assert_eq(right[i], sound.channel[1][at % 1009u], "right, sample %llu", (unsigned long long)at);
        }
    }
    host_input_destroy(input);
    host_sound_destroy(&sound);
}

Test(input, mono_goes_to_both_channels_and_stereo_to_mono_is_the_mean)
{
    host_sound one = host_make_noise(1u, 100u, 48000u), two = host_make_noise(2u, 100u, 48000u);
    host_input *to_two = make_input(&one, 48000u, 2u), *to_one = make_input(&two, 48000u, 1u);
    float left[100], right[100], mono[100], *stereo[] = {left, right}, *single[] = {mono};
    host_input_read(to_two, stereo, 100u);
    host_input_read(to_one, single, 100u);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(left[i], one.channel[0][i]);
        cr_assert_eq(right[i], one.channel[0][i]);
        cr_assert_float_eq(mono[i], 0.5f * (two.channel[0][i] + two.channel[1][i]), 1e-7);
    }
    host_input_destroy(to_two);
    host_input_destroy(to_one);
    host_sound_destroy(&one);
    host_sound_destroy(&two);
}

Test(input, a_file_of_another_rate_plays_at_the_engines_and_its_length_is_rounded)
{
    host_sound sound = host_make_tones(1u, 44101u, 44100u);
    host_save(&sound, host_path("t.wav"), 0);
    host_input *input;
    rsd_error error = {0};
    cr_assert_eq(host_input_create(host_path("t.wav"), 48000u, 1u, &input, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_input_length_samples(input), 48001u);
    host_sound played = host_make_sound(1u, 48001u, 48000u), wanted = host_make_tones(1u, 48001u, 48000u);
    host_input_read(input, played.channel, 48001u);
    cr_expect_lt(host_difference(&played, &wanted, 600u), 1e-4, "off by %g", host_difference(&played, &wanted, 600u));
    float first;
    float *out[] = {&first};
    host_input_read(input, out, 1u);
    cr_expect_eq(first, played.channel[0][0], "the second round starts elsewhere");
    host_input_destroy(input);
    host_sound_destroy(&sound);
    host_sound_destroy(&played);
    host_sound_destroy(&wanted);
}

Test(input, a_missing_file_and_no_channels_are_refused)
{
    host_input *input = NULL;
    rsd_error error = {0};
    cr_expect_eq(host_input_create(host_path("none.wav"), 48000u, 1u, &input, &error), RSD_ERR_IO);
    cr_expect_not_null(strstr(error.text, "none.wav"), "'%s'", error.text);
    cr_expect_eq(host_input_create(host_path("none.wav"), 48000u, 0u, &input, &error), RSD_ERR_ARG);
    cr_expect_null(input);
}

/* ---- files that are too long to be loaded ---- */

#define LONG_SAMPLES (11u * 48000u + 77u)
#define PLAYED_SAMPLES (2u * LONG_SAMPLES + 5000u)

static float streamed[2][PLAYED_SAMPLES];

/* Plays as a render would: what is not read yet is waited for. */
static void play(host_input *input, uint32_t sample_count)
{
    uint32_t seed = 3;
    for (uint32_t at = 0; at < sample_count;) {
        const uint32_t left = sample_count - at, some = test_between(&seed, 1u, 3000u);
        const uint32_t count = some < left ? some : left;
        float *out[] = {streamed[0] + at, streamed[1] + at};
        host_input_wait(input, count);
        host_input_read(input, out, count);
        at += count;
    }
}

static void assert_goes_round(const char *path, uint32_t rate_hz, uint32_t channel_count)
{
    host_input *input;
    host_sound whole;
    host_input_status status;
    rsd_error error = {0};
    cr_assert_eq(host_sound_load(path, rate_hz, &whole, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_input_create(path, rate_hz, channel_count, &input, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(host_input_length_samples(input), whole.sample_count);
    const uint32_t length = (uint32_t)whole.sample_count, count = 2u * length + 1000u;
    cr_assert_leq(count, PLAYED_SAMPLES);
    play(input, count);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t c = 0; c < channel_count; c++) {
            const float *left = whole.channel[0], *last = whole.channel[whole.channel_count - 1u];
            const float wanted = whole.channel_count > channel_count ? 0.5f * (left[i % length] + last[i % length])
                                                                     : (c ? last : left)[i % length];
            cr_assert_float_eq(streamed[c][i], wanted, 1e-6, "channel %u, sample %u: %g, not %g", c, i,
                               (double)streamed[c][i], (double)wanted);
        }
    host_input_get_status(input, &status);
    cr_assert_eq(status.missing_count, 0u);
    cr_assert(!status.failed, "%s", status.error.text);
    host_input_destroy(input);
    host_sound_destroy(&whole);
}

Test(input, a_long_file_is_read_on_the_way_and_goes_round_as_the_loaded_sound_would, .timeout = 600)
{
    host_sound one = host_make_noise(1u, LONG_SAMPLES, 48000u), two = host_make_noise(2u, LONG_SAMPLES, 48000u);
    host_save(&one, host_path("one.wav"), 0);
    host_save(&two, host_path("two.wav"), 0);
    assert_goes_round(host_path("one.wav"), 48000u, 2u);
    assert_goes_round(host_path("two.wav"), 48000u, 2u);
    assert_goes_round(host_path("two.wav"), 48000u, 1u);
    host_sound_destroy(&one);
    host_sound_destroy(&two);
    host_sound slow = host_make_tones(1u, 11u * 8000u + 5u, 8000u);
    host_save(&slow, host_path("slow.wav"), 0);
    assert_goes_round(host_path("slow.wav"), 48000u, 1u);
    host_sound_destroy(&slow);
}

Test(input, a_long_file_that_goes_away_is_played_to_its_end_and_said)
{
    host_sound sound = host_make_noise(1u, LONG_SAMPLES, 48000u);
    host_save(&sound, host_path("t.wav"), 0);
    host_input *input;
    host_input_status status;
    rsd_error error = {0};
    cr_assert_eq(host_input_create(host_path("t.wav"), 48000u, 1u, &input, &error), RSD_OK, "%s", error.text);
    unlink(host_path("t.wav"));
    play(input, LONG_SAMPLES + 4800u);
    for (uint32_t i = 0; i < LONG_SAMPLES; i++) cr_assert_eq(streamed[0][i], sound.channel[0][i], "sample %u", i);
    for (uint32_t i = LONG_SAMPLES; i < LONG_SAMPLES + 4800u; i++) cr_assert_eq(streamed[0][i], 0.0f, "sample %u", i);
    host_input_get_status(input, &status);
    cr_assert(status.failed);
    cr_assert_eq(status.missing_count, 4800u);
    cr_assert_not_null(strstr(status.error.text, "t.wav"), "'%s'", status.error.text);
    host_input_destroy(input);
    host_sound_destroy(&sound);
}
