// SPDX-License-Identifier: MIT
// Token effects in an engine: when they change what is heard, how it is bounded, and what they leave as it is.
#include "engine_support.h"
#include "roughness.h"

#define COUNT 24000u
#define HOP 128u
#define MOST_SETTINGS 4u

/* Each effect at its extreme; what is 0 is not set. */
static const struct {
    const char *name;
    struct {
        rsd_param_id id;
        float value;
    } settings[MOST_SETTINGS];
} effects[] = {
    {"hold", {{RSD_PARAM_HOLD_FRAMES, 256.0f}}},
    {"short hold", {{RSD_PARAM_HOLD_FRAMES, 3.0f}}},
    {"freeze", {{RSD_PARAM_FREEZE, 1.0f}, {RSD_PARAM_FREEZE_GRAIN_FRAMES, 1.0f}}},
    {"long freeze", {{RSD_PARAM_FREEZE, 1.0f}, {RSD_PARAM_FREEZE_GRAIN_FRAMES, 64.0f}, {RSD_PARAM_FREEZE_DRIFT, 0.3f}}},
    {"upper freeze", {{RSD_PARAM_FREEZE, 1.0f}, {RSD_PARAM_FREEZE_FROM, 2.0f}}},
    {"stutter", {{RSD_PARAM_STUTTER_FRAMES, 1.0f}, {RSD_PARAM_STUTTER_REPEATS, 64.0f}}},
    {"long stutter", {{RSD_PARAM_STUTTER_FRAMES, 100.0f}}},
    {"reverse", {{RSD_PARAM_REVERSE_FRAMES, 30.0f}}},
    {"loss, silence", {{RSD_PARAM_LOSS, 0.5f}, {RSD_PARAM_LOSS_BURST_MS, 5.0f}}},
    {"loss, repeat", {{RSD_PARAM_LOSS, 0.5f}, {RSD_PARAM_LOSS_BURST_MS, 50.0f}, {RSD_PARAM_CONCEAL, 1.0f}}},
    {"loss, fade", {{RSD_PARAM_LOSS, 0.5f}, {RSD_PARAM_LOSS_BURST_MS, 50.0f}, {RSD_PARAM_CONCEAL, 2.0f}}},
    {"loss, noise", {{RSD_PARAM_LOSS, 0.5f}, {RSD_PARAM_LOSS_BURST_MS, 50.0f}, {RSD_PARAM_CONCEAL, 3.0f}}},
    {"loss, reverse", {{RSD_PARAM_LOSS, 0.5f}, {RSD_PARAM_LOSS_BURST_MS, 50.0f}, {RSD_PARAM_CONCEAL, 4.0f}}},
    {"loss, imagine", {{RSD_PARAM_LOSS, 0.5f}, {RSD_PARAM_LOSS_BURST_MS, 50.0f}, {RSD_PARAM_CONCEAL, 5.0f}}},
    {"skew", {{RSD_PARAM_LEVEL_SKEW, 32.0f}}},
    {"shift", {{RSD_PARAM_TOKEN_SHIFT, 512.0f}}},
    {"errors", {{RSD_PARAM_TOKEN_ERROR, 1.0f}}},
    {"flips", {{RSD_PARAM_BIT_FLIP, 1.0f}}},
    {"scramble", {{RSD_PARAM_SCRAMBLE, 1.0f}}},
    {"starve", {{RSD_PARAM_STARVE, 1.0f}}},
};
#define EFFECT_COUNT (sizeof effects / sizeof effects[0])

static void turn(rsd_engine *engine, size_t effect, bool on)
{
    for (size_t s = 0; s < MOST_SETTINGS && effects[effect].settings[s].id != 0; s++) {
        const rsd_param_id id = effects[effect].settings[s].id;
        set(engine, id, 0, on ? effects[effect].settings[s].value : rsd_param_by_id(id)->default_value);
    }
}

/* Sounds that are not alike from frame to frame. */
static float *make_input(uint32_t count)
{
    float *in = make_samples(count);
    test_fill_notes(in, count, 48000.0, 5u);
    return in;
}

static double difference(const float *a, const float *b, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sum;
}

Test(effects, each_changes_what_is_heard_and_none_what_it_costs_in_latency_or_what_is_tapped)
{
    float *in = make_input(COUNT), *plain = make_samples(COUNT), *out = make_samples(COUNT), *dry = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    const uint32_t latency = latency_of(engine);
    run(engine, in, plain, COUNT);
    for (size_t e = 0; e < EFFECT_COUNT; e++) {
        rsd_engine_reset(engine);
        turn(engine, e, true);
        run(engine, in, out, COUNT);
        cr_assert_gt(difference(out, plain, COUNT), 0.01 * energy_of(plain, COUNT), "%s is not heard", effects[e].name);
        cr_assert_eq(latency_of(engine), latency, "%s", effects[e].name);
        set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
        rsd_engine_reset(engine);
        run(engine, in, dry, COUNT);
        assert_same_samples(dry + latency, in, COUNT - latency, effects[e].name);
        set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_WET);
        turn(engine, e, false);
    }
    rsd_engine_destroy(engine);
    free(in), free(plain), free(out), free(dry);
}

