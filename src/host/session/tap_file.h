// SPDX-License-Identifier: MIT
#ifndef HOST_TAP_FILE_H
#define HOST_TAP_FILE_H

#include <residuum/rsd_token_stream.h>

/*
 * What the token tap sees, in a .rsdt file that can be read while it grows. Frames that the tap missed are left out, and
 * told by the stream. The first frame that comes is frame 0. Thread of all: [control]
 */

typedef struct host_tap_file host_tap_file;

typedef struct {
    uint64_t frame_count, size_bytes;
    bool has_ended;  /* before it was closed: another codec came, or the disk refused */
    rsd_error error; /* why */
} host_tap_file_status;

/* Errors as rsd_token_writer_create. */
RSD_NODISCARD rsd_status host_tap_file_create(const char *path, const rsd_token_stream_info *info, host_tap_file **file,
                                              rsd_error *error);

/* An rsd_token_tap for host_tap_set_sink; context is the file. `frame` NULL: what comes now is of another codec. */
void host_tap_file_take(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame);

void host_tap_file_get_status(const host_tap_file *file, host_tap_file_status *status);

/* Ends the stream and frees the file; samples are counted by its frames. NULL is fine. RSD_ERR_IO */
RSD_NODISCARD rsd_status host_tap_file_close(host_tap_file *file, rsd_error *error);

#endif
