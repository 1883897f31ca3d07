// SPDX-License-Identifier: MIT
// What levels, gains, mute, solo and fill do to tokens and sound.
#include "engine_support.h"
#include "roughness.h"

#include <residuum/rsd_dsp.h>

#define COUNT 24000u
#define MAX_FRAMES 512u

typedef struct {
    rsd_token_frame frames[MAX_FRAMES];
    uint32_t count;
} tape;

static void record(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    tape *t = context;
    if (channel != 0u || t->count == MAX_FRAMES) return;
    if (frame_index != t->count) abort();
    t->frames[t->count++] = *frame;
}

static tape *tokens_of(const float *in, float levels, float bits, void (*prepare)(rsd_engine *))
{
    tape *t = calloc(1, sizeof *t);
    rsd_engine *engine = make_engine(48000, 1);
    float *out = make_samples(COUNT);
    rsd_engine_set_tap(engine, record, t);
    set(engine, RSD_PARAM_LEVELS, 0, levels);
    set(engine, RSD_PARAM_CODEBOOK_BITS, 0, bits);
    if (prepare) prepare(engine);
    run_blocks(engine, in, out, COUNT, 0);
    cr_assert_eq(t->count, COUNT / 128u);
    rsd_engine_destroy(engine);
    free(out);
    return t;
}

static void assert_prefix(const tape *some, const tape *all, uint32_t levels, const rsd_codec_info *info)
{
    const uint32_t end = levels > 0u ? info->level_sequence_end[levels - 1u] : 0u;
    for (uint32_t f = 0; f < all->count; f++) {
        cr_assert_eq(some->frames[f].level_count, levels);
        for (uint32_t s = 0; s < info->side_count; s++) cr_assert_eq(some->frames[f].side[s], all->frames[f].side[s]);
        for (uint32_t s = 0; s < info->sequence_count; s++)
            cr_assert_eq(some->frames[f].tokens[s], s < end ? all->frames[f].tokens[s] : RSD_TOKEN_NONE,
                         "frame %u, %u levels, sequence %u", f, levels, s);
    }
}

static rsd_codec_info info_of_live(void)
{
    rsd_codec_info info;
    rsd_model *model = open_model("live");
    rsd_model_info(model, 48000, &info);
    rsd_model_release(model);
    return info;
}

Test(levels, fewer_levels_give_a_prefix_of_the_tokens)
{
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 21u);
    const rsd_codec_info info = info_of_live();
    tape *all = tokens_of(in, 64.0f, 16.0f, NULL);
    for (uint32_t levels = 0; levels <= info.level_count; levels += 3) {
        tape *some = tokens_of(in, (float)levels, 16.0f, NULL);
        assert_prefix(some, all, levels, &info);
        free(some);
    }
    tape *fraction = tokens_of(in, 3.25f, 16.0f, NULL);
    assert_prefix(fraction, all, 4u, &info);
    free(fraction);
    free(all);
    free(in);
}

static void mute_and_solo(rsd_engine *engine)
{
    set(engine, RSD_PARAM_LEVEL_MUTE, 0, 1.0f);
    set(engine, RSD_PARAM_LEVEL_SOLO, 2, 1.0f);
    set(engine, RSD_PARAM_LEVEL_GAIN, 1, 0.3f);
    set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DELTA);
}

Test(levels, what_is_heard_of_the_levels_does_not_change_the_tokens)
{
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 21u);
    const rsd_codec_info info = info_of_live();
    tape *all = tokens_of(in, 64.0f, 16.0f, NULL), *muted = tokens_of(in, 64.0f, 16.0f, mute_and_solo);
    assert_prefix(muted, all, info.level_count, &info);
    free(all), free(muted), free(in);
}

Test(levels, codebook_bits_bound_the_tokens)
{
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 22u);
    const rsd_codec_info info = info_of_live();
    tape *coarse = tokens_of(in, 64.0f, 3.0f, NULL), *fine = tokens_of(in, 64.0f, 16.0f, NULL);
    int32_t highest = 0;
    for (uint32_t f = 0; f < coarse->count; f++) {
        for (uint32_t s = 0; s < info.sequence_count; s++) {
            cr_assert_lt(coarse->frames[f].tokens[s], 8, "frame %u, sequence %u", f, s);
            if (fine->frames[f].tokens[s] > highest) highest = fine->frames[f].tokens[s];
        }
    }
    cr_assert_gt(highest, 7);
    free(coarse), free(fine), free(in);
}

/* Wet sound with `levels`, all else as `prepare` leaves it, noise fill off: then the decoder is linear in its levels.
 */
static float *sound_of(const float *in, float levels, void (*prepare)(rsd_engine *))
{
    float *out = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_LEVELS, 0, levels);
    set(engine, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    if (prepare) prepare(engine);
    run(engine, in, out, COUNT);
    rsd_engine_destroy(engine);
    return out;
}

static void solo_fourth(rsd_engine *engine) { set(engine, RSD_PARAM_LEVEL_SOLO, 3, 1.0f); }
static void mute_fourth(rsd_engine *engine) { set(engine, RSD_PARAM_LEVEL_MUTE, 3, 1.0f); }
static void half_fourth(rsd_engine *engine) { set(engine, RSD_PARAM_LEVEL_GAIN, 3, 0.5f); }
static void hear_delta(rsd_engine *engine) { set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DELTA); }

