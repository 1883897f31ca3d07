// SPDX-License-Identifier: MIT
// Automation files: lines of time, parameter and value.
#include "automation.h"

#include "base/error.h"
#include "base/read_file.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_LINE_BYTES 32768 /* a state with every level's gain, or a path and more */
#define MAX_SECONDS 1e7
#define MAX_CHANGES (1u << 22) /* 100 MB of them; a preset's line alone makes hundreds */

#define WHOLE_STATE 0u /* no parameter's id: a line with all that differs from the defaults */

typedef struct {
    const char *path;
    unsigned line;
    uint32_t sample_rate_hz;
    rsd_codec_info codec; /* as of this line */
    app_automation *automation;
    rsd_error *error;
} reader;

static rsd_status append(const reader *r, const app_change *change)
{
    app_automation *a = r->automation;
    if (a->count == MAX_CHANGES)
        return base_error_set(r->error, RSD_ERR_UNSUPPORTED, "'%s' line %u: over %u changes in one file", r->path,
                              r->line, MAX_CHANGES);
    if (a->count == a->capacity) {
        const size_t capacity = a->capacity ? 2u * a->capacity : 64u;
        app_change *changes = realloc(a->changes, capacity * sizeof *changes);
        if (!changes) return base_error_set(r->error, RSD_ERR_MEMORY, "no memory for the changes of '%s'", r->path);
        a->changes = changes;
        a->capacity = capacity;
    }
    a->changes[a->count++] = *change;
    return RSD_OK;
}

static void destroy_state(app_automation_state *state)
{
    if (!state) return;
    rsd_model_release(state->model);
    free(state);
}

/* Opens the codec that a line leads to, and keeps it where it is another one than before. */
static rsd_status open_codec(reader *r, uint64_t sample_time, const char *name, app_automation_state *state)
{
    rsd_codec_info info;
    rsd_error cause;
    if (rsd_model_open(name, &state->model, &cause) != RSD_OK)
        return base_error_set(r->error, cause.status, "'%s' line %u: %.300s", r->path, r->line, cause.text);
    rsd_model_info(state->model, r->sample_rate_hz, &info);
    if (strcmp(info.name, r->codec.name) == 0) {
        rsd_model_release(state->model);
        state->model = NULL;
        return RSD_OK;
    }
    if (sample_time == 0u)
        return base_error_set(r->error, RSD_ERR_UNSUPPORTED,
                              "'%s' line %u: codec '%.60s' at time 0 in place of '%.60s'; use --codec", r->path,
                              r->line, name, r->codec.name);
    r->codec = info;
    return RSD_OK;
}

static rsd_status fill_whole(reader *r, uint64_t sample_time, char *text, app_automation_state *state);

static rsd_status fill_state(reader *r, uint64_t sample_time, rsd_param_id id, char *name, app_automation_state *state)
{
    rsd_error cause;
    if (id == WHOLE_STATE) return fill_whole(r, sample_time, name, state);
    if (id == RSD_PARAM_CODEC) return open_codec(r, sample_time, name, state);
    state->has_preset = true;
    if (rsd_preset_open(name, &state->preset, &cause) != RSD_OK)
        return base_error_set(r->error, cause.status, "'%s' line %u: %.300s", r->path, r->line, cause.text);
    if (state->preset.codec[0] == '\0') return RSD_OK;
    return open_codec(r, sample_time, state->preset.codec, state);
}

static rsd_status append_state(reader *r, uint64_t sample_time, rsd_param_id id, char *name)
{
    app_automation_state *state = calloc(1, sizeof *state);
    if (!state) return base_error_set(r->error, RSD_ERR_MEMORY, "no memory for the changes of '%s'", r->path);
    const app_change change = {.sample_time = sample_time, .param_id = id, .state = state};
    rsd_status status = fill_state(r, sample_time, id, name, state);
    if (status == RSD_OK) status = append(r, &change);
    if (status != RSD_OK) destroy_state(state);
    return status;
}

