// SPDX-License-Identifier: MIT
// The tables against the functions that they hold.
#include "entropy/tables.h"

#include <criterion/criterion.h>
#include <math.h>

Test(tables, are_the_logistic_function_and_its_inverse)
{
    static entropy_tables t;
    entropy_tables_init(&t);
    int32_t last = 0;
    for (int32_t logit = -ENTROPY_LOGIT_MAX; logit <= ENTROPY_LOGIT_MAX; logit += 7) {
        const int32_t p = entropy_squash(&t, logit);
        const double exact = 65536.0 / (1.0 + exp(-(double)logit / ENTROPY_LOGIT_ONE));
        cr_assert(fabs(p - exact) < 1.6, "logit %d: %d, not %f", logit, p, exact);
        cr_assert(p >= last && p > 0 && p < 65536, "logit %d", logit);
        last = p;
    }
    for (uint32_t p = 64; p < 65472; p += 16) {
        const double exact = log((p + 8.0) / (65528.0 - p)) * ENTROPY_LOGIT_ONE;
        cr_assert(fabs(entropy_stretch(&t, p) - exact) < 70.0 + fabs(exact) / 100.0, "probability %u", p);
    }
}

Test(tables, cost_is_the_logarithm)
{
    for (uint32_t p = 1; p <= 65536u; p++)
        cr_assert(fabs(entropy_cost(p) / 65536.0 + log2(p / 65536.0)) < 4e-5, "probability %u: %u", p, entropy_cost(p));
    cr_assert(entropy_cost(65536) == 0u && entropy_cost(32768) == 65536u && entropy_cost(1) == 16u << 16);
}
