// SPDX-License-Identifier: MIT
#ifndef HOST_INPUT_STREAM_H
#define HOST_INPUT_STREAM_H

#include "host/session/input.h"

/*
 * A sound file read, converted and looped by a thread of its own, a few seconds ahead of the audio thread: for files
 * that are too long to be loaded before the first sample can be heard. What is played is the same to the sample.
 */

typedef struct host_input_stream host_input_stream;

/* RSD_ERR_UNSUPPORTED for standard input and pipes, which give their sound once alone. Never waits for a writer.
 * Thread: [any] */
RSD_NODISCARD rsd_status host_input_check_repeatable(const char *path, rsd_error *error);

/* Takes over `reader`, which gives sound at rate_hz, also on failure. Returns with sound in hand. Thread: [setup] */
RSD_NODISCARD rsd_status host_input_stream_create(const char *path, host_reader *reader, uint32_t channel_count,
                                                  host_input_stream **stream, rsd_error *error);
void host_input_stream_destroy(host_input_stream *stream); /* NULL is fine. Thread: [setup] */

/* As host_input_read: silence for what is not there yet. Wait-free. Thread: [audio] */
RSD_REALTIME void host_input_stream_read(host_input_stream *stream, float *const *out, uint32_t sample_count);
/* Samples that are there. Thread: [audio] */
RSD_REALTIME uint32_t host_input_stream_queued(const host_input_stream *stream);
/* Waits until so many samples are there, or no more will come. Thread: [audio], in renders alone */
void host_input_stream_wait(host_input_stream *stream, uint32_t sample_count);

void host_input_stream_get_status(host_input_stream *stream, host_input_status *status); /* Thread: [control] */

#endif
