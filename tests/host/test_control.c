// SPDX-License-Identifier: MIT
// Steering an engine by name: values, ranges, presets, meters.
#include "osc_support.h"

#include "support/signals.h"

#include <residuum/rsd_preset.h>

/* The front of the control thread, without OSC (the rig's server stays idle). */

static void must(osc_rig *rig, const char *symbol, const char *value)
{
    rsd_error error;
    cr_assert_eq(host_control_set(rig->control, symbol, value, &error), RSD_OK, "%s", error.text);
}

static void must_not(osc_rig *rig, const char *symbol, const char *value, rsd_status status, const char *text)
{
    rsd_error error = {RSD_OK, ""};
    cr_assert_eq(host_control_set(rig->control, symbol, value, &error), status, "%s=%s: %s", symbol, value, error.text);
    cr_assert_eq(error.status, status);
    cr_assert_not_null(strstr(error.text, text), "%s=%s: '%s' lacks '%s'", symbol, value, error.text, text);
}

static void expect_text(osc_rig *rig, const char *symbol, const char *wanted)
{
    char text[128];
    rsd_error error;
    cr_assert_eq(host_control_get_text(rig->control, symbol, text, sizeof text, &error), RSD_OK, "%s", error.text);
    cr_assert_str_eq(text, wanted, "%s is %s, wanted %s", symbol, text, wanted);
}

Test(control, words_set_parameters_and_come_back)
{
    osc_rig *rig = osc_open(0, false);
    rsd_error error;
    must(rig, "levels", "3.5");
    must(rig, "level_gain[3]", "0.25");
    must(rig, "monitor", "residual");
    must(rig, "bypass", "1");
    cr_assert_eq(host_control_set_assignment(rig->control, "mix=0.75", &error), RSD_OK, "%s", error.text);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 3.5f);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_GAIN, 2), 0.25f);
    expect_text(rig, "levels", "3.5");
    expect_text(rig, "level_gain[3]", "0.25");
    expect_text(rig, "monitor", "residual");
    expect_text(rig, "bypass", "1");
    expect_text(rig, "mix", "0.75");
    expect_text(rig, "codec", "live");
    expect_text(rig, "preset", "");
    osc_close(rig);
}

Test(control, what_is_refused_says_what_is_wanted_and_changes_nothing)
{
    osc_rig *rig = osc_open(0, false);
    rsd_error error;
    must_not(rig, "nothing", "1", RSD_ERR_NOT_FOUND, "nothing");
    must_not(rig, "levels", "65", RSD_ERR_ARG, "0..14 levels, or 64");
    must_not(rig, "levels", "14.1", RSD_ERR_ARG, "0..14 levels, or 64");
    must_not(rig, "levels", "many", RSD_ERR_ARG, "many");
    must_not(rig, "levels[2]", "1", RSD_ERR_ARG, "levels");
    must_not(rig, "level_gain", "1", RSD_ERR_ARG, "level_gain[1]");
    must_not(rig, "level_gain[0]", "1", RSD_ERR_ARG, "level_gain[1]");
    must_not(rig, "level_gain[64]", "1", RSD_ERR_ARG, "64");
    must_not(rig, "monitor", "loud", RSD_ERR_ARG, "residual");
    must_not(rig, "bypass", "0.5", RSD_ERR_ARG, "whole");
    must_not(rig, "codec", "no-such-codec", RSD_ERR_NOT_FOUND, "no-such-codec");
    must_not(rig, "codec", "", RSD_ERR_NOT_FOUND, "codec");
    must_not(rig, "preset", "no-such-preset", RSD_ERR_NOT_FOUND, "no-such-preset");
    cr_assert_eq(host_control_set_assignment(rig->control, "mix", &error), RSD_ERR_ARG);
    cr_assert_eq(host_control_set_assignment(rig->control, "=1", &error), RSD_ERR_ARG);
    cr_assert_eq(host_control_set_value(rig->control, RSD_PARAM_CODEC, 0, 1.0f, &error), RSD_ERR_ARG);
    cr_assert_eq(host_control_set_value(rig->control, 63, 0, 1.0f, &error), RSD_ERR_ARG);
    cr_assert_eq(host_control_set_value(rig->control, RSD_PARAM_MIX, 0, NAN, &error), RSD_ERR_ARG);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 64.0f);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 1.0f);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_GAIN, 63), 1.0f);
    expect_text(rig, "codec", "live");
    osc_close(rig);
}

