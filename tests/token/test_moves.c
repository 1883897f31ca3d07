// SPDX-License-Identifier: MIT
// Moves of the envelope: what each does to the bands, number by number.
#include "token/moves/moves.h"

#include <residuum/rsd_limits.h>

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

/* Eight bands of an octave each, of a codec of 48 kHz and frames of 256 samples: centres at 0.28, 0.56 ... kHz. */
#define BANDS 7u

static token_moves make_moves(uint32_t channel)
{
    token_moves moves;
    codec_bands bands = {.band_count = BANDS, .subband_count = 16u, .coefficient_count = 256u, .min_log2 = -20.0f};
    const rsd_codec_info info = {.sample_rate_hz = 48000u, .hop_samples = 256u};
    for (uint32_t b = 0; b <= BANDS; b++) bands.edges[b] = (uint16_t)(2u << b);
    token_moves_init(&moves, &info, &bands, channel);
    return moves;
}

static codec_frame make_frame(const float envelope_log2[BANDS])
{
    codec_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.band_count = BANDS;
    memcpy(frame.envelope_log2, envelope_log2, BANDS * sizeof *envelope_log2);
    return frame;
}

static const float hill[BANDS] = {-8, -6, -2, -1, -5, -9, -12};

static void assert_moved(const token_move_controls *controls, const float wanted[BANDS])
{
    token_moves moves = make_moves(0u);
    const codec_frame frame = make_frame(hill);
    codec_shaping shaping;
    token_moves_apply(&moves, controls, 0u, &frame, &shaping);
    cr_assert(shaping.is_moved);
    for (uint32_t b = 0; b < BANDS; b++)
        cr_assert_float_eq(hill[b] + shaping.move_log2[b], wanted[b], 1e-5f, "band %u: %.6f, wanted %.6f", b,
                           (double)(hill[b] + shaping.move_log2[b]), (double)wanted[b]);
}

Test(moves, off_is_no_move_at_all)
{
    token_moves moves = make_moves(0u);
    const token_move_controls off = {.seed = 1u};
    const codec_frame frame = make_frame(hill);
    codec_shaping shaping = {.is_moved = true, .absent_subbands = 5u};
    token_moves_apply(&moves, &off, 0u, &frame, &shaping);
    cr_assert(!shaping.is_moved && shaping.absent_subbands == 0u);
}

Test(moves, formant_moves_the_envelope_along_octaves)
{
    const token_move_controls up = {.is_on = true, .formant_semitones = 12.0f},
                              down = {.is_on = true, .formant_semitones = -24.0f},
                              half = {.is_on = true, .formant_semitones = 6.0f};
    assert_moved(&up, (const float[]){-8, -8, -6, -2, -1, -5, -9});
    assert_moved(&down, (const float[]){-2, -1, -5, -9, -12, -12, -12});
    assert_moved(&half, (const float[]){-8, -7, -4, -1.5f, -3, -7, -10.5f});
}

Test(moves, tilt_is_so_many_db_for_each_octave_over_1_khz)
{
    const token_move_controls tilted = {.is_on = true, .tilt_db_per_octave = 6.02059991f};
    float wanted[BANDS];
    /* The middle of the first band is at 3 of 256 coefficients of 24 kHz. */
    for (uint32_t b = 0; b < BANDS; b++) wanted[b] = hill[b] + log2f(3.0f * 24.0f / 256.0f) + (float)b;
    assert_moved(&tilted, wanted);
}

Test(moves, smear_over_bands_is_a_triangle_of_neighbours)
{
    const token_move_controls one = {.is_on = true, .smear_bands = 1.0f}, half = {.is_on = true, .smear_bands = 0.5f};
    /* Weights 1/2, 1, 1/2; at the ends those that are there. */
    assert_moved(&one, (const float[]){-22.0f / 3.0f, -5.5f, -2.75f, -2.25f, -5.0f, -8.75f, -11.0f});
    /* Weights 1/3, 1, 1/3. */
    assert_moved(&half, (const float[]){-7.5f, -5.6f, -2.6f, -2.0f, -5.0f, -8.8f, -11.25f});
}

