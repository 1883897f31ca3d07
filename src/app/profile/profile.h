// SPDX-License-Identifier: MIT
#ifndef APP_PROFILE_H
#define APP_PROFILE_H

#include "app/app.h"

#include "host/session/profile_file.h"

#include <stdio.h>

/* What the parts of `residuum profile` share. Thread of all: [control] */

#define PROFILE_RANK_COUNT 6u /* median, 90, 99, 99.9, 99.99 % and the largest */
typedef struct {
    double at[PROFILE_RANK_COUNT];
} profile_ranks;
extern const double profile_rank_shares[PROFILE_RANK_COUNT];
extern const char *const profile_rank_names[PROFILE_RANK_COUNT];

#define PROFILE_BIN_COUNT 12u /* of the entry against an even pace; edges in profile_bin_edges_us */
extern const double profile_bin_edges_us[PROFILE_BIN_COUNT - 1u];

#define PROFILE_MAX_WORST 10u
#define PROFILE_WORST_TEXT_BYTES 320u

/* One of the worst callbacks, and what else happened then. */
typedef struct {
    size_t index;
    double time_s, duration_ms, load, late_ms;
    char what[PROFILE_WORST_TEXT_BYTES];
} profile_worst;

typedef struct {
    const char *path;
    host_profile_data data;
    double seconds;
    size_t callback_count; /* with a deadline; the figures are of these */
    size_t render_count;   /* faster than real time: without one */
    uint64_t past_count;   /* that ended later than an even pace lets them */
    uint64_t xrun_count, late_frame_count, lost_count;
    double deadline_ms;     /* of the commonest block */
    uint32_t block_samples; /* the commonest */
    double load_mean;
    profile_ranks duration_ms, load, late_us;
    uint64_t bins[PROFILE_BIN_COUNT];
    uint32_t most_recorder_samples, most_tap_frames, most_codec_frames, least_input_samples;
    host_profile_system system; /* from the first to the last that was asked */
    double system_s;
    uint64_t traced_count; /* callbacks of which it is known what lies in them: */
    uint64_t traced_faults, traced_sleeps, traced_preemptions;
    double stage_ms[HOST_PROFILE_STAGES], level_ms[RSD_MAX_LEVELS], stages_s;
    uint32_t level_count;
    uint32_t worst_count;
    profile_worst worst[PROFILE_MAX_WORST];
} profile_result;

/* figures.c. RSD_ERR_FORMAT: not one callback; RSD_ERR_MEMORY. */
RSD_NODISCARD rsd_status profile_measure(profile_result *result, rsd_error *error);
extern const char *const profile_stage_names[HOST_PROFILE_STAGES];
double profile_time_s(const profile_result *result, uint64_t time_ns); /* since the first callback */

/* worst.c: fills the list of the worst, the worst first. */
void profile_find_worst(profile_result *result);

/* report.c */
void profile_print(const profile_result *result);
int profile_write_json(const app_arguments *arguments, const profile_result *result);

/* plot.c: a time line of the load and its histogram. `result` is a profile_result. */
void profile_draw(FILE *file, const void *result);

#endif
