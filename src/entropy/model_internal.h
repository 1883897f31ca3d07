// SPDX-License-Identifier: MIT
#ifndef ENTROPY_MODEL_INTERNAL_H
#define ENTROPY_MODEL_INTERNAL_H

#include "entropy/model.h"
#include "entropy/tables.h"

#define CHUNK_BITS 4u /* decisions that one slot and one row of weights hold: a tree of 15 nodes */
#define CHUNK_NODES 16u
#define CHUNKS ((ENTROPY_MAX_TOKEN_BITS + CHUNK_BITS - 1u) / CHUNK_BITS)
#define SEEN_BUCKETS 10u /* of how much a context has seen; the last also for regressions */
#define NETWORK_BUCKET SEEN_BUCKETS
#define BUCKETS (SEEN_BUCKETS + 1u)
#define INPUTS (ENTROPY_MAX_CONTEXTS + 2u * (ENTROPY_GROUPS + NETWORKS + ENTROPY_GUESSES))
#define MIXERS (ENTROPY_SELECTORS + 1u)
#define PLACES (CHUNKS * CHUNK_NODES) /* of a decision in a token, as far as mixers know it */

typedef struct {
    uint16_t probability; /* of a 1 */
    uint16_t seen;
} decision_count;

/* 64 bytes: a line of the cache. nodes[0] is the first decision: how much the slot has seen. */
typedef struct {
    uint16_t check, unused;
    decision_count nodes[CHUNK_NODES - 1u];
} context_slot;

/* Weights of one feature, by node. 1 is 65536. */
typedef struct {
    int32_t weights[CHUNK_NODES];
} feature_row;

/* Weights of one mixer, by input and bucket. 1 is 65536. */
typedef struct {
    int32_t weights[INPUTS][BUCKETS];
} mixer_set;

struct entropy_model {
    entropy_tables tables;
    entropy_model_config config;
    context_slot *slots;
    feature_row *rows;
    mixer_set *sets[MIXERS]; /* the first by place, PLACES of them; the others ENTROPY_SELECTOR_SIZE */
    int32_t (*last)[MIXERS]; /* weights of the mixers' mixer, by place */
    entropy_network *network;

    /* Of the token at hand. */
    uint32_t node, place, prefix, input_count; /* prefix: its bits so far behind a 1 */
    context_slot *slot[ENTROPY_MAX_CONTEXTS];
    feature_row *row[ENTROPY_GROUPS][ENTROPY_MAX_FEATURES];
    int32_t input[INPUTS];
    uint8_t bucket[INPUTS];
    int32_t group_probability[ENTROPY_GROUPS];
    mixer_set *set[MIXERS];
    int32_t mixed[MIXERS]; /* logits */
};

#endif
