// SPDX-License-Identifier: MIT
// What tokens sound like by themselves: in `residuum decode` the dry sound of auto gain and level matching.
#include "app/plain_sound.h"
#include "app/token_files.h"
#include "base/error.h"

#include <residuum/rsd_engine_taps.h>
#include <residuum/rsd_params.h>

#include <stdio.h>
#include <string.h>

#define SKIP_SAMPLES 256u

bool app_plain_sound_is_wanted(const rsd_engine *engine)
{
    float is_automatic = 0.0f, is_matched = 0.0f;
    return (rsd_engine_get(engine, RSD_PARAM_AUTO_GAIN, 0, &is_automatic) == RSD_OK && is_automatic != 0.0f) ||
           (rsd_engine_get(engine, RSD_PARAM_LEVEL_MATCH, 0, &is_matched) == RSD_OK && is_matched != 0.0f);
}

rsd_status app_plain_sound_open(app_plain_sound *sound, const char *codec, const rsd_token_set *set, rsd_error *error)
{
    const rsd_engine_config config = {
        .sample_rate_hz = set->sample_rate_hz, .channel_count = set->channel_count, .schedule = RSD_SCHEDULE_INLINE};
    char name[1024];
    rsd_model *model = NULL;
    rsd_engine_latency latency;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(codec, "@"), codec);
    rsd_status status = rsd_model_open(name, &model, error);
    if (status != RSD_OK) return status;
    status = rsd_engine_create(&config, model, &sound->engine, error);
    rsd_model_release(model); /* the engine holds its own reference */
    if (status != RSD_OK) return status;
    sound->set = set;
    sound->left = set->sample_count;
    rsd_engine_set_source(sound->engine, token_file_give_frame, (void *)set);
    if (set->primed) status = rsd_engine_prime_source(sound->engine);
    rsd_engine_get_latency(sound->engine, &latency);
    sound->skip = latency.total_samples;
    return status == RSD_OK ? RSD_OK : base_error_set(error, status, "%s", rsd_status_text(status));
}

void app_plain_sound_close(app_plain_sound *sound)
{
    rsd_engine_destroy(sound->engine);
    sound->engine = NULL;
}

/* Its input is its output's place: tokens come from the source, and nobody hears what goes in. */
static void run(app_plain_sound *sound, float *const *rows, uint32_t count)
{
    for (uint32_t c = 0; c < sound->set->channel_count; c++) memset(rows[c], 0, count * sizeof **rows);
    rsd_engine_process(sound->engine, (const float *const *)rows, rows, count);
}

static void skip_latency(app_plain_sound *sound)
{
    float samples[RSD_ENGINE_MAX_CHANNELS][SKIP_SAMPLES];
    float *rows[RSD_ENGINE_MAX_CHANNELS];
    for (uint32_t c = 0; c < RSD_ENGINE_MAX_CHANNELS; c++) rows[c] = samples[c];
    while (sound->skip > 0u) {
        const uint32_t count = sound->skip < SKIP_SAMPLES ? (uint32_t)sound->skip : SKIP_SAMPLES;
        run(sound, rows, count);
        sound->skip -= count;
    }
}

void app_plain_sound_read(app_plain_sound *sound, float *const *in, uint32_t count, uint32_t *got)
{
    skip_latency(sound);
    *got = sound->left < count ? (uint32_t)sound->left : count;
    if (*got > 0u) run(sound, in, *got);
    sound->left -= *got;
}
