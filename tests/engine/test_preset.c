// SPDX-License-Identifier: MIT
// Presets: what is read, and what is refused with its place.
#include "engine_support.h"

#include <residuum/rsd_preset.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static rsd_preset parse(const char *json)
{
    rsd_preset preset;
    rsd_error error;
    cr_assert_eq(rsd_preset_parse(json, strlen(json), "test.json", &preset, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(error.text[0], '\0');
    return preset;
}

static void refuse(const char *json, const char *where, const char *what)
{
    rsd_preset preset = {.name = "untouched"};
    rsd_error error;
    cr_assert_eq(rsd_preset_parse(json, strlen(json), "test.json", &preset, &error), RSD_ERR_FORMAT, "%s", json);
    cr_assert_not_null(strstr(error.text, where), "'%s' is not in: %s", where, error.text);
    cr_assert_not_null(strstr(error.text, what), "'%s' is not in: %s", what, error.text);
    cr_assert_str_eq(preset.name, "untouched");
}

#define HEAD "{ \"name\": \"a\", \"description\": \"b\", \"parameters\": "

Test(preset, what_decodes_is_part_of_the_codecs_name)
{
    const rsd_preset preset = parse("{ \"name\": \"a\", \"description\": \"b\", \"codec\": \"live\", \"decode_codec\": "
                                    "\"mine.safetensors\" }");
    cr_assert_str_eq(preset.codec, "live@mine.safetensors");
}

Test(preset, settings_are_read_in_the_order_of_the_file)
{
    const rsd_preset preset = parse(
        "{ \"name\": \"telephone\", \"description\": \"d\", \"codec\": \"live-64\", \"parameters\": { \"levels\": "
        "2.5, \"monitor\": \"residual\", \"bypass\": true, \"level_gain\": { \"2\": 0.5, \"64\": 2 } } }");
    cr_assert_str_eq(preset.name, "telephone");
    cr_assert_str_eq(preset.codec, "live-64");
    cr_assert_eq(preset.setting_count, 5u);
    cr_assert_eq(preset.settings[0].param_id, RSD_PARAM_LEVELS);
    cr_assert_eq(preset.settings[0].value, 2.5f);
    cr_assert_eq(preset.settings[1].value, (float)RSD_MONITOR_RESIDUAL);
    cr_assert_eq(preset.settings[2].value, 1.0f);
    cr_assert_eq(preset.settings[3].level, 1u);
    cr_assert_eq(preset.settings[4].level, 63u);
    cr_assert_eq(parse("{\"name\":\"a\",\"description\":\"b\"}").setting_count, 0u);
}

Test(preset, what_is_wrong_is_named_with_its_line_or_key_and_what_is_wanted)
{
    refuse("{ \"name\": \"a\",\n  \"description\" \"b\" }", "test.json:2", "':'");
    refuse("[1]", "test.json", "object");
    refuse("", "test.json:", "");
    refuse("{ \"description\": \"b\" }", "\"name\"", "missing");
    refuse("{ \"name\": \"a\" }", "\"description\"", "missing");
    refuse("{ \"name\": 3, \"description\": \"b\" }", "\"name\"", "text");
    refuse("{ \"name\": \"\", \"description\": \"b\" }", "\"name\"", "text");
    refuse("{ \"name\": \"a\", \"description\": \"b\", \"colour\": 1 }", "\"colour\"", "parameters");
    refuse("{ \"name\": \"a\", \"name\": \"b\", \"description\": \"b\" }", "name", "duplicate");
    refuse(HEAD "[] }", "\"parameters\"", "object");
    refuse(HEAD "{ \"volume\": 1 } }", "\"volume\"", "residuum params");
    refuse(HEAD "{ \"levels\": 65 } }", "\"levels\"", "0..64");
    refuse(HEAD "{ \"levels\": \"3\" } }", "\"levels\"", "number");
    refuse(HEAD "{ \"input_gain_db\": -61 } }", "\"input_gain_db\"", "-60..24 dB");
    refuse(HEAD "{ \"bypass\": 0.5 } }", "\"bypass\"", "0 or 1");
    refuse(HEAD "{ \"codebook_bits\": 3.5 } }", "\"codebook_bits\"", "whole number");
    refuse(HEAD "{ \"monitor\": \"damp\" } }", "\"monitor\"", "residual");
    refuse(HEAD "{ \"monitor\": 1 } }", "\"monitor\"", "residual");
    refuse(HEAD "{ \"level_gain\": 1 } }", "\"level_gain\"", "level");
    refuse(HEAD "{ \"level_gain\": { \"0\": 1 } } }", "\"level_gain\"", "1..64");
    refuse(HEAD "{ \"level_gain\": { \"65\": 1 } } }", "\"level_gain\"", "1..64");
    refuse(HEAD "{ \"level_gain\": { \"x\": 1 } } }", "\"x\"", "1..64");
    refuse(HEAD "{ \"level_gain\": { \"3\": 2.1 } } }", "level_gain[3]", "0..2");
    refuse(HEAD "{ \"codec\": \"live\" } }", "\"codec\"", "beside");
    refuse("{ \"name\": \"a\", \"description\": \"b\", \"decode_codec\": \"live\" }", "\"decode_codec\"", "\"codec\"");
}

Test(preset, a_byte_order_mark_is_skipped_and_another_encoding_named)
{
    const rsd_preset preset = parse("\xef\xbb\xbf" HEAD "{ \"levels\": 3 } }\r\n");
    cr_assert_eq(preset.setting_count, 1u);
    refuse("\xff\xfe{", "test.json", "UTF-16");
    refuse("\xfe\xff", "test.json", "UTF-16");
}

Test(preset, applying_one_sets_what_it_names_and_defaults_elsewhere)
{
    rsd_engine *engine = make_engine(48000, 1);
    set(engine, RSD_PARAM_MIX, 0, 0.25f);
    set(engine, RSD_PARAM_LEVEL_MUTE, 5, 1.0f);
    const rsd_preset preset = parse(HEAD "{ \"levels\": 2.5, \"level_gain\": { \"2\": 0.5 } } }");
    cr_assert_eq(rsd_preset_apply(&preset, engine), RSD_OK);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 2.5f);
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_GAIN, 1), 0.5f);
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_GAIN, 2), 1.0f);
    cr_assert_eq(get(engine, RSD_PARAM_MIX, 0), 1.0f);
    cr_assert_eq(get(engine, RSD_PARAM_LEVEL_MUTE, 5), 0.0f);
    const rsd_preset rate = parse(HEAD "{ \"bitrate_kbps\": 30 } }");
    cr_assert_eq(rsd_preset_apply(&rate, engine), RSD_OK);
    const float levels = get(engine, RSD_PARAM_LEVELS, 0);
    cr_assert_eq(levels, 64.0f, "a ceiling over all levels");
    cr_assert_eq(get(engine, RSD_PARAM_BITRATE_KBPS, 0), 30.0f);
    const rsd_preset both = parse(HEAD "{ \"levels\": 3, \"bitrate_kbps\": 30 } }");
    cr_assert_eq(rsd_preset_apply(&both, engine), RSD_OK);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), 3.0f);
    cr_assert_eq(get(engine, RSD_PARAM_BITRATE_KBPS, 0), 30.0f);
    cr_assert_eq(rsd_preset_apply(&rate, engine), RSD_OK);
    rsd_preset broken = preset;
    broken.settings[0].value = 99.0f;
    cr_assert_eq(rsd_preset_apply(&broken, engine), RSD_ERR_ARG);
    cr_assert_eq(get(engine, RSD_PARAM_LEVELS, 0), levels, "nothing of a bad one is applied");
    rsd_engine_destroy(engine);
}

