// SPDX-License-Identifier: MIT
#ifndef HEAP_CALLS_H
#define HEAP_CALLS_H

#include <stddef.h>

/*
 * Sees the heap calls of a program that is built with heap_calls.c, those made inside shared libraries included. Without
 * a sanitizer it takes the allocator's place (glibc's own does the work); with one it asks the sanitizer, which has
 * taken that place already.
 */

/* Heap calls of the calling thread so far, free(NULL) aside. */
size_t heap_calls(void);

/* Is called at each heap call, on its thread, with its name; not under a sanitizer. */
extern void (*heap_call_hook)(const char *name);

#endif
