// SPDX-License-Identifier: MIT
// SHA-256 against its published examples.
#include "app/models/sha256.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void check(const void *data, size_t size_bytes, size_t step, const char *expected)
{
    sha256 sum;
    char hex[SHA256_HEX_BYTES];
    sha256_start(&sum);
    for (size_t at = 0; at < size_bytes; at += step)
        sha256_add(&sum, (const char *)data + at, size_bytes - at < step ? size_bytes - at : step);
    sha256_finish(&sum, hex);
    cr_assert_str_eq(hex, expected, "%zu bytes by %zu", size_bytes, step);
}

/* The examples that NIST publishes with FIPS 180. */
Test(sha256, the_published_examples_come_out_whatever_the_pieces)
{
    static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char *many = malloc(1000000);
    memset(many, 'a', 1000000);
    check("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check("abc", 3, 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    for (size_t step = 1; step < 60u; step++)
        check(two, 56, step, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    for (size_t step = 61; step < 1000000u; step *= 7u)
        check(many, 1000000, step, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(many);
}