Test(preset, every_built_in_one_loads_by_its_name_applies_and_says_what_one_hears)
{
    rsd_engine *engine = make_engine(48000, 1);
    const char *json, *previous = "";
    size_t json_bytes;
    uint32_t count = 0;
    char names[64][64];
    for (; rsd_preset_builtin(count, &json, &json_bytes); count++) {
        rsd_preset preset, by_name;
        rsd_error error;
        cr_assert_lt(count, 64u);
        cr_assert_eq(rsd_preset_parse(json, json_bytes, "built-in", &preset, &error), RSD_OK, "%s", error.text);
        snprintf(names[count], sizeof names[count], "%s", preset.name);
        cr_assert_lt(strcmp(previous, names[count]), 0, "%s is not in order", preset.name);
        previous = names[count];
        cr_assert_gt(strlen(preset.description), 20u, "%s", preset.name);
        cr_assert_eq(rsd_preset_open(preset.name, &by_name, &error), RSD_OK, "%s", error.text);
        cr_assert_str_eq(by_name.description, preset.description);
        cr_assert_eq(rsd_preset_apply(&preset, engine), RSD_OK, "%s", preset.name);
        if (preset.codec[0] != '\0') rsd_model_release(open_model(preset.codec));
    }
    cr_assert_geq(count, 12u);
    rsd_engine_destroy(engine);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file, "%s", path);
    fputs(text, file);
    fclose(file);
}

