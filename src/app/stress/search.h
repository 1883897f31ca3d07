// SPDX-License-Identifier: MIT
#ifndef APP_STRESS_SEARCH_H
#define APP_STRESS_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

/* What is tried: a codec as it would run in live. */
typedef struct {
    const char *codec; /* name or path */
    uint32_t sample_rate_hz, block_samples, channel_count, level_count;
} stress_point;

/* Whether the machine holds it; false also where it cannot be tried. */
typedef struct {
    bool (*holds)(void *context, const stress_point *point);
    void *context;
} stress_judge;

#define STRESS_LEAST_BLOCK 16u
#define STRESS_MOST_BLOCK 2048u
#define STRESS_MAX_CHANNELS 8u

/* What one codec can do here. 0: not even the easiest of them. */
typedef struct {
    uint32_t smallest_block; /* with all levels, mono */
    uint32_t most_channels;  /* in blocks of that size, with all levels */
    uint32_t levels_at_half; /* in blocks of half that size, mono; 0 where that is under STRESS_LEAST_BLOCK, too */
    uint32_t trial_count;
} stress_limits;

/*
 * Finds the limits by trials. The smallest block goes up from STRESS_LEAST_BLOCK by twos, as a trial that fails ends at
 * its first late callback; channels and levels are found by halving. Thread: [control]
 */
stress_limits stress_search(const stress_judge *judge, const stress_point *most);

#endif
