// SPDX-License-Identifier: MIT
// Compact streams written a frame at a time.
#include "token/stream_coder.h"
#include "token/token_pattern.h"

#include "base/error.h"
#include "base/numbers.h"
#include "base/sized.h"
#include "base/write_file_atomic.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct rsd_token_writer {
    rsd_token_stream_info info;
    base_output file;
    stream_block block;    /* that is being filled */
    uint32_t block_frames; /* of a second */
    uint8_t *payload;
    stream_bits bits;
    stream_coder coder; /* of an entropy-coded stream */
    range_encoder range;
    uint32_t blocks_since_restart;
    uint64_t size_bytes, frame_count, next_frame;
};

#define USUAL_RESTART_BLOCKS 30u

static rsd_status write_bytes(rsd_token_writer *self, const void *bytes, size_t size_bytes, rsd_error *error)
{
    if (!base_write_all(self->file.fd, bytes, size_bytes))
        return base_error_set(error, RSD_ERR_IO, "cannot write '%s': %s", self->file.path, strerror(errno));
    self->size_bytes += size_bytes;
    return RSD_OK;
}

static rsd_status begin(rsd_token_writer *self, const char *path, rsd_error *error)
{
    uint8_t header[STREAM_MAX_HEADER_BYTES];
    const size_t bytes = stream_header_write(&self->info, header);
    if (bytes == 0u) return base_error_set(error, RSD_ERR_ARG, "'%s': the codec's name is too long", path);
    const rsd_status status = base_output_open(&self->file, path, BASE_OUTPUT_IN_PLACE_IF_NEW, error);
    return status == RSD_OK ? write_bytes(self, header, bytes, error) : status;
}

static size_t payload_capacity(const rsd_token_writer *self)
{
    const uint32_t most = STREAM_MOST_SECONDS * self->block_frames;
    if (self->info.is_entropy_coded) return stream_coder_block_bytes(&self->info, most);
    const uint32_t levels = self->info.codec.level_count;
    return (size_t)(most * stream_frame_bits(&self->info, levels) / 8u) + 1u;
}

static rsd_status make_payload(rsd_token_writer *self, const char *path, rsd_error *error)
{
    self->block_frames = stream_second_frames(&self->info.codec);
    self->payload = calloc(payload_capacity(self), 1);
    self->bits.bytes = self->payload;
    return self->payload ? RSD_OK : base_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
}

rsd_status rsd_token_writer_create_sized(const char *path, const rsd_token_stream_info *info, size_t info_bytes,
                                         rsd_token_writer **writer, rsd_error *error)
{
    rsd_token_stream_info known;
    if (!path || !info || !writer) return base_error_set(error, RSD_ERR_ARG, "a stream needs a path and a codec");
    base_sized_copy(&known, sizeof known, info, info_bytes);
    const char *problem = stream_info_problem(&known);
    if (problem) return base_error_set(error, RSD_ERR_ARG, "'%s' cannot be a stream of that codec: %s", path, problem);
    rsd_token_writer *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
    self->info = known;
    self->file.fd = -1;
    if (self->info.restart_blocks == 0u) self->info.restart_blocks = USUAL_RESTART_BLOCKS;
    rsd_status status = make_payload(self, path, error);
    if (status == RSD_OK && known.is_entropy_coded) status = stream_coder_open(&known, path, &self->coder, error);
    if (status == RSD_OK) status = begin(self, path, error);
    if (status == RSD_OK)
        *writer = self;
    else
        rsd_token_writer_abandon(self);
    return status;
}

static rsd_status write_block(rsd_token_writer *self, const stream_block *block, const uint8_t *payload,
                              rsd_error *error)
{
    uint8_t head[STREAM_BLOCK_BYTES];
    stream_block_write(block, payload, head);
    const rsd_status status = write_bytes(self, head, sizeof head, error);
    return status == RSD_OK ? write_bytes(self, payload, block->payload_bytes, error) : status;
}

static rsd_status end_block(rsd_token_writer *self, rsd_error *error)
{
    if (self->block.frame_count == 0u) return RSD_OK;
    if (self->coder.coder) {
        range_encoder_flush(&self->range);
        self->bits.bit_count = 8u * self->range.size_bytes;
        self->blocks_since_restart++;
    }
    self->block.payload_bytes = (uint32_t)((self->bits.bit_count + 7u) / 8u);
    const rsd_status status = write_block(self, &self->block, self->payload, error);
    self->block.frame_count = 0;
    self->bits.bit_count = 0;
    memset(self->payload, 0, self->block.payload_bytes);
    return status;
}

