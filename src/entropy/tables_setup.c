// SPDX-License-Identifier: MIT
// The tables, computed alike on every machine.
#include "entropy/tables.h"

/*
 * e^x by its series, for |x| <= 12. Sums, products and quotients alone: they are rounded alike on every machine (IEEE
 * 754, no contraction), where exp of libm may not be.
 */
static double exponential(double x)
{
    double sum = 1.0, term = 1.0;
    const double part = x / 1024.0;
    for (int i = 1; i < 8; i++) {
        term *= part / i;
        sum += term;
    }
    for (int i = 0; i < 10; i++) sum *= sum;
    return sum;
}

static void init_squash(entropy_tables *tables)
{
    for (int32_t i = 0; i < ENTROPY_SQUASH_COUNT; i++) {
        const double logit = (double)i * ENTROPY_SQUASH_STEP / ENTROPY_LOGIT_ONE - 12.0;
        const double exact = ENTROPY_ONE / (1.0 + exponential(-logit));
        const int32_t rounded = (int32_t)(exact + 0.5);
        tables->squash[i] = rounded < 1 ? 1 : rounded > ENTROPY_ONE - 1 ? ENTROPY_ONE - 1 : rounded;
    }
}

/* The least logit whose probability is at least that of the middle of an entry. */
static void init_stretch(entropy_tables *tables)
{
    const int32_t width = ENTROPY_ONE / ENTROPY_STRETCH_COUNT;
    int32_t logit = -ENTROPY_LOGIT_MAX;
    for (int32_t i = 0; i < ENTROPY_STRETCH_COUNT; i++) {
        const int32_t middle = i * width + width / 2;
        while (logit < ENTROPY_LOGIT_MAX && entropy_squash(tables, logit) < middle) logit++;
        tables->stretch[i] = logit;
    }
}

void entropy_tables_init(entropy_tables *tables)
{
    init_squash(tables);
    init_stretch(tables);
    for (int32_t n = 0; n < ENTROPY_RATE_COUNT; n++) tables->rate[n] = ENTROPY_ONE * 10 / (n * 10 + 16);
}
