// SPDX-License-Identifier: MIT
// The parts of a .rsdt file; all numbers are little-endian. Thread of all: [setup], [control]
#ifndef TOKEN_STREAM_INTERNAL_H
#define TOKEN_STREAM_INTERNAL_H

#include <residuum/rsd_token_stream.h>

#define STREAM_VERSION 1u
#define STREAM_MAX_HEADER_BYTES 8192u
#define STREAM_BLOCK_BYTES 24u /* of a block without its payload */
#define STREAM_END_BYTES 16u   /* payload of the end mark: samples and frames */
#define STREAM_LIMIT_BYTES ((uint64_t)1 << 30)

typedef enum { STREAM_PACKED, STREAM_END, STREAM_CODED, STREAM_RESTARTED } stream_block_kind;

typedef struct {
    uint32_t first_frame, frame_count;
    uint32_t level_count;
    stream_block_kind kind;
    uint32_t payload_bytes;
} stream_block;

/* Whether a codec may have these counts; NULL, or what is wrong. */
const char *stream_info_problem(const rsd_token_stream_info *info);

/* Bytes of the header, at most STREAM_MAX_HEADER_BYTES; 0: the codec's name is too long. */
size_t stream_header_write(const rsd_token_stream_info *info, uint8_t *bytes);
RSD_NODISCARD rsd_status stream_header_read(const uint8_t *bytes, size_t size_bytes, const char *name,
                                            rsd_token_stream_info *info, size_t *header_bytes, rsd_error *error);

/* The head of a block whose payload is there, with a sum of each. */
void stream_block_write(const stream_block *block, const uint8_t *payload, uint8_t head[STREAM_BLOCK_BYTES]);
/*
 * What is at `bytes`: no block, one whose payload is longer than what is there, one whose payload is not what its sum
 * says, or a good one.
 */
typedef enum { STREAM_NO_BLOCK, STREAM_CUT_BLOCK, STREAM_BAD_BLOCK, STREAM_GOOD_BLOCK } stream_block_state;
stream_block_state stream_block_read(const uint8_t *bytes, size_t size_bytes, stream_block *block);

/* As rsd_token_stream_frame_bits. Thread: [any] */
uint64_t stream_frame_bits(const rsd_token_stream_info *info, uint32_t level_count);

/* As rsd_token_stream_load, from memory; `name` is for errors. */
RSD_NODISCARD rsd_status token_stream_parse(const void *data, size_t size_bytes, const char *name, rsd_token_set *set,
                                            rsd_token_stream_report *report, rsd_error *error);

/*
 * As rsd_token_stream_load, without the tokens: what header and blocks tell of a stream whose codec is not here. `set`
 * has counts and no rows.
 */
RSD_NODISCARD rsd_status token_stream_look(const char *path, rsd_token_set *set, rsd_token_stream_report *report,
                                           rsd_error *error);

uint64_t stream_get(const uint8_t *bytes, unsigned count);
void stream_put(uint8_t *bytes, unsigned count, uint64_t value);

/*
 * A block has the frames of a second; where they have few bits, more, so that heads are no great part of the stream, up
 * to STREAM_MOST_SECONDS of them.
 */
#define STREAM_MOST_SECONDS 4u
#define STREAM_LEAST_PAYLOAD 256u /* bytes, bit by bit: from there on a block may end */
uint32_t stream_second_frames(const rsd_codec_info *codec);

/* ---- bits: the most significant first ---- */

typedef struct {
    uint8_t *bytes;
    uint64_t bit_count; /* written, or read */
} stream_bits;

/* One frame of all channels behind what is there; the bytes must be there. */
void stream_frame_pack(const rsd_token_stream_info *info, const rsd_token_frame *frames, uint32_t level_count,
                       stream_bits *bits);
void stream_frame_unpack(const rsd_token_stream_info *info, uint32_t level_count, stream_bits *bits,
                         rsd_token_frame *frames);

/* First row behind a number of levels. */
static inline uint32_t stream_rows(const rsd_codec_info *codec, uint32_t level_count)
{
    return level_count > 0u ? codec->level_sequence_end[level_count - 1u] : 0u;
}

#endif
