// SPDX-License-Identifier: MIT
#ifndef HOST_PROFILE_FILE_H
#define HOST_PROFILE_FILE_H

#include "host/session/profile.h"

#include <residuum/rsd_status.h>

/*
 * A profile on the disk, little-endian as all machines that this runs on are. A head of HOST_PROFILE_HEAD_BYTES, then
 * chunks: kind and bytes (uint32), CRC-32 of the records, the records. Chunks are written several times a second, each at
 * one go, so that a program that dies loses no more than the last of them: a reader takes what is whole. An empty chunk
 * of kind END says that the writer came to its end.
 */

#define HOST_PROFILE_VERSION 1u
#define HOST_PROFILE_HEAD_BYTES 256u

/* What a profile is of. Fixed: the head of the file behind its first 8 bytes. */
typedef struct {
    uint32_t version;
    uint32_t record_bytes, stages_bytes, system_bytes, event_bytes; /* of the structs of profile.h */
    uint32_t sample_rate_hz, channel_count, block_samples;          /* block: about; 0: not known */
    uint32_t stages_every; /* stages are of one callback in so many, drawn by chance; 0: of none */
    uint32_t reserved;
    uint64_t start_ns;      /* CLOCK_MONOTONIC */
    uint64_t start_unix_ns; /* the same in the wall's time */
    char codec[64], backend[16], output[64];
    char version_text[16]; /* of Residuum */
} host_profile_head;

typedef struct host_profile_writer host_profile_writer;

/*
 * Creates the file; version, sizes and times of `head` are filled in here. One that is there is replaced when the writer
 * closes; one that is new is there from the start. Errors: those of base_output_open. Thread: [control]
 */
RSD_NODISCARD rsd_status host_profile_writer_create(const char *path, const host_profile_head *head,
                                                    host_profile_writer **writer, rsd_error *error);
/* A sink for host_profile_set_sink, whose context is the writer. */
host_profile_sink host_profile_writer_sink(host_profile_writer *writer);
/* Writes what has come since; cheap where that is little. RSD_ERR_IO: the disk refused, here or earlier. [control] */
RSD_NODISCARD rsd_status host_profile_writer_flush(host_profile_writer *writer, rsd_error *error);
/* Writes the rest and the end, closes and frees. NULL is fine. RSD_ERR_IO. Thread: [control] */
RSD_NODISCARD rsd_status host_profile_writer_close(host_profile_writer *writer, rsd_error *error);

/* All of a file. The arrays are owned; free them by host_profile_data_destroy. */
typedef struct {
    host_profile_head head;
    bool is_whole;        /* false: it was cut off or is damaged, and what stands before that was taken */
    uint64_t damage_byte; /* where no chunk begins that is as it was written; 0: it was cut off, or nothing is wrong */
    uint64_t behind_end_bytes; /* behind its end: no part of it, and not read */
    size_t callback_count, stages_count, system_count, event_count;
    host_profile_callback *callbacks;
    host_profile_stages *stages;
    host_profile_system *system;
    host_profile_event *events;
} host_profile_data;

#define HOST_PROFILE_MAX_BYTES ((size_t)2 << 30)

/* Errors: RSD_ERR_NOT_FOUND, RSD_ERR_IO, RSD_ERR_FORMAT (no profile, or of another version), RSD_ERR_MEMORY. [control] */
RSD_NODISCARD rsd_status host_profile_read(const char *path, host_profile_data *data, rsd_error *error);
void host_profile_data_destroy(host_profile_data *data);

/* Whether the file at `path` begins as a profile does. Thread: [control] */
bool host_profile_is_one(const char *path);

#endif
