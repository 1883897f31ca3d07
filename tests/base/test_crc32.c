// SPDX-License-Identifier: MIT
// The CRC-32 against its published check value.
#include "base/crc32.h"

#include <criterion/criterion.h>

/* The check value that every catalogue of CRCs states, in one piece and in two. */
Test(crc32, of_123456789_is_the_published_one)
{
    cr_assert_eq(base_crc32(0, "123456789", 9), 0xCBF43926u);
    cr_assert_eq(base_crc32(base_crc32(0, "1234", 4), "56789", 5), 0xCBF43926u);
    cr_assert_eq(base_crc32(0, "", 0), 0u);
}
