// SPDX-License-Identifier: MIT
// The parameter table, and values as text.
#include "engine_support.h"

Test(params, every_row_is_found_by_its_id_and_its_symbol_and_rows_are_in_order_of_id)
{
    uint32_t previous = 0, row = 0;
    for (const rsd_param_info *info; (info = rsd_param_row(row)) != NULL; row++) {
        cr_assert_gt(info->id, previous);
        previous = info->id;
        cr_assert_eq(rsd_param_by_id(info->id), info);
        cr_assert_eq(rsd_param_by_symbol(info->symbol), info);
        cr_assert_lt(info->id, RSD_PARAM_ID_END);
        cr_assert_eq(info->osc[0], '/');
        cr_assert_leq(info->min, info->default_value, "%s", info->symbol);
        cr_assert_geq(info->max, info->default_value, "%s", info->symbol);
    }
    cr_assert_eq(row, (uint32_t)RSD_PARAM_SCALAR_COUNT + (uint32_t)RSD_PARAM_PER_LEVEL_COUNT);
    cr_assert_null(rsd_param_by_id(0));
    cr_assert_null(rsd_param_by_symbol("level"));
    cr_assert_null(rsd_param_by_symbol(""));
}

Test(params, symbols_parse_with_an_index_exactly_where_one_is_wanted)
{
    const rsd_param_info *info = NULL;
    uint32_t level = 77;
    cr_assert_eq(rsd_param_parse_symbol("levels", &info, &level), RSD_OK);
    cr_assert_eq(info->id, RSD_PARAM_LEVELS);
    cr_assert_eq(level, 0u);
    cr_assert_eq(rsd_param_parse_symbol("level_gain[3]", &info, &level), RSD_OK);
    cr_assert_eq(info->id, RSD_PARAM_LEVEL_GAIN);
    cr_assert_eq(level, 2u);
    cr_assert_eq(rsd_param_parse_symbol("level_solo[64]", &info, &level), RSD_OK);
    cr_assert_eq(level, 63u);
    static const char *const bad_index[] = {
        "level_gain",     "level_gain[]",   "level_gain[0]", "level_gain[65]",  "level_gain[1",
        "level_gain[1]x", "level_gain[-1]", "levels[1]",     "level_gain[1.5]", "level_gain[99999999999]"};
    for (size_t i = 0; i < sizeof bad_index / sizeof bad_index[0]; i++)
        cr_assert_eq(rsd_param_parse_symbol(bad_index[i], &info, &level), RSD_ERR_ARG, "%s", bad_index[i]);
    cr_assert_eq(rsd_param_parse_symbol("level/3/gain", &info, &level), RSD_ERR_NOT_FOUND);
    cr_assert_eq(rsd_param_parse_symbol("", &info, &level), RSD_ERR_NOT_FOUND);
}

static void assert_value(uint32_t id, const char *text, float wanted)
{
    float value = -99.0f;
    cr_assert_eq(rsd_param_parse_value(rsd_param_by_id(id), text, &value), RSD_OK, "%s", text);
    cr_assert_eq(value, wanted, "%s gave %.9g", text, (double)value);
}

