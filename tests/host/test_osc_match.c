// SPDX-License-Identifier: MIT
// OSC address patterns.
#include "host/osc/internal.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Test(osc_match, patterns_match_part_by_part_as_osc_1_0_says)
{
    static const struct {
        const char *pattern, *address;
        bool matches;
    } rows[] = {
        {"/residuum/mix", "/residuum/mix", true},
        {"/residuum/mi", "/residuum/mix", false},
        {"/residuum/mixx", "/residuum/mix", false},
        {"/residuum/*", "/residuum/mix", true},
        {"/residuum/*", "/residuum/level/1/gain", false},
        {"/residuum/level/*/gain", "/residuum/level/12/gain", true},
        {"/residuum/level/*/gain", "/residuum/level/12/mute", false},
        {"/*/*/*/*", "/residuum/level/12/gain", true},
        {"/*/*/*", "/residuum/level/12/gain", false},
        {"/residuum/m*", "/residuum/mix", true},
        {"/residuum/*x", "/residuum/mix", true},
        {"/residuum/*i*", "/residuum/mix", true},
        {"/residuum/**", "/residuum/mix", true},
        {"/residuum/mix*", "/residuum/mix", true},
        {"/residuum/?i?", "/residuum/mix", true},
        {"/residuum/????", "/residuum/mix", false},
        {"/residuum?mix", "/residuum/mix", false},
        {"/residuum/level/[2-4]/gain", "/residuum/level/3/gain", true},
        {"/residuum/level/[2-4]/gain", "/residuum/level/5/gain", false},
        {"/residuum/level/[!2-4]/gain", "/residuum/level/5/gain", true},
        {"/residuum/level/[!2-4]/gain", "/residuum/level/2/gain", false},
        {"/residuum/level/[135]/gain", "/residuum/level/3/gain", true},
        {"/residuum/level/[13-]/gain", "/residuum/level/-/gain", true},
        {"/residuum/level/[]/gain", "/residuum/level/3/gain", false},
        {"/residuum[/]mix", "/residuum/mix", false},
        {"/residuum/{mix,levels}", "/residuum/levels", true},
        {"/residuum/{mix,levels}", "/residuum/mi", false},
        {"/residuum/{mi,level}{x,s}", "/residuum/levels", true},
        {"/residuum/{,no}mix", "/residuum/mix", true},
        {"/residuum/{mix", "/residuum/mix", false},
        {"/residuum/[m", "/residuum/m", false},
        {"", "/residuum/mix", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert_eq(host_osc_match(rows[i].pattern, rows[i].address), rows[i].matches, "%s and %s", rows[i].pattern,
                     rows[i].address);
}

/* Slow and plain: tries every length for a star. Only * and ?, on short strings. */
static bool match_plainly(const char *p, const char *a)
{
    if (*p == '\0') return *a == '\0';
    if (*p != '*') return *a != '\0' && (*p == *a || (*p == '?' && *a != '/')) && match_plainly(p + 1, a + 1);
    for (;; a++) {
        if (match_plainly(p + 1, a)) return true;
        if (*a == '\0' || *a == '/') return false;
    }
}

Test(osc_match, stars_and_marks_agree_with_trying_every_way)
{
    uint32_t seed = 3u, matched = 0;
    for (int round = 0; round < 20000; round++) {
        char pattern[8], address[8];
        for (int i = 0; i < 7; i++) {
            (void)test_random(&seed);
            pattern[i] = "ab/*?"[(seed >> 16) % 5u];
            address[i] = "ab/"[(seed >> 24) % 3u];
        }
        (void)test_random(&seed);
        pattern[1u + (seed >> 8) % 7u] = '\0';
        address[1u + (seed >> 16) % 7u] = '\0';
        pattern[7] = address[7] = '\0';
        const bool wanted = match_plainly(pattern, address);
        cr_assert_eq(host_osc_match(pattern, address), wanted, "%s and %s", pattern, address);
        matched += wanted;
    }
    cr_assert_gt(matched, 300u, "%u", matched);
}

/* A matcher that tries every way would need longer than the universe has lasted. */
Test(osc_match, sixty_thousand_stars_take_no_longer_than_sixty_thousand_letters, .timeout = 600)
{
    enum { PAIRS = 30000 };
    char *pattern = malloc(2u * PAIRS + 2u);
    cr_assert_not_null(pattern);
    for (int i = 0; i < PAIRS; i++) memcpy(pattern + 2 * i, i % 2 ? "?*" : "**", 2);
    strcpy(pattern + 2 * PAIRS, "!");
    const clock_t start = clock();
    cr_assert_not(host_osc_match(pattern, "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    memset(pattern, '*', 2u * PAIRS);
    pattern[0] = '/';
    cr_assert_not(host_osc_match(pattern, "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    pattern[2 * PAIRS] = 'a';
    cr_assert(host_osc_match(pattern, "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    cr_assert_lt((double)(clock() - start) / CLOCKS_PER_SEC, 2.0);
    free(pattern);
}
