// SPDX-License-Identifier: MIT
// A blind test in `live`: X is one of the states in slots A and B, which play at the same time, each in an engine.
#include "app/live/live.h"
#include "app/report.h"

#include "host/session/blind.h"

#include <stdlib.h>
#include <string.h>

#define TRIALS 16u
#define FADE_S 0.02 /* until the silence is one */
/* From the end of a test on, over the time of a cross-fade: what sounded before comes back behind a silence. */
#define SILENCE_S 0.3

static void choose(void *context, uint32_t item, uint32_t sound)
{
    const live_ui_state *live = context;
    (void)item;
    host_session_choose_blind(live->session, sound < 2u ? sound : HOST_BLIND_SILENCE);
}

int live_ui_listen_open(live_ui_state *live)
{
    live_ui_listening *l = &live->listening;
    const host_listen_config config = {.kind = HOST_LISTEN_ABX,
                                       .name = "live",
                                       .trial_count = TRIALS,
                                       .is_for_live = true,
                                       .play = choose,
                                       .context = live};
    return host_listen_create(&config, NULL, &l->test) == RSD_OK ? -1 : app_fail(live->arguments, "out of memory");
}

/* What a slot holds, as the file of a preset has it. */
static json_t *describe(const rsd_preset *preset)
{
    char *text = rsd_preset_print(preset);
    json_t *json = text ? json_loads(text, 0, NULL) : NULL;
    free(text);
    return json ? json : json_null();
}

void live_ui_listen_offer(live_ui_state *live)
{
    const live_ui_states *s = &live->states;
    host_listen *test = live->listening.test;
    const char *input = live->arguments->value[APP_OPT_INPUT_FILE];
    if (!test) return;
    json_t *settings = NULL;
    if (s->has_slot[0] && s->has_slot[1])
        settings = json_pack("{s:s, s:o, s:o, s:o}", "residuum", RSD_VERSION, "file",
                             report_text(input ? host_control_shown_name(input) : "what comes in"), "a",
                             describe(&s->slots[0]), "b", describe(&s->slots[1]));
    host_listen_offer(test, settings);
}

bool live_ui_is_blind(const live_ui_state *live)
{
    return live->listening.test && host_listen_is_running(live->listening.test);
}

/* ---- the course of a test: the sound of before fades out, the test, the sound of before again ---- */

static void begin(live_ui_state *live)
{
    live_ui_listening *l = &live->listening;
    l->run = host_listen_run(l->test);
    memcpy(l->sounds, live->states.slots, sizeof l->sounds);
    if (live_ui_capture(live, "before", &l->before) != RSD_OK) l->before = l->sounds[0];
    host_session_hush(live->session, true);
    l->phase = LIVE_UI_LISTEN_FADES;
    l->until_s = live_ui_now_s() + FADE_S;
}

/* The engine of the session rests meanwhile. */
static void take_stage(live_ui_state *live)
{
    rsd_error error;
    live_ui_listening *l = &live->listening;
    l->phase = LIVE_UI_LISTEN_PLAYS;
    if (host_session_begin_blind(live->session, &l->sounds[0], &l->sounds[1], &error) != RSD_OK) {
        host_listen_refuse(l->test, error.text);
        live_ui_say(live, "no listening test: %s", error.text);
        return;
    }
    (void)!host_control_set_value(live->control, RSD_PARAM_BYPASS, 0, 1.0f, &error);
    host_session_hush(live->session, false);
    live_ui_say(live, "a blind listening test runs on the page");
}

static void leave_stage(live_ui_state *live)
{
    rsd_error error;
    float transition_ms = 0.0f;
    live_ui_listening *l = &live->listening;
    host_session_end_blind(live->session);
    if (live_ui_take(live, &l->before, &error) != RSD_OK) live_ui_say(live, "%s", error.text);
    (void)!host_control_get(live->control, RSD_PARAM_TRANSITION_MS, 0, &transition_ms);
    l->phase = LIVE_UI_LISTEN_RETURNS;
    l->until_s = live_ui_now_s() + SILENCE_S + 1e-3 * (double)transition_ms;
}

static void finish(live_ui_state *live)
{
    host_session_hush(live->session, false);
    live->listening.phase = LIVE_UI_LISTEN_RESTS;
    live_ui_say(live, "the listening test is over");
}

void live_ui_listen_update(live_ui_state *live)
{
    live_ui_listening *l = &live->listening;
    if (!l->test) return;
    const bool is_running = host_listen_is_running(l->test), is_due = live_ui_now_s() >= l->until_s;
    if (l->phase == LIVE_UI_LISTEN_RESTS && is_running) {
        begin(live);
    } else if (l->phase == LIVE_UI_LISTEN_FADES && is_due) {
        take_stage(live);
    } else if (l->phase == LIVE_UI_LISTEN_PLAYS && (!is_running || host_listen_run(l->test) != l->run)) {
        host_session_hush(live->session, true);
        l->phase = LIVE_UI_LISTEN_ENDS;
        l->until_s = live_ui_now_s() + FADE_S;
    } else if (l->phase == LIVE_UI_LISTEN_ENDS && is_due) {
        leave_stage(live);
    } else if (l->phase == LIVE_UI_LISTEN_RETURNS && is_due) {
        finish(live);
    }
}
