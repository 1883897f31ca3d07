// SPDX-License-Identifier: MIT
// Reads and checks model files of the `live` codec. Every tensor of the format: docs/model-file.md.
#include "codec/live/allocation.h"

#include "base/error.h"
#include "base/memory.h"
#include "codec/live/attack.h"
#include "codec/live/model.h"
#include "codec/live/search.h"

#include "base/read_file.h"
#include "nn/safetensors.h"
#include "rvq/rvq_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

/* Copies a tensor of finite floats; the file's bytes need not be aligned. */
static rsd_status read_floats(const st_file *file, const char *name, uint64_t count, float *values, rsd_error *error)
{
    st_tensor tensor;
    const rsd_status status = st_require(file, &(st_wanted){name, 1, &count}, ST_F32, &tensor, error);
    if (status != RSD_OK) return status;
    memcpy(values, tensor.data, (size_t)count * sizeof *values);
    for (uint64_t i = 0; i < count; i++) {
        if (!isfinite(values[i]))
            return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor '%s' holds a value that is not finite",
                                  st_origin(file), name);
    }
    return RSD_OK;
}

typedef struct {
    rsd_rvq_codebook codebooks[RSD_MAX_SEQUENCES];
    float scales[RSD_MAX_SEQUENCES];
    uint32_t count;
} codebook_list;

static rsd_status add_codebook(const st_file *file, const char *name, uint32_t dim, codebook_list *list,
                               rsd_error *error)
{
    st_tensor tensor;
    const uint64_t shape[2] = {0, dim};
    const rsd_status status = st_require(file, &(st_wanted){name, 2, shape}, ST_I8, &tensor, error);
    if (status != RSD_OK) return status;
    if (list->count == RSD_MAX_SEQUENCES || tensor.shape[0] > RSD_RVQ_MAX_CODEWORDS)
        return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor '%s': over %u codewords or over %u codebooks",
                              st_origin(file), name, RSD_RVQ_MAX_CODEWORDS, RSD_MAX_SEQUENCES);
    list->codebooks[list->count++] =
        (rsd_rvq_codebook){.dim = dim, .codeword_count = (uint32_t)tensor.shape[0], .codewords = tensor.data};
    return RSD_OK;
}

static rsd_status read_scales(const st_file *file, const char *name, codebook_list *list, rsd_error *error)
{
    const rsd_status status = read_floats(file, name, list->count, list->scales, error);
    for (uint32_t b = 0; b < list->count; b++) list->codebooks[b].scale = list->scales[b];
    return status;
}

/* A stage has one codebook for all sub-bands (`stage.S`) or one a sub-band (`stage.S.sub-band.C`). */
static rsd_status read_stage(const st_file *file, live_model *model, uint32_t stage, codebook_list *list,
                             rsd_error *error)
{
    char name[64];
    st_tensor tensor;
    snprintf(name, sizeof name, "stage.%u", stage);
    const bool shared = st_find(file, name, &tensor, NULL) == RSD_OK;
    rsd_status status = RSD_OK;
    for (uint32_t c = 0; status == RSD_OK && c < model->shape.subband_count; c++) {
        if (!shared) snprintf(name, sizeof name, "stage.%u.subband.%u", stage, c);
        if (!shared || c == 0u) status = add_codebook(file, name, model->shape.subband_width, list, error);
        model->codebook_of[c][stage] = (uint16_t)(list->count - 1u);
    }
    model->stage_is_shared[stage] = shared;
    return status;
}

/* What each codeword leaves; every int8 is a step. */
static rsd_status read_ratio_steps(const st_file *file, live_model *model, uint32_t codebook_count, rsd_error *error)
{
    st_tensor tensor;
    const uint64_t shape[2] = {codebook_count, model->codewords};
    const rsd_status status = st_require(file, &(st_wanted){"stage.residual_ratios", 2, shape}, ST_I8, &tensor, error);
    if (status != RSD_OK) return status;
    model->ratio_steps = malloc((size_t)tensor.size_bytes);
    if (!model->ratio_steps) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", st_origin(file));
    memcpy(model->ratio_steps, tensor.data, (size_t)tensor.size_bytes);
    live_ratio_table_init(model->ratio_of_step);
    return RSD_OK;
}

