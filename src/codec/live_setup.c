// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

#include "base/read_file.h"
#include "nn/safetensors.h"
#include "rvq/rvq_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_NAME "residuum-live"
#define FORMAT_VERSION "6"

/* ---- reading ---- */

/* Copies a tensor of finite floats; the file's bytes need not be aligned. */
static rsd_status read_floats(const st_file *file, const char *name, uint64_t count, float *values, rsd_error *error)
{
    st_tensor tensor;
    const rsd_status status = st_require(file, name, ST_F32, 1, &count, &tensor, error);
    if (status != RSD_OK) return status;
    memcpy(values, tensor.data, (size_t)count * sizeof *values);
    for (uint64_t i = 0; i < count; i++) {
        if (!isfinite(values[i]))
            return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor '%s' holds a value that is not finite",
                                 st_origin(file), name);
    }
    return RSD_OK;
}

typedef struct {
    rsd_rvq_book books[RSD_MAX_SEQUENCES];
    float scales[RSD_MAX_SEQUENCES];
    uint32_t count;
} book_list;

static rsd_status add_book(const st_file *file, const char *name, uint32_t dim, book_list *list, rsd_error *error)
{
    st_tensor tensor;
    const uint64_t shape[2] = {0, dim};
    const rsd_status status = st_require(file, name, ST_I8, 2, shape, &tensor, error);
    if (status != RSD_OK) return status;
    if (list->count == RSD_MAX_SEQUENCES || tensor.shape[0] > RSD_RVQ_MAX_CODEWORDS)
        return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor '%s': over %u codewords or over %u books",
                             st_origin(file), name, RSD_RVQ_MAX_CODEWORDS, RSD_MAX_SEQUENCES);
    list->books[list->count++] =
        (rsd_rvq_book){.dim = dim, .codeword_count = (uint32_t)tensor.shape[0], .codewords = tensor.data};
    return RSD_OK;
}

static rsd_status read_scales(const st_file *file, const char *name, book_list *list, rsd_error *error)
{
    const rsd_status status = read_floats(file, name, list->count, list->scales, error);
    for (uint32_t b = 0; b < list->count; b++) list->books[b].scale = list->scales[b];
    return status;
}

/* A stage has one book for all cells (`stage.S`) or one a cell (`stage.S.cell.C`). */
static rsd_status read_stage(const st_file *file, live_model *model, uint32_t stage, book_list *list, rsd_error *error)
{
    char name[64];
    st_tensor tensor;
    snprintf(name, sizeof name, "stage.%u", stage);
    const bool shared = st_find(file, name, &tensor, NULL) == RSD_OK;
    rsd_status status = RSD_OK;
    for (uint32_t c = 0; status == RSD_OK && c < model->shape.cell_count; c++) {
        if (!shared) snprintf(name, sizeof name, "stage.%u.cell.%u", stage, c);
        if (!shared || c == 0u) status = add_book(file, name, model->shape.cell_width, list, error);
        model->book_of[c][stage] = (uint16_t)(list->count - 1u);
    }
    model->stage_is_shared[stage] = shared;
    return status;
}

/* What each codeword leaves; every int8 is a step. */
static rsd_status read_leaves(const st_file *file, live_model *model, uint32_t book_count, rsd_error *error)
{
    st_tensor tensor;
    const uint64_t shape[2] = {book_count, model->codewords};
    const rsd_status status = st_require(file, "stage.leaves", ST_I8, 2, shape, &tensor, error);
    if (status != RSD_OK) return status;
    model->leaves = malloc((size_t)tensor.size_bytes);
    if (!model->leaves) return rsd_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", st_origin(file));
    memcpy(model->leaves, tensor.data, (size_t)tensor.size_bytes);
    live_shares_init(model->shares);
    return RSD_OK;
}

static rsd_status read_stages(const st_file *file, live_model *model, book_list *list, rsd_error *error)
{
    st_tensor tensor;
    rsd_status status = st_find(file, "cell.error", &tensor, error);
    if (status != RSD_OK) return status;
    const uint64_t columns = tensor.dim_count == 2u ? tensor.shape[1] : 0u;
    if (columns < 2u || columns > LIVE_MAX_STAGES + 1u)
        return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'cell.error' must have 2 to %u columns, has %llu",
                             st_origin(file), LIVE_MAX_STAGES + 1u, (unsigned long long)columns);
    model->stage_count = (uint32_t)columns - 1u;
    for (uint32_t stage = 0; status == RSD_OK && stage < model->stage_count; stage++)
        status = read_stage(file, model, stage, list, error);
    if (status == RSD_OK) status = read_scales(file, "stage.scales", list, error);
    for (uint32_t b = 0; status == RSD_OK && b < list->count; b++) {
        if (list->books[b].codeword_count != list->books[0].codeword_count)
            return rsd_error_set(error, RSD_ERR_FORMAT, "%s: books of the stages must have equal sizes",
                                 st_origin(file));
    }
    model->codewords = (uint16_t)list->books[0].codeword_count;
    return status == RSD_OK ? read_leaves(file, model, list->count, error) : status;
}

