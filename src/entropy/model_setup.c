// SPDX-License-Identifier: MIT
// The model in a block of the caller's, laid out.
#include "entropy/model_internal.h"

#include "base/numbers.h"

#include <string.h>

#define USUAL_NETWORK_BITS 13u /* 4 MB */

static size_t slot_bytes(const entropy_model_config *config) { return sizeof(context_slot) << config->slot_bits; }
static size_t row_bytes(const entropy_model_config *config) { return sizeof(feature_row) << config->row_bits; }
static uint32_t network_bits(const entropy_model_config *config)
{
    return config->network_bits > 0u ? config->network_bits : USUAL_NETWORK_BITS;
}
static size_t set_count(uint32_t mixer) { return mixer == 0u ? PLACES : ENTROPY_SELECTOR_SIZE; }

static size_t set_bytes(void)
{
    size_t bytes = 0;
    for (uint32_t m = 0; m < MIXERS; m++) bytes += base_round_up_64(set_count(m) * sizeof(mixer_set));
    return bytes;
}

size_t entropy_model_bytes(const entropy_model_config *config)
{
    return base_round_up_64(sizeof(entropy_model)) + slot_bytes(config) + row_bytes(config) + set_bytes() +
           base_round_up_64(PLACES * MIXERS * sizeof(int32_t)) + entropy_network_bytes(network_bits(config));
}

entropy_model *entropy_model_init(void *block, const entropy_model_config *config)
{
    entropy_model *self = block;
    char *at = (char *)block + base_round_up_64(sizeof *self);
    memset(self, 0, sizeof *self);
    self->config = *config;
    entropy_tables_init(&self->tables);
    self->slots = (context_slot *)at;
    at += slot_bytes(config);
    self->rows = (feature_row *)at;
    at += row_bytes(config);
    for (uint32_t m = 0; m < MIXERS; m++) {
        self->sets[m] = (mixer_set *)at;
        at += base_round_up_64(set_count(m) * sizeof(mixer_set));
    }
    self->last = (int32_t(*)[MIXERS])at;
    at += base_round_up_64(PLACES * MIXERS * sizeof(int32_t));
    self->network = entropy_network_init(at, network_bits(config), &self->tables);
    entropy_model_restart(self);
    return self;
}
