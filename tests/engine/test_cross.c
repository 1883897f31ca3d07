// SPDX-License-Identifier: MIT
// Cross-synthesis: codewords of the side-chain in the envelope of the input.
#include "engine_support.h"

#include "codec/codec_frame.h"
#include "codec/codec_internal.h"

#define COUNT 24000u
#define HOP 128u

static rsd_engine *make_cross(const char *codec, uint32_t rate_hz, rsd_schedule schedule, float cross)
{
    rsd_model *model = open_model(codec);
    const rsd_engine_config config = {
        .sample_rate_hz = rate_hz, .channel_count = 1, .schedule = schedule, .sidechain_channel_count = 1};
    rsd_engine *engine = NULL;
    rsd_error error;
    cr_assert_eq(rsd_engine_create(&config, model, &engine, &error), RSD_OK, "%s", error.text);
    rsd_model_release(model);
    set(engine, RSD_PARAM_CROSS, 0, cross);
    return engine;
}

/* block 0: of 1..700 samples. */
static void run_cross(rsd_engine *engine, const float *in, const float *sidechain, float *out, uint32_t block)
{
    uint32_t seed = 5u;
    for (uint32_t done = 0; done < COUNT;) {
        uint32_t length = block ? block : test_between(&seed, 1u, 700u);
        if (length > COUNT - done) length = COUNT - done;
        const float *const ins[1] = {in + done}, *const sides[1] = {sidechain + done};
        float *const outs[1] = {out + done};
        rsd_engine_process_block(engine, &(rsd_engine_block){ins, outs, sides, length});
        done += length;
    }
}

static void fill_two(float *in, float *sidechain)
{
    test_fill_notes(in, COUNT, 48000.0, 1u);
    test_fill_noise(sidechain, COUNT, 0.05f, 8u);
}

Test(cross, with_itself_as_side_chain_the_sound_is_what_it_is_without)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    rsd_engine *plain = make_engine(48000, 1), *crossed = make_cross("live", 48000, RSD_SCHEDULE_INLINE, 1.0f);
    run(plain, in, wanted, COUNT);
    run_cross(crossed, in, in, out, 0);
    assert_same_samples(out, wanted, COUNT, "crossed with itself");
    rsd_engine_destroy(plain);
    rsd_engine_destroy(crossed);
    free(in), free(out), free(wanted);
}

Test(cross, without_a_side_chain_or_at_zero_nothing_changes)
{
    float *in = make_samples(COUNT), *side = make_samples(COUNT), *out = make_samples(COUNT),
          *wanted = make_samples(COUNT);
    fill_two(in, side);
    rsd_engine *plain = make_engine(48000, 1), *off = make_cross("live", 48000, RSD_SCHEDULE_INLINE, 0.0f),
               *none = make_cross("live", 48000, RSD_SCHEDULE_INLINE, 1.0f);
    run(plain, in, wanted, COUNT);
    run_cross(off, in, side, out, 0);
    assert_same_samples(out, wanted, COUNT, "cross 0");
    run(none, in, out, COUNT);
    assert_same_samples(out, wanted, COUNT, "no side-chain");
    rsd_engine_destroy(plain);
    rsd_engine_destroy(off);
    rsd_engine_destroy(none);
    free(in), free(side), free(out), free(wanted);
}

/* Energy in 10 ms steps, in dB. */
static void loudness(const float *x, double *db)
{
    for (uint32_t i = 0; i < COUNT / 480u; i++) db[i] = 10.0 * log10(energy_of(x + i * 480u, 480u) + 1e-6);
}

Test(cross, the_sound_is_as_loud_as_the_input_and_as_long_as_its_envelope_lasts)
{
    float *in = make_samples(COUNT), *side = make_samples(COUNT), *out = make_samples(COUNT);
    double of_in[COUNT / 480u], of_out[COUNT / 480u], most = 0.0;
    rsd_engine *engine = make_cross("live", 48000, RSD_SCHEDULE_INLINE, 1.0f);
    const uint32_t latency = latency_of(engine);
    test_fill_noise(in, COUNT, 0.3f, 2u);
    for (uint32_t i = 0; i < COUNT; i++) in[i] *= (i / 4800u) % 2u ? 0.01f : 1.0f; /* 40 dB every 100 ms */
    test_fill_noise(side, COUNT, 0.9f, 8u);                                        /* however loud it is */
    run_cross(engine, in, side, out, 0);
    memmove(out, out + latency, (COUNT - latency) * sizeof *out);
    loudness(in, of_in);
    loudness(out, of_out);
    for (uint32_t i = 2; i + 2u < COUNT / 480u; i++) {
        if (i % 10u < 2u || i % 10u > 8u) continue; /* at the edges an envelope is a frame long */
        const double off = fabs(of_out[i] - of_in[i]);
        most = off > most ? off : most;
    }
    cr_assert_lt(most, 3.0, "%.2f dB off the input's loudness", most);
    rsd_engine_destroy(engine);
    free(in), free(side), free(out);
}

