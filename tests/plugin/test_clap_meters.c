// SPDX-License-Identifier: MIT
// Bitrates as a CLAP host reads them.
#include "clap_host.h"

#include <criterion/criterion.h>

#include <unistd.h>

#define RATE 48000u

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
    for (size_t at = 0; at + 480u <= s.count; at += 480u)
        process(h, (float *[]){s.in[0] + at, s.in[1] + at}, (float *[]){s.out[0] + at, s.out[1] + at}, 2u, 480u);
    const double fixed = value_of(h, "Bitrate now");
    cr_assert(fixed > 10.0 && fixed < 100.0, "%g kbps", fixed);
    cr_assert_eq(value_of(h, "Bitrate entropy coded"), 0.0, "nobody asked");
    add_event(h, id_of(h, "Measure coding"), 0, 1.0);
    for (int turn = 0; turn < 400 && value_of(h, "Bitrate entropy coded") == 0.0; turn++) {
        for (size_t at = 0; at + 480u <= 4800u; at += 480u)
            process(h, (float *[]){s.in[0] + at, s.in[1] + at}, (float *[]){s.out[0] + at, s.out[1] + at}, 2u, 480u);
        main_loop(h);
        usleep(20000);
    }
    const double coded = value_of(h, "Bitrate entropy coded");
    cr_assert(coded > 1.0 && coded < 1.1 * fixed, "%g kbps of %g", coded, fixed);
    cr_assert_eq(h->told[h->told_count - 1u].value, coded, "the host is told what it may read");
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
