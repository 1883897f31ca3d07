// SPDX-License-Identifier: MIT
// The CLAP plugin in a host of our own gives the samples of process.
#include "clap_host.h"

#include <criterion/criterion.h>

#include <math.h>

#define RATE 48000u

static ref_change changes[MAX_EVENTS];
static uint32_t change_count;

static void note(uint64_t sample, rsd_param_id id, uint32_t level, float value)
{
    changes[change_count++] = (ref_change){sample, id, level, value};
}

static void render_reference(sound_set *s, uint32_t rate, uint32_t channels, const char *codec)
{
    const ref_job job = {rate, channels, codec, NULL, changes, change_count};
    ref_render(&job, s->in, s->wanted, s->count);
}

/* Runs the whole sound in blocks of random size up to `most`, with the noted changes as events at their sample. */
static void render_plugin(test_host *h, sound_set *s, uint32_t channels, uint32_t most, uint32_t seed)
{
    static const struct {
        uint32_t id;
        const char *name;
    } names[] = {{RSD_PARAM_LEVELS, "Levels"}, {RSD_PARAM_MIX, "Mix"}, {RSD_PARAM_LEVEL_GAIN, "Level 2 gain"}};
    uint32_t next = 0;
    for (uint32_t at = 0; at < s->count;) {
        uint32_t count = test_between(&seed, 1u, most);
        if (count > s->count - at) count = s->count - at;
        for (; next < change_count && changes[next].sample < at + count; next++)
            for (size_t n = 0; n < sizeof names / sizeof *names; n++)
                if (names[n].id == changes[next].id)
                    add_event(h, id_of(h, names[n].name), (uint32_t)changes[next].sample - at,
                              changes[next].id == RSD_PARAM_LEVELS ? (double)share_of_levels(changes[next].value)
                                                                   : (double)changes[next].value);
        float *in[2] = {s->in[0] + at, s->in[1] + at}, *out[2] = {s->out[0] + at, s->out[1] + at};
        cr_assert_eq(process(h, in, out, channels, count), CLAP_PROCESS_CONTINUE);
        at += count;
    }
}

Test(clap, an_event_at_any_offset_is_exact_to_the_sample)
{
    sound_set s = make_sound(700u, 3u);
    for (uint32_t offset = 0; offset < 300u; offset++) {
        test_host *h = open_host();
        change_count = 0;
        note(offset, RSD_PARAM_MIX, 0u, 0.25f);
        note(offset, RSD_PARAM_LEVELS, 0u, 2.5f);
        note(offset + 64u, RSD_PARAM_LEVEL_GAIN, 1u, 0.5f);
        start(h, RATE);
        render_plugin(h, &s, 2u, 700u, 700u + offset);
        render_reference(&s, RATE, 2u, NULL);
        cr_assert_eq(first_difference(&s, 2u), s.count, "event at %u: sample %u differs", offset,
                     first_difference(&s, 2u));
        stop(h);
        close_host(h);
    }
    free_sound(&s);
}

Test(clap, blocks_of_1_to_8192_that_change_each_call_give_the_samples_of_process)
{
    static const uint32_t most[] = {1u, 7u, 64u, 500u, 8192u};
    sound_set s = make_sound(24000u, 9u);
    for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
        test_host *h = open_host();
        uint32_t seed = 11u;
        change_count = 0;
        for (uint32_t at = 0; at < s.count; at += test_between(&seed, 1u, 900u)) {
            note(at, RSD_PARAM_LEVELS, 0u, (float)test_between(&seed, 0u, 140u) / 10.0f);
            note(at, RSD_PARAM_MIX, 0u, (float)test_between(&seed, 0u, 100u) / 100.0f);
        }
        start(h, RATE);
        render_plugin(h, &s, 2u, most[i], 5u);
        render_reference(&s, RATE, 2u, NULL);
        cr_assert_eq(first_difference(&s, 2u), s.count, "blocks up to %u: sample %u differs", most[i],
                     first_difference(&s, 2u));
        stop(h);
        close_host(h);
    }
    free_sound(&s);
}

