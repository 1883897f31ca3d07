// SPDX-License-Identifier: MIT
// Tandem coding: what each generation gives, its latency, and a change while it plays.
#include "engine_support.h"

#include "support/correlation.h"

#define COUNT 24000u
#define BEGUN 512u /* before it there are zeros of either sign */

static rsd_engine *make_generations(const char *codec, uint32_t rate_hz, uint32_t generations)
{
    rsd_engine *engine = make_engine_of(codec, rate_hz, 1, RSD_SCHEDULE_INLINE);
    set(engine, RSD_PARAM_GENERATIONS, 0, (float)generations);
    cr_assert_eq(rsd_engine_apply_generations(engine, NULL), RSD_OK);
    rsd_engine_reset(engine);
    cr_assert(!rsd_engine_collect(engine));
    cr_assert(!rsd_engine_wants_generations(engine));
    return engine;
}

/* The codec coded what the codec before gave: as so many engines, one behind the other, at the hop's grid. */
Test(generations, each_codes_what_the_one_before_has_decoded_to_the_bit)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *chain = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    memcpy(chain, in, COUNT * sizeof *in);
    for (uint32_t generations = 1; generations <= 3u; generations++) {
        rsd_engine *all = make_generations("live", 48000, generations), *one = make_engine(48000, 1);
        set(all, RSD_PARAM_LEVELS, 0, 4.5f);
        set(one, RSD_PARAM_LEVELS, 0, 4.5f);
        run_blocks(all, in, out, COUNT, 0);
        run(one, chain, chain, COUNT);
        /* The chain of engines fills a hop more for each. */
        const uint32_t later = 128u * (generations - 1u);
        cr_assert_gt(energy_of(out, COUNT), 1.0);
        assert_same_samples(chain + BEGUN + later, out + BEGUN, COUNT - BEGUN - later, "generations");
        rsd_engine_destroy(all);
        rsd_engine_destroy(one);
    }
    free(in), free(out), free(chain);
}

Test(generations, what_is_turned_at_the_levels_is_heard_in_the_last_one_alone)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *chain = make_samples(COUNT);
    rsd_engine *two = make_generations("live", 48000, 2), *first = make_engine(48000, 1), *last = make_engine(48000, 1);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    run(first, in, chain, COUNT);
    rsd_engine *const soloed[] = {two, last};
    for (int i = 0; i < 2; i++) {
        set(soloed[i], RSD_PARAM_LEVEL_SOLO, 1, 1.0f);
        set(soloed[i], RSD_PARAM_LEVEL_GAIN, 1, 0.5f);
    }
    run(two, in, out, COUNT);
    run(last, chain, chain, COUNT);
    assert_same_samples(chain + BEGUN + 128, out + BEGUN, COUNT - BEGUN - 128, "level 2 alone");
    rsd_engine_destroy(two);
    rsd_engine_destroy(first);
    rsd_engine_destroy(last);
    free(in), free(out), free(chain);
}

Test(generations, the_stated_latency_is_that_of_sound_for_every_count_and_rate)
{
    static const struct {
        const char *codec;
        uint32_t rate_hz, generations, codec_samples;
    } cases[] = {{"live-64", 48000, 2, 3 * 64},   {"live-128", 48000, 5, 6 * 128}, {"live-128", 48000, 8, 9 * 128},
                 {"live-256", 44100, 3, 4 * 256}, {"live-128", 96000, 4, 0},       {"live-64", 22050, 8, 0}};
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rsd_engine *engine = make_generations(cases[i].codec, cases[i].rate_hz, cases[i].generations);
        const uint32_t latency = latency_of(engine);
        test_fill_low_noise(in, COUNT, cases[i].rate_hz);
        run_blocks(engine, in, out, COUNT, 0);
        const double found = test_correlation_peak(in, out, COUNT, latency);
        cr_assert_float_eq(found, (double)latency, 0.2, "%s, %u Hz, %u generations: %.3f samples late, stated are %u",
                           cases[i].codec, cases[i].rate_hz, cases[i].generations, found, latency);
        if (cases[i].codec_samples) cr_assert_eq(latency, cases[i].codec_samples);
        set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
        rsd_engine_reset(engine);
        run_blocks(engine, in, out, COUNT, 0);
        assert_same_samples(out + latency, in, COUNT - latency, "dry");
        rsd_engine_destroy(engine);
    }
    free(in), free(out);
}

