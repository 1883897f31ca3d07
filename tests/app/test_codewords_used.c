// SPDX-License-Identifier: MIT
// The codewords that `residuum analyze` says are used: of drawn tokens, whose number is known.
#include "app/analyze/usage.h"
#include "support/signals.h"

#include <criterion/criterion.h>
#include <math.h>

#define FRAMES_PER_S 375u /* live-128 at 48 kHz */
#define SEQUENCES 6u      /* level 1 has the first four, level 2 the others */
#define CODEWORDS 1024u

static uint32_t next_random(uint32_t *seed) { return test_random(seed) >> 10; }

/* Every codeword alike; or half of the tokens one codeword, a quarter the next, and so on. */
static int32_t even_token(uint32_t *seed) { return (int32_t)(next_random(seed) % CODEWORDS); }
static int32_t halving_token(uint32_t *seed)
{
    int32_t token = 0;
    while (token < 30 && next_random(seed) & 64u) token++;
    return token;
}

static rsd_codec_info make_info(void)
{
    rsd_codec_info info = {.sample_rate_hz = 48000, .hop_samples = 128, .level_count = 3, .sequence_count = SEQUENCES};
    for (uint32_t q = 0; q < SEQUENCES; q++) info.sequence_codewords[q] = CODEWORDS;
    info.level_sequence_end[0] = 4;
    info.level_sequence_end[1] = info.level_sequence_end[2] = SEQUENCES;
    return info;
}

/* Of `frames` frames, each told `repeats` times to every channel: what lasts, and what two channels have in common. */
static double codewords_of(int32_t (*draw)(uint32_t *), uint32_t frames, uint32_t repeats, uint32_t channels,
                           uint32_t level, uint32_t seed)
{
    const rsd_codec_info info = make_info();
    analyze_usage *usage = analyze_usage_create(&info, channels);
    cr_assert_not_null(usage);
    rsd_token_frame frame;
    for (uint32_t f = 0; f < frames; f++) {
        for (uint32_t q = 0; q < SEQUENCES && f % repeats == 0u; q++) frame.tokens[q] = draw(&seed);
        for (uint32_t c = 0; c < channels; c++) analyze_usage_take(usage, c, &frame);
    }
    const double codewords = analyze_usage_codewords(usage, level);
    analyze_usage_destroy(usage);
    return codewords;
}

/* An estimate's error at 1 s is a seventh: 6 draws are averaged. */
static double mean_codewords(int32_t (*draw)(uint32_t *), uint32_t seconds, uint32_t repeats, uint32_t channels,
                             uint32_t level)
{
    double sum = 0.0;
    for (uint32_t seed = 1; seed <= 6u; seed++)
        sum += codewords_of(draw, seconds * FRAMES_PER_S, repeats, channels, level, 977u * seed) / 6.0;
    return sum;
}

Test(codewords_used, of_drawn_tokens_are_those_drawn_from_at_any_length)
{
    static const uint32_t seconds[] = {1, 2, 5, 60};
    for (size_t s = 0; s < 4u; s++) {
        for (uint32_t level = 0; level < 2u; level++) {
            const double even = mean_codewords(even_token, seconds[s], 1u, 1u, level);
            const double halving = mean_codewords(halving_token, seconds[s], 1u, 1u, level);
            cr_assert_float_eq(even, CODEWORDS, 0.08 * CODEWORDS, "level %u, %u s: %g of %u", level + 1u, seconds[s],
                               even, CODEWORDS);
            cr_assert_float_eq(halving, 3.0, 0.1, "level %u, %u s: %g of 3", level + 1u, seconds[s], halving);
        }
    }
}

/* Both channels the same, and every token five frames long: pairs of neighbours and of channels do not count. */
Test(codewords_used, what_lasts_and_what_channels_share_does_not_make_short_sounds_poorer)
{
    const double brief = mean_codewords(even_token, 4u, 5u, 2u, 0u);
    const double lasting = mean_codewords(even_token, 60u, 5u, 2u, 0u);
    cr_assert_float_eq(brief, CODEWORDS, 0.1 * CODEWORDS, "4 s: %g", brief);
    cr_assert_float_eq(lasting, CODEWORDS, 0.1 * CODEWORDS, "60 s: %g", lasting);
}

static int32_t no_token(uint32_t *seed)
{
    (void)seed;
    return RSD_TOKEN_NONE;
}
static int32_t beyond_the_codebook(uint32_t *seed) { return (int32_t)(next_random(seed) | CODEWORDS); }
static int32_t same_token(uint32_t *seed)
{
    (void)seed;
    return 7;
}

Test(codewords_used, where_nothing_can_be_told_it_is_no_number)
{
    cr_assert(isnan(codewords_of(no_token, 1000u, 1u, 1u, 0u, 1u)), "a level that is off");
    cr_assert(isnan(codewords_of(beyond_the_codebook, 1000u, 1u, 1u, 0u, 1u)), "tokens out of the codebook");
    cr_assert(isnan(codewords_of(same_token, 38u, 1u, 1u, 0u, 1u)), "a sound of a tenth of a second");
    cr_assert(isnan(codewords_of(even_token, 1000u, 1u, 1u, 2u, 1u)), "a level without sequences");
    cr_assert_eq(codewords_of(same_token, 50u, 1u, 1u, 0u, 1u), 1.0);
}
