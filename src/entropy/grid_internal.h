// SPDX-License-Identifier: MIT
#ifndef ENTROPY_GRID_INTERNAL_H
#define ENTROPY_GRID_INTERNAL_H

#include "entropy/grid.h"

#define GRID_UNKNOWN (-1)

typedef struct {
    int32_t token;
    int32_t cost; /* of 65536 bits */
} grid_entry;

struct entropy_grid {
    entropy_grid_config config;
    grid_entry *entries; /* frame_capacity x row_count */
    int32_t *sums;       /* of the known codewords of each frame: frame_capacity x their dimensions */
};

#endif
