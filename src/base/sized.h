// SPDX-License-Identifier: MIT
// Structs of the interface that may be of another size for the program than for the library: see rsd_version.h.
#ifndef BASE_SIZED_H
#define BASE_SIZED_H

#include <string.h>

/*
 * Copies a struct into one of another version: what both know is copied, what only `to` knows is 0.
 *
 * to_bytes    size of `to` for whoever owns it
 * from_bytes  size of `from` for whoever owns it
 * Thread      [any]
 */
static inline void base_sized_copy(void *to, size_t to_bytes, const void *from, size_t from_bytes)
{
    const size_t known = to_bytes < from_bytes ? to_bytes : from_bytes;
    memcpy(to, from, known);
    memset((char *)to + known, 0, to_bytes - known);
}

#endif
