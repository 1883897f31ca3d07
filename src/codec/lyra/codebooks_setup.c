// SPDX-License-Identifier: MIT
// The codebooks of Lyra V2, read out of its quantiser's graph.
#include "codec/lyra/internal.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * The quantiser's file holds its loops unrolled: in `encode` one SQUARED_DIFFERENCE a level, in order, with the level's
 * codebook as its constant; in `decode` one GATHER a level, whose index comes from a STRIDED_SLICE that begins at the
 * level.
 */

static rsd_status refuse(const tfl_file *file, rsd_error *error, const tfl_tensor *tensor, const char *text)
{
    return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor '%.120s': %s", tfl_origin(file),
                          tensor ? tensor->name : "", text);
}

static rsd_status read_codebook(const tfl_file *file, const tfl_tensor *codebook, lyra_model *model, rsd_error *error)
{
    const size_t count = (size_t)LYRA_CODEWORDS * LYRA_FEATURES;
    if (codebook->type != TFL_F32 || !codebook->data || codebook->element_count != count || codebook->dim_count < 2u ||
        codebook->dims[codebook->dim_count - 1u] != LYRA_FEATURES)
        return refuse(file, error, codebook, "is not a codebook of 16 codewords of 64 floats");
    if (model->level_count == RSD_MAX_LEVELS) return refuse(file, error, codebook, "is one level too many");
    float *to = model->codewords + model->level_count++ * count;
    memcpy(to, codebook->data, count * sizeof *to);
    for (size_t i = 0; i < count; i++) {
        if (!(fabsf(to[i]) < 1e9f))
            return refuse(file, error, codebook, "holds a value that is not finite, or too large");
    }
    return RSD_OK;
}

static rsd_status read_encoder_codebooks(const tfl_file *file, const tfl_subgraph *encode, lyra_model *model,
                                         rsd_error *error)
{
    rsd_status status = RSD_OK;
    for (uint32_t i = 0; status == RSD_OK && i < encode->op_count; i++) {
        const tfl_op *op = &encode->ops[i];
        if (op->code != TFL_SQUARED_DIFFERENCE) continue;
        if (op->input_count != 2u || op->inputs[1] < 0) return refuse(file, error, NULL, "a level has no codebook");
        status = read_codebook(file, &encode->tensors[op->inputs[1]], model, error);
    }
    return status == RSD_OK && model->level_count == 0u ? refuse(file, error, NULL, "the quantiser has no levels")
                                                        : status;
}

/* The level whose token the GATHER takes; UINT32_MAX where it cannot be told. */
static uint32_t level_of(const tfl_subgraph *decode, const tfl_op *gather)
{
    for (uint32_t i = 0; i < decode->op_count; i++) {
        const tfl_op *op = &decode->ops[i];
        if (op->code != TFL_STRIDED_SLICE || op->output_count != 1u || op->outputs[0] != gather->inputs[1]) continue;
        const tfl_tensor *begin = op->input_count > 1u && op->inputs[1] >= 0 ? &decode->tensors[op->inputs[1]] : NULL;
        if (!begin || begin->type != TFL_I32 || !begin->data || begin->element_count == 0u) break;
        return (uint32_t)tfl_i32_at(begin, 0);
    }
    return UINT32_MAX;
}

/* One store of codebooks serves both directions: they must be the same. */
static rsd_status check_decoder_codebooks(const tfl_file *file, const tfl_subgraph *decode, const lyra_model *model,
                                          rsd_error *error)
{
    const size_t count = (size_t)LYRA_CODEWORDS * LYRA_FEATURES;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < decode->op_count; i++) {
        const tfl_op *op = &decode->ops[i];
        if (op->code != TFL_GATHER) continue;
        if (op->input_count != 2u || op->inputs[0] < 0) return refuse(file, error, NULL, "a level has no codebook");
        const tfl_tensor *codebook = &decode->tensors[op->inputs[0]];
        const uint32_t level = level_of(decode, op);
        if (level >= model->level_count)
            return refuse(file, error, codebook, "is the codebook of a level that is not there");
        if (codebook->size_bytes != count * sizeof(float) ||
            memcmp(codebook->data, model->codewords + level * count, codebook->size_bytes) != 0)
            return refuse(file, error, codebook, "differs from the codebook that the encoder searches");
        seen |= (uint64_t)1 << level;
    }
    const uint64_t all = model->level_count == 64u ? UINT64_MAX : ((uint64_t)1 << model->level_count) - 1u;
    return seen == all ? RSD_OK : refuse(file, error, NULL, "the decoder lacks a level that the encoder has");
}

static void turn_codebooks(lyra_model *model)
{
    for (uint32_t row = 0; row < model->level_count * LYRA_CODEWORDS; row++) {
        const uint32_t level = row / LYRA_CODEWORDS, codeword = row % LYRA_CODEWORDS;
        const float *from = model->codewords + (size_t)row * LYRA_FEATURES;
        for (uint32_t i = 0; i < LYRA_FEATURES; i++) {
            model->by_feature[level * LYRA_FEATURES + i][codeword] = from[i];
            model->energies[row] += from[i] * from[i];
        }
    }
}

rsd_status lyra_read_codebooks(const tfl_file *file, lyra_model *model, rsd_error *error)
{
    const tfl_subgraph *encode = tfl_find_subgraph(file, "encode"), *decode = tfl_find_subgraph(file, "decode");
    if (!encode || !decode) return refuse(file, error, NULL, "there are no subgraphs 'encode' and 'decode'");
    const size_t rows = (size_t)RSD_MAX_LEVELS * LYRA_CODEWORDS;
    model->codewords = calloc(rows * LYRA_FEATURES, sizeof(float));
    model->by_feature = base_alloc_64(rows * LYRA_FEATURES * sizeof(float));
    model->energies = calloc(rows, sizeof(float));
    if (!model->codewords || !model->by_feature || !model->energies)
        return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", tfl_origin(file));
    rsd_status status = read_encoder_codebooks(file, encode, model, error);
    if (status == RSD_OK) status = check_decoder_codebooks(file, decode, model, error);
    if (status == RSD_OK) turn_codebooks(model);
    return status;
}
