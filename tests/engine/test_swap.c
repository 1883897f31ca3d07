// SPDX-License-Identifier: MIT
// Codec swaps while sound runs.
#include "engine_support.h"

#define COUNT 96000u

static rsd_model *models[3];

static void open_all(void)
{
    models[0] = open_model("live-64");
    models[1] = open_model("live-128");
    models[2] = open_model("live-256");
}

static void close_all(void)
{
    for (int i = 0; i < 3; i++) rsd_model_release(models[i]);
}

static rsd_engine *make_on(rsd_model *model, rsd_schedule schedule)
{
    const rsd_engine_config config = {48000, 1, schedule, 0, 0};
    rsd_engine *engine = NULL;
    rsd_error error;
    cr_assert_eq(rsd_engine_create(&config, model, &engine, &error), RSD_OK, "%s", error.text);
    return engine;
}

static void swap_to(rsd_engine *engine, rsd_model *model)
{
    rsd_error error;
    cr_assert_eq(rsd_engine_swap(engine, model, &error), RSD_OK, "%s", error.text);
}

Test(swap, latency_and_info_change_with_the_first_sample_of_the_fade, .init = open_all, .fini = close_all)
{
    rsd_engine *engine = make_on(models[1], RSD_SCHEDULE_INLINE);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    run(engine, in, out, 1000);
    swap_to(engine, models[2]);
    cr_assert_eq(rsd_engine_collect(engine), true);
    const uint32_t run_in = 512u + 4u * 256u; /* its latency and four frames */
    run_blocks(engine, in + 1000, out + 1000, run_in, 1);
    cr_assert_eq(latency_of(engine), 256u);
    cr_assert_eq(codec_of(engine).hop_samples, 128u);
    run_blocks(engine, in, out, 1, 1);
    cr_assert_eq(latency_of(engine), 512u);
    cr_assert_eq(codec_of(engine).hop_samples, 256u);
    run_blocks(engine, in, out, 1439, 1); /* of 1440: 30 ms */
    cr_assert_eq(rsd_engine_collect(engine), true);
    run_blocks(engine, in, out, 1, 1);
    cr_assert_eq(rsd_engine_collect(engine), false);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(swap, samples_after_the_hand_over_do_not_depend_on_how_the_stream_is_cut, .init = open_all, .fini = close_all)
{
    static const uint32_t blocks[] = {1, 100, 1000, 0};
    float *in = make_samples(12000), *out = make_samples(12000), *wanted = make_samples(12000);
    test_fill_notes(in, 12000, 48000.0, 1u);
    for (size_t b = 0; b < 4; b++) {
        rsd_engine *engine = make_on(models[0], RSD_SCHEDULE_INLINE);
        run(engine, in, out, 777);
        swap_to(engine, models[2]);
        run_blocks(engine, in + 777, out + 777, 12000 - 777, blocks[b]);
        if (b == 0) memcpy(wanted, out, 12000 * sizeof *out);
        assert_same_samples(out, wanted, 12000, "cut otherwise");
        rsd_engine_destroy(engine);
    }
    free(in), free(out), free(wanted);
}

typedef struct {
    uint64_t last;
    uint32_t count, backwards;
} taps;

static void note(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    taps *t = context;
    (void)channel, (void)frame;
    if (t->count++ > 0u && frame_index <= t->last) t->backwards++;
    t->last = frame_index;
}

Test(swap, frames_are_tapped_and_counted_of_the_codec_that_is_reported_alone, .init = open_all, .fini = close_all)
{
    rsd_engine *engine = make_on(models[1], RSD_SCHEDULE_INLINE);
    float *in = make_samples(24000), *out = make_samples(24000);
    taps t = {0, 0, 0};
    test_fill_notes(in, 24000, 48000.0, 1u);
    rsd_engine_set_tap(engine, note, &t);
    run(engine, in, out, 1000);
    swap_to(engine, models[1]); /* to itself: one grid, one frame a hop, whichever it is */
    run(engine, in + 1000, out + 1000, 24000 - 1000 - 64);
    cr_assert_eq(t.count, (24000u - 64u) / 128u);
    cr_assert_eq(t.backwards, 0u);
    rsd_telemetry record;
    uint32_t frames = 0;
    while (rsd_engine_read_telemetry(engine, &record, 1) == 1u) frames += record.frame_count;
    cr_assert_eq(frames, (uint32_t)(record.sample_time / 128u));
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(swap, after_the_fade_the_sound_is_the_new_codecs_on_the_same_frame_grid, .init = open_all, .fini = close_all)
{
    rsd_engine *swapped = make_on(models[1], RSD_SCHEDULE_INLINE), *straight = make_on(models[2], RSD_SCHEDULE_INLINE);
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    forget_gap(in, 20000);
    set(swapped, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    set(straight, RSD_PARAM_NOISE_FILL, 0, 0.0f);
    run(straight, in, wanted, COUNT);
    run(swapped, in, out, 1111);
    swap_to(swapped, models[2]);
    run(swapped, in + 1111, out + 1111, COUNT - 1111);
    assert_same_samples(out + 24000, wanted + 24000, COUNT - 24000, "new codec");
    rsd_engine_destroy(swapped);
    rsd_engine_destroy(straight);
    free(in), free(out), free(wanted);
}

Test(swap, a_swap_before_the_first_sample_is_as_if_the_engine_had_been_made_with_it, .init = open_all,
     .fini = close_all)
{
    rsd_engine *swapped = make_on(models[1], RSD_SCHEDULE_INLINE), *straight = make_on(models[0], RSD_SCHEDULE_INLINE);
    float *in = make_samples(24000), *out = make_samples(24000), *wanted = make_samples(24000);
    test_fill_notes(in, 24000, 48000.0, 1u);
    swap_to(swapped, models[0]);
    run(swapped, in, out, 24000);
    run(straight, in, wanted, 24000);
    assert_same_samples(out, wanted, 24000, "swapped at 0");
    cr_assert_eq(rsd_engine_collect(swapped), false);
    cr_assert_eq(latency_of(swapped), 128u);
    rsd_engine_destroy(swapped);
    rsd_engine_destroy(straight);
    free(in), free(out), free(wanted);
}

Test(swap, dry_stays_exact_through_a_swap_to_the_same_codec, .init = open_all, .fini = close_all)
{
    rsd_engine *engine = make_on(models[1], RSD_SCHEDULE_INLINE);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
    run(engine, in, out, 5000);
    swap_to(engine, models[1]);
    run(engine, in + 5000, out + 5000, COUNT - 5000);
    for (uint32_t i = 256; i < COUNT; i++) cr_assert_float_eq(out[i], in[i - 256], 2e-7, "sample %u", i);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

/* Largest second difference: a step of s shows as s. */
static float bend_of(const float *x, uint32_t count)
{
    float bend = 0.0f;
    for (uint32_t i = 2; i < count; i++) {
        const float b = fabsf(x[i] - 2.0f * x[i - 1] + x[i - 2]);
        if (b > bend) bend = b;
    }
    return bend;
}

static float steady_bend(const float *in, float *out, uint32_t count)
{
    float bend = 0.0f;
    for (int i = 0; i < 3; i++) {
        rsd_engine *engine = make_on(models[i], RSD_SCHEDULE_INLINE);
        run(engine, in, out, count);
        const float b = bend_of(out + 4800, count - 4800);
        if (b > bend) bend = b;
        rsd_engine_destroy(engine);
    }
    return bend;
}

Test(swap, fifty_swaps_while_playing_leave_no_step, .init = open_all, .fini = close_all, .timeout = 600)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_tone(in, COUNT, 250.0, 48000.0, 0.5f);
    const float steady = steady_bend(in, out, COUNT);
    rsd_engine *engine = make_on(models[0], RSD_SCHEDULE_INLINE);
    uint32_t swaps = 0, seed = 5u, full = 0;
    float worst = 0.0f;
    while (swaps < 50u) {
        for (uint32_t done = 0; done + 700u <= COUNT;) {
            const uint32_t block = test_between(&seed, 1u, 700u);
            if (!rsd_engine_collect(engine)) {
                swap_to(engine, models[++swaps % 3u]);
            } else if (rsd_engine_swap(engine, models[0], NULL) == RSD_ERR_FULL) {
                full++;
            }
            run_blocks(engine, in + done, out + done, block, block);
            done += block;
        }
        /* The tone has a whole number of periods in COUNT: no step of its own where it starts over. */
        const float b = bend_of(out + 4800, COUNT - 4800 - 700);
        if (b > worst) worst = b;
    }
    cr_assert_gt(full, 100u);
    cr_assert_leq(worst, 1.5f * steady, "bend %g, steady %g", (double)worst, (double)steady);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(swap, bypass_and_reset_in_the_middle_of_a_swap_are_fine, .init = open_all, .fini = close_all)
{
    rsd_engine *engine = make_on(models[0], RSD_SCHEDULE_INLINE);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_noise(in, COUNT, 0.5f, 1u);
    uint32_t seed = 3u, swaps = 0;
    for (uint32_t done = 0; done + 700u < COUNT; done += 400u) {
        if (!rsd_engine_collect(engine)) swap_to(engine, models[++swaps % 3u]);
        if (test_between(&seed, 0u, 3u) == 0u) set(engine, RSD_PARAM_BYPASS, 0, (float)(test_random(&seed) >> 31));
        if (test_between(&seed, 0u, 19u) == 0u) rsd_engine_reset(engine);
        run_blocks(engine, in + done, out + done, 400u, 0);
    }
    cr_assert_gt(swaps, 10u);
    set(engine, RSD_PARAM_BYPASS, 0, 1.0f);
    for (int i = 0; i < 20 && rsd_engine_collect(engine); i++) run(engine, in, out, 960);
    cr_assert_eq(rsd_engine_collect(engine), false);
    run(engine, in, out, 4800);
    const uint32_t latency = latency_of(engine);
    assert_same_samples(out + 2400, in + 2400 - latency, 2400, "bypass after it all");
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(swap, an_engine_is_destroyed_cleanly_in_any_state_of_a_swap, .init = open_all, .fini = close_all)
{
    static const uint32_t lengths[] = {0, 64, 1000, 2000, 3000, 9000};
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        rsd_engine *engine = make_on(models[1], i % 2u ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE);
        run(engine, in, out, 100);
        swap_to(engine, models[2]);
        run(engine, in, out, lengths[i]);
        rsd_engine_destroy(engine);
    }
    free(in), free(out);
}
