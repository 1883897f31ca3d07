// SPDX-License-Identifier: MIT
// residuum live --record-automation: what one plays, as an automation file that process plays to the same samples.
#include "app/live/live.h"
#include "app/outputs.h"

#include "base/ring_create.h"
#include "engine/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLUSH_EVERY_S 1.0

struct live_ui_automation {
    base_output output;
    FILE *stream;
    rsd_ring *changes;
    uint32_t sample_rate_hz;
    uint64_t last_time, line_count;
    bool is_in_state;      /* a state's line is open */
    bool state_has_waited; /* for a codec that might go with it, for a whole pass of the loop */
    bool has_generations;  /* turned, and in force with the next codec */
    float generations;
    bool has_failed;
    char codec[4096]; /* written last */
    double next_flush_s;
};

/* What a line of the file cannot hold is left to --codec. */
static bool fits_in_line(const char *name) { return !strpbrk(name, "\r\n") && !strstr(name, " #"); }

static void begin_line(live_ui_automation *self, uint64_t sample_time, const char *symbol)
{
    fprintf(self->stream, "%.9f %s", (double)sample_time / self->sample_rate_hz, symbol);
    self->line_count++;
}

/* As app_setting_parse takes it back to the bit: a name of one word, as a state's line is split at blanks, or nine digits. */
static void write_value(FILE *to, const rsd_param_info *info, float value)
{
    const char *name = rsd_param_value_names(info) ? rsd_param_value_name(info, (uint32_t)value) : NULL;
    if (name && !strchr(name, ' '))
        fputs(name, to);
    else
        fprintf(to, "%.9g", (double)value);
}

static void write_symbol(FILE *to, const rsd_param_info *info, uint32_t level)
{
    fputs(info->symbol, to);
    if (rsd_param_is_per_level(info)) fprintf(to, "[%u]", level + 1u);
}

static void end_state(live_ui_automation *self)
{
    if (self->is_in_state) fputc('\n', self->stream);
    self->is_in_state = self->state_has_waited = false;
}

static void write_generations(live_ui_automation *self, uint64_t sample_time)
{
    if (!self->has_generations) return;
    begin_line(self, sample_time, "generations ");
    fprintf(self->stream, "%.9g\n", (double)self->generations);
    self->has_generations = false;
}

static void write_setting(live_ui_automation *self, const engine_change *change)
{
    const rsd_param_info *info = rsd_param_by_id(change->param_id);
    end_state(self);
    if (info->id == RSD_PARAM_GENERATIONS) { /* another number is another codec, which comes later */
        self->has_generations = true;
        self->generations = change->value;
        return;
    }
    begin_line(self, change->sample_time, "");
    write_symbol(self->stream, info, change->level);
    fputc(' ', self->stream);
    write_value(self->stream, info, change->value);
    fputc('\n', self->stream);
}

static void write_state_value(const live_ui_automation *self, const engine_change *change)
{
    const rsd_param_info *info = rsd_param_by_id(change->param_id);
    if (!self->is_in_state) return;
    fputc(' ', self->stream);
    write_symbol(self->stream, info, change->level);
    fputc('=', self->stream);
    write_value(self->stream, info, change->value);
}

/* What control handed over last is the codec that audio takes now: there is one on its way at a time. */
static void write_codec(live_ui_automation *self, const engine_change *change, const char *codec)
{
    const bool is_same = strcmp(codec, self->codec) == 0;
    snprintf(self->codec, sizeof self->codec, "%s", codec);
    if (self->is_in_state) {
        if (!is_same) fprintf(self->stream, " codec=%s", codec);
        self->has_generations = false;
        end_state(self);
        return;
    }
    write_generations(self, change->sample_time);
    if (is_same) return;
    begin_line(self, change->sample_time, "codec ");
    fprintf(self->stream, "%s\n", codec);
}

static void write_transport(live_ui_automation *self, const engine_change *change)
{
    end_state(self);
    begin_line(self, change->sample_time, "transport ");
    fprintf(self->stream, "%.9g %.17g %s\n", (double)change->value, change->beats,
            change->is_rolling ? "rolling" : "stopped");
}

