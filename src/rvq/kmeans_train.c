// SPDX-License-Identifier: MIT
// Trains one codebook: k-means over int8 codewords, in an order whose prefixes are codebooks, too.
#include "rvq/rvq_train.h"

#include "base/memory.h"

#include "rvq/rvq_internal.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_THREADS 8
#define NESTING_ITERATIONS 6u

typedef struct {
    const rvq_kmeans_config *config;
    float *centroids; /* codeword_count x dim */
    uint32_t *counts; /* vectors that each codeword won */
    uint32_t *winner; /* codeword of each vector */
    double *sums;     /* codeword_count x dim */
    void *block;      /* the packed codebook */
    size_t block_bytes;
    uint64_t random;
} trainer;

uint64_t rvq_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 0x2545F4914F6CDD1Dull;
}

static uint32_t first_chosen(const rvq_kmeans_config *config) { return config->reserve_first ? 1u : 0u; }

static uint32_t end_of_chosen(const rvq_kmeans_config *config) { return config->codeword_count - config->reserve_last; }

static const float *vector_at(const rvq_kmeans_config *config, size_t i)
{
    return config->vectors + i * config->stride;
}

/* ---- int8 codebook
 * --------------------------------------------------------------------------------------------------- */

static int8_t to_int8(float x)
{
    const float clamped = x < -127.0f ? -127.0f : x > 127.0f ? 127.0f : x;
    return (int8_t)lrintf(clamped);
}

static double rounding_error(const float *values, size_t count, float scale)
{
    double error = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double e = values[i] - scale * (float)to_int8(values[i] / scale);
        error += e * e;
    }
    return error;
}

/* The scale of least squared error among some that clip the largest values a little. */
static float best_scale(const float *values, size_t count)
{
    float peak = 1e-12f;
    for (size_t i = 0; i < count; i++) peak = fmaxf(peak, fabsf(values[i]));
    float best = peak / 127.0f;
    double best_error = DBL_MAX;
    for (float share = 1.0f; share > 0.3f; share *= 0.85f) {
        const double error = rounding_error(values, count, peak * share / 127.0f);
        if (error < best_error) {
            best_error = error;
            best = peak * share / 127.0f;
        }
    }
    return best;
}

static void quantise_codebook(const trainer *self, int8_t *codewords, float *scale)
{
    const size_t count = (size_t)self->config->codeword_count * self->config->dim;
    *scale = best_scale(self->centroids, count);
    for (size_t i = 0; i < count; i++) codewords[i] = to_int8(self->centroids[i] / *scale);
}

/* ---- assignment, the costly step: one range of vectors a thread
 * --------------------------------------------------------- */

typedef struct {
    const trainer *self;
    const rsd_rvq *rvq;
    size_t begin, end;
} assignment;

static void *assign_range(void *argument)
{
    const assignment *range = argument;
    const uint32_t dim = range->self->config->dim;
    float residual[RSD_RVQ_MAX_DIM];
    for (size_t i = range->begin; i < range->end; i++) {
        int32_t token;
        memcpy(residual, vector_at(range->self->config, i), dim * sizeof *residual);
        rsd_rvq_encode_level(range->rvq, 0, 16u, residual, &token);
        range->self->winner[i] = (uint32_t)token;
    }
    return NULL;
}

static int threads_for(const rvq_kmeans_config *config)
{
    if (config->thread_count > 0u) return config->thread_count > MAX_THREADS ? MAX_THREADS : (int)config->thread_count;
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > MAX_THREADS ? MAX_THREADS : (int)online;
}

static void assign_all(const trainer *self, const rsd_rvq *rvq)
{
    const int count = threads_for(self->config);
    pthread_t threads[MAX_THREADS];
    bool started[MAX_THREADS] = {false};
    assignment ranges[MAX_THREADS];
    for (int t = 0; t < count; t++) {
        ranges[t] = (assignment){self, rvq, self->config->count * (size_t)t / (size_t)count,
                                 self->config->count * (size_t)(t + 1) / (size_t)count};
        started[t] = t + 1 < count && pthread_create(&threads[t], NULL, assign_range, &ranges[t]) == 0;
        if (!started[t]) assign_range(&ranges[t]);
    }
    for (int t = 0; t < count; t++) {
        if (started[t]) pthread_join(threads[t], NULL);
    }
}