/* There are as many books as scales. */
static rsd_status read_envelope_count(const st_file *file, live_shape *shape, rsd_error *error)
{
    st_tensor tensor;
    const uint64_t any = 0;
    const rsd_status status = st_require(file, "envelope.scales", ST_F32, 1, &any, &tensor, error);
    if (status != RSD_OK) return status;
    if (tensor.shape[0] < 1u || tensor.shape[0] > LIVE_MAX_ENVELOPE_BOOKS)
        return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'envelope.scales' must have 1 to %u scales, has %llu",
                             st_origin(file), LIVE_MAX_ENVELOPE_BOOKS, (unsigned long long)tensor.shape[0]);
    shape->envelope_book_count = (uint32_t)tensor.shape[0];
    return RSD_OK;
}

static rsd_status read_envelope_books(const st_file *file, live_model *model, book_list *list, rsd_error *error)
{
    rsd_status status = read_envelope_count(file, &model->shape, error);
    const uint32_t last = model->shape.envelope_book_count - 1u;
    for (uint32_t k = 0; status == RSD_OK && k <= last; k++) {
        char name[64];
        snprintf(name, sizeof name, "envelope.%u", k);
        status = add_book(file, name, model->shape.band_count, list, error);
    }
    for (uint32_t k = 0; status == RSD_OK && k <= last; k++)
        model->shape.envelope_codewords[k] = (uint16_t)list->books[k].codeword_count;
    const uint32_t attacks = live_attack_token_count(&model->shape);
    if (status == RSD_OK && list->books[last].codeword_count <= attacks + 1u)
        return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'envelope.%u' needs over %u codewords, has %u",
                             st_origin(file), last, attacks + 1u, list->books[last].codeword_count);
    return status == RSD_OK ? read_scales(file, "envelope.scales", list, error) : status;
}

static rsd_status build_rvq(const st_file *file, const book_list *list, uint32_t dim, rsd_rvq **rvq, rsd_error *error)
{
    const rsd_rvq_shape shape = {.dim = dim, .level_count = 1, .book_count = list->count, .books = list->books};
    const size_t bytes = rsd_rvq_size_bytes(&shape);
    if (bytes == 0u)
        return rsd_error_set(error, RSD_ERR_FORMAT,
                             "%s: codebooks are not usable: sizes must be powers of two from 2, scales positive",
                             st_origin(file));
    void *block = aligned_alloc(64, (bytes + 63u) / 64u * 64u);
    if (!block) return rsd_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", st_origin(file));
    const rsd_status status = rsd_rvq_init(block, bytes, &shape, rvq);
    if (status != RSD_OK) free(block);
    return status;
}

/* ---- checking ---- */

static rsd_status read_format(const st_file *file, live_model *model, rsd_error *error)
{
    const char *format = st_metadata(file, "format"), *version = st_metadata(file, "version");
    const char *hop = st_metadata(file, "hop_samples");
    if (!format || strcmp(format, FORMAT_NAME) != 0)
        return rsd_error_set(error, RSD_ERR_FORMAT,
                             "%s: not codebooks of the live codec: metadata 'format' is %s, not %s", st_origin(file),
                             format ? format : "missing", FORMAT_NAME);
    if (!version || strcmp(version, FORMAT_VERSION) != 0)
        return rsd_error_set(error, RSD_ERR_UNSUPPORTED, "%s: metadata 'version' is %s, this build reads %s",
                             st_origin(file), version ? version : "missing", FORMAT_VERSION);
    model->shape.hop = hop ? (uint32_t)strtoul(hop, NULL, 10) : 0u;
    if (model->shape.hop != 64u && model->shape.hop != 128u && model->shape.hop != 256u)
        return rsd_error_set(error, RSD_ERR_FORMAT, "%s: metadata 'hop_samples' is %s, not 64, 128 or 256",
                             st_origin(file), hop ? hop : "missing");
    live_shape_init(&model->shape, model->shape.hop);
    return RSD_OK;
}

