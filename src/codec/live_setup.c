// SPDX-License-Identifier: MIT
#include "codec/live_internal.h"

#include "nn/safetensors.h"
#include "rvq/rvq_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_NAME "residuum-live"
#define FORMAT_VERSION "1"

/* ---- reading -------------------------------------------------------------------------------------------------------
 */

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
    uint32_t count, level_count;
} book_list;

/* Reads the books of one level: `level.K.group.0`, `.1`, ... until their widths make up `dim`. */
static rsd_status read_level(const st_file *file, uint32_t level, uint32_t dim, book_list *list, rsd_error *error)
{
    uint32_t begin = 0;
    for (uint32_t group = 0; begin < dim; group++) {
        char name[64];
        st_tensor tensor;
        const uint64_t any[2] = {0, 0};
        snprintf(name, sizeof name, "level.%u.group.%u", level, group);
        const rsd_status status = st_require(file, name, ST_I8, 2, any, &tensor, error);
        if (status != RSD_OK) return status;
        if (list->count == RSD_MAX_SEQUENCES || tensor.shape[1] < 1u || tensor.shape[1] > dim - begin ||
            tensor.shape[0] > RSD_RVQ_MAX_CODEWORDS)
            return rsd_error_set(error, RSD_ERR_FORMAT,
                                 "%s: tensor '%s' does not fit: codewords up to %u, width up to %u", st_origin(file),
                                 name, RSD_RVQ_MAX_CODEWORDS, dim - begin);
        list->books[list->count++] = (rsd_rvq_book){.level = level,
                                                    .begin = begin,
                                                    .dim = (uint32_t)tensor.shape[1],
                                                    .codeword_count = (uint32_t)tensor.shape[0],
                                                    .codewords = tensor.data};
        begin += (uint32_t)tensor.shape[1];
    }
    return RSD_OK;
}

static rsd_status read_levels(const st_file *file, uint32_t dim, book_list *list, rsd_error *error)
{
    st_tensor tensor;
    char name[64] = "level.0.group.0";
    while (list->level_count < RSD_MAX_LEVELS && st_find(file, name, &tensor, NULL) == RSD_OK) {
        const rsd_status status = read_level(file, list->level_count, dim, list, error);
        if (status != RSD_OK) return status;
        list->level_count++;
        snprintf(name, sizeof name, "level.%u.group.0", list->level_count);
    }
    if (list->level_count == 0u)
        return rsd_error_set(error, RSD_ERR_FORMAT, "%s: no tensor 'level.0.group.0'", st_origin(file));
    const rsd_status status = read_floats(file, "level.scales", list->count, list->scales, error);
    for (uint32_t b = 0; b < list->count; b++) list->books[b].scale = list->scales[b];
    return status;
}

static rsd_status read_envelope_books(const st_file *file, book_list *list, rsd_error *error)
{
    for (uint32_t k = 0; k < LIVE_ENVELOPE_BOOKS; k++) {
        char name[64];
        st_tensor tensor;
        const uint64_t shape[2] = {0, LIVE_BANDS};
        snprintf(name, sizeof name, "envelope.%u", k);
        const rsd_status status = st_require(file, name, ST_I8, 2, shape, &tensor, error);
        if (status != RSD_OK) return status;
        if (tensor.shape[0] > RSD_RVQ_MAX_CODEWORDS)
            return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor '%s' has over %u codewords", st_origin(file), name,
                                 RSD_RVQ_MAX_CODEWORDS);
        list->books[list->count++] = (rsd_rvq_book){
            .level = k, .dim = LIVE_BANDS, .codeword_count = (uint32_t)tensor.shape[0], .codewords = tensor.data};
    }
    list->level_count = LIVE_ENVELOPE_BOOKS;
    const rsd_status status = read_floats(file, "envelope.scales", list->count, list->scales, error);
    for (uint32_t b = 0; b < list->count; b++) list->books[b].scale = list->scales[b];
    return status;
}

static rsd_status build_rvq(const st_file *file, const book_list *list, uint32_t dim, rsd_rvq **rvq, rsd_error *error)
{
    const rsd_rvq_shape shape = {
        .dim = dim, .level_count = list->level_count, .book_count = list->count, .books = list->books};
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

/* ---- checking
 * -------------------------------------------------------------------------------------------------------- */

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
    live_band_edges(model->shape.hop, model->shape.edges);
    return RSD_OK;
}