static rsd_status assign(trainer *self, int8_t *codewords, float *scale)
{
    quantise_codebook(self, codewords, scale);
    const rvq_kmeans_config *config = self->config;
    const rsd_rvq_codebook codebook = {
        .dim = config->dim, .codeword_count = config->codeword_count, .scale = *scale, .codewords = codewords};
    const rsd_rvq_shape shape = {.dim = config->dim, .level_count = 1, .codebook_count = 1, .codebooks = &codebook};
    rsd_rvq *rvq;
    const rsd_status status = rsd_rvq_init(self->block, self->block_bytes, &shape, &rvq);
    if (status != RSD_OK) return status;
    if (config->reserve_first) rvq_reserve_codeword(rvq, 0, 0);
    for (uint32_t w = end_of_chosen(config); w < config->codeword_count; w++) rvq_reserve_codeword(rvq, 0, w);
    assign_all(self, rvq);
    return RSD_OK;
}

/* ---- Lloyd iterations
 * ------------------------------------------------------------------------------------------------- */

static void set_to_random_vector(trainer *self, uint32_t codeword)
{
    const size_t from = rvq_random(&self->random) % self->config->count;
    memcpy(self->centroids + (size_t)codeword * self->config->dim, vector_at(self->config, from),
           self->config->dim * sizeof(float));
}

static void accumulate(trainer *self)
{
    const uint32_t dim = self->config->dim;
    memset(self->sums, 0, (size_t)self->config->codeword_count * dim * sizeof *self->sums);
    memset(self->counts, 0, self->config->codeword_count * sizeof *self->counts);
    for (size_t i = 0; i < self->config->count; i++) {
        const float *vector = vector_at(self->config, i);
        double *sum = self->sums + (size_t)self->winner[i] * dim;
        for (uint32_t d = 0; d < dim; d++) sum[d] += vector[d];
        self->counts[self->winner[i]]++;
    }
}

static void move_centroids(trainer *self)
{
    const uint32_t dim = self->config->dim;
    accumulate(self);
    for (uint32_t w = first_chosen(self->config); w < end_of_chosen(self->config); w++) {
        if (self->counts[w] == 0u) {
            set_to_random_vector(self, w);
            continue;
        }
        for (uint32_t d = 0; d < dim; d++)
            self->centroids[(size_t)w * dim + d] = (float)(self->sums[(size_t)w * dim + d] / self->counts[w]);
    }
}

/* ---- nested order
 * ------------------------------------------------------------------------------------------------------- */

