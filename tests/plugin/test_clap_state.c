// SPDX-License-Identifier: MIT
// States, presets and the life of the CLAP plugin.
#include "clap_host.h"

#include <criterion/criterion.h>

#include <unistd.h>

#define RATE 48000u

static void randomise(test_host *h, uint32_t *seed)
{
    clap_param_info_t info;
    for (uint32_t i = 0; i < h->params->count(h->plugin); i++) {
        if (!h->params->get_info(h->plugin, i, &info) || !(info.flags & CLAP_PARAM_IS_AUTOMATABLE)) continue;
        const double share = 0.5 * (1.0 + (double)test_noise(seed));
        add_event(h, info.id, 0, info.min_value + (info.max_value - info.min_value) * share);
    }
    flush_events(h);
}

static void compare_values(test_host *a, test_host *b)
{
    clap_param_info_t info;
    double x, y;
    for (uint32_t i = 0; i < a->params->count(a->plugin); i++) {
        cr_assert(a->params->get_info(a->plugin, i, &info));
        cr_assert(a->params->get_value(a->plugin, info.id, &x) && b->params->get_value(b->plugin, info.id, &y));
        cr_assert_eq(x, y, "%s: %.9g, then %.9g", info.name, x, y);
    }
}

Test(clap_state, a_state_comes_back_to_the_bit_through_streams_that_give_a_few_bytes_at_a_time)
{
    uint32_t seed = 77u;
    for (int round = 0; round < 20; round++) {
        test_host *a = open_host(), *b = open_host();
        randomise(a, &seed);
        memory_stream first = save_state(a, 23u);
        cr_assert(load_state(b, first.bytes, first.size, 17u));
        cr_assert_gt(b->rescans, 0u);
        compare_values(a, b);
        memory_stream second = save_state(b, 0u);
        cr_assert_eq(first.size, second.size);
        cr_assert_arr_eq(first.bytes, second.bytes, first.size);
        free(first.bytes);
        free(second.bytes);
        close_host(a);
        close_host(b);
    }
}

Test(clap_state, a_loaded_state_gives_the_same_samples)
{
    sound_set s = make_sound(9000u, 4u);
    test_host *a = open_host(), *b = open_host();
    uint32_t seed = 5u;
    randomise(a, &seed);
    set_now(a, "Bypass", 0.0);
    set_now(a, "Codec", 0.0);
    memory_stream state = save_state(a, 0u);
    start(a, RATE);
    process(a, s.in, s.out, 2u, s.count);
    stop(a);
    cr_assert(load_state(b, state.bytes, state.size, 0u));
    start(b, RATE);
    process(b, s.in, s.wanted, 2u, s.count);
    stop(b);
    cr_assert_eq(first_difference(&s, 2u), s.count);
    free(state.bytes);
    close_host(a);
    close_host(b);
    free_sound(&s);
}

Test(clap_state, damaged_states_are_refused_or_limited_and_never_harm)
{
    float silence[64] = {0}, left[64], right[64];
    float *in[2] = {silence, silence}, *out[2] = {left, right};
    test_host *h = open_host();
    uint32_t seed = 1234u;
    memory_stream good = save_state(h, 0u);
    cr_assert(!load_state(h, "", 0u, 0u), "an empty state is refused");
    cr_assert(!load_state(h, "{}", 2u, 0u), "a state of nobody is refused");
    start(h, RATE);
    for (int round = 0; round < 1500; round++) {
        char *bad = malloc(good.size + 1u);
        size_t size = good.size;
        memcpy(bad, good.bytes, size + 1u);
        for (uint32_t hits = test_between(&seed, 1u, 6u); hits > 0u; hits--)
            bad[test_between(&seed, 0u, (uint32_t)size - 1u)] = (char)test_between(&seed, 1u, 255u);
        if (round % 3 == 0) size = test_between(&seed, 0u, (uint32_t)size);
        /* No server of a random port in a test. */
        if (!strstr(bad, "\"osc_port\":0,") || !strstr(bad, "\"http_port\":0,")) size = size / 2u;
        load_state(h, bad, size, 0u);
        free(bad);
        process(h, in, out, 2u, 64u);
        for (int i = 0; i < 64; i++) cr_assert(isfinite(left[i]) && isfinite(right[i]));
        main_loop(h);
    }
    stop(h);
    free(good.bytes);
    close_host(h);
}

