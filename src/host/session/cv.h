// SPDX-License-Identifier: MIT
#ifndef HOST_SESSION_CV_H
#define HOST_SESSION_CV_H

#include "host/device/device.h"

#include <residuum/rsd_engine.h>

#include <stdbool.h>

/*
 * Signals of a modular system that steer parameters: each is averaged over 64 samples and smoothed, and 0 to 1 of it
 * becomes a range of values. The steps lie on the engine's sample time, so that the sound does not depend on blocks. A
 * signal that has only ever been 0 steers nothing: a port that nobody is connected to.
 */

#define HOST_CV_STEP_SAMPLES 64u
#define HOST_CV_SMOOTH_MS 5.0f

typedef struct {
    const rsd_param_info *info;
    uint32_t level;   /* 0-based */
    bool has_range;   /* false: the range that has an effect with the codec in use */
    float at_0, at_1; /* values there; what lies beyond goes on as far as the parameter does */
    char port[64];    /* "cv_level_gain_2" */
} host_cv_target;

typedef struct {
    uint32_t count;
    host_cv_target targets[HOST_DEVICE_MAX_CV];
    float share; /* of the way to what a step hears, in each */
    uint32_t heard_samples;
    double sum[HOST_DEVICE_MAX_CV]; /* of the samples of this step */
    float smooth[HOST_DEVICE_MAX_CV], told[HOST_DEVICE_MAX_CV];
    bool is_alive[HOST_DEVICE_MAX_CV], has_told[HOST_DEVICE_MAX_CV];
} host_cv;

/*
 * "levels,mix=0..0.5,level_gain[2]": which parameter each signal steers, in order.
 * Errors: RSD_ERR_ARG, RSD_ERR_NOT_FOUND, with a text for a person. Thread: [setup]
 */
RSD_NODISCARD rsd_status host_cv_parse(const char *text, host_cv *cv, rsd_error *error);
void host_cv_start(host_cv *cv, uint32_t sample_rate_hz); /* [setup] */

/* Samples until the next step, at most `limit`. Thread: [audio] */
RSD_REALTIME uint32_t host_cv_left(const host_cv *cv, uint32_t limit);
/* Hears so many samples, no more than are left, of cv->count signals; at the end of a step it steers. Thread: [audio] */
RSD_REALTIME void host_cv_hear(host_cv *cv, rsd_engine *engine, const float *const *in, uint32_t offset,
                               uint32_t sample_count);

#endif
