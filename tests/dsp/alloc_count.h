// SPDX-License-Identifier: MIT
#ifndef ALLOC_COUNT_H
#define ALLOC_COUNT_H

/*
 * Counts the heap calls of the calling thread, those made inside shared libraries included. Include it in exactly one
 * file of a test program: without a sanitizer it replaces malloc and its kin (glibc's own do the work), with one it
 * asks the sanitizer, which has replaced them already.
 */
#include <stddef.h>
#include <stdlib.h>

static _Thread_local size_t alloc_calls;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));

static void alloc_on_malloc(const volatile void *block, size_t bytes)
{
    (void)block, (void)bytes;
    alloc_calls++;
}

static void alloc_on_free(const volatile void *block)
{
    if (block) alloc_calls++;
}

static inline size_t alloc_count(void)
{
    static int installed;
    if (!installed) installed = __sanitizer_install_malloc_and_free_hooks(alloc_on_malloc, alloc_on_free);
    return alloc_calls;
}
#else
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *block);

void *malloc(size_t bytes)
{
    alloc_calls++;
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    alloc_calls++;
    return __libc_calloc(count, bytes);
}

void *realloc(void *block, size_t bytes)
{
    alloc_calls++;
    return __libc_realloc(block, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    alloc_calls++;
    return __libc_memalign(alignment, bytes);
}

void free(void *block)
{
    if (block) alloc_calls++;
    __libc_free(block);
}

static inline size_t alloc_count(void) { return alloc_calls; }
#endif

#endif
