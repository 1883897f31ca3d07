// SPDX-License-Identifier: MIT
// Every parameter at its OSC address.
#include "osc_support.h"

#include <residuum/rsd_preset.h>

static void address_of(const rsd_param_info *info, uint32_t level, char *path, size_t bytes)
{
    const char *place = rsd_param_is_per_level(info) ? strchr(info->osc, 'N') : NULL;
    if (place)
        snprintf(path, bytes, "/residuum%.*s%u%s", (int)(place - info->osc), info->osc, level + 1u, place + 1);
    else
        snprintf(path, bytes, "/residuum%s", info->osc);
}

static void symbol_of(const rsd_param_info *info, uint32_t level, char *symbol, size_t bytes)
{
    if (rsd_param_is_per_level(info))
        snprintf(symbol, bytes, "%s[%u]", info->symbol, level + 1u);
    else
        snprintf(symbol, bytes, "%s", info->symbol);
}

/* Sets by OSC, reads the engine, asks by OSC. */
static void check_value(osc_rig *rig, const rsd_param_info *info, uint32_t level, float value, bool as_int)
{
    char path[64], symbol[64];
    float min, max;
    address_of(info, level, path, sizeof path);
    symbol_of(info, level, symbol, sizeof symbol);
    host_control_range(rig->control, info, &min, &max);
    if (as_int)
        OSC_SEND(rig, path, "i", (int)value);
    else
        OSC_SEND(rig, path, "f", (double)value);
    /* A bitrate that limits nothing is kept as the end of all bitrates. */
    float kept = info->id == RSD_PARAM_BITRATE_KBPS && value >= max ? info->max : value;
    /* A lowest level is no higher than the codec's highest. */
    if (value > max && info->default_value < info->max) kept = max;
    cr_assert_eq(osc_value_of(rig, info->id, level), kept, "%s %g gave %g", path, (double)value,
                 (double)osc_value_of(rig, info->id, level));
    OSC_SEND(rig, "/residuum/get", "s", symbol);
    const osc_reply *reply = osc_last(rig, "/residuum/value");
    cr_assert_str_eq(reply->types, "sf");
    cr_assert_str_eq(reply->text[0], symbol);
    cr_assert_eq((float)reply->number[1], value < max ? value : max, "%s is answered as %g", symbol, reply->number[1]);
}

Test(osc_params, every_parameter_is_set_and_read_at_its_address, .timeout = 600)
{
    osc_rig *rig = osc_open(0, false);
    uint32_t checked = 0;
    float min, max;
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        if (row % 16u == 15u) { /* another sender: one has its share of answers in a second */
            cr_assert_eq(osc_stats(rig).error_count, 0u);
            osc_close(rig);
            rig = osc_open(0, false);
        }
        if (info->unit == RSD_UNIT_TEXT || !host_control_has(rig->control, info)) continue;
        const uint32_t levels = rsd_param_is_per_level(info) ? osc_codec(rig).level_count : 1u;
        const bool is_whole = rsd_param_is_whole(info);
        for (uint32_t level = 0; level < levels; level++) {
            rig->reply_count = 0;
            check_value(rig, info, level, info->max, false);
            check_value(rig, info, level, info->min, false);
            if (floorf(info->max) == info->max) check_value(rig, info, level, info->max, true);
            if (floorf(info->min) == info->min) check_value(rig, info, level, info->min, true);
            host_control_range(rig->control, info, &min, &max);
            if (!is_whole) check_value(rig, info, level, 0.4f * max + 0.6f * min, false);
            check_value(rig, info, level, max, false);
            cr_assert_eq(osc_count(rig, "/residuum/error"), 0u);
            checked++;
        }
    }
    cr_assert_gt(checked, osc_codec(rig).level_count);
    cr_assert_eq(osc_stats(rig).error_count, 0u);
    osc_close(rig);
}

Test(osc_params, one_level_is_set_and_its_neighbours_are_not)
{
    osc_rig *rig = osc_open(0, false);
    OSC_SEND(rig, "/residuum/level/3/gain", "f", 0.25);
    for (uint32_t level = 0; level < RSD_MAX_LEVELS; level++)
        cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_GAIN, level), level == 2u ? 0.25f : 1.0f, "level %u", level + 1);
    osc_close(rig);
}

