// SPDX-License-Identifier: MIT
// Frames as bits. Nothing here allocates or can fail.
#include "token/stream_internal.h"

#include "base/numbers.h"
#include "base/sized.h"

static void put_bits(stream_bits *bits, uint32_t value, uint32_t count)
{
    while (count-- > 0u) {
        uint8_t *byte = &bits->bytes[bits->bit_count / 8u];
        const unsigned shift = 7u - (unsigned)(bits->bit_count++ % 8u);
        *byte = (uint8_t)((*byte & ~(1u << shift)) | (value >> count & 1u) << shift);
    }
}

static uint32_t get_bits(stream_bits *bits, uint32_t count)
{
    uint32_t value = 0;
    while (count-- > 0u) {
        value = value << 1 | (bits->bytes[bits->bit_count / 8u] >> (7u - bits->bit_count % 8u) & 1u);
        bits->bit_count++;
    }
    return value;
}

/* Side tokens of all channels, then each level of all channels. */
void stream_frame_pack(const rsd_token_stream_info *info, const rsd_token_frame *frames, uint32_t level_count,
                       stream_bits *bits)
{
    const rsd_codec_info *codec = &info->codec;
    for (uint32_t c = 0; c < info->channel_count; c++)
        for (uint32_t s = 0; s < codec->side_count; s++)
            put_bits(bits, (uint32_t)frames[c].side[s], base_log2_ceil(codec->side_codewords[s]));
    for (uint32_t k = 0; k < level_count; k++)
        for (uint32_t c = 0; c < info->channel_count; c++)
            for (uint32_t q = stream_rows(codec, k); q < stream_rows(codec, k + 1u); q++)
                put_bits(bits, (uint32_t)frames[c].tokens[q], base_log2_ceil(codec->sequence_codewords[q]));
}

void stream_frame_unpack(const rsd_token_stream_info *info, uint32_t level_count, stream_bits *bits,
                         rsd_token_frame *frames)
{
    const rsd_codec_info *codec = &info->codec;
    for (uint32_t c = 0; c < info->channel_count; c++) {
        frames[c].level_count = level_count;
        for (uint32_t q = 0; q < codec->sequence_count; q++) frames[c].tokens[q] = RSD_TOKEN_NONE;
        for (uint32_t s = 0; s < codec->side_count; s++)
            frames[c].side[s] = (int32_t)get_bits(bits, base_log2_ceil(codec->side_codewords[s]));
    }
    for (uint32_t k = 0; k < level_count; k++)
        for (uint32_t c = 0; c < info->channel_count; c++)
            for (uint32_t q = stream_rows(codec, k); q < stream_rows(codec, k + 1u); q++)
                frames[c].tokens[q] = (int32_t)get_bits(bits, base_log2_ceil(codec->sequence_codewords[q]));
}

uint64_t stream_frame_bits(const rsd_token_stream_info *info, uint32_t level_count)
{
    uint64_t bits = 0;
    for (uint32_t s = 0; s < info->codec.side_count; s++) bits += base_log2_ceil(info->codec.side_codewords[s]);
    for (uint32_t q = 0; q < stream_rows(&info->codec, level_count); q++)
        bits += base_log2_ceil(info->codec.sequence_codewords[q]);
    return bits * info->channel_count;
}

uint64_t rsd_token_stream_frame_bits_sized(const rsd_token_stream_info *info, size_t info_bytes, uint32_t level_count)
{
    rsd_token_stream_info known;
    base_sized_copy(&known, sizeof known, info, info_bytes);
    return stream_frame_bits(&known, level_count);
}
