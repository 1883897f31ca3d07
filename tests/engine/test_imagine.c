// SPDX-License-Identifier: MIT
// Imagined levels in an engine: which sound, what they leave as it is, and when the predictor plays on.
#include "engine_support.h"

#define RATE_HZ 16000u
#define HOP 320u
#define COUNT (70u * HOP)
#define FROM 5u
/* The decoder's network forgets within that; measured by runs that differ before. */
#define MEMORY (26u * HOP)

static rsd_engine *make_lyra(rsd_schedule schedule) { return make_engine_of("lyra-v2", RATE_HZ, 1, schedule); }

static float *make_input(void)
{
    float *in = make_samples(COUNT);
    test_fill_notes(in, COUNT, (double)RATE_HZ, 5u);
    return in;
}

static bool differ(const float *a, const float *b, uint32_t count) { return memcmp(a, b, count * sizeof *a) != 0; }

/* The real levels from there up, on or off, are nothing to what is heard; those below are. */
Test(imagine, imagined_levels_take_the_place_of_the_real_ones)
{
    float *in = make_input(), *real = make_samples(COUNT), *few = make_samples(COUNT), *all = make_samples(COUNT);
    float *other = make_samples(COUNT);
    rsd_engine *engine = make_lyra(RSD_SCHEDULE_INLINE);
    const uint32_t latency = latency_of(engine);
    run(engine, in, real, COUNT);
    set(engine, RSD_PARAM_PREDICT_FROM, 0, (float)FROM);
    rsd_engine_reset(engine);
    run(engine, in, all, COUNT);
    set(engine, RSD_PARAM_LEVELS, 0, (float)(FROM - 1u));
    rsd_engine_reset(engine);
    run(engine, in, few, COUNT);
    assert_same_samples(few, all, COUNT, "levels that are imagined anyway");
    cr_assert_eq(latency_of(engine), latency);
    cr_assert(differ(all, real, COUNT), "nothing is imagined");
    set(engine, RSD_PARAM_PREDICT_FROM, 0, 0.0f);
    rsd_engine_reset(engine);
    run(engine, in, other, COUNT);
    cr_assert(differ(few, other, COUNT), "switched-off levels are not imagined");
    set(engine, RSD_PARAM_PREDICT_FROM, 0, (float)FROM);
    set(engine, RSD_PARAM_LEVEL_MUTE, FROM, 1.0f);
    rsd_engine_reset(engine);
    run(engine, in, other, COUNT);
    cr_assert(differ(few, other, COUNT), "an imagined level cannot be muted");
    rsd_engine_destroy(engine);
    free(in), free(real), free(few), free(all), free(other);
}

/* Switched on and off at the same frames, for any block size; threaded, one hop later. */
Test(imagine, the_sound_does_not_depend_on_blocks_or_threads)
{
    static const uint32_t blocks[] = {320u, 37u, 0u};
    float *in = make_input(), *wanted = make_samples(COUNT), *out = make_samples(COUNT);
    memset(in + COUNT / 2u, 0, COUNT / 3u * sizeof *in);
    for (uint32_t b = 0; b < 4u; b++) {
        rsd_engine *engine = make_lyra(b < 3u ? RSD_SCHEDULE_INLINE : RSD_SCHEDULE_THREADED);
        set(engine, RSD_PARAM_LOSS, 0, 0.2f);
        set(engine, RSD_PARAM_CONCEAL, 0, (float)RSD_CONCEAL_IMAGINE);
        set(engine, RSD_PARAM_CONTINUATION, 0, 1.0f);
        post(engine, 3001, RSD_PARAM_PREDICT_FROM, 0, 3.0f);
        post(engine, 9999, RSD_PARAM_PREDICT_FROM, 0, 0.0f);
        if (b == 3u) rsd_engine_wait_for_frames(engine, true);
        run_blocks(engine, in, b == 0u ? wanted : out, COUNT, b < 3u ? blocks[b] : 320u);
        if (b == 3u)
            assert_same_samples(out + HOP, wanted, COUNT - HOP, "threaded");
        else if (b > 0u)
            assert_same_samples(out, wanted, COUNT, "another block size");
        rsd_engine_destroy(engine);
    }
    free(in), free(wanted), free(out);
}