Test(osc_params, other_number_types_and_names_are_taken)
{
    osc_rig *rig = osc_open(0, false);
    OSC_SEND(rig, "/residuum/mix", "d", 0.75);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 0.75f);
    OSC_SEND(rig, "/residuum/levels", "h", (int64_t)5);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 5.0f);
    OSC_SEND(rig, "/residuum/bypass", "T");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_BYPASS, 0), 1.0f);
    OSC_SEND(rig, "/residuum/bypass", "F");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_BYPASS, 0), 0.0f);
    for (uint32_t monitor = 0; monitor < RSD_MONITOR_COUNT; monitor++) {
        OSC_SEND(rig, "/residuum/monitor", "s", rsd_monitor_name(RSD_MONITOR_COUNT - 1u - monitor));
        cr_assert_eq(osc_value_of(rig, RSD_PARAM_MONITOR, 0), (float)(RSD_MONITOR_COUNT - 1u - monitor));
        OSC_SEND(rig, "/residuum/monitor", "f", (double)monitor);
        cr_assert_eq(osc_value_of(rig, RSD_PARAM_MONITOR, 0), (float)monitor);
    }
    cr_assert_eq(rig->reply_count, 0u, "%s", rig->replies[0].text[1]);
    osc_close(rig);
}

Test(osc_params, patterns_reach_what_they_match_and_nothing_else)
{
    osc_rig *rig = osc_open(0, false);
    const uint32_t level_count = osc_codec(rig).level_count;
    OSC_SEND(rig, "/residuum/level/*/gain", "f", 0.5);
    for (uint32_t level = 0; level < RSD_MAX_LEVELS; level++)
        cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_GAIN, level), level < level_count ? 0.5f : 1.0f);
    OSC_SEND(rig, "/residuum/level/[2-4]/{mute,solo}", "i", 1);
    for (uint32_t level = 0; level < level_count; level++) {
        const float wanted = level >= 1u && level <= 3u ? 1.0f : 0.0f;
        cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_MUTE, level), wanted, "level %u", level + 1u);
        cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_SOLO, level), wanted, "level %u", level + 1u);
    }
    OSC_SEND(rig, "/residuum/{mix,noise_fill}", "f", 0.125);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 0.125f);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_NOISE_FILL, 0), 0.125f);
    OSC_SEND(rig, "/residuum/gain/??", "f", -6.0);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_INPUT_GAIN_DB, 0), -6.0f);
    OSC_SEND(rig, "/residuum/gain/*", "f", -7.0);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_OUTPUT_GAIN_DB, 0), -7.0f);
    cr_assert_eq(osc_stats(rig).error_count, 0u);
    OSC_SEND(rig, "/residuum/level/*/loud", "f", 0.5);
    cr_assert_eq(osc_count(rig, "/residuum/error"), 1u, "a pattern that matches nothing is refused, once");
    osc_close(rig);
}

/* Runs sound until no swap is under way. */
static void finish_swap(osc_rig *rig)
{
    float in[480] = {0}, out[480];
    for (int i = 0; i < 200 && host_control_swap_pending(rig->control); i++) {
        osc_process(rig, in, out, 480);
        osc_turn(rig);
    }
    cr_assert_not(host_control_swap_pending(rig->control));
}

Test(osc_params, a_codec_is_swapped_by_name_and_a_wrong_one_is_refused)
{
    osc_rig *rig = osc_open(0, false);
    float in[4800] = {0}, out[4800];
    osc_process(rig, in, out, 4800);
    OSC_SEND(rig, "/residuum/codec", "s", "live-64");
    osc_settle(rig);
    finish_swap(rig);
    cr_assert_str_eq(osc_codec(rig).name, "live-64");
    OSC_SEND(rig, "/residuum/codec", "s", "no-such-codec");
    osc_settle(rig);
    const osc_reply *error = osc_last(rig, "/residuum/error");
    cr_assert_str_eq(error->text[0], "/residuum/codec");
    cr_assert_str_eq(error->text[1], "not a codec");
    OSC_SEND(rig, "/residuum/codec", "f", 1.0);
    cr_assert_eq(osc_count(rig, "/residuum/error"), 2u);
    finish_swap(rig);
    cr_assert_str_eq(osc_codec(rig).name, "live-64");
    OSC_SEND(rig, "/residuum/get", "s", "codec");
    cr_assert_str_eq(osc_last(rig, "/residuum/value")->types, "ss");
    cr_assert_str_eq(osc_last(rig, "/residuum/value")->text[1], "live-64");
    osc_close(rig);
}

Test(osc_params, a_preset_sets_what_it_names_and_a_wrong_one_changes_nothing)
{
    osc_rig *rig = osc_open(0, false);
    rsd_preset preset;
    rsd_error error;
    cr_assert_eq(rsd_preset_open("telephone", &preset, &error), RSD_OK, "%s", error.text);
    cr_assert_gt(preset.setting_count, 0u);
    OSC_SEND(rig, "/residuum/preset", "s", "telephone");
    osc_settle(rig);
    for (uint32_t i = 0; i < preset.setting_count; i++)
        cr_assert_eq(osc_value_of(rig, preset.settings[i].param_id, preset.settings[i].level), preset.settings[i].value,
                     "parameter %u", preset.settings[i].param_id);
    OSC_SEND(rig, "/residuum/mix", "f", 0.3);
    OSC_SEND(rig, "/residuum/preset", "s", "no-such-preset");
    osc_settle(rig);
    cr_assert_str_eq(osc_last(rig, "/residuum/error")->text[0], "/residuum/preset");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 0.3f);
    OSC_SEND(rig, "/residuum/get", "s", "preset");
    cr_assert_str_eq(osc_last(rig, "/residuum/value")->text[1], "telephone");
    osc_close(rig);
}

