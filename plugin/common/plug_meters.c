// SPDX-License-Identifier: MIT
// Meters, from the engine's telemetry. Nothing in this file allocates, locks, logs or makes a system call.
#include "plug_internal.h"

#include <math.h>
#include <string.h>

#define KEEP 0.8          /* of the sums at each record of 20 ms: falls to a third in 100 ms */
#define FLOOR_POWER 1e-12 /* PLUG_METER_FLOOR_DB */
#define SNR_LIMIT_DB 120.0f

static void clear_sums(plug *self)
{
    self->input_energy = self->error_energy = self->energy_frames = 0.0;
    memset(self->level_energy, 0, sizeof self->level_energy);
}

void plug_clear_meters(plug *self)
{
    clear_sums(self);
    memset(&self->meters, 0, sizeof self->meters);
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) self->meters.level_energy_db[k] = PLUG_METER_FLOOR_DB;
}

static void add_record(plug *self, const rsd_telemetry *record)
{
    if (record->level_count != self->meter_level_count) clear_sums(self); /* another codec: other levels */
    self->meter_level_count = record->level_count;
    const uint32_t active = (uint32_t)ceilf(record->levels);
    self->input_energy = KEEP * self->input_energy + (double)record->input_energy;
    self->error_energy *= KEEP;
    self->error_energy += (double)(active > 0u ? record->error_energy[active - 1u] : record->input_energy);
    self->energy_frames = KEEP * self->energy_frames + (double)record->frame_count;
    for (uint32_t k = 0; k < record->level_count; k++)
        self->level_energy[k] = KEEP * self->level_energy[k] + (double)record->level_energy[k];
    self->meters.level_count = record->level_count;
    self->meters.levels = record->levels;
    self->meters.bitrate_kbps = record->bitrate_kbps;
    self->meters.late_frame_count = record->late_frame_count;
}

static float snr_db(double input, double error)
{
    if (input <= FLOOR_POWER) return 0.0f;
    if (error <= 0.0) return SNR_LIMIT_DB;
    return fmaxf(-SNR_LIMIT_DB, fminf(SNR_LIMIT_DB, (float)(10.0 * log10(input / error))));
}

static float level_db(double energy, double samples)
{
    const double power = samples > 0.0 ? energy / samples : 0.0;
    return power > FLOOR_POWER ? (float)(10.0 * log10(power)) : PLUG_METER_FLOOR_DB;
}

void plug_take_telemetry(plug *self)
{
    rsd_telemetry record;
    bool any = false;
    for (uint32_t left = PLUG_TELEMETRY_CAPACITY;
         left > 0u && rsd_engine_read_telemetry(self->engine, &record, 1u) == 1u; left--) {
        any = true;
        add_record(self, &record);
        /* Read by the OSC thread through host_control; full: it is late, and the next one will do. */
        if (atomic_load_explicit(&self->osc_is_on, memory_order_relaxed)) rsd_ring_write(self->telemetry, &record, 1u);
    }
    /* Set by the thread that measures it. */
    self->meters.coded_kbps = atomic_load_explicit(&self->coding.kbps, memory_order_relaxed);
    if (!any) return;
    /* Set by control when it hands a codec over. */
    const double samples = self->energy_frames * atomic_load_explicit(&self->hop_samples, memory_order_relaxed);
    self->meters.snr_db = snr_db(self->input_energy, self->error_energy);
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++)
        self->meters.level_energy_db[k] = level_db(k < self->meter_level_count ? self->level_energy[k] : 0.0, samples);
}
