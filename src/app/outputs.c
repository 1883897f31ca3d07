// SPDX-License-Identifier: MIT
// What commands write: names that may be written over, what a file lacks, signals.
#include "outputs.h"

#include "png.h"

#include <jansson.h>

#include <ctype.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define HEAD_BYTES 1024

bool app_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && S_ISREG(first.st_mode) && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

bool app_ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path), wanted = strlen(ending);
    return length >= wanted && strcasecmp(path + length - wanted, ending) == 0;
}

int outputs_try(const app_arguments *arguments, const char *path)
{
    struct stat info;
    rsd_error error;
    base_output file;
    // A device or a FIFO is opened once, when there is something to write.
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return -1;
    if (strncmp(path, "/dev/", 5u) == 0 || strncmp(path, "/proc/", 6u) == 0) return -1;
    if (base_output_open(&file, path, BASE_OUTPUT_BESIDE, &error) != RSD_OK)
        return app_fail(arguments, "%s", error.text);
    base_output_abandon(&file);
    return -1;
}

/* ---- what a report may be written over ---- */

/* Names that promise something else than a report; sounds are asked for by host_path_is_sound. */
static bool names_other_kind(const char *path)
{
    static const char *const endings[] = {".npy", ".safetensors", ".tflite", ".aifc", ".snd",  ".rsdt",
                                          ".svg", ".png",         ".jpg",    ".pdf",  ".html", ".m4a"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (app_ends_in(path, endings[i])) return true;
    return host_path_is_sound(path);
}

/* A figures report: an object with "file" or "command" and one of the lists that the commands that measure write. */
static bool is_json_report(const char *path)
{
    json_t *root = json_load_file(path, 0, NULL);
    const bool is_one =
        (json_is_string(json_object_get(root, "file")) || json_is_string(json_object_get(root, "command"))) &&
        (json_is_array(json_object_get(root, "levels")) || json_is_array(json_object_get(root, "rows")));
    json_decref(root);
    return is_one;
}

static bool is_token_json(const char *path)
{
    json_t *root = json_load_file(path, 0, NULL);
    const char *format = json_string_value(json_object_get(root, "format"));
    const bool is_one = format && strcmp(format, "residuum-tokens") == 0;
    json_decref(root);
    return is_one;
}

/* The first bytes of a file, with a NUL after them; how many there are. */
static size_t read_head(const char *path, char head[HEAD_BYTES])
{
    FILE *file = fopen(path, "re");
    const size_t got = file ? fread(head, 1, HEAD_BYTES - 1u, file) : 0u;
    if (file) fclose(file);
    head[got] = '\0';
    return got;
}

static bool is_svg(const char *path)
{
    char head[HEAD_BYTES];
    return read_head(path, head) > 0u && head[0] == '<' && strstr(head, "<svg") != NULL;
}

static bool is_png(const char *path)
{
    static const char signature[] = "\x89PNG\r\n\x1a\n";
    char head[HEAD_BYTES];
    return read_head(path, head) >= sizeof signature - 1u && memcmp(head, signature, sizeof signature - 1u) == 0;
}

/* A plain file with something in it that `is_kind` does not know. */
static bool would_be_lost(const char *path, bool (*is_kind)(const char *path))
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 && !is_kind(path);
}

static int check_json(const app_arguments *arguments, const char *path)
{
    if (!path || strcmp(path, "-") == 0) return -1;
    if (names_other_kind(path))
        return app_usage(arguments, "--json writes figures as JSON, and '%s' is no name for that; take FILE.json or -",
                         path);
    if (would_be_lost(path, is_json_report))
        return app_usage(arguments, "'%s' is there and holds no figures of residuum; --json does not write over it",
                         path);
    return outputs_try(arguments, path);
}

static int check_plot(const app_arguments *arguments, const char *path)
{
    struct stat info;
    const bool wants_png = path && app_ends_in(path, ".png");
    const char *problem = wants_png ? png_problem() : NULL;
    if (problem) return app_fail(arguments, "cannot draw '%s': %s; take a name in .svg", path, problem);
    if (!path || (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))) return -1;
    if (!wants_png && !app_ends_in(path, ".svg"))
        return app_usage(arguments, "--plot draws SVG or PNG: the name must end in .svg or .png, which '%s' does not",
                         path);
    if (would_be_lost(path, wants_png ? is_png : is_svg))
        return app_usage(arguments, "'%s' is there and is no %s picture; --plot does not write over it", path,
                         wants_png ? "PNG" : "SVG");
    return outputs_try(arguments, path);
}

static bool is_csv(const char *path)
{
    char head[HEAD_BYTES];
    return read_head(path, head) > 0u && strncmp(head, OUTPUTS_CSV_HEAD, sizeof OUTPUTS_CSV_HEAD - 1u) == 0;
}

static int check_csv(const app_arguments *arguments, const char *path)
{
    if (!path || strcmp(path, "-") == 0) return -1;
    if (!app_ends_in(path, ".csv"))
        return app_usage(arguments, "--csv writes lines of figures: the name must end in .csv, which '%s' does not",
                         path);
    if (would_be_lost(path, is_csv))
        return app_usage(arguments, "'%s' is there and holds no rounds of residuum; --csv does not write over it",
                         path);
    return outputs_try(arguments, path);
}

