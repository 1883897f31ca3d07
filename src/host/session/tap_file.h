// SPDX-License-Identifier: MIT
#ifndef HOST_TAP_FILE_H
#define HOST_TAP_FILE_H

#include <residuum/rsd_token_stream.h>

/*
 * What the token tap sees, in a .rsdt file that can be read while it grows. Frames that the tap missed are left out, and
 * told by the stream. The first frame that comes is frame 0. A stream has one codec: where another one comes, the file is
 * ended whole and the next one begun, F-2.rsdt, F-3.rsdt... beside F.rsdt, the first name that no file has. Thread of
 * all: [control]
 */

typedef struct host_tap_file host_tap_file;

/* What the frames that come now are of; false: it cannot be told, and `error` says why. */
typedef bool (*host_tap_describe)(void *context, rsd_token_stream_info *info, rsd_error *error);

typedef struct {
    uint32_t file_count;              /* begun */
    const char *path;                 /* of the latest; as long as the file */
    uint64_t frame_count, size_bytes; /* of all */
    bool has_ended;                   /* before it was closed: the disk refused, or the next file could not be made */
    rsd_error error;                  /* why */
} host_tap_file_status;

/* The first file. `describe` is asked for every one after it. Errors as rsd_token_writer_create. */
RSD_NODISCARD rsd_status host_tap_file_create(const char *path, const rsd_token_stream_info *info, host_tap_file **file,
                                              rsd_error *error);
void host_tap_file_follow(host_tap_file *file, host_tap_describe describe, void *context);

/* An rsd_token_tap for host_tap_set_sink; context is the file. `frame` NULL: what comes now may be of another codec. */
void host_tap_file_take(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame);

void host_tap_file_get_status(const host_tap_file *file, host_tap_file_status *status);

/* Ends the stream and frees the file; samples are counted by its frames. NULL is fine. RSD_ERR_IO */
RSD_NODISCARD rsd_status host_tap_file_close(host_tap_file *file, rsd_error *error);

#endif
