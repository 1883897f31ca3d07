// SPDX-License-Identifier: MIT
// The weights of a predictor are read and checked; a channel's state is laid out.
#include "base/error.h"
#include "base/memory.h"
#include "base/numbers.h"
#include "codec/codebooks.h"
#include "codec/codec_internal.h"
#include "codec/predictor/internal.h"
#include "nn/safetensors.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_NAME "residuum-token-model-1"
#define LIMIT_BYTES (8u << 20)
#define MOST_WEIGHT 1e4f /* none is near; larger ones could make sums that are not finite */

/* What a file is read with. */
typedef struct {
    const st_file *file;
    predictor *self;
    rsd_error *error;
} reading;

static rsd_status refuse(const reading *at, const char *what)
{
    return base_error_set(at->error, RSD_ERR_FORMAT, "%.200s: %.200s", st_origin(at->file), what);
}

/* A tensor of rows x columns; rows 0: one of columns alone. *values is the caller's to free. */
static rsd_status read_values(const reading *at, const char *name, uint64_t rows, uint64_t columns, float **values)
{
    const uint64_t shape[2] = {rows > 0u ? rows : columns, columns};
    const st_wanted wanted = {name, rows > 0u ? 2u : 1u, shape};
    size_t count = 0;
    const rsd_status status = st_read_floats(at->file, &wanted, values, &count, at->error);
    if (status != RSD_OK) return status;
    for (size_t i = 0; i < count; i++) {
        if (fabsf((*values)[i]) < MOST_WEIGHT) continue;
        free(*values);
        *values = NULL;
        return refuse(at, "holds a weight that is not finite, or too large");
    }
    return RSD_OK;
}

/* `bias`: NULL is none. */
static rsd_status read_matrix(const reading *at, const char *name, const char *bias_name, uint32_t rows,
                              uint32_t columns, nn_matrix *matrix)
{
    float *values = NULL, *bias = NULL;
    rsd_status status = read_values(at, name, rows, columns, &values);
    if (status == RSD_OK && bias_name) status = read_values(at, bias_name, 0u, rows, &bias);
    if (status == RSD_OK) status = nn_matrix_init(matrix, rows, columns, values, bias);
    free(values);
    free(bias);
    return status;
}

static rsd_status read_memory(const reading *at)
{
    static const char *const names[4] = {"memory.weight_ih_l0", "memory.weight_hh_l0", "memory.bias_ih_l0",
                                         "memory.bias_hh_l0"};
    const uint32_t cells = at->self->cell_count;
    float *values[4] = {NULL};
    rsd_status status = RSD_OK;
    for (uint32_t i = 0; status == RSD_OK && i < 4u; i++)
        status = read_values(at, names[i], i < 2u ? 4u * cells : 0u, i < 2u ? cells : 4u * cells, &values[i]);
    if (status == RSD_OK) status = nn_lstm_init(&at->self->memory, cells, values[0], values[1], values[2], values[3]);
    for (uint32_t i = 0; i < 4u; i++) free(values[i]);
    return status;
}

/* Scaled codewords of a level, and the matrix that scores them: their products with a query, times `gain`. */
static rsd_status take_book(predictor *self, const codec_codebook *book, uint32_t level, float loudness, float gain,
                            const float *bias)
{
    const size_t count = (size_t)self->codeword_count * self->dim;
    float *to = self->codewords + level * count, *scoring = malloc(count * sizeof *scoring);
    if (!scoring) return RSD_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        to[i] = book->codewords[i] / loudness;
        scoring[i] = to[i] * gain;
    }
    const rsd_status status = nn_matrix_init(&self->books[level], self->codeword_count, self->dim, scoring, bias);
    free(scoring);
    return status;
}

static rsd_status take_books(const reading *at, const rsd_model *model)
{
    predictor *self = at->self;
    float *loudness = NULL, *gains = NULL, *bias = NULL;
    rsd_status status = read_values(at, "loudness", 0u, 1u, &loudness);
    if (status == RSD_OK) status = read_values(at, "level_gain", 0u, self->level_count, &gains);
    if (status == RSD_OK) status = read_values(at, "bias", self->level_count, self->codeword_count, &bias);
    if (status == RSD_OK && !(loudness[0] > 1e-6f)) status = refuse(at, "tensor 'loudness' is not above 0");
    for (uint32_t k = 0; status == RSD_OK && k < self->level_count; k++) {
        codec_codebook book;
        (void)codec_codebook_of(model, k, &book); /* take_shape has looked */
        status = take_book(self, &book, k, loudness[0], gains[k], bias + (size_t)k * self->codeword_count);
    }
    free(loudness);
    free(gains);
    free(bias);
    return status;
}

static rsd_status check_origin(const reading *at, const rsd_model *model)
{
    const char *format = st_metadata(at->file, "format"), *kind = st_metadata(at->file, "kind");
    const char *fingerprint = st_metadata(at->file, "fingerprint");
    char own[17];
    if (!format || strcmp(format, FORMAT_NAME) != 0 || !kind || strcmp(kind, "live") != 0 || !fingerprint)
        return refuse(at, "is no predictor: residuum.models.train makes one (live)");
    snprintf(own, sizeof own, "%016" PRIx64, rsd_model_fingerprint(model));
    return strcmp(fingerprint, own) == 0 ? RSD_OK : refuse(at, "a predictor of another codec's tokens");
}

