// SPDX-License-Identifier: MIT
#ifndef APP_MODELS_SHA256_H
#define APP_MODELS_SHA256_H

#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256 (FIPS 180-4), to compare files with sums that are published.
 *
 *   sha256 sum;
 *   char hex[SHA256_HEX_BYTES];
 *   sha256_start(&sum);
 *   sha256_add(&sum, data, size_bytes); // as often as there is data
 *   sha256_finish(&sum, hex);
 */

#define SHA256_BLOCK_BYTES 64u
#define SHA256_HEX_BYTES 65u /* digits in lower case, and the zero */

typedef struct {
    uint32_t state[8];
    uint64_t size_bytes;
    uint8_t block[SHA256_BLOCK_BYTES]; /* what does not fill a block yet */
} sha256;

void sha256_start(sha256 *sum);
void sha256_add(sha256 *sum, const void *data, size_t size_bytes);
void sha256_finish(sha256 *sum, char hex[SHA256_HEX_BYTES]);

#endif
