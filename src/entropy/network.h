// SPDX-License-Identifier: MIT
// Small neural networks beside the model's other evidence, in whole numbers.
#ifndef ENTROPY_NETWORK_H
#define ENTROPY_NETWORK_H

#include "entropy/tables.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Networks of one hidden layer. Every token nearby is an input with a vector of its own; their sum through tanh is the
 * hidden layer, which all rows share, and each row has a head for each decision. Sharing the layer is what they add to
 * the regressions: every row's tokens teach it. They begin at random, each otherwise, and learn by gradient descent
 * after each token; several are better than one. Thread of all: [any]; init: [setup]
 */

#define NETWORKS 4u
#define NETWORK_MAX_INPUTS 256u
#define NETWORK_NODES 16u /* decisions of a head: a chunk of the model */

typedef struct entropy_network entropy_network;

/* A multiple of 64. input_bits: log2 of how many inputs have a vector of their own, up to 16. */
size_t entropy_network_bytes(uint32_t input_bits);
/* `block`: aligned to 64. `tables` are borrowed. */
entropy_network *entropy_network_init(void *block, uint32_t input_bits, const entropy_tables *tables);
RSD_REALTIME void entropy_network_restart(entropy_network *network);

/* A token's surroundings, as hashes, the nearest first; each network sees as many as ends[n], up to the maximum. */
RSD_REALTIME void entropy_network_begin(entropy_network *network, const uint32_t *inputs,
                                        const uint32_t ends[NETWORKS]);
/* The head of a row's chunk; `prefix` is the bits before it behind a 1. */
RSD_REALTIME void entropy_network_choose(entropy_network *network, uint32_t row, uint32_t prefix);
/* Logit of a 1 at a node, of each network. */
RSD_REALTIME void entropy_network_ask(entropy_network *network, uint32_t node, int32_t logits[NETWORKS]);
/* What it was, of the node that was asked for last. */
RSD_REALTIME void entropy_network_learn(entropy_network *network, uint32_t node, bool bit);
/* The token is over: its inputs learn. */
RSD_REALTIME void entropy_network_end(entropy_network *network);

#endif
