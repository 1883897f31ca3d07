// SPDX-License-Identifier: MIT
// Levels in hosts: a share of those that the codec in use has, over swaps, states and versions; and the order of controls.
#include "plug_internal.h"
#include "plug_support.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

#define RATE 48000u
#define OTHER ENCODEC_FOLDER /* a codec with another number of levels than the built-in ones */

static plug *make_plug(void)
{
    plug *made = NULL;
    rsd_error error;
    const plug_config config = {.sample_rate_hz = RATE, .channel_count = 1u};
    cr_assert_eq(plug_create(&config, &made, &error), RSD_OK, "%s", error.text);
    return made;
}

static void play(plug *p, uint32_t blocks)
{
    float in[256] = {0}, out[256];
    const float *const ins[1] = {in};
    float *const outs[1] = {out};
    for (uint32_t i = 0; i < blocks; i++) {
        plug_process(p, ins, outs, 256u);
        if (plug_wants_poll(p)) plug_poll(p);
    }
}

static void take_codec(plug *p, const char *codec)
{
    rsd_error error;
    cr_assert_eq(plug_set_codec(p, codec, PLUG_CODEC_ANY, NULL, &error), RSD_OK, "%s", error.text);
    play(p, 400u);
    plug_poll(p);
}

static uint32_t levels_param(void) { return plug_param_by_symbol("levels"); }

Test(plug_share, half_of_the_fader_is_half_of_the_levels_of_whatever_codec_is_loaded)
{
    plug *p = make_plug();
    plug_start(p);
    play(p, 4u);
    plug_set(p, levels_param(), 0.5f);
    play(p, 8u);
    cr_assert_eq(plug_get_meters(p)->levels, 7.0f);
    take_codec(p, OTHER);
    const uint32_t count = plug_level_count(p);
    cr_assert_neq(count, LIVE_LEVELS);
    cr_assert_eq(plug_get(p, levels_param()), 0.5f);
    cr_assert_float_eq(plug_get_meters(p)->levels, 0.5f * (float)count, 1e-3);
    take_codec(p, "live-64");
    cr_assert_eq(plug_get_meters(p)->levels, 6.0f, "of its 12");
    plug_destroy(p);
}

/* A ramp of the fader over three swaps: what is heard, as a share, never goes back. */
Test(plug_share, automation_stays_monotone_over_codec_swaps)
{
    static const char *const codecs[] = {OTHER, "live-64", OTHER, "live-256"};
    plug *p = make_plug();
    rsd_error error;
    float before = 0.0f;
    plug_start(p);
    plug_set(p, levels_param(), 0.0f);
    play(p, 4u);
    for (uint32_t i = 0; i < 1600u; i++) {
        if (i % 400u == 100u)
            cr_assert_eq(plug_set_codec(p, codecs[i / 400u], PLUG_CODEC_ANY, NULL, &error), RSD_OK, "%s", error.text);
        plug_set(p, levels_param(), (float)i / 1600.0f);
        play(p, 1u);
        float levels = 0.0f;
        cr_assert_eq(plug_get(p, levels_param()), (float)i / 1600.0f);
        levels = plug_get_meters(p)->levels;
        const float share = levels / (float)plug_get_meters(p)->level_count;
        if (plug_get_meters(p)->level_count == plug_level_count(p))
            cr_assert_geq(share, before - 1e-3f, "block %u: %g after %g", i, (double)share, (double)before);
        before = share;
    }
    plug_destroy(p);
}