Test(control, values_and_ranges_are_those_of_the_codec_in_use)
{
    osc_rig *rig = osc_open(0, false);
    const rsd_codec_info info = osc_codec(rig);
    float value, min, max;
    cr_assert_eq(host_control_get(rig->control, RSD_PARAM_LEVELS, 0, &value), RSD_OK);
    cr_assert_eq(value, (float)info.level_count);
    cr_assert_eq(host_control_get(rig->control, RSD_PARAM_CODEBOOK_BITS, 0, &value), RSD_OK);
    cr_assert_eq(value, (float)info.max_codebook_bits);
    cr_assert_eq(host_control_get(rig->control, RSD_PARAM_BITRATE_KBPS, 0, &value), RSD_OK);
    cr_assert_eq(value, info.level_kbps[info.level_count - 1u]);
    cr_assert_eq(host_control_get(rig->control, RSD_PARAM_CODEC, 0, &value), RSD_ERR_ARG);
    cr_assert_eq(host_control_get(rig->control, RSD_PARAM_LEVEL_GAIN, RSD_MAX_LEVELS, &value), RSD_ERR_ARG);
    host_control_range(rig->control, rsd_param_by_symbol("levels"), &min, &max);
    cr_assert(min == 0.0f && max == (float)info.level_count);
    host_control_range(rig->control, rsd_param_by_symbol("input_gain_db"), &min, &max);
    cr_assert(min == -60.0f && max == 24.0f);
    osc_close(rig);
}

/* Plays and polls until no swap is under way. */
static void settle(osc_rig *rig)
{
    float in[480] = {0}, out[480];
    rsd_error error;
    for (int i = 0; i < 400 && host_control_swap_pending(rig->control); i++) {
        osc_process(rig, in, out, 480);
        cr_assert_eq(host_control_poll(rig->control, &error), RSD_OK, "%s", error.text);
    }
    cr_assert_not(host_control_swap_pending(rig->control));
}

Test(control, a_codec_asked_for_during_a_swap_waits_and_the_last_one_holds)
{
    osc_rig *rig = osc_open(0, false);
    float in[4800] = {0}, out[4800];
    osc_process(rig, in, out, 4800);
    cr_assert_not(host_control_swap_pending(rig->control));
    must(rig, "codec", "live-64");
    must(rig, "codec", "live-128");
    must(rig, "codec", "live-256"); /* replaces live-128, which waits */
    cr_assert(host_control_swap_pending(rig->control));
    expect_text(rig, "codec", "live-256");
    settle(rig);
    cr_assert_str_eq(osc_codec(rig).name, "live-256");
    expect_text(rig, "codec", "live-256");
    osc_close(rig);
}

static const char *write_preset(const char *json)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/rsd-preset-%d.json", (int)getpid());
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(json, file);
    fclose(file);
    return path;
}

