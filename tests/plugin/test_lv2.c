// SPDX-License-Identifier: MIT
// The LV2 plugin in a host of our own gives the samples of process.
#include "lv2_host.h"
#include "page_support.h"

#include "engine/levels_share.h"

#include <criterion/criterion.h>

#include <unistd.h>

#define RATE 48000u
#define STEP 128u /* PLUG_STEP_US at 48 kHz */

static void render(test_lv2 *h, sound_set *s, uint32_t from, uint32_t until, uint32_t block)
{
    for (uint32_t at = from; at < until; at += block) {
        const uint32_t count = until - at < block ? until - at : block;
        float *in[2] = {s->in[0] + at, s->in[1] + at}, *out[2] = {s->out[0] + at, s->out[1] + at};
        run_lv2(h, in, out, count);
        begin_events(h);
    }
}

static void compare(sound_set *s, uint32_t channels, const char *codec, const ref_change *changes, uint32_t count)
{
    const ref_job job = {RATE, channels, codec, NULL, changes, count};
    ref_render(&job, s->in, s->wanted, s->count);
    cr_assert_eq(first_difference(s, channels), s->count, "sample %u differs", first_difference(s, channels));
}

static float latency_of(const char *codec)
{
    const ref_job job = {RATE, 1u, codec, NULL, NULL, 0u};
    return (float)ref_latency(&job);
}

static test_lv2 *start_lv2(uint32_t channel_count)
{
    test_lv2 *h = open_lv2(channel_count, RATE);
    begin_events(h);
    h->descriptor->activate(h->handle);
    return h;
}

Test(lv2, control_ports_at_the_start_of_blocks_give_the_samples_of_process)
{
    static const uint32_t blocks[] = {1u, 16u, 64u, 128u, 255u};
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        sound_set s = make_sound(9000u, 3u);
        test_lv2 *h = start_lv2(2u);
        const uint32_t turn = 4000u / blocks[b] * blocks[b];
        *control_of(h, "levels") = share_of_levels(5.5f);
        render(h, &s, 0u, turn, blocks[b]);
        *control_of(h, "levels") = share_of_levels(2.0f);
        *control_of(h, "level_gain_1") = 0.5f;
        *control_of(h, "enabled") = 1.0f;
        *control_of(h, "output_gain_db") = -6.0f;
        render(h, &s, turn, s.count, blocks[b]);
        const ref_change changes[] = {{0, RSD_PARAM_LEVELS, 0, 5.5f},
                                      {turn, RSD_PARAM_LEVELS, 0, 2.0f},
                                      {turn, RSD_PARAM_LEVEL_GAIN, 0, 0.5f},
                                      {turn, RSD_PARAM_OUTPUT_GAIN_DB, 0, -6.0f}};
        compare(&s, 2u, NULL, changes, 4u);
        h->descriptor->deactivate(h->handle);
        close_lv2(h);
        free_sound(&s);
    }
}

/* One value a block of 4096 would be a staircase of 85 ms: the plugin walks there in steps of a frame. */
Test(lv2, levels_move_in_steps_of_a_frame_through_a_long_block)
{
    sound_set s = make_sound(3u * 4096u, 5u);
    test_lv2 *h = open_lv2(1u, RATE);
    ref_change changes[64];
    uint32_t count = 0;
    begin_events(h);
    h->descriptor->activate(h->handle);
    *control_of(h, "levels") = share_of_levels(12.0f);
    render(h, &s, 0u, 4096u, 4096u);
    *control_of(h, "levels") = share_of_levels(2.0f);
    render(h, &s, 4096u, 8192u, 4096u);
    render(h, &s, 8192u, s.count, 4096u);
    changes[count++] = (ref_change){0, RSD_PARAM_LEVELS, 0, 12.0f};
    for (uint32_t step = 0; step < 4096u / STEP; step++) {
        const float share = (float)(step + 1u) / (4096.0f / STEP);
        const float from = share_of_levels(12.0f), to = share_of_levels(2.0f);
        const float value =
            engine_levels_of_share(step + 1u == 4096u / STEP ? to : from + (to - from) * share, LIVE_LEVELS);
        changes[count++] = (ref_change){4096u + step * STEP, RSD_PARAM_LEVELS, 0, value};
    }
    compare(&s, 1u, NULL, changes, count);
    close_lv2(h);
    free_sound(&s);
}