/* What the decoder makes of it, written down once more: tokens of both by codecs of our own. */
Test(cross, of_a_range_of_levels_the_codewords_are_the_side_chains)
{
    float *in = make_samples(COUNT), *side = make_samples(COUNT), *out = make_samples(COUNT), hop[HOP];
    fill_two(in, side);
    rsd_engine *engine = make_cross("live", 48000, RSD_SCHEDULE_INLINE, 0.75f);
    set(engine, RSD_PARAM_CROSS_FROM, 0, 3.0f);
    set(engine, RSD_PARAM_CROSS_TO, 0, 5.0f);
    run_cross(engine, in, side, out, 0);
    rsd_model *model = open_model("live");
    rsd_codec *codecs[2];
    void *blocks[2];
    for (int i = 0; i < 2; i++) {
        blocks[i] = aligned_alloc(64, rsd_codec_size_bytes(model));
        cr_assert_eq(rsd_codec_init(blocks[i], rsd_codec_size_bytes(model), model, 48000, &codecs[i]), RSD_OK);
    }
    const rsd_encode_controls encode = {64u, 16u};
    rsd_decode_controls decode;
    rsd_codec_decode_controls_init(&decode, codec_of(engine).level_count);
    for (uint32_t at = 0; at + 2u * HOP <= COUNT; at += HOP) {
        rsd_token_frame tokens[2];
        codec_frame frames[2];
        rsd_codec_encode(codecs[0], in + at, &encode, &tokens[0], NULL);
        rsd_codec_encode(codecs[1], side + at, &encode, &tokens[1], NULL);
        for (int i = 0; i < 2; i++) codec_read_frame(codecs[i], &tokens[i], &frames[i]);
        const codec_shaping shaping = {.other = &frames[1], .other_share = 0.75f, .other_begin = 2u, .other_end = 5u};
        frames[0].shaping = &shaping;
        codec_synthesise(codecs[0], &frames[0], &decode, hop);
        assert_same_samples(out + at + HOP, hop, HOP, "hop");
    }
    for (int i = 0; i < 2; i++) free(blocks[i]);
    rsd_model_release(model);
    rsd_engine_destroy(engine);
    free(in), free(side), free(out);
}

Test(cross, a_silent_side_chain_takes_its_share_of_the_sound_away)
{
    float *in = make_samples(COUNT), *side = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 1u);
    rsd_engine *engine = make_cross("live", 48000, RSD_SCHEDULE_INLINE, 1.0f);
    run_cross(engine, in, side, out, 0);
    cr_assert_eq(largest(out, COUNT), 0.0f);
    rsd_engine_destroy(engine);
    free(in), free(side), free(out);
}

Test(cross, the_lag_is_a_delay_of_the_side_chain_to_the_sample)
{
    float *in = make_samples(COUNT), *side = make_samples(COUNT), *out = make_samples(COUNT),
          *wanted = make_samples(COUNT), *later = make_samples(COUNT);
    fill_two(in, side);
    memcpy(later + 3456, side, (COUNT - 3456u) * sizeof *side);
    rsd_engine *lagged = make_cross("live", 48000, RSD_SCHEDULE_INLINE, 0.9f),
               *shifted = make_cross("live", 48000, RSD_SCHEDULE_INLINE, 0.9f);
    set(lagged, RSD_PARAM_CROSS_LAG_MS, 0, 72.0f);
    run_cross(lagged, in, side, out, 0);
    run_cross(shifted, in, later, wanted, 0);
    assert_same_samples(out, wanted, COUNT, "lag of 72 ms");
    rsd_engine_destroy(lagged);
    rsd_engine_destroy(shifted);
    free(in), free(side), free(out), free(wanted), free(later);
}