Test(clap_state, a_state_of_another_version_keeps_what_is_known)
{
    static const char newer[] = "{\"format\":\"residuum-plugin-state\",\"version\":9,\"made_by\":\"7.1.0\",\"new\":[1],"
                                "\"codec\":\"live-64\",\"parameters\":{\"levels\":2.25,\"shimmer\":4,\"mix\":7,"
                                "\"level_gain\":[1,0.5],\"monitor\":\"wet\"}}";
    test_host *h = open_host();
    cr_assert(load_state(h, newer, sizeof newer - 1u, 0u));
    cr_assert_float_eq(value_of(h, "Levels"), 2.25 / 12.0, 1e-6, "of the 12 of live-64");
    cr_assert_eq(value_of(h, "Mix"), 1.0, "out of range is clamped");
    cr_assert_float_eq(value_of(h, "Level 2 gain"), 0.5, 1e-9);
    cr_assert_eq(value_of(h, "Monitor"), 0.0, "what is no number is the default");
    cr_assert_eq(value_of(h, "Codec"), 0.0);
    cr_assert_eq(h->logs, 1u, "one line for what is left out");
    cr_assert(strstr(h->last_log, "7.1.0") && strstr(h->last_log, "shimmer"), "%s", h->last_log);
    close_host(h);
}

/* Names of files are bytes of any encoding; a state is JSON, which is UTF-8. */
Test(clap_state, a_codecs_name_that_is_not_utf8_is_kept_to_the_byte)
{
    static const char bytes[] =
        "2f6e6f77686572652f68f672656e2e7361666574656e736f7273"; /* /nowhere/h(0xf6)ren.safetensors */
    char state[400];
    snprintf(state, sizeof state,
             "{\"format\":\"residuum-plugin-state\",\"version\":1,\"codec\":\"/nowhere/h?ren.safetensors\","
             "\"codec_bytes\":\"%s\",\"parameters\":{\"levels\":3}}",
             bytes);
    test_host *h = open_host();
    cr_assert(load_state(h, state, strlen(state), 0u));
    cr_assert_float_eq(value_of(h, "Levels"), 3.0 / LIVE_LEVELS, 1e-6);
    memory_stream again = save_state(h, 0u);
    cr_assert(strstr(again.bytes, bytes), "%s", again.bytes);
    cr_assert(strstr(again.bytes, "/nowhere/h\xef\xbf\xbdren.safetensors"), "%s", again.bytes);
    free(again.bytes);
    close_host(h);
}

Test(clap_state, a_codec_that_is_not_there_is_said_once_and_its_name_is_kept)
{
    static const char state[] =
        "{\"format\":\"residuum-plugin-state\",\"version\":1,\"codec\":\"/nowhere/mine.safetensors\","
        "\"codec_hash\":\"00c0ffee00c0ffee\",\"parameters\":{\"levels\":3}}";
    float silence[64] = {0}, left[64], right[64];
    float *in[2] = {silence, silence}, *out[2] = {left, right};
    test_host *h = open_host();
    cr_assert(load_state(h, state, sizeof state - 1u, 0u));
    start(h, RATE);
    for (int i = 0; i < 20; i++) process(h, in, out, 2u, 64u), main_loop(h);
    stop(h);
    cr_assert_eq(h->logs, 1u, "%u lines in the log, the last: %s", h->logs, h->last_log);
    cr_assert(strstr(h->last_log, "/nowhere/mine.safetensors"), "%s", h->last_log);
    cr_assert_float_eq(value_of(h, "Levels"), 3.0 / LIVE_LEVELS, 1e-6);
    memory_stream again = save_state(h, 0u);
    cr_assert(strstr(again.bytes, "/nowhere/mine.safetensors") && strstr(again.bytes, "00c0ffee00c0ffee"), "%s",
              again.bytes);
    free(again.bytes);
    set_now(h, "Codec", 0.0); /* the person picks another one */
    again = save_state(h, 0u);
    cr_assert(!strstr(again.bytes, "nowhere"));
    free(again.bytes);
    close_host(h);
}