Test(control, a_preset_brings_its_codec_and_a_bitrate_counts_on_that_ones_ladder)
{
    osc_rig *rig = osc_open(0, false);
    rsd_error error;
    rsd_model *model = NULL;
    rsd_codec_info info;
    char json[256];
    cr_assert_eq(rsd_model_open("live-256", &model, &error), RSD_OK, "%s", error.text);
    rsd_model_info(model, OSC_RATE_HZ, &info);
    rsd_model_release(model);
    snprintf(json, sizeof json,
             "{\"name\":\"own\",\"description\":\"d\",\"codec\":\"live-256\",\"parameters\":{\"bitrate_kbps\":%.4f,"
             "\"mix\":0.5}}",
             (double)info.level_kbps[3]);
    const char *path = write_preset(json);
    must(rig, "noise_fill", "0.25");
    const rsd_status status = host_control_set_preset(rig->control, path, &error);
    remove(path);
    cr_assert_eq(status, RSD_OK, "%s", error.text);
    settle(rig);
    cr_assert_str_eq(osc_codec(rig).name, "live-256");
    cr_assert_eq(host_control_levels_in_use(rig->control), 4.0f, "%g levels",
                 (double)host_control_levels_in_use(rig->control));
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 64.0f, "the default, which the bitrate leaves as it is");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 0.5f);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_NOISE_FILL, 0), 1.0f, "what a preset does not name is at its default");
    expect_text(rig, "codec", "live-256");
    expect_text(rig, "preset", path);
    osc_close(rig);
}

Test(control, a_preset_whose_codec_does_not_open_changes_nothing)
{
    osc_rig *rig = osc_open(0, false);
    rsd_error error;
    const char *path = write_preset(
        "{\"name\":\"own\",\"description\":\"d\",\"codec\":\"/nowhere/x.safetensors\",\"parameters\":{\"mix\":0.5}}");
    const rsd_status status = host_control_set_preset(rig->control, path, &error);
    remove(path);
    cr_assert_neq(status, RSD_OK);
    cr_assert_not_null(strstr(error.text, "/nowhere/x.safetensors"), "%s", error.text);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 1.0f);
    expect_text(rig, "preset", "");
    expect_text(rig, "codec", "live");
    cr_assert_not(host_control_swap_pending(rig->control));
    osc_close(rig);
}

Test(control, a_preset_of_the_codec_in_use_does_not_swap_it)
{
    osc_rig *rig = osc_open(0, false);
    rsd_error error;
    const char *path =
        write_preset("{\"name\":\"own\",\"description\":\"d\",\"codec\":\"live-128\",\"parameters\":{}}");
    const rsd_status status = host_control_set_preset(rig->control, path, &error);
    remove(path);
    cr_assert_eq(status, RSD_OK, "%s", error.text);
    cr_assert_not(host_control_swap_pending(rig->control)); /* "live" is live-128 */
    osc_close(rig);
}

static void play_tone(osc_rig *rig, float amplitude)
{
    enum { COUNT = 12000 };
    float *x = calloc(COUNT, sizeof *x);
    rsd_error error;
    test_fill_tone(x, COUNT, 1000.0, OSC_RATE_HZ, amplitude);
    for (uint32_t done = 0; done < COUNT; done += 480) {
        osc_process(rig, x + done, x + done, 480);
        cr_assert_eq(host_control_poll(rig->control, &error), RSD_OK, "%s", error.text);
    }
    free(x);
}

Test(control, meters_are_those_of_the_sound)
{
    osc_rig *rig = osc_open(0, false);
    host_meters meters;
    host_control_get_meters(rig->control, &meters);
    cr_assert_not(meters.valid);
    play_tone(rig, 0.5f);
    host_control_get_meters(rig->control, &meters);
    const rsd_codec_info info = osc_codec(rig);
    cr_assert(meters.valid);
    cr_assert_eq(meters.level_count, info.level_count);
    cr_assert_eq(meters.sample_time, 12000u / 960u * 960u);
    cr_assert_float_eq(meters.input_peak_db, -6.02, 0.05, "%g", (double)meters.input_peak_db);
    cr_assert_float_eq(meters.input_energy_db, -9.03, 0.1, "%g", (double)meters.input_energy_db);
    cr_assert_float_eq(meters.level_energy_db[0], -12.0, 3.0, "level 1 carries much of it: %g",
                       (double)meters.level_energy_db[0]);
    for (uint32_t k = 1; k < info.level_count; k++)
        cr_assert_gt(meters.level_snr_db[k], meters.level_snr_db[k - 1], "level %u", k + 1);
    cr_assert_eq(meters.bitrate_kbps, info.level_kbps[info.level_count - 1u]);
    osc_close(rig);
}