Test(lv2, a_patch_set_is_exact_to_the_sample)
{
    for (uint32_t offset = 0; offset < 256u; offset += 5u) {
        sound_set s = make_sound(2048u, 7u);
        test_lv2 *h = start_lv2(2u);
        render(h, &s, 0u, 1024u, 256u);
        add_set(h, offset, RLV2_PARAM_URI "levels", 1.5f);
        add_set(h, offset + 100u, RLV2_PARAM_URI "mix", 0.5f);
        render(h, &s, 1024u, s.count, 512u);
        const ref_change changes[] = {{1024u + offset, RSD_PARAM_LEVELS, 0, 1.5f},
                                      {1124u + offset, RSD_PARAM_MIX, 0, 0.5f}};
        compare(&s, 2u, NULL, changes, 2u);
        close_lv2(h);
        free_sound(&s);
    }
}

Test(lv2, a_midi_controller_turns_its_parameter_at_its_sample)
{
    sound_set s = make_sound(4096u, 8u);
    test_lv2 *h = start_lv2(1u);
    add_midi(h, 700, 1, 0);
    add_midi(h, 900, 3, 5); /* means nothing here */
    render(h, &s, 0u, s.count, 4096u);
    const ref_change changes[] = {{700u, RSD_PARAM_LEVELS, 0, 0.0f}};
    compare(&s, 1u, NULL, changes, 1u);
    close_lv2(h);
    free_sound(&s);
}

Test(lv2, the_hosts_position_moves_a_synced_lfo)
{
    sound_set s = make_sound(9600u, 8u);
    for (uint32_t i = 0; i < s.count; i++) s.in[0][i] = 0.25f;
    test_lv2 *h = start_lv2(1u);
    *control_of(h, "monitor") = (float)RSD_MONITOR_DRY;
    *control_of(h, "output_gain_db") = -18.0f;
    *control_of(h, "lfo1_shape") = 3.0f; /* square, a bar */
    *control_of(h, "lfo1_sync") = 4.0f;
    *control_of(h, "lfo1_target") = (float)RSD_PARAM_OUTPUT_GAIN_DB;
    *control_of(h, "lfo1_depth") = 0.25f;
    add_position(h, 0, 60.0f, 3, 1.0f);
    add_position(h, 4800, 60.0f, 3, 3.0f);
    render(h, &s, 0u, s.count, 9600u);
    cr_assert_float_eq(20.0 * log10((double)s.out[0][4700] / 0.25), -7.5, 0.1);
    cr_assert_float_eq(20.0 * log10((double)s.out[0][9500] / 0.25), -28.5, 0.1);
    close_lv2(h);
    free_sound(&s);
}

Test(lv2, disabled_is_the_input_at_the_stated_latency_and_run_of_nothing_states_it)
{
    sound_set s = make_sound(6000u, 1u);
    test_lv2 *h = start_lv2(2u);
    *control_of(h, "enabled") = 0.0f;
    render(h, &s, 0u, 0u, 1u);
    h->descriptor->run(h->handle, 0u);
    const uint32_t latency = (uint32_t)latency_of(NULL);
    cr_assert_eq(h->latency, (float)latency);
    render(h, &s, 0u, s.count, 64u);
    for (uint32_t i = latency; i < s.count; i++) cr_assert_eq(s.out[1][i], s.in[1][i - latency]);
    close_lv2(h);
    free_sound(&s);
}

/* The path that the plugin says on its notify port, or NULL. */
static const char *told_path(test_lv2 *h)
{
    const LV2_Atom_Sequence *sequence = (const LV2_Atom_Sequence *)h->notify;
    LV2_ATOM_SEQUENCE_FOREACH(sequence, event)
    {
        const LV2_Atom *property = NULL, *value = NULL;
        lv2_atom_object_get((const LV2_Atom_Object *)&event->body, urid(LV2_PATCH__property), &property,
                            urid(LV2_PATCH__value), &value, 0);
        if (property && value && ((const LV2_Atom_URID *)property)->body == urid(RLV2_CODEC_FILE_URI))
            return LV2_ATOM_BODY_CONST(value);
    }
    return NULL;
}

