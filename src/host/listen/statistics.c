// SPDX-License-Identifier: MIT
// Statistics of listening tests: binomial tail and interval, and Wald's sequential test.
#include "host/listen/statistics.h"

#include <math.h>
#include <string.h>

#define HALVINGS 60 /* of an interval of 1: down to the last bit of a double, nearly */

static double log_factorial(uint32_t n)
{
    double sum = 0.0;
    for (uint32_t i = 2; i <= n; i++) sum += log((double)i);
    return sum;
}

static double term(uint32_t count, uint32_t right, double p)
{
    const double ways = log_factorial(count) - log_factorial(right) - log_factorial(count - right);
    return exp(ways + right * log(p) + (count - right) * log1p(-p));
}

double host_binomial_tail(uint32_t count, uint32_t right, double p)
{
    double sum = 0.0;
    if (right == 0u) return 1.0;
    if (right > count || p <= 0.0) return 0.0;
    if (p >= 1.0) return 1.0;
    for (uint32_t k = count; k >= right; k--) sum += term(count, k, p); /* small terms first, mostly */
    return sum < 1.0 ? sum : 1.0;
}

/* The share at which `right` or more have this chance: it rises with the share. */
static double share_for(uint32_t count, uint32_t right, double chance)
{
    double low = 0.0, high = 1.0;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = 0.5 * (low + high);
        if (host_binomial_tail(count, right, middle) < chance)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

void host_binomial_interval(uint32_t count, uint32_t right, double confidence, double *low, double *high)
{
    const double outside = 0.5 * (1.0 - confidence);
    *low = right == 0u ? 0.0 : share_for(count, right, outside);
    *high = right >= count ? 1.0 : share_for(count, right + 1u, 1.0 - outside);
}

host_sprt_verdict host_sprt_judge(const host_sprt *test, uint32_t count, uint32_t right)
{
    const double ratio = right * log(test->heard_share / 0.5) + (count - right) * log((1.0 - test->heard_share) / 0.5);
    if (ratio >= log((1.0 - test->miss_chance) / test->false_chance)) return HOST_SPRT_HEARD;
    if (ratio <= log(test->miss_chance / (1.0 - test->false_chance))) return HOST_SPRT_NOT_HEARD;
    return count >= test->most_trials ? HOST_SPRT_UNDECIDED : HOST_SPRT_GOES_ON;
}

/* The chance of every number of right answers among the tests that still go on, trial by trial. */
double host_sprt_chance(const host_sprt *test, double p, host_sprt_verdict verdict)
{
    double going[HOST_SPRT_MOST_TRIALS + 2u] = {1.0}, next[HOST_SPRT_MOST_TRIALS + 2u], sum = 0.0;
    const uint32_t most = test->most_trials < HOST_SPRT_MOST_TRIALS ? test->most_trials : HOST_SPRT_MOST_TRIALS;
    for (uint32_t count = 1; count <= most; count++) {
        memset(next, 0, sizeof next);
        for (uint32_t right = 0; right < count; right++) {
            next[right] += going[right] * (1.0 - p);
            next[right + 1u] += going[right] * p;
        }
        for (uint32_t right = 0; right <= count; right++) {
            const host_sprt_verdict found = host_sprt_judge(test, count, right);
            if (found == verdict) sum += next[right];
            if (found != HOST_SPRT_GOES_ON) next[right] = 0.0;
        }
        memcpy(going, next, sizeof going);
    }
    return sum;
}
