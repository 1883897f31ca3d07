// SPDX-License-Identifier: MIT
#ifndef HOST_LISTEN_STATISTICS_H
#define HOST_LISTEN_STATISTICS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What so many right answers of so many say: the binomial distribution summed term by term, the exact interval of C. J.
 * Clopper and E. S. Pearson (Biometrika 26, 1934), and the sequential probability ratio test of A. Wald (Annals of
 * Mathematical Statistics 16, 1945). Thread of all: [any]
 */

/* Chance of `right` or more of `count` where each is right with chance `p`. 1 where `right` is 0. */
double host_binomial_tail(uint32_t count, uint32_t right, double p);

/* The interval that holds the true share of right answers with at least `confidence` (0.95). */
void host_binomial_interval(uint32_t count, uint32_t right, double confidence, double *low, double *high);

/*
 * Wald's test of guessing (a share of 1/2 is right) against a share of `heard_share`. It ends with HEARD when the
 * likelihood ratio is over (1 - miss_chance) / false_chance, with NOT_HEARD when it is under miss_chance / (1 -
 * false_chance), and UNDECIDED after `most_trials`. Both chances bound the test that never stops; the stop adds no false
 * HEARD, as it decides nothing.
 */
typedef struct {
    double heard_share;               /* over 0.5, under 1 */
    double false_chance, miss_chance; /* of HEARD where it is guessed, of NOT_HEARD where it is heard */
    uint32_t most_trials;
} host_sprt;
typedef enum { HOST_SPRT_GOES_ON, HOST_SPRT_HEARD, HOST_SPRT_NOT_HEARD, HOST_SPRT_UNDECIDED } host_sprt_verdict;

#define HOST_SPRT_MOST_TRIALS 200u

host_sprt_verdict host_sprt_judge(const host_sprt *test, uint32_t count, uint32_t right);
/* Exact chance that the test ends with `verdict` where answers are right with chance `p`. Cost: most_trials squared */
double host_sprt_chance(const host_sprt *test, double p, host_sprt_verdict verdict);

#endif
