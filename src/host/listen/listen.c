// SPDX-License-Identifier: MIT
// A listening test: requests of the listener, and what he may know.
#include "host/listen/internal.h"

#include "base/error.h"
#include "base/sleep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define SPRT_SHARE 0.8
#define SPRT_CHANCE 0.05
#define SPRT_TRIALS 100u
#define SHORTEST_LOOP_S 0.25

static double now_s(void) { return (double)base_now_ns() * 1e-9; }

/* A number from 0 to `count` - 1: the system's, or the next of a seed's. */
static uint32_t draw(host_listen *self, uint32_t count)
{
    uint32_t bits = 0;
    if (self->config.seed == 0u && getrandom(&bits, sizeof bits, 0) == (ssize_t)sizeof bits)
        return (uint32_t)(((uint64_t)bits * count) >> 32);
    self->seed = self->seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)self->seed * count) >> 32);
}

/* ---- create ---- */

static bool is_valid(const host_listen_config *config)
{
    if (!config || !config->play || config->trial_count > HOST_LISTEN_MAX_TRIALS) return false;
    if (config->kind == HOST_LISTEN_ABX) return config->sprt.most_trials <= HOST_SPRT_MOST_TRIALS;
    return config->item_count >= 1u && config->item_count <= HOST_LISTEN_MAX_ITEMS && config->condition_count >= 2u &&
           config->condition_count <= HOST_LISTEN_MAX_CONDITIONS;
}

static void copy_names(host_listen *self, const host_listen_config *config)
{
    snprintf(self->name, sizeof self->name, "%s", config->name ? config->name : "listening test");
    for (uint32_t i = 0; i < config->item_count; i++)
        snprintf(self->item_names[i], sizeof self->item_names[i], "%s", config->item_names[i]);
    for (uint32_t i = 0; i < config->condition_count; i++)
        snprintf(self->condition_names[i], sizeof self->condition_names[i], "%s", config->condition_names[i]);
}

rsd_status host_listen_create(const host_listen_config *config, json_t *settings, host_listen **listen)
{
    host_listen *self = is_valid(config) ? calloc(1, sizeof *self) : NULL;
    if (!self) {
        json_decref(settings);
        return is_valid(config) ? RSD_ERR_MEMORY : RSD_ERR_ARG;
    }
    self->config = *config;
    host_sprt *sprt = &self->config.sprt;
    if (sprt->most_trials == 0u) *sprt = (host_sprt){SPRT_SHARE, SPRT_CHANCE, SPRT_CHANCE, SPRT_TRIALS};
    copy_names(self, config);
    self->offered = settings;
    self->loop_to_s = config->duration_s;
    self->seed = config->seed;
    pthread_mutex_init(&self->lock, NULL);
    *listen = self;
    return RSD_OK;
}

void host_listen_destroy(host_listen *listen)
{
    if (!listen) return;
    json_decref(listen->settings);
    json_decref(listen->offered);
    pthread_mutex_destroy(&listen->lock);
    free(listen);
}

void host_listen_offer(host_listen *listen, json_t *settings)
{
    pthread_mutex_lock(&listen->lock);
    json_decref(listen->offered);
    listen->offered = settings;
    pthread_mutex_unlock(&listen->lock);
}

void host_listen_refuse(host_listen *listen, const char *problem)
{
    pthread_mutex_lock(&listen->lock);
    listen->state = LISTEN_READY;
    snprintf(listen->problem, sizeof listen->problem, "%s", problem);
    pthread_mutex_unlock(&listen->lock);
}

/* ---- trials and items ---- */

static void begin_trial(host_listen *self)
{
    self->trials[self->trial_count] = (listen_trial){.is_b = draw(self, 2u) == 1u};
    self->has_heard_x = false;
    self->trial_began_s = now_s();
}

