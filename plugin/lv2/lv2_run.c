// SPDX-License-Identifier: MIT
// One block. Nothing in this file allocates, locks, logs or makes a system call.
#include "rlv2.h"

#include <math.h>
#include <string.h>

#define POLL_MS 50u

/* The value of the parameter that a port's value stands for. */
static float param_value(const rlv2 *self, uint32_t param, float port_value)
{
    if (rlv2_is_enabled(&self->params[param])) return port_value > 0.0f ? 0.0f : 1.0f;
    return port_value;
}

/* false: not now, again in the next block. */
static bool take_port(rlv2 *self, uint32_t param, float value)
{
    rlv2_work_kind kind;
    if (rlv2_is_slow(self, param, &kind))
        return rlv2_schedule(self, kind, (uint32_t)plug_param_clamp(&self->params[param], value));
    plug_aim(self->plug, param, param_value(self, param, value));
    return true;
}

static uint32_t port_bits(const rlv2 *self, uint32_t param)
{
    uint32_t bits;
    memcpy(&bits, self->controls[param], sizeof bits);
    return bits;
}

static uint32_t moved_bits(const rlv2 *self, uint32_t param) { return port_bits(self, param) ^ self->seen[param]; }

/* Nearly every block has none, and one question for all ports is half the cost of one for each; four at a time, which
 * compilers do not do by themselves, are a third less. */
static bool has_moved_port(const rlv2 *self)
{
    const uint32_t count = self->param_count;
    uint32_t moved = 0, i = 0;
    for (; i + 4u <= count; i += 4u)
        moved |= moved_bits(self, i) | moved_bits(self, i + 1u) | moved_bits(self, i + 2u) | moved_bits(self, i + 3u);
    for (; i < count; i++) moved |= moved_bits(self, i);
    return moved != 0u;
}

static void take_ports(rlv2 *self)
{
    if (!has_moved_port(self)) return;
    for (uint32_t i = 0; i < self->param_count; i++) {
        if (port_bits(self, i) == self->seen[i]) continue;
        const float value = *self->controls[i];
        if (!isnan(value) && take_port(self, i, value)) rlv2_remember(self, i, value);
    }
}

/* Where the worker cannot be told now, the next block tries again. */
static void take_coding(rlv2 *self)
{
    const bool is_wanted = self->coding && *self->coding > 0.0f;
    if (is_wanted == self->measures_coding) return;
    if (rlv2_schedule(self, RLV2_WORK_CODING, is_wanted ? 1u : 0u)) self->measures_coding = is_wanted;
}

/* A worker's turn now and then while a codec is swapped. */
static void ask_for_polls(rlv2 *self, uint32_t sample_count)
{
    const bool wanted = plug_wants_poll(self->plug);
    if (self->poll_left > sample_count) {
        self->poll_left -= sample_count;
        return;
    }
    self->poll_left = 0u;
    if (!wanted) return;
    if (rlv2_schedule(self, RLV2_WORK_POLL, 0u)) self->poll_left = self->sample_rate_hz * POLL_MS / 1000u;
}

static void put(float *port, float value)
{
    if (port) *port = value;
}

static void show_meters(rlv2 *self)
{
    const plug_meters *meters = plug_get_meters(self->plug);
    put(self->latency, (float)plug_latency_samples(self->plug));
    put(self->meters[RLV2_METER_SNR], meters->snr_db);
    put(self->meters[RLV2_METER_BITRATE], meters->bitrate_kbps);
    put(self->meters[RLV2_METER_CODED], meters->coded_kbps);
    put(self->meters[RLV2_METER_LEVELS], meters->levels);
    put(self->meters[RLV2_METER_LATE], (float)meters->late_frame_count);
    put(self->meters[RLV2_METER_PAGE], (float)plug_http_port_now(self->plug));
    for (uint32_t k = 0; k < PLUG_LEVEL_PARAMS; k++)
        put(self->meters[RLV2_METER_ENERGY + k], meters->level_energy_db[k]);
}

void rlv2_run(LV2_Handle handle, uint32_t sample_count)
{
    rlv2 *self = handle;
    plug_set_offline(self->plug, self->free_wheeling && *self->free_wheeling > 0.0f);
    take_ports(self);
    take_coding(self);
    rlv2_run_events(self, sample_count);
    rlv2_write_notify(self);
    ask_for_polls(self, sample_count);
    show_meters(self);
}
