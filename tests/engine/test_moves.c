// SPDX-License-Identifier: MIT
// Moves of the envelope as they are heard: where energy goes, bounds, latency, blocks.
#include "engine_support.h"

#include "support/correlation.h"

#define COUNT 24000u

static const struct {
    rsd_param_id id;
    float values[2];
} moves[] = {{RSD_PARAM_FORMANT, {24.0f, -24.0f}},
             {RSD_PARAM_TILT, {12.0f, -12.0f}},
             {RSD_PARAM_SMEAR_MS, {2000.0f, 30.0f}},
             {RSD_PARAM_SMEAR_BANDS, {8.0f, 0.5f}},
             {RSD_PARAM_BIRDIES, {1.0f, 0.3f}}};
#define MOVE_COUNT (sizeof moves / sizeof moves[0])

/* Share of the energy over a third of a kilohertz... told by the energy of differences: high where high sounds are. */
static double brightness(const float *x, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 1; i < count; i++) sum += (double)(x[i] - x[i - 1u]) * (double)(x[i] - x[i - 1u]);
    return sum / energy_of(x, count);
}

static double brightness_with(rsd_param_id id, float value)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    test_fill_low_noise(in, COUNT, 48000.0);
    set(engine, id, 0, value);
    run(engine, in, out, COUNT);
    const double found = brightness(out, COUNT);
    rsd_engine_destroy(engine);
    free(in), free(out);
    return found;
}

Test(moves, formant_and_tilt_move_energy_up_and_down)
{
    const double plain = brightness_with(RSD_PARAM_FORMANT, 0.0f);
    cr_assert_gt(brightness_with(RSD_PARAM_FORMANT, 12.0f), 1.5 * plain);
    const double darker = brightness_with(RSD_PARAM_FORMANT, -12.0f);
    cr_assert_lt(darker, plain / 1.4, "%g, plain %g", darker, plain);
    cr_assert_gt(brightness_with(RSD_PARAM_TILT, 6.0f), 1.5 * plain);
    cr_assert_lt(brightness_with(RSD_PARAM_TILT, -6.0f), plain / 1.5);
}

Test(moves, the_latency_is_the_same_and_the_sound_is_bounded_with_all_of_them)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    const uint32_t latency = latency_of(engine);
    test_fill_low_noise(in, COUNT, 48000.0);
    set(engine, RSD_PARAM_FORMANT, 0, 1.0f);
    set(engine, RSD_PARAM_TILT, 0, -1.0f);
    set(engine, RSD_PARAM_SMEAR_MS, 0, 5.0f);
    set(engine, RSD_PARAM_SMEAR_BANDS, 0, 0.3f);
    set(engine, RSD_PARAM_BIRDIES, 0, 0.2f);
    run(engine, in, out, COUNT);
    cr_assert_eq(latency_of(engine), latency);
    cr_assert_float_eq(test_correlation_peak(in, out, COUNT, latency), (double)latency, 0.1);
    uint32_t seed = 3u;
    test_fill_noise(in, COUNT, 1.0f, 4u);
    for (int round = 0; round < 12; round++) {
        for (size_t m = 0; m < MOVE_COUNT; m++) set(engine, moves[m].id, 0, moves[m].values[test_between(&seed, 0, 1)]);
        run(engine, in, out, COUNT / 4u);
        cr_assert_leq(largest(out, COUNT / 4u), 8.0f);
    }
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(moves, however_a_block_is_cut_the_samples_are_the_same)
{
    static const uint32_t blocks[] = {1, 1000, 0};
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    for (size_t b = 0; b < 3; b++) {
        rsd_engine *engine = make_engine(48000, 1);
        for (size_t m = 0; m < MOVE_COUNT; m++) {
            post(engine, 1000u * (m + 1u), moves[m].id, 0, moves[m].values[0]);
            post(engine, 12000u + 1000u * m, moves[m].id, 0, moves[m].values[1]);
        }
        run_blocks(engine, in, out, COUNT, blocks[b]);
        if (b == 0) memcpy(wanted, out, COUNT * sizeof *out);
        assert_same_samples(out, wanted, COUNT, "cut otherwise");
        rsd_engine_destroy(engine);
    }
    free(in), free(out), free(wanted);
}

/* A frame's window is what a jump of the envelope is heard through: no step is left. */
Test(moves, no_jump_of_a_move_clicks)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_tone(in, COUNT, 220.0, 48000.0, 0.3f);
    for (size_t m = 0; m < MOVE_COUNT; m++) {
        rsd_engine *engine = make_engine(48000, 1);
        post(engine, 12000, moves[m].id, 0, moves[m].values[1]);
        run(engine, in, out, COUNT);
        float most = 0.0f;
        for (uint32_t i = 8000; i + 1u < COUNT; i++) {
            const float bend = fabsf(out[i + 1u] - 2.0f * out[i] + out[i - 1u]);
            most = bend > most ? bend : most;
        }
        cr_assert_lt(most, 0.06f, "%s: a bend of %g", rsd_param_by_id(moves[m].id)->symbol, (double)most);
        rsd_engine_destroy(engine);
    }
    free(in), free(out);
}

/* The decoded sound alone, at the latency without it: 30 dB at an octave and a half under the edge. */
Test(moves, the_band_is_cut_out_of_the_decoded_sound_whatever_the_block)
{
    enum { LONG = 48000 };
    static const float mixes[] = {1.0f, 0.0f};
    float *in = make_samples(LONG), *out = make_samples(LONG), *again = make_samples(LONG);
    test_fill_tone(in, LONG, 106.0, 48000.0, 0.5f);
    for (size_t m = 0; m < 2u; m++) {
        for (uint32_t turn = 0; turn < 2u; turn++) {
            rsd_engine *engine = make_engine(48000, 1);
            const uint32_t latency = latency_of(engine);
            set(engine, RSD_PARAM_MIX, 0, mixes[m]);
            post(engine, 10001u, RSD_PARAM_BAND_LOW_HZ, 0, 300.0f);
            post(engine, 10500u, RSD_PARAM_BAND_HIGH_HZ, 0, 3400.0f);
            run_blocks(engine, in, turn ? again : out, LONG, turn ? 0u : 37u);
            cr_assert_eq(latency_of(engine), latency);
            rsd_engine_destroy(engine);
        }
        assert_same_samples(again, out, LONG, "band");
        const double share = energy_of(out + 24000, 24000u) / energy_of(in + 24000, 24000u);
        if (m == 0u) cr_assert(share < 1e-3 && share > 1e-5, "%g of the energy is left", share);
        if (m == 1u) assert_same_samples(out + 256, in, LONG - 256u, "dry");
    }
    free(in), free(out), free(again);
}