/* Fisher and Yates's shuffle. */
static void begin_item(host_listen *self)
{
    listen_item *item = &self->items[self->item];
    const uint32_t count = self->config.condition_count;
    memset(item, 0, sizeof *item);
    for (uint32_t i = 0; i < count; i++) {
        item->order[i] = i;
        item->ratings[i].score = -1;
    }
    for (uint32_t i = count - 1u; i > 0u; i--) {
        const uint32_t other = draw(self, i + 1u), kept = item->order[i];
        item->order[i] = item->order[other];
        item->order[other] = kept;
    }
    self->trial_began_s = now_s();
}

static void silence(host_listen *self)
{
    self->playing[0] = '\0';
    self->config.play(self->config.context, self->item, HOST_LISTEN_SILENCE);
}

static void end(host_listen *self)
{
    self->state = LISTEN_OVER;
    silence(self);
}

uint32_t listen_right_count(const host_listen *self)
{
    uint32_t right = 0;
    for (uint32_t i = 0; i < self->trial_count; i++) right += self->trials[i].is_b == self->trials[i].answers_b;
    return right;
}

static bool is_enough(const host_listen *self)
{
    if (self->config.trial_count > 0u) return self->trial_count >= self->config.trial_count;
    return host_sprt_judge(&self->config.sprt, self->trial_count, listen_right_count(self)) != HOST_SPRT_GOES_ON;
}

/* ---- requests ---- */

static rsd_status start(host_listen *self, const json_t *request, rsd_error *error)
{
    const json_t *trials = json_object_get(request, "trials");
    const json_int_t count = json_integer_value(trials);
    if (self->state == LISTEN_RUNNING) return base_error_set(error, RSD_ERR_ARG, "a test runs already; stop it first");
    if (!self->offered) return base_error_set(error, RSD_ERR_ARG, "A and B hold nothing yet");
    if (trials && (!json_is_integer(trials) || count < 0 || count > (json_int_t)HOST_LISTEN_MAX_TRIALS))
        return base_error_set(error, RSD_ERR_ARG, "trials are 1 to %u, or 0 for a sequential test",
                              HOST_LISTEN_MAX_TRIALS);
    if (trials) self->config.trial_count = (uint32_t)count;
    json_decref(self->settings);
    self->settings = json_incref(self->offered);
    const time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(self->began, sizeof self->began, "%Y-%m-%dT%H:%M:%SZ", &utc);
    self->trial_count = self->item = 0;
    self->state = LISTEN_RUNNING;
    self->problem[0] = '\0';
    self->run++;
    silence(self);
    if (self->config.kind == HOST_LISTEN_ABX)
        begin_trial(self);
    else
        begin_item(self);
    return RSD_OK;
}

/* The sound that a name means: "a", "b", "x"; of a rating "r", or a place from "1"; UINT32_MAX - 1: none. */
static uint32_t sound_of(const host_listen *self, const char *what)
{
    if (strcmp(what, "stop") == 0) return HOST_LISTEN_SILENCE;
    if (self->config.kind == HOST_LISTEN_ABX) {
        if (strcmp(what, "x") == 0) return self->trials[self->trial_count].is_b ? 1u : 0u;
        return strcmp(what, "a") == 0 ? 0u : strcmp(what, "b") == 0 ? 1u : HOST_LISTEN_SILENCE - 1u;
    }
    if (strcmp(what, "r") == 0) return 0u;
    const unsigned long place = strtoul(what, NULL, 10);
    if (place < 1u || place > self->config.condition_count) return HOST_LISTEN_SILENCE - 1u;
    return self->items[self->item].order[place - 1u];
}

static rsd_status play(host_listen *self, const json_t *request, rsd_error *error)
{
    const char *what = json_string_value(json_object_get(request, "what"));
    const uint32_t sound = what ? sound_of(self, what) : HOST_LISTEN_SILENCE - 1u;
    if (sound == HOST_LISTEN_SILENCE - 1u || strlen(what) >= sizeof self->playing)
        return base_error_set(error, RSD_ERR_ARG, "there is no such sound");
    if (self->config.kind == HOST_LISTEN_ABX && strcmp(what, "x") == 0) self->has_heard_x = true;
    snprintf(self->playing, sizeof self->playing, "%s", sound == HOST_LISTEN_SILENCE ? "" : what);
    self->config.play(self->config.context, self->item, sound);
    return RSD_OK;
}