Test(preset, a_users_own_comes_before_a_built_in_one_and_files_are_named_in_errors)
{
    char folder[] = "residuum-preset-XXXXXX", path[256];
    rsd_preset preset;
    rsd_error error;
    cr_assert_not_null(mkdtemp(folder));
    char *full = realpath(folder, NULL);
    setenv("XDG_CONFIG_HOME", full, 1);
    snprintf(path, sizeof path, "%s/residuum", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/residuum/presets", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/residuum/presets/telephone.json", folder);
    write_text(path, "{ \"name\": \"telephone\", \"description\": \"mine\" }");
    cr_assert_eq(rsd_preset_open("telephone", &preset, &error), RSD_OK, "%s", error.text);
    cr_assert_str_eq(preset.description, "mine");
    cr_assert_eq(rsd_preset_open(path, &preset, &error), RSD_OK, "%s", error.text);
    write_text(path, "{ \"name\": \"telephone\",\n \"description\": \"mine\",\n oops }");
    cr_assert_eq(rsd_preset_open("telephone", &preset, &error), RSD_ERR_FORMAT);
    cr_assert_not_null(strstr(error.text, "telephone.json:3"), "%s", error.text);
    unlink(path);
    cr_assert_eq(rsd_preset_open(path, &preset, &error), RSD_ERR_IO);
    cr_assert_not_null(strstr(error.text, "telephone.json"), "%s", error.text);
    cr_assert_eq(rsd_preset_open("no-such-preset", &preset, &error), RSD_ERR_NOT_FOUND);
    cr_assert_not_null(strstr(error.text, "no-such-preset"), "%s", error.text);
    cr_assert_eq(rsd_preset_open("", &preset, &error), RSD_ERR_ARG);
    snprintf(path, sizeof path, "%s/residuum/presets", folder);
    rmdir(path);
    snprintf(path, sizeof path, "%s/residuum", folder);
    rmdir(path);
    rmdir(folder);
    free(full);
}

Test(preset, what_is_captured_and_printed_reads_back_the_same)
{
    rsd_engine *engine = make_engine(48000u, 1u);
    rsd_preset made, again;
    rsd_error error;
    set(engine, RSD_PARAM_LEVELS, 0, 3.4f);
    set(engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_RESIDUAL);
    set(engine, RSD_PARAM_LEVEL_GAIN, 4, 0.1f);
    set(engine, RSD_PARAM_BYPASS, 0, 1.0f);
    set(engine, RSD_PARAM_LFO2_TARGET, 0, (float)rsd_param_target(rsd_param_by_id(RSD_PARAM_LEVEL_GAIN), 2u));
    cr_assert_eq(rsd_preset_capture(engine, "mine", "live-64", &made), RSD_OK);
    cr_assert_eq(made.setting_count, 5u);
    char *text = rsd_preset_print(&made);
    cr_assert_not_null(text);
    cr_assert(strstr(text, "\"level_gain[3]\"") && strstr(text, "\"residual\""), "names are names: %s", text);
    cr_assert_eq(rsd_preset_parse(text, strlen(text), "text", &again, &error), RSD_OK, "%s", error.text);
    cr_assert_str_eq(again.codec, "live-64");
    cr_assert_eq(again.setting_count, made.setting_count);
    rsd_engine *other = make_engine(48000u, 1u);
    cr_assert_eq(rsd_preset_apply(&again, other), RSD_OK);
    const rsd_param_info *info;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++)
        for (uint32_t k = 0; info->unit != RSD_UNIT_TEXT && k < (rsd_param_is_per_level(info) ? RSD_MAX_LEVELS : 1u);
             k++)
            cr_assert_eq(get(other, info->id, k), get(engine, info->id, k), "%s", info->symbol);
    free(text);
    cr_assert_eq(rsd_preset_save(&made, ".hidden", &error), RSD_ERR_ARG);
    cr_assert_eq(rsd_preset_save(&made, "", &error), RSD_ERR_ARG);
    rsd_engine_destroy(engine);
    rsd_engine_destroy(other);
}
