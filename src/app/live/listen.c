// SPDX-License-Identifier: MIT
// A blind test in `live`: X is one of the states in slots A and B, switched by the engine behind a silence.
#include "app/live/live.h"
#include "app/report.h"

#include <stdlib.h>
#include <string.h>

#define TRIALS 16u
#define FADE_S 0.02 /* until the silence is one */
/*
 * So long a change is silent, over the time of a cross-fade: the engine listens for 100 ms to match levels, and lets a
 * codec run in. It is the same for every change, whether the state is another one or not.
 */
#define SILENCE_S 0.3

static void choose(void *context, uint32_t item, uint32_t sound)
{
    live_ui_listening *l = context;
    (void)item; /* under the test's lock: one at a time */
    const uint64_t before = atomic_load_explicit(&l->chosen, memory_order_relaxed);
    atomic_store_explicit(&l->chosen, ((before >> 32) + 1u) << 32 | sound, memory_order_relaxed);
}

int live_ui_listen_open(live_ui_state *live)
{
    live_ui_listening *l = &live->listening;
    const host_listen_config config = {.kind = HOST_LISTEN_ABX,
                                       .name = "live",
                                       .trial_count = TRIALS,
                                       .is_for_live = true,
                                       .play = choose,
                                       .context = l};
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

static void begin(live_ui_state *live)
{
    rsd_error error;
    live_ui_listening *l = &live->listening;
    memcpy(l->sounds, live->states.slots, sizeof l->sounds);
    if (live_ui_capture(live, "before", &l->before) != RSD_OK) l->before = l->sounds[0];
    if (host_control_get(live->control, RSD_PARAM_LEVEL_MATCH, 0, &l->level_match) != RSD_OK) l->level_match = 0.0f;
    (void)!host_control_set_value(live->control, RSD_PARAM_LEVEL_MATCH, 0, 1.0f, &error);
    host_session_hush(live->session, true);
    l->has_ended = false;
    live_ui_say(live, "a blind listening test runs on the page");
}

static void finish(live_ui_state *live)
{
    rsd_error error;
    live_ui_listening *l = &live->listening;
    (void)!host_control_set_value(live->control, RSD_PARAM_LEVEL_MATCH, 0, l->level_match, &error);
    if (live_ui_take(live, &l->before, &error) != RSD_OK) live_ui_say(live, "%s", error.text);
    host_session_hush(live->session, false);
    l->is_held = false;
    l->has_ended = true;
    live_ui_say(live, "the listening test is over");
}

/* Into the silence, and out of it with the other state. */
static void change(live_ui_state *live, uint64_t chosen)
{
    live_ui_listening *l = &live->listening;
    host_session_hush(live->session, true);
    l->done = chosen;
    l->is_held = true;
    l->is_taken = false;
    l->until_s = live_ui_now_s() + FADE_S;
}

static void hold(live_ui_state *live)
{
    rsd_error error;
    live_ui_listening *l = &live->listening;
    float transition_ms = 0.0f;
    const uint32_t sound = (uint32_t)l->done;
    if (live_ui_now_s() < l->until_s || host_control_swap_pending(live->control)) return;
    if (sound >= 2u) { /* nothing is to play */
        l->is_held = false;
        return;
    }
    if (!l->is_taken) { /* it is silent now */
        if (live_ui_take(live, &l->sounds[sound], &error) != RSD_OK) live_ui_say(live, "%s", error.text);
        (void)!host_control_get(live->control, RSD_PARAM_TRANSITION_MS, 0, &transition_ms);
        l->until_s = live_ui_now_s() + SILENCE_S + 1e-3 * (double)transition_ms;
        l->is_taken = true;
    } else {
        host_session_hush(live->session, false);
        l->is_held = false;
    }
}

void live_ui_listen_update(live_ui_state *live)
{
    live_ui_listening *l = &live->listening;
    if (!l->test) return;
    const uint32_t run = host_listen_run(l->test);
    const bool is_running = host_listen_is_running(l->test);
    if (run != l->run && is_running) {
        l->run = run;
        begin(live);
    }
    if (run == l->run && run > 0u && !is_running && !l->has_ended) finish(live);
    if (!is_running) return;
    const uint64_t chosen = atomic_load_explicit(&l->chosen, memory_order_relaxed); /* stored by choose */
    if (chosen != l->done) change(live, chosen);
    if (l->is_held) hold(live);
}