/* "1 ramp 4": cut to "1", and how long the ramp is. */
static rsd_status cut_ramp(const reader *r, char *value, uint64_t *ramp_samples)
{
    char *end = NULL, *ramp = strpbrk(value, " \t");
    *ramp_samples = 0u;
    if (!ramp) return RSD_OK;
    *ramp++ = '\0';
    ramp += strspn(ramp, " \t");
    const bool is_ramp = strncmp(ramp, "ramp", 4u) == 0 && (ramp[4] == ' ' || ramp[4] == '\t');
    const double seconds = is_ramp ? strtod(ramp + 4, &end) : -1.0;
    if (!is_ramp || end == ramp + 4 || *end != '\0' || !(seconds >= 0.0 && seconds <= MAX_SECONDS))
        return base_error_set(r->error, RSD_ERR_FORMAT,
                              "'%s' line %u: behind a number only 'ramp SECONDS' is taken, not '%.40s'", r->path,
                              r->line, ramp);
    *ramp_samples = (uint64_t)llround(seconds * r->sample_rate_hz);
    return RSD_OK;
}

static bool is_text(const char *symbol)
{
    const rsd_param_info *info = rsd_param_by_symbol(symbol);
    return info && info->unit == RSD_UNIT_TEXT;
}

static rsd_status append_value(const reader *r, uint64_t sample_time, const char *symbol, char *value)
{
    app_setting setting;
    rsd_error cause;
    app_change change = {.sample_time = sample_time};
    /* Some values have names of two words, such as "2 bars": only what is none ends before a ramp. */
    const bool is_value = app_setting_parse(symbol, value, &setting, &cause);
    const rsd_status status = is_value ? RSD_OK : cut_ramp(r, value, &change.ramp_samples);
    if (status != RSD_OK) return status;
    if (!is_value && !app_setting_parse(symbol, value, &setting, &cause))
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u: %.300s", r->path, r->line, cause.text);
    if (rsd_param_is_per_level(setting.info) && setting.level >= r->codec.level_count)
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u: %s, but codec '%s' has levels 1 to %u", r->path,
                              r->line, symbol, r->codec.name, r->codec.level_count);
    if (change.ramp_samples > 0u && rsd_param_is_whole(setting.info))
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u: %s has whole values alone, and takes no ramp",
                              r->path, r->line, symbol);
    change.param_id = setting.info->id;
    change.level = setting.level;
    change.value = setting.value;
    return append(r, &change);
}

/* "symbol=value", into the preset that a state's line is. */
static rsd_status add_to_state(const reader *r, char *word, rsd_preset *preset)
{
    app_setting setting;
    rsd_error cause;
    char *equals = strchr(word, '=');
    if (!equals)
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u: a state has symbol=value, not '%.40s'", r->path,
                              r->line, word);
    *equals = '\0';
    if (!app_setting_parse(word, equals + 1, &setting, &cause))
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u: %.300s", r->path, r->line, cause.text);
    if (preset->setting_count == RSD_PRESET_MAX_SETTINGS)
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u: over %u values in one state", r->path, r->line,
                              RSD_PRESET_MAX_SETTINGS);
    preset->settings[preset->setting_count].param_id = setting.info->id;
    preset->settings[preset->setting_count].level = setting.level;
    preset->settings[preset->setting_count++].value = setting.value;
    return RSD_OK;
}

/* "levels=3 mix=0.5 codec=NAME": the codec's name comes last, as it may have spaces. */
static rsd_status fill_whole(reader *r, uint64_t sample_time, char *text, app_automation_state *state)
{
    static const char space[] = " \t";
    char *rest = NULL, *codec = strncmp(text, "codec=", 6u) == 0 ? text : strstr(text, " codec=");
    rsd_status status = RSD_OK;
    state->has_preset = true;
    if (codec) {
        char *name = strchr(codec, '=') + 1;
        *codec = '\0';
        status = open_codec(r, sample_time, name, state);
    }
    for (char *word = strtok_r(text, space, &rest); word && status == RSD_OK; word = strtok_r(NULL, space, &rest))
        status = add_to_state(r, word, &state->preset);
    return status;
}

