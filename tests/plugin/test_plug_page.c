// SPDX-License-Identifier: MIT
// The page that a plugin serves: where it is, what it steers and draws, and what becomes of it.
#include "page_support.h"
#include "plug.h"
#include "plug_log_book.h"
#include "plug_osc_support.h"

#include <criterion/criterion.h>

#include <math.h>

#define RATE 48000u
#define BLOCK 480u

static plug *make(log_book *book)
{
    plug *p = NULL;
    rsd_error error;
    const plug_config config = {.sample_rate_hz = RATE, .channel_count = 1u, .log = keep_log, .log_context = book};
    cr_assert_eq(plug_create(&config, &p, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(plug_prepare(p, RATE, 1u, &error), RSD_OK, "%s", error.text);
    plug_start(p);
    return p;
}

static void play(plug *p)
{
    static uint32_t at;
    float in[BLOCK], out[BLOCK];
    const float *ins[1] = {in};
    float *outs[1] = {out};
    for (uint32_t i = 0; i < BLOCK; i++) in[i] = 0.3f * sinf(0.13f * (float)at++);
    plug_process(p, ins, outs, BLOCK);
}

static bool is_at(uint32_t port) { return page_says(port, "/", "Accept: text/html\r\n", "<title>Residuum</title>"); }

static void wait_for(const plug *p, const char *symbol, float value)
{
    const uint32_t param = plug_param_by_symbol(symbol);
    for (int i = 0; i < 1000 && plug_get(p, param) != value; i++) usleep(10000);
    cr_assert_eq(plug_get(p, param), value, "%s", symbol);
}

Test(plug_page, is_off_until_a_port_is_asked_for_and_ends_with_port_0, .timeout = 600)
{
    log_book book = {0};
    const uint32_t port = page_free_port();
    plug *p = make(&book);
    cr_assert_eq(plug_http_port_now(p), 0u);
    cr_assert_not(is_at(port));
    plug_set_http_port(p, port);
    cr_assert_eq(plug_http_port_now(p), port, "%s", book.last);
    cr_assert(is_at(port));
    cr_assert(strstr(book.last, "http://127.0.0.1:"), "%s", book.last);
    plug_set_http_port(p, 0u);
    cr_assert_eq(plug_http_port_now(p), 0u);
    cr_assert_not(is_at(port));
    plug_destroy(p);
}

Test(plug_page, the_next_instance_takes_the_next_free_port_and_says_so, .timeout = 600)
{
    log_book book = {0};
    const uint32_t port = page_free_port();
    plug *p[2] = {make(&book), make(&book)};
    for (int i = 0; i < 2; i++) plug_set_http_port(p[i], port);
    cr_assert_eq(plug_http_port_now(p[0]), port);
    cr_assert_gt(plug_http_port_now(p[1]), port);
    cr_assert(strstr(book.last, "in use"), "%s", book.last);
    cr_assert_eq(plug_http_port(p[1]), port, "what was asked for is what is saved");
    for (int i = 0; i < 2; i++) {
        const int fd = page_open(plug_http_port_now(p[i]));
        cr_assert(fd >= 0 && page_set(fd, "/residuum/mix", 0.25f + 0.5f * (float)i));
        wait_for(p[i], "mix", 0.25f + 0.5f * (float)i);
        close(fd);
    }
    cr_assert_eq(plug_get(p[0], plug_param_by_symbol("mix")), 0.25f, "each steers its own");
    for (int i = 0; i < 2; i++) plug_destroy(p[i]);
}

Test(plug_page, where_no_port_is_free_it_says_so_and_osc_goes_on, .timeout = 600)
{
    log_book book = {0};
    int taken[PLUG_PAGE_PORTS];
    const uint32_t port = 65535u - PLUG_PAGE_PORTS + 1u;
    for (uint32_t i = 0; i < PLUG_PAGE_PORTS; i++) taken[i] = page_bind(port + i);
    plug *p = make(&book);
    plug_set_osc_port(p, free_port());
    plug_set_http_port(p, port);
    cr_assert_eq(plug_http_port_now(p), 0u);
    cr_assert(strstr(book.last, "free") && strstr(book.last, "no page"), "%s", book.last);
    cr_assert_gt(plug_osc_port(p), 0u);
    for (uint32_t i = 0; i < PLUG_PAGE_PORTS; i++)
        if (taken[i] >= 0) close(taken[i]);
    plug_destroy(p);
}

Test(plug_page, draws_sound_and_tokens_and_tells_what_a_plugin_offers, .timeout = 600)
{
    static const char wish[] = "{\"COMMAND\":\"SPECTRA\",\"DATA\":true}";
    static const char *const wanted[] = {"/residuum/page/spectrum", "/residuum/page/masking", "/residuum/page/energies",
                                         "/residuum/tokens", "\"offers\":[]"};
    log_book book = {0};
    static char data[PAGE_BYTES];
    plug *p = make(&book);
    plug_set_http_port(p, page_free_port());
    const int fd = page_open(plug_http_port_now(p));
    cr_assert(fd >= 0 && page_send(fd, PAGE_TEXT, wish, strlen(wish)));
    cr_assert(page_set(fd, "/residuum/subscribe/tokens", 50.0f));
    cr_assert(page_waits_for(fd, "\"telephone\""), "presets are listed");
    unsigned seen = 0;
    long bytes = 0;
    while (seen != (1u << 5) - 1u && bytes >= 0) {
        play(p);
        bytes = page_read(fd, data, sizeof data);
        for (unsigned i = 0; i < 5u && bytes > 0; i++)
            if (memmem(data, (size_t)bytes, wanted[i], strlen(wanted[i]))) seen |= 1u << i;
    }
    cr_assert_eq(seen, (1u << 5) - 1u, "of what is drawn there was %x", seen);
    close(fd);
    plug_destroy(p);
}

Test(plug_page, keeps_two_states_and_plays_them_again_with_their_codecs, .timeout = 600)
{
    rsd_error error;
    log_book book = {0};
    plug *p = make(&book);
    plug_set_http_port(p, page_free_port());
    const int fd = page_open(plug_http_port_now(p));
    cr_assert(fd >= 0);
    cr_assert(page_set(fd, "/residuum/mix", 0.5f) && page_set(fd, "/residuum/slot/store", 1.0f));
    cr_assert(page_set(fd, "/residuum/mix", 0.625f));
    wait_for(p, "mix", 0.625f); /* and the slot is filled */
    cr_assert_eq(plug_set_codec(p, "live-64", PLUG_CODEC_ANY, NULL, &error), RSD_OK);
    cr_assert(page_set(fd, "/residuum/mix", 0.75f) && page_set(fd, "/residuum/slot/store", 2.0f));
    cr_assert(page_set(fd, "/residuum/mix", 0.625f));
    wait_for(p, "mix", 0.625f);
    for (int i = 0; i < 200; i++) play(p); /* the codec comes in */
    cr_assert(page_set(fd, "/residuum/slot/recall", 1.0f));
    for (int i = 0; i < 2000 && plug_get(p, plug_param_by_symbol("mix")) != 0.5f; i++) play(p), usleep(1000);
    wait_for_codec(p, "live");
    for (int i = 0; i < 200; i++) play(p);
    cr_assert(page_set(fd, "/residuum/slot/recall", 2.0f));
    wait_for_codec(p, "live-64");
    close(fd);
    plug_destroy(p);
}

Test(plug_page, is_where_it_was_after_the_host_has_prepared_the_plugin_anew, .timeout = 600)
{
    rsd_error error;
    log_book book = {0};
    plug *p = make(&book);
    const uint32_t port = page_free_port();
    const int taken = page_bind(port);
    plug_set_http_port(p, port);
    const uint32_t now = plug_http_port_now(p);
    cr_assert_gt(now, port);
    close(taken);
    const unsigned said = book.count;
    for (uint32_t rate = 44100u; rate <= 48000u; rate += 3900u) {
        plug_stop(p);
        cr_assert_eq(plug_prepare(p, rate, 2u, &error), RSD_OK);
        plug_start(p);
        cr_assert_eq(plug_http_port_now(p), now);
        cr_assert(is_at(now));
    }
    cr_assert_eq(book.count, said, "%s", book.last);
    plug_destroy(p);
}

Test(plug_page, a_session_has_its_port_and_a_copy_of_an_instance_none, .timeout = 600)
{
    char *state = NULL;
    rsd_error error;
    log_book book = {0};
    const uint32_t port = page_free_port();
    plug *p = make(&book);
    plug_set_http_port(p, port);
    cr_assert_eq(plug_save(p, NULL, &state, &error), RSD_OK);
    plug_destroy(p);
    for (int is_copy = 0; is_copy < 2; is_copy++) {
        const plug_load_options options = {.rule = PLUG_CODEC_ANY, .keeps_ports = is_copy != 0};
        p = make(&book);
        cr_assert_eq(plug_load(p, state, strlen(state), &options, &error), RSD_OK);
        cr_assert_eq(plug_http_port_now(p), is_copy ? 0u : port, "%s", book.last);
        plug_destroy(p);
    }
    free(state);
}

Test(plug_page, osc_on_its_port_goes_on_while_the_page_comes_and_goes, .timeout = 600)
{
    log_book book = {0};
    plug *p = make(&book);
    const uint32_t osc = free_port();
    plug_set_osc_port(p, osc);
    const uint32_t port = page_free_port();
    char wanted[40];
    snprintf(wanted, sizeof wanted, "\"OSC_PORT\":%u", osc);
    for (int i = 0; i < 3; i++) {
        plug_set_http_port(p, port);
        cr_assert(page_says(plug_http_port_now(p), "/?HOST_INFO", "", wanted));
        plug_set_http_port(p, 0u);
    }
    cr_assert_eq(plug_osc_port(p), osc);
    cr_assert_lt(free_port(), 65536u);
    plug_destroy(p);
}

Test(plug_page, pages_of_elsewhere_are_refused, .timeout = 600)
{
    log_book book = {0};
    plug *p = make(&book);
    plug_set_http_port(p, page_free_port());
    const uint32_t port = plug_http_port_now(p);
    cr_assert(page_says(port, "/residuum/levels", "Origin: http://elsewhere.example\r\n", "403"));
    cr_assert(page_says(port, "/residuum/levels", "", "200 OK"));
    plug_destroy(p);
}
