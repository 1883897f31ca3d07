// SPDX-License-Identifier: MIT
// Plays two states at the same time, of which one is heard. Nothing here allocates, locks, logs or makes a system call.
#include "host/session/blind_internal.h"

void host_blind_set_transport(host_blind *blind, float bpm, double beats, bool is_rolling)
{
    for (uint32_t i = 0; i < 2u; i++) rsd_engine_set_transport(blind->engines[i], bpm, beats, is_rolling);
}

void host_blind_wait_for_frames(host_blind *blind, bool waits)
{
    for (uint32_t i = 0; i < 2u; i++) rsd_engine_wait_for_frames(blind->engines[i], waits);
}

/* The block's samples [from, from + count) of one state, as late as those of the other one. */
static void play_state(host_blind *self, uint32_t index, const rsd_engine_block *block, uint32_t from, uint32_t count)
{
    const float *in[RSD_ENGINE_MAX_CHANNELS], *side[RSD_ENGINE_MAX_CHANNELS];
    float *out[RSD_ENGINE_MAX_CHANNELS];
    for (uint32_t c = 0; c < self->channel_count; c++) {
        in[c] = block->in[c] + from;
        if (block->sidechain) side[c] = block->sidechain[c] + from;
        out[c] = self->sound[index][c];
    }
    const rsd_engine_block part = {in, out, block->sidechain ? side : NULL, count};
    rsd_engine_process_block(self->engines[index], &part);
    for (uint32_t c = 0; c < self->channel_count; c++) rsd_delay_process(self->delays[index][c], out[c], out[c], count);
}

static void put(const host_blind *self, const rsd_engine_block *block, uint32_t at, uint32_t i, float gain)
{
    const uint32_t index = (uint32_t)self->playing;
    for (uint32_t c = 0; c < self->channel_count; c++)
        block->out[c][at + i] = index < 2u ? gain * self->sound[index][c][i] : 0.0f;
}

/* In the middle of a change nothing is heard, and there the other state comes. */
static void mix(host_blind *self, const rsd_engine_block *block, uint32_t from, uint32_t count, uint64_t choice)
{
    const uint32_t fade = self->fade_samples;
    for (uint32_t i = 0; i < count; i++) {
        if (choice != self->playing && self->fade_at >= 2u * fade) self->fade_at = 0;
        if (self->fade_at == fade) self->playing = choice;
        const uint32_t at = self->fade_at;
        const float gain = at < fade        ? 1.0f - (float)at / (float)fade
                           : at < 2u * fade ? (float)(at - fade) / (float)fade
                                            : 1.0f;
        put(self, block, from, i, gain);
        if (at < 2u * fade) self->fade_at++;
    }
}

void host_blind_process(host_blind *blind, const rsd_engine_block *block, uint64_t choice)
{
    for (uint32_t at = 0; at < block->sample_count;) {
        const uint32_t left = block->sample_count - at;
        const uint32_t count = left < HOST_BLIND_PART_SAMPLES ? left : HOST_BLIND_PART_SAMPLES;
        for (uint32_t i = 0; i < 2u; i++) play_state(blind, i, block, at, count);
        mix(blind, block, at, count, choice);
        at += count;
    }
}
