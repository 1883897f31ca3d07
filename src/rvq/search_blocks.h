// SPDX-License-Identifier: MIT
// Loop over the blocks of a codebook, for kernels of 128 and 256 bits.
#ifndef RVQ_SEARCH_BLOCKS_H
#define RVQ_SEARCH_BLOCKS_H

#include "rvq/rvq_internal.h"

/*
 * The loop that the vector kernels share. A kernel includes its intrinsics and defines, before it includes this:
 *
 *   SEARCH_LANES              32-bit lanes of a register; SEARCH_MOST_BLOCKS: blocks searched at once, 1, 2 or 4
 *   search_lanes              that many int32; search_pair: two elements of the target, as search_add_block wants them
 *   search_pair_at(elements)  reads a pair
 *   search_fill(x), search_load(from), search_store(to, lanes), search_add(a, b)
 *   search_add_block(sums, packed, pair)  adds the products of one pair with a block's 16 codewords
 *   search_keep_less(best, best_index, score, index)  where score < best: takes both
 *
 * Sums start at the norms and the target is multiplied by -2 once: what comes out of the inner loop is the score. Each
 * pair of the target is read once for several blocks, whose sums stay in registers.
 */
#define SEARCH_VECTORS (RVQ_BLOCK / SEARCH_LANES)

/*
 * `lanes` are worked out here, not later: a compiler that moves the sums of an unrolled loop behind all of its products
 * runs out of registers (a fifth more instructions). SEARCH_EMULATED (tests): vectors are no registers; nor are they
 * under AddressSanitizer, which would look at each in memory.
 */
#if defined(SEARCH_EMULATED) || defined(__SANITIZE_ADDRESS__)
#define SEARCH_PIN(lanes) ((void)(lanes))
#elif defined(__AVX512F__)
#define SEARCH_PIN(lanes) __asm__("" : "+v"(lanes))
#elif defined(__x86_64__)
#define SEARCH_PIN(lanes) __asm__("" : "+x"(lanes))
#else
#define SEARCH_PIN(lanes) __asm__("" : "+w"(lanes))
#endif

#define SEARCH_INLINE static inline __attribute__((always_inline))

/* Scores of `blocks` neighbouring blocks. `blocks` is a constant at every call, so that `scores` needs no memory. */
SEARCH_INLINE void search_score_blocks(const rvq_packed_codebook *codebook, const int16_t *weights, uint32_t first,
                                       const uint32_t blocks, const uint32_t pair_count, search_lanes *scores)
{
    const size_t block_bytes = (size_t)pair_count * RVQ_BLOCK * 2u;
    const int8_t *packed = codebook->packed + first / RVQ_BLOCK * block_bytes;
    for (uint32_t v = 0; v < blocks * SEARCH_VECTORS; v++)
        scores[v] = search_load(codebook->norms + first + v * SEARCH_LANES);
    for (uint32_t p = 0; p < pair_count; p++, packed += RVQ_BLOCK * 2u) {
        const search_pair pair = search_pair_at(weights + 2u * p);
        for (uint32_t b = 0; b < blocks; b++)
            search_add_block(scores + b * SEARCH_VECTORS, packed + b * block_bytes, pair);
        for (uint32_t v = 0; v < blocks * SEARCH_VECTORS; v++) SEARCH_PIN(scores[v]);
    }
}

SEARCH_INLINE void search_by_blocks(const rvq_packed_codebook *codebook, const int16_t *weights, uint32_t count,
                                    const uint32_t blocks, const uint32_t pair_count, rvq_nearest *nearest)
{
    search_lanes best[SEARCH_VECTORS], best_block[SEARCH_VECTORS], block = search_fill(0);
    for (uint32_t v = 0; v < SEARCH_VECTORS; v++) {
        best[v] = search_fill(INT32_MAX);
        best_block[v] = search_fill(0);
    }
    for (uint32_t first = 0; first < count; first += blocks * RVQ_BLOCK) {
        search_lanes scores[SEARCH_MOST_BLOCKS * SEARCH_VECTORS];
        search_score_blocks(codebook, weights, first, blocks, pair_count, scores);
        for (uint32_t b = 0; b < blocks; b++) {
            for (uint32_t v = 0; v < SEARCH_VECTORS; v++)
                search_keep_less(&best[v], &best_block[v], scores[b * SEARCH_VECTORS + v], block);
            block = search_add(block, search_fill((int32_t)RVQ_BLOCK));
        }
    }
    for (uint32_t v = 0; v < SEARCH_VECTORS; v++) {
        search_store(nearest->score + v * SEARCH_LANES, best[v]);
        search_store(nearest->index + v * SEARCH_LANES, best_block[v]);
    }
    for (int32_t c = 0; c < (int32_t)RVQ_BLOCK; c++) nearest->index[c] += c;
}

/* As many blocks at once, up to `most_blocks`, as count is whole multiples of. */
SEARCH_INLINE void search_pairs(const rvq_packed_codebook *codebook, const int16_t *weights, uint32_t count,
                                const uint32_t most_blocks, const uint32_t pair_count, rvq_nearest *nearest)
{
    if (most_blocks >= 4u && count % (4u * RVQ_BLOCK) == 0u)
        search_by_blocks(codebook, weights, count, 4u, pair_count, nearest);
    else if (count % (2u * RVQ_BLOCK) == 0u)
        search_by_blocks(codebook, weights, count, 2u, pair_count, nearest);
    else
        search_by_blocks(codebook, weights, count, 1u, pair_count, nearest);
}

/* Two blocks where so many pairs, in registers, and the sums of four blocks would not lie in 14 of 16. */
SEARCH_INLINE uint32_t search_blocks_with(const uint32_t pairs)
{
    const uint32_t fit = 4u * SEARCH_VECTORS + pairs <= 14u ? 4u : 2u;
    return fit < SEARCH_MOST_BLOCKS ? fit : SEARCH_MOST_BLOCKS;
}

/* Few codewords, or a count that ends inside a block, are not worth a kernel of their own. */
SEARCH_INLINE void search_least(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                                rvq_nearest *nearest)
{
    if (count % RVQ_BLOCK) {
        rvq_search_portable(codebook, target, count, nearest);
        return;
    }
    int16_t weights[RSD_RVQ_MAX_DIM];
    for (uint32_t i = 0; i < 2u * codebook->pair_count; i++) weights[i] = (int16_t)(-2 * target[i]);
    /* The sub-bands and envelopes of `live`: loops of a known length have no branches, and the pairs stay in registers.
     */
    if (codebook->pair_count == 4u)
        search_pairs(codebook, weights, count, search_blocks_with(4u), 4u, nearest);
    else if (codebook->pair_count == 7u)
        search_pairs(codebook, weights, count, search_blocks_with(7u), 7u, nearest);
    else if (codebook->pair_count == 8u)
        search_pairs(codebook, weights, count, search_blocks_with(8u), 8u, nearest);
    else
        search_pairs(codebook, weights, count, SEARCH_MOST_BLOCKS, codebook->pair_count, nearest);
}

#endif