/* ---- presets ---- */

typedef struct {
    char names[64][64];
    unsigned count, plugin_ids, of_cross;
} preset_list;

static bool r_begin(const clap_preset_discovery_metadata_receiver_t *r, const char *name, const char *key)
{
    preset_list *list = r->receiver_data;
    cr_assert_str_eq(name, key);
    snprintf(list->names[list->count++], 64, "%s", key);
    return list->count < 64;
}
static void r_error(const clap_preset_discovery_metadata_receiver_t *r, int32_t os, const char *text)
{
    (void)r, (void)os;
    cr_assert_fail("%s", text);
}
static void r_plugin(const clap_preset_discovery_metadata_receiver_t *r, const clap_universal_plugin_id_t *id)
{
    cr_assert(strcmp(id->abi, "clap") == 0 && strcmp(id->id, "org.residuum.residuum") == 0);
    ((preset_list *)r->receiver_data)->plugin_ids++;
}
static void r_text(const clap_preset_discovery_metadata_receiver_t *r, const char *text) { (void)r, (void)text; }
static void r_feature(const clap_preset_discovery_metadata_receiver_t *r, const char *feature)
{
    ((preset_list *)r->receiver_data)->of_cross += strcmp(feature, "Cross") == 0;
}
static void r_flags(const clap_preset_discovery_metadata_receiver_t *r, uint32_t flags) { (void)r, (void)flags; }
static void r_times(const clap_preset_discovery_metadata_receiver_t *r, clap_timestamp a, clap_timestamp b)
{
    (void)r, (void)a, (void)b;
}
static void r_extra(const clap_preset_discovery_metadata_receiver_t *r, const char *key, const char *value)
{
    (void)r, (void)key, (void)value;
}
static bool i_type(const clap_preset_discovery_indexer_t *i, const clap_preset_discovery_filetype_t *t)
{
    return i && strcmp(t->file_extension, "json") == 0;
}
static bool i_location(const clap_preset_discovery_indexer_t *i, const clap_preset_discovery_location_t *l)
{
    if (i->indexer_data && l->kind == CLAP_PRESET_DISCOVERY_LOCATION_FILE)
        snprintf(i->indexer_data, 128, "%s", l->location);
    return i && l->name[0] != '\0';
}

static preset_list find_presets(test_host *h)
{
    preset_list list = {.count = 0};
    const clap_preset_discovery_factory_t *factory = h->entry->get_factory(CLAP_PRESET_DISCOVERY_FACTORY_ID);
    const clap_preset_discovery_indexer_t indexer = {
        .clap_version = CLAP_VERSION_INIT, .name = "test", .declare_filetype = i_type, .declare_location = i_location};
    const clap_preset_discovery_metadata_receiver_t receiver = {&list,  r_error, r_begin, r_plugin,  r_text, r_flags,
                                                                r_text, r_text,  r_times, r_feature, r_extra};
    const clap_preset_discovery_provider_t *provider =
        factory->create(factory, &indexer, factory->get_descriptor(factory, 0u)->id);
    cr_assert(provider->init(provider));
    cr_assert(provider->get_metadata(provider, CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN, NULL, &receiver));
    provider->destroy(provider);
    return list;
}

