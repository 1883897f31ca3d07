// SPDX-License-Identifier: MIT
#ifndef APP_STRESS_TRIAL_H
#define APP_STRESS_TRIAL_H

#include "app/stress/search.h"

#include <residuum/rsd_status.h>

/*
 * Plays the demo sound through a codec and the null device, whose thread a timer wakes as a sound card's interrupt does,
 * and ends at the first callback that is late. The first quarter of a second does not count. Thread: [control]
 */
typedef struct {
    double duration_s;
    uint32_t late_count;      /* out: 0 where it held */
    double largest_reach;     /* out: of a callback into its deadline, lateness and duration together; over 1 is late */
    uint32_t latency_samples; /* out: codec, resampler, threaded hop */
    bool is_threaded;         /* out */
} stress_trial;

/* RSD_OK: `trial` is filled. Errors of host_session_create: it cannot be tried. */
RSD_NODISCARD rsd_status stress_try(const stress_point *point, stress_trial *trial, rsd_error *error);

/* Threads at normal priority that calculate and touch memory until they are stopped: what else runs on a machine. */
typedef struct stress_load stress_load;
stress_load *stress_load_start(uint32_t thread_count); /* NULL: no memory or no threads */
void stress_load_stop(stress_load *load);              /* NULL is fine */

#endif
