// SPDX-License-Identifier: MIT
// rt_plugins lv2|clap: the process call of a format, with everything turned at once, makes no call of the allocator, of
// a lock or of a blocking function. Blocks come in real time, as a plugin may wait for frames in a render.
// rt_plugins seed: the guard sees those that a module makes.
#include "clap_host.h"
#include "lv2_host.h"
#include "page_support.h"
#include "support/rt_guard.h"

#include <time.h>

#define RATE 48000u
#define MAX_BLOCK 1000u
#define BLOCKS 600
#define FIRST_GUARDED 60 /* until then a plugin does not know whether it is in real time */
#define OPENED_AT 30     /* the page, before anything is guarded */
#define TURNS 3          /* of host parameters, before each block */

/* Never faster than real time: what was late is not made up for. */
static void let_time_pass(uint32_t sample_count)
{
    const struct timespec pause = {0, (long)sample_count * 1000000000l / (long)RATE};
    nanosleep(&pause, NULL);
}

static void turn_lv2(test_lv2 *h, uint32_t *seed)
{
    const uint32_t param = test_between(seed, 0u, h->param_count - 1u);
    const plug_param *s = plug_param_at(param);
    if (s->kind == PLUG_PARAM_OSC_PORT || s->kind == PLUG_PARAM_HTTP_PORT) return;
    if (s->info && s->info->id == RSD_PARAM_TRANSITION_MS) return; /* at two seconds hardly a swap would end */
    h->controls[param] = s->min + (s->max - s->min) * 0.5f * (1.0f + test_noise(seed));
    if (test_random(seed) >> 30 == 0u) add_set(h, 3, RLV2_PARAM_URI "levels", 4.0f);
    if (test_random(seed) >> 30 == 0u) add_midi(h, 5, (uint8_t)test_between(seed, 0u, 127u), 64);
    if (test_random(seed) >> 27 == 0u) add_set_path(h, MODEL_FILE);
    if (test_random(seed) >> 28 == 0u) h->controls[plug_param_codec()] = (float)test_between(seed, 0u, 2u);
}

/* A browser that looks at the page: from then on audio fills its rings. -1: there is no page in this build. */
static int look(uint32_t port)
{
    static const char wish[] = "{\"COMMAND\":\"SPECTRA\",\"DATA\":true}";
    const int fd = page_open(port);
    if (fd >= 0) need(page_send(fd, PAGE_TEXT, wish, strlen(wish)), "a wish");
    return fd;
}

static int tour_lv2(void)
{
    sound_set s = make_sound(MAX_BLOCK, 1u);
    test_lv2 *h = open_lv2(2u, RATE);
    uint32_t seed = 3u, latencies = 0;
    float latency = 0.0f;
    const uint32_t port = page_free_port();
    int browser = -1;
    h->descriptor->activate(h->handle);
    for (int i = 0; i < BLOCKS; i++) {
        begin_events(h);
        for (int turn = 0; turn < TURNS; turn++) turn_lv2(h, &seed);
        const uint32_t count = test_between(&seed, 0u, MAX_BLOCK);
        for (uint32_t c = 0; c < 2u; c++) {
            h->descriptor->connect_port(h->handle, rlv2_port_in(c), s.in[c]);
            h->descriptor->connect_port(h->handle, rlv2_port_out(2u, c), s.out[c]);
        }
        ((LV2_Atom_Sequence *)h->notify)->atom.size = ATOM_BYTES - sizeof(LV2_Atom);
        let_time_pass(count);
        h->coding = i / 40 % 2 ? 1.0f : 0.0f; /* the tap runs, and rests */
        if (i >= FIRST_GUARDED) rt_guard_enter();
        h->descriptor->run(h->handle, count);
        if (i >= FIRST_GUARDED) rt_guard_leave();
        latencies += h->latency != latency;
        latency = h->latency;
        if (i % 3 == 0) work_lv2(h);
        if (i == OPENED_AT) *control_of(h, "http_port") = (float)port;
        if (i == FIRST_GUARDED - 1) browser = look(port);
    }
    if (browser >= 0) need(page_waits_for(browser, "/residuum/page/spectrum"), "what the browser draws");
    close(browser);
    printf("lv2: %d runs, %u changes of latency, no offence\n", BLOCKS, latencies);
    close_lv2(h);
    free_sound(&s);
    return latencies > 2u ? 0 : 1;
}

static int tour_clap(void)
{
    sound_set s = make_sound(MAX_BLOCK, 1u);
    test_host *h = open_host();
    uint32_t seed = 3u;
    start(h, RATE);
    for (int i = 0; i < BLOCKS; i++) {
        clap_param_info_t info;
        const uint32_t count = test_between(&seed, 0u, MAX_BLOCK);
        for (uint32_t e = test_between(&seed, 0u, 4u); e > 0u; e--) {
            need(h->params->get_info(h->plugin, test_between(&seed, 0u, h->params->count(h->plugin) - 1u), &info),
                 "info");
            if (strcmp(info.name, "OSC port") == 0 || strcmp(info.name, "Page port") == 0) continue;
            add_event(h, info.id, count / 2u,
                      info.min_value + (info.max_value - info.min_value) * 0.5 * (1.0 + (double)test_noise(&seed)));
        }
        clap_audio_buffer_t in = {.data32 = s.in, .channel_count = 2}, out = {.data32 = s.out, .channel_count = 2};
        const clap_input_events_t events = {h, in_size, in_get};
        const clap_output_events_t told = {h, out_push};
        const clap_process_t block = {-1, count, NULL, &in, &out, 1, 1, &events, &told};
        h->on_audio_thread = true;
        let_time_pass(count);
        if (i >= FIRST_GUARDED) rt_guard_enter();
        h->plugin->process(h->plugin, &block);
        if (i % 50 == 0) h->plugin->reset(h->plugin);
        if (i >= FIRST_GUARDED) rt_guard_leave();
        h->on_audio_thread = false;
        h->event_count = h->told_count = h->told_time = 0;
        main_loop(h);
    }
    printf("clap: %d blocks, %u restarts asked for, no offence\n", BLOCKS, h->restart_asked);
    stop(h);
    close_host(h);
    free_sound(&s);
    return 0;
}

static int seed_offences(void)
{
    rt_guard_only_count();
    rt_guard_enter();
    test_host *h = open_host(); /* allocates inside the module */
    rt_guard_leave();
    printf("%u offences seen\n", rt_guard_count());
    close_host(h);
    return rt_guard_count() > 100u ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "lv2") == 0) return tour_lv2();
    if (argc == 2 && strcmp(argv[1], "clap") == 0) return tour_clap();
    return seed_offences();
}