static void play_until_swapped(test_lv2 *h, sound_set *s, float latency)
{
    for (int i = 0; i < 400 && h->latency != latency; i++) {
        render(h, s, 0u, 128u, 128u);
        work_lv2(h);
    }
    cr_assert_eq(h->latency, latency);
}

Test(lv2, a_codec_is_loaded_by_the_worker_and_the_latency_port_follows)
{
    sound_set s = make_sound(1024u, 1u);
    test_lv2 *h = start_lv2(1u);
    render(h, &s, 0u, 256u, 128u);
    *control_of(h, "codec") = 2.0f;
    play_until_swapped(h, &s, latency_of("live-256"));
    *control_of(h, "codec") = 0.0f;
    play_until_swapped(h, &s, latency_of("live-64"));
    add_set_path(h, MODEL_FILE); /* live-128 as a file */
    render(h, &s, 0u, 128u, 128u);
    work_lv2(h);
    render(h, &s, 0u, 128u, 128u);
    cr_assert(told_path(h) && strcmp(told_path(h), MODEL_FILE) == 0, "the host is told which file it is");
    play_until_swapped(h, &s, latency_of(MODEL_FILE));
    cr_assert_null(told_path(h), "and told once");
    add_set_path(h, "/nowhere/mine.safetensors");
    for (int i = 0; i < 40; i++) render(h, &s, 0u, 128u, 128u), work_lv2(h);
    cr_assert_eq(h->logs, 1u, "%s", h->last_log);
    cr_assert(strstr(h->last_log, "/nowhere/mine.safetensors"));
    cr_assert_eq(h->latency, latency_of(MODEL_FILE), "the codec in use stays");
    close_lv2(h);
    free_sound(&s);
}

Test(lv2, a_saved_state_gives_the_same_samples_in_a_new_instance)
{
    sound_set s = make_sound(9000u, 3u);
    test_lv2 *a = open_lv2(2u, RATE), *b = open_lv2(2u, RATE);
    begin_events(a);
    begin_events(b);
    a->descriptor->activate(a->handle);
    *control_of(a, "level_solo_3") = 1.0f;
    *control_of(a, "monitor") = 2.0f;
    *control_of(a, "noise_fill") = 0.25f;
    add_set_path(a, MODEL_FILE);
    render(a, &s, 0u, 64u, 64u);
    work_lv2(a);
    for (int i = 0; i < 40; i++) render(a, &s, 0u, 128u, 128u), work_lv2(a);
    add_set(a, 0, RLV2_PARAM_URI "levels", 3.5f); /* not by its port */
    render(a, &s, 0u, 64u, 64u);
    save_lv2(a);
    cr_assert_eq(restore_lv2(b, a), LV2_STATE_SUCCESS);
    memcpy(b->controls, a->controls, sizeof b->controls); /* as a host does */
    a->descriptor->deactivate(a->handle);
    a->descriptor->activate(a->handle);
    b->descriptor->activate(b->handle);
    render(a, &s, 0u, s.count, 64u);
    for (int c = 0; c < 2; c++) memcpy(s.wanted[c], s.out[c], s.count * sizeof(float));
    render(b, &s, 0u, s.count, 256u);
    cr_assert_eq(first_difference(&s, 2u), s.count);
    const ref_change changes[] = {{0, RSD_PARAM_LEVELS, 0, 3.5f},
                                  {0, RSD_PARAM_LEVEL_SOLO, 2, 1.0f},
                                  {0, RSD_PARAM_MONITOR, 0, 2.0f},
                                  {0, RSD_PARAM_NOISE_FILL, 0, 0.25f}};
    compare(&s, 2u, MODEL_FILE, changes, 4u);
    cr_assert_eq(a->logs + b->logs, 0u, "%s%s", a->last_log, b->last_log);
    close_lv2(a);
    close_lv2(b);
    free_sound(&s);
}

