// SPDX-License-Identifier: MIT
#ifndef HOST_INPUT_H
#define HOST_INPUT_H

#include "host/file/soundfile.h"

/*
 * A sound in place of the microphone, looped without a gap, at the engine's rate and channels. A short one is loaded
 * and converted at setup, then only copied; a longer file is read on the way by a thread (host_input_stream). A mono
 * sound goes to all channels; more channels than wanted are mixed down (mean).
 */

#define HOST_INPUT_WHOLE_SECONDS 10u /* a file up to this length is loaded */

typedef struct host_input host_input;

typedef struct {
    uint64_t missing_count; /* samples that were wanted before they were read: silence was played */
    bool failed;            /* the file broke off or went away; what could be read is played. `error` says why */
    rsd_error error;
} host_input_status;

/* From a file of 8 to 384 kHz. Errors as host_reader_open, and RSD_ERR_UNSUPPORTED for standard input or a pipe.
 * channel_count 1..HOST_SOUND_MAX_CHANNELS. Thread: [setup] */
RSD_NODISCARD rsd_status host_input_create(const char *path, uint32_t rate_hz, uint32_t channel_count,
                                           host_input **input, rsd_error *error);
/* From a sound in memory, which is copied. Thread: [setup] */
RSD_NODISCARD rsd_status host_input_create_sound(const host_sound *sound, uint32_t rate_hz, uint32_t channel_count,
                                                 host_input **input, rsd_error *error);
void host_input_destroy(host_input *input); /* NULL is fine. Thread: [setup] */

/* The next sample_count samples of each channel into out[c]. Thread: [audio], one. Cost: a copy */
RSD_REALTIME void host_input_read(host_input *input, float *const *out, uint32_t sample_count);

/*
 * Waits until the next sample_count samples are there, in a render that is faster than real time and would be over
 * before the disk has begun. Thread: [audio], in such renders alone
 */
void host_input_wait(host_input *input, uint32_t sample_count);

/* Samples of a file that have been read ahead; 0 where it is in memory whole. Thread: [audio] */
RSD_REALTIME uint32_t host_input_queued(const host_input *input);

void host_input_get_status(host_input *input, host_input_status *status); /* Thread: [control] */
uint64_t host_input_length_samples(const host_input *input);              /* of one round; Thread: [any] */

#endif
