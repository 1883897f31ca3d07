// SPDX-License-Identifier: MIT
#ifndef HOST_BLIND_H
#define HOST_BLIND_H

#include <residuum/rsd_engine.h>
#include <residuum/rsd_preset.h>

/*
 * Two states that play at the same time, of which one is heard: a blind test of live sound. Each has an engine of its
 * own, matched to the level of the dry sound, and both are equally late. A change to the other one, and one to the same,
 * is alike, to the sample: out over 10 ms, in over 10 ms. Neither the time that it takes nor the load of the machine
 * tells which one is heard.
 */

#define HOST_BLIND_SILENCE UINT32_MAX

typedef struct host_blind host_blind;

typedef struct {
    rsd_engine_config engine;    /* of both */
    const rsd_preset *states[2]; /* with their codecs; copied */
} host_blind_config;

/* Errors: those of rsd_model_open and rsd_engine_create. Thread: [setup] */
RSD_NODISCARD rsd_status host_blind_create(const host_blind_config *config, host_blind **blind, rsd_error *error);
void host_blind_destroy(host_blind *blind); /* NULL is fine. Thread: [setup] */

uint32_t host_blind_latency_samples(const host_blind *blind); /* Thread: [any] */
/* As rsd_engine_set_transport, of both. Thread: [audio] */
RSD_REALTIME void host_blind_set_transport(host_blind *blind, float bpm, double beats, bool is_rolling);
/* rsd_engine_wait_for_frames of both. Thread: [audio] */
RSD_REALTIME void host_blind_wait_for_frames(host_blind *blind, bool waits);

/*
 * Both states of the block; block->out gets the one that is chosen. A change is one of `choice` as a whole: its lower 32
 * bits are 0, 1 or HOST_BLIND_SILENCE, the others a number that makes the same sound chosen again another choice.
 * Thread: [audio]
 */
RSD_REALTIME void host_blind_process(host_blind *blind, const rsd_engine_block *block, uint64_t choice);

#endif
