// SPDX-License-Identifier: MIT
// The device, the page and the keys of a listening test, and its results.
#include "app/listen/stage.h"
#include "app/device_options.h"
#include "app/live/live.h"
#include "app/outputs.h"
#include "app/report.h"
#include "app/stop.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define LOOP_MS 50
#define MAX_CHANNELS 2u
#define LINE_BYTES 256u

/* ---- open and close ---- */

static int name_results(listen_stage *stage)
{
    const app_arguments *arguments = stage->arguments;
    const char *given = arguments->value[APP_OPT_RESULTS];
    char path[sizeof stage->stem + 8u], made[64];
    const time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(made, sizeof made, "-%Y%m%d-%H%M%S", &local);
    if (given && strlen(given) >= sizeof stage->stem - 8u)
        return app_usage(arguments, "--results: the name is too long");
    snprintf(stage->stem, sizeof stage->stem, "%s%s", given ? given : arguments->command->name, given ? "" : made);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s.%s", stage->stem, i == 0 ? "csv" : "json");
        if (access(path, F_OK) == 0) return app_usage(arguments, "'%s' is there: results are not written over", path);
        const int code = outputs_try(arguments, path);
        if (code >= 0) return code;
    }
    return -1;
}

int listen_open(const app_arguments *arguments, const char *first_file, listen_stage *stage)
{
    rsd_error error;
    host_sound sound = {0};
    host_device_config config = {.no_input = true};
    host_device_info info;
    stage->arguments = arguments;
    int code = app_read_device(arguments, &config);
    if (code < 0) code = name_results(stage);
    if (code >= 0) return code;
    if (host_sound_load(first_file, 0, &sound, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    config.channel_count = sound.channel_count < MAX_CHANNELS ? sound.channel_count : MAX_CHANNELS;
    config.no_input = true;
    host_sound_destroy(&sound);
    if (host_player_create(&stage->player) != RSD_OK) return app_fail(arguments, "out of memory");
    if (host_device_open(&config, host_player_block, stage->player, &stage->device, &error) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    host_device_get_info(stage->device, &info);
    if (info.fallback[0] != '\0') app_warn(arguments, "%s; through the null device, which nobody hears", info.fallback);
    stage->sample_rate_hz = info.sample_rate_hz;
    stage->channel_count = info.channel_count;
    host_player_prepare(stage->player, info.sample_rate_hz, info.channel_count);
    return -1;
}

void listen_close(listen_stage *stage)
{
    host_http_destroy(stage->http);
    if (stage->device) (void)host_device_close(stage->device);
    host_player_destroy(stage->player);
    host_listen_destroy(stage->listen);
    for (uint32_t i = 0; i < HOST_PLAYER_MAX_SOUNDS; i++) host_sound_destroy(&stage->sounds[i]);
    free(stage);
}

static void play(void *context, uint32_t item, uint32_t sound)
{
    listen_stage *stage = context;
    host_player_choose(stage->player, sound == HOST_LISTEN_SILENCE ? sound : item * HOST_LISTEN_MAX_CONDITIONS + sound);
}

static void set_loop(void *context, double from_s, double to_s)
{
    listen_stage *stage = context;
    host_player_loop(stage->player, from_s, to_s);
}

void listen_wire(listen_stage *stage, host_listen_config *config)
{
    config->play = play;
    config->loop = set_loop;
    config->context = stage;
}

/* ---- results ---- */

/* Text with an end of line, whether it has one or not. */
static void print_text(FILE *stream, const void *text)
{
    const size_t length = strlen(text);
    fputs(text, stream);
    if (length > 0u && ((const char *)text)[length - 1u] != '\n') fputc('\n', stream);
}

static int write_text(const listen_stage *stage, const char *kind, char *text)
{
    char path[sizeof stage->stem + 24u], run[16] = "";
    if (!text) return app_fail(stage->arguments, "no memory for the results");
    if (stage->written_run > 1u) snprintf(run, sizeof run, "-%u", stage->written_run);
    snprintf(path, sizeof path, "%s%s.%s", stage->stem, run, kind);
    const int code = report_write(stage->arguments, path, print_text, text);
    if (code < 0 && !app_given(stage->arguments, APP_OPT_QUIET)) {
        app_print("results in %s", path);
        putchar('\n');
    }
    free(text);
    return code;
}

static void say_figures(const listen_stage *stage)
{
    json_t *told = host_listen_tell(stage->listen), *result = json_object_get(told, "result");
    const json_t *p = json_object_get(result, "p_value"), *interval = json_object_get(result, "share_interval");
    const json_t *sequential = json_object_get(result, "sequential");
    if (!app_given(stage->arguments, APP_OPT_QUIET) && interval) {
        printf("%d of %d right; 95 %% interval of the share: %.3f to %.3f\n",
               (int)json_integer_value(json_object_get(result, "right")),
               (int)json_integer_value(json_object_get(result, "count")), json_real_value(json_array_get(interval, 0)),
               json_real_value(json_array_get(interval, 1)));
        if (p)
            printf("p %.4f by guessing: confidence %.2f %%\n", json_real_value(p), 100.0 * (1.0 - json_real_value(p)));
        if (sequential) printf("sequential test: %s\n", json_string_value(json_object_get(sequential, "verdict")));
    }
    json_decref(told);
}

/* Of each run once, when it is over. */
static int keep_results(listen_stage *stage)
{
    const uint32_t run = host_listen_run(stage->listen);
    if (!host_listen_is_over(stage->listen) || stage->written_run == run) return -1;
    stage->written_run = run;
    say_figures(stage);
    int code = write_text(stage, "csv", host_listen_csv(stage->listen));
    if (code < 0) code = write_text(stage, "json", host_listen_json(stage->listen));
    fflush(stdout);
    return code;
}

/* ---- what the listener says ---- */

static void ask(listen_stage *stage, json_t *request)
{
    rsd_error error;
    if (host_listen_take(stage->listen, request, &error) != RSD_OK) app_warn(stage->arguments, "%s", error.text);
    json_decref(request);
}

static void say_where(listen_stage *stage)
{
    json_t *told = host_listen_tell(stage->listen);
    const bool runs = strcmp(json_string_value(json_object_get(told, "state")), "running") == 0;
    const json_t *answered = json_object_get(told, "answered");
    const int trials = (int)json_integer_value(json_object_get(told, "trials"));
    if (runs && !app_given(stage->arguments, APP_OPT_QUIET)) {
        if (answered && trials > 0)
            printf("trial %d of %d\n", (int)json_integer_value(answered) + 1, trials);
        else if (answered)
            printf("trial %d\n", (int)json_integer_value(answered) + 1);
        else
            printf("sound %d of %d\n", (int)json_integer_value(json_object_get(told, "item")),
                   (int)json_integer_value(json_object_get(told, "items")));
        fflush(stdout);
    }
    json_decref(told);
}

/* The next of a, b, x: so that one key is enough to compare them, with eyes closed. */
static const char *next_sound(const listen_stage *stage)
{
    json_t *told = host_listen_tell(stage->listen);
    const char *playing = json_string_value(json_object_get(told, "playing"));
    const char *next = strcmp(playing, "a") == 0 ? "b" : strcmp(playing, "b") == 0 ? "x" : "a";
    json_decref(told);
    return next;
}

/* "rate 2 80", "next a comment"; a word alone is a sound. */
static void take_rating_line(listen_stage *stage, const char *line)
{
    int which = 0, score = 0, end = 0;
    if (sscanf(line, "rate %d %d%n", &which, &score, &end) == 2 && line[end] == '\0') {
        ask(stage, json_pack("{s:s, s:i, s:i}", "do", "rate", "which", which, "score", score));
    } else if (strncmp(line, "next", strlen("next")) == 0) {
        const char *comment = line + strlen("next");
        ask(stage, json_pack("{s:s, s:o}", "do", "next", "comment", report_text(comment + (*comment == ' '))));
        say_where(stage);
    } else {
        ask(stage, json_pack("{s:s, s:o}", "do", "play", "what", report_text(line)));
    }
}

static void take_line(listen_stage *stage, const char *line)
{
    const bool is_abx = app_given(stage->arguments, APP_OPT_SOUND_A);
    double from = 0.0, to = 0.0;
    if (*line == '\0') return;
    if (strcmp(line, "q") == 0) {
        if (host_listen_is_running(stage->listen)) ask(stage, json_pack("{s:s}", "do", "stop"));
        stage->quit = true;
    } else if (sscanf(line, "loop %lf %lf", &from, &to) == 2) {
        ask(stage, json_pack("{s:s, s:f, s:f}", "do", "loop", "from", from, "to", to));
    } else if (!is_abx) {
        take_rating_line(stage, line);
    } else if (*line == '1' || *line == '2') {
        ask(stage, json_pack("{s:s, s:s}", "do", "answer", "what", *line == '1' ? "a" : "b"));
        say_where(stage);
    } else {
        ask(stage, json_pack("{s:s, s:o}", "do", "play", "what", report_text(*line == ' ' ? next_sound(stage) : line)));
    }
}

/* ---- the terminal ---- */

/* Single keys for ABX; lines for a rating, and where there is no terminal. */
static bool take_single_keys(const listen_stage *stage, struct termios *before)
{
    struct termios raw;
    if (!app_given(stage->arguments, APP_OPT_SOUND_A) || !isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, before) != 0)
        return false;
    raw = *before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

/* False: nobody types any more. */
static bool read_input(listen_stage *stage, bool single, char *line, size_t *used)
{
    char bytes[64];
    const ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
    for (ssize_t i = 0; i < got && !stage->quit; i++) {
        const bool ends = single || bytes[i] == '\n';
        if ((single || !ends) && *used < LINE_BYTES - 1u) line[(*used)++] = bytes[i];
        if (!ends) continue;
        line[*used] = '\0';
        *used = 0;
        take_line(stage, line);
        const int code = keep_results(stage);
        if (code >= 0 || (host_listen_is_over(stage->listen) && !stage->http)) stage->quit = true;
    }
    return got > 0;
}

static void look_after(listen_stage *stage, bool single)
{
    char line[LINE_BYTES] = "";
    size_t used = 0;
    bool is_typed = true;
    while (!stage->quit && !app_stop_asked()) {
        struct pollfd fd = {is_typed ? STDIN_FILENO : -1, POLLIN, 0};
        const int ready = poll(&fd, 1, LOOP_MS);
        if (ready > 0 && !read_input(stage, single, line, &used)) {
            is_typed = false;
            if (!stage->http) stage->quit = true;
        }
        if (stage->http) host_http_poll(stage->http);
        if (host_device_poll(stage->device) == HOST_DEVICE_LOST) {
            app_warn(stage->arguments, "the sound device is lost");
            stage->quit = true;
        }
        if (keep_results(stage) >= 0) stage->quit = true;
    }
}

static void say_keys(const listen_stage *stage)
{
    if (app_given(stage->arguments, APP_OPT_QUIET)) return;
    if (stage->http) {
        app_print("listening test at %s", host_http_address(stage->http));
        putchar('\n');
    }
    if (app_given(stage->arguments, APP_OPT_SOUND_A))
        puts("a, b, x: play. Space: the next of them. 1: X is A. 2: X is B. q: end");
    else
        puts("r: reference. 1, 2...: play. rate 2 80: rate it. next COMMENT: the next sound. loop 1.5 4: seconds. q: "
             "end");
    fflush(stdout);
}

static int open_page(listen_stage *stage)
{
    const app_arguments *arguments = stage->arguments;
    rsd_error error;
    double port = 0.0;
    if (!app_number(arguments, APP_OPT_HTTP, 0, 65535, true, &port)) return APP_USAGE;
    if (!app_given(arguments, APP_OPT_HTTP))
        return app_given(arguments, APP_OPT_HTTP_BIND) ? app_usage(arguments, "--http-bind goes with --http PORT") : -1;
    const host_http_config config = {
        .listen = stage->listen, .bind_address = arguments->value[APP_OPT_HTTP_BIND], .port = (uint32_t)port};
    return host_http_create(&config, &stage->http, &error) == RSD_OK ? -1 : app_fail(arguments, "%s", error.text);
}

int listen_run(listen_stage *stage)
{
    rsd_error error;
    struct termios before;
    int code = open_page(stage);
    if (code >= 0) return code;
    live_ui_stop_prepare();
    if (host_device_start(stage->device, &error) != RSD_OK) return app_fail(stage->arguments, "%s", error.text);
    say_keys(stage);
    const bool single = take_single_keys(stage, &before);
    if (!stage->http) ask(stage, json_pack("{s:s}", "do", "start"));
    say_where(stage);
    look_after(stage, single);
    if (single) tcsetattr(STDIN_FILENO, TCSANOW, &before);
    if (host_listen_is_running(stage->listen)) ask(stage, json_pack("{s:s}", "do", "stop"));
    code = keep_results(stage);
    return code < 0 ? APP_OK : code;
}