Test(control, meters_show_the_levels_that_a_bitrate_leaves)
{
    osc_rig *rig = osc_open(0, false);
    host_meters meters;
    char kbps[32];
    const rsd_codec_info info = osc_codec(rig);
    snprintf(kbps, sizeof kbps, "%.7g", (double)info.level_kbps[2]);
    must(rig, "levels", "6.5");
    must(rig, "bitrate_kbps", kbps);
    play_tone(rig, 0.5f);
    host_control_get_meters(rig->control, &meters);
    cr_assert_eq(meters.levels, 3.0f);
    cr_assert_eq(meters.bitrate_kbps, info.level_kbps[2]);
    cr_assert_eq(meters.level_gain[2], 1.0f);
    cr_assert_eq(meters.level_gain[3], 0.0f);
    cr_assert_eq(host_control_levels_in_use(rig->control), 3.0f);
    expect_text(rig, "levels", "6.5");
    must(rig, "bitrate_kbps", "1000");
    cr_assert_eq(host_control_levels_in_use(rig->control), 6.5f);
    osc_close(rig);
}

/* A fader at the end of its range: no limit, of the codec that comes next neither. */
Test(control, the_bitrate_of_all_levels_limits_no_other_codec)
{
    osc_rig *rig = osc_open(0, false);
    rsd_error error;
    char kbps[32];
    must(rig, "codec", "live-256");
    settle(rig);
    const rsd_codec_info small = osc_codec(rig);
    snprintf(kbps, sizeof kbps, "%.9g", (double)small.level_kbps[small.level_count - 1u]);
    must(rig, "bitrate_kbps", kbps);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_BITRATE_KBPS, 0), rsd_param_by_id(RSD_PARAM_BITRATE_KBPS)->max);
    expect_text(rig, "bitrate_kbps", kbps);
    must(rig, "codec", "live-64");
    settle(rig);
    const rsd_codec_info large = osc_codec(rig);
    cr_assert_gt(large.level_kbps[large.level_count - 1u], small.level_kbps[small.level_count - 1u]);
    cr_assert_eq(host_control_levels_in_use(rig->control), (float)large.level_count);
    /* One level less is a limit, and stays one. */
    const float less = large.level_kbps[large.level_count - 2u];
    cr_assert_eq(host_control_set_value(rig->control, RSD_PARAM_BITRATE_KBPS, 0, less, &error), RSD_OK);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_BITRATE_KBPS, 0), less);
    osc_close(rig);
}

Test(control, silence_reads_as_the_floor_and_no_snr)
{
    osc_rig *rig = osc_open(0, false);
    host_meters meters;
    play_tone(rig, 0.0f);
    host_control_get_meters(rig->control, &meters);
    cr_assert(meters.valid);
    cr_assert_eq(meters.input_peak_db, HOST_METER_FLOOR_DB);
    cr_assert_eq(meters.input_energy_db, HOST_METER_FLOOR_DB);
    cr_assert_eq(meters.level_snr_db[0], 0.0f);
    cr_assert_eq(meters.level_energy_db[0], HOST_METER_FLOOR_DB);
    osc_close(rig);
}

