// SPDX-License-Identifier: MIT
// What plays a listening test: changes that tell nothing, loops, equal loudness, the anchor.
#include "host/listen/anchor.h"
#include "host/listen/gain.h"
#include "host/listen/player.h"
#include "host/session/hush.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#define RATE 48000u
#define COUNT 48000u
#define BLOCK 100u

static host_sound make_sound(float value)
{
    host_sound sound;
    cr_assert_eq(host_sound_create(RATE, 1, COUNT, &sound, NULL), RSD_OK);
    for (uint32_t i = 0; i < COUNT; i++) sound.channel[0][i] = value;
    return sound;
}

static host_sound make_sine(double hz, double peak)
{
    host_sound sound = make_sound(0.0f);
    for (uint32_t i = 0; i < COUNT; i++) sound.channel[0][i] = (float)(peak * sin(2.0 * M_PI * hz * i / RATE));
    return sound;
}

static void play(host_player *player, float *out, uint32_t count)
{
    for (uint32_t at = 0; at < count; at += BLOCK) {
        float *const rows[] = {out + at};
        host_player_block(player, NULL, rows, BLOCK, 0);
    }
}

/* Two sounds that are the same samples: what is heard at a change must not depend on which of them comes. */
Test(player, a_change_to_the_same_sound_is_the_change_to_another)
{
    static float to_same[4800], to_other[4800], before[4800];
    host_sound one = make_sound(0.5f), two = make_sound(0.5f);
    for (int other = 0; other < 2; other++) {
        host_player *player;
        cr_assert_eq(host_player_create(&player), RSD_OK);
        host_player_prepare(player, RATE, 1);
        host_player_put(player, 0, &one, 1.0f);
        host_player_put(player, 1, &two, 1.0f);
        host_player_choose(player, 0);
        play(player, before, 4800);
        host_player_choose(player, (uint32_t)other);
        play(player, other ? to_other : to_same, 4800);
        host_player_destroy(player);
    }
    cr_assert_arr_eq(to_same, to_other, sizeof to_same);
    cr_assert_eq(to_same[480], 0.0f, "silent in the middle, after 10 ms");
    cr_assert_eq(to_same[4799], 0.5f);
    for (uint32_t i = 1; i < 4800u; i++)
        cr_assert_lt(fabsf(to_same[i] - to_same[i - 1u]), 0.5f / 400.0f, "no click at %u", i);
    host_sound_destroy(&one);
    host_sound_destroy(&two);
}

Test(player, sounds_play_in_step_and_around_the_loop)
{
    static float out[96000];
    host_sound ramp = make_sound(0.0f);
    for (uint32_t i = 0; i < COUNT; i++) ramp.channel[0][i] = (float)i / (float)COUNT;
    host_player *player;
    cr_assert_eq(host_player_create(&player), RSD_OK);
    host_player_prepare(player, RATE, 1);
    host_player_put(player, 0, &ramp, 1.0f);
    host_player_loop(player, 0.25, 0.75);
    host_player_choose(player, 0);
    play(player, out, 96000);
    for (uint32_t i = 10000; i < 96000u; i++) cr_assert(out[i] < 0.75f, "sample %u is %f", i, (double)out[i]);
    /* 480 samples of fade, then from 12000 on: the middle of each round of 24000 samples. */
    for (uint32_t round = 0; round < 3u; round++) {
        const uint32_t at = 480u + 12000u + round * 24000u;
        cr_assert_float_eq((double)out[at], 0.5, 1e-6, "round %u: %f", round, (double)out[at]);
    }
    host_player_choose(player, UINT32_MAX);
    play(player, out, 4800);
    cr_assert_eq(out[4799], 0.0f);
    host_player_destroy(player);
    host_sound_destroy(&ramp);
}

/* EBU Tech 3341: a sine of 1000 Hz at -23 dBFS in both channels has -23 LUFS; in one, 3.01 less. */
Test(gain, loudness_is_that_of_the_standard_and_gains_make_it_equal)
{
    host_sound loud = make_sine(997.0, 0.5), soft = make_sine(997.0, 0.1);
    float gains[2];
    cr_assert_float_eq(host_loudness_of(&loud), 20.0 * log10(0.5) - 3.01, 0.05);
    const host_sound *sounds[] = {&loud, &soft};
    host_match_gains(sounds, 2, gains);
    cr_assert_float_eq((double)gains[0], 1.0, 1e-6);
    cr_assert_float_eq((double)gains[1], 5.0, 0.001);
    const host_sound *turned[] = {&soft, &loud};
    host_match_gains(turned, 2, gains);
    cr_assert_float_eq((double)gains[1], 0.2, 0.0001);
    host_sound_destroy(&loud);
    host_sound_destroy(&soft);
}

static double gain_at(double pass_hz, double hz)
{
    host_sound sine = make_sine(hz, 1.0), anchor;
    double in = 0.0, out = 0.0;
    cr_assert_eq(host_anchor_make(&sine, pass_hz, &anchor, NULL), RSD_OK);
    for (uint32_t i = 4800; i < COUNT - 4800u; i++) {
        in += (double)sine.channel[0][i] * (double)sine.channel[0][i];
        out += (double)anchor.channel[0][i] * (double)anchor.channel[0][i];
    }
    host_sound_destroy(&sine);
    host_sound_destroy(&anchor);
    return 10.0 * log10(out / in);
}

Test(anchor, it_is_that_of_bs_1534)
{
    static const double passes[] = {HOST_ANCHOR_LOW_HZ, HOST_ANCHOR_MID_HZ};
    for (int i = 0; i < 2; i++) {
        const double pass = passes[i];
        for (double hz = 100.0; hz <= pass; hz += pass / 35.0 * 2.0)
            cr_assert(fabs(gain_at(pass, hz)) < 0.1, "%.0f Hz: %.2f dB", hz, gain_at(pass, hz));
        cr_assert(fabs(gain_at(pass, pass)) < 0.1, "%.2f dB", gain_at(pass, pass));
        cr_assert(gain_at(pass, pass + 500.0) < -25.0, "%.1f dB", gain_at(pass, pass + 500.0));
        cr_assert(gain_at(pass, pass + 1000.0) < -50.0, "%.1f dB", gain_at(pass, pass + 1000.0));
    }
}

/* ---- the silence behind which a live test changes its state ---- */

Test(hush, it_fades_without_a_click_and_leaves_alone_what_it_does_not_silence)
{
    static float out[2][4800];
    float *const rows[] = {out[0], out[1]};
    host_hush hush;
    host_hush_init(&hush, RATE);
    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 4800u; i++) out[0][i] = out[1][i] = 0.3f;
        host_hush_set(&hush, round == 1);
        host_hush_apply(&hush, rows, 2, 4800);
        for (uint32_t i = 1; i < 4800u; i++)
            cr_assert_lt(fabsf(out[0][i] - out[0][i - 1u]), 0.3f / 400.0f, "no click at %u of round %d", i, round);
        cr_assert_eq(out[1][4799], round == 1 ? 0.0f : 0.3f);
        if (round == 0) cr_assert_eq(out[0][0], 0.3f, "to the bit");
    }
}
