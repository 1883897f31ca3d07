// SPDX-License-Identifier: MIT
// Packed codebooks and search kernels.
#ifndef RVQ_INTERNAL_H
#define RVQ_INTERNAL_H

#include <residuum/rsd_rvq.h>

#include <stdbool.h>

/*
 * A packed codebook is cut into blocks of RVQ_BLOCK codewords. Inside a block the elements go pair by pair: for each
 * pair of elements (2p, 2p + 1) the two int8 of codeword 0, the two of codeword 1, ... One multiply-add-pairs
 * instruction then serves as many codewords as a register has 32-bit lanes, and no sum runs across lanes. Odd dims get
 * a zero column, missing codewords of the last block are never chosen.
 */
#define RVQ_BLOCK 16u

typedef struct {
    const int8_t *packed; /* block_count x pair_count x RVQ_BLOCK x 2, aligned to 64 */
    const int32_t *norms; /* sum of squares of each codeword << fraction_bits, aligned to 64; RVQ_RESERVED where never
                             to be chosen */
    uint32_t begin, dim, pair_count;
    uint32_t codeword_count; /* real ones; storage is rounded up to whole blocks */
    float scale;
    float target_scale, target_limit; /* of a target's elements: codeword units << fraction_bits */
} rvq_packed_codebook;

/*
 * Targets are finer than codewords by fraction_bits: rounded to whole codeword units they cost a fine codebook up to 1
 * dB (docs/experiments/014-integer-target.md). Clamped so that norm - 2 <target, codeword> fits 32 bits beside a norm of
 * RVQ_RESERVED (2 x 128 x 127 x 16383 < 2^29, 2 x 1024 x 127 x 4095 < 2^30) and -2 x target fits 16; still four
 * codewords long. Up to RVQ_SHORT_DIM no target lets a reserved codeword win against one of its own direction.
 */
#define RVQ_RESERVED (INT32_MAX / 2)
#define RVQ_SHORT_DIM 128u
static inline uint32_t rvq_fraction_bits(uint32_t dim) { return dim <= RVQ_SHORT_DIM ? 5u : 3u; }
static inline float rvq_target_limit(uint32_t dim) { return dim <= RVQ_SHORT_DIM ? 16383.0f : 4095.0f; }

/*
 * Of the first `count` codewords (whole blocks, or fewer than a block) the one with the least
 * norm - 2 <target, codeword>, lowest index on a tie, in each of RVQ_BLOCK classes: those of equal index modulo
 * RVQ_BLOCK, which lie in the same lane. A class without codewords has INT32_MAX. Targets are within rvq_target_limit.
 * All kernels give the same.
 */
typedef struct {
    int32_t score[RVQ_BLOCK], index[RVQ_BLOCK];
} rvq_nearest;
typedef void (*rvq_search)(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                           rvq_nearest *nearest) RSD_REALTIME;

RSD_REALTIME void rvq_search_portable(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                                      rvq_nearest *nearest);
RSD_REALTIME void rvq_search_sse2(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                                  rvq_nearest *nearest);
RSD_REALTIME void rvq_search_avx2(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                                  rvq_nearest *nearest);
RSD_REALTIME void rvq_search_avx512(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                                    rvq_nearest *nearest);
RSD_REALTIME void rvq_search_avx512_vnni(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                                         rvq_nearest *nearest);
RSD_REALTIME void rvq_search_neon(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                                  rvq_nearest *nearest);

/* The nearest of all, lowest index on a tie. */
static inline uint32_t rvq_nearest_of_all(const rvq_nearest *nearest)
{
    int32_t score = nearest->score[0], index = nearest->index[0];
    for (uint32_t c = 1; c < RVQ_BLOCK; c++) {
        const int32_t s = nearest->score[c], i = nearest->index[c];
        const bool less = s < score || (s == score && i < index);
        score = less ? s : score;
        index = less ? i : index;
    }
    return (uint32_t)index;
}

typedef struct {
    const char *name;
    rvq_search search;
    bool (*supported)(void); /* by this machine and its system */
} rvq_kernel;

/* Those of this architecture, fastest first; the last one is portable. */
extern const rvq_kernel rvq_kernels[];
extern const uint32_t rvq_kernel_count;

/* The fastest kernel here, or the one that the environment variable RESIDUUM_KERNEL names. Thread: [setup] */
const rvq_kernel *rvq_best_kernel(void);

struct rsd_rvq {
    uint32_t dim, level_count, codebook_count;
    uint16_t level_begin[RSD_MAX_LEVELS + 1];
    rvq_search search;
    rvq_packed_codebook codebooks[RSD_MAX_SEQUENCES];
};

/* How many candidates are left where two classes are joined to one (join_classes). */
#define RVQ_JOINED_CLASSES 8u

/* Forces a kernel: for tests and benchmarks that compare them. NULL: the best one here. Thread: [setup] */
void rvq_set_search(rsd_rvq *rvq, rvq_search search);

/* Keeps `codeword` of `codebook` from ever being chosen (a reserved token). Thread: [setup] */
void rvq_reserve_codeword(rsd_rvq *rvq, uint32_t codebook, uint32_t codeword);

#endif
