// SPDX-License-Identifier: MIT
// Probabilities and logits in whole numbers, the same on every machine. Thread of all: [any]
#ifndef ENTROPY_TABLES_H
#define ENTROPY_TABLES_H

#include <residuum/rsd_status.h>

#include <stdint.h>

/* A probability: of 65536. A logit, ln(p / (1 - p)): of 4096, from -ENTROPY_LOGIT_MAX to ENTROPY_LOGIT_MAX. */
#define ENTROPY_ONE 65536
#define ENTROPY_LOGIT_ONE 4096
#define ENTROPY_LOGIT_MAX (12 * ENTROPY_LOGIT_ONE - 1)

#define ENTROPY_SQUASH_STEP 32 /* logit between two entries */
#define ENTROPY_SQUASH_COUNT (2 * 12 * ENTROPY_LOGIT_ONE / ENTROPY_SQUASH_STEP + 1)
#define ENTROPY_STRETCH_COUNT 4096
#define ENTROPY_RATE_COUNT 256

typedef struct {
    int32_t squash[ENTROPY_SQUASH_COUNT];
    int32_t stretch[ENTROPY_STRETCH_COUNT];
    int32_t rate[ENTROPY_RATE_COUNT]; /* of 65536: how far a count moves when it has seen so many */
} entropy_tables;

void entropy_tables_init(entropy_tables *tables);

static inline int32_t entropy_clamp_logit(int64_t logit)
{
    if (logit > ENTROPY_LOGIT_MAX) return ENTROPY_LOGIT_MAX;
    return logit < -ENTROPY_LOGIT_MAX ? -ENTROPY_LOGIT_MAX : (int32_t)logit;
}

/* Probability of a logit in range, between two entries of the table. */
static inline int32_t entropy_squash(const entropy_tables *tables, int32_t logit)
{
    const uint32_t at = (uint32_t)(logit + ENTROPY_LOGIT_MAX + 1), part = at % ENTROPY_SQUASH_STEP;
    const int32_t *entry = &tables->squash[at / ENTROPY_SQUASH_STEP];
    return entry[0] + (entry[1] - entry[0]) * (int32_t)part / ENTROPY_SQUASH_STEP;
}

/* Logit of a probability, 0..65535. */
static inline int32_t entropy_stretch(const entropy_tables *tables, uint32_t probability)
{
    return tables->stretch[probability / (ENTROPY_ONE / ENTROPY_STRETCH_COUNT)];
}

/* Bits that something of this probability (1..65536) costs, of 65536. */
RSD_REALTIME uint32_t entropy_cost(uint32_t probability);

#endif
