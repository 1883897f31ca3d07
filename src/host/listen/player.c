// SPDX-License-Identifier: MIT
// Plays sounds in step, around a loop. Its audio side allocates, locks and logs nothing.
#include "host/listen/player.h"

#include "host/device/device.h"

#include <stdatomic.h>
#include <stdlib.h>

#define FADE_S 0.01
#define LOOP_FADE_SAMPLES 256u /* a loop's end and start do not click */

typedef struct {
    const host_sound *sound; /* NULL: none */
    float gain;
} player_sound;

struct host_player {
    uint32_t sample_rate_hz, channel_count, fade_samples;
    player_sound sounds[HOST_PLAYER_MAX_SOUNDS];
    /* A number of the choice and the sound, so that the same sound chosen again is a choice, too. any -> audio; alone:
     * relaxed, as the sounds were there before the device was started. */
    _Atomic uint64_t chosen;
    _Atomic uint64_t loop; /* its first sample, and one past its last, 32 bits each. any -> audio; alone: relaxed */
    /* audio's own */
    uint64_t playing, position;
    uint32_t fade_at; /* of the change that is under way: 0 to 2 fade_samples; beyond: none is */
};

rsd_status host_player_create(host_player **player)
{
    host_player *self = calloc(1, sizeof *self);
    if (!self) return RSD_ERR_MEMORY;
    self->playing = UINT32_MAX;
    atomic_init(&self->chosen, self->playing);
    atomic_init(&self->loop, (uint64_t)UINT32_MAX);
    *player = self;
    return RSD_OK;
}

void host_player_prepare(host_player *player, uint32_t sample_rate_hz, uint32_t channel_count)
{
    player->sample_rate_hz = sample_rate_hz;
    player->channel_count = channel_count;
    player->fade_samples = (uint32_t)(FADE_S * sample_rate_hz);
    player->fade_at = 2u * player->fade_samples;
}

void host_player_destroy(host_player *player) { free(player); }

void host_player_put(host_player *player, uint32_t index, const host_sound *sound, float gain)
{
    if (index < HOST_PLAYER_MAX_SOUNDS) player->sounds[index] = (player_sound){sound, gain};
}

void host_player_choose(host_player *player, uint32_t index)
{
    uint64_t before = atomic_load_explicit(&player->chosen, memory_order_relaxed); /* stored by any other chooser */
    uint64_t after;
    do after = (((before >> 32) + 1u) << 32) | index;
    while (!atomic_compare_exchange_weak_explicit(&player->chosen, &before, after, memory_order_relaxed,
                                                  memory_order_relaxed));
}

void host_player_loop(host_player *player, double from_s, double to_s)
{
    const uint64_t from = (uint64_t)(from_s * player->sample_rate_hz), to = (uint64_t)(to_s * player->sample_rate_hz);
    atomic_store_explicit(&player->loop, from << 32 | (to & UINT32_MAX), memory_order_relaxed); /* read by audio */
}

static const player_sound *sound_at(const host_player *self, uint64_t choice)
{
    const uint32_t index = (uint32_t)choice;
    return index < HOST_PLAYER_MAX_SOUNDS && self->sounds[index].sound ? &self->sounds[index] : NULL;
}

/* The loop within the sound. */
static void find_loop(host_player *self, const host_sound *sound, uint64_t *from, uint64_t *to)
{
    const uint64_t loop = atomic_load_explicit(&self->loop, memory_order_relaxed); /* stored by any */
    *from = loop >> 32;
    *to = loop & UINT32_MAX;
    if (*to > sound->sample_count) *to = sound->sample_count;
    if (*from >= *to) *from = 0;
}

/* From 0 to 1 near the ends of a loop. */
static float edge_gain(uint64_t position, uint64_t from, uint64_t to)
{
    const uint64_t after = position - from, before = to - position, near = after < before ? after : before;
    return near >= LOOP_FADE_SAMPLES ? 1.0f : (float)near / (float)LOOP_FADE_SAMPLES;
}

/* One sample of each channel, and on. */
static void play_sample(host_player *self, float *const *out, uint32_t i)
{
    uint64_t from = 0, to = 0;
    const player_sound *playing = sound_at(self, self->playing);
    const uint32_t fade = self->fade_samples, at = self->fade_at;
    float gain = at < fade ? 1.0f - (float)at / (float)fade : at < 2u * fade ? (float)(at - fade) / (float)fade : 1.0f;
    if (playing) {
        find_loop(self, playing->sound, &from, &to);
        if (self->position < from || self->position >= to) self->position = from;
        gain *= playing->gain * edge_gain(self->position, from, to);
    }
    for (uint32_t c = 0; c < self->channel_count; c++) {
        const uint32_t row = playing && c < playing->sound->channel_count ? c : 0u;
        out[c][i] = playing ? gain * playing->sound->channel[row][self->position] : 0.0f;
    }
    if (playing) self->position++;
}

void host_player_block(void *context, const float *const *in, float *const *out, uint32_t sample_count,
                       uint64_t block_ns)
{
    host_player *self = context;
    (void)in;
    (void)block_ns;
    const uint64_t chosen = atomic_load_explicit(&self->chosen, memory_order_relaxed); /* stored by any */
    const uint32_t fade = self->fade_samples;
    for (uint32_t i = 0; i < sample_count; i++) {
        if (chosen != self->playing && self->fade_at >= 2u * fade) self->fade_at = 0;
        if (self->fade_at == fade) self->playing = chosen; /* in the middle nothing is heard */
        play_sample(self, out, i);
        if (self->fade_at < 2u * fade) self->fade_at++;
    }
}