static rsd_status answer(host_listen *self, const json_t *request, rsd_error *error)
{
    const char *what = json_string_value(json_object_get(request, "what"));
    if (self->config.kind != HOST_LISTEN_ABX || !what || (strcmp(what, "a") != 0 && strcmp(what, "b") != 0))
        return base_error_set(error, RSD_ERR_ARG, "X is a or b");
    if (!self->has_heard_x) return base_error_set(error, RSD_ERR_ARG, "listen to X first");
    listen_trial *trial = &self->trials[self->trial_count++];
    trial->answers_b = *what == 'b';
    trial->seconds = now_s() - self->trial_began_s;
    if (is_enough(self)) {
        end(self);
        return RSD_OK;
    }
    silence(self); /* X may be another one now: what sounds must not tell */
    begin_trial(self);
    return RSD_OK;
}

static rsd_status rate(host_listen *self, const json_t *request, rsd_error *error)
{
    const json_t *place = json_object_get(request, "which"), *score = json_object_get(request, "score");
    const json_int_t which = json_integer_value(place), points = json_integer_value(score);
    if (self->config.kind != HOST_LISTEN_RATING || which < 1 || which > (json_int_t)self->config.condition_count)
        return base_error_set(error, RSD_ERR_ARG, "there is no such condition");
    if (!json_is_integer(score) || points < 0 || points > 100)
        return base_error_set(error, RSD_ERR_ARG, "a rating is a whole number in 0..100");
    listen_item *item = &self->items[self->item];
    item->ratings[item->order[which - 1]] = (listen_rating){(int)points, now_s() - self->trial_began_s};
    return RSD_OK;
}

static rsd_status go_on(host_listen *self, const json_t *request, rsd_error *error)
{
    listen_item *item = &self->items[self->item];
    const char *comment = json_string_value(json_object_get(request, "comment"));
    if (self->config.kind != HOST_LISTEN_RATING)
        return base_error_set(error, RSD_ERR_ARG, "an ABX trial wants an answer");
    for (uint32_t i = 0; i < self->config.condition_count; i++)
        if (item->ratings[i].score < 0) return base_error_set(error, RSD_ERR_ARG, "rate all of them first");
    snprintf(item->comment, sizeof item->comment, "%s", comment ? comment : "");
    item->is_done = true;
    if (self->item + 1u == self->config.item_count) {
        end(self);
        return RSD_OK;
    }
    silence(self);
    self->item++;
    begin_item(self);
    return RSD_OK;
}

static rsd_status loop(host_listen *self, const json_t *request, rsd_error *error)
{
    const double from = json_number_value(json_object_get(request, "from"));
    const double to = json_number_value(json_object_get(request, "to"));
    const bool is_inside = from >= 0.0 && to <= self->config.duration_s + 1e-6 && to - from >= SHORTEST_LOOP_S;
    if (self->config.duration_s <= 0.0 || !self->config.loop || !is_inside)
        return base_error_set(error, RSD_ERR_ARG, "a loop lasts %g s or more, within 0 to %.2f s", SHORTEST_LOOP_S,
                              self->config.duration_s);
    self->loop_from_s = from;
    self->loop_to_s = to;
    self->config.loop(self->config.context, from, to);
    return RSD_OK;
}

static rsd_status stop(host_listen *self, const json_t *request, rsd_error *error)
{
    (void)request;
    (void)error;
    end(self);
    return RSD_OK;
}

static const struct {
    const char *name;
    bool while_running;
    rsd_status (*take)(host_listen *self, const json_t *request, rsd_error *error);
} requests[] = {{"start", false, start}, {"play", true, play},  {"answer", true, answer}, {"rate", true, rate},
                {"next", true, go_on},   {"loop", false, loop}, {"stop", true, stop}};

