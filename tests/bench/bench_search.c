// SPDX-License-Identifier: MIT
// Cases of the benchmark: codebook searches.
#include "bench.h"

#include "rvq/rvq_internal.h"
#include "support/signals.h"

#include <stdio.h>
#include <stdlib.h>

/* Codebook search over seeded random codebooks: the largest of live-128 and smaller ones. */

#define MOST_LEVELS 12u
#define MOST_DIM 128u
#define MOST_CODEWORDS 1024u

typedef struct {
    uint32_t codeword_count, dim, level_count;
    const rvq_kernel *kernel; /* NULL: the one in use */
} search_shape;

static search_shape open_shape;
static rsd_rvq *rvq;
static void *block;

static bool open_search(const bench_sound *sound)
{
    static int8_t codewords[MOST_CODEWORDS * MOST_DIM];
    open_shape = *(const search_shape *)bench_argument;
    rsd_rvq_codebook codebooks[MOST_LEVELS];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof codewords; i++) codewords[i] = (int8_t)(test_random(&seed) >> 24);
    /* Each level is half the size of the one before. */
    for (uint32_t level = 0; level < open_shape.level_count; level++)
        codebooks[level] = (rsd_rvq_codebook){.level = level,
                                              .dim = open_shape.dim,
                                              .codeword_count = open_shape.codeword_count,
                                              .scale = 0.002f / (float)(1u << level),
                                              .codewords = codewords};
    const rsd_rvq_shape shape = {.dim = open_shape.dim,
                                 .level_count = open_shape.level_count,
                                 .codebook_count = open_shape.level_count,
                                 .codebooks = codebooks};
    const size_t bytes = rsd_rvq_size_bytes(&shape);
    block = aligned_alloc(64, (bytes + 63u) / 64u * 64u);
    if (!sound || !block || rsd_rvq_init(block, bytes, &shape, &rvq) != RSD_OK) return false;
    rvq_set_search(rvq, open_shape.kernel ? open_shape.kernel->search : NULL);
    return true;
}

static void step_search(const bench_sound *sound, size_t index)
{
    float residual[MOST_DIM];
    int32_t token;
    const float *from = bench_block(sound, index, MOST_DIM);
    for (uint32_t i = 0; i < open_shape.dim; i++) residual[i] = from[i];
    for (uint32_t level = 0; level < open_shape.level_count; level++)
        rsd_rvq_encode_level(rvq, level, 16u, residual, &token);
}

static void close_search(void) { free(block); }

#define MOST_CASES 32u

/* One more case; its shape and name stay. */
static void add_case(bench_case *cases, size_t *count, size_t most, search_shape shape)
{
    static search_shape shapes[MOST_CASES];
    static char names[MOST_CASES][64];
    if (*count >= most || *count >= MOST_CASES) return;
    char *name = names[*count];
    if (shape.kernel)
        snprintf(name, sizeof *names, "RVQ search %u x %u, %s", shape.codeword_count, shape.dim, shape.kernel->name);
    else
        snprintf(name, sizeof *names, "RVQ %u levels %u x %u", shape.level_count, shape.codeword_count, shape.dim);
    shapes[*count] = shape;
    cases[*count] = (bench_case){
        .name = name, .open = open_search, .step = step_search, .close = close_search, .argument = &shapes[*count]};
    (*count)++;
}

size_t bench_search_cases(bench_case *cases, size_t most)
{
    static const uint32_t sizes[][2] = {{1024, 128}, {1024, 32}, {256, 10}};
    size_t count = 0;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (uint32_t k = 0; k < rvq_kernel_count; k++) {
            if (rvq_kernels[k].supported())
                add_case(cases, &count, most, (search_shape){sizes[s][0], sizes[s][1], 1, &rvq_kernels[k]});
        }
        add_case(cases, &count, most, (search_shape){sizes[s][0], sizes[s][1], MOST_LEVELS, NULL});
    }
    return count;
}
