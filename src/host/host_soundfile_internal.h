// SPDX-License-Identifier: MIT
#ifndef HOST_SOUNDFILE_INTERNAL_H
#define HOST_SOUNDFILE_INTERNAL_H

#include "host_soundfile.h"

/* A reader of a file in memory; `bytes` must outlive it. */
RSD_NODISCARD rsd_status host_reader_open_memory(const void *bytes, size_t byte_count, uint32_t rate_hz,
                                                 host_reader **reader, rsd_error *error);

/*
 * Streaming rate conversion of interleaved samples by libsamplerate's best sinc, zero-phase: output sample k lies at
 * input time k x in_rate / out_rate. NULL state where the rates are equal is the caller's business.
 */
typedef struct host_converter host_converter;
RSD_NODISCARD rsd_status host_converter_create(uint32_t channel_count, uint32_t in_rate_hz, uint32_t out_rate_hz,
                                               host_converter **converter, rsd_error *error);
void host_converter_destroy(host_converter *converter); /* NULL is fine */
/* Takes up to *in_count frames (on return: taken), gives up to *out_count (on return: given). at_end: no more comes. */
RSD_NODISCARD rsd_status host_converter_run(host_converter *converter, const float *in, uint32_t *in_count, float *out,
                                            uint32_t *out_count, bool at_end, rsd_error *error);

#endif
