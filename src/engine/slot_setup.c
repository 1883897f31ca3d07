// SPDX-License-Identifier: MIT
#include "engine/engine_internal.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void *rsd_slot_allocate(rsd_slot *slot, size_t size_bytes)
{
    if (slot->owned_count == sizeof slot->owned / sizeof slot->owned[0]) return NULL;
    void *block = base_calloc_64(size_bytes);
    if (!block) return NULL;
    slot->owned[slot->owned_count++] = block;
    return block;
}

static float *allocate_rows(rsd_slot *slot, uint32_t row_samples)
{
    return rsd_slot_allocate(slot, (size_t)slot->channel_count * row_samples * sizeof(float));
}

static rsd_status make_delay(rsd_slot *slot, uint32_t delay_samples, rsd_delay **delay)
{
    const size_t size_bytes = rsd_delay_size_bytes(delay_samples);
    void *block = rsd_slot_allocate(slot, size_bytes);
    return block ? rsd_delay_init(block, size_bytes, delay_samples, delay) : RSD_ERR_MEMORY;
}

static rsd_status make_codecs(rsd_slot *slot)
{
    const size_t size_bytes = rsd_codec_size_bytes(slot->model);
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        void *block = rsd_slot_allocate(slot, size_bytes);
        if (!block) return RSD_ERR_MEMORY;
        const rsd_status status =
            rsd_codec_init(block, size_bytes, slot->model, slot->info.sample_rate_hz, &slot->codecs[c]);
        if (status != RSD_OK) return status;
    }
    slot->coded = rsd_slot_allocate(slot, slot->channel_count * sizeof *slot->coded);
    slot->hop_in = allocate_rows(slot, slot->info.hop_samples);
    slot->hop_out = allocate_rows(slot, slot->info.hop_samples);
    return slot->coded && slot->hop_in && slot->hop_out ? RSD_OK : RSD_ERR_MEMORY;
}

static rsd_status make_resamplers_of(rsd_slot *slot, uint32_t channel, rsd_resampler_quality quality)
{
    const uint32_t engine_rate = slot->engine_rate_hz, codec_rate = slot->info.sample_rate_hz;
    const rsd_status status = rsd_resampler_create(engine_rate, codec_rate, quality, &slot->to_codec[channel]);
    return status == RSD_OK ? rsd_resampler_create(codec_rate, engine_rate, quality, &slot->from_codec[channel])
                            : status;
}

/* Up and down again, the pair keeps all that the engine's rate can hold. Where the codec's rate is the lower one, or
 * nearly the same, what it cannot hold must be taken away cleanly. libsamplerate takes the ratios that need too many
 * phases. */
static rsd_status make_resamplers(rsd_slot *slot)
{
    static const rsd_resampler_quality wishes[] = {RSD_RESAMPLER_PAIR, RSD_RESAMPLER_STEEP, RSD_RESAMPLER_MEDIUM};
    uint32_t wish = slot->engine_rate_hz < slot->info.sample_rate_hz ? 0u : 1u;
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        rsd_status status = make_resamplers_of(slot, c, wishes[wish]);
        while (status == RSD_ERR_UNSUPPORTED && wishes[wish] != RSD_RESAMPLER_MEDIUM)
            status = make_resamplers_of(slot, c, wishes[++wish]);
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}

/* After the latency plan: buffers of the resampled path. */
static rsd_status make_resampled_path(rsd_slot *slot)
{
    slot->codec_piece_samples = rsd_resampler_max_out(slot->to_codec[0], RSD_ENGINE_PIECE_SAMPLES);
    const uint32_t most_out = rsd_resampler_max_out(slot->from_codec[0], slot->codec_piece_samples);
    /* Between pieces at most prefill + 1 samples stay: what the two roundings down owe never exceeds prefill. */
    slot->ready_stride = most_out + slot->latency.prefill_samples + 1u;
    slot->codec_in = allocate_rows(slot, slot->codec_piece_samples);
    slot->codec_out = allocate_rows(slot, slot->codec_piece_samples);
    slot->ready = allocate_rows(slot, slot->ready_stride);
    if (!slot->codec_in || !slot->codec_out || !slot->ready) return RSD_ERR_MEMORY;
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        const rsd_status status = make_delay(slot, slot->latency.align_samples, &slot->align[c]);
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}

static rsd_status make_delays(rsd_slot *slot)
{
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        rsd_status status = make_delay(slot, slot->latency.total_samples, &slot->dry_delay[c]);
        if (status == RSD_OK) status = make_delay(slot, slot->latency.total_samples, &slot->raw_delay[c]);
        if (status != RSD_OK) return status;
    }
    slot->wet = allocate_rows(slot, RSD_ENGINE_PIECE_SAMPLES);
    slot->dry = allocate_rows(slot, RSD_ENGINE_PIECE_SAMPLES);
    slot->raw = allocate_rows(slot, RSD_ENGINE_PIECE_SAMPLES);
    return slot->wet && slot->dry && slot->raw ? RSD_OK : RSD_ERR_MEMORY;
}

static rsd_status build(rsd_slot *slot)
{
    rsd_status status = make_codecs(slot);
    if (status != RSD_OK) return status;
    rsd_slot_pick_schedule(slot);

    uint32_t in_delay = 0u, out_delay = 0u;
    if (slot->resampled) {
        status = make_resamplers(slot);
        if (status != RSD_OK) return status;
        in_delay = rsd_resampler_latency_out_samples(slot->to_codec[0]);
        out_delay = rsd_resampler_latency_out_samples(slot->from_codec[0]);
    }
    slot->latency = rsd_slot_plan_latency(&slot->info, slot->engine_rate_hz, slot->schedule, in_delay, out_delay);
    if (slot->resampled) status = make_resampled_path(slot);
    if (status == RSD_OK) status = make_delays(slot);
    if (status == RSD_OK && slot->schedule == RSD_SCHEDULE_THREADED) status = rsd_worker_start(slot);
    if (status == RSD_OK) rsd_slot_restart(slot, 0u);
    return status;
}

rsd_status rsd_slot_create(const rsd_engine *engine, rsd_model *model, rsd_slot **slot, rsd_error *error)
{
    rsd_slot *made = calloc(1u, sizeof *made);
    if (!made) return rsd_error_set(error, RSD_ERR_MEMORY, "no memory for a codec of the engine");
    made->model = rsd_model_retain(model);
    rsd_model_info(model, engine->config.sample_rate_hz, &made->info);
    made->engine_rate_hz = engine->config.sample_rate_hz;
    made->channel_count = engine->config.channel_count;
    made->block_samples = engine->config.block_samples;
    made->schedule = engine->config.schedule;
    made->hooks = &engine->hooks;
    made->resampled = made->info.sample_rate_hz != made->engine_rate_hz;
    const rsd_status status = build(made);
    if (status != RSD_OK) {
        rsd_error_set(error, status, "codec %s at %u Hz, %u channels: %s", made->info.name, made->engine_rate_hz,
                      made->channel_count, rsd_status_text(status));
        rsd_slot_destroy(made);
        return status;
    }
    *slot = made;
    return RSD_OK;
}

void rsd_slot_destroy(rsd_slot *slot)
{
    if (!slot) return;
    rsd_worker_stop(slot->worker);
    for (uint32_t c = 0; c < slot->channel_count; c++) {
        rsd_resampler_destroy(slot->to_codec[c]);
        rsd_resampler_destroy(slot->from_codec[c]);
    }
    for (uint32_t i = 0; i < slot->owned_count; i++) free(slot->owned[i]);
    rsd_model_release(slot->model);
    free(slot);
}
