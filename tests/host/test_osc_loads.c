// SPDX-License-Identifier: MIT
// Codecs and presets that take long to open: the opening is the test's own, and waits until it is told to go on.
#include "osc_support.h"

#include "codec/codec_cost.h"
#include "host/session/loader_internal.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

static sem_t started, go;
static atomic_int opened_count;

/* "slow-..." waits; the rest of the name is what is opened. */
void host_loader_open(const host_folders *folders, const host_load *load, host_loaded *loaded)
{
    const char *name = load->name;
    (void)folders;
    if (strncmp(name, "slow-", 5u) == 0) {
        sem_post(&started);
        while (sem_wait(&go) != 0) continue;
        name += 5;
    }
    atomic_fetch_add(&opened_count, 1);
    if (load->is_preset)
        loaded->status = rsd_preset_open(name, &loaded->preset, &loaded->error);
    else
        loaded->status = rsd_model_open(name, &loaded->model, &loaded->error);
    snprintf(loaded->codec, sizeof loaded->codec, "%s", load->is_preset ? loaded->preset.codec : name);
    if (loaded->status == RSD_OK && load->is_preset && loaded->codec[0] != '\0')
        loaded->status = rsd_model_open(loaded->codec, &loaded->model, &loaded->error);
}

static osc_rig *open_rig(void)
{
    cr_assert_eq(sem_init(&started, 0, 0), 0);
    cr_assert_eq(sem_init(&go, 0, 0), 0);
    return osc_open(0, false);
}

TestSuite(osc_loads, .timeout = 600);

/* It is being opened when this returns, and stays so until go. */
static void ask_slow(osc_rig *rig, const char *what, const char *name)
{
    char address[32];
    snprintf(address, sizeof address, "/residuum/%s", what);
    OSC_SEND(rig, address, "s", name);
    while (sem_wait(&started) != 0) continue;
}

Test(osc_loads, everything_else_is_answered_while_a_codec_is_opened)
{
    osc_rig *rig = open_rig();
    ask_slow(rig, "codec", "slow-live-64");
    for (int i = 0; i < 20; i++) {
        OSC_SEND(rig, "/residuum/levels", "f", 1.0 + i * 0.25);
        cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 1.0f + (float)i * 0.25f);
        OSC_SEND(rig, "/residuum/get", "s", "codec");
        cr_assert_eq(osc_count(rig, "/residuum/value"), (uint32_t)i + 1u);
        cr_assert_str_eq(osc_last(rig, "/residuum/value")->text[1], "live");
    }
    cr_assert_not(host_loader_is_idle(rig->loader));
    sem_post(&go);
    osc_settle(rig);
    cr_assert_str_eq(host_control_codec(rig->control), "live-64");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 5.75f);
    cr_assert_eq(osc_count(rig, "/residuum/error"), 0u);
    osc_close(rig);
}

/* As if the preset had been there at once. */
Test(osc_loads, what_is_set_after_a_preset_that_is_late_stays)
{
    rsd_preset preset;
    rsd_error error;
    cr_assert_eq(rsd_preset_open("telephone", &preset, &error), RSD_OK, "%s", error.text);
    osc_rig *rig = open_rig();
    OSC_SEND(rig, "/residuum/gain/out", "f", -9.0);
    ask_slow(rig, "preset", "slow-telephone");
    OSC_SEND(rig, "/residuum/levels", "f", 7.0);
    OSC_SEND(rig, "/residuum/level/2/gain", "f", 0.5);
    OSC_SEND(rig, "/residuum/levels", "f", 7.5);
    cr_assert_str_eq(host_control_preset(rig->control), "");
    sem_post(&go);
    osc_settle(rig);
    cr_assert_neq(host_control_preset(rig->control)[0], '\0');
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 7.5f);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_GAIN, 1), 0.5f);
    cr_assert_neq(osc_value_of(rig, RSD_PARAM_OUTPUT_GAIN_DB, 0), -9.0f, "a value from before the preset stayed");
    OSC_SEND(rig, "/residuum/preset", "s", "telephone");
    osc_settle(rig);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_GAIN, 1), 1.0f, "an old value came back with a later preset");
    osc_close(rig);
}

