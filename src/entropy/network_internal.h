// SPDX-License-Identifier: MIT
#ifndef ENTROPY_NETWORK_INTERNAL_H
#define ENTROPY_NETWORK_INTERNAL_H

#include "entropy/network.h"

#define HIDDEN 32u
#define UNITS (NETWORKS * HIDDEN) /* of all networks, one after the other */
#define HEADS 256u                /* the first ROW_HEADS for first chunks, by row */
#define ROW_HEADS 64u

/* Weights; 1 is 65536. */
typedef struct {
    int32_t units[UNITS];
} network_vector;

typedef struct {
    network_vector nodes[NETWORK_NODES];
    int32_t bias[NETWORK_NODES][NETWORKS];
} network_head;

struct entropy_network {
    const entropy_tables *tables;
    uint32_t input_bits;
    network_vector *vectors; /* 1 << input_bits */
    network_head *heads;     /* HEADS */

    /* Of the token at hand. */
    uint32_t ends[NETWORKS], inputs[NETWORK_MAX_INPUTS];
    network_head *head;
    int32_t hidden[UNITS];   /* tanh; 1 is 32768 */
    int32_t gradient[UNITS]; /* of the hidden units, over the decisions so far */
    int32_t probability[NETWORKS];
};

#endif