Test(plug_share, levels_read_as_so_many_of_so_many_and_are_taken_back_from_any_spelling)
{
    static const struct {
        const char *text;
        float levels;
    } rows[] = {{"7", 7.0f},         {"7.0 of 14", 7.0f}, {"50 %", 7.0f},   {"50%", 7.0f}, {"3.25 levels", 3.25f},
                {"14 of 14", 14.0f}, {"0", 0.0f},         {"100 %", 14.0f}, {"64", 14.0f}};
    char text[PLUG_TEXT_BYTES];
    float value;
    plug *p = make_plug();
    plug_text(p, levels_param(), 0.5f, text, sizeof text);
    cr_assert_str_eq(text, "7.0 of 14");
    plug_text(p, levels_param(), share_of_levels(3.25f), text, sizeof text);
    cr_assert_str_eq(text, "3.25 of 14");
    plug_text(p, levels_param(), 1.0f, text, sizeof text);
    cr_assert_str_eq(text, "14.0 of 14");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(plug_parse(p, levels_param(), rows[i].text, &value), "%s", rows[i].text);
        cr_assert_float_eq(value, share_of_levels(rows[i].levels), 1e-6, "%s", rows[i].text);
    }
    for (uint32_t i = 0; i <= 14000u; i += 7u) { /* every text is the value again */
        plug_text(p, levels_param(), share_of_levels((float)i / 1000.0f), text, sizeof text);
        cr_assert(plug_parse(p, levels_param(), text, &value), "%s", text);
        cr_assert_float_eq(value, share_of_levels((float)i / 1000.0f), 1e-6, "%s", text);
    }
    static const char *const wrong[] = {"", "many", "7 of", "-1", "7 of many", "101 %"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(plug_parse(p, levels_param(), wrong[i], &value), "%s", wrong[i]);
    plug_destroy(p);
}

/* ---- controls that name a level ---- */

static float level_of(const plug *p, rsd_param_id id)
{
    float level = -1.0f;
    cr_assert_eq(rsd_engine_get(p->engine, id, 0u, &level), RSD_OK);
    return level;
}

Test(plug_share, a_control_that_names_a_level_has_no_dead_travel_and_goes_with_the_codec)
{
    plug *p = make_plug();
    const uint32_t from = plug_param_by_symbol("freeze_from"), to = plug_param_by_symbol("error_to");
    plug_start(p);
    play(p, 4u);
    cr_assert_eq(plug_param_at(from)->default_value, 0.0f);
    cr_assert_eq(plug_param_at(to)->default_value, 1.0f);
    float before = 0.0f;
    for (uint32_t i = 0; i <= 13u; i++) { /* each of 14 levels has its share of the travel */
        plug_set(p, from, (float)i / 13.0f);
        cr_assert_eq(level_of(p, RSD_PARAM_FREEZE_FROM), before + 1.0f);
        before = level_of(p, RSD_PARAM_FREEZE_FROM);
    }
    plug_set(p, from, 0.5f);
    plug_set(p, to, 1.0f);
    cr_assert_eq(level_of(p, RSD_PARAM_FREEZE_FROM), 8.0f);
    cr_assert_eq(level_of(p, RSD_PARAM_ERROR_TO), 64.0f, "the end is all there is, of any codec");
    take_codec(p, OTHER);
    const float count = (float)plug_level_count(p);
    cr_assert_eq(plug_get(p, from), 0.5f);
    cr_assert_eq(level_of(p, RSD_PARAM_FREEZE_FROM), 1.0f + floorf(0.5f * (count - 1.0f) + 0.5f));
    cr_assert_eq(plug_get(p, to), 1.0f);
    take_codec(p, "live-128");
    cr_assert_eq(level_of(p, RSD_PARAM_FREEZE_FROM), 8.0f);
    plug_destroy(p);
}

Test(plug_share, a_level_that_something_else_named_stays_with_another_codec)
{
    plug *p = make_plug();
    const uint32_t from = plug_param_by_symbol("freeze_from");
    plug_start(p);
    play(p, 4u);
    plug_set(p, from, 1.0f);
    plug_apply(p, RSD_PARAM_FREEZE_FROM, 0u, 2.0f); /* as OSC does */
    play(p, 2u);
    cr_assert_float_eq(plug_get(p, from), 1.0f / 13.0f, 1e-6);
    take_codec(p, OTHER);
    cr_assert_eq(level_of(p, RSD_PARAM_FREEZE_FROM), 2.0f);
    plug_set(p, from, 7.0f); /* automation of before */
    cr_assert_eq(level_of(p, RSD_PARAM_FREEZE_FROM), fminf(7.0f, (float)plug_level_count(p)));
    plug_destroy(p);
}

