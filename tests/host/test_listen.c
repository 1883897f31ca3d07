// SPDX-License-Identifier: MIT
// Listening tests: their statistics against exact values, what is told before the end, and what comes of them.
#include "host/listen/listen.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- statistics; values by exact fractions (Python's fractions and math.comb) ---- */

Test(statistics, binomial_tails_are_exact)
{
    static const struct {
        uint32_t count, right;
        double p, tail;
    } cases[] = {{16, 12, 0.5, 0.0384063720703125},
                 {10, 9, 0.5, 0.0107421875},
                 {100, 60, 0.5, 0.028443966820490395},
                 {5, 5, 0.5, 0.03125},
                 {7, 0, 0.5, 1.0},
                 {200, 130, 0.5, 1.3264377797634238e-05},
                 {2, 2, 0.25, 0.0625},
                 {3, 4, 0.5, 0.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double tail = host_binomial_tail(cases[i].count, cases[i].right, cases[i].p);
        cr_assert_float_eq(tail, cases[i].tail, 1e-12 + 1e-10 * cases[i].tail, "%u of %u: %.17g", cases[i].right,
                           cases[i].count, tail);
    }
}

/* Where all or none is right the interval has a closed form; so has 1 of 2. */
Test(statistics, intervals_are_those_of_clopper_and_pearson)
{
    double low, high;
    host_binomial_interval(5, 5, 0.95, &low, &high);
    cr_assert_float_eq(low, pow(0.025, 0.2), 1e-12);
    cr_assert_eq(high, 1.0);
    host_binomial_interval(7, 0, 0.95, &low, &high);
    cr_assert_eq(low, 0.0);
    cr_assert_float_eq(high, 1.0 - pow(0.025, 1.0 / 7.0), 1e-12);
    host_binomial_interval(2, 1, 0.95, &low, &high);
    cr_assert_float_eq(low, 1.0 - sqrt(0.975), 1e-12);
    cr_assert_float_eq(high, sqrt(0.975), 1e-12);
}

/* By exact fractions over all ways that a test can go. */
Test(statistics, the_sequential_test_errs_as_rarely_as_it_says)
{
    const host_sprt test = {0.8, 0.05, 0.05, 100};
    cr_assert_float_eq(host_sprt_chance(&test, 0.5, HOST_SPRT_HEARD), 0.03675399027777762, 1e-10);
    cr_assert_float_eq(host_sprt_chance(&test, 0.5, HOST_SPRT_NOT_HEARD), 0.9631986872017829, 1e-10);
    cr_assert_float_eq(host_sprt_chance(&test, 0.8, HOST_SPRT_HEARD), 0.9642938089938095, 1e-10);
    cr_assert_float_eq(host_sprt_chance(&test, 0.8, HOST_SPRT_UNDECIDED), 5.3000992496719346e-05, 1e-12);
    cr_assert_eq(host_sprt_judge(&test, 7, 7), HOST_SPRT_HEARD);     /* 7 log 1.6 = 3.29, over log 19 = 2.94 */
    cr_assert_eq(host_sprt_judge(&test, 6, 6), HOST_SPRT_GOES_ON);   /* 2.82 */
    cr_assert_eq(host_sprt_judge(&test, 4, 0), HOST_SPRT_NOT_HEARD); /* 4 log 0.4 = -3.67 */
}

/* ---- a test ---- */

typedef struct {
    uint32_t item, sound;
    uint32_t plays;
    double from_s, to_s;
} stage;

static void play(void *context, uint32_t item, uint32_t sound)
{
    stage *s = context;
    s->item = item;
    s->sound = sound;
    s->plays++;
}

static void loop(void *context, double from_s, double to_s)
{
    stage *s = context;
    s->from_s = from_s;
    s->to_s = to_s;
}

static host_listen *make(host_listen_config config, stage *s)
{
    host_listen *listen;
    config.play = play;
    config.loop = loop;
    config.context = s;
    config.duration_s = 5.0;
    cr_assert_eq(host_listen_create(&config, json_pack("{s:s}", "file", "in.wav"), &listen), RSD_OK);
    return listen;
}

static rsd_status ask(host_listen *listen, json_t *request)
{
    rsd_error error;
    const rsd_status status = host_listen_take(listen, request, &error);
    json_decref(request);
    return status;
}

static rsd_status play_sound(host_listen *listen, const char *what)
{
    return ask(listen, json_pack("{s:s, s:s}", "do", "play", "what", what));
}

static rsd_status answer(host_listen *listen, const char *what)
{
    return ask(listen, json_pack("{s:s, s:s}", "do", "answer", "what", what));
}

static char *told(host_listen *listen)
{
    json_t *state = host_listen_tell(listen);
    char *text = json_dumps(state, JSON_SORT_KEYS);
    json_decref(state);
    return text;
}

/* The listener hears what X is (the stage says so) and answers right, or wrong, by plan. */
Test(abx, right_and_wrong_answers_are_counted_and_nothing_is_told_before_the_end)
{
    stage s = {0}, other = {0};
    host_listen *listen = make((host_listen_config){.kind = HOST_LISTEN_ABX, .trial_count = 10}, &s);
    host_listen *twin = make((host_listen_config){.kind = HOST_LISTEN_ABX, .trial_count = 10}, &other);
    cr_assert_eq(play_sound(listen, "a"), RSD_ERR_ARG, "before the start nothing plays");
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "start")), RSD_OK);
    cr_assert_eq(ask(twin, json_pack("{s:s}", "do", "start")), RSD_OK);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "start")), RSD_ERR_ARG, "it runs");
    for (uint32_t i = 0; i < 10u; i++) {
        cr_assert_eq(answer(listen, "a"), RSD_ERR_ARG, "X has not been heard");
        cr_assert_eq(play_sound(listen, "x"), RSD_OK);
        cr_assert_eq(play_sound(twin, "x"), RSD_OK);
        char *state = told(listen), *state_of_twin = told(twin);
        cr_assert_str_eq(state, state_of_twin, "two tests with other draws and answers look alike");
        free(state);
        free(state_of_twin);
        cr_assert_null(host_listen_csv(listen));
        cr_assert_null(host_listen_json(listen));
        const bool is_right = i != 4u;
        cr_assert_eq(answer(listen, (s.sound == 1u) == is_right ? "b" : "a"), RSD_OK);
        cr_assert_eq(s.sound, HOST_LISTEN_SILENCE, "the next X is not told by what sounds");
        cr_assert_eq(answer(twin, "a"), RSD_OK);
    }
    cr_assert(host_listen_is_over(listen));
    json_t *state = host_listen_tell(listen), *result = json_object_get(state, "result");
    cr_assert_eq(json_integer_value(json_object_get(result, "right")), 9);
    cr_assert_float_eq(json_real_value(json_object_get(result, "p_value")), 0.0107421875, 1e-12);
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(result, "settings"), "file")), "in.wav");
    json_decref(state);
    host_listen_destroy(listen);
    host_listen_destroy(twin);
}

