// SPDX-License-Identifier: MIT
// The grid in a block of the caller's.
#include "entropy/grid_internal.h"

#include "base/numbers.h"

static size_t entry_bytes(const entropy_grid_config *config)
{
    return base_round_up_64((size_t)config->frame_capacity * config->row_count * sizeof(grid_entry));
}

static size_t sum_bytes(const entropy_grid_config *config)
{
    return base_round_up_64((size_t)config->frame_capacity * config->dim * sizeof(int32_t));
}

size_t entropy_grid_bytes(const entropy_grid_config *config)
{
    return base_round_up_64(sizeof(entropy_grid)) + entry_bytes(config) + sum_bytes(config);
}

entropy_grid *entropy_grid_init(void *block, const entropy_grid_config *config)
{
    entropy_grid *self = block;
    self->config = *config;
    self->entries = (grid_entry *)((char *)block + base_round_up_64(sizeof *self));
    self->sums = (int32_t *)((char *)self->entries + entry_bytes(config));
    entropy_grid_restart(self);
    return self;
}
