// SPDX-License-Identifier: MIT
// The codecs that tell their codebooks.
#include "codec/codebooks.h"

#include "codec/codec_internal.h"

bool codec_codebook_of(const rsd_model *model, uint32_t row, codec_codebook *book)
{
    return model && model->class->codebook && model->class->codebook(model, row, book);
}

const float *rsd_model_codebook(const rsd_model *model, uint32_t row, uint32_t *codeword_count, uint32_t *dim)
{
    codec_codebook book;
    if (!codec_codebook_of(model, row, &book)) return NULL;
    *codeword_count = book.codeword_count;
    *dim = book.dim;
    return book.codewords;
}