static const char *codec_after(test_lv2 *h, sound_set *s, const char *property, const char *path)
{
    const char *told = NULL;
    add_set_path_of(h, property, path);
    for (int i = 0; i < 4 && !told; i++) {
        render(h, s, 0u, 128u, 128u);
        told = told_path(h);
        work_lv2(h);
    }
    return told;
}

Test(lv2, another_codec_decodes_where_a_file_of_its_shape_is_set)
{
    sound_set s = make_sound(1024u, 1u);
    test_lv2 *h = start_lv2(1u);
    render(h, &s, 0u, 256u, 128u);
    const char *told = codec_after(h, &s, RLV2_DECODER_FILE_URI, MODEL_FILE);
    cr_assert(told && strstr(told, "@" MODEL_FILE), "%s", told ? told : "nothing");
    cr_assert_eq(h->logs, 0u, "%s", h->last_log);
    told = codec_after(h, &s, RLV2_DECODER_FILE_URI, FILE_64);
    cr_assert_eq(h->logs, 1u, "a codec of another shape is refused");
    (void)codec_after(h, &s, RLV2_DECODER_FILE_URI, "none");
    cr_assert_eq(h->logs, 1u, "%s", h->last_log);
    close_lv2(h);
    free_sound(&s);
}

static void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    need(in && out, to);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, in)) > 0;) need(fwrite(bytes, 1, got, out) == got, to);
    fclose(in);
    fclose(out);
}

Test(lv2, a_session_that_was_moved_finds_its_codec_file_again)
{
    char before[] = "/tmp/residuum-before-XXXXXX", after[] = "/tmp/residuum-after-XXXXXX", old[96], moved[96];
    sound_set s = make_sound(1024u, 3u);
    test_lv2 *a = open_lv2(1u, RATE), *b = open_lv2(1u, RATE);
    need(mkdtemp(before) && mkdtemp(after), "folders");
    snprintf(old, sizeof old, "%s/mine.safetensors", before);
    snprintf(moved, sizeof moved, "%s/mine.safetensors", after);
    copy_file(FILE_64, old);
    begin_events(a);
    begin_events(b);
    a->descriptor->activate(a->handle);
    render(a, &s, 0u, 256u, 128u);
    add_set_path(a, old);
    play_until_swapped(a, &s, latency_of("live-64"));
    save_lv2_with(a, session_features);
    need(rename(old, moved) == 0, moved);
    session_folder = after;
    const LV2_State_Interface *state = b->descriptor->extension_data(LV2_STATE__interface);
    cr_assert_eq(state->restore(b->handle, host_retrieve, a, 0, session_features), LV2_STATE_SUCCESS);
    memcpy(b->controls, a->controls, sizeof b->controls);
    b->descriptor->activate(b->handle);
    render(b, &s, 0u, 256u, 128u);
    cr_assert_eq(b->latency, latency_of("live-64"));
    cr_assert_eq(b->logs, 0u, "%s", b->last_log);
    close_lv2(a);
    close_lv2(b);
    unlink(moved);
    rmdir(before);
    rmdir(after);
    free_sound(&s);
}

/* A session of when the port had levels: the host brings its number back, which is none of a share but says nothing new. */
Test(lv2, a_session_from_before_levels_were_a_share_plays_the_levels_that_it_had)
{
    static const float before[] = {3.5f, 0.5f, 48.0f};
    sound_set s = make_sound(4096u, 3u);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        test_lv2 *a = open_lv2(1u, RATE), *b = open_lv2(1u, RATE);
        char state[400];
        save_lv2(a);
        for (unsigned p = 0; p < a->property_count; p++) {
            snprintf(state, sizeof state,
                     "{\"format\":\"residuum-plugin-state\",\"version\":2,\"codec\":\"live-128\","
                     "\"parameters\":{\"levels\":%g},\"controls\":{\"levels\":%g}}",
                     before[i] < 48.0f ? (double)before[i] : 64.0, (double)before[i]);
            if (a->properties[p].type != host_map(NULL, LV2_ATOM__String)) continue;
            free(a->properties[p].value);
            a->properties[p].value = strdup(state);
            a->properties[p].size = strlen(state) + 1u;
        }
        cr_assert_eq(restore_lv2(b, a), LV2_STATE_SUCCESS);
        *control_of(b, "levels") = before[i];
        begin_events(b);
        b->descriptor->activate(b->handle);
        render(b, &s, 0u, s.count, 64u);
        const ref_change changes[] = {{0, RSD_PARAM_LEVELS, 0, before[i] < 48.0f ? before[i] : 64.0f}};
        compare(&s, 1u, NULL, changes, 1u);
        close_lv2(a);
        close_lv2(b);
    }
    free_sound(&s);
}

