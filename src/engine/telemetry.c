// SPDX-License-Identifier: MIT
// Telemetry records. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include "base/sized.h"

#include <string.h>

#define PEAK_KEPT 0.9931f /* a period of 20 ms: -3 dB a second */

void engine_account_frames(rsd_engine *engine, const engine_frame_result *result)
{
    rsd_telemetry *period = &engine->period;
    if (!result->heard) return; /* of a codec that only runs in */
    period->frame_count += result->frame_count;
    period->changed_frame_count += result->changed_frame_count;
    period->lost_frame_count += result->lost_frame_count;
    period->input_energy += result->meter.input_energy;
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) {
        period->level_energy[k] += result->meter.level_energy[k];
        period->error_energy[k] += result->meter.error_energy[k];
    }
}

/* Bitrate of the levels that are coded, all channels. */
static float bitrate(const rsd_codec_info *info, float levels, uint32_t channel_count)
{
    if (levels <= 0.0f) return 0.0f;
    uint32_t last = (uint32_t)levels;
    if ((float)last == levels) last--;
    return info->level_kbps[last] * (float)channel_count;
}

static void write_record(rsd_engine *engine)
{
    rsd_telemetry *period = &engine->period;
    const engine_instance *heard = engine_heard_instance(engine);
    const rsd_codec_info *info = &heard->info;
    const float *params = heard->state.params;
    period->sample_time = engine->time;
    period->level_count = info->level_count;
    period->levels = rsd_engine_levels_in_use(info, params[RSD_PARAM_LEVELS], params[RSD_PARAM_BITRATE_KBPS]);
    period->bitrate_kbps = bitrate(info, period->levels, engine->config.channel_count);
    period->late_frame_count = engine->late_frame_count;
    /* Raised by control in rsd_engine_post; a count alone: relaxed. */
    period->dropped_count =
        engine->telemetry_lost + atomic_load_explicit(&engine->events_refused, memory_order_relaxed);
    /* Read by control in rsd_engine_read_telemetry. */
    if (rsd_ring_write(engine->telemetry, period, 1u) == 0u) engine->telemetry_lost++;
}

float engine_recent_peak(const rsd_engine *engine)
{
    return engine->period.output_peak > engine->recent_peak ? engine->period.output_peak : engine->recent_peak;
}

float engine_recent_input_peak(const rsd_engine *engine)
{
    return engine->period.input_peak > engine->recent_input_peak ? engine->period.input_peak
                                                                 : engine->recent_input_peak;
}

void engine_reset_telemetry(rsd_engine *engine)
{
    memset(&engine->period, 0, sizeof engine->period);
    engine->period.limiter_gain = 1.0f;
    engine->period_left = engine->period_samples;
}

void engine_account_samples(rsd_engine *engine, uint32_t sample_count)
{
    engine->period_left -= sample_count;
    if (engine->period_left > 0u) return;
    engine->recent_peak = PEAK_KEPT * engine_recent_peak(engine);
    engine->recent_input_peak = PEAK_KEPT * engine_recent_input_peak(engine);
    write_record(engine);
    engine_reset_telemetry(engine);
}

uint32_t rsd_engine_read_telemetry_sized(rsd_engine *engine, rsd_telemetry *records, size_t record_bytes,
                                         uint32_t count)
{
    rsd_telemetry known;
    uint32_t got = 0;
    for (; got < count && rsd_ring_read(engine->telemetry, &known, 1u) == 1u; got++)
        base_sized_copy((char *)records + got * record_bytes, record_bytes, &known, sizeof known);
    return got;
}
