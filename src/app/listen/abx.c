// SPDX-License-Identifier: MIT
// `residuum abx`: whether two settings can be told apart.
#include "app/listen/stage.h"
#include "app/report.h"

#include <stdlib.h>
#include <string.h>

#define TRIALS 16.0

/* "1.5-4" in seconds; the whole sound where it is not given. */
static int read_loop(const app_arguments *arguments, json_t **request)
{
    const char *text = arguments->value[APP_OPT_LOOP];
    double from = 0.0, to = 0.0;
    int end = 0;
    *request = NULL;
    if (!text) return -1;
    if (sscanf(text, "%lf-%lf%n", &from, &to, &end) != 2 || text[end] != '\0')
        return app_usage(arguments, "--loop takes FROM-TO in seconds, such as 1.5-4, not '%s'", text);
    *request = json_pack("{s:s, s:f, s:f}", "do", "loop", "from", from, "to", to);
    return -1;
}

int listen_set_loop(listen_stage *stage)
{
    rsd_error error;
    json_t *request;
    const int code = read_loop(stage->arguments, &request);
    if (code >= 0 || !request) return code;
    const rsd_status status = host_listen_take(stage->listen, request, &error);
    json_decref(request);
    return status == RSD_OK ? -1 : app_usage(stage->arguments, "--loop: %s", error.text);
}

static int read_trials(const app_arguments *arguments, host_listen_config *config)
{
    double trials = TRIALS, seed = 0.0;
    const char *text = arguments->value[APP_OPT_TRIALS];
    if (!app_number(arguments, APP_OPT_DRAW_SEED, 1, UINT32_MAX, true, &seed)) return APP_USAGE;
    config->seed = (uint32_t)seed;
    if (text && strcmp(text, "sequential") == 0) {
        config->trial_count = 0;
        return -1;
    }
    if (!app_number(arguments, APP_OPT_TRIALS, 1, HOST_LISTEN_MAX_TRIALS, true, &trials)) return APP_USAGE;
    config->trial_count = (uint32_t)trials;
    return -1;
}

static json_t *describe(const listen_stage *stage, json_t *gains_db)
{
    const app_arguments *arguments = stage->arguments;
    json_t *sets = json_array();
    for (uint32_t i = 0; i < arguments->set_count; i++) json_array_append_new(sets, report_text(arguments->sets[i]));
    const char *codec = arguments->value[APP_OPT_CODEC], *preset = arguments->value[APP_OPT_PRESET];
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o}", "residuum", RSD_VERSION, "file",
                     report_text(arguments->operands[0]), "a", report_text(arguments->value[APP_OPT_SOUND_A]), "b",
                     report_text(arguments->value[APP_OPT_SOUND_B]), "codec", codec ? report_text(codec) : json_null(),
                     "preset", preset ? report_text(preset) : json_null(), "set", sets, "sample_rate_hz",
                     (int)stage->sample_rate_hz, "match_gains_db", gains_db);
}

static int prepare(listen_stage *stage, host_listen_config *config)
{
    const app_arguments *arguments = stage->arguments;
    host_sound input = {0};
    int code = listen_load(stage, arguments->operands[0], &input);
    if (code < 0) code = listen_render(stage, "--a", arguments->value[APP_OPT_SOUND_A], &input, &stage->sounds[0]);
    if (code < 0) code = listen_render(stage, "--b", arguments->value[APP_OPT_SOUND_B], &input, &stage->sounds[1]);
    config->duration_s = (double)input.sample_count / stage->sample_rate_hz;
    host_sound_destroy(&input);
    if (code >= 0) return code;
    listen_wire(stage, config);
    if (host_listen_create(config, describe(stage, listen_match(stage, 0, 2)), &stage->listen) != RSD_OK)
        return app_fail(arguments, "out of memory");
    return listen_set_loop(stage);
}

int app_abx(const app_arguments *arguments)
{
    host_listen_config config = {.kind = HOST_LISTEN_ABX, .name = "abx"};
    if (!app_given(arguments, APP_OPT_SOUND_A) || !app_given(arguments, APP_OPT_SOUND_B))
        return app_usage(arguments, "--a and --b must be given: dry, or settings such as levels=4");
    listen_stage *stage = calloc(1, sizeof *stage);
    if (!stage) return app_fail(arguments, "out of memory");
    int code = read_trials(arguments, &config);
    if (code < 0) code = listen_open(arguments, arguments->operands[0], stage);
    if (code < 0) code = prepare(stage, &config);
    if (code < 0) code = listen_run(stage);
    listen_close(stage);
    return code;
}