Test(control, the_gain_meter_is_gain_mute_solo_and_fraction_together)
{
    osc_rig *rig = osc_open(0, false);
    host_meters meters;
    must(rig, "levels", "4.25");
    must(rig, "level_gain[2]", "0.5");
    must(rig, "level_gain[5]", "2");
    must(rig, "level_mute[3]", "1");
    play_tone(rig, 0.25f);
    host_control_get_meters(rig->control, &meters);
    const float wanted[] = {1.0f, 0.5f, 0.0f, 1.0f, 0.5f, 0.0f};
    for (uint32_t k = 0; k < 6u; k++) cr_assert_eq(meters.level_gain[k], wanted[k], "level %u", k + 1u);
    cr_assert_eq(meters.levels, 4.25f);
    cr_assert_eq(meters.level_energy_db[5], HOST_METER_FLOOR_DB, "level 6 is not coded");
    cr_assert_gt(meters.level_energy_db[4], HOST_METER_FLOOR_DB);
    must(rig, "level_solo[2]", "1");
    host_control_get_meters(rig->control, &meters);
    for (uint32_t k = 0; k < 6u; k++) cr_assert_eq(meters.level_gain[k], k == 1u ? 0.5f : 0.0f, "level %u", k + 1u);
    osc_close(rig);
}

Test(control, the_clip_light_counts_what_was_over_full_scale_until_it_is_put_out)
{
    osc_rig *rig = osc_open(0, false);
    float in[4800], out[4800];
    host_meters meters;
    rsd_error error;
    test_fill_tone(in, 4800u, 440.0, 48000.0, 0.5f);
    must(rig, "monitor", "dry");
    must(rig, "output_gain_db", "12");
    osc_process(rig, in, out, 4800);
    osc_process(rig, in, out, 4800);
    cr_assert_eq(host_control_poll(rig->control, &error), RSD_OK);
    host_control_get_meters(rig->control, &meters);
    cr_assert_gt(meters.clipped_count, 1000u);
    cr_assert_eq(meters.limiter_db, 0.0f);
    must(rig, "limiter", "1");
    osc_process(rig, in, out, 4800); /* a change comes with a block */
    cr_assert_eq(host_control_poll(rig->control, &error), RSD_OK);
    const uint64_t before = meters.clipped_count;
    host_control_get_meters(rig->control, &meters);
    cr_assert_eq(meters.clipped_count, before, "it stays lit");
    cr_assert(meters.limiter_db < -5.0f && meters.limiter_db > -7.0f, "%g dB", (double)meters.limiter_db);
    cr_assert_geq(lo_send_from(rig->server, rig->client, LO_TT_IMMEDIATE, "/residuum/clip/reset", ""), 0);
    osc_turn(rig);
    host_control_get_meters(rig->control, &meters);
    cr_assert_eq(meters.clipped_count, 0u);
    osc_close(rig);
}

/* A preset that has to wait for its codec is not heard on the one before; what is set behind it holds. */
Test(control, a_preset_waits_with_its_codec_and_what_is_set_behind_it_holds)
{
    osc_rig *rig = osc_open(0, false);
    float in[4800] = {0}, out[4800], mix = 0.0f, levels = 0.0f;
    const char *path = write_preset("{\"name\":\"a\",\"description\":\"b\",\"codec\":\"live-256\","
                                    "\"parameters\":{\"mix\":0.25,\"levels\":2}}");
    osc_process(rig, in, out, 4800);
    must(rig, "codec", "live-64");
    must(rig, "preset", path);
    must(rig, "levels", "3");
    cr_assert_eq(rsd_engine_get(rig->engine, RSD_PARAM_MIX, 0, &mix), RSD_OK);
    cr_assert_eq(mix, 1.0f, "not on live-64");
    cr_assert_eq(host_control_get(rig->control, RSD_PARAM_MIX, 0, &mix), RSD_OK);
    cr_assert_eq(mix, 0.25f, "but that is what comes");
    settle(rig);
    cr_assert_str_eq(osc_codec(rig).name, "live-256");
    cr_assert_eq(rsd_engine_get(rig->engine, RSD_PARAM_MIX, 0, &mix), RSD_OK);
    cr_assert_eq(rsd_engine_get(rig->engine, RSD_PARAM_LEVELS, 0, &levels), RSD_OK);
    cr_assert_eq(mix, 0.25f);
    cr_assert_eq(levels, 3.0f);
    unlink(path);
    osc_close(rig);
}
