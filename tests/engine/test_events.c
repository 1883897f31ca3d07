// SPDX-License-Identifier: MIT
// Timed events: exact to the sample, in order, within their capacity.
#include "engine_support.h"

#define COUNT 12000u

Test(events, a_gain_event_starts_its_ramp_at_its_sample)
{
    static const uint64_t times[] = {1, 255, 256, 257, 1000, 4999};
    for (size_t t = 0; t < sizeof times / sizeof times[0]; t++) {
        rsd_engine *engine = make_engine(48000, 1);
        float *in = make_samples(COUNT), *out = make_samples(COUNT);
        for (uint32_t i = 0; i < COUNT; i++) in[i] = 0.5f;
        set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_DRY);
        post(engine, times[t], RSD_PARAM_OUTPUT_GAIN_DB, 0, -60.0f);
        run_blocks(engine, in, out, COUNT, 0);
        const uint32_t at = (uint32_t)times[t], latency = latency_of(engine);
        const uint32_t end = at + 960u;
        for (uint32_t i = latency; i < at; i++) cr_assert_eq(out[i], 0.5f, "event %u, sample %u", at, i);
        for (uint32_t i = at > latency ? at : latency; i < end; i++) {
            const double wanted = 0.5 * (1.0 + (0.001 - 1.0) * (double)(i - at + 1u) / 960.0);
            cr_assert_float_eq(out[i], wanted, 1e-6, "event %u, sample %u: %g", at, i, (double)out[i]);
        }
        cr_assert_float_eq(out[end], 0.0005f, 1e-8);
        rsd_engine_destroy(engine);
        free(in), free(out);
    }
}

typedef struct {
    uint32_t level_counts[200];
    uint32_t count;
} counts;

static void note_levels(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    counts *c = context;
    (void)channel, (void)frame_index;
    if (c->count < 200u) c->level_counts[c->count++] = frame->level_count;
}

Test(events, a_codec_event_takes_effect_at_the_first_frame_that_starts_at_or_after_it)
{
    static const uint64_t times[] = {0, 1, 127, 128, 129, 1279, 1280, 1281};
    for (size_t t = 0; t < sizeof times / sizeof times[0]; t++) {
        rsd_engine *engine = make_engine(48000, 1);
        float *in = make_samples(COUNT), *out = make_samples(COUNT);
        counts c = {{0}, 0};
        rsd_engine_set_tap(engine, note_levels, &c);
        set(engine, RSD_PARAM_LEVELS, 0, 5.0f);
        post(engine, times[t], RSD_PARAM_LEVELS, 0, 2.0f);
        run_blocks(engine, in, out, COUNT, 0);
        const uint32_t first = (uint32_t)((times[t] + 127u) / 128u);
        for (uint32_t f = 0; f < c.count; f++)
            cr_assert_eq(c.level_counts[f], f < first ? 5u : 2u, "event at %u, frame %u", (uint32_t)times[t], f);
        rsd_engine_destroy(engine);
        free(in), free(out);
    }
}

Test(events, events_of_one_sample_apply_in_the_order_of_their_posting_and_late_ones_at_once)
{
    rsd_engine *engine = make_engine(48000, 1);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    for (uint32_t i = 0; i < 40; i++) post(engine, 500, RSD_PARAM_LEVELS, 0, (float)i);
    for (uint32_t i = 0; i < 40; i++) post(engine, 700 - i, RSD_PARAM_MIX, 0, (float)i / 64.0f); /* backwards */
    run(engine, in, out, 500);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 64.0f, "not before its sample");
    run(engine, in, out, 1);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 39.0f);
    run(engine, in, out, 200);
    cr_assert_eq(get(engine, RSD_PARAM_MIX, 0), 0.0f);
    post(engine, 3, RSD_PARAM_LEVELS, 0, 7.0f);
    run(engine, in, out, 1);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 7.0f);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(events, as_many_wait_as_the_capacity_says_and_the_next_is_refused_and_counted)
{
    rsd_engine *engine = make_engine(48000, 1);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_event event = {5000, RSD_PARAM_LEVELS, 0, 3.0f};
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < RSD_ENGINE_EVENT_CAPACITY; i++) {
            event.sample_time = 5000u - i; /* the worst order */
            cr_assert_eq(rsd_engine_post(engine, &event), RSD_OK, "event %u", i);
            if (i == 300u) run(engine, in, out, 64); /* some in the ring, some drained */
        }
        cr_assert_eq(rsd_engine_post(engine, &event), RSD_ERR_FULL);
        run(engine, in, out, 64);
        cr_assert_eq(rsd_engine_post(engine, &event), RSD_ERR_FULL);
        run(engine, in, out, 6000);
        rsd_engine_reset(engine);
    }
    run(engine, in, out, 2000);
    rsd_telemetry record = {0}, last = {0};
    while (rsd_engine_read_telemetry(engine, &record, 1) == 1u) last = record;
    cr_assert_eq(last.dropped_count, 6u);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(events, an_invalid_event_is_refused)
{
    rsd_engine *engine = make_engine(48000, 1);
    const rsd_event events[] = {{0, RSD_PARAM_LEVELS, 0, 65.0f},
                                {0, RSD_PARAM_MIX, 0, NAN},
                                {0, RSD_PARAM_CODEC, 0, 0.0f},
                                {0, 0, 0, 0.0f},
                                {0, RSD_PARAM_LEVEL_SOLO, 64, 1.0f}};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        cr_assert_eq(rsd_engine_post(engine, &events[i]), RSD_ERR_ARG, "event %zu", i);
    rsd_engine_destroy(engine);
}

Test(events, apply_is_an_event_at_the_current_sample)
{
    rsd_engine *posted = make_engine(48000, 1), *applied = make_engine(48000, 1);
    float *in = make_samples(COUNT), *a = make_samples(COUNT), *b = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 2u);
    post(posted, 3001, RSD_PARAM_MIX, 0, 0.3f);
    post(posted, 3001, RSD_PARAM_BITRATE_KBPS, 0, 40.0f);
    run(posted, in, a, COUNT);
    run(applied, in, b, 3001);
    rsd_engine_apply(applied, RSD_PARAM_MIX, 0, 0.3f);
    rsd_engine_apply(applied, RSD_PARAM_BITRATE_KBPS, 0, 40.0f);
    rsd_engine_apply(applied, RSD_PARAM_MIX, 0, 7.0f); /* out of range: nothing */
    run(applied, in + 3001, b + 3001, COUNT - 3001);
    assert_same_samples(b, a, COUNT, "applied");
    cr_assert_eq(get(applied, RSD_PARAM_MIX, 0), 0.3f);
    cr_assert_eq(get(applied, RSD_PARAM_LEVELS, 0), get(posted, RSD_PARAM_LEVELS, 0));
    rsd_engine_destroy(posted);
    rsd_engine_destroy(applied);
    free(in), free(a), free(b);
}
