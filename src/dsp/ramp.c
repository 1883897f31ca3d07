// SPDX-License-Identifier: MIT
// Linear ramp. Nothing in this file allocates, locks, logs or makes a system call.
#include <residuum/rsd_dsp.h>

#include <math.h>

void rsd_ramp_init(rsd_ramp *ramp, float value, uint32_t ramp_samples)
{
    ramp->value = value;
    ramp->target = value;
    ramp->step = 0.0f;
    ramp->remaining_samples = 0u;
    ramp->ramp_samples = ramp_samples < (uint32_t)INT32_MAX ? ramp_samples : (uint32_t)INT32_MAX;
}

void rsd_ramp_set(rsd_ramp *ramp, float target)
{
    // Setting the same target again, as a caller does once a block, must not start over: the ramp would never arrive.
    if (!isfinite(target) || target == ramp->target) return;
    ramp->target = target;
    if (ramp->ramp_samples == 0u) {
        ramp->value = target;
        return;
    }
    ramp->step = (target - ramp->value) / (float)ramp->ramp_samples;
    ramp->remaining_samples = ramp->ramp_samples;
}

bool rsd_ramp_next(rsd_ramp *ramp, float *values, uint32_t sample_count)
{
    const float target = ramp->target, step = ramp->step;
    const uint32_t moving = sample_count < ramp->remaining_samples ? sample_count : ramp->remaining_samples;
    // Counted back from the end, not added up: no cut into blocks changes a rounding, and the last value is the target.
    const int32_t to_go = (int32_t)ramp->remaining_samples - 1;
    for (uint32_t i = 0; i < moving; i++) values[i] = target - step * (float)(to_go - (int32_t)i);
    for (uint32_t i = moving; i < sample_count; i++) values[i] = target;
    if (moving == 0u) return false;
    ramp->remaining_samples -= moving;
    ramp->value = values[moving - 1u];
    return true;
}