Test(clap, every_rate_from_8_to_384_kHz_gives_the_samples_of_process_at_the_stated_latency)
{
    static const uint32_t rates[] = {8000u, 11025u, 22050u, 32000u, 44100u, 48000u, 88200u, 96000u, 192000u, 384000u};
    sound_set s = make_sound(12000u, 21u);
    test_host *h = open_host();
    change_count = 0;
    note(3000u, RSD_PARAM_LEVELS, 0u, 3.0f);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const ref_job job = {rates[i], 2u, NULL, NULL, NULL, 0u};
        set_now(h, "Levels", 1000.0);
        start(h, rates[i]);
        cr_assert_eq(h->latency->get(h->plugin), ref_latency(&job), "latency at %u Hz", rates[i]);
        render_plugin(h, &s, 2u, 1000u, 3u);
        render_reference(&s, rates[i], 2u, NULL);
        cr_assert_eq(first_difference(&s, 2u), s.count, "%u Hz: sample %u differs", rates[i], first_difference(&s, 2u));
        stop(h);
    }
    close_host(h);
    free_sound(&s);
}

Test(clap, rates_beyond_the_engine_and_fractional_ones_still_play)
{
    static const double rates[] = {1000.0, 44100.5, 12345.678, 768000.0};
    sound_set s = make_sound(9000u, 2u);
    test_host *h = open_host();
    change_count = 0;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        start(h, rates[i]);
        render_plugin(h, &s, 2u, 700u, 3u);
        float peak = 0.0f;
        for (uint32_t k = 0; k < s.count; k++) {
            cr_assert(isfinite(s.out[0][k]) && isfinite(s.out[1][k]));
            peak = fmaxf(peak, fabsf(s.out[0][k]));
        }
        cr_assert_gt(peak, 0.1f, "%g Hz", rates[i]);
        stop(h);
    }
    cr_assert_eq(h->logs, 2u, "one line for each rate that is out of range");
    close_host(h);
    free_sound(&s);
}

Test(clap, mono_by_configuration_gives_the_samples_of_process)
{
    sound_set s = make_sound(9000u, 5u);
    test_host *h = open_host();
    const clap_plugin_audio_ports_config_t *config = h->plugin->get_extension(h->plugin, CLAP_EXT_AUDIO_PORTS_CONFIG);
    const clap_plugin_audio_ports_t *ports = h->plugin->get_extension(h->plugin, CLAP_EXT_AUDIO_PORTS);
    clap_audio_ports_config_t wanted;
    clap_audio_port_info_t port;
    change_count = 0;
    for (uint32_t i = 0; i < config->count(h->plugin); i++)
        if (config->get(h->plugin, i, &wanted) && wanted.main_input_channel_count == 1u) break;
    cr_assert(config->select(h->plugin, wanted.id));
    cr_assert(ports->get(h->plugin, 0u, true, &port));
    cr_assert_eq(port.channel_count, 1u);
    start(h, RATE);
    cr_assert(!config->select(h->plugin, wanted.id), "a configuration is not changed while active");
    render_plugin(h, &s, 1u, 333u, 8u);
    render_reference(&s, RATE, 1u, NULL);
    cr_assert_eq(first_difference(&s, 1u), s.count);
    stop(h);
    close_host(h);
    free_sound(&s);
}

Test(clap, a_codec_of_another_latency_waits_for_the_restart_that_it_asks_for)
{
    float silence[256] = {0}, left[256], right[256];
    float *in[2] = {silence, silence}, *out[2] = {left, right};
    test_host *h = open_host();
    start(h, RATE);
    const uint32_t before = h->latency->get(h->plugin);
    add_event(h, id_of(h, "Codec"), 10u, 2.0); /* live-256 */
    process(h, in, out, 2u, 256u);
    main_loop(h);
    cr_assert_eq(h->restart_asked, 1u);
    for (int i = 0; i < 50; i++) process(h, in, out, 2u, 256u), main_loop(h);
    cr_assert_eq(h->latency->get(h->plugin), before, "the latency does not change while it is active");
    cr_assert_eq(h->latency_changes, 0u);
    stop(h);
    start(h, RATE);
    cr_assert_eq(h->latency_changes, 1u);
    const ref_job job = {RATE, 2u, "live-256", NULL, NULL, 0u};
    cr_assert_eq(h->latency->get(h->plugin), ref_latency(&job));
    cr_assert_neq(h->latency->get(h->plugin), before);
    cr_assert_eq(value_of(h, "Codec"), 2.0);
    stop(h);
    close_host(h);
}

