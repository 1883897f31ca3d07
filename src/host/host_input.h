// SPDX-License-Identifier: MIT
#ifndef HOST_INPUT_H
#define HOST_INPUT_H

#include "host_soundfile.h"

/*
 * A sound in place of the microphone, looped without a gap: loaded and brought to the engine's rate and channels at
 * setup, then only copied. A mono sound goes to all channels; more channels than wanted are mixed down (mean).
 */

typedef struct host_input host_input;

/* From a file. Errors as host_sound_load. channel_count 1..HOST_SOUND_MAX_CHANNELS. Thread: [setup] */
RSD_NODISCARD rsd_status host_input_create(const char *path, uint32_t rate_hz, uint32_t channel_count,
                                           host_input **input, rsd_error *error);
/* From a sound in memory, which is copied. Thread: [setup] */
RSD_NODISCARD rsd_status host_input_create_sound(const host_sound *sound, uint32_t rate_hz, uint32_t channel_count,
                                                 host_input **input, rsd_error *error);
void host_input_destroy(host_input *input); /* NULL is fine. Thread: [setup] */

/* The next sample_count samples of each channel into out[c]. Thread: [audio], one. Cost: a copy */
RSD_REALTIME void host_input_read(host_input *input, float *const *out, uint32_t sample_count);

uint64_t host_input_length_samples(const host_input *input); /* of one round; Thread: [any] */

#endif
