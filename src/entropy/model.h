// SPDX-License-Identifier: MIT
// An adaptive model of tokens: what it is told of a token's surroundings becomes the probability of every decision down
// the token.
#ifndef ENTROPY_MODEL_H
#define ENTROPY_MODEL_H

#include "entropy/network.h"
#include "entropy/range_coder.h"

/*
 * A token of b bits is b decisions, the most significant first. These speak at each:
 *
 *   contexts     what a hashed context has seen so far at this decision: a probability and how often
 *   regressions  logistic regressions over tokens nearby, each token a feature of its own: what tokens say together,
 *                where no context of all of them was ever seen
 *   networks     small neural networks over the same tokens: network.h
 *   guesses      how far the values are from what the frames before make likely: codewords.h
 *   mixers       weigh the logits of both, by how much each context has seen; several, with weights chosen by different
 *                selectors, are themselves mixed
 *
 * The method is that of context-mixing compressors (M. Mahoney, PAQ; logistic mixing) with regressions and networks. All
 * arithmetic is in whole numbers: the same on every machine. A model is learnt from what it codes, decoder and encoder
 * alike; there is no other training.
 */

#define ENTROPY_MAX_CONTEXTS 24u
#define ENTROPY_GROUPS 4u
#define ENTROPY_MAX_FEATURES 512u
#define ENTROPY_SELECTORS 3u /* beside the decision's own place in the token */
#define ENTROPY_SELECTOR_SIZE 1024u
#define ENTROPY_MAX_TOKEN_BITS 16u
#define ENTROPY_GUESSES 2u
#define ENTROPY_MAX_GUESS_BITS 6u /* of a token that is guessed */
#define ENTROPY_MOST_COST 13u     /* bits that one decision may take */

/* What may be known of a token that is to be coded. Contexts and features are hashes: entropy_hash. */
typedef struct {
    uint32_t bits; /* of the token, 0..ENTROPY_MAX_TOKEN_BITS */
    uint32_t context_count, contexts[ENTROPY_MAX_CONTEXTS];
    uint32_t feature_count[ENTROPY_GROUPS], features[ENTROPY_GROUPS][ENTROPY_MAX_FEATURES];
    uint32_t selectors[ENTROPY_SELECTORS];                 /* each under ENTROPY_SELECTOR_SIZE */
    uint32_t row, input_count, inputs[NETWORK_MAX_INPUTS]; /* of the networks; input_count 0: they are not asked */
    uint32_t input_ends[NETWORKS];                         /* inputs that each of them sees */
    uint32_t guess_count;                                  /* ENTROPY_GUESSES, or 0 */
    int32_t guesses[ENTROPY_GUESSES][2u << ENTROPY_MAX_GUESS_BITS]; /* trees of least distances, as logits, by prefix */
} entropy_view;

typedef struct {
    uint32_t slot_bits, row_bits; /* log2 of how many contexts and features are kept; 64 bytes each; 8..24 */
    uint32_t network_bits;        /* log2 of how many inputs of the networks have a vector; 512 bytes each; 0: 13 */
    uint32_t seen_limit;          /* a count goes on moving by one part in so many; 0, or over 127: 127 */
} entropy_model_config;

typedef struct entropy_model entropy_model;

/* Bytes of the model's block, a multiple of 64. Thread: [any] */
size_t entropy_model_bytes(const entropy_model_config *config);
/* `block`: aligned to 64. The model has seen nothing. Thread: [setup] */
entropy_model *entropy_model_init(void *block, const entropy_model_config *config);
/* Forgets everything, as after init. Thread: [any]   Cost: the block's size */
RSD_REALTIME void entropy_model_restart(entropy_model *model);

/* A hash of two numbers, to be chained. Thread: [any] */
static inline uint32_t entropy_hash(uint32_t a, uint32_t b)
{
    uint32_t h = a * 0x9E3779B1u ^ (b + 0x7F4A7C15u) * 0x85EBCA6Bu;
    h ^= h >> 15;
    h *= 0x2C1B3C6Du;
    return h ^ h >> 12;
}

/*
 * Codes one token (any integer is one: its lowest bits are taken) and learns from it; coder NULL: learns alone. Returns
 * what it cost in bits, of 65536. Thread: [any]   Cost: bits x (contexts + features + mixers)
 */
RSD_REALTIME uint32_t entropy_encode(entropy_model *model, const entropy_view *view, uint32_t token,
                                     range_encoder *coder);
RSD_REALTIME uint32_t entropy_decode(entropy_model *model, const entropy_view *view, range_decoder *coder,
                                     uint32_t *cost);

#endif