/* Levels, codewords, floats and cells, as the file and the codec have them. */
static rsd_status take_shape(const reading *at, const rsd_model *model)
{
    predictor *self = at->self;
    st_tensor bias, cells;
    codec_codebook book;
    rsd_status status = st_find(at->file, "bias", &bias, at->error);
    if (status == RSD_OK) status = st_find(at->file, "input.bias", &cells, at->error);
    if (status != RSD_OK) return status;
    if (bias.dim_count != 2u || bias.shape[0] < 1u || bias.shape[0] > RSD_MAX_LEVELS || cells.dim_count != 1u ||
        cells.shape[0] < 1u || cells.shape[0] > PREDICTOR_MAX_CELLS)
        return refuse(at, "has too many levels or cells");
    self->level_count = (uint32_t)bias.shape[0];
    self->cell_count = (uint32_t)cells.shape[0];
    for (uint32_t k = 0; k < self->level_count; k++) {
        if (!codec_codebook_of(model, k, &book)) return refuse(at, "has more levels than the codec has codebooks");
        if (k == 0u) self->codeword_count = book.codeword_count, self->dim = book.dim;
        if (book.codeword_count != self->codeword_count || book.dim != self->dim ||
            book.codeword_count > PREDICTOR_MAX_CODEWORDS || book.dim > PREDICTOR_MAX_DIM)
            return refuse(at, "is of codebooks that a predictor cannot have");
    }
    return RSD_OK;
}

static rsd_status read_network(const reading *at)
{
    predictor *self = at->self;
    const uint32_t cells = self->cell_count, dim = self->dim;
    rsd_status status = read_matrix(at, "input.weight", "input.bias", cells, 2u * dim, &self->input);
    if (status == RSD_OK) status = read_memory(at);
    if (status == RSD_OK) status = read_matrix(at, "state.weight", "state.bias", cells, cells, &self->state);
    if (status == RSD_OK) status = read_matrix(at, "below.weight", NULL, cells, dim, &self->below);
    if (status == RSD_OK) status = read_matrix(at, "query.weight", "query.bias", dim, cells, &self->query);
    if (status == RSD_OK) status = read_values(at, "known.weight", self->level_count + 1u, cells, &self->known);
    if (status == RSD_OK) status = read_values(at, "level.weight", self->level_count, cells, &self->level);
    return status;
}

static rsd_status read_all(const reading *at, const rsd_model *model)
{
    predictor *self = at->self;
    rsd_status status = check_origin(at, model);
    if (status == RSD_OK) status = take_shape(at, model);
    if (status != RSD_OK) return status;
    self->kernel = nn_best_kernel();
    self->codewords = malloc((size_t)self->level_count * self->codeword_count * self->dim * sizeof(float));
    if (!self->codewords) return RSD_ERR_MEMORY;
    status = take_books(at, model);
    return status == RSD_OK ? read_network(at) : status;
}

rsd_status predictor_open(const char *path, const void *data, size_t size_bytes, const rsd_model *model,
                          predictor **opened, rsd_error *error)
{
    st_file *file = NULL;
    rsd_status status =
        data ? st_parse(data, size_bytes, path, &file, error) : st_open(path, LIMIT_BYTES, &file, error);
    if (status != RSD_OK) return status;
    predictor *self = calloc(1, sizeof *self);
    status = self ? read_all(&(reading){file, self, error}, model) : RSD_ERR_MEMORY;
    if (status == RSD_ERR_MEMORY) (void)base_error_set(error, status, "%.400s: out of memory", path);
    st_close(file);
    if (status == RSD_OK)
        *opened = self;
    else
        predictor_destroy(self);
    return status;
}

void predictor_destroy(predictor *self)
{
    if (!self) return;
    nn_matrix *const matrices[] = {&self->input, &self->memory.matrix, &self->state, &self->below, &self->query};
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) nn_matrix_destroy(matrices[i]);
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) nn_matrix_destroy(&self->books[k]);
    free(self->codewords);
    free(self->known);
    free(self->level);
    free(self);
}

const predictor *codec_predictor_of(const rsd_model *model)
{
    return model && model->class->predictor ? model->class->predictor(model) : NULL;
}

/* Gives the next `count` floats of a block, from an address of 64; of no block it counts. */
static float *take(char *block, size_t *used_bytes, size_t count)
{
    float *floats = block ? (float *)(void *)(block + *used_bytes) : NULL;
    *used_bytes += base_round_up_64(count * sizeof(float));
    return floats;
}

static size_t lay_out(const predictor *self, char *block, predictor_state *state)
{
    const size_t cells = self->cell_count, dim = self->dim;
    size_t used = base_round_up_64(sizeof *state);
    state->weights = self;
    state->memory = take(block, &used, 3u * cells);
    state->before = take(block, &used, dim);
    state->input = take(block, &used, 2u * dim);
    state->gates = take(block, &used, 4u * cells);
    state->cells = take(block, &used, cells);
    state->hidden = take(block, &used, cells);
    state->context = take(block, &used, cells);
    state->below = take(block, &used, dim);
    state->query = take(block, &used, dim);
    state->scores = take(block, &used, self->codeword_count);
    return used;
}

size_t predictor_state_bytes(const predictor *self)
{
    predictor_state unused;
    return self ? lay_out(self, NULL, &unused) : 0u;
}

predictor_state *predictor_state_init(void *block, const predictor *self)
{
    predictor_state *state = block;
    (void)lay_out(self, block, state);
    predictor_reset(state);
    return state;
}
