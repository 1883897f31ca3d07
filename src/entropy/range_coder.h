// SPDX-License-Identifier: MIT
// A binary range coder of 32 bits: decisions with probabilities in, bytes out, and back.
#ifndef ENTROPY_RANGE_CODER_H
#define ENTROPY_RANGE_CODER_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The range low..high is divided at each decision, and leading bytes that low and high share are written (G. N. N.
 * Martin 1979, in the form without carry). A decision costs at most 2^-15 bits over its entropy. Any bytes decode to
 * some decisions; behind their end there are zeros. Thread of all: [any]
 */

#define RANGE_FLUSH_BYTES 4u

typedef struct {
    uint32_t low, high;
    uint8_t *bytes;
    size_t capacity, size_bytes; /* bytes past the capacity are counted, and not written */
} range_encoder;

typedef struct {
    uint32_t low, high, code;
    const uint8_t *bytes;
    size_t size_bytes, at;
    uint64_t past_count; /* zeros that were read behind the end */
} range_decoder;

RSD_REALTIME void range_encoder_init(range_encoder *encoder, uint8_t *bytes, size_t capacity);
/* `probability` of a 1: 1..65535, of 65536. */
RSD_REALTIME void range_encode(range_encoder *encoder, bool bit, uint32_t probability);
RSD_REALTIME void range_encoder_flush(range_encoder *encoder);

RSD_REALTIME void range_decoder_init(range_decoder *decoder, const uint8_t *bytes, size_t size_bytes);
RSD_REALTIME bool range_decode(range_decoder *decoder, uint32_t probability);
/* More was decoded than an encoder has put into so many bytes: what came last is made up. */
RSD_REALTIME bool range_decoder_is_spent(const range_decoder *decoder);

#endif
