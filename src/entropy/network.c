// SPDX-License-Identifier: MIT
// Forward and back. Nothing here allocates or can fail, and every number is whole.
#include "entropy/network_internal.h"

#include "base/numbers.h"
#include "entropy/model.h"

#include <string.h>

#define WEIGHT_LIMIT (1 << 25) /* 512: far over any that helps; sums stay in their range whatever is coded */

/* By network, of 65536: how far vectors and heads move, and how large vectors are at first. */
static const int32_t vector_rates[NETWORKS] = {1311, 3277, 1311, 1311};
static const int32_t head_rates[NETWORKS] = {1311, 655, 1311, 1311};
static const int32_t first_sizes[NETWORKS] = {19661, 6554, 19661, 19661};

static int32_t bounded(int64_t weight)
{
    if (weight > WEIGHT_LIMIT) return WEIGHT_LIMIT;
    return weight < -WEIGHT_LIMIT ? -WEIGHT_LIMIT : (int32_t)weight;
}

void entropy_network_restart(entropy_network *network)
{
    memset(network->heads, 0, HEADS * sizeof *network->heads);
    for (uint32_t v = 0; v < 1u << network->input_bits; v++)
        for (uint32_t u = 0; u < UNITS; u++) {
            const int32_t noise = (int32_t)(entropy_hash(v, u) >> 15) - ENTROPY_ONE; /* -1..1 */
            network->vectors[v].units[u] = (int32_t)((int64_t)noise * first_sizes[u / HIDDEN] / ENTROPY_ONE);
        }
}

/* Sum of the vectors that one network sees. */
static void add_vectors(entropy_network *network, uint32_t n, const uint32_t *inputs, int32_t sum[UNITS])
{
    for (uint32_t i = 0; i < network->ends[n]; i++) {
        network->inputs[i] = inputs[i] >> (32u - network->input_bits);
        const int32_t *units = network->vectors[network->inputs[i]].units;
        /* 256 inputs of 2^25 would be over the range: a quarter of each. */
        for (uint32_t u = n * HIDDEN; u < (n + 1u) * HIDDEN; u++) sum[u] += units[u] / 4;
    }
}

void entropy_network_begin(entropy_network *network, const uint32_t *inputs, const uint32_t ends[NETWORKS])
{
    int32_t sum[UNITS] = {0};
    for (uint32_t n = 0; n < NETWORKS; n++) {
        network->ends[n] = base_min_u32(ends[n], NETWORK_MAX_INPUTS);
        add_vectors(network, n, inputs, sum);
    }
    for (uint32_t u = 0; u < UNITS; u++) {
        /* tanh x is 2 / (1 + e^-2x) - 1. */
        const int32_t logit = entropy_clamp_logit((int64_t)sum[u] * 8 / (ENTROPY_ONE / ENTROPY_LOGIT_ONE));
        network->hidden[u] = entropy_squash(network->tables, logit) - ENTROPY_ONE / 2;
        network->gradient[u] = 0;
    }
}

void entropy_network_choose(entropy_network *network, uint32_t row, uint32_t prefix)
{
    const uint32_t other = ROW_HEADS + entropy_hash(row, prefix) % (HEADS - ROW_HEADS);
    network->head = &network->heads[prefix == 1u && row < ROW_HEADS ? row : other];
}

void entropy_network_ask(entropy_network *network, uint32_t node, int32_t logits[NETWORKS])
{
    const network_head *head = network->head;
    for (uint32_t n = 0; n < NETWORKS; n++) {
        int64_t sum = (int64_t)head->bias[node][n] * (ENTROPY_ONE / 2);
        for (uint32_t u = n * HIDDEN; u < (n + 1u) * HIDDEN; u++)
            sum += (int64_t)head->nodes[node].units[u] * network->hidden[u];
        logits[n] = entropy_clamp_logit(sum / ((int64_t)(ENTROPY_ONE / 2) * (ENTROPY_ONE / ENTROPY_LOGIT_ONE)));
        network->probability[n] = entropy_squash(network->tables, logits[n]);
    }
}

void entropy_network_learn(entropy_network *network, uint32_t node, bool bit)
{
    network_head *head = network->head;
    for (uint32_t n = 0; n < NETWORKS; n++) {
        const int32_t error = (bit ? ENTROPY_ONE : 0) - network->probability[n];
        const int32_t step = (int32_t)((int64_t)error * head_rates[n] / ENTROPY_ONE);
        head->bias[node][n] = bounded((int64_t)head->bias[node][n] + step);
        for (uint32_t u = n * HIDDEN; u < (n + 1u) * HIDDEN; u++) {
            int32_t *weight = &head->nodes[node].units[u];
            network->gradient[u] = bounded(network->gradient[u] + (int64_t)error * *weight / ENTROPY_ONE);
            *weight = bounded(*weight + (int64_t)step * network->hidden[u] / (ENTROPY_ONE / 2));
        }
    }
}

void entropy_network_end(entropy_network *network)
{
    int32_t step[UNITS];
    for (uint32_t u = 0; u < UNITS; u++) {
        const int64_t h = network->hidden[u], slope = ENTROPY_ONE / 2 - h * h / (ENTROPY_ONE / 2);
        const int64_t moved = network->gradient[u] * slope / (ENTROPY_ONE / 2);
        step[u] = (int32_t)(moved * vector_rates[u / HIDDEN] / ENTROPY_ONE);
    }
    for (uint32_t n = 0; n < NETWORKS; n++)
        for (uint32_t i = 0; i < network->ends[n]; i++) {
            int32_t *units = network->vectors[network->inputs[i]].units;
            for (uint32_t u = n * HIDDEN; u < (n + 1u) * HIDDEN; u++) units[u] = bounded((int64_t)units[u] + step[u]);
        }
}