static rsd_status read_constants(const st_file *file, live_model *model, rsd_error *error)
{
    float values[LIVE_CONSTANT_COUNT];
    rsd_status status = read_floats(file, "constants", LIVE_CONSTANT_COUNT, values, error);
    if (status != RSD_OK) return status;
    static const float least[LIVE_CONSTANT_COUNT] = {[5] = 0.01f, [11] = 1.0f};
    static const float most[LIVE_CONSTANT_COUNT] = {0.99f, 1.0f, 2.0f, 0.99f, 1.0f, 1.0f,
                                                    8.0f,  8.0f, 8.0f, 60.0f, 8.0f, (float)RVQ_MOST_PATHS};
    for (uint32_t i = 0; i < LIVE_CONSTANT_COUNT; i++) {
        if (values[i] < least[i] || values[i] > most[i])
            return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'constants' is out of range", st_origin(file));
    }
    live_shape_set(&model->shape, &(live_constants){.prediction = values[0],
                                                    .gamma = values[1],
                                                    .fill = values[2],
                                                    .smoothing = values[3],
                                                    .fill_slope = values[4],
                                                    .low_weight = values[5],
                                                    .low_slope = values[6],
                                                    .low_worth = values[7],
                                                    .high_worth = values[8],
                                                    .masked = values[9],
                                                    .energy_weight = values[10],
                                                    .paths = values[11]});
    status = read_floats(file, "envelope.mean", model->shape.band_count, model->shape.mean_envelope, error);
    for (uint32_t b = 0; status == RSD_OK && b < model->shape.band_count; b++) {
        if (fabsf(model->shape.mean_envelope[b]) > 40.0f)
            return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'envelope.mean' is out of range", st_origin(file));
    }
    return status;
}

/* Mean error of a cell's normalised coefficients after 0, 1, ... tokens. */
static rsd_status read_errors(const st_file *file, live_model *model, rsd_error *error)
{
    float errors[LIVE_MAX_CELLS * (LIVE_MAX_STAGES + 1u)];
    const uint32_t columns = model->stage_count + 1u;
    const uint64_t shape[2] = {model->shape.cell_count, columns};
    st_tensor tensor;
    const rsd_status status = st_require(file, "cell.error", ST_F32, 2, shape, &tensor, error);
    if (status != RSD_OK) return status;
    memcpy(errors, tensor.data, (size_t)tensor.size_bytes);
    for (uint32_t i = 0; i < model->shape.cell_count * columns; i++) {
        if (!(errors[i] > 1e-15f && errors[i] < 1e6f))
            return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'cell.error' must hold errors over 0",
                                 st_origin(file));
    }
    live_cells_init(model, errors);
    return RSD_OK;
}

/* How many tokens each level has. */
static rsd_status read_layout(const st_file *file, live_model *model, rsd_error *error)
{
    st_tensor tensor;
    const uint64_t any = 0;
    const rsd_status status = st_require(file, "level.tokens", ST_I32, 1, &any, &tensor, error);
    if (status != RSD_OK) return status;
    const uint32_t room = model->shape.cell_count * model->stage_count;
    const uint32_t most = room < RSD_MAX_SEQUENCES ? room : RSD_MAX_SEQUENCES;
    uint32_t end = 0;
    model->level_count = tensor.shape[0] < RSD_MAX_LEVELS ? (uint32_t)tensor.shape[0] : RSD_MAX_LEVELS;
    for (uint32_t k = 0; k < model->level_count; k++) {
        int32_t tokens;
        memcpy(&tokens, (const char *)tensor.data + k * sizeof tokens, sizeof tokens);
        if (tokens < 1 || (uint32_t)tokens > most - end)
            return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'level.tokens': level %u is %d, %u at most",
                                 st_origin(file), k + 1u, tokens, most - end);
        end += (uint32_t)tokens;
        model->level_end[k] = (uint16_t)end;
    }
    if (tensor.shape[0] < 1u || tensor.shape[0] > RSD_MAX_LEVELS)
        return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'level.tokens' must have 1 to %u levels",
                             st_origin(file), RSD_MAX_LEVELS);
    return RSD_OK;
}

static rsd_status read_envelope(const st_file *file, live_model *model, book_list *list, rsd_error *error)
{
    rsd_status status = read_envelope_books(file, model, list, error);
    if (status == RSD_OK) status = build_rvq(file, list, model->shape.band_count, &model->envelope_books, error);
    if (status != RSD_OK) return status;
    /* Side token 0 is silence: the encoder never picks it for a sound. */
    rvq_reserve_codeword(model->envelope_books, 0, 0);
    live_attack_reserve(&model->shape, model->envelope_books);
    return RSD_OK;
}

static rsd_status read_books(const st_file *file, live_model *model, rsd_error *error)
{
    book_list *list = calloc(1, sizeof *list);
    if (!list) return rsd_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", st_origin(file));
    rsd_status status = read_envelope(file, model, list, error);
    memset(list, 0, sizeof *list);
    if (status == RSD_OK) status = read_stages(file, model, list, error);
    if (status == RSD_OK) status = build_rvq(file, list, model->shape.cell_width, &model->books, error);
    free(list);
    return status;
}

