// SPDX-License-Identifier: MIT
// LFOs, envelope follower and step sequencer: what they do to a gain that is heard, and that blocks do not matter.
#include "engine_support.h"

#define RATE 48000u
#define COUNT 96000u

static rsd_engine *make(void)
{
    rsd_engine *engine = make_engine(RATE, 1u);
    set(engine, RSD_PARAM_MONITOR, 0, RSD_MONITOR_DRY);
    return engine;
}

static uint32_t target(rsd_param_id id, uint32_t level) { return rsd_param_target(rsd_param_by_id(id), level); }

static void aim(rsd_engine *engine, rsd_param_id target_id, uint32_t value, rsd_param_id depth_id, float depth)
{
    set(engine, target_id, 0, (float)value);
    set(engine, depth_id, 0, depth);
}

/* Gain of a constant in dB around a sample. */
static double gain_db(const float *out, uint32_t at)
{
    const double mean = energy_of(out + at, 480u) / 480.0;
    return 10.0 * log10(mean / 0.0625);
}

static float *constant(void)
{
    float *in = make_samples(COUNT);
    for (uint32_t i = 0; i < COUNT; i++) in[i] = 0.25f;
    return in;
}

Test(modulation, a_square_lfo_of_one_hertz_swings_a_gain_to_either_side_of_what_is_set)
{
    float *in = constant(), *out = make_samples(COUNT);
    rsd_engine *engine = make();
    set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, -18.0f); /* the middle of its range of 84 dB */
    set(engine, RSD_PARAM_LFO1_SHAPE, 0, 3.0f);
    aim(engine, RSD_PARAM_LFO1_TARGET, target(RSD_PARAM_OUTPUT_GAIN_DB, 0), RSD_PARAM_LFO1_DEPTH, 0.25f);
    run(engine, in, out, COUNT);
    cr_assert_float_eq(gain_db(out, 20000u), -7.5, 0.1, "%g", gain_db(out, 20000u));
    cr_assert_float_eq(gain_db(out, 45000u), -28.5, 0.1, "%g", gain_db(out, 45000u));
    cr_assert_float_eq(gain_db(out, 68000u), -7.5, 0.1);
    cr_assert_eq(get(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0), -18.0f, "what was set stays");
    set(engine, RSD_PARAM_LFO1_DEPTH, 0, 0.0f);
    run(engine, in, out, 4800u);
    cr_assert_float_eq(gain_db(out, 4000u), -18.0, 0.01, "and is heard again");
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(modulation, every_shape_stays_within_its_swing_and_crosses_its_middle)
{
    float *in = constant(), *out = make_samples(COUNT);
    for (float shape = 0.0f; shape < 6.0f; shape += 1.0f) {
        rsd_engine *engine = make();
        double least = 100.0, most = -100.0;
        set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, -18.0f);
        set(engine, RSD_PARAM_LFO2_SHAPE, 0, shape);
        set(engine, RSD_PARAM_LFO2_RATE_HZ, 0, 4.0f);
        aim(engine, RSD_PARAM_LFO2_TARGET, target(RSD_PARAM_OUTPUT_GAIN_DB, 0), RSD_PARAM_LFO2_DEPTH, 0.25f);
        run(engine, in, out, COUNT);
        for (uint32_t at = 2000u; at + 480u < COUNT; at += 480u) {
            const double db = gain_db(out, at);
            least = db < least ? db : least;
            most = db > most ? db : most;
        }
        cr_assert(least >= -28.6 && most <= -7.4, "shape %g: %g to %g dB", (double)shape, least, most);
        cr_assert(least < -21.0 && most > -15.0, "shape %g moves: %g to %g dB", (double)shape, least, most);
        rsd_engine_destroy(engine);
    }
    free(in), free(out);
}

static void fill_all(rsd_engine *engine)
{
    set(engine, RSD_PARAM_MONITOR, 0, RSD_MONITOR_WET);
    set(engine, RSD_PARAM_LFO1_RATE_HZ, 0, 7.3f);
    aim(engine, RSD_PARAM_LFO1_TARGET, target(RSD_PARAM_OUTPUT_GAIN_DB, 0), RSD_PARAM_LFO1_DEPTH, 0.2f);
    set(engine, RSD_PARAM_LFO2_SHAPE, 0, 4.0f);
    set(engine, RSD_PARAM_LFO2_SYNC, 0, 8.0f);
    aim(engine, RSD_PARAM_LFO2_TARGET, target(RSD_PARAM_LEVEL_GAIN, 1), RSD_PARAM_LFO2_DEPTH, -1.0f);
    aim(engine, RSD_PARAM_ENVELOPE_TARGET, RSD_PARAM_MIX, RSD_PARAM_ENVELOPE_DEPTH, -1.0f);
    aim(engine, RSD_PARAM_SEQUENCER_TARGET, RSD_PARAM_LEVELS, RSD_PARAM_SEQUENCER_DEPTH, 1.0f);
    for (uint32_t i = 0; i < 8u; i++)
        set(engine, (rsd_param_id)(RSD_PARAM_SEQUENCER_STEP_1 + i), 0, (float)((i * 5u) % 8u) / 7.0f);
}