/* ---- frames ---- */

/* A row of one channel: `kind` and `index` name it. */
static rsd_status check_token(int32_t token, uint32_t codewords, const char *kind, uint32_t index, rsd_error *error)
{
    if (token >= 0 && (uint32_t)token < codewords) return RSD_OK;
    return base_error_set(error, RSD_ERR_ARG, "%s %u holds %d, where a stream takes 0 to %u", kind, index, token,
                          codewords - 1u);
}

static rsd_status check_frame(const rsd_codec_info *codec, const rsd_token_frame *frame, uint32_t level_count,
                              rsd_error *error)
{
    rsd_status status = RSD_OK;
    for (uint32_t s = 0; s < codec->side_count && status == RSD_OK; s++)
        status = check_token(frame->side[s], codec->side_codewords[s], "side row", s, error);
    for (uint32_t q = 0; q < stream_rows(codec, level_count) && status == RSD_OK; q++)
        status = check_token(frame->tokens[q], codec->sequence_codewords[q], "row", q, error);
    return status;
}

static rsd_status check_frames(const rsd_token_writer *self, uint64_t frame_index, const rsd_token_frame *frames,
                               rsd_error *error)
{
    rsd_error reason;
    const uint32_t level_count = frames[0].level_count;
    if (frame_index < self->next_frame || frame_index >= UINT32_MAX)
        return base_error_set(error, RSD_ERR_ARG, "frame %" PRIu64 " does not follow frame %" PRIu64, frame_index,
                              self->next_frame);
    for (uint32_t c = 0; c < self->info.channel_count; c++) {
        rsd_status status = RSD_ERR_ARG;
        if (frames[c].level_count != level_count || level_count > self->info.codec.level_count)
            base_error_set(&reason, RSD_ERR_ARG, "it has %u levels", frames[c].level_count);
        else
            status = check_frame(&self->info.codec, &frames[c], level_count, &reason);
        if (status != RSD_OK)
            return base_error_set(error, status, "'%s': frame %" PRIu64 ", channel %u: %s", self->file.path,
                                  frame_index, c + 1u, reason.text);
    }
    return RSD_OK;
}

/* The model restarts behind a gap, for a reader has nothing to put there, and every so often. */
static void begin_block(rsd_token_writer *self, uint64_t frame_index, uint32_t level_count)
{
    const bool is_gap = frame_index != self->next_frame || self->frame_count == 0u;
    self->block.first_frame = (uint32_t)frame_index;
    self->block.level_count = level_count;
    self->block.kind = STREAM_PACKED;
    if (!self->coder.coder) return;
    range_encoder_init(&self->range, self->payload, payload_capacity(self));
    self->block.kind = STREAM_CODED;
    if (!is_gap && self->blocks_since_restart < self->info.restart_blocks) return;
    self->block.kind = STREAM_RESTARTED;
    self->blocks_since_restart = 0;
    token_coder_restart(self->coder.coder);
}

static bool block_is_full(const rsd_token_writer *self)
{
    const uint32_t count = self->block.frame_count;
    const uint64_t bits = count * stream_frame_bits(&self->info, self->block.level_count);
    if (self->info.most_block_frames > 0u && count >= self->info.most_block_frames) return true;
    return count >= STREAM_MOST_SECONDS * self->block_frames ||
           (count >= self->block_frames && bits >= 8u * STREAM_LEAST_PAYLOAD);
}

rsd_status rsd_token_writer_append(rsd_token_writer *self, uint64_t frame_index, const rsd_token_frame *frames,
                                   rsd_error *error)
{
    if (!self || !frames) return base_error_set(error, RSD_ERR_ARG, "there is no frame");
    rsd_status status = check_frames(self, frame_index, frames, error);
    if (status != RSD_OK) return status;
    if (frame_index != self->next_frame || frames[0].level_count != self->block.level_count)
        status = end_block(self, error);
    if (self->block.frame_count == 0u) begin_block(self, frame_index, frames[0].level_count);
    if (self->coder.coder)
        (void)token_coder_encode(self->coder.coder, frames, frames[0].level_count, &self->range);
    else
        stream_frame_pack(&self->info, frames, frames[0].level_count, &self->bits);
    self->block.frame_count++;
    self->frame_count++;
    self->next_frame = frame_index + 1u;
    if (status == RSD_OK && block_is_full(self)) status = end_block(self, error);
    return status;
}

