// SPDX-License-Identifier: MIT
// Subscribers get every change of every value, and values from 0 to 1.
#include "osc_support.h"

#define SETTLE_MS 50u /* over the least time between two rounds of values */

static osc_rig *open_subscribed(void)
{
    osc_rig *rig = osc_open(0, true);
    OSC_SEND(rig, "/residuum/subscribe", "f", 0.1);
    osc_turn_for(rig, SETTLE_MS);
    return rig;
}

/* What came after `rig->reply_count` was set to 0, without meters. */
static uint32_t value_count(const osc_rig *rig)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->reply_count; i++)
        count += strncmp(rig->replies[i].path, "/residuum/meter/", strlen("/residuum/meter/")) != 0;
    return count;
}

static void check_told(osc_rig *rig, const char *path, double value)
{
    osc_turn_for(rig, SETTLE_MS);
    cr_assert_float_eq(osc_last(rig, path)->number[0], value, 1e-6, "%s is told as %g", path,
                       osc_last(rig, path)->number[0]);
}

Test(osc_values, a_new_subscriber_is_told_all_values_at_both_addresses_and_nothing_twice, .timeout = 600)
{
    osc_rig *rig = open_subscribed();
    const uint32_t told = value_count(rig);
    cr_assert_str_eq(osc_last(rig, "/residuum/codec")->text[0], "live");
    cr_assert_eq(osc_count(rig, "/residuum/level/14/gain"), 1u);
    cr_assert_eq(osc_count(rig, "/residuum/level/15/gain"), 0u, "live has 14 levels");
    cr_assert_eq(osc_last(rig, "/residuum/norm/level_gain/14")->number[0], 0.5);
    cr_assert_eq(osc_last(rig, "/residuum/norm/levels")->number[0], 1.0);
    rig->reply_count = 0;
    OSC_SEND(rig, "/residuum/list", "");
    const double items = osc_last(rig, "/residuum/list/end")->number[0];
    cr_assert_eq(told, 2u * (uint32_t)items - HOST_WATCH_TEXT_COUNT);
    rig->reply_count = 0;
    OSC_SEND(rig, "/residuum/subscribe", "f", 0.1);
    osc_turn_for(rig, SETTLE_MS);
    cr_assert_eq(value_count(rig), 0u, "a renewal tells nothing again, %s came", rig->replies[0].path);
    osc_close(rig);
}

Test(osc_values, a_change_is_told_whoever_made_it, .timeout = 600)
{
    osc_rig *rig = open_subscribed();
    rsd_error error;
    float in[480] = {0}, out[480];
    lo_address other = lo_address_new("127.0.0.1", lo_address_get_port(rig->server));
    lo_send(other, "/residuum/mix", "f", 0.25);
    check_told(rig, "/residuum/mix", 0.25);
    cr_assert_eq(host_control_set_value(rig->control, RSD_PARAM_LEVEL_GAIN, 2, 0.75f, &error), RSD_OK);
    check_told(rig, "/residuum/level/3/gain", 0.75);
    check_told(rig, "/residuum/norm/level_gain/3", 0.375);
    cr_assert_eq(host_control_post_value(rig->control, RSD_PARAM_NOISE_FILL, 0, 0.5f, 0, &error), RSD_OK);
    osc_process(rig, in, out, 480);
    check_told(rig, "/residuum/noise_fill", 0.5);
    cr_assert_eq(host_control_set_preset(rig->control, "telephone", &error), RSD_OK);
    osc_turn_for(rig, SETTLE_MS);
    cr_assert_str_eq(osc_last(rig, "/residuum/preset")->text[0], "telephone");
    OSC_SEND(rig, "/residuum/unsubscribe", "");
    rig->reply_count = 0;
    OSC_SEND(rig, "/residuum/mix", "f", 1.0);
    osc_turn_for(rig, SETTLE_MS);
    cr_assert_eq(rig->reply_count, 0u);
    lo_address_free(other);
    osc_close(rig);
}

Test(osc_values, another_codec_moves_the_values_from_0_to_1, .timeout = 600)
{
    osc_rig *rig = open_subscribed();
    rsd_error error;
    float in[480] = {0}, out[480];
    OSC_SEND(rig, "/residuum/levels", "f", 3.5);
    check_told(rig, "/residuum/norm/levels", 3.5 / osc_codec(rig).level_count);
    cr_assert_eq(host_control_set_codec(rig->control, "live-64", &error), RSD_OK, "%s", error.text);
    for (int i = 0; i < 200; i++) {
        osc_process(rig, in, out, 480);
        osc_turn(rig);
    }
    cr_assert_neq(osc_codec(rig).level_count, 14u);
    check_told(rig, "/residuum/norm/levels", 3.5 / osc_codec(rig).level_count);
    osc_close(rig);
}