static bool is_automation(const char *path)
{
    char head[HEAD_BYTES];
    return read_head(path, head) > 0u && strncmp(head, OUTPUTS_AUTOMATION_HEAD, strlen(OUTPUTS_AUTOMATION_HEAD)) == 0;
}

int outputs_check_automation(const app_arguments *arguments, const char *path)
{
    if (!path || !would_be_lost(path, is_automation)) return -1;
    return app_usage(arguments,
                     "'%s' is there and is no recorded automation; --record-automation does not write over it", path);
}

int outputs_check_reports(const app_arguments *arguments)
{
    int code = check_json(arguments, arguments->value[APP_OPT_JSON]);
    if (code < 0) code = check_csv(arguments, arguments->value[APP_OPT_CSV]);
    return code >= 0 ? code : check_plot(arguments, arguments->value[APP_OPT_PLOT]);
}

static bool is_stream(const char *path)
{
    char head[HEAD_BYTES];
    return read_head(path, head) >= 4u && memcmp(head, "RSDT", 4) == 0;
}

/* Of 32-bit integers, as tokens are: features and weights are of others. */
static bool is_token_array(const char *path)
{
    char head[HEAD_BYTES];
    const size_t preamble = 10u; /* magic, version, length; the text behind them has no zero byte */
    return read_head(path, head) > preamble && memcmp(head, "\x93NUMPY", 6) == 0 && strstr(head + preamble, "'<i4'");
}

int outputs_check_stream(const app_arguments *arguments, const char *path)
{
    if (!would_be_lost(path, is_stream)) return -1;
    return app_usage(arguments, "'%s' is there and is no stream of tokens; it is not written over: name another output",
                     path);
}

int outputs_check_tokens(const app_arguments *arguments, const token_paths *paths)
{
    const char *json = paths->of[TOKEN_FILE_JSON];
    for (int i = 0; i < TOKEN_FILE_JSON; i++)
        if (would_be_lost(paths->of[i], is_token_array))
            return app_usage(arguments,
                             "'%s' is there and is no array of tokens; it is not written over: name another output",
                             paths->of[i]);
    if (!would_be_lost(json, is_token_json)) return -1;
    return app_fail(arguments,
                    "'%s' goes with '%s', but what is there belongs to no tokens; it is not written over: name other "
                    "tokens",
                    json, paths->of[TOKEN_FILE_TOKENS]);
}

/* ---- what is said ---- */

void outputs_say_faults(const app_arguments *arguments, const char *path, const host_sound_faults *faults)
{
    if (strcmp(path, "-") == 0) path = "standard input";
    if (faults->promised_count > faults->read_count)
        app_warn(arguments, "'%s' is cut off: %llu of %llu samples are there, and taken", path,
                 (unsigned long long)faults->read_count, (unsigned long long)faults->promised_count);
    else if (faults->is_cut)
        app_warn(arguments, "'%s' is cut off: the %llu samples that are there are taken", path,
                 (unsigned long long)faults->read_count);
    if (faults->streams_read < faults->stream_count)
        app_warn(arguments,
                 "'%s' holds %u streams, one after the other, and the first %u are taken: the next has another sample "
                 "rate or other channels, or cannot be read",
                 path, faults->stream_count, faults->streams_read);
    if (faults->not_finite_count > 0u)
        app_warn(arguments,
                 "'%s' has %llu value%s that %s not finite (NaN or infinite), the first at sample %llu; "
                 "taken as 0",
                 path, (unsigned long long)faults->not_finite_count, faults->not_finite_count == 1u ? "" : "s",
                 faults->not_finite_count == 1u ? "is" : "are", (unsigned long long)faults->not_finite_first);
}

void outputs_say_written(const app_arguments *arguments, const char *path, const host_write_report *report)
{
    const double over_db = 20.0 * log10((double)report->peak > 1.0 ? (double)report->peak : 1.0);
    if (report->clipped_count > 0u)
        app_warn(arguments,
                 "'%s': %llu sample%s clipped, the worst %.1f dB over full scale; lower output_gain_db by "
                 "%.0f dB, or write float samples (--format float)",
                 path, (unsigned long long)report->clipped_count, report->clipped_count == 1u ? " was" : "s were",
                 over_db, ceil(over_db + 0.01));
    if (report->lost[0] != '\0')
        app_warn(arguments, "'%s' does not keep what the input carries: %s", path, report->lost);
}

/* ---- signals ---- */

static void remove_and_end(int number)
{
    base_output_remove_unfinished();
    signal(number, SIG_DFL);
    raise(number); // delivered when this returns: it is blocked here
}

void outputs_prepare_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU, SIGALRM};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction before, action;
        memset(&action, 0, sizeof action);
        action.sa_handler = remove_and_end;
        sigfillset(&action.sa_mask);
        // A shell that starts us in the background, or nohup, has it ignored: that is kept.
        if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(ends[i], &action, NULL);
    }
    signal(SIGXFSZ, SIG_IGN);
}
