// SPDX-License-Identifier: MIT
#ifndef HOST_LISTEN_PLAYER_H
#define HOST_LISTEN_PLAYER_H

#include "host/file/soundfile.h"

/*
 * Sounds of one length and rate that play in step, one of them at a time, around a loop. A change to another sound, and
 * one to the same, is alike: out over 10 ms, in over 10 ms, the position going on meanwhile, so that it does not tell
 * whether the sound is another one.
 */

#define HOST_PLAYER_MAX_SOUNDS 448u /* HOST_LISTEN_MAX_ITEMS x HOST_LISTEN_MAX_CONDITIONS */

typedef struct host_player host_player;

RSD_NODISCARD rsd_status host_player_create(host_player **player); /* RSD_ERR_MEMORY. Thread: [setup] */
void host_player_destroy(host_player *player); /* after the device; sounds are borrowed. NULL is fine */

/* Of the device, before it starts. Thread: [setup] */
void host_player_prepare(host_player *player, uint32_t sample_rate_hz, uint32_t channel_count);

/*
 * Sound `index`, of the player's rate, times `gain`. Before the device starts. Mono plays on every channel, more channels
 * than the device has are left out. Thread: [setup]
 */
void host_player_put(host_player *player, uint32_t index, const host_sound *sound, float gain);

/* From now on sound `index` plays, from the loop's start where the one before was of another length; UINT32_MAX: none.
 * Thread: [any] */
void host_player_choose(host_player *player, uint32_t index);
void host_player_loop(host_player *player, double from_s, double to_s); /* Thread: [any] */

/* A host_device_callback; context is the player. Thread: [audio] */
RSD_REALTIME void host_player_block(void *context, const float *const *in, float *const *out, uint32_t sample_count,
                                    uint64_t block_ns);

#endif