Test(plug_share, levels_that_are_named_read_as_one_of_so_many_and_back)
{
    static const char *const spellings[] = {"7 of 14", "7", "7 levels", "7.0 of 14"};
    char text[PLUG_TEXT_BYTES];
    float value;
    plug *p = make_plug();
    const uint32_t from = plug_param_by_symbol("error_from"), predict = plug_param_by_symbol("predict_from");
    for (uint32_t level = 1; level <= LIVE_LEVELS; level++) {
        char wanted[PLUG_TEXT_BYTES];
        snprintf(wanted, sizeof wanted, "%u of %u", level, LIVE_LEVELS);
        plug_text(p, from, (float)(level - 1u) / (float)(LIVE_LEVELS - 1u), text, sizeof text);
        cr_assert_str_eq(text, wanted);
        cr_assert(plug_parse(p, from, text, &value), "%s", text);
        cr_assert_float_eq(value, (float)(level - 1u) / (float)(LIVE_LEVELS - 1u), 1e-6);
    }
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        cr_assert(plug_parse(p, from, spellings[i], &value), "%s", spellings[i]);
        cr_assert_float_eq(value, 6.0f / 13.0f, 1e-6, "%s", spellings[i]);
    }
    plug_text(p, plug_param_by_symbol("error_to"), 1.0f, text, sizeof text);
    cr_assert_str_eq(text, "14 of 14");
    plug_text(p, predict, 0.0f, text, sizeof text);
    cr_assert_str_eq(text, "none");
    cr_assert(plug_parse(p, predict, "none", &value) && value == 0.0f);
    cr_assert_not(plug_parse(p, from, "none", &value), "there is always a lowest level");
    cr_assert_not(plug_parse(p, from, "0 of 14", &value));
    plug_destroy(p);
}

static void load(plug *p, const char *state)
{
    rsd_error error;
    const plug_load_options options = {0};
    cr_assert_eq(plug_load(p, state, strlen(state), &options, &error), RSD_OK, "%s", error.text);
}

Test(plug_share, a_state_keeps_the_share_and_an_older_one_its_levels)
{
    rsd_error error;
    char *text = NULL;
    plug *a = make_plug(), *b = make_plug();
    plug_start(a);
    play(a, 2u);
    plug_set(a, levels_param(), 0.25f);
    play(a, 2u);
    cr_assert_eq(plug_save(a, NULL, &text, &error), RSD_OK);
    cr_assert(strstr(text, "\"levels\":3.5"), "a version before finds levels: %s", text);
    load(b, text);
    free(text);
    plug_start(b);
    play(b, 8u);
    cr_assert_eq(plug_get(b, levels_param()), 0.25f);
    cr_assert_eq(plug_get_meters(b)->levels, 3.5f);
    take_codec(b, OTHER);
    cr_assert_eq(plug_get(b, levels_param()), 0.25f, "it goes with the codec");
    plug_stop(b);
    load(b,
         "{\"format\":\"residuum-plugin-state\",\"version\":2,\"codec\":\"live-128\",\"parameters\":{\"levels\":3}}");
    plug_start(b);
    play(b, 8u);
    cr_assert_eq(plug_get_meters(b)->levels, 3.0f);
    cr_assert_float_eq(plug_get(b, levels_param()), share_of_levels(3.0f), 1e-6);
    plug_destroy(a);
    plug_destroy(b);
}