static void take(live_ui_automation *self, const engine_change *change, const char *codec)
{
    self->last_time = change->sample_time;
    switch (change->kind) {
    case ENGINE_CHANGE_VALUE:
        write_setting(self, change);
        return;
    case ENGINE_CHANGE_STATE:
        end_state(self);
        begin_line(self, change->sample_time, "state");
        self->is_in_state = true;
        self->has_generations = false; /* it has its own */
        return;
    case ENGINE_CHANGE_STATE_VALUE:
        write_state_value(self, change);
        return;
    case ENGINE_CHANGE_CODEC:
        write_codec(self, change, codec);
        return;
    case ENGINE_CHANGE_TRANSPORT:
        write_transport(self, change);
        return;
    }
}

static void fail(live_ui_state *live, const char *reason)
{
    live->automation->has_failed = true;
    live->exit_code = APP_FAILURE;
    live_ui_say(live, "the automation '%s' breaks off: %s", live->arguments->value[APP_OPT_RECORD_AUTOMATION], reason);
}

static void drain(live_ui_state *live)
{
    live_ui_automation *self = live->automation;
    engine_change change;
    const char *codec = host_control_handed_codec(live->control);
    bool any = false;
    while (rsd_ring_read(self->changes, &change, 1u) == 1u) {
        any = true;
        if (change.sample_time < self->last_time) {
            fail(live, "the sound began anew");
            return;
        }
        take(self, &change, codec);
    }
    if (self->is_in_state && !any && self->state_has_waited) end_state(self);
    self->state_has_waited = self->is_in_state;
}

static void write_head(live_ui_automation *self, const char *codec)
{
    fprintf(self->stream,
            OUTPUTS_AUTOMATION_HEAD "%u Hz, for residuum process --raw --automation; # starts a comment\n",
            self->sample_rate_hz);
    if (fits_in_line(codec)) fprintf(self->stream, "0 codec %s\n", codec);
    snprintf(self->codec, sizeof self->codec, "%s", codec);
}

static int open_file(live_ui_state *live, live_ui_automation *self, const char *path)
{
    rsd_error error;
    if (base_output_open(&self->output, path, BASE_OUTPUT_IN_PLACE_IF_NEW, &error) != RSD_OK)
        return app_fail(live->arguments, "%s", error.text);
    self->stream = base_output_stream(&self->output);
    self->changes = self->stream ? base_ring_create(ENGINE_CHANGES_CAPACITY, sizeof(engine_change)) : NULL;
    if (self->changes) return -1;
    base_output_abandon(&self->output);
    return app_fail(live->arguments, "no memory to record the automation");
}

int live_ui_automation_open(live_ui_state *live)
{
    host_session_status status;
    const char *path = live->arguments->value[APP_OPT_RECORD_AUTOMATION];
    if (!path) return -1;
    int code = outputs_check_automation(live->arguments, path);
    if (code >= 0) return code;
    live_ui_automation *self = calloc(1, sizeof *self);
    if (!self) return app_fail(live->arguments, "no memory to record the automation");
    code = open_file(live, self, path);
    if (code >= 0) {
        free(self);
        return code;
    }
    host_session_get_status(live->session, &status);
    self->sample_rate_hz = status.sample_rate_hz;
    write_head(self, host_control_codec(live->control));
    engine_watch_changes(host_session_engine(live->session), self->changes);
    live->automation = self;
    return -1;
}

void live_ui_automation_watch(live_ui_state *live)
{
    live_ui_automation *self = live->automation;
    if (!self || self->has_failed) return;
    drain(live);
    if (self->has_failed) return;
    if (engine_lost_changes(host_session_engine(live->session)) > 0u) {
        fail(live, "more was turned at once than can be written down");
        return;
    }
    const double now = live_ui_now_s();
    if (now < self->next_flush_s || self->is_in_state) return;
    self->next_flush_s = now + FLUSH_EVERY_S;
    if (fflush(self->stream) != 0) fail(live, "it cannot be written");
}

void live_ui_automation_close(live_ui_state *live)
{
    rsd_error error;
    live_ui_automation *self = live->automation;
    if (!self) return;
    if (!self->has_failed) drain(live);
    end_state(self);
    if (base_output_commit(&self->output, &error) != RSD_OK)
        live->exit_code = app_fail(live->arguments, "%s", error.text);
    else if (live->view != LIVE_UI_VIEW_QUIET) {
        app_print("recorded %s: %llu changes", live->arguments->value[APP_OPT_RECORD_AUTOMATION],
                  (unsigned long long)self->line_count);
        putchar('\n');
    }
}

void live_ui_automation_free(live_ui_state *live)
{
    if (!live->automation) return;
    free(live->automation->changes);
    free(live->automation);
    live->automation = NULL;
}
