// SPDX-License-Identifier: MIT
// The allocator of a run, by -Wl,--wrap: memory is taken from one block and never given back, so that every run has the
// same addresses, and no address means two things in one run.
#include "weak/weak_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES (64u << 20)
#define ALIGNMENT 64u

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

static char arena[ARENA_BYTES] __attribute__((aligned(ALIGNMENT)));
static size_t used;
static bool is_on;

void weak_memory_begin(void)
{
    used = 0u;
    is_on = true;
}

void weak_memory_end(void) { is_on = false; }

static void *take(size_t size)
{
    const size_t rounded = (size + ALIGNMENT - 1u) & ~(size_t)(ALIGNMENT - 1u);
    if (rounded > sizeof arena - used) {
        fprintf(stderr, "a run has no more memory\n");
        exit(2);
    }
    void *block = arena + used;
    used += rounded;
    return block;
}

void *__wrap_malloc(size_t size) { return is_on ? take(size) : __real_malloc(size); }

void *__wrap_calloc(size_t count, size_t size)
{
    return is_on ? memset(take(count * size), 0, count * size) : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    if (!is_on) return __real_realloc(block, size);
    void *more = take(size);
    if (block) memmove(more, block, size); /* what lies behind a block of the arena may be read */
    return more;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return is_on && alignment <= ALIGNMENT ? take(size) : __real_aligned_alloc(alignment, size);
}

void __wrap_free(void *block)
{
    if ((char *)block >= arena && (char *)block < arena + sizeof arena) return;
    if (!is_on) __real_free(block); /* of before the run: it stays */
}