static rsd_status read_stages(const st_file *file, live_model *model, codebook_list *list, rsd_error *error)
{
    st_tensor tensor;
    rsd_status status = st_find(file, "subband.error", &tensor, error);
    if (status != RSD_OK) return status;
    const uint64_t columns = tensor.dim_count == 2u ? tensor.shape[1] : 0u;
    if (columns < 2u || columns > LIVE_MAX_STAGES + 1u)
        return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'subband.error' must have 2 to %u columns, has %llu",
                              st_origin(file), LIVE_MAX_STAGES + 1u, (unsigned long long)columns);
    model->stage_count = (uint32_t)columns - 1u;
    for (uint32_t stage = 0; status == RSD_OK && stage < model->stage_count; stage++)
        status = read_stage(file, model, stage, list, error);
    if (status == RSD_OK) status = read_scales(file, "stage.scales", list, error);
    for (uint32_t b = 0; status == RSD_OK && b < list->count; b++) {
        if (list->codebooks[b].codeword_count != list->codebooks[0].codeword_count)
            return base_error_set(error, RSD_ERR_FORMAT, "%s: codebooks of the stages must have equal sizes",
                                  st_origin(file));
    }
    model->codewords = (uint16_t)list->codebooks[0].codeword_count;
    return status == RSD_OK ? read_ratio_steps(file, model, list->count, error) : status;
}

/* There are as many codebooks as scales. */
static rsd_status read_envelope_count(const st_file *file, live_shape *shape, rsd_error *error)
{
    st_tensor tensor;
    const uint64_t any = 0;
    const rsd_status status = st_require(file, &(st_wanted){"envelope.scales", 1, &any}, ST_F32, &tensor, error);
    if (status != RSD_OK) return status;
    if (tensor.shape[0] < 1u || tensor.shape[0] > LIVE_MAX_ENVELOPE_CODEBOOKS)
        return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'envelope.scales' must have 1 to %u scales, has %llu",
                              st_origin(file), LIVE_MAX_ENVELOPE_CODEBOOKS, (unsigned long long)tensor.shape[0]);
    shape->envelope_codebook_count = (uint32_t)tensor.shape[0];
    return RSD_OK;
}

static rsd_status read_envelope_codebooks(const st_file *file, live_model *model, codebook_list *list, rsd_error *error)
{
    rsd_status status = read_envelope_count(file, &model->shape, error);
    const uint32_t last = model->shape.envelope_codebook_count - 1u;
    for (uint32_t k = 0; status == RSD_OK && k <= last; k++) {
        char name[64];
        snprintf(name, sizeof name, "envelope.%u", k);
        status = add_codebook(file, name, model->shape.band_count, list, error);
    }
    for (uint32_t k = 0; status == RSD_OK && k <= last; k++)
        model->shape.envelope_codewords[k] = (uint16_t)list->codebooks[k].codeword_count;
    const uint32_t attacks = live_attack_token_count(&model->shape);
    if (status == RSD_OK && list->codebooks[last].codeword_count <= attacks + 1u)
        return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'envelope.%u' needs over %u codewords, has %u",
                              st_origin(file), last, attacks + 1u, list->codebooks[last].codeword_count);
    return status == RSD_OK ? read_scales(file, "envelope.scales", list, error) : status;
}

static rsd_status build_rvq(const st_file *file, const codebook_list *list, uint32_t dim, rsd_rvq **rvq,
                            rsd_error *error)
{
    const rsd_rvq_shape shape = {
        .dim = dim, .level_count = 1, .codebook_count = list->count, .codebooks = list->codebooks};
    const size_t bytes = rsd_rvq_size_bytes(&shape);
    if (bytes == 0u)
        return base_error_set(error, RSD_ERR_FORMAT,
                              "%s: codebooks are not usable: sizes must be powers of two from 2, scales positive",
                              st_origin(file));
    void *block = base_alloc_64(bytes);
    if (!block) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", st_origin(file));
    const rsd_status status = rsd_rvq_init(block, bytes, &shape, rvq);
    if (status != RSD_OK) free(block);
    return status;
}