Test(modulation, all_sources_at_once_give_the_same_samples_in_blocks_of_any_size)
{
    float *in = make_samples(COUNT), *a = make_samples(COUNT), *b = make_samples(COUNT);
    test_fill_notes(in, COUNT, RATE, 3u);
    const uint32_t blocks[] = {128u, 0u, 1000u};
    for (uint32_t i = 0; i < 3u; i++) {
        rsd_engine *engine = make();
        fill_all(engine);
        post(engine, 30001u, RSD_PARAM_OUTPUT_GAIN_DB, 0, -3.0f);
        post(engine, 50000u, RSD_PARAM_TEMPO_BPM, 0, 93.0f);
        run_blocks(engine, in, i == 0u ? a : b, COUNT, blocks[i]);
        if (i > 0u) assert_same_samples(b, a, COUNT, "other blocks");
        rsd_engine_destroy(engine);
    }
    free(in), free(a), free(b);
}

Test(modulation, the_sequencer_at_full_depth_takes_the_place_of_what_is_set_at_its_tempo)
{
    float *in = constant(), *out = make_samples(COUNT);
    rsd_engine *engine = make();
    set(engine, RSD_PARAM_TEMPO_BPM, 0, 120.0f);
    set(engine, RSD_PARAM_SEQUENCER_SYNC, 0, 6.0f); /* quarters: 24000 samples */
    set(engine, RSD_PARAM_SEQUENCER_LENGTH, 0, 2.0f);
    set(engine, RSD_PARAM_SEQUENCER_STEP_1, 0, 60.0f / 84.0f); /* 0 dB */
    set(engine, RSD_PARAM_SEQUENCER_STEP_2, 0, 40.0f / 84.0f); /* -20 dB */
    aim(engine, RSD_PARAM_SEQUENCER_TARGET, target(RSD_PARAM_OUTPUT_GAIN_DB, 0), RSD_PARAM_SEQUENCER_DEPTH, 1.0f);
    run(engine, in, out, COUNT);
    cr_assert_float_eq(gain_db(out, 20000u), 0.0, 0.05);
    cr_assert_float_eq(gain_db(out, 44000u), -20.0, 0.05);
    cr_assert_float_eq(gain_db(out, 68000u), 0.0, 0.05);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(modulation, the_envelope_follows_the_input_in_its_time)
{
    float *in = constant(), *out = make_samples(COUNT);
    rsd_engine *engine = make();
    memset(in + 48000u, 0, 24000u * sizeof *in);
    for (uint32_t i = 48000u; i < 72000u; i++) in[i] = 0.001f;
    set(engine, RSD_PARAM_ENVELOPE_MS, 0, 20.0f);
    aim(engine, RSD_PARAM_ENVELOPE_TARGET, target(RSD_PARAM_OUTPUT_GAIN_DB, 0), RSD_PARAM_ENVELOPE_DEPTH, -0.5f);
    run(engine, in, out, COUNT);
    cr_assert_float_eq(gain_db(out, 40000u), -0.25 * 42.0, 0.1, "a quarter of full scale: %g", gain_db(out, 40000u));
    cr_assert_float_eq(gain_db(out, 70000u), 20.0 * log10(0.004), 0.1, "nothing to follow: %g", gain_db(out, 70000u));
    rsd_engine_destroy(engine);
    free(in), free(out);
}

/* A quiet input under a side-chain at a quarter of full scale, which stops: the gain goes with the side-chain. */
Test(modulation, the_envelope_follows_the_side_chain_where_that_is_asked_for)
{
    float *in = constant(), *side = constant(), *out = make_samples(COUNT);
    rsd_model *model = NULL;
    rsd_engine *engine = NULL;
    const rsd_engine_config config = {.sample_rate_hz = RATE, .channel_count = 1u, .sidechain_channel_count = 1u};
    cr_assert_eq(rsd_model_open("live", &model, NULL), RSD_OK);
    cr_assert_eq(rsd_engine_create(&config, model, &engine, NULL), RSD_OK);
    rsd_model_release(model);
    memset(side + 48000u, 0, 48000u * sizeof *side);
    set(engine, RSD_PARAM_MONITOR, 0, RSD_MONITOR_DRY);
    set(engine, RSD_PARAM_ENVELOPE_SIDECHAIN, 0, 1.0f);
    set(engine, RSD_PARAM_ENVELOPE_MS, 0, 20.0f);
    aim(engine, RSD_PARAM_ENVELOPE_TARGET, target(RSD_PARAM_OUTPUT_GAIN_DB, 0), RSD_PARAM_ENVELOPE_DEPTH, -0.5f);
    for (uint32_t done = 0; done < COUNT; done += 480u) {
        const float *const ins[1] = {in + done}, *const sides[1] = {side + done};
        float *const outs[1] = {out + done};
        const rsd_engine_block block = {ins, outs, sides, 480u};
        rsd_engine_process_block(engine, &block);
    }
    cr_assert_float_eq(gain_db(out, 40000u), -0.25 * 42.0, 0.1, "a quarter of full scale: %g", gain_db(out, 40000u));
    cr_assert_float_eq(gain_db(out, 90000u), 0.0, 0.1, "it has stopped, and the input has not: %g",
                       gain_db(out, 90000u));
    rsd_engine_destroy(engine);
    free(in), free(side), free(out);
}

Test(modulation, a_transport_gives_tempo_and_place_and_restarts_what_is_to_be_restarted)
{
    float *in = constant(), *out = make_samples(COUNT);
    rsd_engine *engine = make();
    set(engine, RSD_PARAM_OUTPUT_GAIN_DB, 0, -18.0f);
    set(engine, RSD_PARAM_LFO1_SHAPE, 0, 3.0f);
    set(engine, RSD_PARAM_LFO1_SYNC, 0, 4.0f); /* a bar */
    aim(engine, RSD_PARAM_LFO1_TARGET, target(RSD_PARAM_OUTPUT_GAIN_DB, 0), RSD_PARAM_LFO1_DEPTH, 0.25f);
    rsd_engine_set_transport(engine, 60.0f, 2.0, true); /* the second half of a bar of four seconds */
    for (uint32_t done = 0; done < COUNT; done += 480u) {
        const float *const ins[1] = {in + done};
        float *const outs[1] = {out + done};
        rsd_engine_set_transport(engine, 60.0f, 2.0 + (double)done / RATE, true);
        rsd_engine_process(engine, ins, outs, 480u);
    }
    cr_assert_float_eq(gain_db(out, 20000u), -28.5, 0.1);
    cr_assert_float_eq(gain_db(out, 90000u), -28.5, 0.1, "two seconds on it is still the second half");
    rsd_engine_set_transport(engine, 60.0f, 8.5, true);
    run(engine, in, out, 9600u);
    cr_assert_float_eq(gain_db(out, 9000u), -7.5, 0.1, "the transport has jumped into a first half");

    set(engine, RSD_PARAM_LFO1_SYNC, 0, 0.0f);
    set(engine, RSD_PARAM_LFO1_RATE_HZ, 0, 1.0f);
    run(engine, in, out, 30000u);
    set(engine, RSD_PARAM_LFO_RESTART, 0, 1.0f);
    run(engine, in, out, 480u);
    rsd_engine_set_transport(engine, 60.0f, -1.0, false);
    rsd_engine_set_transport(engine, 60.0f, -1.0, true);
    run(engine, in, out, 22000u);
    cr_assert_float_eq(gain_db(out, 21000u), -7.5, 0.1, "a free one begins anew");
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(modulation, targets_have_names_that_read_back)
{
    const rsd_param_info *row = rsd_param_by_id(RSD_PARAM_LFO1_TARGET), *info;
    const char *name;
    float value;
    for (uint32_t i = 0; (info = rsd_param_row(i)) != NULL; i++) {
        const uint32_t count = rsd_param_is_per_level(info) ? RSD_MAX_LEVELS : 1u;
        for (uint32_t level = 0; level < count; level++) {
            const uint32_t wanted = rsd_param_target(info, level);
            if (wanted == 0u) continue;
            cr_assert((float)wanted <= row->max, "%s", info->symbol);
            cr_assert_not_null(name = rsd_param_value_name(row, wanted));
            cr_assert_eq(rsd_param_parse_value(row, name, &value), RSD_OK, "%s", name);
            cr_assert_eq(value, (float)wanted, "%s", name);
        }
    }
    cr_assert_eq(rsd_param_parse_value(row, "none", &value), RSD_OK);
    cr_assert_eq(value, 0.0f);
    cr_assert_eq(rsd_param_parse_value(rsd_param_by_id(RSD_PARAM_LFO1_SYNC), "1/16", &value), RSD_OK);
    cr_assert_eq(value, 8.0f);
    cr_assert_neq(rsd_param_parse_value(rsd_param_by_id(RSD_PARAM_SEQUENCER_SYNC), "free", &value), RSD_OK);
}
