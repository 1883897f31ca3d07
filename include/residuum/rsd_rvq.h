// SPDX-License-Identifier: MIT
#ifndef RSD_RVQ_H
#define RSD_RVQ_H

#include <residuum/rsd_limits.h>
#include <residuum/rsd_status.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Residual vector quantiser. Level 1 codes a vector, every further level codes what the ones before left over. A level
 * has one codebook over the whole vector, or several over neighbouring groups of it (a product code). Codewords are
 * int8 with one scale a codebook, and the search compares integers, so that every machine and every search kernel
 * picks the same tokens. From examples/rvq.c:
 *
 *   const size_t size_bytes = rsd_rvq_size_bytes(&shape);
 *   void *block = aligned_alloc(64, size_bytes);
 *   if (!block || rsd_rvq_init(block, size_bytes, &shape, &rvq) != RSD_OK) return 1;
 *   rsd_rvq_encode_level(rvq, level, 16, residual, &token);
 *   rsd_rvq_decode_level(rvq, level, &token, 1.0f, sum);
 *   free(block);
 *
 * A quantiser is immutable after init: any number of streams and threads may use one. Calls that cannot fail check
 * nothing: their levels and codebooks must be there.
 * Method: the residual vector quantiser of SoundStream (arXiv:2107.03312), without its training; multistage codes: Juang
 * and Gray 1982; product codes: Jegou, Douze, Schmid 2011.
 */

#define RSD_RVQ_MAX_CODEWORDS 4096u
#define RSD_RVQ_MAX_DIM 1024u

typedef struct rsd_rvq rsd_rvq;

typedef struct {
    uint32_t level;          /* 0-based. Codebooks come in order of level, and no level is left out */
    uint32_t begin;          /* first element of the vector that it codes */
    uint32_t dim;            /* elements that it codes, 1 or more; begin + dim is at most the vector's dim */
    uint32_t codeword_count; /* a power of two, 2..RSD_RVQ_MAX_CODEWORDS */
    float scale;             /* an element is scale times the int8; over 1e-20 and under 1e20 */
    const int8_t *codewords; /* codeword_count x dim, row-major */
} rsd_rvq_codebook;

typedef struct {
    uint32_t dim;            /* floats in a vector, 1..RSD_RVQ_MAX_DIM */
    uint32_t level_count;    /* 1..RSD_MAX_LEVELS; each level has a codebook at least */
    uint32_t codebook_count; /* 1..RSD_MAX_SEQUENCES; one token a codebook */
    const rsd_rvq_codebook *codebooks;
} rsd_rvq_shape;

/*
 * Size of a quantiser's memory.
 *
 * Returns  bytes for rsd_rvq_init, a multiple of 64; 0 where the shape is out of range
 * Thread   [any]
 */
RSD_API size_t rsd_rvq_size_bytes(const rsd_rvq_shape *shape);

/*
 * Builds a quantiser, with its codebooks repacked for the search. There is nothing to destroy: free the block.
 *
 * block        aligned to 64
 * block_bytes  rsd_rvq_size_bytes at least
 * shape        copied with all of its codewords: they may go afterwards
 * rvq          gets the quantiser, which lies in the block
 * Errors       RSD_ERR_ARG: shape, pointer or alignment; RSD_ERR_SIZE: the block is too small
 * Thread       [setup]
 * Cost         O(all codewords)
 */
RSD_API RSD_NODISCARD rsd_status rsd_rvq_init(void *block, size_t block_bytes, const rsd_rvq_shape *shape,
                                              rsd_rvq **rvq);

/*
 * Where a level's codebooks begin. Those of `level` are the ones from rsd_rvq_level_begin(rvq, level) to
 * rsd_rvq_level_begin(rvq, level + 1) - 1.
 *
 * level    0..level_count; more is taken as level_count
 * Returns  index of its first codebook; for level_count the number of codebooks
 * Thread   [audio], [any]
 */
RSD_API RSD_REALTIME uint32_t rsd_rvq_level_begin(const rsd_rvq *rvq, uint32_t level);

/*
 * Codes one level of a vector: for each of its codebooks the nearest codeword, the lowest index on a tie.
 *
 * level          0..level_count - 1
 * codebook_bits  0..16: only the first 2^codebook_bits codewords of a codebook are searched
 * residual       dim finite floats, what the levels before left; on return, what this one leaves
 * tokens         gets one token for each codebook of the level
 * Thread         [audio]
 * Cost           codewords x dim multiply-adds of int8 x int16
 */
RSD_API RSD_REALTIME void rsd_rvq_encode_level(const rsd_rvq *rvq, uint32_t level, uint32_t codebook_bits,
                                               float *residual, int32_t *tokens);

/*
 * Codes a vector with one codebook alone, its codewords scaled once more: for codecs that choose the codebook of each
 * token themselves. Otherwise as rsd_rvq_encode_level.
 *
 * codebook       0..codebook_count - 1
 * scale          over 0: every codeword is taken so many times
 * codebook_bits  0..16, as above
 * residual       as many floats as the codebook has elements: its `begin` is not looked at
 * Returns        the token
 * Thread         [audio]
 */
RSD_API RSD_REALTIME int32_t rsd_rvq_encode_codebook(const rsd_rvq *rvq, uint32_t codebook, float scale,
                                                     uint32_t codebook_bits, float *residual);

/*
 * Adds a codeword of one codebook to a vector.
 *
 * codebook  0..codebook_count - 1
 * token     one outside of the codebook is wrapped into it (modulo its size); RSD_TOKEN_NONE adds nothing
 * gain      times the codeword
 * sum       as many floats as the codebook has elements
 * Thread    [audio]
 * Cost      dim multiply-adds
 */
RSD_API RSD_REALTIME void rsd_rvq_decode_codebook(const rsd_rvq *rvq, uint32_t codebook, int32_t token, float gain,
                                                  float *sum);

/*
 * Adds the codewords of one level to a vector.
 *
 * level   0..level_count - 1
 * tokens  one for each codebook of the level, as for rsd_rvq_decode_codebook
 * gain    times the codewords
 * sum     dim floats
 * Thread  [audio]
 * Cost    dim multiply-adds
 */
RSD_API RSD_REALTIME void rsd_rvq_decode_level(const rsd_rvq *rvq, uint32_t level, const int32_t *tokens, float gain,
                                               float *sum);

#ifdef __cplusplus
}
#endif

#endif