Test(abx, x_is_drawn_anew)
{
    stage s = {0};
    uint32_t b_count = 0;
    host_listen *listen = make((host_listen_config){.kind = HOST_LISTEN_ABX, .trial_count = 200}, &s);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "start")), RSD_OK);
    for (uint32_t i = 0; i < 200u; i++) {
        cr_assert_eq(play_sound(listen, "x"), RSD_OK);
        b_count += s.sound;
        cr_assert_eq(answer(listen, "a"), RSD_OK);
    }
    /* Outside of this once in 10^9 runs. */
    cr_assert(b_count > 56u && b_count < 144u, "%u of 200 are B", b_count);
    host_listen_destroy(listen);
}

Test(abx, a_sequential_test_ends_when_it_is_clear_and_has_no_p)
{
    stage s = {0};
    host_listen *listen = make((host_listen_config){.kind = HOST_LISTEN_ABX}, &s);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "start")), RSD_OK);
    uint32_t count = 0;
    for (; !host_listen_is_over(listen); count++) {
        cr_assert_eq(play_sound(listen, "x"), RSD_OK);
        cr_assert_eq(answer(listen, s.sound == 1u ? "b" : "a"), RSD_OK);
    }
    cr_assert_eq(count, 7u);
    json_t *state = host_listen_tell(listen), *result = json_object_get(state, "result");
    cr_assert_null(json_object_get(result, "p_value"));
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(result, "sequential"), "verdict")), "heard");
    json_decref(state);
    host_listen_destroy(listen);
}

