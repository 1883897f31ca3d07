// SPDX-License-Identifier: MIT
// Decisions into bytes and out of them. Nothing here allocates or can fail.
#include "entropy/range_coder.h"

#define TOP_BYTE 0xFF000000u

void range_encoder_init(range_encoder *encoder, uint8_t *bytes, size_t capacity)
{
    *encoder = (range_encoder){.high = UINT32_MAX, .bytes = bytes, .capacity = capacity};
}

/* Last number of the part that a 1 has: at least low, and less than high. */
static uint32_t divide(uint32_t low, uint32_t high, uint32_t probability)
{
    return low + (uint32_t)((uint64_t)(high - low) * probability >> 16);
}

static void put_byte(range_encoder *encoder, uint8_t byte)
{
    if (encoder->size_bytes < encoder->capacity) encoder->bytes[encoder->size_bytes] = byte;
    encoder->size_bytes++;
}

void range_encode(range_encoder *encoder, bool bit, uint32_t probability)
{
    const uint32_t middle = divide(encoder->low, encoder->high, probability);
    if (bit)
        encoder->high = middle;
    else
        encoder->low = middle + 1u;
    while (((encoder->low ^ encoder->high) & TOP_BYTE) == 0u) {
        put_byte(encoder, (uint8_t)(encoder->high >> 24));
        encoder->low <<= 8;
        encoder->high = encoder->high << 8 | 255u;
    }
}

/* As few bytes as name a number of the range whatever follows; a decoder reads zeros behind them. */
void range_encoder_flush(range_encoder *encoder)
{
    for (unsigned count = 0; count <= RANGE_FLUSH_BYTES; count++) {
        const uint64_t unit = (uint64_t)1 << (32u - 8u * count);
        const uint64_t number = (encoder->low + unit - 1u) / unit * unit;
        if (number > encoder->high) continue;
        for (unsigned i = 0; i < count; i++) put_byte(encoder, (uint8_t)(number >> (24u - 8u * i)));
        return;
    }
}

static uint32_t next_byte(range_decoder *decoder)
{
    if (decoder->at < decoder->size_bytes) return decoder->bytes[decoder->at++];
    decoder->past_count++;
    return 0u;
}

void range_decoder_init(range_decoder *decoder, const uint8_t *bytes, size_t size_bytes)
{
    *decoder = (range_decoder){.high = UINT32_MAX, .bytes = bytes, .size_bytes = size_bytes};
    for (int i = 0; i < 4; i++) decoder->code = decoder->code << 8 | next_byte(decoder);
}

bool range_decode(range_decoder *decoder, uint32_t probability)
{
    const uint32_t middle = divide(decoder->low, decoder->high, probability);
    const bool bit = decoder->code <= middle;
    if (bit)
        decoder->high = middle;
    else
        decoder->low = middle + 1u;
    while (((decoder->low ^ decoder->high) & TOP_BYTE) == 0u) {
        decoder->low <<= 8;
        decoder->high = decoder->high << 8 | 255u;
        decoder->code = decoder->code << 8 | next_byte(decoder);
    }
    return bit;
}

/* A decoder is RANGE_FLUSH_BYTES ahead of what its encoder had written before the flush, which may be of no bytes. */
bool range_decoder_is_spent(const range_decoder *decoder) { return decoder->past_count > RANGE_FLUSH_BYTES; }