/* Automated, resampled, with generations, on a worker: the samples hang on nothing but the sound and the changes. */
Test(cross, however_a_block_is_cut_the_samples_are_the_same)
{
    static const struct {
        const char *codec;
        uint32_t rate_hz, generations;
    } cases[] = {{"live", 48000, 1}, {"live", 96000, 3}, {"live-64", 22050, 2}};
    static const uint32_t blocks[] = {64, 1000, 0};
    float *in = make_samples(COUNT), *side = make_samples(COUNT), *out = make_samples(COUNT),
          *wanted = make_samples(COUNT);
    fill_two(in, side);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t b = 0; b < 3; b++) {
            rsd_engine *engine = make_cross(cases[i].codec, cases[i].rate_hz, RSD_SCHEDULE_INLINE, 0.0f);
            set(engine, RSD_PARAM_GENERATIONS, 0, (float)cases[i].generations);
            cr_assert_eq(rsd_engine_apply_generations(engine, NULL), RSD_OK);
            post(engine, 3001, RSD_PARAM_CROSS, 0, 1.0f);
            post(engine, 6001, RSD_PARAM_CROSS_LAG_MS, 0, 33.0f);
            post(engine, 9000, RSD_PARAM_CROSS, 0, 0.0f);
            post(engine, 9100, RSD_PARAM_CROSS, 0, 0.7f);
            post(engine, 15000, RSD_PARAM_CROSS_LAG_MS, 0, 400.0f);
            run_cross(engine, in, side, out, blocks[b]);
            if (b == 0) memcpy(wanted, out, COUNT * sizeof *out);
            assert_same_samples(out, wanted, COUNT, "cut otherwise");
            rsd_engine_destroy(engine);
        }
    free(in), free(side), free(out), free(wanted);
}

/* With a resampler, generations or a worker, too, the side-chain lies beside the input: with itself it changes nothing.
 */
Test(cross, the_side_chain_lies_beside_the_input_to_the_sample)
{
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    const float *const ins[1] = {in};
    float *const outs[1] = {out}, *const wanteds[1] = {wanted};
    static const uint32_t rates[] = {48000, 96000, 32000};
    test_fill_notes(in, COUNT, 48000.0, 1u);
    for (size_t r = 0; r < 3; r++) {
        rsd_engine *plain = make_engine(rates[r], 1);
        rsd_engine *crossed = make_cross("live", rates[r], r == 0 ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE, 1.0f);
        cr_assert_eq(rsd_render(plain, ins, wanteds, COUNT), RSD_OK);
        cr_assert_eq(rsd_render_sidechain(crossed, ins, ins, outs, COUNT), RSD_OK);
        assert_same_samples(out, wanted, COUNT, "beside itself");
        rsd_engine_destroy(plain);
        rsd_engine_destroy(crossed);
    }
    free(in), free(out), free(wanted);
}

/* In tandem, the input's last generation lies beside the side-chain's first: the loudest burst of one on that of the
 * other. */
Test(cross, in_tandem_the_side_chain_waits_for_the_last_generation)
{
    float *in = make_samples(COUNT), *side = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_engine *engine = make_cross("live", 48000, RSD_SCHEDULE_INLINE, 1.0f);
    set(engine, RSD_PARAM_GENERATIONS, 0, 6.0f);
    cr_assert_eq(rsd_engine_apply_generations(engine, NULL), RSD_OK);
    rsd_engine_reset(engine);
    const uint32_t latency = latency_of(engine);
    test_fill_noise(in, COUNT, 0.3f, 2u);
    test_fill_noise(side + 12000, 4800, 0.3f, 3u);
    run_cross(engine, in, side, out, 0);
    const double before = energy_of(out + 12000 + latency - 384, 128),
                 begun = energy_of(out + 12000 + latency + 128, 128);
    const double ending = energy_of(out + 16800 + latency - 256, 128),
                 ended = energy_of(out + 16800 + latency + 384, 128);
    cr_assert_lt(before, 0.01 * begun, "%g before %g", before, begun);
    cr_assert_lt(ended, 0.01 * ending, "%g after %g", ended, ending);
    rsd_engine_destroy(engine);
    free(in), free(side), free(out);
}

Test(cross, a_codec_without_an_envelope_adds_codewords_in_its_own_domain)
{
    float *in = make_samples(COUNT), *side = make_samples(COUNT), *out = make_samples(COUNT),
          *wanted = make_samples(COUNT);
    fill_two(in, side);
    rsd_engine *all = make_cross(ENCODEC_FOLDER, 24000, RSD_SCHEDULE_INLINE, 1.0f),
               *straight = make_engine_of(ENCODEC_FOLDER, 24000, 1, RSD_SCHEDULE_INLINE);
    run_cross(all, in, side, out, 0);
    run(straight, side, wanted, COUNT);
    assert_same_samples(out, wanted, COUNT, "all levels are the side-chain's");
    rsd_engine_destroy(all);
    rsd_engine_destroy(straight);
    free(in), free(side), free(out), free(wanted);
}

Test(cross, a_side_chain_of_more_channels_than_the_engine_has_is_refused)
{
    rsd_model *model = open_model("live");
    rsd_engine *engine = NULL;
    rsd_error error;
    const rsd_engine_config config = {.sample_rate_hz = 48000, .channel_count = 1, .sidechain_channel_count = 2};
    cr_assert_eq(rsd_engine_create(&config, model, &engine, &error), RSD_ERR_ARG);
    cr_assert_not_null(strstr(error.text, "side-chain of 2 channels"), "%s", error.text);
    rsd_model_release(model);
}