Test(clap, parameters_in_words_come_back_as_the_same_value)
{
    test_host *h = open_host();
    clap_param_info_t info;
    char text[128], again[128];
    double value, second;
    for (uint32_t i = 0; i < h->params->count(h->plugin); i++) {
        cr_assert(h->params->get_info(h->plugin, i, &info));
        for (int step = 0; step <= 97; step++) {
            const double at = info.min_value + (info.max_value - info.min_value) * step / 97.0;
            cr_assert(h->params->value_to_text(h->plugin, info.id, at, text, sizeof text));
            cr_assert(h->params->text_to_value(h->plugin, info.id, text, &value), "%s: '%s'", info.name, text);
            cr_assert(h->params->value_to_text(h->plugin, info.id, value, again, sizeof again));
            cr_assert_str_eq(text, again);
            cr_assert(h->params->text_to_value(h->plugin, info.id, again, &second));
            cr_assert_eq(value, second);
        }
    }
    cr_assert(h->params->text_to_value(h->plugin, id_of(h, "Monitor"), "residual", &value) && value == 2.0);
    cr_assert(h->params->text_to_value(h->plugin, id_of(h, "Levels"), "3.5 of 14", &value) && value == 0.25);
    cr_assert(h->params->value_to_text(h->plugin, id_of(h, "Levels"), 0.5, text, sizeof text));
    cr_assert_str_eq(text, "7.0 of 14");
    cr_assert(h->params->text_to_value(h->plugin, id_of(h, "Output gain"), "-6 dB", &value) && value == -6.0);
    cr_assert(!h->params->text_to_value(h->plugin, id_of(h, "Mix"), "loud", &value));
    cr_assert(!h->params->value_to_text(h->plugin, 999999u, 0.0, text, sizeof text));
    close_host(h);
}

Test(clap, modulation_is_heard_but_neither_shown_nor_saved)
{
    sound_set s = make_sound(4000u, 5u);
    test_host *h = open_host();
    clap_event_param_mod_t *mod = (clap_event_param_mod_t *)&h->events[0];
    start(h, RATE);
    memset(mod, 0, sizeof *mod);
    mod->header = (clap_event_header_t){sizeof *mod, 0, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_MOD, 0};
    mod->param_id = id_of(h, "Mix");
    mod->amount = -0.75;
    h->event_count = 1;
    process(h, s.in, s.out, 2u, s.count);
    change_count = 0;
    note(0u, RSD_PARAM_MIX, 0u, 0.25f);
    render_reference(&s, RATE, 2u, NULL);
    cr_assert_eq(first_difference(&s, 2u), s.count);
    cr_assert_eq(value_of(h, "Mix"), 1.0);
    memory_stream state = save_state(h, 0);
    cr_assert(strstr(state.bytes, "\"mix\":1.0"), "%s", state.bytes);
    free(state.bytes);
    stop(h);
    close_host(h);
    free_sound(&s);
}

Test(clap, a_midi_controller_turns_its_parameter_and_the_host_is_told)
{
    float silence[64] = {0}, left[64], right[64];
    float *in[2] = {silence, silence}, *out[2] = {left, right};
    test_host *h = open_host();
    clap_event_midi_t *midi = (clap_event_midi_t *)&h->events[0];
    start(h, RATE);
    memset(midi, 0, sizeof *midi);
    midi->header = (clap_event_header_t){sizeof *midi, 5, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_MIDI, 0};
    midi->data[0] = 0xb0, midi->data[1] = 1, midi->data[2] = 0; /* modulation wheel down: no levels */
    h->event_count = 1;
    process(h, in, out, 2u, 64u);
    cr_assert_eq(value_of(h, "Levels"), 0.0);
    cr_assert_eq(h->told_count, 1u);
    cr_assert_eq(h->told[0].param_id, id_of(h, "Levels"));
    stop(h);
    close_host(h);
}

