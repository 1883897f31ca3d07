// SPDX-License-Identifier: MIT
// Blocks that start at a cache line.
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* A block of at least size_bytes, aligned to 64, for free(). NULL: no memory, or 0 bytes. Thread: [setup] */
void *base_alloc_64(size_t size_bytes);
/* The same, filled with zeros. Thread: [setup] */
void *base_calloc_64(size_t size_bytes);

#endif