Test(abx, a_test_that_is_stopped_has_no_p)
{
    stage s = {0};
    host_listen *listen = make((host_listen_config){.kind = HOST_LISTEN_ABX, .trial_count = 5}, &s);
    cr_assert_eq(ask(listen, json_pack("{s:s, s:i}", "do", "start", "trials", 8)), RSD_OK);
    cr_assert_eq(play_sound(listen, "x"), RSD_OK);
    cr_assert_eq(answer(listen, "a"), RSD_OK);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "stop")), RSD_OK);
    char *text = host_listen_json(listen);
    cr_assert_not_null(text);
    cr_assert_null(strstr(text, "p_value"), "%s", text);
    cr_assert_not_null(strstr(text, "\"planned_trials\": 8"), "%s", text);
    free(text);
    host_listen_destroy(listen);
}

Test(abx, what_is_wrong_changes_nothing)
{
    stage s = {0};
    host_listen *listen = make((host_listen_config){.kind = HOST_LISTEN_ABX, .trial_count = 5}, &s);
    cr_assert_eq(ask(listen, json_pack("{s:s, s:i}", "do", "start", "trials", 201)), RSD_ERR_ARG);
    cr_assert_eq(ask(listen, json_pack("{s:s, s:s}", "do", "start", "trials", "x")), RSD_ERR_ARG);
    cr_assert_eq(ask(listen, json_string("start")), RSD_ERR_ARG);
    cr_assert_eq(ask(listen, json_pack("{s:i}", "do", 3)), RSD_ERR_ARG);
    cr_assert_eq(host_listen_take(listen, NULL, NULL), RSD_ERR_ARG);
    cr_assert_not(host_listen_is_running(listen));
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "start")), RSD_OK);
    cr_assert_eq(play_sound(listen, "c"), RSD_ERR_ARG);
    cr_assert_eq(play_sound(listen, "a longer name than any sound has"), RSD_ERR_ARG);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "next")), RSD_ERR_ARG);
    cr_assert_eq(ask(listen, json_pack("{s:s, s:f, s:f}", "do", "loop", "from", 1.0, "to", 1.1)), RSD_ERR_ARG);
    cr_assert_eq(ask(listen, json_pack("{s:s, s:f, s:f}", "do", "loop", "from", 1.0, "to", 6.0)), RSD_ERR_ARG);
    cr_assert_eq(ask(listen, json_pack("{s:s, s:f, s:f}", "do", "loop", "from", 1.0, "to", 2.5)), RSD_OK);
    cr_assert_eq(s.to_s, 2.5);
    host_listen_offer(listen, NULL);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "stop")), RSD_OK);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "start")), RSD_ERR_ARG, "nothing is offered");
    host_listen_destroy(listen);
}

/* ---- ratings ---- */

static host_listen *make_rating(stage *s)
{
    return make((host_listen_config){.kind = HOST_LISTEN_RATING,
                                     .name = "rate",
                                     .seed = 7,
                                     .item_count = 2,
                                     .item_names = {"one.wav", "a, \"b\""},
                                     .condition_count = 3,
                                     .condition_names = {"reference", "anchor35", "levels-4"}},
                s);
}

