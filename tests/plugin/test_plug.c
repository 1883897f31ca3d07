// SPDX-License-Identifier: MIT
// What all plugins share: parameters, states, codecs, OSC.
#include "plug.h"
#include "plug_limits.h"
#include "plug_log_book.h"
#include "plug_osc_support.h"
#include "plug_support.h"

#include <criterion/criterion.h>
#include <lo/lo.h>

#include <limits.h>
#include <unistd.h>

#define RATE 48000u

static plug *make_plug(log_book *book)
{
    plug *made = NULL;
    rsd_error error;
    const plug_config config = {.sample_rate_hz = RATE, .channel_count = 1u, .log = keep_log, .log_context = book};
    cr_assert_eq(plug_create(&config, &made, &error), RSD_OK, "%s", error.text);
    return made;
}

Test(plug, every_number_of_the_table_has_a_parameter_with_a_symbol_of_its_own)
{
    const rsd_param_info *info;
    char a[PLUG_TEXT_BYTES], b[PLUG_TEXT_BYTES];
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++) {
        if (info->unit == RSD_UNIT_TEXT) continue;
        const uint32_t levels = rsd_param_is_per_level(info) ? PLUG_LEVEL_PARAMS : 1u;
        for (uint32_t level = 0; level < levels; level++)
            cr_assert_lt(plug_param_find(info->id, level), plug_param_count(), "%s %u", info->symbol, level);
    }
    for (uint32_t i = 0; i < plug_param_count(); i++) {
        plug_param_symbol(plug_param_at(i), a);
        cr_assert_eq(strspn(a, "abcdefghijklmnopqrstuvwxyz_0123456789"), strlen(a), "%s", a);
        cr_assert_eq(plug_param_by_symbol(a), i);
        for (uint32_t k = 0; k < i; k++) {
            plug_param_symbol(plug_param_at(k), b);
            cr_assert(strcmp(a, b) != 0, "%s twice", a);
        }
    }
    cr_assert_null(plug_param_at(plug_param_count()));
}

Test(plug, the_end_of_a_range_means_all_that_a_codec_has)
{
    const plug_param *bits = plug_param_at(plug_param_by_symbol("codebook_bits"));
    const plug_param *kbps = plug_param_at(plug_param_by_symbol("bitrate_kbps"));
    cr_assert_eq(plug_param_to_engine(kbps, kbps->max), kbps->info->max);
    cr_assert_eq(plug_param_to_engine(kbps, 3.5f), 3.5f);
    cr_assert_eq(plug_param_from_engine(kbps, kbps->info->max), kbps->max);
    cr_assert_eq(plug_param_clamp(kbps, NAN), kbps->default_value);
    cr_assert_eq(plug_param_clamp(kbps, 1e9f), kbps->max);
    cr_assert_eq(plug_param_from_engine(bits, bits->info->max), bits->max);
}

static float levels_in_use(plug *p)
{
    float in[4096] = {0}, out[4096];
    const float *ins[1] = {in};
    float *outs[1] = {out};
    plug_process(p, ins, outs, 4096u);
    return plug_get_meters(p)->levels;
}

static rsd_codec_info info_of(const char *codec, uint32_t rate_hz)
{
    rsd_model *model = NULL;
    rsd_codec_info info;
    cr_assert_eq(rsd_model_open(codec, &model, NULL), RSD_OK);
    rsd_model_info(model, rate_hz, &info);
    rsd_model_release(model);
    return info;
}

Test(plug, a_bitrate_is_a_ceiling_that_leaves_the_levels_as_set_and_is_none_at_its_end)
{
    log_book book = {0};
    plug *p = make_plug(&book);
    const uint32_t levels = plug_param_by_symbol("levels"), bitrate = plug_param_by_symbol("bitrate_kbps");
    plug_set(p, levels, share_of_levels(3.5f));
    cr_assert_eq(levels_in_use(p), 3.5f);
    plug_set(p, bitrate, info_of("live", RATE).level_kbps[1]);
    cr_assert_eq(levels_in_use(p), 2.0f);
    cr_assert_eq(plug_get(p, levels), share_of_levels(3.5f));
    plug_set(p, bitrate, plug_param_at(bitrate)->max);
    cr_assert_eq(levels_in_use(p), 3.5f);
    plug_destroy(p);
}

