// SPDX-License-Identifier: MIT
#ifndef APP_LATENCY_LOOP_H
#define APP_LATENCY_LOOP_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * A loop in software, in place of a device's: what is played comes back a known time later, with whatever a real loop
 * may do to it. What --insert and --self-test measure.
 */

#define LATENCY_LOOP_MIN_FRACTIONAL_SAMPLES 32.0 /* a delay that is no whole number is this long at least */
#define LATENCY_LOOP_MAX_SAMPLES 65536.0

/* Zeroed: a wire without delay. */
typedef struct {
    double delay_samples;         /* 0, or up to LATENCY_LOOP_MAX_SAMPLES */
    double gain_db;               /* of the way back */
    double noise_rms;             /* white, uniform, added on the way back; 0: none */
    double clip_at;               /* what is over this magnitude is cut to it; 0: nothing is */
    uint32_t echo_samples;        /* a second arrival so much later; 0: none */
    double echo_db;               /* of it, against the first */
    double feedback_db;           /* what comes back is played again with this gain; 0: it is not */
    uint64_t drop_at_sample;      /* where drop_samples of what is played are lost, so that the rest comes sooner */
    uint32_t drop_samples;        /* less than the delay; 0: none */
    bool is_inverted, is_cut_off; /* polarity; nothing comes back but noise */
} latency_loop_config;

typedef struct latency_loop latency_loop;

/* RSD_ERR_ARG: out of range, as the members say; RSD_ERR_MEMORY. `error` says which. Thread: [setup] */
RSD_NODISCARD rsd_status latency_loop_create(const latency_loop_config *config, latency_loop **loop, rsd_error *error);
void latency_loop_destroy(latency_loop *loop); /* NULL is fine. Thread: [setup] */

/* played and captured: sample_count of each, which may be the same. Thread: [audio] */
RSD_REALTIME void latency_loop_process(latency_loop *loop, const float *played, float *captured, uint32_t sample_count);

#endif
