// SPDX-License-Identifier: MIT
// The bitrate as a ceiling for the levels in use.
#include "engine_support.h"

#define COUNT 12000u

static rsd_codec_info info_of(const char *codec, uint32_t rate_hz)
{
    rsd_codec_info info;
    rsd_model *model = open_model(codec);
    rsd_model_info(model, rate_hz, &info);
    rsd_model_release(model);
    return info;
}

static float in_use(rsd_engine *engine)
{
    rsd_telemetry record, last = {.levels = -1.0f};
    while (rsd_engine_read_telemetry(engine, &record, 1) == 1u) last = record;
    return last.levels;
}

Test(ceiling, the_most_whole_levels_that_fit_are_in_use_and_no_more_than_levels)
{
    const rsd_codec_info info = info_of("live", 48000);
    const float max = rsd_param_by_id(RSD_PARAM_BITRATE_KBPS)->max;
    for (uint32_t k = 0; k < info.level_count; k++) {
        const float kbps = info.level_kbps[k];
        cr_assert_eq(rsd_engine_levels_in_use(&info, 64.0f, kbps), (float)(k + 1u), "%g kbps", (double)kbps);
        cr_assert_eq(rsd_engine_levels_in_use(&info, 64.0f, kbps - 0.1f), (float)k);
        cr_assert_eq(rsd_engine_levels_in_use(&info, (float)k, kbps), (float)k);
        cr_assert_eq(rsd_engine_levels_in_use(&info, 2.0f, max), 2.0f);
    }
    cr_assert_eq(rsd_engine_levels_in_use(&info, 64.0f, max), (float)info.level_count);
    cr_assert_eq(rsd_engine_levels_in_use(&info, 64.0f, 0.0f), 0.0f);
}

Test(ceiling, a_fraction_costs_the_whole_level)
{
    const rsd_codec_info info = info_of("live", 48000);
    cr_assert_eq(rsd_engine_levels_in_use(&info, 3.4f, info.level_kbps[3]), 3.4f);
    cr_assert_eq(rsd_engine_levels_in_use(&info, 3.4f, info.level_kbps[3] - 0.1f), 3.0f);
    cr_assert_eq(rsd_engine_levels_in_use(&info, 3.4f, info.level_kbps[1]), 2.0f);
    cr_assert_eq(rsd_engine_levels_in_use(&info, 0.3f, info.level_kbps[0] - 0.1f), 0.0f);
}

Test(ceiling, at_its_maximum_the_bitrate_limits_not_even_a_codec_beyond_its_range)
{
    rsd_codec_info wide = {.level_count = 4, .level_kbps = {500.0f, 1000.0f, 1500.0f, 2000.0f}};
    cr_assert_eq(rsd_engine_levels_in_use(&wide, 64.0f, 1000.0f), 4.0f);
    cr_assert_eq(rsd_engine_levels_in_use(&wide, 3.5f, 1000.0f), 3.5f);
    cr_assert_eq(rsd_engine_levels_in_use(&wide, 64.0f, 999.0f), 1.0f);
}

/* Both parameters set, applied, or posted, one after the other. */
static void give(rsd_engine *engine, int way, uint32_t id, float value)
{
    if (way == 0) set(engine, id, 0, value);
    if (way == 1) rsd_engine_apply(engine, id, 0, value);
    if (way == 2) post(engine, 0, id, 0, value);
}

Test(ceiling, levels_and_bitrate_sound_the_same_in_any_order_by_set_apply_and_event)
{
    const rsd_codec_info info = info_of("live", 48000);
    float *in = make_samples(COUNT), *out = make_samples(COUNT), *wanted = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 2u);
    rsd_engine *plain = make_engine(48000, 1);
    set(plain, RSD_PARAM_LEVELS, 0, 4.0f);
    run(plain, in, wanted, COUNT);
    rsd_engine_destroy(plain);
    for (int way = 0; way < 6; way++) {
        rsd_engine *engine = make_engine(48000, 1);
        const bool levels_first = way >= 3;
        if (levels_first) give(engine, way % 3, RSD_PARAM_LEVELS, 9.5f);
        give(engine, way % 3, RSD_PARAM_BITRATE_KBPS, info.level_kbps[3] + 1.0f);
        if (!levels_first) give(engine, way % 3, RSD_PARAM_LEVELS, 9.5f);
        run(engine, in, out, COUNT);
        assert_same_samples(out, wanted, COUNT, "limited to four levels");
        cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 9.5f, "what was set is kept");
        cr_assert_eq(in_use(engine), 4.0f);
        set(engine, RSD_PARAM_BITRATE_KBPS, 0, 1000.0f);
        run(engine, in, out, COUNT);
        cr_assert_eq(in_use(engine), 9.5f, "lifted again");
        rsd_engine_destroy(engine);
    }
    free(in), free(out), free(wanted);
}

Test(ceiling, telemetry_has_the_levels_and_the_bitrate_in_use)
{
    rsd_engine *engine = make_engine(48000, 1);
    const rsd_codec_info info = codec_of(engine);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    rsd_telemetry record = {0}, last = {0};
    test_fill_notes(in, COUNT, 48000.0, 3u);
    set(engine, RSD_PARAM_BITRATE_KBPS, 0, info.level_kbps[4]);
    run(engine, in, out, COUNT);
    while (rsd_engine_read_telemetry(engine, &record, 1) == 1u) last = record;
    cr_assert_eq(last.levels, 5.0f);
    cr_assert_eq(last.bitrate_kbps, info.level_kbps[4]);
    cr_assert_gt(last.level_energy[4], 0.0f);
    cr_assert_eq(last.level_energy[5], 0.0f);
    rsd_engine_destroy(engine);
    free(in), free(out);
}

Test(ceiling, after_a_swap_and_at_another_rate_it_is_held_against_the_codecs_own_ladder)
{
    static const struct {
        const char *before, *codec;
        uint32_t rate_hz;
    } rows[] = {{"live-64", "live-256", 48000}, {"live-256", "live-64", 48000}, {"live", "live", 44100},
                {"live", "lyra-v2", 48000},     {"lyra-v2", "live-64", 44100},  {"live-64", "live-64", 96000}};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        const rsd_codec_info info = info_of(rows[r].codec, rows[r].rate_hz);
        const float kbps = 0.5f * (info.level_kbps[2] + info.level_kbps[3]);
        rsd_engine *engine = make_engine_of(rows[r].before, rows[r].rate_hz, 1, RSD_SCHEDULE_INLINE);
        float *in = make_samples(COUNT), *out = make_samples(COUNT);
        set(engine, RSD_PARAM_BITRATE_KBPS, 0, kbps);
        run(engine, in, out, 1000);
        rsd_model *model = open_model(rows[r].codec);
        cr_assert_eq(rsd_engine_swap(engine, model, NULL), RSD_OK);
        for (int i = 0; i < 10 && rsd_engine_collect(engine); i++) run(engine, in, out, COUNT);
        run(engine, in, out, COUNT);
        cr_assert_eq(in_use(engine), 3.0f, "%s to %s at %u Hz", rows[r].before, rows[r].codec, rows[r].rate_hz);
        rsd_model_release(model);
        rsd_engine_destroy(engine);
        free(in), free(out);
    }
}
