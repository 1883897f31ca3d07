// SPDX-License-Identifier: MIT
// The header and the blocks of a compact stream, as bytes.
#include "token/stream_coder.h"

#include "base/crc32.h"
#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"

#include <string.h>

static const uint8_t magic[4] = {'R', 'S', 'D', 'T'}, sync[4] = {'R', 'S', 'D', 'B'};

uint64_t stream_get(const uint8_t *bytes, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++) value |= (uint64_t)bytes[i] << 8u * i;
    return value;
}

void stream_put(uint8_t *bytes, unsigned count, uint64_t value)
{
    for (unsigned i = 0; i < count; i++) bytes[i] = (uint8_t)(value >> 8u * i);
}

/* ---- header ---- */

static const char *rows_problem(const rsd_codec_info *codec)
{
    uint32_t last = 0;
    for (uint32_t k = 0; k < codec->level_count; k++) {
        if (codec->level_sequence_end[k] < last) return "its levels are not in order";
        last = codec->level_sequence_end[k];
    }
    if (last != codec->sequence_count) return "its levels do not own all rows";
    for (uint32_t q = 0; q < codec->sequence_count; q++)
        if (codec->sequence_codewords[q] < 1u) return "a row has no codewords";
    for (uint32_t s = 0; s < codec->side_count; s++)
        if (codec->side_codewords[s] < 1u) return "a side token has no codewords";
    return NULL;
}

const char *stream_info_problem(const rsd_token_stream_info *info)
{
    const rsd_codec_info *codec = &info->codec;
    if (info->channel_count < 1u || info->channel_count > RSD_TOKEN_MAX_CHANNELS)
        return "its channels are out of range";
    if (codec->level_count < 1u || codec->level_count > RSD_MAX_LEVELS) return "its levels are out of range";
    if (codec->sequence_count < 1u || codec->sequence_count > RSD_MAX_SEQUENCES) return "its rows are out of range";
    if (codec->side_count > RSD_MAX_SIDE) return "its side tokens are out of range";
    if (info->sample_rate_hz < 8000u || info->sample_rate_hz > 384000u) return "its sample rate is out of range";
    if (codec->sample_rate_hz < 1000u || codec->sample_rate_hz > 384000u || codec->hop_samples < 1u ||
        codec->hop_samples > 65535u)
        return "its codec's rate or hop is out of range";
    /* A codec's name may be a path, whose bytes are anything; a sample format is a word. */
    if (!text_is_utf8(info->sample_format)) return "its sample format is no UTF-8";
    return rows_problem(codec);
}

/* Fields of a fixed size, in order; `put` writes them, else they are read. */
typedef struct {
    uint8_t *bytes;
    size_t used;
    bool put;
} field_cursor;

static uint64_t field(field_cursor *cursor, unsigned count, uint64_t value)
{
    if (cursor->put) stream_put(cursor->bytes + cursor->used, count, value);
    value = stream_get(cursor->bytes + cursor->used, count);
    cursor->used += count;
    return value;
}

#define FIXED_BYTES 40u /* of the fields below, behind magic, version and length */

/* One function for both ways, so that they cannot differ. Returns the version of the model. */
static uint64_t fixed_fields(field_cursor *at, rsd_token_stream_info *info)
{
    rsd_codec_info *codec = &info->codec;
    info->fingerprint = field(at, 8, info->fingerprint);
    info->sample_rate_hz = (uint32_t)field(at, 4, info->sample_rate_hz);
    info->latency_samples = (uint32_t)field(at, 4, info->latency_samples);
    codec->sample_rate_hz = (uint32_t)field(at, 4, codec->sample_rate_hz);
    codec->hop_samples = (uint32_t)field(at, 4, codec->hop_samples);
    info->channel_count = (uint32_t)field(at, 2, info->channel_count);
    codec->level_count = (uint32_t)field(at, 2, codec->level_count);
    codec->sequence_count = (uint32_t)field(at, 2, codec->sequence_count);
    codec->side_count = (uint32_t)field(at, 2, codec->side_count);
    info->primed = field(at, 2, info->primed ? 1u : 0u) != 0u;
    /* The version of the model that the frames are coded by, or 0. */
    const uint64_t model = field(at, 2, info->is_entropy_coded ? TOKEN_CODER_MODEL_VERSION : 0u);
    info->is_entropy_coded = model != 0u;
    info->knows_places = field(at, 2, info->knows_places ? 1u : 0u) != 0u;
    (void)field(at, 2, 0); /* for later */
    return model;
}