Test(clap_state, every_preset_is_found_and_gives_the_samples_of_process)
{
    sound_set s = make_sound(6000u, 2u);
    test_host *h = open_host();
    const clap_plugin_preset_load_t *loader = h->plugin->get_extension(h->plugin, CLAP_EXT_PRESET_LOAD);
    const preset_list list = find_presets(h);
    rsd_preset preset;
    unsigned builtins = 0;
    const char *json;
    size_t bytes;
    while (rsd_preset_builtin(builtins, &json, &bytes)) builtins++;
    cr_assert_eq(list.count, builtins);
    cr_assert_eq(list.plugin_ids, builtins);
    cr_assert_eq(list.of_cross, 5u, "the group is told as a feature");
    for (unsigned i = 0; i < list.count; i++) {
        set_now(h, "Codec", 1.0); /* as process has it where a preset names none */
        cr_assert(loader->from_location(h->plugin, CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN, NULL, list.names[i]));
        cr_assert_eq(rsd_preset_open(list.names[i], &preset, NULL), RSD_OK);
        start(h, RATE);
        process(h, s.in, s.out, 2u, s.count);
        stop(h);
        const ref_job job = {RATE, 2u, preset.codec[0] ? preset.codec : "live", &preset, NULL, 0u};
        ref_render(&job, s.in, s.wanted, s.count);
        cr_assert_eq(first_difference(&s, 2u), s.count, "preset %s: sample %u differs", list.names[i],
                     first_difference(&s, 2u));
    }
    cr_assert_eq(h->presets_loaded, builtins);
    cr_assert(!loader->from_location(h->plugin, CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN, NULL, "no-such"));
    cr_assert_eq(h->preset_errors, 1u);
    close_host(h);
    free_sound(&s);
}

Test(clap_state, a_preset_of_the_users_folder_is_found_and_loaded)
{
    char config[] = "/tmp/rsd-clap-XXXXXX", folder[128], found[128] = "", path[160];
    rsd_preset preset = {.name = "mine", .description = "x", .codec = "live-128", .setting_count = 1};
    preset.settings[0].param_id = RSD_PARAM_MIX, preset.settings[0].value = 0.25f;
    cr_assert(mkdtemp(config));
    setenv("XDG_CONFIG_HOME", config, 1);
    cr_assert_eq(rsd_preset_save(&preset, "mine", NULL), RSD_OK);
    test_host *h = open_host();
    const clap_plugin_preset_load_t *loader = h->plugin->get_extension(h->plugin, CLAP_EXT_PRESET_LOAD);
    const clap_preset_discovery_factory_t *factory = h->entry->get_factory(CLAP_PRESET_DISCOVERY_FACTORY_ID);
    const clap_preset_discovery_indexer_t indexer = {.clap_version = CLAP_VERSION_INIT,
                                                     .name = "test",
                                                     .indexer_data = found,
                                                     .declare_filetype = i_type,
                                                     .declare_location = i_location};
    const clap_preset_discovery_provider_t *provider =
        factory->create(factory, &indexer, factory->get_descriptor(factory, 0u)->id);
    cr_assert(provider->init(provider));
    provider->destroy(provider);
    snprintf(folder, sizeof folder, "%s/residuum/presets", config);
    cr_assert_str_eq(found, folder);
    snprintf(path, sizeof path, "%s/mine.json", found);
    cr_assert(loader->from_location(h->plugin, CLAP_PRESET_DISCOVERY_LOCATION_FILE, path, NULL));
    cr_assert_float_eq(value_of(h, "Mix"), 0.25, 1e-6);
    close_host(h);
    unlink(path);
    rmdir(folder);
    *strrchr(folder, '/') = '\0'; /* residuum */
    rmdir(folder);
    rmdir(config);
}

/* ---- life ---- */

typedef struct {
    bool is_active, is_processing;
} life;

