// SPDX-License-Identifier: MIT
// Bitrates, and where the page is, as a CLAP host reads them.
#include "clap_host.h"
#include "page_support.h"

#include <criterion/criterion.h>

#include <unistd.h>

#define RATE 48000u

/* Ten blocks. A volume controller moves late in each: what is told at the block's end comes behind it. */
static void play_tenth(test_host *h, const sound_set *s, size_t from)
{
    clap_event_midi_t *midi = (clap_event_midi_t *)&h->events[h->event_count];
    for (size_t at = from; at + 480u <= from + 4800u; at += 480u) {
        memset(midi, 0, sizeof *midi);
        midi->header = (clap_event_header_t){sizeof *midi, 400, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_MIDI, 0};
        midi->data[0] = 0xb0, midi->data[1] = 7, midi->data[2] = (uint8_t)(90u + at / 480u % 2u);
        h->event_count++;
        process(h, (float *[]){s->in[0] + at, s->in[1] + at}, (float *[]){s->out[0] + at, s->out[1] + at}, 2u, 480u);
        midi = (clap_event_midi_t *)&h->events[0];
    }
}

static double last_told(const test_host *h, clap_id id)
{
    double value = -1.0;
    for (uint32_t i = 0; i < h->told_count; i++)
        if (h->told[i].param_id == id) value = h->told[i].value;
    return value;
}

/* The switch has the coded bitrate measured, and comes back with the state; the meters are only read. */
Test(clap, bitrates_are_parameters_that_are_only_read)
{
    sound_set s = make_sound(24000u, 2u);
    test_host *h = open_host(), *other = open_host();
    clap_param_info_t info;
    for (uint32_t i = 0; i < h->params->count(h->plugin); i++) {
        cr_assert(h->params->get_info(h->plugin, i, &info));
        if (strcmp(info.name, "Bitrate now") != 0 && strcmp(info.name, "Bitrate entropy coded") != 0) continue;
        cr_assert_eq(info.flags, CLAP_PARAM_IS_READONLY, "%s", info.name);
        set_now(h, info.name, 77.0);
        cr_assert_eq(value_of(h, info.name), 0.0, "%s", info.name);
    }
    set_now(h, "Levels", 1.0 / LIVE_LEVELS);
    start(h, RATE);
    for (size_t at = 0; at + 4800u <= s.count; at += 4800u) play_tenth(h, &s, at);
    const double fixed = value_of(h, "Bitrate now");
    cr_assert(fixed > 10.0 && fixed < 100.0, "%g kbps", fixed);
    cr_assert_eq(value_of(h, "Bitrate entropy coded"), 0.0, "nobody asked");
    add_event(h, id_of(h, "Measure coding"), 0, 1.0);
    for (int turn = 0; turn < 400 && value_of(h, "Bitrate entropy coded") == 0.0; turn++) {
        play_tenth(h, &s, 0u);
        main_loop(h);
        usleep(20000);
    }
    const double coded = value_of(h, "Bitrate entropy coded");
    cr_assert(coded > 1.0 && coded < 1.1 * fixed, "%g kbps of %g", coded, fixed);
    cr_assert_eq(last_told(h, id_of(h, "Bitrate entropy coded")), coded, "the host is told what it may read");
    memory_stream state = save_state(h, 0u);
    cr_assert(load_state(other, state.bytes, state.size, 0u));
    cr_assert_eq(value_of(other, "Measure coding"), 1.0);
    add_event(h, id_of(h, "Measure coding"), 0, 0.0);
    process(h, s.in, s.out, 2u, 4800u);
    main_loop(h);
    process(h, s.in, s.out, 2u, 4800u);
    cr_assert_eq(value_of(h, "Bitrate entropy coded"), 0.0);
    free(state.bytes);
    stop(h);
    close_host(h);
    close_host(other);
    free_sound(&s);
}

/* A host that scans, and one that shows text. */
Test(clap_meters, the_page_is_at_the_port_that_the_parameter_asks_for)
{
    char text[64];
    double value;
    sound_set s = make_sound(4800u, 3u);
    test_host *h = open_host();
    const uint32_t port = page_free_port();
    start(h, 48000u);
    process(h, s.in, s.out, 2u, 4800u);
    cr_assert_eq(value_of(h, "Page at"), 0.0);
    add_event(h, id_of(h, "Page port"), 0, (double)port);
    for (int turn = 0; turn < 2; turn++) process(h, s.in, s.out, 2u, 4800u), main_loop(h);
#ifdef HAS_PAGE
    cr_assert_eq(value_of(h, "Page at"), (double)port, "%s", h->last_log);
    cr_assert_eq(last_told(h, id_of(h, "Page at")), (double)port, "the host is told where it is");
    cr_assert(h->params->value_to_text(h->plugin, id_of(h, "Page at"), (double)port, text, sizeof text));
    cr_assert(h->params->text_to_value(h->plugin, id_of(h, "Page at"), text, &value));
    cr_assert_eq(value, (double)port, "%s", text);
    cr_assert(page_says(port, "/residuum/levels", "", "200 OK"));
#endif
    add_event(h, id_of(h, "Page port"), 0, 0.0);
    for (int turn = 0; turn < 2; turn++) process(h, s.in, s.out, 2u, 4800u), main_loop(h);
    cr_assert_eq(value_of(h, "Page at"), 0.0);
    cr_assert(h->params->value_to_text(h->plugin, id_of(h, "Page at"), 0.0, text, sizeof text));
    cr_assert(h->params->text_to_value(h->plugin, id_of(h, "Page at"), text, &value) && value == 0.0, "%s", text);
    stop(h);
    close_host(h);
    free_sound(&s);
}
