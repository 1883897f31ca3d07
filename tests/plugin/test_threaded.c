// SPDX-License-Identifier: MIT
// Neural codecs in the plugins: threaded, with the same latency on every machine, exact in a render.
#include "clap_host.h"
#include "lv2_host.h"

#include "plug.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RATE 48000u
#define COUNT 30000u

static void lv2_block(test_lv2 *h, sound_set *s, uint32_t at, uint32_t count)
{
    float *in[2] = {s->in[0] + at, s->in[1] + at}, *out[2] = {s->out[0] + at, s->out[1] + at};
    run_lv2(h, in, out, count);
    begin_events(h);
}

/* What `process` gives, inline, a hop later. */
static void inline_reference(const char *codec, sound_set *s, uint32_t channels, uint32_t hop)
{
    rsd_model *model;
    rsd_engine *engine = NULL;
    const rsd_engine_config config = {RATE, channels, RSD_SCHEDULE_INLINE, 0, 0};
    need(rsd_model_open(codec, &model, NULL) == RSD_OK, codec);
    need(rsd_engine_create(&config, model, &engine, NULL) == RSD_OK, "an engine");
    const float *in[2] = {s->in[0], s->in[1]};
    float *out[2] = {s->wanted[0] + hop, s->wanted[1] + hop};
    rsd_engine_process(engine, in, out, s->count - hop);
    rsd_engine_destroy(engine);
    rsd_model_release(model);
}

static uint32_t inline_latency(const char *codec)
{
    rsd_model *model;
    rsd_engine *engine = NULL;
    rsd_engine_latency latency;
    const rsd_engine_config config = {RATE, 1u, RSD_SCHEDULE_INLINE, 0, 0};
    need(rsd_model_open(codec, &model, NULL) == RSD_OK, codec);
    need(rsd_engine_create(&config, model, &engine, NULL) == RSD_OK, "an engine");
    rsd_engine_get_latency(engine, &latency);
    rsd_engine_destroy(engine);
    rsd_model_release(model);
    return latency.total_samples;
}

static test_lv2 *lv2_with(const char *codec, uint32_t channels)
{
    test_lv2 *h = open_lv2(channels, RATE);
    begin_events(h);
    *control_of(h, "codec") = (float)plug_codec_index(codec);
    h->descriptor->activate(h->handle);
    return h;
}

static const uint32_t blocks[] = {1u, 64u, 100u, 480u, 1024u, 8192u};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A host that says nothing must be faster than real time to be known. A busy machine is not. */
static bool is_render(double start_s, uint32_t block)
{
    const double took_s = now_s() - start_s;
    const bool is_fast = took_s < 0.5 * COUNT / RATE;
    if (!is_fast) printf("blocks of %u took %.2f s: no render, not looked at\n", block, took_s);
    return is_fast;
}

/* A host that says nothing, from the first sample on. */
Test(threaded_plugins, lv2_renders_are_those_of_process_a_hop_later, .timeout = 600)
{
    const uint32_t hop = 960u; /* 320 at 16 kHz */
    sound_set s = make_sound(COUNT, 3u);
    inline_reference("lyra-v2", &s, 2u, hop);
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        test_lv2 *h = lv2_with("lyra-v2", 2u);
        const double start_s = now_s();
        for (uint32_t at = 0; at < COUNT; at += blocks[b])
            lv2_block(h, &s, at, COUNT - at < blocks[b] ? COUNT - at : blocks[b]);
        const bool is_looked_at = is_render(start_s, blocks[b]);
        cr_assert_eq(h->latency, (float)(inline_latency("lyra-v2") + hop));
        if (!is_looked_at) {
            close_lv2(h);
            continue;
        }
        cr_assert_eq(h->meters[RLV2_METER_LATE], 0.0f);
        cr_assert_eq(first_difference(&s, 2u), COUNT, "blocks of %u: sample %u", blocks[b], first_difference(&s, 2u));
        close_lv2(h);
    }
    free_sound(&s);
}

/* First in real time, so that the pace says nothing; then the port alone tells of the render. */
Test(threaded_plugins, the_free_wheeling_port_makes_what_follows_exact_at_once, .timeout = 600)
{
    const uint32_t hop = 960u, live = 14400u, block = 480u;
    sound_set s = make_sound(COUNT, 4u);
    float free_wheeling = 0.0f;
    test_lv2 *h = lv2_with("lyra-v2", 1u);
    h->descriptor->connect_port(h->handle, rlv2_port_free_wheeling(1u, h->param_count), &free_wheeling);
    inline_reference("lyra-v2", &s, 1u, hop);
    for (uint32_t at = 0; at < live; at += block) {
        usleep(20000);
        lv2_block(h, &s, at, block);
    }
    free_wheeling = 1.0f;
    for (uint32_t at = live; at + block <= COUNT; at += block) lv2_block(h, &s, at, block);
    for (uint32_t i = 0; i < COUNT / block * block; i++)
        cr_assert_eq(s.out[0][i], s.wanted[0][i], "sample %u, %g late", i, (double)h->meters[RLV2_METER_LATE]);
    close_lv2(h);
    free_sound(&s);
}