Test(lv2, levels_and_a_bitrate_come_back_and_mean_the_same_whichever_was_turned_last)
{
    sound_set s = make_sound(4096u, 3u);
    for (int bitrate_first = 0; bitrate_first < 2; bitrate_first++) {
        test_lv2 *a = open_lv2(1u, RATE), *b = open_lv2(1u, RATE);
        begin_events(a);
        begin_events(b);
        a->descriptor->activate(a->handle);
        if (!bitrate_first) *control_of(a, "levels") = 5.0f;
        *control_of(a, "bitrate_kbps") = 30.0f;
        render(a, &s, 0u, 64u, 64u);
        *control_of(a, "levels") = 5.0f;
        render(a, &s, 0u, 64u, 64u);
        save_lv2(a);
        cr_assert_eq(restore_lv2(b, a), LV2_STATE_SUCCESS);
        memcpy(b->controls, a->controls, sizeof b->controls);
        b->descriptor->activate(b->handle);
        render(b, &s, 0u, s.count, 64u);
        const ref_change changes[] = {{0, RSD_PARAM_LEVELS, 0, 5.0f}, {0, RSD_PARAM_BITRATE_KBPS, 0, 30.0f}};
        compare(&s, 1u, NULL, changes, 2u);
        close_lv2(a);
        close_lv2(b);
    }
    free_sound(&s);
}

Test(lv2, meters_show_energy_bitrate_and_snr)
{
    sound_set s = make_sound(24000u, 3u);
    test_lv2 *h = start_lv2(1u);
    *control_of(h, "levels") = 4.0f;
    render(h, &s, 0u, s.count, 64u);
    const float snr = h->meters[RLV2_METER_SNR];
    cr_assert_eq(h->meters[RLV2_METER_LEVELS], 4.0f);
    cr_assert_gt(snr, 3.0f);
    cr_assert_gt(h->meters[RLV2_METER_BITRATE], 5.0f);
    cr_assert_gt(h->meters[RLV2_METER_ENERGY], -40.0f);
    cr_assert_eq(h->meters[RLV2_METER_ENERGY + 5u], -120.0f, "a level that is not coded has no energy");
    *control_of(h, "levels") = 12.0f;
    render(h, &s, 0u, s.count, 64u);
    cr_assert_gt(h->meters[RLV2_METER_SNR], snr + 3.0f);
    *control_of(h, "bitrate_kbps") = 1.0f;
    render(h, &s, 0u, s.count, 64u);
    cr_assert_eq(h->meters[RLV2_METER_LEVELS], 0.0f, "under the least rate nothing is left");
    close_lv2(h);
    free_sound(&s);
}

/* The host's worker turns the measuring on, and a thread of the plugin does it. */
Test(lv2, the_entropy_coded_bitrate_is_measured_where_it_is_asked_for)
{
    sound_set s = make_sound(24000u, 3u);
    test_lv2 *h = start_lv2(1u);
    *control_of(h, "levels") = share_of_levels(1.0f);
    for (int turn = 0; turn < 3; turn++) render(h, &s, 0u, s.count, 480u);
    cr_assert_eq(h->meters[RLV2_METER_CODED], 0.0f, "nobody asked");
    h->coding = 1.0f;
    for (int turn = 0; turn < 400 && h->meters[RLV2_METER_CODED] == 0.0f; turn++) {
        render(h, &s, 0u, 4800u, 480u);
        work_lv2(h);
        usleep(20000);
    }
    const float coded = h->meters[RLV2_METER_CODED];
    cr_assert(coded > 1.0f && coded < 1.1f * h->meters[RLV2_METER_BITRATE], "%g kbps coded", (double)coded);
    h->coding = 0.0f;
    render(h, &s, 0u, 480u, 480u);
    work_lv2(h);
    render(h, &s, 0u, 480u, 480u);
    cr_assert_eq(h->meters[RLV2_METER_CODED], 0.0f, "nobody asks any more");
    close_lv2(h);
    free_sound(&s);
}