Test(moves, smear_over_time_follows_the_power_with_its_time_constant)
{
    token_moves moves = make_moves(0u);
    const token_move_controls smeared = {.is_on = true, .smear_ms = 160.0f}; /* 30 frames */
    const float loud[BANDS] = {0}, soft[BANDS] = {-10, -10, -10, -10, -10, -10, -10};
    codec_shaping shaping;
    const codec_frame first = make_frame(soft), then = make_frame(loud);
    token_moves_apply(&moves, &smeared, 0u, &first, &shaping);
    cr_assert_float_eq(shaping.move_log2[3], 0.0f, 1e-5f, "the first frame is as it is");
    for (uint32_t f = 1; f <= 30u; f++) token_moves_apply(&moves, &smeared, f, &then, &shaping);
    const float power = exp2f(2.0f * shaping.move_log2[3]);
    cr_assert_float_eq(power, 1.0f - expf(-1.0f), 1e-3f, "after the time constant the power is %g", (double)power);
    for (uint32_t f = 31; f <= 60u; f++) token_moves_apply(&moves, &smeared, f, &first, &shaping);
    const float left = exp2f(2.0f * (soft[3] + shaping.move_log2[3]));
    cr_assert_float_eq(left, expf(-1.0f) * power, 1e-3f, "and after it %g is left", (double)left);
    token_moves_reset(&moves);
    token_moves_apply(&moves, &smeared, 0u, &then, &shaping);
    cr_assert_float_eq(shaping.move_log2[3], 0.0f, 1e-5f, "after a reset nothing is left");
}

/* Masks of absent sub-bands of the first frames. */
static void find_birdies(uint32_t channel, const token_move_controls *controls, uint32_t *masks, uint32_t count)
{
    token_moves moves = make_moves(channel);
    const codec_frame frame = make_frame(hill);
    codec_shaping shaping;
    for (uint32_t f = 0; f < count; f++) {
        token_moves_apply(&moves, controls, f, &frame, &shaping);
        masks[f] = shaping.absent_subbands;
        for (uint32_t b = 0; b < BANDS; b++) cr_assert_eq(shaping.move_log2[b], 0.0f);
    }
}

Test(moves, birdies_come_and_go_by_seed_and_channel_and_leave_the_low_sub_bands)
{
    enum { FRAMES = 4000 };
    static uint32_t one[FRAMES], again[FRAMES], other[FRAMES], second[FRAMES], linked[FRAMES];
    token_move_controls controls = {.is_on = true, .seed = 7u, .birdies = 0.5f};
    find_birdies(0u, &controls, one, FRAMES);
    find_birdies(0u, &controls, again, FRAMES);
    find_birdies(1u, &controls, second, FRAMES);
    controls.is_linked = true;
    find_birdies(1u, &controls, linked, FRAMES);
    controls.seed = 8u;
    find_birdies(0u, &controls, other, FRAMES);
    cr_assert_arr_eq(one, again, sizeof one);
    cr_assert_arr_eq(one, linked, sizeof one);
    cr_assert(memcmp(one, other, sizeof one) != 0 && memcmp(one, second, sizeof one) != 0);
    uint32_t absent[16] = {0}, changes = 0u;
    for (uint32_t f = 0; f < FRAMES; f++) {
        for (uint32_t c = 0; c < 16u; c++) absent[c] += one[f] >> c & 1u;
        changes += f > 0u && (one[f] >> 10 & 1u) != (one[f - 1u] >> 10 & 1u);
    }
    /* Centres at 0.75, 2.25, 3.75 kHz ...: none, a sixth, half of 0.45, and from 6 kHz on all of it. */
    cr_assert_eq(absent[0], 0u);
    cr_assert_float_eq(absent[1] / 4000.0, 0.075, 0.03);
    cr_assert_float_eq(absent[2] / 4000.0, 0.225, 0.05);
    for (uint32_t c = 4; c < 16u; c++) cr_assert_float_eq(absent[c] / 4000.0, 0.45, 0.06, "sub-band %u", c);
    /* Chunks of four frames: 1000 of them, of which half change. */
    cr_assert(changes > 400u && changes < 600u, "%u changes", changes);
}

Test(moves, the_first_birdies_of_a_seed_are_these)
{
    static const uint32_t golden[8] = {0xffec, 0xffec, 0xffec, 0xffec, 0xf7fc, 0xf7fc, 0xf7fc, 0xf7f8};
    uint32_t masks[8];
    const token_move_controls controls = {.is_on = true, .is_linked = true, .seed = 1u, .birdies = 1.0f};
    find_birdies(0u, &controls, masks, 8u);
    for (uint32_t f = 0; f < 8u; f++) cr_assert_eq(masks[f], golden[f], "frame %u: 0x%x", f, masks[f]);
}