static void row_fields(field_cursor *at, rsd_codec_info *codec)
{
    for (uint32_t k = 0; k < codec->level_count; k++)
        codec->level_sequence_end[k] = (uint16_t)field(at, 2, codec->level_sequence_end[k]);
    for (uint32_t q = 0; q < codec->sequence_count; q++)
        codec->sequence_codewords[q] = (uint16_t)field(at, 2, codec->sequence_codewords[q]);
    for (uint32_t s = 0; s < codec->side_count; s++)
        codec->side_codewords[s] = (uint16_t)field(at, 2, codec->side_codewords[s]);
}

static size_t row_bytes(const rsd_codec_info *codec)
{
    return 2u * ((size_t)codec->level_count + codec->sequence_count + codec->side_count);
}

static void write_text(uint8_t *bytes, size_t *used, const char *text)
{
    const size_t length = strlen(text);
    stream_put(bytes + *used, 2, length);
    memcpy(bytes + *used + 2u, text, length);
    *used += 2u + length;
}

size_t stream_header_write(const rsd_token_stream_info *info, uint8_t *bytes)
{
    rsd_token_stream_info copy = *info;
    field_cursor at = {bytes, 8, true};
    memcpy(bytes, magic, sizeof magic);
    stream_put(bytes + 4, 2, STREAM_VERSION);
    (void)fixed_fields(&at, &copy);
    row_fields(&at, &copy.codec);
    if (at.used + strlen(info->codec_name) + strlen(info->sample_format) + 8u > STREAM_MAX_HEADER_BYTES) return 0;
    write_text(bytes, &at.used, info->codec_name);
    write_text(bytes, &at.used, info->sample_format);
    stream_put(bytes + 6, 2, at.used + 4u);
    stream_put(bytes + at.used, 4, base_crc32(0, bytes, at.used));
    return at.used + 4u;
}

/* A text with its length before it; false: it does not end within `end`, or has a zero byte. */
static bool read_text(const uint8_t *bytes, size_t end, size_t *used, char *text, size_t text_bytes)
{
    if (*used + 2u > end) return false;
    const size_t length = (size_t)stream_get(bytes + *used, 2);
    *used += 2u;
    if (length >= text_bytes || *used + length > end || memchr(bytes + *used, 0, length)) return false;
    memcpy(text, bytes + *used, length);
    text[length] = '\0';
    *used += length;
    return true;
}

static const char *read_fields(const uint8_t *bytes, size_t end, rsd_token_stream_info *info, uint64_t *model)
{
    field_cursor at = {(uint8_t *)bytes, 8, false};
    if (8u + FIXED_BYTES > end) return "it is too short";
    *model = fixed_fields(&at, info);
    if (*model > TOKEN_CODER_MODEL_VERSION) return "it is coded by a later model";
    if (info->codec.level_count > RSD_MAX_LEVELS || info->codec.sequence_count > RSD_MAX_SEQUENCES ||
        info->codec.side_count > RSD_MAX_SIDE || at.used + row_bytes(&info->codec) > end)
        return "its rows are out of range";
    row_fields(&at, &info->codec);
    if (!read_text(bytes, end, &at.used, info->codec_name, sizeof info->codec_name) || info->codec_name[0] == '\0' ||
        !read_text(bytes, end, &at.used, info->sample_format, sizeof info->sample_format))
        return "its names do not fit";
    return stream_info_problem(info);
}

/* A pair of `live`, the one codec with places and side tokens, by a model that took its channels one after the other. */
static bool is_older_pair(const rsd_token_stream_info *info, uint64_t model)
{
    return model != 0u && model < TOKEN_CODER_FIRST_OF_PAIRS && info->knows_places && info->channel_count == 2u &&
           info->codec.side_count > 0u;
}