/* Squared distance, or any value of at least `limit` as soon as it is known to be that. */
static double distance(const float *a, const float *b, uint32_t dim, double limit)
{
    double sum = 0.0;
    for (uint32_t d = 0; d < dim && sum < limit; d += 8u) {
        const uint32_t end = d + 8u < dim ? d + 8u : dim;
        for (uint32_t i = d; i < end; i++) sum += (double)(a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
}

static uint32_t nearest(const float *centres, uint32_t count, const float *x, uint32_t dim)
{
    uint32_t best = 0;
    double best_distance = DBL_MAX;
    for (uint32_t c = 0; c < count; c++) {
        const double d = distance(centres + (size_t)c * dim, x, dim, best_distance);
        if (d < best_distance) {
            best_distance = d;
            best = c;
        }
    }
    return best;
}

static void swap_codewords(trainer *self, uint32_t a, uint32_t b)
{
    const uint32_t dim = self->config->dim;
    for (uint32_t d = 0; d < dim; d++) {
        const float kept = self->centroids[(size_t)a * dim + d];
        self->centroids[(size_t)a * dim + d] = self->centroids[(size_t)b * dim + d];
        self->centroids[(size_t)b * dim + d] = kept;
    }
    const uint32_t kept = self->counts[a];
    self->counts[a] = self->counts[b];
    self->counts[b] = kept;
}

/* Clusters codewords [first, end), weighted by what they won, into `count` centres, starting at the first `count`. */
static void cluster_codewords(const trainer *self, uint32_t first, uint32_t end, uint32_t count, float *centres)
{
    const uint32_t dim = self->config->dim;
    memcpy(centres, self->centroids + (size_t)first * dim, (size_t)count * dim * sizeof *centres);
    for (uint32_t iteration = 0; iteration < NESTING_ITERATIONS; iteration++) {
        double *sums = self->sums; /* count x (dim) and weights fit: count is at most half of codeword_count */
        double *weights = self->sums + (size_t)count * dim;
        memset(sums, 0, (size_t)count * (dim + 1u) * sizeof *sums);
        for (uint32_t w = first; w < end; w++) {
            const float *x = self->centroids + (size_t)w * dim;
            const uint32_t c = nearest(centres, count, x, dim);
            const double weight = self->counts[w] + 1e-3;
            for (uint32_t d = 0; d < dim; d++) sums[(size_t)c * dim + d] += weight * x[d];
            weights[c] += weight;
        }
        for (uint32_t c = 0; c < count; c++) {
            for (uint32_t d = 0; d < dim && weights[c] > 0.0; d++)
                centres[(size_t)c * dim + d] = (float)(sums[(size_t)c * dim + d] / weights[c]);
        }
    }
}

/* Moves the codeword nearest to each centre to the front of [first, end). */
static void bring_medoids_forward(trainer *self, uint32_t first, uint32_t end, uint32_t count, const float *centres)
{
    const uint32_t dim = self->config->dim;
    for (uint32_t c = 0; c < count; c++) {
        const uint32_t at = first + c;
        const uint32_t found =
            at + nearest(self->centroids + (size_t)at * dim, end - at, centres + (size_t)c * dim, dim);
        swap_codewords(self, at, found);
    }
}

static rsd_status nest(trainer *self)
{
    const uint32_t first = first_chosen(self->config), last = end_of_chosen(self->config);
    float *centres = malloc((size_t)self->config->codeword_count * self->config->dim * sizeof *centres);
    if (!centres) return RSD_ERR_MEMORY;
    for (uint32_t size = self->config->codeword_count; size > 2u; size /= 2u) {
        const uint32_t count = size / 2u - first, end = size < last ? size : last;
        if (end <= first + count) continue;
        cluster_codewords(self, first, end, count, centres);
        bring_medoids_forward(self, first, end, count, centres);
    }
    free(centres);
    return RSD_OK;
}

/* ---- the whole
 * ------------------------------------------------------------------------------------------------------------ */

static rsd_status allocate(trainer *self)
{
    const rvq_kmeans_config *config = self->config;
    const size_t entries = (size_t)config->codeword_count * (config->dim + 2u);
    const int8_t any = 0;
    const rsd_rvq_codebook codebook = {
        .dim = config->dim, .codeword_count = config->codeword_count, .scale = 1.0f, .codewords = &any};
    const rsd_rvq_shape shape = {.dim = config->dim, .level_count = 1, .codebook_count = 1, .codebooks = &codebook};
    self->block_bytes = rsd_rvq_size_bytes(&shape);
    if (self->block_bytes == 0u || config->count < config->codeword_count ||
        first_chosen(config) >= end_of_chosen(config))
        return RSD_ERR_ARG;
    self->centroids = calloc(entries, sizeof *self->centroids);
    self->sums = calloc(entries, sizeof *self->sums);
    self->counts = calloc(config->codeword_count, sizeof *self->counts);
    self->winner = calloc(config->count, sizeof *self->winner);
    self->block = base_alloc_64(self->block_bytes);
    return self->centroids && self->sums && self->counts && self->winner && self->block ? RSD_OK : RSD_ERR_MEMORY;
}

static void release(trainer *self)
{
    free(self->centroids);
    free(self->sums);
    free(self->counts);
    free(self->winner);
    free(self->block);
}

static rsd_status run(trainer *self, int8_t *codewords, float *scale)
{
    for (uint32_t w = first_chosen(self->config); w < end_of_chosen(self->config); w++) set_to_random_vector(self, w);
    for (uint32_t i = 0; i < self->config->iteration_count; i++) {
        const rsd_status status = assign(self, codewords, scale);
        if (status != RSD_OK) return status;
        move_centroids(self);
    }
    const rsd_status status = nest(self);
    if (status == RSD_OK) quantise_codebook(self, codewords, scale);
    return status;
}

rsd_status rvq_kmeans(const rvq_kmeans_config *config, int8_t *codewords, float *scale)
{
    trainer self = {.config = config, .random = config->seed * 2u + 1u};
    rsd_status status = allocate(&self);
    if (status == RSD_OK) status = run(&self, codewords, scale);
    release(&self);
    return status;
}
