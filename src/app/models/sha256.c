// SPDX-License-Identifier: MIT
// SHA-256 as FIPS 180-4 has it, names of variables included.
#include "app/models/sha256.h"

#include <stdio.h>
#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, unsigned bits) { return x >> bits | x << (32u - bits); }

static void schedule(const uint8_t block[SHA256_BLOCK_BYTES], uint32_t w[64])
{
    for (unsigned t = 0; t < 16u; t++)
        w[t] = (uint32_t)block[4u * t] << 24 | (uint32_t)block[4u * t + 1u] << 16 | (uint32_t)block[4u * t + 2u] << 8 |
               block[4u * t + 3u];
    for (unsigned t = 16; t < 64u; t++) {
        const uint32_t s0 = rotate(w[t - 15u], 7) ^ rotate(w[t - 15u], 18) ^ w[t - 15u] >> 3;
        const uint32_t s1 = rotate(w[t - 2u], 17) ^ rotate(w[t - 2u], 19) ^ w[t - 2u] >> 10;
        w[t] = s1 + w[t - 7u] + s0 + w[t - 16u];
    }
}

static void add_block(uint32_t state[8], const uint8_t block[SHA256_BLOCK_BYTES])
{
    uint32_t w[64], v[8]; /* v: a to h */
    schedule(block, w);
    memcpy(v, state, sizeof v);
    for (unsigned t = 0; t < 64u; t++) {
        const uint32_t sum1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        const uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        const uint32_t t1 = v[7] + sum1 + choice + K[t] + w[t];
        const uint32_t sum0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        const uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, 7u * sizeof *v);
        v[4] += t1;
        v[0] = t1 + sum0 + majority;
    }
    for (unsigned i = 0; i < 8u; i++) state[i] += v[i];
}

void sha256_start(sha256 *sum)
{
    static const uint32_t START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memset(sum, 0, sizeof *sum);
    memcpy(sum->state, START, sizeof START);
}

void sha256_add(sha256 *sum, const void *data, size_t size_bytes)
{
    const uint8_t *from = data;
    while (size_bytes > 0u) {
        const size_t used = sum->size_bytes % SHA256_BLOCK_BYTES, room = SHA256_BLOCK_BYTES - used;
        const size_t count = size_bytes < room ? size_bytes : room;
        memcpy(sum->block + used, from, count);
        sum->size_bytes += count;
        from += count;
        size_bytes -= count;
        if (count == room) add_block(sum->state, sum->block);
    }
}

void sha256_finish(sha256 *sum, char hex[SHA256_HEX_BYTES])
{
    const uint64_t bits = sum->size_bytes * 8u;
    uint8_t end[SHA256_BLOCK_BYTES + 8u] = {0x80};
    const size_t used = sum->size_bytes % SHA256_BLOCK_BYTES;
    const size_t padding = (used < 56u ? 56u : 120u) - used;
    for (unsigned i = 0; i < 8u; i++) end[padding + i] = (uint8_t)(bits >> (56u - 8u * i));
    sha256_add(sum, end, padding + 8u);
    for (unsigned i = 0; i < 8u; i++) snprintf(hex + 8u * i, 9, "%08x", sum->state[i]);
}