Test(osc_loads, the_newest_takes_the_place_of_the_one_that_waits_and_that_is_said)
{
    osc_rig *rig = open_rig();
    ask_slow(rig, "codec", "slow-live-64");
    OSC_SEND(rig, "/residuum/preset", "s", "telephone");
    OSC_SEND(rig, "/residuum/codec", "s", "live-256");
    cr_assert_eq(osc_count(rig, "/residuum/error"), 1u);
    cr_assert_str_eq(osc_last(rig, "/residuum/error")->text[0], "/residuum/preset");
    cr_assert_str_eq(osc_last(rig, "/residuum/error")->text[1], HOST_OSC_REPLACED);
    for (int i = 0; i < 100; i++) OSC_SEND(rig, "/residuum/codec", "s", i % 2 ? "live-256" : "live-128");
    while (osc_stats(rig).datagram_count < 103u) { /* what is over the share waits for some to come back */
        osc_turn(rig);
        nap_ms(1);
    }
    sem_post(&go);
    osc_settle(rig);
    cr_assert_str_eq(host_control_codec(rig->control), "live-256");
    cr_assert_eq(atomic_load(&opened_count), 2, "more was opened than the first and the last");
    osc_close(rig);
}

Test(osc_loads, a_server_that_is_opened_anew_takes_what_the_one_before_had_asked_for)
{
    osc_rig *rig = open_rig();
    rsd_error error;
    ask_slow(rig, "codec", "slow-live-64");
    host_osc_destroy(rig->osc);
    const host_osc_config config = {.control = rig->control, .loader = rig->loader};
    cr_assert_eq(host_osc_create(&config, &rig->osc, &error), RSD_OK, "%s", error.text);
    sem_post(&go);
    osc_settle(rig);
    cr_assert_str_eq(host_control_codec(rig->control), "live-64");
    osc_close(rig);
}

Test(osc_loads, what_is_forgotten_is_not_taken)
{
    osc_rig *rig = open_rig();
    ask_slow(rig, "codec", "slow-live-64");
    host_loader_forget(rig->loader);
    sem_post(&go);
    osc_settle(rig);
    cr_assert_str_eq(host_control_codec(rig->control), "live");
    osc_close(rig);
}

/* Else the control thread would do it when it swaps the codec in: 20 frames of a neural one. */
Test(osc_loads, what_a_codec_costs_is_measured_where_it_is_opened)
{
    osc_rig *rig = open_rig();
    host_loaded loaded = {.model = NULL};
    host_load load = {.name = "live-256"};
    rsd_error error;
    host_loader_measure_for(rig->loader, OSC_RATE_HZ, 2u);
    cr_assert_eq(host_loader_ask(rig->loader, &load, &error), RSD_OK, "%s", error.text);
    while (!host_loader_take(rig->loader, &loaded)) nap_ms(1);
    cr_assert_eq(loaded.status, RSD_OK, "%s", loaded.error.text);
    const uint64_t measured_ns = codec_frame_ns(loaded.model, 2u);
    cr_assert_gt(measured_ns, 0u);
    cr_assert_eq(codec_frame_ns(loaded.model, 1u), 0u);
    const rsd_engine_config config = {OSC_RATE_HZ, 2, RSD_SCHEDULE_AUTO, 0, 0};
    rsd_engine *engine = NULL;
    cr_assert_eq(rsd_engine_create(&config, loaded.model, &engine, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(codec_frame_ns(loaded.model, 2u), measured_ns, "it was measured again");
    rsd_engine_destroy(engine);
    rsd_model_release(loaded.model);
    osc_close(rig);
}