/* "120 4.5 rolling": beats a minute (0: none), quarter notes since the beginning (-1: not known), rolling or stopped. */
static rsd_status append_transport(const reader *r, uint64_t sample_time, const char *text)
{
    char word[16] = "", more[2] = "";
    double bpm = 0.0;
    app_change change = {.sample_time = sample_time, .transport = {.is_set = true}};
    app_automation_transport *t = &change.transport;
    const int count = sscanf(text, "%lf %lf %15s %1s", &bpm, &t->beats, word, more);
    t->is_rolling = strcmp(word, "rolling") == 0;
    t->bpm = (float)bpm;
    if (count == 3 && bpm >= 0.0 && bpm <= 1000.0 && isfinite(t->beats) &&
        (t->is_rolling || strcmp(word, "stopped") == 0))
        return append(r, &change);
    return base_error_set(r->error, RSD_ERR_FORMAT,
                          "'%s' line %u: 'transport BPM BEATS rolling' or stopped is wanted, not '%.40s'", r->path,
                          r->line, text);
}

static rsd_status append_setting(reader *r, uint64_t sample_time, const char *symbol, char *value)
{
    if (strcmp(symbol, "state") == 0) return append_state(r, sample_time, WHOLE_STATE, value);
    if (strcmp(symbol, "transport") == 0) return append_transport(r, sample_time, value);
    if (!is_text(symbol)) return append_value(r, sample_time, symbol, value);
    return append_state(r, sample_time, rsd_param_by_symbol(symbol)->id, value);
}

static rsd_status read_time(const reader *r, const char *text, uint64_t *sample_time)
{
    char *end = NULL;
    const double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(seconds >= 0.0 && seconds <= MAX_SECONDS))
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u: '%.40s' is not a time in seconds, 0 or later",
                              r->path, r->line, text);
    *sample_time = (uint64_t)llround(seconds * r->sample_rate_hz);
    const app_automation *a = r->automation;
    if (a->count > 0u && *sample_time < a->changes[a->count - 1u].sample_time)
        return base_error_set(r->error, RSD_ERR_FORMAT,
                              "'%s' line %u: %.40s s is before the line above it; sort the lines "
                              "by time",
                              r->path, r->line, text);
    return RSD_OK;
}

/* From a # at the beginning of a word on: a name of a file may have one inside. */
static void cut_comment(char *line)
{
    for (char *at = line; (at = strchr(at, '#')) != NULL; at++) {
        if (at != line && !strchr(" \t", at[-1])) continue;
        *at = '\0';
        return;
    }
}

/* One line: blank, a comment, or three words and a ramp. A name is the rest of the line, so that it may have spaces.
 */
static rsd_status read_line(reader *r, char *line)
{
    static const char space[] = " \t\r\n";
    cut_comment(line);
    char *rest = NULL;
    const char *time = strtok_r(line, space, &rest);
    if (!time) return RSD_OK;
    const char *symbol = strtok_r(NULL, space, &rest);
    char *value = rest ? rest + strspn(rest, space) : NULL;
    size_t length = value ? strlen(value) : 0u;
    while (length > 0u && strchr(space, value[length - 1u])) value[--length] = '\0';
    const bool is_state = symbol && strcmp(symbol, "state") == 0; /* all as it is by default is one, too */
    if (!symbol || !value || (length == 0u && !is_state))
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u: 'seconds symbol value' is wanted", r->path,
                              r->line);
    uint64_t sample_time = 0;
    const rsd_status status = read_time(r, time, &sample_time);
    return status == RSD_OK ? append_setting(r, sample_time, symbol, value) : status;
}