#define ROWS_OF_A_SENDER 40u

static void check_refused(osc_rig *rig, const rsd_param_info *info, double value)
{
    char path[64];
    address_of(info, 1, path, sizeof path);
    const float before = osc_value_of(rig, info->id, 1);
    const uint64_t errors = osc_stats(rig).error_count;
    OSC_SEND(rig, path, "f", value);
    cr_assert_eq(osc_stats(rig).error_count, errors + 1u, "%s %g", path, value);
    const osc_reply *reply = osc_last(rig, "/residuum/error");
    cr_assert_str_eq(reply->types, "ss");
    cr_assert_str_eq(reply->text[0], path);
    cr_assert_not_null(strstr(reply->text[1], info->symbol), "%s", reply->text[1]);
    cr_assert_eq(osc_value_of(rig, info->id, 1), before, "%s %g changed it", path, value);
}

Test(osc_params, values_out_of_range_and_not_a_number_are_refused_at_every_address)
{
    osc_rig *rig = osc_open(0, false);
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        const double wrong[] = {(double)info->max + 0.51, (double)info->min - 0.51, (double)NAN, (double)INFINITY,
                                -(double)INFINITY};
        if (!host_control_has(rig->control, info)) continue;
        if (row % ROWS_OF_A_SENDER == ROWS_OF_A_SENDER - 1u) { /* a sender may not ask for more at once */
            cr_assert_eq(osc_stats(rig).applied_count, 0u);
            osc_close(rig);
            rig = osc_open(0, false);
        }
        for (size_t i = 0; info->unit != RSD_UNIT_TEXT && i < sizeof wrong / sizeof wrong[0]; i++)
            check_refused(rig, info, wrong[i]);
    }
    cr_assert_eq(osc_stats(rig).applied_count, 0u);
    osc_close(rig);
}

/* What the list shows is what is taken, and what the refusal of the next value above it says. */
/* Generations make an instance of their own; until it is in, the table's ranges are taken. */
static void end_swap(osc_rig *rig)
{
    float in[480] = {0}, out[480];
    for (uint32_t i = 0; host_control_swap_pending(rig->control) && i < 10000u; i++) {
        osc_process(rig, in, out, 480);
        osc_turn(rig);
    }
}

Test(osc_params, the_range_of_the_list_is_that_of_the_error_and_of_what_is_taken)
{
    osc_rig *rig = osc_open(0, false);
    OSC_SEND(rig, "/residuum/list", "");
    const uint32_t item_count = rig->reply_count - 1u;
    uint32_t limited = 0;
    for (uint32_t i = 0; i < item_count; i++) {
        const osc_reply item = rig->replies[i];
        const rsd_param_info *info = NULL;
        uint32_t level = 0;
        char path[64], range[64];
        if (strcmp(item.types, "sfff") != 0) continue;
        cr_assert_eq(rsd_param_parse_symbol(item.text[0], &info, &level), RSD_OK);
        address_of(info, level, path, sizeof path);
        OSC_SEND(rig, path, "f", item.number[2]);
        OSC_SEND(rig, path, "f", item.number[1]);
        cr_assert_eq(osc_count(rig, "/residuum/error"), 0u, "%s", path);
        const bool has_less = (float)item.number[2] < info->max;
        limited += has_less;
        OSC_SEND(rig, path, "f", item.number[2] + (has_less ? 0.75 : 0.51));
        const osc_reply *refused = osc_last(rig, "/residuum/error");
        snprintf(range, sizeof range, "%g..%g", item.number[1], item.number[2]);
        cr_assert_not_null(strstr(refused->text[1], range), "%s: '%s' lacks %s", path, refused->text[1], range);
        OSC_SEND(rig, path, "f", (double)info->max); /* the table's end: all there is, whatever the codec has */
        rig->reply_count = item_count;
        end_swap(rig);
    }
    cr_assert_geq(limited, 8u, "levels, codebook_bits, bitrate and what names a level end before the table's");
    cr_assert_eq(osc_stats(rig).error_count, item_count - 3u, "all but codec, decoder and preset");
    osc_close(rig);
}