Test(osc_values, fast_changes_are_told_by_their_newest_value_at_a_bounded_rate, .timeout = 600)
{
    osc_rig *rig = open_subscribed();
    rig->reply_count = 0;
    const uint64_t start_ns = host_clock_now_ns();
    for (int i = 1; i <= 200; i++) {
        OSC_SEND(rig, "/residuum/mix", "f", i / 200.0);
        nap_ms(1);
    }
    check_told(rig, "/residuum/mix", 1.0);
    const double seconds = (double)(host_clock_now_ns() - start_ns) * 1e-9;
    const uint32_t count = osc_count(rig, "/residuum/mix");
    cr_assert(count > 2u && count <= 2.0 + seconds * 50.0, "%u in %g s", count, seconds);
    osc_close(rig);
}

Test(osc_values, a_number_from_0_to_1_sets_over_the_range_that_is_listed, .timeout = 600)
{
    osc_rig *rig = osc_open(0, false);
    const float level_count = (float)osc_codec(rig).level_count;
    OSC_SEND(rig, "/residuum/norm/levels", "f", 0.5);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), level_count / 2.0f);
    OSC_SEND(rig, "/residuum/norm/levels", "i", 1);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), (float)RSD_MAX_LEVELS, "all there is, whatever the codec");
    OSC_SEND(rig, "/residuum/norm/monitor", "f", 0.7);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MONITOR, 0), 2.0f);
    OSC_SEND(rig, "/residuum/norm/bypass", "T");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_BYPASS, 0), 1.0f);
    OSC_SEND(rig, "/residuum/norm/level_gain/*", "f", 0.25);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_GAIN, 13), 0.5f);
    OSC_SEND(rig, "/residuum/*/levels", "f", 0.5);
    cr_assert_eq(osc_count(rig, "/residuum/error"), 1u, "a pattern for others does not reach them");
    static const char *const wrong[] = {"/residuum/norm/levels", "/residuum/norm/level_gain/15"};
    for (size_t i = 0; i < 2u; i++) {
        rig->reply_count = 0;
        OSC_SEND(rig, wrong[i], "f", i == 0u ? 1.5 : 0.5);
        cr_assert_eq(osc_count(rig, "/residuum/error"), 1u, "%s", wrong[i]);
    }
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_GAIN, 14), 1.0f);
    osc_close(rig);
}

/* "levels takes a number 0..14 levels, or 64 for all there is, not 1e+06" */
static void check_range(osc_rig *rig, const osc_reply *item)
{
    char path[64], wanted[64];
    uint32_t level = 0;
    const rsd_param_info *info = NULL;
    cr_assert_eq(rsd_param_parse_symbol(item->text[0], &info, &level), RSD_OK);
    const char *place = strchr(info->osc, 'N');
    if (rsd_param_is_per_level(info) && place)
        snprintf(path, sizeof path, "/residuum%.*s%u%s", (int)(place - info->osc), info->osc, level + 1u, place + 1);
    else
        snprintf(path, sizeof path, "/residuum%s", info->osc);
    snprintf(wanted, sizeof wanted, "%g..%g", item->number[1], item->number[2]);
    OSC_SEND(rig, path, "f", 1e6);
    const char *reason = osc_last(rig, "/residuum/error")->text[1];
    cr_assert(strstr(reason, wanted), "%s is listed as %s, and its error says: %s", path, wanted, reason);
    rig->reply_count = 0;
}

Test(osc_values, the_error_and_the_list_name_the_same_range, .timeout = 600)
{
    osc_rig *rig = osc_open(0, false);
    OSC_SEND(rig, "/residuum/list", "");
    const uint32_t count = rig->reply_count;
    osc_reply *items = malloc(count * sizeof *items);
    cr_assert_not_null(items);
    memcpy(items, rig->replies, count * sizeof *items);
    for (uint32_t i = 0; i + 1u < count; i++)
        if (strcmp(items[i].types, "sfff") == 0) check_range(rig, &items[i]);
    free(items);
    osc_close(rig);
}
