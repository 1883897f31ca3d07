// SPDX-License-Identifier: MIT
// What the networks learn, and that they stay in their ranges.
#include "entropy/network.h"

#include "base/memory.h"
#include "entropy/model.h"
#include "support/signals.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static entropy_tables tables;

static entropy_network *make_network(void **block)
{
    entropy_tables_init(&tables);
    *block = base_alloc_64(entropy_network_bytes(13));
    cr_assert_not_null(*block);
    return entropy_network_init(*block, 13, &tables);
}

/* One token of one decision with two inputs; what each network said before it learnt. */
static void teach(entropy_network *network, uint32_t a, uint32_t b, bool bit, int32_t logits[NETWORKS])
{
    const uint32_t inputs[3] = {entropy_hash(0, 7), entropy_hash(1, a), entropy_hash(2, b)};
    static const uint32_t ends[NETWORKS] = {3, 3, 3, 3};
    entropy_network_begin(network, inputs, ends);
    entropy_network_choose(network, 0, 1);
    entropy_network_ask(network, 1, logits);
    entropy_network_learn(network, 1, bit);
    entropy_network_end(network);
}

/* No sum over single inputs can say when exactly one of two is set. */
Test(network, learns_what_no_sum_of_its_inputs_says)
{
    void *block;
    entropy_network *network = make_network(&block);
    uint32_t seed = 2, right[NETWORKS] = {0};
    for (uint32_t i = 0; i < 61000u; i++) {
        const uint32_t a = test_between(&seed, 0, 1), b = test_between(&seed, 0, 1);
        int32_t logits[NETWORKS];
        teach(network, a, b, a != b, logits);
        for (uint32_t n = 0; n < NETWORKS && i >= 60000u; n++) right[n] += (logits[n] > 0) == (a != b);
    }
    for (uint32_t n = 0; n < NETWORKS; n++) cr_assert_gt(right[n], 980u, "network %u: %u of 1000", n, right[n]);
    free(block);
}

/* Driven as hard as can be, its numbers stay in their ranges (the sanitizers look), and a restart forgets it all. */
Test(network, is_bounded_and_forgets)
{
    void *block;
    entropy_network *network = make_network(&block);
    int32_t first[NETWORKS], again[NETWORKS], logits[NETWORKS];
    uint32_t inputs[NETWORK_MAX_INPUTS], ends[NETWORKS];
    for (uint32_t n = 0; n < NETWORKS; n++) ends[n] = NETWORK_MAX_INPUTS + n; /* more are taken as the most */
    teach(network, 0, 1, true, first);
    teach(network, 0, 1, true, first);
    for (uint32_t i = 0; i < NETWORK_MAX_INPUTS; i++) inputs[i] = i << 24;
    for (uint32_t i = 0; i < 3000u; i++) {
        entropy_network_begin(network, inputs, ends);
        entropy_network_choose(network, i % 80u, 1u + i % 3u);
        entropy_network_ask(network, 1, logits);
        for (uint32_t n = 0; n < NETWORKS; n++) cr_assert(abs(logits[n]) <= ENTROPY_LOGIT_MAX);
        entropy_network_learn(network, 1, logits[0] < 0); /* always what it did not say */
        entropy_network_end(network);
    }
    entropy_network_restart(network);
    teach(network, 0, 1, true, again);
    teach(network, 0, 1, true, again);
    cr_assert_arr_eq(first, again, sizeof first);
    free(block);
}
