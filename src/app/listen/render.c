// SPDX-License-Identifier: MIT
// The sounds of a listening test: read, coded, made equally loud.
#include "app/listen/stage.h"
#include "app/offline.h"
#include "app/outputs.h"

#include "host/listen/gain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const host_sound *input;
    host_sound *output;
    uint64_t read_at, write_at;
} rendering;

int listen_load(listen_stage *stage, const char *path, host_sound *sound)
{
    rsd_error error;
    if (host_sound_load(path, stage->sample_rate_hz, sound, &error) != RSD_OK)
        return app_fail(stage->arguments, "%s", error.text);
    outputs_say_faults(stage->arguments, path, &sound->faults);
    if (sound->sample_count < sound->sample_rate_hz / 4u)
        return app_fail(stage->arguments, "'%s' is shorter than a quarter of a second", path);
    return -1;
}

static rsd_status read_sound(void *context, float *const *in, uint32_t count, uint32_t *got, rsd_error *error)
{
    (void)error;
    rendering *r = context;
    for (uint32_t c = 0; c < r->input->channel_count; c++)
        memcpy(in[c], r->input->channel[c] + r->read_at, count * sizeof(float));
    r->read_at += count;
    *got = count;
    return RSD_OK;
}

static rsd_status keep_sound(void *context, const float *const *out, uint32_t count, rsd_error *error)
{
    (void)error;
    rendering *r = context;
    for (uint32_t c = 0; c < r->input->channel_count; c++)
        memcpy(r->output->channel[c] + r->write_at, out[c], count * sizeof(float));
    r->write_at += count;
    return RSD_OK;
}

static int run_engine(const listen_stage *stage, const app_settings *settings, const host_sound *input,
                      host_sound *output)
{
    rsd_error error;
    rsd_engine *engine = NULL;
    rendering r = {.input = input, .output = output};
    int code =
        app_offline_engine(stage->arguments, settings, "live", input->sample_rate_hz, input->channel_count, &engine);
    if (code >= 0) return code;
    app_offline job = {.engine = engine,
                       .channel_count = input->channel_count,
                       .sample_count = input->sample_count,
                       .read = read_sound,
                       .write = keep_sound,
                       .context = &r};
    if (app_offline_run(&job, &error) != RSD_OK) code = app_fail(stage->arguments, "%s", error.text);
    rsd_engine_destroy(engine);
    return code;
}

/* The command line with the words of `text` as further --set; they lie in `text`, which is cut. */
static int read_settings(const app_arguments *arguments, const char *origin, char *text, app_settings *settings)
{
    app_arguments whole = *arguments;
    char *rest = NULL;
    whole.value[APP_OPT_LEVELS] = NULL;
    for (char *word = strtok_r(text, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
        if (whole.set_count == APP_MAX_SETS) return app_usage(arguments, "too many parameters are set");
        /* What is named for one sound goes before what is named for all. */
        if (strncmp(word, "codec=", strlen("codec=")) == 0) whole.value[APP_OPT_CODEC] = NULL;
        if (strncmp(word, "preset=", strlen("preset=")) == 0) whole.value[APP_OPT_PRESET] = NULL;
        whole.sets[whole.set_count++] = word;
    }
    whole.set_origin = origin;
    return app_settings_read(&whole, settings);
}

int listen_render(listen_stage *stage, const char *origin, const char *text, const host_sound *input,
                  host_sound *output)
{
    rsd_error error;
    if (host_sound_create(input->sample_rate_hz, input->channel_count, input->sample_count, output, &error) != RSD_OK)
        return app_fail(stage->arguments, "%s", error.text);
    if (strcmp(text, "dry") == 0) {
        memcpy(output->channel[0], input->channel[0],
               (size_t)input->sample_count * input->channel_count * sizeof(float));
        return -1;
    }
    char *words = strdup(text);
    app_settings *settings = malloc(sizeof *settings);
    int code = words && settings ? read_settings(stage->arguments, origin, words, settings)
                                 : app_fail(stage->arguments, "out of memory");
    if (code < 0) code = run_engine(stage, settings, input, output);
    free(settings);
    free(words);
    return code;
}

json_t *listen_match(listen_stage *stage, uint32_t item, uint32_t count)
{
    const host_sound *sounds[HOST_LISTEN_MAX_CONDITIONS + 1u];
    float gains[HOST_LISTEN_MAX_CONDITIONS + 1u];
    json_t *list = json_array();
    const uint32_t first = item * HOST_LISTEN_MAX_CONDITIONS;
    for (uint32_t i = 0; i < count; i++) sounds[i] = &stage->sounds[first + i];
    host_match_gains(sounds, count, gains);
    for (uint32_t i = 0; i < count; i++) {
        host_player_put(stage->player, first + i, sounds[i], gains[i]);
        json_array_append_new(list, json_real(round(2000.0 * log10((double)gains[i])) / 100.0));
    }
    return list;
}