Test(imagine, a_lost_frame_is_imagined_from_the_past)
{
    float *in = make_input(), *repeated = make_samples(COUNT), *out = make_samples(COUNT), *whole = make_samples(COUNT);
    rsd_engine *engine = make_lyra(RSD_SCHEDULE_INLINE);
    run(engine, in, whole, COUNT);
    set(engine, RSD_PARAM_CONCEAL, 0, (float)RSD_CONCEAL_IMAGINE);
    rsd_engine_reset(engine);
    run(engine, in, out, COUNT);
    assert_same_samples(out, whole, COUNT, "nothing is lost");
    set(engine, RSD_PARAM_LOSS, 0, 0.3f);
    rsd_engine_reset(engine);
    run(engine, in, out, COUNT);
    set(engine, RSD_PARAM_CONCEAL, 0, (float)RSD_CONCEAL_REPEAT);
    rsd_engine_reset(engine);
    run(engine, in, repeated, COUNT);
    cr_assert(differ(out, repeated, COUNT) && differ(out, whole, COUNT));
    cr_assert_leq(largest(out, COUNT), 64.0f);
    rsd_engine_destroy(engine);
    free(in), free(repeated), free(out), free(whole);
}

/* Silence before any sound stays; after a sound it is filled; when the input is back, nothing of that is left. */
Test(imagine, the_predictor_plays_on_while_the_input_is_silent_and_no_longer)
{
    const uint32_t start = 5u * HOP, stop = 20u * HOP, back = 30u * HOP, latency = HOP;
    float *in = make_input(), *off = make_samples(COUNT), *on = make_samples(COUNT);
    memset(in, 0, start * sizeof *in);
    memset(in + stop, 0, (back - stop) * sizeof *in);
    test_fill_noise(in + start, 2u * HOP, 0.3f, 1u); /* no hop of these two is quiet */
    test_fill_noise(in + back, 2u * HOP, 0.3f, 2u);
    for (uint32_t h = start + 2u * HOP; h < stop; h += HOP) in[h] = in[h + HOP / 2u] = 0.2f;
    for (uint32_t h = back + 2u * HOP; h < COUNT; h += HOP) in[h] = in[h + HOP / 2u] = 0.2f;
    rsd_engine *engine = make_lyra(RSD_SCHEDULE_INLINE);
    run(engine, in, off, COUNT);
    set(engine, RSD_PARAM_CONTINUATION, 0, 1.0f);
    rsd_engine_reset(engine);
    run(engine, in, on, COUNT);
    assert_same_samples(on, off, stop + latency, "up to where the input stops");
    for (uint32_t h = stop + latency; h < back + latency; h += 2u * HOP)
        cr_assert(differ(on + h, off + h, 2u * HOP), "from sample %u on it does not play on", h);
    assert_same_samples(on + back + latency + MEMORY, off + back + latency + MEMORY, COUNT - back - latency - MEMORY,
                        "once the input is back");
    rsd_engine_destroy(engine);
    free(in), free(off), free(on);
}

/* `live` has no predictor: nothing is imagined, nothing plays on, and lost frames fade. */
Test(imagine, a_codec_without_a_predictor_sounds_as_it_does)
{
    const uint32_t count = 24000u;
    float *in = make_samples(count), *wanted = make_samples(count), *out = make_samples(count);
    test_fill_notes(in, count / 2u, 48000.0, 5u);
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_LOSS, 0, 0.3f);
    set(engine, RSD_PARAM_LEVELS, 0, 4.0f);
    run(engine, in, wanted, count);
    set(engine, RSD_PARAM_CONCEAL, 0, (float)RSD_CONCEAL_IMAGINE);
    set(engine, RSD_PARAM_PREDICT_FROM, 0, 2.0f);
    set(engine, RSD_PARAM_CONTINUATION, 0, 1.0f);
    rsd_engine_reset(engine);
    run(engine, in, out, count);
    assert_same_samples(out, wanted, count, "live");
    rsd_engine_destroy(engine);
    free(in), free(wanted), free(out);
}
