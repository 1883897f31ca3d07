// SPDX-License-Identifier: MIT
#ifndef RSD_RVQ_H
#define RSD_RVQ_H

#include <residuum/rsd_limits.h>
#include <residuum/rsd_status.h>

#include <stddef.h>
#include <stdint.h>

/*
 * Residual vector quantiser: level 1 codes the latent, every further level codes what the ones before left over. A
 * level is one codebook over the whole latent or several codebooks over neighbouring groups of it (a product code).
 * Codewords are int8 with one scale a codebook, and the search compares integers, so that every machine and kernel
 * picks the same tokens. Method: the residual vector quantiser of SoundStream (arXiv:2107.03312), without its training;
 * product codes: Juang and Gray 1982 (multistage), Jegou, Douze, Schmid 2011.
 *
 * An rsd_rvq is immutable after init: any number of streams and threads may use one.
 */

#define RSD_RVQ_MAX_CODEWORDS 4096u
#define RSD_RVQ_MAX_DIM 1024u

typedef struct rsd_rvq rsd_rvq;

typedef struct {
    uint32_t level;          /* 0-based; codebooks come in order of level, then of `begin` */
    uint32_t begin;          /* first element of the latent that it codes */
    uint32_t dim;            /* elements that it codes */
    uint32_t codeword_count; /* power of two, 2..RSD_RVQ_MAX_CODEWORDS */
    float scale;             /* element = scale * int8; > 0 */
    const int8_t *codewords; /* codeword_count x dim, row-major */
} rsd_rvq_codebook;

typedef struct {
    uint32_t dim;            /* floats in a latent, 1..RSD_RVQ_MAX_DIM */
    uint32_t level_count;    /* 1..RSD_MAX_LEVELS */
    uint32_t codebook_count; /* = sequences, 1..RSD_MAX_SEQUENCES */
    const rsd_rvq_codebook *codebooks;
} rsd_rvq_shape;

/* Bytes that rsd_rvq_init needs; 0 when the shape is out of range. Thread: [any] */
RSD_API size_t rsd_rvq_size_bytes(const rsd_rvq_shape *shape);

/*
 * Builds a quantiser inside `block` (aligned to 64), with the codebooks repacked for the search; shape and codewords
 * are copied and may go. Nothing to destroy: free the block. Returns RSD_ERR_ARG: shape or pointer; RSD_ERR_SIZE: block
 * too small. `*rvq` is written only on RSD_OK. Thread: [setup]   Cost: O(all codewords)
 */
RSD_API RSD_NODISCARD rsd_status rsd_rvq_init(void *block, size_t block_bytes, const rsd_rvq_shape *shape,
                                              rsd_rvq **rvq);

/* First codebook (= sequence) of `level`; of level_count: the number of codebooks. Thread: [any] */
RSD_API RSD_REALTIME uint32_t rsd_rvq_level_begin(const rsd_rvq *rvq, uint32_t level);

/*
 * Codes one level of one latent: for each of its codebooks the nearest of the first 2^codebook_bits codewords, the
 * lowest index on a tie. residual  dim floats, |x| finite: what the levels before left; on return what this one leaves
 * tokens    one entry a codebook of this level
 * Thread: [audio]   Cost: codewords x dim multiply-adds of int8 x int16
 */
RSD_API RSD_REALTIME void rsd_rvq_encode_level(const rsd_rvq *rvq, uint32_t level, uint32_t codebook_bits,
                                               float *residual, int32_t *tokens);

/*
 * Codes a vector with one codebook alone, every codeword taken `scale` (> 0) times: for codecs that choose the codebook
 * of each token themselves. Else as rsd_rvq_encode_level. residual  as many floats as the codebook has elements (its
 * `begin` is not looked at) Returns the token.   Thread: [audio]
 */
RSD_API RSD_REALTIME int32_t rsd_rvq_encode_codebook(const rsd_rvq *rvq, uint32_t codebook, float scale,
                                                     uint32_t codebook_bits, float *residual);

/* Adds gain times the codeword of one codebook to `sum`; tokens as in rsd_rvq_decode_level. Thread: [audio] */
RSD_API RSD_REALTIME void rsd_rvq_decode_codebook(const rsd_rvq *rvq, uint32_t codebook, int32_t token, float gain,
                                                  float *sum);

/*
 * Adds gain times the codewords of one level to `sum` (dim floats). Tokens outside a codebook are wrapped into it
 * (modulo its size); RSD_TOKEN_NONE adds nothing. Thread: [audio]   Cost: dim multiply-adds
 */
RSD_API RSD_REALTIME void rsd_rvq_decode_level(const rsd_rvq *rvq, uint32_t level, const int32_t *tokens, float gain,
                                               float *sum);

#endif
