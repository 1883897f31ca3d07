// SPDX-License-Identifier: MIT
// Counts calls of the allocator.
#include "support/heap_calls.h"

#include <stdlib.h>

static _Thread_local size_t calls;
void (*heap_call_hook)(const char *name);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));

static void on_malloc(const volatile void *block, size_t bytes)
{
    (void)block, (void)bytes;
    calls++;
}

static void on_free(const volatile void *block)
{
    if (block) calls++;
}

size_t heap_calls(void)
{
    static int installed;
    if (!installed) installed = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    return calls;
}
#else
#define EXPORT __attribute__((visibility("default")))

/* glibc's allocator by its other names: dlsym may itself allocate, so the allocator cannot be looked up by it. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

size_t heap_calls(void) { return calls; }

static void note(const char *name, int counts)
{
    calls += counts ? 1u : 0u;
    if (heap_call_hook) heap_call_hook(name);
}

EXPORT void *malloc(size_t size)
{
    note("malloc", 1);
    return __libc_malloc(size);
}

EXPORT void *calloc(size_t count, size_t size)
{
    note("calloc", 1);
    return __libc_calloc(count, size);
}

EXPORT void *realloc(void *block, size_t size)
{
    note("realloc", 1);
    return __libc_realloc(block, size);
}

EXPORT void free(void *block)
{
    note("free", block != NULL);
    __libc_free(block);
}

EXPORT void *memalign(size_t alignment, size_t size);
EXPORT void *memalign(size_t alignment, size_t size)
{
    note("memalign", 1);
    return __libc_memalign(alignment, size);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    note("aligned_alloc", 1);
    return __libc_memalign(alignment, size);
}

EXPORT int posix_memalign(void **block, size_t alignment, size_t size)
{
    note("posix_memalign", 1);
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : 12; /* ENOMEM */
}
#endif