/* As a state of version 1 has both: the bitrate had set the levels, and levels turned after it held. */
static float after_old_state(int version, float levels, float kbps, float *bitrate)
{
    char state[256];
    rsd_error error;
    log_book book = {0};
    plug *p = make_plug(&book);
    const plug_load_options options = {0};
    const int bytes = snprintf(state, sizeof state,
                               "{\"format\":\"residuum-plugin-state\",\"version\":%d,\"codec\":\"live-64\","
                               "\"parameters\":{\"levels\":%.9g,\"bitrate_kbps\":%.9g}}",
                               version, (double)levels, (double)kbps);
    cr_assert_eq(plug_load(p, state, (size_t)bytes, &options, &error), RSD_OK, "%s", error.text);
    const float in_use = levels_in_use(p);
    *bitrate = plug_get(p, plug_param_by_symbol("bitrate_kbps"));
    plug_destroy(p);
    return in_use;
}

Test(plug, a_state_from_before_the_ceiling_keeps_its_levels)
{
    const rsd_codec_info info = info_of("live-64", RATE);
    const float kbps = info.level_kbps[2], no_limit = plug_param_at(plug_param_by_symbol("bitrate_kbps"))->max;
    float bitrate;
    cr_assert_eq(after_old_state(1, 5.5f, kbps, &bitrate), 5.5f);
    cr_assert_eq(bitrate, no_limit);
    cr_assert_eq(after_old_state(1, 3.0f, kbps, &bitrate), 3.0f);
    cr_assert_eq(bitrate, kbps, "where it does not limit, it stays");
    cr_assert_eq(after_old_state(1, 64.0f, 1000.0f, &bitrate), (float)info.level_count);
    cr_assert_eq(after_old_state(2, 5.5f, kbps, &bitrate), 3.0f, "in a state of today it is a ceiling");
    cr_assert_eq(bitrate, kbps);
}

