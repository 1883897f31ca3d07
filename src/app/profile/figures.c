// SPDX-License-Identifier: MIT
// Percentiles and sums over the callbacks of a profile.
#include "app/profile/profile.h"

#include "base/error.h"
#include "base/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const double profile_rank_shares[PROFILE_RANK_COUNT] = {0.5, 0.9, 0.99, 0.999, 0.9999, 1.0};
const char *const profile_rank_names[PROFILE_RANK_COUNT] = {"median", "90 %", "99 %", "99.9 %", "99.99 %", "max"};
const char *const profile_stage_names[HOST_PROFILE_STAGES] = {"analysis",  "search",    "effects",
                                                              "synthesis", "resampler", "mixer"};
const double profile_bin_edges_us[PROFILE_BIN_COUNT - 1u] = {5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};

double profile_time_s(const profile_result *result, uint64_t time_ns)
{
    return 1e-9 * (double)(int64_t)(time_ns - result->data.callbacks[0].entry_ns);
}

static bool counts(const host_profile_callback *c) { return c->sample_count > 0u && !(c->flags & HOST_PROFILE_RENDER); }

static double deadline_ms(const profile_result *result, const host_profile_callback *c)
{
    return 1e3 * c->sample_count / result->data.head.sample_rate_hz;
}

static double duration_of(const profile_result *result, const host_profile_callback *c)
{
    (void)result;
    return 1e-6 * c->duration_ns;
}

static double load_of(const profile_result *result, const host_profile_callback *c)
{
    return 1e-6 * c->duration_ns / deadline_ms(result, c);
}

static double late_of(const profile_result *result, const host_profile_callback *c)
{
    (void)result;
    return 1e-3 * c->late_ns;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Nearest ranks: each is the figure of a callback that was there. */
static profile_ranks rank(const profile_result *result, double *values,
                          double (*figure)(const profile_result *result, const host_profile_callback *c))
{
    profile_ranks ranks = {{0}};
    size_t count = 0u;
    for (size_t i = 0; i < result->data.callback_count; i++)
        if (counts(&result->data.callbacks[i])) values[count++] = figure(result, &result->data.callbacks[i]);
    qsort(values, count, sizeof *values, by_value);
    for (uint32_t r = 0; r < PROFILE_RANK_COUNT && count > 0u; r++) {
        const size_t at = (size_t)ceil(profile_rank_shares[r] * (double)count);
        ranks.at[r] = values[at > 0u ? at - 1u : 0u];
    }
    return ranks;
}

static void count_bin(profile_result *result, double late_us)
{
    uint32_t bin = 0u;
    while (bin < PROFILE_BIN_COUNT - 1u && late_us >= profile_bin_edges_us[bin]) bin++;
    result->bins[bin]++;
}

static void add_traced(profile_result *result, const host_profile_callback *c)
{
    if (!(c->flags & HOST_PROFILE_TRACED)) return;
    result->traced_count++;
    result->traced_faults += c->fault_count;
    result->traced_sleeps += c->sleep_count;
    result->traced_preemptions += c->preemption_count;
}

static void add_callback(profile_result *result, const host_profile_callback *c)
{
    result->xrun_count += c->xrun_count;
    result->late_frame_count += c->late_frame_count;
    result->lost_count += c->record_lost_count;
    result->most_recorder_samples = base_max_u32(result->most_recorder_samples, c->recorder_samples);
    result->most_tap_frames = base_max_u32(result->most_tap_frames, c->tap_frames);
    result->most_codec_frames = base_max_u32(result->most_codec_frames, c->codec_frames);
    if (c->input_samples > 0u && (result->least_input_samples == 0u || c->input_samples < result->least_input_samples))
        result->least_input_samples = c->input_samples;
    result->seconds += (double)c->sample_count / result->data.head.sample_rate_hz;
    if (!counts(c)) {
        result->render_count++;
        return;
    }
    result->callback_count++;
    add_traced(result, c);
    result->load_mean += load_of(result, c);
    const double late_ms = 1e-6 * c->late_ns;
    result->past_count += late_ms + duration_of(result, c) > deadline_ms(result, c);
    count_bin(result, late_of(result, c));
}

/* Of Boyer and Moore: the block that more than half of the callbacks have, where there is one, else one of them. */
static void find_block(profile_result *result)
{
    size_t votes = 0u;
    for (size_t i = 0; i < result->data.callback_count; i++) {
        const uint32_t block = result->data.callbacks[i].sample_count;
        if (votes == 0u) result->block_samples = block;
        votes = block == result->block_samples ? votes + 1u : votes - 1u;
    }
    result->deadline_ms = 1e3 * result->block_samples / result->data.head.sample_rate_hz;
}

static void add_system(profile_result *result)
{
    if (result->data.system_count < 2u) return;
    const host_profile_system *first = &result->data.system[0];
    const host_profile_system *last = &result->data.system[result->data.system_count - 1u];
    host_profile_system *sum = &result->system;
    sum->minor_fault_count = last->minor_fault_count - first->minor_fault_count;
    sum->major_fault_count = last->major_fault_count - first->major_fault_count;
    sum->voluntary_switch_count = last->voluntary_switch_count - first->voluntary_switch_count;
    sum->involuntary_switch_count = last->involuntary_switch_count - first->involuntary_switch_count;
    sum->cpu_ns = last->cpu_ns - first->cpu_ns;
    result->system_s = 1e-9 * (double)(last->time_ns - first->time_ns);
}

/* Of one callback in so many, which stand for all. */
static void add_stages(profile_result *result)
{
    const double ms = 1e-6 * result->data.head.stages_every;
    for (size_t i = 0; i < result->data.stages_count; i++) {
        const host_profile_stages *s = &result->data.stages[i];
        for (uint32_t k = 0; k < HOST_PROFILE_STAGES; k++) result->stage_ms[k] += ms * s->stage_ns[k];
        for (uint32_t k = 0; k < s->level_count; k++) result->level_ms[k] += ms * s->level_ns[k];
        result->level_count = base_max_u32(result->level_count, s->level_count);
    }
}

rsd_status profile_measure(profile_result *result, rsd_error *error)
{
    const host_profile_data *data = &result->data;
    if (data->callback_count == 0u)
        return base_error_set(error, RSD_ERR_FORMAT, "'%s' has not one callback in it", result->path);
    double *values = calloc(data->callback_count, sizeof *values);
    if (!values) return base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    find_block(result);
    for (size_t i = 0; i < data->callback_count; i++) add_callback(result, &data->callbacks[i]);
    if (result->callback_count > 0u) result->load_mean /= (double)result->callback_count;
    result->duration_ms = rank(result, values, duration_of);
    result->load = rank(result, values, load_of);
    result->late_us = rank(result, values, late_of);
    free(values);
    add_system(result);
    add_stages(result);
    profile_find_worst(result);
    return RSD_OK;
}
