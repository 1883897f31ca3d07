// SPDX-License-Identifier: MIT
// Training of one codebook.
#ifndef RVQ_TRAIN_H
#define RVQ_TRAIN_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Training of one codebook. Allocates; [setup] only. Results depend on the input and the seed, not on the thread count.
 */

typedef struct {
    const float *vectors; /* first element of the first vector's group */
    size_t stride;        /* floats from one vector to the next */
    size_t count;         /* vectors, at least codeword_count */
    uint32_t dim;
    uint32_t codeword_count; /* power of two */
    uint32_t iteration_count;
    uint64_t seed;
    uint32_t thread_count; /* 0: one a core, 8 at most */
    bool reserve_first;    /* codeword 0 is all zeros and never chosen */
    uint32_t reserve_last; /* so many at the end likewise */
} rvq_kmeans_config;

/*
 * k-means (Lloyd 1982) whose assignment step searches the int8 codebook that will ship, with the kernel that will run.
 * The codewords are then put in an order whose power-of-two prefixes are good codebooks too (codebook_bits), each
 * prefix being the medoids of a clustering of the next longer one. codewords  codeword_count x dim int8 are written;
 * scale: one float
 */
RSD_NODISCARD rsd_status rvq_kmeans(const rvq_kmeans_config *config, int8_t *codewords, float *scale);

/* xorshift64* (Vigna 2016): seeded order of training vectors. State must not be 0. */
uint64_t rvq_random(uint64_t *state);

#endif
