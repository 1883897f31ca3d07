// SPDX-License-Identifier: MIT
#ifndef HOST_SOUNDFILE_INTERNAL_H
#define HOST_SOUNDFILE_INTERNAL_H

#include "host_soundfile.h"

#include <samplerate.h>
#include <sndfile.h>

#define HOST_FILE_BLOCK 4096u /* samples a channel that readers and writers handle at once */

/* libsndfile's format for a path and a wanted subtype (0: the extension's default); see host_writer_open. */
rsd_status host_format_for(const char *path, const host_writer_config *config, SF_INFO *info, rsd_error *error);

/* Why the last sf_open failed: the system's reason where there is one. `saved_errno` is errno right after the call,
 * which counts only where libsndfile says that the system refused. */
const char *host_open_reason(int saved_errno);

/* A reader over an open file, which it closes (also on failure). `name` is for messages. */
rsd_status host_reader_over(SNDFILE *file, const SF_INFO *file_info, const char *name, uint32_t rate_hz,
                            host_reader **reader, rsd_error *error);

/*
 * libsamplerate's best sinc between two rates, or NULL in `*converter` where they are one. `name` is for messages; free
 * with src_delete.
 */
rsd_status host_open_converter(SRC_STATE **converter, const char *name, uint32_t channel_count, uint32_t from_hz,
                               uint32_t to_hz, rsd_error *error);

/* round(count x to / from), exact in double up to 2^53. */
uint64_t host_converted_count(uint64_t count, uint32_t from_hz, uint32_t to_hz);

#endif