/* Nothing that an effect did to time stays: what is off is off from the next frame on, and the overlap of one more. */
Test(effects, once_it_is_off_the_samples_are_those_of_a_run_without_it)
{
    float *in = make_input(COUNT), *plain = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    const uint32_t half = COUNT / 2u / HOP * HOP, rest = COUNT - half - 3u * HOP;
    set(engine, RSD_PARAM_NOISE_FILL, 0, 0.0f); /* noise goes on from what was drawn before */
    run(engine, in, plain, COUNT);
    for (size_t e = 0; e < EFFECT_COUNT; e++) {
        rsd_engine_reset(engine);
        turn(engine, e, true);
        run(engine, in, out, half);
        turn(engine, e, false);
        run(engine, in + half, out + half, COUNT - half);
        assert_same_samples(out + half + 3u * HOP, plain + half + 3u * HOP, rest, effects[e].name);
    }
    rsd_engine_destroy(engine);
    free(in), free(plain), free(out);
}

static void post_all(rsd_engine *engine)
{
    post(engine, 1001, RSD_PARAM_LOSS, 0, 0.2f);
    post(engine, 2002, RSD_PARAM_TOKEN_ERROR, 0, 0.1f);
    post(engine, 3333, RSD_PARAM_STUTTER_FRAMES, 0, 5.0f);
    post(engine, 3333, RSD_PARAM_STUTTER_REPEATS, 0, 3.0f);
    post(engine, 8000, RSD_PARAM_HOLD_FRAMES, 0, 2.0f);
    post(engine, 9001, RSD_PARAM_LEVEL_SKEW, 0, 1.0f);
    post(engine, 12345, RSD_PARAM_FREEZE, 0, 1.0f);
    post(engine, 12345, RSD_PARAM_FREEZE_DRIFT, 0, 0.1f);
    post(engine, 15000, RSD_PARAM_FREEZE, 0, 0.0f);
    post(engine, 17000, RSD_PARAM_SCRAMBLE, 0, 0.5f);
    post(engine, 19000, RSD_PARAM_STARVE, 0, 1.0f);
    post(engine, 20000, RSD_PARAM_REVERSE_FRAMES, 0, 7.0f);
}

Test(effects, the_same_seed_gives_the_same_sound_for_any_block_size_inline_and_threaded, .timeout = 600)
{
    float *in = make_input(COUNT), *wanted = make_samples(COUNT), *out = make_samples(COUNT);
    static const uint32_t blocks[] = {1u, 64u, 1000u, 0u};
    rsd_engine *engine = make_engine(48000, 1);
    post_all(engine);
    run(engine, in, wanted, COUNT);
    rsd_engine_destroy(engine);
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        engine = make_engine(48000, 1);
        post_all(engine);
        run_blocks(engine, in, out, COUNT, blocks[b]);
        assert_same_samples(out, wanted, COUNT, "blocks");
        rsd_engine_destroy(engine);
    }
    engine = make_engine_of("live", 48000, 1, RSD_SCHEDULE_THREADED);
    rsd_engine_wait_for_frames(engine, true);
    post_all(engine);
    run(engine, in, out, COUNT);
    assert_same_samples(out + HOP, wanted, COUNT - HOP, "threaded, a hop later");
    rsd_engine_destroy(engine);
    engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_SEED, 0, 2.0f);
    post_all(engine);
    run(engine, in, out, COUNT);
    cr_assert_gt(difference(out, wanted, COUNT), 0.01 * energy_of(wanted, COUNT), "another seed, another sound");
    rsd_engine_destroy(engine);
    free(in), free(wanted), free(out);
}

/* White noise at full scale, and bursts out of silence: what the codec is worst at. */
Test(effects, each_at_its_extreme_and_all_together_are_bounded_as_the_codec_is, .timeout = 600)
{
    static const struct {
        const char *codec;
        uint32_t rate_hz, count;
        float bound;
    } codecs[] = {{"live-64", 48000, COUNT, 8.0f},
                  {"live-128", 48000, COUNT, 8.0f},
                  {"live-256", 48000, COUNT, 8.0f},
                  {ENCODEC_FOLDER, 24000, 12000, 64.0f}};
    for (size_t c = 0; c < sizeof codecs / sizeof codecs[0]; c++) {
        const uint32_t count = codecs[c].count;
        float *in = make_samples(count), *out = make_samples(count);
        test_fill_noise(in, count / 2u, 1.0f, 9u);
        test_fill_bursts(in + count / 2u, count / 2u, 700u, 10u);
        rsd_engine *engine = make_engine_of(codecs[c].codec, codecs[c].rate_hz, 1, RSD_SCHEDULE_INLINE);
        for (size_t e = 0; e <= EFFECT_COUNT; e++) {
            for (size_t all = 0; e == EFFECT_COUNT && all < EFFECT_COUNT; all++) turn(engine, all, true);
            if (e < EFFECT_COUNT) turn(engine, e, true);
            rsd_engine_reset(engine);
            run(engine, in, out, count);
            const float peak = largest(out, count);
            cr_assert(isfinite(peak) && peak <= codecs[c].bound, "%s, %s: %g", codecs[c].codec,
                      e < EFFECT_COUNT ? effects[e].name : "all", (double)peak);
            if (e < EFFECT_COUNT) turn(engine, e, false);
        }
        rsd_engine_destroy(engine);
        free(in), free(out);
    }
}

