// SPDX-License-Identifier: MIT
// The codecs that tell their codebooks.
#include "codec/codebooks.h"

#include "codec/codec_internal.h"

bool codec_codebook_of(const rsd_model *model, uint32_t row, codec_codebook *book)
{
    return model && model->class->codebook && model->class->codebook(model, row, book);
}
