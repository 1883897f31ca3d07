// SPDX-License-Identifier: MIT
// Blocks that start at a cache line.
#include "base/memory.h"

#include "base/numbers.h"

#include <stdlib.h>
#include <string.h>

void *base_alloc_64(size_t size_bytes)
{
    return size_bytes > 0u ? aligned_alloc(64u, base_round_up_64(size_bytes)) : NULL;
}

void *base_calloc_64(size_t size_bytes)
{
    void *block = base_alloc_64(size_bytes);
    if (block) memset(block, 0, size_bytes);
    return block;
}