Test(plug_share, a_state_keeps_what_names_a_level_with_the_share_that_a_host_gave)
{
    rsd_error error;
    char *text = NULL;
    plug *a = make_plug(), *b = make_plug();
    const uint32_t from = plug_param_by_symbol("freeze_from"), to = plug_param_by_symbol("error_to");
    float controls[PLUG_MAX_PARAMS];
    plug_start(a);
    play(a, 2u);
    plug_set(a, from, 0.5f);
    cr_assert_eq(plug_save(a, NULL, &text, &error), RSD_OK);
    cr_assert(strstr(text, "\"freeze_from\":8.0"), "a version before finds the level: %s", text);
    load(b, text);
    free(text);
    plug_start(b);
    play(b, 4u);
    cr_assert_eq(plug_get(b, from), 0.5f);
    take_codec(b, OTHER);
    cr_assert_eq(plug_get(b, from), 0.5f, "it goes with the codec");
    plug_stop(b);
    const char *old = "{\"format\":\"residuum-plugin-state\",\"version\":3,\"codec\":\"live-128\",\"parameters\":"
                      "{\"freeze_from\":1,\"error_to\":5},\"controls\":{\"freeze_from\":1,\"error_to\":5}}";
    const plug_load_options options = {.controls = controls};
    cr_assert_eq(plug_load(b, old, strlen(old), &options, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(controls[from], 1.0f, "what an LV2 port said then, and says again");
    cr_assert_eq(controls[to], 5.0f);
    plug_start(b);
    play(b, 4u);
    cr_assert_eq(plug_get(b, from), 0.0f);
    cr_assert_float_eq(plug_get(b, to), 4.0f / 13.0f, 1e-6);
    plug_destroy(a);
    plug_destroy(b);
}

Test(plug_share, what_is_over_1_is_a_number_of_levels_as_sessions_of_before_have_it)
{
    plug *p = make_plug();
    plug_start(p);
    play(p, 2u);
    plug_set(p, levels_param(), 3.5f);
    play(p, 4u);
    cr_assert_eq(plug_get_meters(p)->levels, 3.5f);
    plug_aim(p, levels_param(), 12.0f);
    play(p, 4u);
    cr_assert_eq(plug_get_meters(p)->levels, 12.0f);
    plug_set(p, levels_param(), 48.0f);
    play(p, 4u);
    cr_assert_eq(plug_get_meters(p)->levels, 14.0f, "the end of the range of before was all");
    plug_destroy(p);
}

Test(plug_share, a_preset_or_osc_sets_levels_and_the_host_sees_their_share)
{
    plug *p = make_plug();
    rsd_error error;
    plug_start(p);
    play(p, 2u);
    plug_set(p, levels_param(), 1.0f);
    play(p, 2u);
    const uint32_t changes = plug_change_count(p);
    cr_assert_eq(plug_set_preset(p, "telephone", PLUG_CODEC_ANY, NULL, &error), RSD_OK, "%s", error.text);
    play(p, 100u);
    cr_assert_gt(plug_change_count(p), changes);
    cr_assert_float_eq(plug_get(p, levels_param()), share_of_levels(plug_get_meters(p)->levels), 1e-6);
    cr_assert_lt(plug_get(p, levels_param()), 1.0f);
    plug_destroy(p);
}

/* Behind the built-in ones, by their names: as `live` counts them. */
Test(plug_share, program_changes_reach_presets_of_ones_own)
{
    char folder[] = "/tmp/rsd_plug_XXXXXX", command[400], name[PLUG_TEXT_BYTES];
    const char *json;
    size_t bytes;
    uint32_t count = 0;
    while (rsd_preset_builtin(count, &json, &bytes)) count++;
    cr_assert_not_null(mkdtemp(folder));
    snprintf(command, sizeof command,
             "mkdir -p %s/residuum/presets && cd %s/residuum/presets && touch b.json a.json .c.json d.txt", folder,
             folder);
    cr_assert_eq(system(command), 0);
    setenv("XDG_CONFIG_HOME", folder, 1);
    cr_assert(plug_preset_name(count - 1u, name));
    cr_assert(plug_preset_name(count, name));
    cr_assert_str_eq(name, "a");
    cr_assert(plug_preset_name(count + 1u, name));
    cr_assert_str_eq(name, "b");
    cr_assert_not(plug_preset_name(count + 2u, name));
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

Test(plug_share, what_one_plays_first_comes_first_and_groups_stay_together)
{
    char symbol[PLUG_TEXT_BYTES];
    plug_param_symbol(plug_param_at(0u), symbol);
    cr_assert_str_eq(symbol, "levels");
    cr_assert_eq(plug_param_codec(), 1u);
    for (uint32_t i = 1; i < plug_param_count_for(1u); i++)
        cr_assert_geq((int)plug_param_at(i)->group, (int)plug_param_at(i - 1u)->group, "parameter %u", i);
    cr_assert_eq(plug_param_osc_port(), plug_param_count_for(1u) - 2u);
    cr_assert_eq(plug_param_http_port(), plug_param_count_for(1u) - 1u);
    cr_assert_lt((int)RSD_GROUP_MIXER, (int)RSD_GROUP_EFFECTS);
    cr_assert_lt((int)RSD_GROUP_EFFECTS, (int)RSD_GROUP_MODULATION);
}