/* Bitrate and levels in one of four orders around the activation at `rate`, then the sound. */
static void play_limited(int order, double rate, sound_set *s, float **out)
{
    test_host *h = open_host();
    if (order == 3) start(h, 96000.0), stop(h);
    if (order == 0) set_now(h, "Levels", 9.5 / LIVE_LEVELS);
    if (order < 2 || order == 3) set_now(h, "Bitrate", 60.0);
    if (order == 1) set_now(h, "Levels", 9.5 / LIVE_LEVELS);
    start(h, rate);
    if (order == 2) set_now(h, "Bitrate", 60.0);
    if (order >= 2) set_now(h, "Levels", 9.5 / LIVE_LEVELS);
    cr_assert_eq(h->told_count, 0u, "nothing else has moved");
    cr_assert_float_eq(value_of(h, "Levels"), 9.5 / LIVE_LEVELS, 1e-6);
    cr_assert_eq(value_of(h, "Bitrate"), 60.0);
    process(h, s->in, out, 2u, s->count);
    stop(h);
    close_host(h);
}

Test(clap, levels_and_a_bitrate_mean_the_same_in_any_order_before_and_after_activation)
{
    sound_set s = make_sound(4096u, 2u);
    for (double rate = 44100.0; rate <= 48000.0; rate += 3900.0) {
        play_limited(0, rate, &s, s.wanted);
        for (int order = 1; order < 4; order++) {
            play_limited(order, rate, &s, s.out);
            cr_assert_eq(first_difference(&s, 2u), s.count, "order %d at %g Hz", order, rate);
        }
    }
    free_sound(&s);
}

/* As an installation has it: PREFIX/lib/clap beside PREFIX/share/doc. */
Test(clap, maker_version_and_where_the_manual_is_are_said)
{
    char prefix[] = "/tmp/rsd_clap_XXXXXX", text[512], command[1200];
    test_host *h = open_host();
    cr_assert_not_null(mkdtemp(prefix));
    snprintf(command, sizeof command,
             "mkdir -p %s/lib/clap %s/share/doc/residuum-plugins && touch %s/share/doc/residuum-plugins/plugins.md",
             prefix, prefix, prefix);
    cr_assert_eq(system(command), 0);
    const clap_plugin_descriptor_t *about = h->plugin->desc;
    cr_assert_str_eq(about->vendor, "Residuum");
    cr_assert_str_eq(about->version, RSD_VERSION);
    snprintf(text, sizeof text, "%s/lib/clap/residuum.clap", prefix);
    cr_assert(h->entry->init(text));
    snprintf(text, sizeof text, "file://%s/share/doc/residuum-plugins/plugins.md", prefix);
    cr_assert_str_eq(about->manual_url, text);
    cr_assert(h->entry->init("/nowhere/residuum.clap"));
    cr_assert_str_eq(about->manual_url, "", "a module that was copied leads nowhere");
    snprintf(command, sizeof command, "rm -r %s", prefix);
    cr_assert_eq(system(command), 0);
    close_host(h);
}

Test(clap, silence_is_marked_as_constant_and_sound_is_not)
{
    sound_set s = make_sound(512u, 2u);
    test_host *h = open_host();
    clap_audio_buffer_t in = {.data32 = s.in, .channel_count = 2}, out = {.data32 = s.out, .channel_count = 2};
    const clap_input_events_t events = {h, in_size, in_get};
    const clap_output_events_t told = {h, out_push};
    const clap_process_t block = {-1, s.count, NULL, &in, &out, 1, 1, &events, &told};
    start(h, RATE);
    h->on_audio_thread = true;
    for (int i = 0; i < 8; i++) h->plugin->process(h->plugin, &block);
    cr_assert_eq(out.constant_mask, 0u);
    for (int c = 0; c < 2; c++) memset(s.in[c], 0, s.count * sizeof(float));
    for (int i = 0; i < 8; i++) h->plugin->process(h->plugin, &block);
    cr_assert_eq(out.constant_mask, 3u);
    h->on_audio_thread = false;
    stop(h);
    close_host(h);
    free_sound(&s);
}