Test(params, values_parse_to_the_nearest_float_and_nothing_else_is_taken)
{
    assert_value(RSD_PARAM_LEVELS, "3.4", 3.4f);
    assert_value(RSD_PARAM_LEVELS, "6.4e1", 64.0f);
    assert_value(RSD_PARAM_LEVELS, ".5", 0.5f);
    assert_value(RSD_PARAM_INPUT_GAIN_DB, "-12.75", -12.75f);
    assert_value(RSD_PARAM_MIX, "0.33333333333333333333", 1.0f / 3.0f);
    assert_value(RSD_PARAM_MIX, "1e-30", 1e-30f);
    assert_value(RSD_PARAM_MIX, "+1", 1.0f);
    assert_value(RSD_PARAM_BYPASS, "1", 1.0f);
    assert_value(RSD_PARAM_MONITOR, "residual", (float)RSD_MONITOR_RESIDUAL);
    assert_value(RSD_PARAM_MONITOR, "3", (float)RSD_MONITOR_DELTA);
    static const struct {
        uint32_t id;
        const char *text;
    } bad[] = {{RSD_PARAM_LEVELS, ""},    {RSD_PARAM_LEVELS, "64.1"},   {RSD_PARAM_LEVELS, "-0.1"},
               {RSD_PARAM_LEVELS, "nan"}, {RSD_PARAM_LEVELS, "inf"},    {RSD_PARAM_LEVELS, "1 "},
               {RSD_PARAM_LEVELS, " 1"},  {RSD_PARAM_LEVELS, "0x10"},   {RSD_PARAM_LEVELS, "1e"},
               {RSD_PARAM_LEVELS, "."},   {RSD_PARAM_LEVELS, "3,4"},    {RSD_PARAM_BYPASS, "0.5"},
               {RSD_PARAM_BYPASS, "2"},   {RSD_PARAM_MONITOR, "moist"}, {RSD_PARAM_CODEBOOK_BITS, "2.5"},
               {RSD_PARAM_CODEC, "live"}, {RSD_PARAM_MIX, "1e400"},     {RSD_PARAM_LEVELS, "--1"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        float value = 5.0f;
        cr_assert_eq(rsd_param_parse_value(rsd_param_by_id(bad[i].id), bad[i].text, &value), RSD_ERR_ARG, "'%s'",
                     bad[i].text);
        cr_assert_eq(value, 5.0f, "'%s' changed the value", bad[i].text);
    }
}

Test(params, an_engine_starts_with_the_defaults_of_the_table)
{
    rsd_engine *engine = make_engine(48000, 1);
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        if (info->unit == RSD_UNIT_TEXT) continue;
        cr_assert_eq(get(engine, info->id, 0), info->default_value, "%s", info->symbol);
        if (rsd_param_is_per_level(info))
            cr_assert_eq(get(engine, info->id, 63), info->default_value, "%s", info->symbol);
    }
    rsd_engine_destroy(engine);
}

Test(params, what_is_out_of_range_is_refused_and_changes_nothing)
{
    rsd_engine *engine = make_engine(48000, 1);
    float value;
    set(engine, RSD_PARAM_LEVELS, 0, 2.5f);
    cr_assert_eq(rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, 64.5f), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, -0.5f), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, NAN), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, INFINITY), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_set(engine, RSD_PARAM_LEVEL_GAIN, 64, 1.0f), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_set(engine, RSD_PARAM_CODEC, 0, 0.0f), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_set(engine, 0, 0, 0.0f), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_set(engine, 4000000000u, 0, 0.0f), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_get(engine, RSD_PARAM_PRESET, 0, &value), RSD_ERR_ARG);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 2.5f);
    rsd_engine_destroy(engine);
}

Test(params, switches_and_steps_are_rounded)
{
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_BYPASS, 0, 0.6f);
    cr_assert_eq(get(engine, RSD_PARAM_BYPASS, 0), 1.0f);
    set(engine, RSD_PARAM_CODEBOOK_BITS, 0, 5.4f);
    cr_assert_eq(get(engine, RSD_PARAM_CODEBOOK_BITS, 0), 5.0f);
    set(engine, RSD_PARAM_LEVEL_MUTE, 3, 0.4f);
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_MUTE, 3), 0.0f);
    rsd_engine_destroy(engine);
}

Test(params, an_engine_is_refused_with_words_for_a_bad_rate_channel_count_or_codec)
{
    rsd_model *model = open_model("live");
    rsd_engine *engine = NULL;
    rsd_error error;
    const rsd_engine_config slow = {7999, 1, RSD_SCHEDULE_INLINE, 0, 0}, wide = {48000, 9, RSD_SCHEDULE_INLINE, 0, 0},
                            none = {48000, 0, RSD_SCHEDULE_INLINE, 0, 0}, good = {48000, 1, RSD_SCHEDULE_INLINE, 0, 0};
    cr_assert_eq(rsd_engine_create(&slow, model, &engine, &error), RSD_ERR_ARG);
    cr_assert_not_null(strstr(error.text, "7999"), "%s", error.text);
    cr_assert_eq(rsd_engine_create(&wide, model, &engine, &error), RSD_ERR_ARG);
    cr_assert_not_null(strstr(error.text, "9 channels"), "%s", error.text);
    cr_assert_eq(rsd_engine_create(&none, model, &engine, NULL), RSD_ERR_ARG);
    cr_assert_eq(rsd_engine_create(&good, NULL, &engine, &error), RSD_ERR_ARG);
    cr_assert_null(engine);
    rsd_engine_destroy(NULL);
    rsd_model_release(model);
}
