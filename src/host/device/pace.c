// SPDX-License-Identifier: MIT
// Nothing in this file allocates, locks, logs or makes a system call.
#include "host/device/pace.h"

#define WINDOWS_PER_S 4u
#define LEAST_BLOCKS 4u /* a device's blocks come in twos and threes */
#define NS_PER_S 1000000000u
#define FAR_AHEAD_NS 100000000u /* more than devices hand over at once, and a block */

void host_pace_init(host_pace *pace, uint32_t sample_rate_hz)
{
    *pace = (host_pace){.sample_rate_hz = sample_rate_hz, .is_fast = true};
}

static void begin_window(host_pace *pace, uint64_t now_ns)
{
    pace->start_ns = now_ns;
    pace->sample_count = 0u;
    pace->block_count = 0u;
}

bool host_pace_update(host_pace *pace, uint64_t now_ns, uint32_t sample_count)
{
    const uint64_t lasted_ns = pace->sample_count * NS_PER_S / pace->sample_rate_hz, took_ns = now_ns - pace->start_ns;
    const uint64_t block_ns = (uint64_t)sample_count * NS_PER_S / pace->sample_rate_hz;
    if (!pace->has_begun) {
        pace->has_begun = true;
        begin_window(pace, now_ns);
    } else if (took_ns + FAR_AHEAD_NS + block_ns < lasted_ns) {
        pace->is_fast = true;
        begin_window(pace, now_ns);
    } else if (pace->sample_count >= pace->sample_rate_hz / WINDOWS_PER_S && pace->block_count >= LEAST_BLOCKS) {
        pace->is_fast = took_ns < lasted_ns / 4u * 3u;
        begin_window(pace, now_ns);
    }
    pace->sample_count += sample_count;
    pace->block_count++;
    return pace->is_fast;
}
