// SPDX-License-Identifier: MIT
#ifndef BASE_CRC32_H
#define BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 of ISO/IEC 13239 (as zlib and Ethernet have it), continued from `crc`; 0 begins. Thread: [any] */
uint32_t base_crc32(uint32_t crc, const void *data, size_t size_bytes);

#endif