rsd_status host_listen_take(host_listen *listen, const json_t *request, rsd_error *error)
{
    const char *name = json_string_value(json_object_get(request, "do"));
    rsd_status status = base_error_set(error, RSD_ERR_ARG, "there is no such request");
    pthread_mutex_lock(&listen->lock);
    for (size_t i = 0; name && i < sizeof requests / sizeof *requests; i++) {
        if (strcmp(name, requests[i].name) != 0) continue;
        status = requests[i].while_running && listen->state != LISTEN_RUNNING
                     ? base_error_set(error, RSD_ERR_ARG, "no test runs; start one")
                     : requests[i].take(listen, request, error);
        if (status == RSD_OK) status = base_error_set(error, RSD_OK, "%s", "");
    }
    pthread_mutex_unlock(&listen->lock);
    return status;
}

/* ---- what may be known ---- */

static json_t *tell_ratings(const host_listen *self)
{
    const listen_item *item = &self->items[self->item];
    json_t *ratings = json_array();
    for (uint32_t i = 0; i < self->config.condition_count; i++) {
        const int score = item->ratings[item->order[i]].score;
        json_array_append_new(ratings, score < 0 ? json_null() : json_integer(score));
    }
    return json_pack("{s:i, s:o}", "item", (int)self->item + 1, "ratings", ratings);
}

static json_t *tell(const host_listen *self)
{
    static const char *const states[] = {"ready", "running", "over"};
    const bool is_abx = self->config.kind == HOST_LISTEN_ABX;
    json_t *told =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:f, s:[f, f]}", "kind", is_abx ? "abx" : "rating", "name", self->name,
                  "state", states[self->state], "playing", self->playing, "live", (int)self->config.is_for_live,
                  "duration_s", self->config.duration_s, "loop_s", self->loop_from_s, self->loop_to_s);
    if (!told) return NULL;
    json_object_set_new(told, "can_start", json_boolean(self->offered != NULL));
    if (self->problem[0] != '\0') json_object_set_new(told, "problem", json_string(self->problem));
    if (is_abx) {
        json_object_set_new(told, "trials", json_integer(self->config.trial_count));
        json_object_set_new(told, "answered", json_integer(self->trial_count));
    } else {
        json_object_set_new(told, "items", json_integer(self->config.item_count));
        json_object_set_new(told, "conditions", json_integer(self->config.condition_count));
        if (self->state == LISTEN_RUNNING) json_object_update_new(told, tell_ratings(self));
    }
    if (self->state == LISTEN_OVER) json_object_set_new(told, "result", listen_results(self));
    if (self->state != LISTEN_RUNNING && self->offered) json_object_set(told, "settings", self->offered);
    return told;
}

json_t *host_listen_tell(host_listen *listen)
{
    pthread_mutex_lock(&listen->lock);
    json_t *told = tell(listen);
    pthread_mutex_unlock(&listen->lock);
    return told;
}

static bool is_in(host_listen *listen, int state)
{
    pthread_mutex_lock(&listen->lock);
    const bool is = (int)listen->state == state;
    pthread_mutex_unlock(&listen->lock);
    return is;
}

bool host_listen_is_running(host_listen *listen) { return is_in(listen, LISTEN_RUNNING); }
bool host_listen_is_over(host_listen *listen) { return is_in(listen, LISTEN_OVER); }

uint32_t host_listen_run(host_listen *listen)
{
    pthread_mutex_lock(&listen->lock);
    const uint32_t run = listen->run;
    pthread_mutex_unlock(&listen->lock);
    return run;
}

char *host_listen_json(host_listen *listen)
{
    pthread_mutex_lock(&listen->lock);
    json_t *results = listen->state == LISTEN_OVER ? listen_results(listen) : NULL;
    pthread_mutex_unlock(&listen->lock);
    char *text = results ? json_dumps(results, JSON_INDENT(2) | JSON_REAL_PRECISION(10)) : NULL;
    json_decref(results);
    return text;
}

char *host_listen_csv(host_listen *listen)
{
    pthread_mutex_lock(&listen->lock);
    char *text = listen->state == LISTEN_OVER ? listen_csv(listen) : NULL;
    pthread_mutex_unlock(&listen->lock);
    return text;
}