/* a + factor b, within what single precision leaves. */
static void assert_sum(const float *sum, const float *a, float factor, const float *b, const char *what)
{
    for (uint32_t i = 0; i < COUNT; i++)
        cr_assert_float_eq(sum[i], a[i] + factor * b[i], 2e-5, "%s: sample %u is %g, wanted %g", what, i,
                           (double)sum[i], (double)(a[i] + factor * b[i]));
}

Test(levels, mute_solo_gain_fraction_and_delta_are_the_parts_that_they_say)
{
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 23u);
    float *three = sound_of(in, 3.0f, NULL), *four = sound_of(in, 4.0f, NULL), *solo = sound_of(in, 4.0f, solo_fourth),
          *muted = sound_of(in, 4.0f, mute_fourth), *half = sound_of(in, 4.0f, half_fourth),
          *fraction = sound_of(in, 3.25f, NULL), *delta = sound_of(in, 4.0f, hear_delta),
          *off = sound_of(in, 3.0f, solo_fourth);
    cr_assert_gt(energy_of(solo, COUNT), 1e-3);
    assert_sum(four, three, 1.0f, solo, "levels 1-3 and level 4 alone");
    assert_sum(muted, three, 0.0f, solo, "level 4 muted is three levels");
    assert_sum(half, three, 0.5f, solo, "level 4 at half its gain");
    assert_sum(fraction, three, 0.25f, solo, "3.25 levels");
    assert_sum(delta, solo, 0.0f, solo, "delta is the last level alone");
    cr_assert_eq(largest(off, COUNT), 0.0f, "a soloed level that is not active is silent");
    free(in), free(three), free(four), free(solo), free(muted), free(half), free(fraction), free(delta), free(off);
}

static void fill_noise_too(rsd_engine *engine) { set(engine, RSD_PARAM_NOISE_FILL, 0, 1.0f); }
static void solo_and_fill(rsd_engine *engine)
{
    solo_fourth(engine);
    fill_noise_too(engine);
}
static void delta_and_fill(rsd_engine *engine)
{
    hear_delta(engine);
    fill_noise_too(engine);
}

Test(levels, noise_is_not_filled_in_where_levels_are_heard_alone)
{
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 23u);
    float *solo = sound_of(in, 4.0f, solo_fourth), *solo_filled = sound_of(in, 4.0f, solo_and_fill),
          *delta = sound_of(in, 4.0f, hear_delta), *delta_filled = sound_of(in, 4.0f, delta_and_fill),
          *plain = sound_of(in, 4.0f, NULL), *filled = sound_of(in, 4.0f, fill_noise_too);
    assert_same_samples(solo_filled, solo, COUNT, "solo");
    assert_same_samples(delta_filled, delta, COUNT, "delta");
    cr_assert_neq(memcmp(filled, plain, COUNT * sizeof *plain), 0, "noise fill does something else");
    free(in), free(solo), free(solo_filled), free(delta), free(delta_filled), free(plain), free(filled);
}

static void sweep(rsd_engine *engine, const float *in, float *out, float top)
{
    for (uint32_t done = 0; done < 48000u; done += 64u) {
        const float t = (float)done / 24000.0f; /* down for half a second, up again for the other */
        const float x = t < 1.0f ? 1.0f - t : t - 1.0f;
        set(engine, RSD_PARAM_LEVELS, 0, 1.0f + (top - 1.0f) * x);
        run_blocks(engine, in + done, out + done, 64u, 64u);
    }
}

static void assert_sweep_is_smooth(float noise_fill)
{
    const uint32_t count = 48000u;
    float *in = make_samples(count), *out = make_samples(count);
    rsd_engine *engine = make_engine(48000, 1);
    const float top = (float)codec_of(engine).level_count;
    set(engine, RSD_PARAM_NOISE_FILL, 0, noise_fill);
    test_fill_tone(in, count, 330.0, 48000.0, 0.4f);
    roughness steady = {0.0, 0.0f};
    for (float levels = 1.0f; levels <= top; levels += 1.0f) {
        set(engine, RSD_PARAM_LEVELS, 0, levels);
        rsd_engine_reset(engine);
        run(engine, in, out, count);
        const roughness r = roughness_of(out, 4800, count);
        if (r.high_energy > steady.high_energy) steady.high_energy = r.high_energy;
        if (r.bend > steady.bend) steady.bend = r.bend;
    }
    set(engine, RSD_PARAM_LEVELS, 0, top);
    rsd_engine_reset(engine);
    run(engine, in, out, 4800);
    sweep(engine, in, out, top);
    const roughness r = roughness_of(out, 0, count);
    cr_assert_leq(r.high_energy, 1.3 * steady.high_energy, "above 12 kHz: %g, steady %g", r.high_energy,
                  steady.high_energy);
    cr_assert_leq(r.bend, 1.2f * steady.bend, "bend: %g, steady %g", (double)r.bend, (double)steady.bend);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(levels, a_sweep_from_all_to_one_and_back_in_a_second_is_as_smooth_as_steady_levels)
{
    assert_sweep_is_smooth(0.0f);
    assert_sweep_is_smooth(1.0f);
}