uint64_t rsd_token_writer_size_bytes(const rsd_token_writer *writer) { return writer->size_bytes; }

uint64_t rsd_token_writer_frame_count(const rsd_token_writer *writer) { return writer->frame_count; }

/* ---- end ---- */

static void free_writer(rsd_token_writer *self)
{
    stream_coder_close(&self->coder);
    free(self->payload);
    free(self);
}

rsd_status rsd_token_writer_close(rsd_token_writer *self, uint64_t sample_count, rsd_error *error)
{
    uint8_t end[STREAM_END_BYTES];
    const stream_block block = {
        .first_frame = (uint32_t)self->next_frame, .kind = STREAM_END, .payload_bytes = STREAM_END_BYTES};
    stream_put(end, 8, sample_count);
    stream_put(end + 8, 8, self->next_frame);
    rsd_status status = end_block(self, error);
    if (status == RSD_OK) status = write_block(self, &block, end, error);
    if (status == RSD_OK) status = base_output_commit(&self->file, error);
    if (status != RSD_OK) base_output_keep(&self->file); /* what is there can be read */
    free_writer(self);
    return status;
}

void rsd_token_writer_abandon(rsd_token_writer *self)
{
    if (!self) return;
    if (self->file.fd >= 0 || self->file.path) base_output_abandon(&self->file);
    free_writer(self);
}

/* ---- sets ---- */

static bool is_coded(const rsd_token_frame *frame, const rsd_codec_info *codec, uint32_t level)
{
    for (uint32_t q = stream_rows(codec, level); q < stream_rows(codec, level + 1u); q++)
        if (frame->tokens[q] == RSD_TOKEN_NONE) return false;
    return true;
}

/* Levels of one time that all channels have whole. */
static uint32_t coded_levels(const rsd_token_stream_info *info, const rsd_token_frame *frames, uint32_t most)
{
    for (uint32_t k = 0; k < most; k++)
        for (uint32_t c = 0; c < info->channel_count; c++)
            if (!is_coded(&frames[c], &info->codec, k)) return k;
    return most;
}

static rsd_status append_set(rsd_token_writer *writer, const rsd_token_set *set, uint32_t level_count,
                             rsd_token_frame *frames, rsd_error *error)
{
    rsd_status status = RSD_OK;
    for (uint64_t t = 0; t < set->frame_count && status == RSD_OK; t++) {
        for (uint32_t c = 0; c < set->channel_count; c++) (void)rsd_token_set_get(set, c, t, &frames[c]);
        const uint32_t levels = coded_levels(&writer->info, frames, level_count);
        for (uint32_t c = 0; c < set->channel_count; c++) frames[c].level_count = levels;
        status = rsd_token_writer_append(writer, t, frames, error);
    }
    return status;
}

static bool is_of_codec(const rsd_token_set *set, const rsd_token_stream_info *info)
{
    if (!set || !set->tokens || set->channel_count != info->channel_count) return false;
    const uint32_t held = token_set_held_levels(set, &info->codec);
    return held > 0u && held >= base_min_u32(set->level_count, info->codec.level_count);
}

rsd_status rsd_token_stream_save_sized(const rsd_token_set *set, const rsd_token_stream_info *info, size_t info_bytes,
                                       uint32_t level_count, const char *path, rsd_error *error)
{
    rsd_token_writer *writer = NULL;
    rsd_token_stream_info known = {.channel_count = 0};
    if (info) base_sized_copy(&known, sizeof known, info, info_bytes);
    if (!is_of_codec(set, &known))
        return base_error_set(error, RSD_ERR_ARG, "the tokens for '%s' are not those of the codec", path ? path : "");
    rsd_token_frame *frames = calloc(set->channel_count, sizeof *frames);
    if (!frames) return base_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
    rsd_status status = rsd_token_writer_create(path, &known, &writer, error);
    if (status == RSD_OK)
        status = append_set(writer, set, base_min_u32(level_count, known.codec.level_count), frames, error);
    free(frames);
    if (status == RSD_OK) return rsd_token_writer_close(writer, set->sample_count, error);
    rsd_token_writer_abandon(writer);
    return status;
}
