// SPDX-License-Identifier: MIT
// The networks in a block of the caller's, laid out.
#include "entropy/network_internal.h"

#include "base/numbers.h"

#include <string.h>

static size_t vector_bytes(uint32_t input_bits) { return sizeof(network_vector) << input_bits; }

size_t entropy_network_bytes(uint32_t input_bits)
{
    return base_round_up_64(sizeof(entropy_network)) + vector_bytes(input_bits) +
           base_round_up_64(HEADS * sizeof(network_head));
}

entropy_network *entropy_network_init(void *block, uint32_t input_bits, const entropy_tables *tables)
{
    entropy_network *self = block;
    memset(self, 0, sizeof *self);
    self->tables = tables;
    self->input_bits = input_bits;
    self->vectors = (network_vector *)((char *)block + base_round_up_64(sizeof *self));
    self->heads = (network_head *)((char *)self->vectors + vector_bytes(input_bits));
    entropy_network_restart(self);
    return self;
}