/* A listener who knows: the reference gets 100, the anchor 20, the rest 60. */
static void rate_all(host_listen *listen, const stage *s)
{
    static const int scores[] = {100, 20, 60};
    for (int place = 1; place <= 3; place++) {
        char what[2] = {(char)('0' + place), '\0'};
        cr_assert_eq(play_sound(listen, what), RSD_OK);
        cr_assert_lt(s->sound, 3u);
        cr_assert_eq(ask(listen, json_pack("{s:s, s:i, s:i}", "do", "rate", "which", place, "score", scores[s->sound])),
                     RSD_OK);
    }
}

Test(rating, the_csv_has_the_columns_of_webmushra_and_the_scores_of_what_was_heard)
{
    stage s = {0};
    host_listen *listen = make_rating(&s);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "start")), RSD_OK);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "next")), RSD_ERR_ARG, "all want a rating");
    cr_assert_eq(ask(listen, json_pack("{s:s, s:i, s:i}", "do", "rate", "which", 4, "score", 50)), RSD_ERR_ARG);
    cr_assert_eq(ask(listen, json_pack("{s:s, s:i, s:i}", "do", "rate", "which", 1, "score", 101)), RSD_ERR_ARG);
    rate_all(listen, &s);
    cr_assert_eq(ask(listen, json_pack("{s:s, s:s}", "do", "next", "comment", "one, two")), RSD_OK);
    cr_assert_null(host_listen_csv(listen));
    cr_assert_eq(play_sound(listen, "r"), RSD_OK);
    cr_assert(s.item == 1u && s.sound == 0u);
    rate_all(listen, &s);
    cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "next")), RSD_OK);
    char *csv = host_listen_csv(listen), *rest = NULL;
    cr_assert_not_null(csv);
    static const char *const lines[] = {
        "session_test_id,trial_id,rating_stimulus,rating_score,rating_time,rating_comment",
        "rate,one.wav,reference,100,0,\"one, two\"",
        "rate,one.wav,anchor35,20,0,\"one, two\"",
        "rate,one.wav,levels-4,60,0,\"one, two\"",
        "rate,\"a, \"\"b\"\"\",reference,100,0,",
        "rate,\"a, \"\"b\"\"\",anchor35,20,0,",
        "rate,\"a, \"\"b\"\"\",levels-4,60,0,",
    };
    const char *line = strtok_r(csv, "\n", &rest);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++, line = strtok_r(NULL, "\n", &rest)) {
        cr_assert_not_null(line);
        /* The time is of this machine: up to its comma, and from the next one on. */
        const size_t head = strlen(lines[i]) - (i == 0u ? 0u : strlen(strrchr(lines[i], '0')));
        cr_assert_eq(strncmp(line, lines[i], head), 0, "%s\n%s", line, lines[i]);
    }
    cr_assert_null(line);
    free(csv);
    host_listen_destroy(listen);
}

Test(rating, every_order_comes)
{
    stage s = {0};
    bool seen[27] = {false};
    host_listen *listen = make((host_listen_config){.kind = HOST_LISTEN_RATING,
                                                    .item_count = 1,
                                                    .item_names = {"one"},
                                                    .condition_count = 3,
                                                    .condition_names = {"a", "b", "c"}},
                               &s);
    for (int run = 0; run < 200; run++) {
        uint32_t order = 0;
        cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "start")), RSD_OK);
        for (int place = 1; place <= 3; place++) {
            char what[2] = {(char)('0' + place), '\0'};
            cr_assert_eq(play_sound(listen, what), RSD_OK);
            order = order * 3u + s.sound;
        }
        seen[order] = true;
        cr_assert_eq(ask(listen, json_pack("{s:s}", "do", "stop")), RSD_OK);
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < 27u; i++) count += seen[i];
    cr_assert_eq(count, 6u, "each of 6 orders, one missing once in 10^15 runs");
    host_listen_destroy(listen);
}