/* ---- checking ---- */

static rsd_status read_format(const st_file *file, live_model *model, rsd_error *error)
{
    const char *format = st_metadata(file, "format"), *version = st_metadata(file, "version");
    const char *hop = st_metadata(file, "hop_samples");
    if (!format || strcmp(format, LIVE_FORMAT_NAME) != 0)
        return base_error_set(error, RSD_ERR_FORMAT,
                              "%s: not codebooks of the live codec: metadata 'format' is %s, not %s", st_origin(file),
                              format ? format : "missing", LIVE_FORMAT_NAME);
    if (!version || strcmp(version, LIVE_FORMAT_VERSION) != 0)
        return base_error_set(error, RSD_ERR_UNSUPPORTED, "%s: metadata 'version' is %s, this build reads %s",
                              st_origin(file), version ? version : "missing", LIVE_FORMAT_VERSION);
    model->shape.hop = hop ? (uint32_t)strtoul(hop, NULL, 10) : 0u;
    if (model->shape.hop != 64u && model->shape.hop != 128u && model->shape.hop != 256u)
        return base_error_set(error, RSD_ERR_FORMAT, "%s: metadata 'hop_samples' is %s, not 64, 128 or 256",
                              st_origin(file), hop ? hop : "missing");
    live_shape_init(&model->shape, model->shape.hop);
    return RSD_OK;
}

/* Each row of constants.def by its name and range. */
static rsd_status check_constants(const st_file *file, const live_constants *constants, rsd_error *error)
{
    static const struct {
        const char *name;
        float min, max;
    } rows[] = {
#define LIVE_CONSTANT(name, min, max, unit, hop_64, hop_128, hop_256, meaning) {#name, min, max},
#include "codec/live/constants.def"
#undef LIVE_CONSTANT
    };
    float values[LIVE_CONSTANT_COUNT];
    memcpy(values, constants, sizeof values);
    for (uint32_t i = 0; i < LIVE_CONSTANT_COUNT; i++) {
        if (values[i] < rows[i].min || values[i] > rows[i].max)
            return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'constants': %s is out of range: %g, not %g..%g",
                                  st_origin(file), rows[i].name, (double)values[i], (double)rows[i].min,
                                  (double)rows[i].max);
    }
    return RSD_OK;
}

static rsd_status read_constants(const st_file *file, live_model *model, rsd_error *error)
{
    float values[LIVE_CONSTANT_COUNT];
    live_constants constants;
    rsd_status status = read_floats(file, "constants", LIVE_CONSTANT_COUNT, values, error);
    if (status != RSD_OK) return status;
    memcpy(&constants, values, sizeof constants);
    status = check_constants(file, &constants, error);
    if (status != RSD_OK) return status;
    live_shape_set(&model->shape, &constants);
    status = read_floats(file, "envelope.mean", model->shape.band_count, model->shape.mean_envelope, error);
    for (uint32_t b = 0; status == RSD_OK && b < model->shape.band_count; b++) {
        if (fabsf(model->shape.mean_envelope[b]) > 40.0f)
            return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'envelope.mean' is out of range", st_origin(file));
    }
    return status;
}

/* Mean error of a sub-band's normalised coefficients after 0, 1, ... tokens. */
static rsd_status read_errors(const st_file *file, live_model *model, rsd_error *error)
{
    float errors[LIVE_MAX_SUBBANDS * (LIVE_MAX_STAGES + 1u)];
    const uint32_t columns = model->stage_count + 1u;
    const uint64_t shape[2] = {model->shape.subband_count, columns};
    st_tensor tensor;
    const rsd_status status = st_require(file, &(st_wanted){"subband.error", 2, shape}, ST_F32, &tensor, error);
    if (status != RSD_OK) return status;
    memcpy(errors, tensor.data, (size_t)tensor.size_bytes);
    for (uint32_t i = 0; i < model->shape.subband_count * columns; i++) {
        if (!(errors[i] > 1e-15f && errors[i] < 1e6f))
            return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'subband.error' must hold errors over 0",
                                  st_origin(file));
    }
    live_allocation_init(model, errors);
    return RSD_OK;
}

