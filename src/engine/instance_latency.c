// SPDX-License-Identifier: MIT
// What an instance's latency is made of. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/instance_internal.h"

#include "base/numbers.h"

/* Codec samples as engine samples, rounded to the nearest. */
static uint32_t at_engine_rate(uint64_t codec_samples, const rsd_codec_info *info, uint32_t engine_rate_hz)
{
    return (uint32_t)((codec_samples * engine_rate_hz + info->sample_rate_hz / 2u) / info->sample_rate_hz);
}

engine_instance_latency engine_instance_plan_latency(const rsd_codec_info *info, uint32_t engine_rate_hz,
                                                     rsd_schedule schedule, uint32_t in_delay, uint32_t out_delay)
{
    engine_instance_latency plan = {0};
    const uint32_t threaded_hop = schedule == RSD_SCHEDULE_THREADED ? info->hop_samples : 0u;
    plan.codec_samples = at_engine_rate(info->latency_samples, info, engine_rate_hz);
    plan.schedule_samples = at_engine_rate(threaded_hop, info, engine_rate_hz);
    if (info->sample_rate_hz != engine_rate_hz) {
        /* The sum is whole at the engine's rate when it is a multiple of codec rate / gcd at the codec's. */
        const uint32_t step = info->sample_rate_hz / base_gcd_u32(info->sample_rate_hz, engine_rate_hz);
        const uint32_t sum = in_delay + info->latency_samples + threaded_hop;
        const uint32_t missing = (step - sum % step) % step;
        plan.align_samples = missing <= ENGINE_INSTANCE_ALIGN_MAX_SAMPLES ? missing : 0u;
        plan.prefill_samples = (engine_rate_hz + info->sample_rate_hz - 1u) / info->sample_rate_hz;
        plan.total_samples =
            at_engine_rate((uint64_t)sum + plan.align_samples, info, engine_rate_hz) + out_delay + plan.prefill_samples;
        plan.resampler_samples = plan.total_samples - plan.codec_samples - plan.schedule_samples;
    } else {
        plan.total_samples = plan.codec_samples + plan.schedule_samples;
    }
    return plan;
}