static rsd_status read_constants(const st_file *file, live_model *model, rsd_error *error)
{
    float values[LIVE_CONSTANT_COUNT];
    rsd_status status = read_floats(file, "constants", LIVE_CONSTANT_COUNT, values, error);
    if (status != RSD_OK) return status;
    model->shape.constants = (live_constants){values[0], values[1], values[2], values[3]};
    if (values[0] < 0.0f || values[0] > 0.99f || values[1] < 0.0f || values[1] > 1.0f || values[2] < 0.0f ||
        values[2] > 2.0f || values[3] <= 1.0f)
        return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'constants' is out of range", st_origin(file));
    status = read_floats(file, "envelope.mean", LIVE_BANDS, model->shape.mean_envelope, error);
    for (uint32_t b = 0; status == RSD_OK && b < LIVE_BANDS; b++) {
        if (fabsf(model->shape.mean_envelope[b]) > 40.0f)
            return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'envelope.mean' is out of range", st_origin(file));
    }
    return status;
}

static rsd_status read_water_levels(const st_file *file, live_model *model, rsd_error *error)
{
    const rsd_status status = read_floats(file, "water_level", model->level_count + 1u, model->water_level, error);
    for (uint32_t k = 0; status == RSD_OK && k <= model->level_count; k++) {
        if (model->water_level[k] <= 0.0f)
            return rsd_error_set(error, RSD_ERR_FORMAT, "%s: tensor 'water_level' must be positive", st_origin(file));
    }
    return status;
}

static rsd_status read_books(const st_file *file, live_model *model, rsd_error *error)
{
    book_list *list = calloc(1, sizeof *list);
    if (!list) return rsd_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", st_origin(file));
    rsd_status status = read_envelope_books(file, list, error);
    if (status == RSD_OK) status = build_rvq(file, list, LIVE_BANDS, &model->envelope_books, error);
    for (uint32_t k = 0; status == RSD_OK && k < list->count; k++)
        model->side_codewords[k] = (uint16_t)list->books[k].codeword_count;
    if (status == RSD_OK) {
        /* Side token 0 is silence: the encoder never picks it for a sound. */
        rvq_reserve_codeword(model->envelope_books, 0, 0);
        memset(list, 0, sizeof *list);
        status = read_levels(file, model->shape.hop, list, error);
    }
    if (status == RSD_OK) status = build_rvq(file, list, model->shape.hop, &model->books, error);
    for (uint32_t s = 0; status == RSD_OK && s < list->count; s++)
        model->sequence_codewords[s] = (uint16_t)list->books[s].codeword_count;
    model->level_count = list->level_count;
    free(list);
    return status;
}

static rsd_status read_model(const st_file *file, live_model *model, rsd_error *error)
{
    rsd_status status = read_format(file, model, error);
    if (status == RSD_OK) status = read_constants(file, model, error);
    if (status == RSD_OK) status = read_books(file, model, error);
    if (status == RSD_OK) status = read_water_levels(file, model, error);
    return status;
}

/* ---- the class
 * ----------------------------------------------------------------------------------------------------------- */

static void destroy(rsd_model *model)
{
    live_model *self = (live_model *)model;
    free(self->envelope_books);
    free(self->books);
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
    rsd_status status = data ? st_parse(data, size_bytes, path, &file, error) : st_open(path, &file, error);
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
    for (uint32_t s = 0; s < info->side_count; s++) bits += log2f((float)self->side_codewords[s]);
    for (uint32_t k = 0; k < self->level_count; k++) {
        const uint32_t end = rsd_rvq_level_begin(self->books, k + 1u);
        for (uint32_t s = rsd_rvq_level_begin(self->books, k); s < end; s++)
            bits += log2f((float)self->sequence_codewords[s]);
        info->level_sequence_end[k] = (uint16_t)end;
        info->level_kbps[k] = bits * frames_per_second / 1000.0f;
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
    info->sequence_count = rsd_rvq_level_begin(self->books, self->level_count);
    info->side_count = LIVE_ENVELOPE_BOOKS;
    memcpy(info->sequence_codewords, self->sequence_codewords, sizeof info->sequence_codewords);
    memcpy(info->side_codewords, self->side_codewords, sizeof self->side_codewords);
    for (uint32_t s = 0; s < info->sequence_count; s++) {
        const uint32_t bits = (uint32_t)lrintf(log2f((float)self->sequence_codewords[s]));
        info->max_codebook_bits = bits > info->max_codebook_bits ? bits : info->max_codebook_bits;
    }
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
