// SPDX-License-Identifier: MIT
// A blind test comes and goes while sound plays: control gives it to audio, and frees it once no block plays it.
#include "host/session/blind_stage.h"

#include "base/error.h"

/* ---- audio ---- */

host_blind *host_blind_stage_enter(host_blind_stage *stage)
{
    /* In one order with block_count, so that control knows when no block plays it any more. Stored by control. */
    return atomic_load_explicit(&stage->blind, memory_order_seq_cst);
}

void host_blind_stage_leave(host_blind_stage *stage)
{
    atomic_fetch_add_explicit(&stage->block_count, 1u, memory_order_seq_cst); /* read by control */
}

uint64_t host_blind_stage_choice(const host_blind_stage *stage)
{
    return atomic_load_explicit(&stage->choice, memory_order_relaxed); /* stored by any */
}

/* ---- control; `blind` is stored here alone ---- */

rsd_status host_blind_stage_begin(host_blind_stage *stage, const host_blind_config *config, rsd_error *error)
{
    host_blind *blind;
    if (atomic_load_explicit(&stage->blind, memory_order_relaxed) || stage->retired)
        return base_error_set(error, RSD_ERR_FULL, "another blind test is not over yet");
    const rsd_status status = host_blind_create(config, &blind, error);
    if (status == RSD_OK) atomic_store_explicit(&stage->blind, blind, memory_order_seq_cst); /* read by audio */
    return status;
}

void host_blind_stage_end(host_blind_stage *stage)
{
    host_blind *blind = atomic_load_explicit(&stage->blind, memory_order_relaxed);
    if (!blind) return;
    atomic_store_explicit(&stage->blind, NULL, memory_order_seq_cst);                    /* read by audio */
    stage->retired_at = atomic_load_explicit(&stage->block_count, memory_order_seq_cst); /* added to by audio */
    stage->retired = blind;
}

/* A block that had it was under way when it ended, and was counted afterwards; the next ones have it not. */
void host_blind_stage_poll(host_blind_stage *stage, bool is_playing)
{
    const bool is_over = atomic_load_explicit(&stage->block_count, memory_order_seq_cst) != stage->retired_at;
    if (!stage->retired || (!is_over && is_playing)) return;
    host_blind_destroy(stage->retired);
    stage->retired = NULL;
}

void host_blind_stage_destroy(host_blind_stage *stage)
{
    host_blind_destroy(stage->retired);
    host_blind_destroy(atomic_load_explicit(&stage->blind, memory_order_relaxed));
}

uint32_t host_blind_stage_latency_samples(const host_blind_stage *stage, uint32_t otherwise)
{
    const host_blind *blind = atomic_load_explicit(&stage->blind, memory_order_relaxed);
    return blind ? host_blind_latency_samples(blind) : otherwise;
}

void host_blind_stage_choose(host_blind_stage *stage, uint32_t sound)
{
    uint64_t after, before = atomic_load_explicit(&stage->choice, memory_order_relaxed); /* stored by any */
    do after = (((before >> 32) + 1u) << 32) | sound;
    while (!atomic_compare_exchange_weak_explicit(&stage->choice, &before, after, memory_order_relaxed,
                                                  memory_order_relaxed)); /* read by audio */
}
