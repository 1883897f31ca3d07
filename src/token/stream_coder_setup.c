// SPDX-License-Identifier: MIT
// The token coder of a stream, opened and closed.
#include "token/stream_coder.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

bool rsd_token_stream_places(const rsd_model *model) { return token_coder_needs_model(model); }

static token_coder_config config_of(const rsd_token_stream_info *info, const rsd_model *model)
{
    return (token_coder_config){.codec = &info->codec, .model = model, .channel_count = info->channel_count};
}

/* The model that places or codewords are known by must be the one that the stream was made with, to the bit. */
static rsd_status open_model(const rsd_token_stream_info *info, const char *name, stream_coder *coder, rsd_error *error)
{
    if (!info->knows_places) return RSD_OK;
    rsd_error reason;
    const rsd_status status = rsd_model_open(info->codec_name, &coder->model, &reason);
    if (status != RSD_OK)
        return base_error_set(error, status, "'%s' is coded by what its codec knows: %s", name, reason.text);
    rsd_codec_info here;
    rsd_model_info(coder->model, info->codec.sample_rate_hz, &here);
    const bool is_same = here.sequence_count == info->codec.sequence_count &&
                         here.side_count == info->codec.side_count &&
                         rsd_model_fingerprint(coder->model) == info->fingerprint;
    if (is_same && token_coder_needs_model(coder->model)) return RSD_OK;
    return base_error_set(error, RSD_ERR_UNSUPPORTED,
                          "'%s' is coded by what codec '%s' knows, and the one of that name here is another", name,
                          info->codec_name);
}

rsd_status stream_coder_open(const rsd_token_stream_info *info, const char *name, stream_coder *coder, rsd_error *error)
{
    *coder = (stream_coder){0};
    rsd_status status = open_model(info, name, coder, error);
    if (status == RSD_OK) {
        const token_coder_config config = config_of(info, coder->model);
        coder->block = base_alloc_64(token_coder_bytes(&config));
        if (coder->block)
            coder->coder = token_coder_init(coder->block, &config);
        else
            status = base_error_set(error, RSD_ERR_MEMORY, "no memory to code '%s'", name);
    }
    if (status != RSD_OK) stream_coder_close(coder);
    return status;
}

void stream_coder_close(stream_coder *coder)
{
    free(coder->block);
    rsd_model_release(coder->model);
    *coder = (stream_coder){0};
}

size_t stream_coder_block_bytes(const rsd_token_stream_info *info, uint32_t frame_count)
{
    const token_coder_config config = config_of(info, NULL);
    return frame_count * token_coder_frame_bytes(&config, info->codec.level_count) + RANGE_FLUSH_BYTES;
}