static void step(test_host *h, life *l, sound_set *s, uint32_t *seed)
{
    memory_stream state;
    switch (test_between(seed, 0u, 9u)) {
    case 0:
        if (!l->is_active) l->is_active = h->plugin->activate(h->plugin, test_between(seed, 8000u, 96000u), 1, 4096);
        break;
    case 1:
        if (l->is_active && !l->is_processing) h->plugin->deactivate(h->plugin), l->is_active = false;
        break;
    case 2:
    case 3:
        h->on_audio_thread = true;
        if (l->is_active && !l->is_processing)
            l->is_processing = h->plugin->start_processing(h->plugin);
        else if (l->is_processing && test_random(seed) >> 30 == 0u)
            h->plugin->stop_processing(h->plugin), l->is_processing = false;
        h->on_audio_thread = false;
        break;
    case 4:
        h->on_audio_thread = true;
        if (l->is_active) h->plugin->reset(h->plugin);
        h->on_audio_thread = false;
        break;
    case 5:
        add_event(h, id_of(h, "Codec"), 0, test_between(seed, 0u, 2u));
        if (!l->is_processing) flush_events(h);
        break;
    case 6:
        state = save_state(h, 0u);
        cr_assert(load_state(h, state.bytes, state.size, 0u));
        free(state.bytes);
        break;
    default:
        if (l->is_processing) process(h, s->in, s->out, 2u, test_between(seed, 0u, s->count));
        break;
    }
}

Test(clap_life, activation_in_every_legal_order_never_harms)
{
    sound_set s = make_sound(2000u, 6u);
    test_host *h = open_host();
    life l = {false, false};
    uint32_t seed = 99u, before_restart = 0;
    for (int i = 0; i < 1500; i++) {
        step(h, &l, &s, &seed);
        main_loop(h);
        for (uint32_t k = 0; k < s.count; k++) cr_assert(isfinite(s.out[0][k]) && isfinite(s.out[1][k]));
        if (h->restart_asked == before_restart) continue;
        before_restart = h->restart_asked; /* as a host does, at once */
        if (l.is_processing)
            h->on_audio_thread = true, h->plugin->stop_processing(h->plugin), h->on_audio_thread = false;
        if (l.is_active) h->plugin->deactivate(h->plugin);
        l = (life){false, false};
    }
    if (l.is_processing) h->on_audio_thread = true, h->plugin->stop_processing(h->plugin), h->on_audio_thread = false;
    if (l.is_active) h->plugin->deactivate(h->plugin);
    cr_assert_gt(before_restart, 3u);
    close_host(h);
    free_sound(&s);
}

Test(clap_life, two_hundred_instances_share_one_copy_of_the_codebooks)
{
    enum { COUNT = 200 };
    static test_host *hosts[COUNT];
    float silence[64] = {0}, left[64], right[64];
    float *in[2] = {silence, silence}, *out[2] = {left, right};
    hosts[0] = open_host();
    start(hosts[0], RATE);
    process(hosts[0], in, out, 2u, 64u);
    const long one = resident_kib();
    for (int i = 1; i < COUNT; i++) {
        hosts[i] = open_host();
        start(hosts[i], RATE);
        process(hosts[i], in, out, 2u, 64u);
    }
    const long each = (resident_kib() - one) / (COUNT - 1);
    rsd_codec_info info;
    rsd_model *model;
    need(rsd_model_open("live", &model, NULL) == RSD_OK, "a codec");
    rsd_model_info(model, RATE, &info);
    rsd_model_release(model);
    const long books = (long)info.level_count * 1024 * info.hop_samples / 1024 / 2; /* one byte each, half at least */
    /* Two seconds of two channels for feedback, half of one for the lag of the side-chain. */
    const long lines = 5 * RATE * (long)sizeof(float) / 1024;
    printf("an instance takes %ld KiB, %ld of them delay lines, the codebooks at least %ld KiB\n", each, lines, books);
    /* Two codec instances a channel and their histories of frames: less than one copy of the books all the same. */
#if defined(__SANITIZE_ADDRESS__)
    const long most = books + books / 2; /* red zones, and what was freed a moment ago */
#else
    const long most = books;
#endif
    cr_assert_lt(each - lines, most, "an instance takes %ld KiB", each);
    for (int i = 0; i < COUNT; i++) stop(hosts[i]), close_host(hosts[i]);
}
