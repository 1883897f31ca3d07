// SPDX-License-Identifier: MIT
// Codebooks of codecs whose frames are sums of codewords: for whoever models tokens.
#ifndef CODEC_CODEBOOKS_H
#define CODEC_CODEBOOKS_H

#include <residuum/rsd_codec.h>

typedef struct {
    const float *codewords; /* codeword after codeword; borrowed from the model */
    uint32_t codeword_count, dim;
} codec_codebook;

/*
 * The codebook of a row. False: there is no such row, or a codec's frames are no sums of its rows' codewords (`live`), or
 * it does not tell. Thread: [any]
 */
bool codec_codebook_of(const rsd_model *model, uint32_t row, codec_codebook *book);

#endif
