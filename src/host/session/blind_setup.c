// SPDX-License-Identifier: MIT
// Makes the two engines of a blind test of live sound.
#include "host/session/blind_internal.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

/* As its state says before anything sounds, and as loud as the dry sound whatever it says. */
static rsd_status set_up(rsd_engine *engine, const rsd_preset *state, rsd_error *error)
{
    rsd_status status = rsd_preset_apply(state, engine);
    if (status == RSD_OK) status = rsd_engine_set(engine, RSD_PARAM_LEVEL_MATCH, 0u, 1.0f);
    if (status != RSD_OK) return base_error_set(error, status, "%s", rsd_status_text(status));
    if (!rsd_engine_wants_generations(engine)) return RSD_OK;
    status = rsd_engine_apply_generations(engine, error);
    rsd_engine_reset(engine);
    (void)rsd_engine_collect(engine);
    return status;
}

static rsd_status make_engine(const host_blind_config *config, uint32_t index, rsd_engine **engine, rsd_error *error)
{
    rsd_model *model;
    const rsd_preset *state = config->states[index];
    rsd_status status = rsd_model_open(state->codec[0] != '\0' ? state->codec : "live", &model, error);
    if (status != RSD_OK) return status;
    status = rsd_engine_create(&config->engine, model, engine, error);
    rsd_model_release(model); /* the engine has its own reference */
    return status == RSD_OK ? set_up(*engine, state, error) : status;
}

static rsd_status make_delays(host_blind *self, uint32_t index, uint32_t delay_samples)
{
    const size_t bytes = rsd_delay_size_bytes(delay_samples);
    for (uint32_t c = 0; c < self->channel_count; c++) {
        void *block = base_calloc_64(bytes);
        if (!block || rsd_delay_init(block, bytes, delay_samples, &self->delays[index][c]) != RSD_OK) {
            free(block);
            return RSD_ERR_MEMORY;
        }
    }
    return RSD_OK;
}

static rsd_status align(host_blind *self)
{
    rsd_engine_latency latency[2];
    for (uint32_t i = 0; i < 2u; i++) {
        rsd_engine_get_latency(self->engines[i], &latency[i]);
        if (latency[i].total_samples > self->latency_samples) self->latency_samples = latency[i].total_samples;
    }
    rsd_status status = RSD_OK;
    for (uint32_t i = 0; i < 2u && status == RSD_OK; i++)
        status = make_delays(self, i, self->latency_samples - latency[i].total_samples);
    return status;
}

rsd_status host_blind_create(const host_blind_config *config, host_blind **blind, rsd_error *error)
{
    host_blind *self = base_calloc_64(sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory for a blind test");
    self->channel_count = config->engine.channel_count;
    self->fade_samples = (uint32_t)(HOST_BLIND_FADE_S * config->engine.sample_rate_hz);
    self->fade_at = 2u * self->fade_samples;
    self->playing = HOST_BLIND_SILENCE;
    rsd_status status = RSD_OK;
    for (uint32_t i = 0; i < 2u && status == RSD_OK; i++) status = make_engine(config, i, &self->engines[i], error);
    if (status == RSD_OK && (status = align(self)) != RSD_OK)
        base_error_set(error, status, "no memory for a blind test");
    if (status != RSD_OK) {
        host_blind_destroy(self);
        return status;
    }
    *blind = self;
    return base_error_set(error, RSD_OK, "%s", "");
}

void host_blind_destroy(host_blind *blind)
{
    if (!blind) return;
    for (uint32_t i = 0; i < 2u; i++) {
        rsd_engine_destroy(blind->engines[i]);
        for (uint32_t c = 0; c < RSD_ENGINE_MAX_CHANNELS; c++) free(blind->delays[i][c]);
    }
    free(blind);
}

uint32_t host_blind_latency_samples(const host_blind *blind) { return blind->latency_samples; }