/* How many tokens each level has. */
static rsd_status read_layout(const st_file *file, live_model *model, rsd_error *error)
{
    st_tensor tensor;
    const uint64_t any = 0;
    const rsd_status status = st_require(file, &(st_wanted){"level.tokens", 1, &any}, ST_I32, &tensor, error);
    if (status != RSD_OK) return status;
    const uint32_t room = model->shape.subband_count * model->stage_count;
    const uint32_t most = room < RSD_MAX_SEQUENCES ? room : RSD_MAX_SEQUENCES;
    uint32_t end = 0;
    model->level_count = tensor.shape[0] < RSD_MAX_LEVELS ? (uint32_t)tensor.shape[0] : RSD_MAX_LEVELS;
    for (uint32_t k = 0; k < model->level_count; k++) {
        int32_t tokens;
        memcpy(&tokens, (const char *)tensor.data + k * sizeof tokens, sizeof tokens);
        if (tokens < 1 || (uint32_t)tokens > most - end)
            return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'level.tokens': level %u is %d, %u at most",
                                  st_origin(file), k + 1u, tokens, most - end);
        end += (uint32_t)tokens;
        model->level_end[k] = (uint16_t)end;
    }
    if (tensor.shape[0] < 1u || tensor.shape[0] > RSD_MAX_LEVELS)
        return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'level.tokens' must have 1 to %u levels",
                              st_origin(file), RSD_MAX_LEVELS);
    return RSD_OK;
}

static rsd_status read_envelope(const st_file *file, live_model *model, codebook_list *list, rsd_error *error)
{
    rsd_status status = read_envelope_codebooks(file, model, list, error);
    if (status == RSD_OK) status = build_rvq(file, list, model->shape.band_count, &model->envelope_codebooks, error);
    if (status != RSD_OK) return status;
    /* Side token 0 is silence: the encoder never picks it for a sound. */
    rvq_reserve_codeword(model->envelope_codebooks, 0, 0);
    live_attack_reserve(&model->shape, model->envelope_codebooks);
    return RSD_OK;
}

static rsd_status read_codebooks(const st_file *file, live_model *model, rsd_error *error)
{
    codebook_list *list = calloc(1, sizeof *list);
    if (!list) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", st_origin(file));
    rsd_status status = read_envelope(file, model, list, error);
    memset(list, 0, sizeof *list);
    if (status == RSD_OK) status = read_stages(file, model, list, error);
    if (status == RSD_OK) status = build_rvq(file, list, model->shape.subband_width, &model->codebooks, error);
    if (status == RSD_OK) live_search_reserve(model->codebooks);
    free(list);
    return status;
}

static rsd_status read_tensors(const st_file *file, live_model *model, rsd_error *error)
{
    rsd_status status = read_format(file, model, error);
    if (status == RSD_OK) status = read_constants(file, model, error);
    if (status == RSD_OK) status = read_codebooks(file, model, error);
    if (status == RSD_OK) status = read_errors(file, model, error);
    if (status == RSD_OK) status = read_layout(file, model, error);
    return status;
}

rsd_status live_model_read(const char *path, const void *data, size_t size_bytes, live_model *model, rsd_error *error)
{
    st_file *file = NULL;
    rsd_status status =
        data ? st_parse(data, size_bytes, path, &file, error) : st_open(path, BASE_LIVE_MODEL_BYTES, &file, error);
    if (status != RSD_OK) return status;
    status = read_tensors(file, model, error);
    st_close(file);
    return status;
}

void live_model_free(live_model *model)
{
    free(model->envelope_codebooks);
    free(model->codebooks);
    free(model->ratio_steps);
    free(model);
}
