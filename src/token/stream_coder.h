// SPDX-License-Identifier: MIT
// The token coder of an entropy-coded stream, with the model that it may need. Thread of all: [setup], [control]
#ifndef TOKEN_STREAM_CODER_H
#define TOKEN_STREAM_CODER_H

#include "entropy/token_coder.h"
#include "token/stream_internal.h"

typedef struct {
    token_coder *coder; /* NULL: not open */
    void *block;
    rsd_model *model; /* NULL where the codec's rows say it all */
} stream_coder;

/*
 * Opens the codec that the info names, where the coder knows what the codec knows (info->knows_places), and makes a coder. RSD_ERR_UNSUPPORTED: the codec here is another than the stream's; RSD_ERR_MEMORY; errors of rsd_model_open.
 */
RSD_NODISCARD rsd_status stream_coder_open(const rsd_token_stream_info *info, const char *name, stream_coder *coder,
                                           rsd_error *error);
void stream_coder_close(stream_coder *coder);

/* Most bytes of a block of so many frames. */
size_t stream_coder_block_bytes(const rsd_token_stream_info *info, uint32_t frame_count);

#endif