/* Until a codec that was asked for is in, nobody knows its range. */
Test(osc_params, levels_of_the_codec_that_comes_are_taken_while_it_is_on_its_way)
{
    osc_rig *rig = osc_open(0, false);
    float in[480] = {0}, out[480];
    osc_process(rig, in, out, 480);
    OSC_SEND(rig, "/residuum/codec", "s", "live-256");
    OSC_SEND(rig, "/residuum/levels", "f", 15.0);
    cr_assert_eq(rig->reply_count, 0u);
    osc_settle(rig);
    for (int i = 0; i < 200 && host_control_swap_pending(rig->control); i++) {
        osc_process(rig, in, out, 480);
        osc_turn(rig);
    }
    OSC_SEND(rig, "/residuum/get", "s", "levels");
    cr_assert_eq(osc_last(rig, "/residuum/value")->number[1], 15.0);
    osc_close(rig);
}

Test(osc_params, unknown_addresses_and_wrong_types_are_answered_and_counted)
{
    osc_rig *rig = osc_open(0, false);
    rsd_codec_info codec = osc_codec(rig);
    char absent[64];
    snprintf(absent, sizeof absent, "/residuum/level/%u/gain", codec.level_count + 1u);
    OSC_SEND(rig, "/residuum/nothing", "f", 1.0);
    OSC_SEND(rig, "/mix", "f", 1.0);
    OSC_SEND(rig, "/residuum/mix", "s", "loud");
    OSC_SEND(rig, "/residuum/mix", "ff", 0.1, 0.2);
    OSC_SEND(rig, "/residuum/mix", "");
    OSC_SEND(rig, "/residuum/mix", "T");
    OSC_SEND(rig, "/residuum/monitor", "s", "loud");
    OSC_SEND(rig, "/residuum/level/0/gain", "f", 0.5);
    OSC_SEND(rig, absent, "f", 0.5);
    OSC_SEND(rig, "/residuum/get", "s", "nothing");
    OSC_SEND(rig, "/residuum/get", "s", "level_gain");
    OSC_SEND(rig, "/residuum/get", "f", 1.0);
    OSC_SEND(rig, "/residuum/list", "s", "levels");
    cr_assert_eq(osc_stats(rig).error_count, 13u);
    cr_assert_eq(osc_count(rig, "/residuum/error"), 13u);
    cr_assert_eq(rig->reply_count, 13u);
    cr_assert_str_eq(rig->replies[0].text[0], "/residuum/nothing");
    cr_assert_str_eq(rig->replies[1].text[0], "/mix");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 1.0f);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MONITOR, 0), 0.0f);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_GAIN, codec.level_count), 1.0f);
    osc_close(rig);
}

Test(osc_params, answers_of_another_server_are_not_answered)
{
    osc_rig *rig = osc_open(0, false);
    OSC_SEND(rig, "/residuum/error", "ss", "/residuum/mix", "why not");
    OSC_SEND(rig, "/residuum/value", "sf", "mix", 0.5);
    OSC_SEND(rig, "/residuum/meter/bitrate", "f", 0.5);
    cr_assert_eq(rig->reply_count, 0u);
    cr_assert_eq(osc_stats(rig).error_count, 3u);
    osc_close(rig);
}

Test(osc_params, list_names_every_parameter_with_range_and_value)
{
    osc_rig *rig = osc_open(0, false);
    const uint32_t level_count = osc_codec(rig).level_count;
    uint32_t wanted = 0, item = 0;
    OSC_SEND(rig, "/residuum/level/2/gain", "f", 0.5);
    OSC_SEND(rig, "/residuum/list", "");
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        if (!host_control_has(rig->control, info)) continue;
        for (uint32_t level = 0; level < (rsd_param_is_per_level(info) ? level_count : 1u); level++, wanted++) {
            char symbol[64];
            float min, max, value;
            symbol_of(info, level, symbol, sizeof symbol);
            const osc_reply *reply = &rig->replies[item++];
            cr_assert_str_eq(reply->path, "/residuum/list/item");
            cr_assert_str_eq(reply->text[0], symbol);
            if (info->unit == RSD_UNIT_TEXT) continue;
            cr_assert_str_eq(reply->types, "sfff");
            host_control_range(rig->control, info, &min, &max);
            cr_assert_eq(host_control_get(rig->control, info->id, level, &value), RSD_OK);
            cr_assert_eq((float)reply->number[1], min);
            cr_assert_eq((float)reply->number[2], max);
            cr_assert_eq((float)reply->number[3], value);
            if (info->id == RSD_PARAM_LEVELS) cr_assert_eq(reply->number[2], level_count);
            if (info->id == RSD_PARAM_LEVEL_GAIN) cr_assert_eq(value, level == 1u ? 0.5f : 1.0f);
        }
    }
    cr_assert_str_eq(rig->replies[item].path, "/residuum/list/end");
    cr_assert_eq((uint32_t)rig->replies[item].number[0], wanted);
    cr_assert_eq(rig->reply_count, wanted + 1u);
    osc_close(rig);
}