Test(generations, a_render_has_them_from_its_first_sample_and_lies_on_what_went_in)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    rsd_engine *engine = make_engine(48000, 1), *ready = make_generations("live", 48000, 4);
    const float *const ins[1] = {in};
    float *const outs[1] = {out};
    test_fill_notes(in, COUNT, 48000.0, 1u);
    set(engine, RSD_PARAM_GENERATIONS, 0, 4.0f);
    cr_assert_eq(rsd_render(engine, ins, outs, COUNT), RSD_OK);
    run(ready, in, wanted, COUNT);
    assert_same_samples(out, wanted + latency_of(ready), COUNT - latency_of(ready), "rendered");
    rsd_engine_destroy(engine);
    rsd_engine_destroy(ready);
    free(in), free(out), free(wanted);
}

/* As a swap is: faded, after what came before has come through, and then as if it had always been so. */
Test(generations, a_change_while_it_plays_is_a_swap_to_the_same_codec)
{
    float *in = make_samples(2 * COUNT), *out = make_samples(2 * COUNT), *wanted = make_samples(2 * COUNT);
    rsd_engine *engine = make_engine(48000, 1), *ready = make_generations("live", 48000, 3);
    test_fill_notes(in, 2 * COUNT, 48000.0, 1u);
    forget_gap(in, 20000);
    set(engine, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    set(ready, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    run(ready, in, wanted, 2 * COUNT);
    run(engine, in, out, 1111);
    set(engine, RSD_PARAM_GENERATIONS, 0, 3.0f);
    cr_assert(rsd_engine_wants_generations(engine));
    cr_assert_eq(rsd_engine_apply_generations(engine, NULL), RSD_OK);
    cr_assert_eq(rsd_engine_apply_generations(engine, NULL), RSD_ERR_FULL, "one swap at a time");
    cr_assert_eq(latency_of(engine), 256u, "not heard yet");
    run(engine, in + 1111, out + 1111, 2 * COUNT - 1111);
    cr_assert_eq(latency_of(engine), 512u);
    cr_assert(!rsd_engine_collect(engine));
    assert_same_samples(out + COUNT, wanted + COUNT, COUNT, "after the change");
    rsd_engine_destroy(engine);
    rsd_engine_destroy(ready);
    free(in), free(out), free(wanted);
}

static void keep_frame(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    (void)channel;
    if (frame_index < COUNT / 128u) ((rsd_token_frame *)context)[frame_index] = *frame;
}

static bool give_frame(void *context, uint32_t channel, uint64_t frame_index, rsd_token_frame *frame)
{
    (void)channel;
    *frame = ((const rsd_token_frame *)context)[frame_index];
    return true;
}

Test(generations, the_tap_has_the_tokens_of_what_is_heard)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *decoded = make_samples(COUNT);
    rsd_token_frame *frames = calloc(COUNT / 128u + 1u, sizeof *frames);
    rsd_engine *coding = make_generations("live", 48000, 3), *decoding = make_engine(48000, 1);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    rsd_engine_set_tap(coding, keep_frame, frames);
    rsd_engine_set_source(decoding, give_frame, frames);
    run(coding, in, out, COUNT);
    run(decoding, in, decoded, COUNT);
    assert_same_samples(decoded, out, COUNT / 128u * 128u, "decoded from the tap");
    rsd_engine_destroy(coding);
    rsd_engine_destroy(decoding);
    free(in), free(out), free(decoded), free(frames);
}

Test(generations, workers_give_the_same_samples_one_hop_later)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    rsd_engine *inline_ = make_generations("live", 48000, 3);
    rsd_engine *threaded = make_engine_of("live", 48000, 1, RSD_SCHEDULE_THREADED);
    const float *const ins[1] = {in};
    float *const outs[1] = {out}, *const wanteds[1] = {wanted};
    test_fill_notes(in, COUNT, 48000.0, 1u);
    set(threaded, RSD_PARAM_GENERATIONS, 0, 3.0f);
    cr_assert_eq(rsd_render(threaded, ins, outs, COUNT), RSD_OK);
    cr_assert_eq(rsd_render(inline_, ins, wanteds, COUNT), RSD_OK);
    cr_assert_eq(latency_of(threaded), latency_of(inline_) + 128u);
    assert_same_samples(out, wanted, COUNT, "threaded");
    rsd_engine_destroy(inline_);
    rsd_engine_destroy(threaded);
    free(in), free(out), free(wanted);
}