Test(clap, pages_of_eight_knobs_hold_every_parameter_once)
{
    test_host *h = open_host();
    const clap_plugin_remote_controls_t *pages = h->plugin->get_extension(h->plugin, CLAP_EXT_REMOTE_CONTROLS);
    clap_remote_controls_page_t page;
    clap_param_info_t info;
    for (uint32_t i = 0; i < h->params->count(h->plugin); i++) {
        unsigned found = 0;
        cr_assert(h->params->get_info(h->plugin, i, &info));
        for (uint32_t p = 0; p < pages->count(h->plugin); p++) {
            cr_assert(pages->get(h->plugin, p, &page));
            for (int k = 0; k < CLAP_REMOTE_CONTROLS_COUNT; k++) found += page.param_ids[k] == info.id;
        }
        cr_assert_eq(found, 1u, "%s is on %u pages", info.name, found);
    }
    cr_assert(!pages->get(h->plugin, pages->count(h->plugin), &page));
    close_host(h);
}

Test(clap, the_second_input_port_is_the_side_chain)
{
    sound_set s = make_sound(9000u, 3u);
    test_host *h = open_host();
    const clap_plugin_audio_ports_t *ports = h->plugin->get_extension(h->plugin, CLAP_EXT_AUDIO_PORTS);
    clap_audio_port_info_t info;
    cr_assert_eq(ports->count(h->plugin, true), 2u);
    cr_assert_eq(ports->count(h->plugin, false), 1u);
    cr_assert(ports->get(h->plugin, 1u, true, &info) && !(info.flags & CLAP_AUDIO_PORT_IS_MAIN));
    cr_assert_eq(info.channel_count, 2u);
    cr_assert(!ports->get(h->plugin, 1u, false, &info));
    for (int connected = 0; connected < 2; connected++) {
        float *in[2] = {s.in[0], s.in[1]}, *side[2] = {s.in[1], s.in[0]}, *out[2] = {s.out[0], s.out[1]};
        start(h, RATE);
        add_event(h, id_of(h, "Cross"), 0u, 0.75);
        (void)process_sidechain(h, in, connected ? side : NULL, out, 2u, s.count);
        ref_render_crossed(&s, RATE, connected ? 0.75f : 0.0f);
        cr_assert_eq(first_difference(&s, 2u), s.count, "sample %u differs", first_difference(&s, 2u));
        stop(h);
    }
    close_host(h);
    free_sound(&s);
}

Test(clap, the_hosts_transport_moves_a_synced_lfo)
{
    float in_samples[480], left[480], right[480];
    float *in[2] = {in_samples, in_samples}, *out[2] = {left, right};
    test_host *h = open_host();
    clap_event_transport_t transport = {.header = {sizeof transport, 0, CLAP_CORE_EVENT_SPACE_ID, 9, 0},
                                        .flags = CLAP_TRANSPORT_HAS_TEMPO | CLAP_TRANSPORT_HAS_BEATS_TIMELINE |
                                                 CLAP_TRANSPORT_IS_PLAYING,
                                        .tempo = 60.0};
    for (int i = 0; i < 480; i++) in_samples[i] = 0.25f;
    start(h, RATE);
    set_now(h, "Monitor", (double)RSD_MONITOR_DRY);
    set_now(h, "Output gain", -18.0);
    set_now(h, "LFO 1 shape", 3.0); /* square, a bar of four seconds */
    set_now(h, "LFO 1 sync", 4.0);
    set_now(h, "LFO 1 target", (double)RSD_PARAM_OUTPUT_GAIN_DB);
    set_now(h, "LFO 1 depth", 0.25);
    for (int beat = 1; beat <= 3; beat += 2) { /* the first half of a bar is up, the second down */
        transport.song_pos_beats = (clap_beattime)beat * CLAP_BEATTIME_FACTOR;
        h->transport = &transport;
        for (int block = 0; block < 10; block++) {
            process(h, in, out, 2u, 480u);
            transport.song_pos_beats += CLAP_BEATTIME_FACTOR / 100;
        }
        const double db = 20.0 * log10((double)left[470] / 0.25);
        cr_assert_float_eq(db, beat == 1 ? -7.5 : -28.5, 0.1, "at beat %d: %g dB", beat, db);
    }
    stop(h);
    close_host(h);
}