Test(threaded_plugins, clap_offline_renders_are_those_of_process_a_hop_later, .timeout = 600)
{
    const uint32_t hop = 960u;
    sound_set s = make_sound(COUNT, 5u);
    inline_reference("lyra-v2", &s, 2u, hop);
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        test_host *h = open_host();
        const clap_plugin_render_t *render = h->plugin->get_extension(h->plugin, CLAP_EXT_RENDER);
        set_now(h, "Codec", plug_codec_index("lyra-v2"));
        main_loop(h);
        start(h, RATE);
        cr_assert(render->set(h->plugin, CLAP_RENDER_OFFLINE));
        cr_assert_eq(h->latency->get(h->plugin), inline_latency("lyra-v2") + hop);
        for (uint32_t at = 0; at < COUNT; at += blocks[b]) {
            float *in[2] = {s.in[0] + at, s.in[1] + at}, *out[2] = {s.out[0] + at, s.out[1] + at};
            process(h, in, out, 2u, COUNT - at < blocks[b] ? COUNT - at : blocks[b]);
        }
        cr_assert_eq(first_difference(&s, 2u), COUNT, "blocks of %u: sample %u", blocks[b], first_difference(&s, 2u));
        stop(h);
        close_host(h);
    }
    free_sound(&s);
}

/* ---- states with a folder's codec ---- */

static unsigned logs;
static char last_log[1024];

static void keep_log(void *context, plug_log_level level, const char *text)
{
    (void)context, (void)level;
    logs++;
    snprintf(last_log, sizeof last_log, "%s", text);
}

static plug *make_plug(void)
{
    plug *made = NULL;
    const plug_config config = {.sample_rate_hz = RATE, .channel_count = 1u, .log = keep_log};
    need(plug_create(&config, &made, NULL) == RSD_OK, "a plugin");
    return made;
}

static void copy(const char *from, const char *folder, const char *name)
{
    char path[512], bytes[4096];
    snprintf(path, sizeof path, "%s/%s", from, name);
    FILE *in = fopen(path, "rb");
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    need(in && out, path);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, in)) > 0;) need(fwrite(bytes, 1, got, out) == got, path);
    fclose(in);
    fclose(out);
}

static void remove_model(const char *folder)
{
    char path[600];
    snprintf(path, sizeof path, "%s/config.json", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    unlink(path);
    rmdir(folder);
}

static char *saved_with(const char *folder)
{
    char *text = NULL;
    plug *p = make_plug();
    need(plug_set_codec(p, folder, PLUG_CODEC_ANY, NULL, NULL) == RSD_OK, folder);
    need(plug_save(p, NULL, &text, NULL) == RSD_OK, "a state");
    plug_destroy(p);
    return text;
}

static void load(plug *p, const char *text)
{
    const plug_load_options options = {.rule = PLUG_CODEC_ANY};
    logs = 0;
    cr_assert_eq(plug_load(p, text, strlen(text), &options, NULL), RSD_OK);
}

Test(threaded_plugins, a_state_knows_the_model_in_a_folder_and_says_when_it_is_another_or_gone)
{
    char folder[] = "/tmp/rsd-plug-XXXXXX", codec[PLUG_PATH_BYTES], path[512];
    need(mkdtemp(folder) != NULL, "a folder");
    copy(ENCODEC_FOLDER, folder, "config.json");
    copy(ENCODEC_FOLDER, folder, "model.safetensors");
    char *text = saved_with(folder), *again = saved_with(folder);
    cr_assert_not_null(strstr(text, "\"codec_hash\""), "%s", text);
    cr_assert_str_eq(text, again);
    plug *p = make_plug();
    load(p, text);
    cr_assert_eq(logs, 0u, "%s", last_log);
    plug_codec(p, codec, sizeof codec);
    cr_assert_not_null(strstr(codec, "rsd-plug-"), "%s", codec);
    plug_destroy(p);

    snprintf(path, sizeof path, "%s/config.json", folder);
    FILE *config = fopen(path, "ab");
    fputs("\n\n", config);
    fclose(config);
    p = make_plug();
    load(p, text);
    cr_assert_eq(logs, 1u);
    cr_assert_not_null(strstr(last_log, "is not the one of this session"), "%s", last_log);
    plug_destroy(p);

    remove_model(folder);
    p = make_plug();
    load(p, text);
    cr_assert_eq(logs, 1u);
    cr_assert_not_null(strstr(last_log, folder), "%s", last_log);
    cr_assert_not_null(strstr(last_log, "is not there"), "%s", last_log);
    char *kept = NULL;
    cr_assert_eq(plug_save(p, NULL, &kept, NULL), RSD_OK);
    cr_assert_not_null(strstr(kept, folder), "the session keeps the name: %s", kept);
    cr_assert_eq(memcmp(strstr(kept, "\"codec_hash\""), strstr(text, "\"codec_hash\""), 32u), 0, "and the hash");
    plug_destroy(p);
    free(kept), free(text), free(again);
}

/* A session is opened from another working folder than it was saved from. */
Test(threaded_plugins, a_folder_without_a_dot_in_its_name_is_saved_by_its_whole_path)
{
    char parent[] = "/tmp/rsd-plug-XXXXXX", folder[512];
    need(mkdtemp(parent) != NULL && chdir(parent) == 0, "a folder");
    snprintf(folder, sizeof folder, "%s/encodec", parent);
    need(mkdir("encodec", 0700) == 0, folder);
    copy(ENCODEC_FOLDER, folder, "config.json");
    copy(ENCODEC_FOLDER, folder, "model.safetensors");
    char *text = saved_with("encodec");
    char *narrow = saved_with("encodec" RSD_CODEC_INT16);
    cr_assert_not_null(strstr(text, folder), "%s", text);
    cr_assert_not_null(strstr(narrow, folder), "with 16-bit weights too: %s", narrow);
    cr_assert_not_null(strstr(narrow, RSD_CODEC_INT16 "\""), "%s", narrow);
    cr_assert_eq(memcmp(strstr(narrow, "\"codec_hash\""), strstr(text, "\"codec_hash\""), 32u), 0, "of the same files");
    free(text), free(narrow);
    remove_model(folder);
    rmdir(parent);
}
