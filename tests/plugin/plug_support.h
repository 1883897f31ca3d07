// SPDX-License-Identifier: MIT
#ifndef PLUG_SUPPORT_H
#define PLUG_SUPPORT_H

#include "support/signals.h"

#include <residuum/rsd_engine.h>
#include <residuum/rsd_preset.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What `residuum process --raw --automation` does, on memory: the engine, changes applied at their sample. The plugins
 * must give the same samples.
 */
typedef struct {
    uint64_t sample;
    uint32_t id, level;
    float value;
} ref_change;

typedef struct {
    uint32_t rate_hz, channels;
    const char *codec;
    const rsd_preset *preset; /* NULL: none */
    const ref_change *changes;
    uint32_t change_count;
} ref_job;

/* Levels of live-128, which hosts have as a share. */
#define LIVE_LEVELS 14u
static inline float share_of_levels(float levels) { return levels / (float)LIVE_LEVELS; }

static inline void need(int good, const char *what)
{
    if (good) return;
    fprintf(stderr, "cannot go on: %s\n", what);
    abort();
}

static inline rsd_engine *ref_engine(const ref_job *job)
{
    rsd_model *model;
    rsd_engine *engine = NULL;
    const rsd_engine_config config = {job->rate_hz, job->channels, RSD_SCHEDULE_BY_FRAME, 0, 0};
    need(rsd_model_open(job->codec ? job->codec : "live", &model, NULL) == RSD_OK, "a codec");
    need(rsd_engine_create(&config, model, &engine, NULL) == RSD_OK, "an engine");
    rsd_model_release(model);
    rsd_engine_wait_for_frames(engine, true); /* as a render: exact whatever the pace */
    if (job->preset) need(rsd_preset_apply(job->preset, engine) == RSD_OK, "a preset");
    return engine;
}

static inline uint32_t ref_latency(const ref_job *job)
{
    rsd_engine_latency latency;
    rsd_engine *engine = ref_engine(job);
    rsd_engine_get_latency(engine, &latency);
    rsd_engine_destroy(engine);
    return latency.total_samples;
}

static inline void ref_render(const ref_job *job, float *const *in, float *const *out, uint32_t count)
{
    rsd_engine *engine = ref_engine(job);
    uint32_t next = 0;
    for (uint32_t at = 0; at < count;) {
        uint32_t until = count;
        for (; next < job->change_count; next++) {
            const ref_change *c = &job->changes[next];
            if (c->sample > at) {
                until = c->sample < count ? (uint32_t)c->sample : count;
                break;
            }
            rsd_engine_apply(engine, c->id, c->level, c->value);
        }
        const float *i[RSD_ENGINE_MAX_CHANNELS];
        float *o[RSD_ENGINE_MAX_CHANNELS];
        for (uint32_t c = 0; c < job->channels; c++) i[c] = in[c] + at, o[c] = out[c] + at;
        rsd_engine_process(engine, i, o, until - at);
        at = until;
    }
    rsd_engine_destroy(engine);
}

/* Two channels of tones and noise, and room for what comes out of a plugin and of the engine. */
typedef struct {
    uint32_t count;
    float *in[2], *out[2], *wanted[2];
} sound_set;

static inline sound_set make_sound(uint32_t count, uint32_t seed)
{
    sound_set s = {.count = count};
    for (int c = 0; c < 2; c++) {
        s.in[c] = calloc(count, sizeof(float));
        s.out[c] = calloc(count, sizeof(float));
        s.wanted[c] = calloc(count, sizeof(float));
        test_fill_noise(s.in[c], count, 0.1f, seed + (uint32_t)c);
        for (uint32_t i = 0; i < count; i++)
            s.in[c][i] += 0.4f * sinf(0.02f * (float)(c + 1) * (float)i + 3.0f * sinf(0.0003f * (float)i));
    }
    return s;
}

static inline void free_sound(sound_set *s)
{
    for (int c = 0; c < 2; c++) free(s->in[c]), free(s->out[c]), free(s->wanted[c]);
}

/* What the engine makes of the sound with its own channels, crossed over, as side-chain. */
static inline void ref_render_crossed(sound_set *s, uint32_t rate_hz, float cross)
{
    rsd_model *model = NULL;
    rsd_engine *engine = NULL;
    const rsd_engine_config config = {rate_hz, 2u, RSD_SCHEDULE_BY_FRAME, 0u, 2u};
    need(rsd_model_open("live", &model, NULL) == RSD_OK, "a codec");
    need(rsd_engine_create(&config, model, &engine, NULL) == RSD_OK, "an engine");
    rsd_model_release(model);
    need(rsd_engine_set(engine, RSD_PARAM_CROSS, 0, cross) == RSD_OK, "cross");
    const float *const in[2] = {s->in[0], s->in[1]}, *const side[2] = {s->in[1], s->in[0]};
    const rsd_engine_block block = {in, s->wanted, side, s->count};
    rsd_engine_process_block(engine, &block);
    rsd_engine_destroy(engine);
}

/* First sample at which plugin and engine differ; count when they do not. */
static inline uint32_t first_difference(const sound_set *s, uint32_t channels)
{
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t c = 0; c < channels; c++)
            if (s->out[c][i] != s->wanted[c][i]) return i;
    return s->count;
}

static inline long resident_kib(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    need(file && fscanf(file, "%ld %ld", &pages, &resident) == 2, "/proc/self/statm");
    fclose(file);
    return resident * 4;
}

#endif
