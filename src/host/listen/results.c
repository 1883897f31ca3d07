// SPDX-License-Identifier: MIT
// What came of a listening test, as JSON and as CSV.
#include "host/listen/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CONFIDENCE 0.95

/* ---- JSON ---- */

static const char *verdict_name(host_sprt_verdict verdict)
{
    static const char *const names[] = {"stopped", "heard", "not heard", "undecided"};
    return names[verdict];
}

static json_t *trials_json(const host_listen *self)
{
    json_t *trials = json_array();
    for (uint32_t i = 0; i < self->trial_count; i++) {
        const listen_trial *t = &self->trials[i];
        json_array_append_new(trials, json_pack("{s:s, s:s, s:b, s:f}", "x", t->is_b ? "b" : "a", "answer",
                                                t->answers_b ? "b" : "a", "right", (int)(t->is_b == t->answers_b),
                                                "seconds", t->seconds));
    }
    return trials;
}

/* The p value is that of a number of trials which was settled before: a test that stops by what it finds has none. */
static void add_figures(const host_listen *self, json_t *results)
{
    const uint32_t count = self->trial_count, right = listen_right_count(self), planned = self->config.trial_count;
    const host_sprt *sprt = &self->config.sprt;
    double low, high;
    host_binomial_interval(count, right, CONFIDENCE, &low, &high);
    json_object_update_new(results, json_pack("{s:i, s:i, s:[f, f], s:f}", "count", (int)count, "right", (int)right,
                                              "share_interval", low, high, "share_interval_confidence", CONFIDENCE));
    if (planned > 0u && count == planned) {
        const double p = host_binomial_tail(count, right, 0.5);
        json_object_update_new(results, json_pack("{s:f, s:f}", "p_value", p, "confidence", 1.0 - p));
    }
    if (planned == 0u)
        json_object_set_new(results, "sequential",
                            json_pack("{s:s, s:s, s:f, s:f, s:f, s:i}", "method", "Wald 1945", "verdict",
                                      verdict_name(host_sprt_judge(sprt, count, right)), "heard_share",
                                      sprt->heard_share, "false_chance", sprt->false_chance, "miss_chance",
                                      sprt->miss_chance, "most_trials", (int)sprt->most_trials));
}

static json_t *ratings_json(const host_listen *self)
{
    json_t *items = json_array();
    for (uint32_t i = 0; i <= self->item && self->items[i].is_done; i++) {
        const listen_item *item = &self->items[i];
        json_t *ratings = json_object();
        for (uint32_t c = 0; c < self->config.condition_count; c++)
            json_object_set_new(ratings, self->condition_names[c], json_integer(item->ratings[c].score));
        json_array_append_new(items, json_pack("{s:s, s:o, s:s}", "sound", self->item_names[i], "ratings", ratings,
                                               "comment", item->comment));
    }
    return items;
}

json_t *listen_results(const host_listen *self)
{
    const bool is_abx = self->config.kind == HOST_LISTEN_ABX;
    json_t *results = json_pack("{s:s, s:s, s:s, s:i, s:[f, f]}", "test", self->name, "kind", is_abx ? "abx" : "rating",
                                "began", self->began, "planned_trials", (int)self->config.trial_count, "loop_s",
                                self->loop_from_s, self->loop_to_s);
    if (!results) return NULL;
    json_object_set(results, "settings", self->settings);
    if (is_abx) {
        add_figures(self, results);
        json_object_set_new(results, "trials", trials_json(self));
    } else {
        json_object_set_new(results, "items", ratings_json(self));
    }
    return results;
}

/* ---- CSV ---- */

/* In quotes where a comma, a quote or an end of line is in it. */
static void put_text(FILE *file, const char *text)
{
    bool is_plain = true;
    for (const char *c = text; *c; c++) is_plain = is_plain && *c != ',' && *c != '"' && *c != '\n' && *c != '\r';
    if (is_plain) {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (const char *c = text; *c; c++) {
        if (*c == '"') fputc('"', file);
        fputc(*c, file);
    }
    fputc('"', file);
}

static void put_trials(FILE *file, const host_listen *self)
{
    fputs("test,trial,x,answer,right,seconds\n", file);
    for (uint32_t i = 0; i < self->trial_count; i++) {
        const listen_trial *t = &self->trials[i];
        put_text(file, self->name);
        fprintf(file, ",%u,%s,%s,%d,%.2f\n", i + 1u, t->is_b ? "b" : "a", t->answers_b ? "b" : "a",
                t->is_b == t->answers_b, t->seconds);
    }
}

/* The columns of webMUSHRA's mushra.csv without a questionnaire. */
static void put_ratings(FILE *file, const host_listen *self)
{
    fputs("session_test_id,trial_id,rating_stimulus,rating_score,rating_time,rating_comment\n", file);
    for (uint32_t i = 0; i <= self->item && self->items[i].is_done; i++) {
        for (uint32_t c = 0; c < self->config.condition_count; c++) {
            const listen_rating *rating = &self->items[i].ratings[c];
            put_text(file, self->name);
            fputc(',', file);
            put_text(file, self->item_names[i]);
            fputc(',', file);
            put_text(file, self->condition_names[c]);
            fprintf(file, ",%d,%.0f,", rating->score, 1000.0 * rating->seconds);
            put_text(file, self->items[i].comment);
            fputc('\n', file);
        }
    }
}

char *listen_csv(const host_listen *self)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&text, &bytes);
    if (!file) return NULL;
    if (self->config.kind == HOST_LISTEN_ABX)
        put_trials(file, self);
    else
        put_ratings(file, self);
    if (fclose(file) == 0) return text;
    free(text);
    return NULL;
}