rsd_status stream_header_read(const uint8_t *bytes, size_t size_bytes, const char *name, rsd_token_stream_info *info,
                              size_t *header_bytes, rsd_error *error)
{
    if (size_bytes < 8u || memcmp(bytes, magic, sizeof magic) != 0)
        return base_error_set(error, RSD_ERR_FORMAT, "'%s' is no stream of tokens: it does not begin with RSDT", name);
    const uint64_t version = stream_get(bytes + 4, 2), length = stream_get(bytes + 6, 2);
    if (version != STREAM_VERSION)
        return base_error_set(error, RSD_ERR_UNSUPPORTED, "'%s' is of version %u; version %u is read", name,
                              (unsigned)version, STREAM_VERSION);
    if (length < 12u || length > size_bytes || length > STREAM_MAX_HEADER_BYTES)
        return base_error_set(error, RSD_ERR_FORMAT, "'%s' is cut off within its header", name);
    const size_t end = (size_t)length - 4u;
    if (base_crc32(0, bytes, end) != stream_get(bytes + end, 4))
        return base_error_set(error, RSD_ERR_FORMAT, "'%s': its header is damaged", name);
    memset(info, 0, sizeof *info);
    uint64_t model = 0;
    const char *problem = read_fields(bytes, end, info, &model);
    if (problem) return base_error_set(error, RSD_ERR_FORMAT, "'%s': its header is wrong: %s", name, problem);
    if (is_older_pair(info, model))
        return base_error_set(error, RSD_ERR_UNSUPPORTED,
                              "'%s' is a stereo pair coded by version %u of the entropy coder's model; version %u is "
                              "read: write it anew with the Residuum that wrote it, without entropy coding",
                              name, (unsigned)model, TOKEN_CODER_MODEL_VERSION);
    *header_bytes = (size_t)length;
    return RSD_OK;
}

/* ---- blocks ---- */

uint32_t stream_second_frames(const rsd_codec_info *codec)
{
    const uint32_t frames = codec->sample_rate_hz / codec->hop_samples;
    return frames < 1u ? 1u : base_min_u32(frames, UINT16_MAX / STREAM_MOST_SECONDS);
}

#define HEAD_SUM 16u /* where the sum of the head is, then that of the payload */

void stream_block_write(const stream_block *block, const uint8_t *payload, uint8_t head[STREAM_BLOCK_BYTES])
{
    memcpy(head, sync, sizeof sync);
    stream_put(head + 4, 4, block->first_frame);
    stream_put(head + 8, 2, block->frame_count);
    stream_put(head + 10, 1, block->level_count);
    stream_put(head + 11, 1, block->kind);
    stream_put(head + 12, 4, block->payload_bytes);
    stream_put(head + HEAD_SUM, 4, base_crc32(0, head, HEAD_SUM));
    stream_put(head + HEAD_SUM + 4u, 4, base_crc32(0, payload, block->payload_bytes));
}

stream_block_state stream_block_read(const uint8_t *bytes, size_t size_bytes, stream_block *block)
{
    if (size_bytes < STREAM_BLOCK_BYTES || memcmp(bytes, sync, sizeof sync) != 0 ||
        base_crc32(0, bytes, HEAD_SUM) != stream_get(bytes + HEAD_SUM, 4))
        return STREAM_NO_BLOCK;
    *block = (stream_block){.first_frame = (uint32_t)stream_get(bytes + 4, 4),
                            .frame_count = (uint32_t)stream_get(bytes + 8, 2),
                            .level_count = bytes[10],
                            .kind = (stream_block_kind)bytes[11],
                            .payload_bytes = (uint32_t)stream_get(bytes + 12, 4)};
    if (block->payload_bytes > size_bytes - STREAM_BLOCK_BYTES) return STREAM_CUT_BLOCK;
    const uint32_t sum = base_crc32(0, bytes + STREAM_BLOCK_BYTES, block->payload_bytes);
    return sum == stream_get(bytes + HEAD_SUM + 4u, 4) ? STREAM_GOOD_BLOCK : STREAM_BAD_BLOCK;
}