/* A line of `size` bytes with its end, which the last may lack. */
static rsd_status take_line(reader *r, const char *text, size_t size)
{
    char line[MAX_LINE_BYTES + 1];
    r->line++;
    const char *problem = r->line == 1u ? text_skip_mark(&text, &size) : NULL;
    if (problem) return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' %s", r->path, problem);
    if (memchr(text, '\0', size))
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u holds a zero byte: it is no plain text", r->path,
                              r->line);
    if (size >= MAX_LINE_BYTES)
        return base_error_set(r->error, RSD_ERR_FORMAT, "'%s' line %u is over %d bytes long", r->path, r->line,
                              MAX_LINE_BYTES - 1);
    memcpy(line, text, size);
    line[size] = '\0';
    return read_line(r, line);
}

/* The whole text, line by line. */
static rsd_status read_lines(reader *r, const char *text, size_t text_bytes)
{
    rsd_status status = RSD_OK;
    while (status == RSD_OK && text_bytes > 0u) {
        const char *end = memchr(text, '\n', text_bytes);
        const size_t size = end ? (size_t)(end - text) + 1u : text_bytes;
        status = take_line(r, text, size);
        text += size;
        text_bytes -= size;
    }
    return status;
}

rsd_status app_automation_load(const char *path, uint32_t sample_rate_hz, const rsd_codec_info *codec,
                               app_automation *automation, rsd_error *error)
{
    memset(automation, 0, sizeof *automation);
    void *text = NULL;
    size_t text_bytes = 0;
    rsd_status status = base_read_file_or_pipe(path, BASE_AUTOMATION_BYTES, &text, &text_bytes, error);
    if (status != RSD_OK) return status;
    reader r = {path, 0, sample_rate_hz, *codec, automation, error};
    status = read_lines(&r, text, text_bytes);
    free(text);
    return status;
}

/* A line that names it before any other thing is named; false: the search is over. */
static bool look_for_codec(char *line, char *codec, size_t codec_bytes)
{
    static const char space[] = " \t\r\n";
    char *rest = NULL, *end = NULL;
    cut_comment(line);
    const char *time = strtok_r(line, space, &rest);
    if (!time) return true;
    const char *symbol = strtok_r(NULL, space, &rest);
    const bool is_first = strtod(time, &end) == 0.0 && *end == '\0';
    if (!is_first || !symbol || strcmp(symbol, "codec") != 0 || !rest) return false;
    rest += strspn(rest, space);
    size_t length = strlen(rest);
    while (length > 0u && strchr(space, rest[length - 1u])) length--;
    if (length < codec_bytes) snprintf(codec, codec_bytes, "%.*s", (int)length, rest);
    return false;
}

void app_automation_first_codec(const char *path, char *codec, size_t codec_bytes)
{
    struct stat info;
    char line[MAX_LINE_BYTES];
    codec[0] = '\0';
    FILE *file = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? fopen(path, "re") : NULL;
    if (!file) return; /* why it cannot be read is said when it is read */
    while (fgets(line, sizeof line, file) && look_for_codec(line, codec, codec_bytes)) continue;
    fclose(file);
}

void app_automation_destroy(app_automation *automation)
{
    for (size_t i = 0; i < automation->count; i++) destroy_state(automation->changes[i].state);
    free(automation->changes);
    memset(automation, 0, sizeof *automation);
}

bool app_automation_apply(const app_change *change, rsd_engine *engine)
{
    const app_automation_state *state = change->state;
    const app_automation_transport *transport = &change->transport;
    if (transport->is_set) {
        rsd_engine_set_transport(engine, transport->bpm, transport->beats, transport->is_rolling);
        return true;
    }
    if (!state) {
        rsd_engine_apply(engine, change->param_id, change->level, change->value);
        return true;
    }
    if (!state->has_preset && !state->model) return true; /* the codec in use was asked for */
    const rsd_status status = state->has_preset ? rsd_preset_load(&state->preset, state->model, engine, NULL)
                                                : rsd_engine_swap(engine, state->model, NULL);
    return status != RSD_ERR_FULL; /* out of memory, the sound goes on as it is */
}
