// SPDX-License-Identifier: MIT
// Meters: sums over the latest telemetry records.
#include "host/session/control_internal.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#define SNR_LIMIT_DB 120.0f

static uint32_t read_record(host_control *control, rsd_telemetry *record)
{
    return control->telemetry ? rsd_ring_read(control->telemetry, record, 1u)
                              : rsd_engine_read_telemetry(control->engine, record, 1u);
}

void host_control_read_telemetry(host_control *control)
{
    rsd_codec_info info;
    rsd_engine_get_codec(control->engine, &info);
    host_meter_record *next = &control->window[control->window_next];
    /* No more than ten seconds' worth at a time: a fast offline run must not keep this thread here. */
    for (uint32_t left = 512u; left > 0u && read_record(control, &next->record) == 1u; left--) {
        next->hop_samples = info.hop_samples;
        control->clipped_count += next->record.clipped_count;
        control->changed_frame_count += next->record.changed_frame_count;
        control->lost_frame_count += next->record.lost_frame_count;
        control->window_next = (control->window_next + 1u) % HOST_METER_WINDOW;
        if (control->window_count < HOST_METER_WINDOW) control->window_count++;
        next = &control->window[control->window_next];
    }
}

/* The record of that age, 0 the newest. */
static const host_meter_record *newest(const host_control *control, uint32_t age)
{
    return &control->window[(control->window_next + 2u * HOST_METER_WINDOW - 1u - age) % HOST_METER_WINDOW];
}

typedef struct {
    double samples; /* that the energies are of: frames x hop */
    double input, level[RSD_MAX_LEVELS], error[RSD_MAX_LEVELS];
    float input_peak, output_peak, limiter_gain;
} energy_sums;

/* Records of another codec than the newest one's (it was swapped) say nothing of these levels. */
static void sum_window(const host_control *control, energy_sums *sums)
{
    const host_meter_record *latest = newest(control, 0);
    memset(sums, 0, sizeof *sums);
    sums->limiter_gain = 1.0f;
    for (uint32_t age = 0; age < control->window_count; age++) {
        const host_meter_record *entry = newest(control, age);
        const rsd_telemetry *record = &entry->record;
        sums->input_peak = fmaxf(sums->input_peak, record->input_peak);
        sums->output_peak = fmaxf(sums->output_peak, record->output_peak);
        sums->limiter_gain = fminf(sums->limiter_gain, record->limiter_gain);
        if (entry->hop_samples != latest->hop_samples || record->level_count != latest->record.level_count) continue;
        sums->samples += (double)record->frame_count * entry->hop_samples;
        sums->input += (double)record->input_energy;
        for (uint32_t k = 0; k < record->level_count; k++) {
            sums->level[k] += (double)record->level_energy[k];
            sums->error[k] += (double)record->error_energy[k];
        }
    }
}

static float decibels(double power)
{
    const double floor_power = 1e-12;
    return power > floor_power ? (float)(10.0 * log10(power)) : HOST_METER_FLOOR_DB;
}

static float mean_db(double energy, double samples)
{
    return samples > 0.0 ? decibels(energy / samples) : HOST_METER_FLOOR_DB;
}

static float snr_db(double input, double error)
{
    if (input <= 0.0) return 0.0f;
    if (error <= 0.0) return SNR_LIMIT_DB;
    const float snr = (float)(10.0 * log10(input / error));
    return fmaxf(-SNR_LIMIT_DB, fminf(SNR_LIMIT_DB, snr));
}

static float value_of(const host_control *control, rsd_param_id id, uint32_t level)
{
    float value = 0.0f;
    return rsd_engine_get(control->engine, id, level, &value) == RSD_OK ? value : 0.0f;
}

/* As the engine makes them for the decoder: what one hears of each level. */
static void find_gains(const host_control *control, uint32_t level_count, float gains[RSD_MAX_LEVELS])
{
    const float levels = fminf(host_control_levels_in_use(control), (float)level_count);
    const bool is_delta = value_of(control, RSD_PARAM_MONITOR, 0) == (float)RSD_MONITOR_DELTA;
    bool any_solo = false;
    for (uint32_t k = 0; k < level_count; k++)
        any_solo = any_solo || value_of(control, RSD_PARAM_LEVEL_SOLO, k) != 0.0f;
    for (uint32_t k = 0; k < level_count; k++) {
        const bool is_off = value_of(control, RSD_PARAM_LEVEL_MUTE, k) != 0.0f ||
                            (any_solo && value_of(control, RSD_PARAM_LEVEL_SOLO, k) == 0.0f) ||
                            (is_delta && (float)(k + 1u) != ceilf(levels));
        const float activity = fmaxf(0.0f, fminf(1.0f, levels - (float)k));
        gains[k] = is_off ? 0.0f : activity * value_of(control, RSD_PARAM_LEVEL_GAIN, k);
    }
}

void host_control_reset_clip(host_control *control) { control->clipped_count = 0u; }

void host_control_get_meters(const host_control *control, host_meters *meters)
{
    energy_sums sums;
    memset(meters, 0, sizeof *meters);
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) meters->level_energy_db[k] = HOST_METER_FLOOR_DB;
    meters->input_peak_db = meters->output_peak_db = meters->input_energy_db = HOST_METER_FLOOR_DB;
    meters->clipped_count = control->clipped_count;
    meters->changed_frame_count = control->changed_frame_count;
    meters->lost_frame_count = control->lost_frame_count;
    if (control->tap) meters->tap_dropped_count = host_tap_dropped_count(control->tap);
    if (control->window_count == 0u) return;

    const rsd_telemetry *latest = &newest(control, 0)->record;
    sum_window(control, &sums);
    meters->valid = true;
    meters->sample_time = latest->sample_time;
    meters->level_count = latest->level_count;
    meters->levels = latest->levels;
    meters->bitrate_kbps = latest->bitrate_kbps;
    if (control->coded_kbps) /* written by who measures it */
        meters->coded_kbps = atomic_load_explicit(control->coded_kbps, memory_order_relaxed);
    else if (control->tap)
        meters->coded_kbps = host_tap_coding_kbps(control->tap);
    meters->late_frame_count = latest->late_frame_count;
    meters->dropped_count = latest->dropped_count;
    meters->input_peak_db = decibels((double)sums.input_peak * (double)sums.input_peak);
    meters->output_peak_db = decibels((double)sums.output_peak * (double)sums.output_peak);
    meters->limiter_db = decibels((double)sums.limiter_gain * (double)sums.limiter_gain);
    meters->input_energy_db = mean_db(sums.input, sums.samples);
    for (uint32_t k = 0; k < latest->level_count; k++) {
        meters->level_energy_db[k] = mean_db(sums.level[k], sums.samples);
        meters->level_snr_db[k] = snr_db(sums.input, sums.error[k]);
        if (control->tap) meters->level_usage_bits[k] = host_tap_usage_bits(control->tap, k);
    }
    find_gains(control, latest->level_count, meters->level_gain);
}