Test(plug, parameters_survive_another_rate_and_other_channels)
{
    log_book book = {0};
    plug *p = make_plug(&book);
    rsd_error error;
    plug_set(p, plug_param_by_symbol("bitrate_kbps"), 30.0f);
    plug_set(p, plug_param_by_symbol("levels"), share_of_levels(2.25f));
    plug_set(p, plug_param_by_symbol("level_mute_5"), 1.0f);
    plug_apply(p, RSD_PARAM_LEVEL_GAIN, 60u, 0.5f); /* a level without a parameter */
    cr_assert_eq(plug_prepare(p, 96000u, 2u, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(plug_get(p, plug_param_by_symbol("levels")), share_of_levels(2.25f));
    cr_assert_eq(plug_get(p, plug_param_by_symbol("bitrate_kbps")), 30.0f);
    cr_assert_eq(plug_get(p, plug_param_by_symbol("level_mute_5")), 1.0f);
    char *text = NULL;
    cr_assert_eq(plug_save(p, NULL, &text, &error), RSD_OK);
    cr_assert(strstr(text, "0.5"), "the level without a parameter is saved: %s", text);
    free(text);
    cr_assert_neq(plug_prepare(p, 100u, 2u, &error), RSD_OK, "a rate that is none is refused");
    plug_destroy(p);
}

/* The tap of an engine that is made anew feeds the same meter. */
Test(plug, coding_is_measured_again_after_another_rate_and_another_codec)
{
    static const struct {
        uint32_t rate_hz, channels;
        const char *codec;
    } ways[] = {{48000u, 1u, "live-64"}, {44100u, 2u, "live-64"}, {48000u, 1u, "live-256"}};
    rsd_error error;
    log_book book = {.count = 0};
    plug *p = make_plug(&book);
    plug_apply(p, RSD_PARAM_LEVELS, 0u, 1.0f);
    plug_measure_coding(p, true);
    for (size_t w = 0; w < 3u; w++) {
        float coded = 0.0f;
        cr_assert_eq(plug_set_codec(p, ways[w].codec, PLUG_CODEC_ANY, NULL, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(plug_prepare(p, ways[w].rate_hz, ways[w].channels, &error), RSD_OK, "%s", error.text);
        for (uint32_t turn = 0; turn < 400u && coded == 0.0f; turn++) {
            float in[2][4096], *io[2] = {in[0], in[1]};
            const float *ins[2] = {in[0], in[1]};
            for (uint32_t c = 0; c < 2u; c++) test_fill_notes(in[c], 4096u, ways[w].rate_hz, turn + c);
            plug_process(p, ins, io, 4096u);
            usleep(10000);
            coded = plug_get_meters(p)->coded_kbps;
        }
        cr_assert(coded > 0.5f && coded < 1.2f * plug_get_meters(p)->bitrate_kbps, "way %zu: %g kbps", w,
                  (double)coded);
    }
    plug_destroy(p);
}

Test(plug, a_preset_with_a_bitrate_takes_the_levels_of_the_codec_that_it_names)
{
    static const char json[] = "{\"name\":\"thin\",\"description\":\"thin\",\"codec\":\"live-64\","
                               "\"parameters\":{\"bitrate_kbps\":60}}";
    char path[] = "/tmp/residuum-thin-XXXXXX.json";
    log_book book = {0};
    rsd_error error;
    const int fd = mkstemps(path, 5);
    cr_assert(fd >= 0 && write(fd, json, sizeof json - 1u) == (ssize_t)sizeof json - 1 && close(fd) == 0);
    const rsd_codec_info info = info_of("live-64", RATE);
    uint32_t levels = 0;
    while (levels < info.level_count && info.level_kbps[levels] <= 60.0f) levels++;
    plug *p = make_plug(&book);
    for (int is_playing = 0; is_playing < 2; is_playing++) {
        cr_assert_eq(plug_set_codec(p, "live-256", PLUG_CODEC_ANY, NULL, &error), RSD_OK);
        if (is_playing) plug_start(p), levels_in_use(p);
        cr_assert_eq(plug_set_preset(p, path, PLUG_CODEC_ANY, NULL, &error), RSD_OK, "%s", error.text);
        levels_in_use(p); /* while the codec comes in */
        cr_assert_eq(levels_in_use(p), (float)levels);
    }
    plug_destroy(p);
    unlink(path);
}

/* ---- OSC ---- */

static void wait_for(const plug *p, uint32_t param, float value)
{
    for (int i = 0; i < 300 && plug_get(p, param) != value; i++) usleep(10000);
    cr_assert_eq(plug_get(p, param), value);
}

Test(plug, one_tool_steers_two_instances_by_osc_each_on_its_port)
{
    log_book book = {0};
    plug *p[2] = {make_plug(&book), make_plug(&book)};
    const uint32_t levels = plug_param_by_symbol("levels");
    char port[16];
    float silence[64] = {0}, out[64];
    const float *in[1] = {silence};
    float *outs[1] = {out};
    for (int i = 0; i < 2; i++) {
        const uint32_t changes = plug_change_count(p[i]);
        const uint32_t number = free_port();
        plug_set_osc_port(p[i], number);
        cr_assert_eq(book.count, 0u, "%s", book.last);
        snprintf(port, sizeof port, "%u", number);
        lo_address to = lo_address_new("127.0.0.1", port);
        plug_process(p[i], in, outs, 64u);
        lo_send(to, "/residuum/levels", "f", 2.5f + (double)i);
        wait_for(p[i], levels, share_of_levels(2.5f + (float)i));
        lo_send(to, "/residuum/level/*/gain", "f", 0.25);
        wait_for(p[i], plug_param_by_symbol("level_gain_7"), 0.25f);
        cr_assert_gt(plug_change_count(p[i]), changes, "the host learns that something changed");
        lo_address_free(to);
    }
    cr_assert_eq(plug_get(p[0], levels), share_of_levels(2.5f));
    const uint32_t taken = plug_osc_port(p[0]);
    plug_set_osc_port(p[1], taken);
    cr_assert_eq(book.count, 1u, "a port that is taken is said once");
    plug_destroy(p[0]);
    plug_destroy(p[1]);
}

Test(plug, osc_loads_what_lies_below_the_folders_of_the_environment_and_nothing_else, .timeout = 600)
{
    char port[16], name[PLUG_PATH_BYTES], real[PATH_MAX];
    for (int is_open = 0; is_open < 2; is_open++) {
        log_book book = {0};
        if (is_open) setenv("RESIDUUM_OSC_FILES", "/tmp:" MODEL_FOLDER, 1);
        plug *p = make_plug(&book);
        plug_start(p);
        plug_set_osc_port(p, free_port());
        snprintf(port, sizeof port, "%u", plug_osc_port(p));
        lo_address to = lo_address_new("127.0.0.1", port);
        lo_send(to, "/residuum/codec", "s", MODEL_FOLDER "/live-64.safetensors");
        lo_send(to, "/residuum/levels", "f", 2.0);
        wait_for(p, plug_param_by_symbol("levels"), share_of_levels(2.0f));
        if (is_open) {
            cr_assert_not_null(realpath(MODEL_FOLDER "/live-64.safetensors", real));
            wait_for_codec(p, real); /* a session finds it by this */
        }
        lo_send(to, "/residuum/codec", "s", "live-256"); /* behind the other: when it is there, that one is over */
        wait_for_codec(p, "live-256");
        lo_send(to, "/residuum/codec", "s", "/dev/ptmx");
        lo_send(to, "/residuum/levels", "f", 3.0);
        wait_for(p, plug_param_by_symbol("levels"), share_of_levels(3.0f));
        plug_codec(p, name, sizeof name);
        cr_assert_str_eq(name, "live-256");
        lo_address_free(to);
        plug_destroy(p);
        if (!is_open) cr_assert(strstr(book.last, "is refused"), "%s", book.last);
    }
}

/* A host's working folder is anybody's: what is called as a model there is not opened in its place. */
Test(plug, a_models_name_is_not_taken_for_a_folder_of_that_name)
{
    static const char *const names[] = {"encodec-24khz", ("encodec-24khz" RSD_CODEC_INT16), "live-64"};
    char folder[] = "/tmp/residuum_plug_XXXXXX", name[PLUG_PATH_BYTES], wanted[PATH_MAX];
    log_book book = {0};
    rsd_error error;
    setenv("RESIDUUM_MODELS", "/nowhere", 1);
    setenv("XDG_DATA_HOME", "/nowhere", 1);
    cr_assert(mkdtemp(folder) && chdir(folder) == 0);
    cr_assert_eq(symlink(ENCODEC_FOLDER, "encodec-24khz"), 0);
    cr_assert_eq(symlink(ENCODEC_FOLDER, "live-64"), 0);
    plug *p = make_plug(&book);
    cr_assert_eq(plug_set_codec(p, names[0], PLUG_CODEC_ANY, NULL, &error), RSD_ERR_NOT_FOUND);
    cr_assert_eq(plug_set_codec(p, names[1], PLUG_CODEC_ANY, NULL, &error), RSD_ERR_NOT_FOUND);
    cr_assert_eq(plug_set_codec(p, names[2], PLUG_CODEC_ANY, NULL, &error), RSD_OK, "%s", error.text);
    plug_codec(p, name, sizeof name);
    cr_assert_str_eq(name, "live-64");
    /* By a path it is the folder, which is kept as one that another working folder finds. */
    cr_assert_eq(plug_set_codec(p, "./encodec-24khz", PLUG_CODEC_ANY, NULL, &error), RSD_OK, "%s", error.text);
    plug_codec(p, name, sizeof name);
    cr_assert_str_eq(name, realpath(ENCODEC_FOLDER, wanted));
    plug_destroy(p);
    unlink("encodec-24khz");
    unlink("live-64");
    rmdir(folder);
}

/* Whoever opens a session without Lyra's files on this machine, and turns to it, still has it chosen when it is saved. */
Test(plug, a_listed_codec_whose_files_are_not_here_stays_chosen_until_another_is_taken)
{
    log_book book = {0};
    rsd_error error;
    char name[PLUG_PATH_BYTES], *text = NULL;
    setenv("RESIDUUM_MODELS", "/nowhere", 1);
    setenv("XDG_DATA_HOME", "/nowhere", 1);
    plug *p = make_plug(&book), *other = make_plug(&book);
    cr_assert_eq(plug_set_codec(p, "lyra-v2", PLUG_CODEC_ANY, NULL, &error), RSD_ERR_NOT_FOUND);
    cr_assert_eq(plug_set_codec(p, "no-codec", PLUG_CODEC_ANY, NULL, &error), RSD_ERR_NOT_FOUND);
    plug_codec(p, name, sizeof name);
    cr_assert_str_eq(name, "lyra-v2");
    cr_assert_eq(plug_save(p, NULL, &text, &error), RSD_OK);
    cr_assert_eq(plug_load(other, text, strlen(text), &(plug_load_options){.rule = PLUG_CODEC_ANY}, &error), RSD_OK);
    plug_codec(other, name, sizeof name);
    cr_assert_str_eq(name, "lyra-v2");
    cr_assert_eq(plug_set_codec(p, "live-64", PLUG_CODEC_ANY, NULL, &error), RSD_OK, "%s", error.text);
    plug_codec(p, name, sizeof name);
    cr_assert_str_eq(name, "live-64");
    free(text);
    plug_destroy(p);
    plug_destroy(other);
}
