// SPDX-License-Identifier: MIT
// The limits of a codec on this machine: which trials lead to them.
#include "app/stress/search.h"

static bool try_out(const stress_judge *judge, stress_limits *limits, const stress_point *point)
{
    limits->trial_count++;
    return judge->holds(judge->context, point);
}

/* The largest number up to `most` that holds; `*number` is the member of `point` that is tried. 0: none. */
static uint32_t find_most(const stress_judge *judge, stress_limits *limits, stress_point *point, uint32_t *number,
                          uint32_t most)
{
    uint32_t good = 0u, bad = most;
    *number = most; /* on most machines this is all that is asked */
    if (try_out(judge, limits, point)) return most;
    while (bad - good > 1u) {
        *number = good + (bad - good) / 2u;
        if (try_out(judge, limits, point))
            good = *number;
        else
            bad = *number;
    }
    return good;
}

stress_limits stress_search(const stress_judge *judge, const stress_point *most)
{
    stress_limits limits = {0};
    stress_point point = *most;
    point.channel_count = 1u;
    for (point.block_samples = STRESS_LEAST_BLOCK; point.block_samples <= STRESS_MOST_BLOCK;
         point.block_samples *= 2u) {
        if (!try_out(judge, &limits, &point)) continue;
        limits.smallest_block = point.block_samples;
        break;
    }
    if (limits.smallest_block == 0u) return limits;
    limits.most_channels = find_most(judge, &limits, &point, &point.channel_count, most->channel_count);
    if (limits.most_channels == 0u) limits.most_channels = 1u; /* that held a moment ago */
    if (limits.smallest_block == STRESS_LEAST_BLOCK) return limits;
    point.channel_count = 1u;
    point.block_samples = limits.smallest_block / 2u;
    limits.levels_at_half = find_most(judge, &limits, &point, &point.level_count, most->level_count - 1u);
    return limits;
}
