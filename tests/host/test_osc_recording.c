// SPDX-License-Identifier: MIT
// What subscribers hear of a recording.
#include "osc_support.h"

/* What subscribers hear of a recording, and of its breaking off. */

static host_session_status shown;

static void show(host_session *session, host_session_status *status)
{
    (void)session;
    *status = shown;
}

/* A server that believes in a session of which only the status is there. */
static osc_rig *open_with_session(void)
{
    osc_rig *rig = osc_open(60.0, false);
    char port[16];
    rsd_error error;
    host_osc_destroy(rig->osc);
    const host_osc_config config = {
        .control = rig->control, .session = (host_session *)(void *)&shown, .session_status = show};
    cr_assert_eq(host_osc_create(&config, &rig->osc, &error), RSD_OK, "%s", error.text);
    lo_address_free(rig->server);
    snprintf(port, sizeof port, "%u", host_osc_port(rig->osc));
    rig->server = lo_address_new("127.0.0.1", port);
    return rig;
}

static const osc_reply *recording_now(osc_rig *rig)
{
    rig->reply_count = 0;
    for (int i = 0; i < 500 && osc_count(rig, "/residuum/meter/recording") == 0u; i++) osc_turn_for(rig, 20);
    return osc_last(rig, "/residuum/meter/recording");
}

Test(osc_recording, subscribers_see_whether_a_recording_runs_and_hear_at_once_that_it_broke_off, .timeout = 600)
{
    osc_rig *rig = open_with_session();
    memset(&shown, 0, sizeof shown);
    shown.sample_rate_hz = 48000u;
    OSC_SEND(rig, "/residuum/subscribe", "sif", "127.0.0.1", lo_server_get_port(rig->client), 50.0);
    cr_assert_str_eq(recording_now(rig)->types, "if");
    cr_assert_eq(recording_now(rig)->number[0], 0.0);
    shown.recorder.recording = true;
    shown.recorder.sample_count = 72000u;
    cr_assert_eq(recording_now(rig)->number[0], 1.0);
    cr_assert_float_eq(recording_now(rig)->number[1], 1.5, 1e-6);
    shown.recorder.failed = true;
    cr_assert_eq(recording_now(rig)->number[0], 2.0);
    host_osc_tell_all(rig->osc, "/residuum/meter/recording", "the recording broke off");
    for (int i = 0; i < 500 && osc_count(rig, "/residuum/error") == 0u; i++) osc_turn_for(rig, 20);
    const osc_reply *told = osc_last(rig, "/residuum/error");
    cr_assert_str_eq(told->types, "ss");
    cr_assert_str_eq(told->text[0], "/residuum/meter/recording");
    cr_assert_str_eq(told->text[1], "the recording broke off");
    cr_assert_eq(osc_stats(rig).error_count, 0u, "nobody asked for what is refused");
    osc_close(rig);
}