static rsd_status read_model(const st_file *file, live_model *model, rsd_error *error)
{
    rsd_status status = read_format(file, model, error);
    if (status == RSD_OK) status = read_constants(file, model, error);
    if (status == RSD_OK) status = read_books(file, model, error);
    if (status == RSD_OK) status = read_errors(file, model, error);
    if (status == RSD_OK) status = read_layout(file, model, error);
    return status;
}

/* ---- the class ---- */

static void destroy(rsd_model *model)
{
    live_model *self = (live_model *)model;
    free(self->envelope_books);
    free(self->books);
    free(self->leaves);
    free(self);
}

/* The file's name without folder and ending. */
static void name_from_path(const char *path, char *name, size_t name_bytes)
{
    const char *slash = strrchr(path, '/');
    snprintf(name, name_bytes, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot && dot != name) *dot = '\0';
}

static rsd_status open_model(const char *path, const void *data, size_t size_bytes, rsd_model **model, rsd_error *error)
{
    st_file *file = NULL;
    rsd_status status =
        data ? st_parse(data, size_bytes, path, &file, error) : st_open(path, BASE_LIVE_MODEL_BYTES, &file, error);
    if (status != RSD_OK) return status;
    live_model *self = calloc(1, sizeof *self);
    if (self) {
        self->base.class = &codec_live;
        self->base.builtin = -1;
        atomic_init(&self->base.references, 1u);
        name_from_path(path, self->name, sizeof self->name);
        status = read_model(file, self, error);
    } else {
        status = rsd_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", path);
    }
    st_close(file);
    if (status == RSD_OK)
        *model = &self->base;
    else if (self)
        destroy(&self->base);
    return status;
}

static bool recognises(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcmp(dot, ".safetensors") == 0;
}

static uint32_t codec_rate(uint32_t host_rate_hz) { return host_rate_hz % 11025u == 0u ? 44100u : 48000u; }

static void fill_rates(const live_model *self, rsd_codec_info *info)
{
    const float frames_per_second = (float)info->sample_rate_hz / (float)self->shape.hop;
    float bits = 0.0f;
    for (uint32_t s = 0; s < info->side_count; s++) bits += log2f((float)self->shape.envelope_codewords[s]);
    for (uint32_t k = 0; k < self->level_count; k++) {
        const float coded = bits + log2f((float)self->codewords) * (float)self->level_end[k];
        info->level_sequence_end[k] = self->level_end[k];
        info->level_kbps[k] = coded * frames_per_second / 1000.0f;
    }
}

static void info_of(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info)
{
    const live_model *self = (const live_model *)model;
    memset(info, 0, sizeof *info);
    snprintf(info->name, sizeof info->name, "%s", self->name);
    info->sample_rate_hz = codec_rate(host_rate_hz);
    info->hop_samples = self->shape.hop;
    info->latency_samples = 2u * self->shape.hop;
    info->level_count = self->level_count;
    info->sequence_count = self->level_end[self->level_count - 1u];
    info->side_count = self->shape.envelope_book_count;
    for (uint32_t s = 0; s < info->sequence_count; s++) info->sequence_codewords[s] = self->codewords;
    memcpy(info->side_codewords, self->shape.envelope_codewords, sizeof self->shape.envelope_codewords);
    info->max_codebook_bits = (uint32_t)lrintf(log2f((float)self->codewords));
    fill_rates(self, info);
    snprintf(info->description, sizeof info->description,
             "live codec, MDCT + RVQ, hop %u, %u levels, %.4g to %.4g kbps", info->hop_samples, info->level_count,
             (double)info->level_kbps[0], (double)info->level_kbps[info->level_count - 1u]);
}

static size_t state_bytes(const rsd_model *model)
{
    const live_model *self = (const live_model *)model;
    return (sizeof(live_codec) + rsd_mdct_size_bytes(self->shape.hop) + 63u) / 64u * 64u;
}

static rsd_status init(rsd_codec *codec, const rsd_model *model, uint32_t codec_rate_hz)
{
    (void)codec_rate_hz; /* the same books at both rates: only the bands' edges in Hz move */
    live_codec *self = (live_codec *)codec;
    self->model = (const live_model *)model;
    const uint32_t hop = self->model->shape.hop;
    const rsd_status status = rsd_mdct_init(self->mdct_block, rsd_mdct_size_bytes(hop), hop, &self->mdct);
    live_reset(codec);
    return status;
}

const codec_class codec_live = {
    .recognises = recognises,
    .open = open_model,
    .destroy = destroy,
    .info = info_of,
    .size_bytes = state_bytes,
    .init = init,
    .encode = live_encode,
    .decode = live_decode,
    .reset = live_reset,
};
