// SPDX-License-Identifier: MIT
// One codec while it runs. Nothing in this file allocates, locks, logs or makes a system call.
#include "engine/engine_internal.h"

#include <string.h>

/* The result of a hop that ends now is fetched with the first sample after the next hop. */
static bool is_due_in_this_call(const rsd_engine *engine, const rsd_slot *slot, uint32_t left_in_piece)
{
    const uint64_t after = (uint64_t)engine->call_left * slot->info.sample_rate_hz / slot->engine_rate_hz;
    return left_in_piece + after >= slot->info.hop_samples;
}

static void finish_hop(rsd_engine *engine, rsd_slot *slot, uint32_t left_in_piece)
{
    slot->job.frame_index = slot->frame_index;
    slot->job.reset_first = slot->reset_pending;
    if (slot->worker) {
        rsd_worker_submit(slot, is_due_in_this_call(engine, slot, left_in_piece));
        slot->fetch_pending = true;
    } else {
        const rsd_frame_output output = {&slot->result, slot->coded, slot->hop_out};
        slot->reset_pending = false;
        rsd_slot_code_frame(slot, &slot->job, slot->hop_in, &output);
        rsd_engine_tap_frame(engine, slot, &slot->result, slot->coded);
        rsd_engine_account_frames(engine, &slot->result);
    }
    slot->frame_index++;
    slot->position = 0u;
    slot->controls_taken = false;
}

static void fetch_hop(rsd_engine *engine, rsd_slot *slot)
{
    slot->fetch_pending = false;
    if (rsd_worker_fetch(engine, slot)) rsd_engine_account_frames(engine, &slot->result);
}

bool rsd_slot_has_heard_frames(const rsd_slot *slot)
{
    const bool filling = slot->controls_taken && slot->job.heard;
    return filling || (slot->worker && slot->worker->heard_hops_left > 0u);
}

/* Codec-rate samples through the hop buffers: in and out are channel_count rows of `stride`; they must not overlap. */
static void run_hops(rsd_engine *engine, rsd_slot *slot, const float *in, float *out, uint32_t stride,
                     uint32_t sample_count)
{
    const uint32_t hop = slot->info.hop_samples;
    for (uint32_t done = 0; done < sample_count;) {
        /* With the first sample of a frame, so that an event at its start counts and one after it does not. */
        if (!slot->controls_taken) rsd_engine_take_controls(engine, slot, &slot->job);
        slot->controls_taken = true;
        if (slot->fetch_pending) fetch_hop(engine, slot);
        const uint32_t room = hop - slot->position, left = sample_count - done;
        const uint32_t count = left < room ? left : room;
        for (uint32_t c = 0; c < slot->channel_count; c++) {
            memcpy(slot->hop_in + c * hop + slot->position, in + c * stride + done, count * sizeof *in);
            memcpy(out + c * stride + done, slot->hop_out + c * hop + slot->position, count * sizeof *out);
        }
        slot->position += count;
        done += count;
        if (slot->position == hop) finish_hop(engine, slot, sample_count - done);
    }
}

/* Engine rate -> codec rate, limited as the codec asks (a resampler overshoots); every channel gives as many samples.
 */
static uint32_t resample_input(rsd_slot *slot, const float *gained, uint32_t sample_count)
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        float *to = slot->codec_in + c * slot->codec_piece_samples;
        count = rsd_resampler_process(slot->to_codec[c], gained + c * RSD_ENGINE_PIECE_SAMPLES, sample_count, to);
        rsd_engine_limit(to, count);
        rsd_delay_process(slot->align[c], to, to, count);
    }
    return count;
}

/* Codec rate -> engine rate, behind what is ready; then sample_count of it go out. prefill makes sure that they are
 * there. */
static void resample_output(rsd_slot *slot, uint32_t codec_count, uint32_t sample_count)
{
    uint32_t added = 0;
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        float *ready = slot->ready + c * slot->ready_stride;
        added = rsd_resampler_process(slot->from_codec[c], slot->codec_out + c * slot->codec_piece_samples, codec_count,
                                      ready + slot->ready_count);
        const uint32_t rest = slot->ready_count + added - sample_count;
        memcpy(slot->wet + c * RSD_ENGINE_PIECE_SAMPLES, ready, sample_count * sizeof *ready);
        memmove(ready, ready + sample_count, rest * sizeof *ready);
    }
    slot->ready_count += added;
    slot->ready_count -= sample_count;
}

void rsd_slot_run(rsd_engine *engine, rsd_slot *slot, const float *raw, const float *gained, uint32_t sample_count,
                  bool running)
{
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        const uint32_t at = c * RSD_ENGINE_PIECE_SAMPLES;
        rsd_delay_process(slot->raw_delay[c], raw + at, slot->raw + at, sample_count);
        rsd_delay_process(slot->dry_delay[c], gained + at, slot->dry + at, sample_count);
    }
    if (!running) { /* restart finds the frame grid again */
        if (slot->worker) rsd_worker_drain(engine, slot);
        return;
    }
    if (!slot->resampled) {
        run_hops(engine, slot, gained, slot->wet, RSD_ENGINE_PIECE_SAMPLES, sample_count);
        return;
    }
    const uint32_t codec_count = resample_input(slot, gained, sample_count);
    run_hops(engine, slot, slot->codec_in, slot->codec_out, slot->codec_piece_samples, codec_count);
    resample_output(slot, codec_count, sample_count);
}

static void restart_resamplers(rsd_slot *slot)
{
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        rsd_resampler_reset(slot->to_codec[c]);
        rsd_resampler_reset(slot->from_codec[c]);
        rsd_delay_reset(slot->align[c]);
        memset(slot->ready + c * slot->ready_stride, 0, slot->latency.prefill_samples * sizeof *slot->ready);
    }
    slot->ready_count = slot->latency.prefill_samples;
}

/*
 * Frame f starts at codec sample f hop. Without resampling that holds across restarts: what was missed of the hop that
 * is under way counts as silence. With it, the resamplers start anew and a frame with them, at the first grid index to
 * come.
 */
void rsd_slot_restart(rsd_slot *slot, uint64_t sample_time)
{
    const uint32_t hop = slot->info.hop_samples;
    const size_t hop_bytes = (size_t)slot->channel_count * hop * sizeof(float);
    const uint64_t codec_time =
        slot->resampled ? sample_time / slot->engine_rate_hz * slot->info.sample_rate_hz +
                              sample_time % slot->engine_rate_hz * slot->info.sample_rate_hz / slot->engine_rate_hz
                        : sample_time;
    memset(slot->hop_in, 0, hop_bytes);
    memset(slot->hop_out, 0, hop_bytes);
    slot->position = slot->resampled ? 0u : (uint32_t)(codec_time % hop);
    slot->frame_index = slot->resampled ? (codec_time + hop - 1u) / hop : codec_time / hop;
    slot->controls_taken = false;
    slot->reset_pending = true;
    slot->fetch_pending = false;
    if (slot->resampled) restart_resamplers(slot);
    if (slot->worker) rsd_worker_forget(slot->worker);
}

void rsd_slot_clear_delays(rsd_slot *slot)
{
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        rsd_delay_reset(slot->raw_delay[c]);
        rsd_delay_reset(slot->dry_delay[c]);
    }
}
