// SPDX-License-Identifier: MIT
// Decisions through the range coder and back, and what they cost.
#include "entropy/range_coder.h"

#include "support/signals.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#define DECISIONS 200000u

static uint32_t probability_of(uint32_t *seed)
{
    static const uint32_t ends[] = {1, 65535, 32768, 16, 65520};
    const uint32_t choice = test_between(seed, 0, 9);
    return choice < 5u ? ends[choice] : test_between(seed, 1, 65535);
}

Test(range_coder, decisions_come_back_at_the_cost_of_their_entropy)
{
    uint8_t *bytes = malloc(DECISIONS);
    range_encoder encoder;
    range_decoder decoder;
    double bits = 0.0;
    uint32_t seed = 1;
    cr_assert_not_null(bytes);
    range_encoder_init(&encoder, bytes, DECISIONS);
    for (uint32_t i = 0; i < DECISIONS; i++) {
        const uint32_t p = probability_of(&seed);
        const bool bit = test_between(&seed, 0, 65535) < p;
        bits -= log2((bit ? p : 65536u - p) / 65536.0);
        range_encode(&encoder, bit, p);
    }
    range_encoder_flush(&encoder);
    cr_assert(encoder.size_bytes < bits / 8.0 * 1.0001 + 8.0, "%zu bytes of %f", encoder.size_bytes, bits / 8.0);
    seed = 1;
    range_decoder_init(&decoder, bytes, encoder.size_bytes);
    for (uint32_t i = 0; i < DECISIONS; i++) {
        const uint32_t p = probability_of(&seed);
        const bool bit = test_between(&seed, 0, 65535) < p;
        cr_assert_eq(range_decode(&decoder, p), bit, "decision %u", i);
    }
    cr_assert_not(range_decoder_is_spent(&decoder));
    free(bytes);
}

/* Short messages end in every way that a range can have; what stands behind them is not theirs. */
Test(range_coder, a_flush_names_the_message_in_few_bytes)
{
    for (uint32_t first = 1; first < 3000u; first++) {
        uint8_t bytes[64];
        range_encoder encoder;
        range_decoder decoder;
        uint32_t seed = first;
        const uint32_t count = test_between(&seed, 0, 40);
        range_encoder_init(&encoder, bytes, sizeof bytes);
        for (uint32_t i = 0; i < count; i++) range_encode(&encoder, test_between(&seed, 0, 1), 32768);
        range_encoder_flush(&encoder);
        cr_assert_leq(encoder.size_bytes, (count + 7u) / 8u + 1u);
        seed = first;
        (void)test_between(&seed, 0, 40);
        range_decoder_init(&decoder, bytes, encoder.size_bytes);
        for (uint32_t i = 0; i < count; i++) cr_assert_eq(range_decode(&decoder, 32768), test_between(&seed, 0, 1));
        cr_assert_not(range_decoder_is_spent(&decoder), "%u decisions in %zu bytes", count, encoder.size_bytes);
        for (uint32_t i = 0; i < 48u; i++) (void)range_decode(&decoder, 32768);
        cr_assert(range_decoder_is_spent(&decoder), "%u decisions and 48 more", count);
    }
}

Test(range_coder, what_has_no_room_is_counted_and_not_written)
{
    uint8_t bytes[4] = {1, 2, 3, 4};
    range_encoder encoder;
    range_encoder_init(&encoder, bytes, 2);
    for (uint32_t i = 0; i < 100u; i++) range_encode(&encoder, i & 1u, 32768);
    range_encoder_flush(&encoder);
    cr_assert(encoder.size_bytes >= 12u && bytes[2] == 3u && bytes[3] == 4u);
}