/* The host's worker opens it. */
Test(lv2, the_page_is_at_the_port_that_the_control_asks_for)
{
    sound_set s = make_sound(480u, 3u);
    test_lv2 *h = start_lv2(1u);
    const uint32_t port = page_free_port();
    render(h, &s, 0u, s.count, 480u);
    cr_assert_eq(h->meters[RLV2_METER_PAGE], 0.0f);
    *control_of(h, "http_port") = (float)port;
    for (int turn = 0; turn < 2; turn++) render(h, &s, 0u, s.count, 480u), work_lv2(h);
#ifdef HAS_PAGE
    cr_assert_eq(h->meters[RLV2_METER_PAGE], (float)port, "%s", h->last_log);
    cr_assert(page_says(port, "/residuum/levels", "", "200 OK"));
#endif
    *control_of(h, "http_port") = 0.0f;
    for (int turn = 0; turn < 2; turn++) render(h, &s, 0u, s.count, 480u), work_lv2(h);
    cr_assert_eq(h->meters[RLV2_METER_PAGE], 0.0f);
    cr_assert_null(page_get(port, "/", ""));
    close_lv2(h);
    free_sound(&s);
}

Test(lv2, without_any_feature_it_plays_and_takes_its_codec_when_activated)
{
    sound_set s = make_sound(4000u, 3u);
    test_lv2 *h = open_lv2(1u, RATE);
    static const LV2_Feature *const none[] = {NULL};
    h->descriptor->cleanup(h->handle);
    h->handle = h->descriptor->instantiate(h->descriptor, RATE, "", none);
    cr_assert(h->handle);
    connect_all(h);
    *control_of(h, "codec") = 2.0f;
    *control_of(h, "levels") = 3.0f;
    h->descriptor->activate(h->handle);
    render(h, &s, 0u, s.count, 100u);
    cr_assert_eq(h->latency, latency_of("live-256"));
    const ref_change changes[] = {{0, RSD_PARAM_LEVELS, 0, 3.0f}};
    compare(&s, 1u, "live-256", changes, 1u);
    close_lv2(h);
    free_sound(&s);
}

Test(lv2, a_rate_that_is_none_is_refused_with_one_line)
{
    test_lv2 *h = open_lv2(1u, RATE);
    const LV2_Feature map = {LV2_URID__map, &host_uri_map}, log = {LV2_LOG__log, &h->log};
    const LV2_Feature *const features[] = {&map, &log, NULL};
    cr_assert(!h->descriptor->instantiate(h->descriptor, 400.0, "", features));
    cr_assert_eq(h->logs, 1u);
    close_lv2(h);
}

Test(lv2, the_side_chain_ports_give_the_samples_of_an_engine_with_one_and_may_stay_unconnected)
{
    sound_set s = make_sound(9000u, 3u);
    for (int connected = 0; connected < 2; connected++) {
        test_lv2 *h = start_lv2(2u);
        *control_of(h, "cross") = 0.75f;
        for (uint32_t c = 0; connected && c < 2u; c++)
            h->descriptor->connect_port(h->handle, rlv2_port_sidechain(2u, h->param_count, c), s.in[1u - c]);
        float *in[2] = {s.in[0], s.in[1]}, *out[2] = {s.out[0], s.out[1]};
        run_lv2(h, in, out, s.count);
        ref_render_crossed(&s, RATE, connected ? 0.75f : 0.0f);
        cr_assert_eq(first_difference(&s, 2u), s.count, "sample %u differs", first_difference(&s, 2u));
        h->descriptor->deactivate(h->handle);
        close_lv2(h);
    }
    free_sound(&s);
}
