// SPDX-License-Identifier: MIT
#ifndef HOST_BLIND_STAGE_H
#define HOST_BLIND_STAGE_H

#include "host/session/blind.h"

#include <stdatomic.h>

/* Where a blind test comes and goes while sound plays. Its members are its own; zeroed it is empty. */
typedef struct {
    _Atomic(host_blind *) blind;  /* control -> audio; NULL: no test runs */
    _Atomic uint64_t choice;      /* any -> audio: a number and the sound; alone: relaxed */
    _Atomic uint64_t block_count; /* audio -> control: of blocks that are over */
    host_blind *retired;          /* control's: to be freed once the block that may play it is over */
    uint64_t retired_at;
} host_blind_stage;

/* RSD_ERR_FULL: a test runs, or the one before has not been freed; else those of host_blind_create. Thread: [control] */
RSD_NODISCARD rsd_status host_blind_stage_begin(host_blind_stage *stage, const host_blind_config *config,
                                                rsd_error *error);
void host_blind_stage_end(host_blind_stage *stage); /* Thread: [control] */
/* Frees what has ended. `is_playing`: audio may be in a block. Thread: [control] */
void host_blind_stage_poll(host_blind_stage *stage, bool is_playing);
void host_blind_stage_destroy(host_blind_stage *stage); /* nothing plays any more. Thread: [setup] */
/* 0, 1 or HOST_BLIND_SILENCE. Thread: [any] */
void host_blind_stage_choose(host_blind_stage *stage, uint32_t sound);
/* Of the test that runs; `otherwise` where none does. Thread: [control] */
uint32_t host_blind_stage_latency_samples(const host_blind_stage *stage, uint32_t otherwise);

/* For one block, until host_blind_stage_leave; NULL: none runs. Thread: [audio] */
RSD_REALTIME host_blind *host_blind_stage_enter(host_blind_stage *stage);
RSD_REALTIME void host_blind_stage_leave(host_blind_stage *stage);
RSD_REALTIME uint64_t host_blind_stage_choice(const host_blind_stage *stage);

#endif