/* Roughness of the tone with an effect on from the second part on, all the time or every other part. */
static roughness tone_with(rsd_engine *engine, size_t effect, bool is_changing)
{
    const uint32_t count = 48000u, start = 9600u, part = 2400u; /* the tone's own beginning is not measured */
    float *in = make_samples(count), *out = make_samples(count);
    test_fill_tone(in, count, 330.0, 48000.0, 0.4f);
    rsd_engine_reset(engine);
    for (uint32_t at = 0; at < count; at += part) {
        if (effect < EFFECT_COUNT) turn(engine, effect, at >= start && (!is_changing || at / part % 2u == 1u));
        run(engine, in + at, out + at, part);
    }
    if (effect < EFFECT_COUNT) turn(engine, effect, false);
    const roughness r = roughness_of(out, start, count);
    free(in), free(out);
    return r;
}

static roughness rougher(roughness a, roughness b)
{
    return (roughness){a.high_energy > b.high_energy ? a.high_energy : b.high_energy,
                       a.bend > b.bend ? a.bend : b.bend};
}

/* 20 changes a second, held against the effect all the time, and against frames that do not follow each other (hold). */
Test(effects, going_on_and_off_is_no_rougher_than_being_on, .timeout = 600)
{
    rsd_engine *engine = make_engine(48000, 1);
    cr_assert_str_eq(effects[1].name, "short hold");
    const roughness splices = tone_with(engine, 1u, false);
    for (size_t e = 0; e < EFFECT_COUNT; e++) {
        const roughness most = rougher(tone_with(engine, e, false), splices), changing = tone_with(engine, e, true);
        cr_expect_leq(changing.high_energy, 1.5 * most.high_energy, "%s, above 12 kHz: %g, on %g", effects[e].name,
                      changing.high_energy, most.high_energy);
        cr_expect_leq(changing.bend, 1.2f * most.bend, "%s, bend: %g, on %g", effects[e].name, (double)changing.bend,
                      (double)most.bend);
    }
    rsd_engine_destroy(engine);
}

#define TURNED 4800u

Test(effects, linked_channels_do_the_same_and_free_ones_do_not)
{
    float *in = make_input(COUNT), *out[2] = {make_samples(COUNT), make_samples(COUNT)};
    for (int link = 0; link < 2; link++) {
        rsd_engine *engine = make_engine(48000, 2);
        set(engine, RSD_PARAM_LINK, 0, (float)link);
        set(engine, RSD_PARAM_LOSS, 0, 0.3f);
        set(engine, RSD_PARAM_HOLD_FRAMES, 0, 5.0f);
        const float *const ins[2] = {in, in};
        rsd_engine_process(engine, ins, out, COUNT);
        /* A pair begins at left and right, where free chance is heard; from where it has turned to sum and difference,
         * equal channels are equal to the bit. */
        const uint32_t from = link ? TURNED : 0u;
        const bool are_equal = memcmp(out[0] + from, out[1] + from, (COUNT - from) * sizeof *in) == 0;
        cr_assert_eq(are_equal, link == 1, "link %d", link);
        rsd_engine_destroy(engine);
    }
    free(in), free(out[0]), free(out[1]);
}

/* At 112.5 BPM a sixteenth is 133.3 ms, 50 frames; eight bars are 12 800, halved until 400 are left. */
Test(effects, a_stutter_in_note_values_follows_the_tempo)
{
    static const struct {
        float sync, frames;
    } cases[] = {{8.0f, 50.0f}, {1.0f, 400.0f}};
    enum { LONG = 96000 };
    float *in = make_samples(LONG), *out = make_samples(LONG), *wanted = make_samples(LONG);
    test_fill_notes(in, LONG, 48000.0, 1u);
    for (size_t i = 0; i < 2u; i++) {
        for (uint32_t is_synced = 0; is_synced < 2u; is_synced++) {
            rsd_engine *engine = make_engine(48000, 1);
            set(engine, RSD_PARAM_TEMPO_BPM, 0, is_synced ? 90.0f : 120.0f);
            if (is_synced) rsd_engine_set_transport(engine, 112.5f, -1.0, false);
            post(engine, 60000u, is_synced ? RSD_PARAM_STUTTER_SYNC : RSD_PARAM_STUTTER_FRAMES, 0,
                 is_synced ? cases[i].sync : cases[i].frames);
            run_blocks(engine, in, is_synced ? out : wanted, LONG, 0u);
            rsd_engine_destroy(engine);
        }
        assert_same_samples(out, wanted, LONG, "note value");
    }
    free(in), free(out), free(wanted);
}
