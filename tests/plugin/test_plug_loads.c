// SPDX-License-Identifier: MIT
// A plugin while something that came over OSC takes long to open: the opening is the test's own, and waits.
#include "plug.h"
#include "plug_osc_support.h"
#include "plug_support.h"

#include "host/session/loader_internal.h"

#include <criterion/criterion.h>
#include <lo/lo.h>

#include <semaphore.h>

#define RATE 48000u

static sem_t started, go;

void host_loader_open(const host_folders *folders, const host_load *load, host_loaded *loaded)
{
    (void)folders;
    sem_post(&started);
    while (sem_wait(&go) != 0) continue;
    loaded->status = rsd_model_open(load->name, &loaded->model, &loaded->error);
    snprintf(loaded->codec, sizeof loaded->codec, "%s", load->name);
}

static lo_address open_port(plug *p)
{
    char port[16];
    const uint32_t number = free_port();
    plug_set_osc_port(p, number);
    snprintf(port, sizeof port, "%u", number);
    return lo_address_new("127.0.0.1", port);
}

static plug *make_plug(void)
{
    plug *made = NULL;
    rsd_error error;
    const plug_config config = {.sample_rate_hz = RATE, .channel_count = 1u};
    cr_assert_eq(sem_init(&started, 0, 0), 0);
    cr_assert_eq(sem_init(&go, 0, 0), 0);
    cr_assert_eq(plug_create(&config, &made, &error), RSD_OK, "%s", error.text);
    return made;
}

TestSuite(plug_loads, .timeout = 600);

/* Each of these would wait for ever if what is being opened were opened under the lock. */
Test(plug_loads, a_host_saves_loads_and_prepares_while_a_codec_is_opened)
{
    plug *p = make_plug();
    rsd_error error;
    char *text = NULL, name[PLUG_PATH_BYTES];
    const plug_load_options options = {.rule = PLUG_CODEC_ANY, .keeps_ports = true};
    lo_address to = open_port(p);
    plug_start(p);
    lo_send(to, "/residuum/codec", "s", "live-64");
    while (sem_wait(&started) != 0) continue;
    cr_assert_eq(plug_save(p, NULL, &text, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(plug_load(p, text, strlen(text), &options, &error), RSD_OK, "%s", error.text);
    plug_codec(p, name, sizeof name);
    cr_assert_str_eq(name, "live");
    plug_poll(p);
    plug_stop(p);
    cr_assert_eq(plug_prepare(p, 44100u, 2u, &error), RSD_OK, "%s", error.text);
    plug_start(p);
    sem_post(&go);
    wait_for_codec(p, "live-64");
    plug_stop(p);
    cr_assert_eq(plug_prepare(p, 48000u, 1u, &error), RSD_OK, "%s", error.text);
    wait_for_codec(p, "live-64"); /* the control has its model: nothing is opened again by its name */
    free(text);
    lo_address_free(to);
    plug_destroy(p);
}

Test(plug_loads, a_codec_asked_for_on_a_port_that_is_closed_does_not_come_later)
{
    plug *p = make_plug();
    char name[PLUG_PATH_BYTES];
    lo_address to = open_port(p);
    lo_send(to, "/residuum/codec", "s", "live-64");
    while (sem_wait(&started) != 0) continue;
    plug_set_osc_port(p, 0u);
    sem_post(&go);
    lo_address again = open_port(p);
    sem_post(&go);
    lo_send(again, "/residuum/codec", "s", "live-256");
    while (sem_wait(&started) != 0) continue;
    wait_for_codec(p, "live-256");
    plug_codec(p, name, sizeof name);
    cr_assert_str_eq(name, "live-256");
    lo_address_free(to);
    lo_address_free(again);
    plug_destroy(p);
}
