// SPDX-License-Identifier: MIT
// Whole sounds through an engine with its tokens, for the Python package.
#include "glue.h"

#include "app/analyze/analyze.h"
#include "app/analyze/usage.h"
#include "codec/codec_name.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_SAMPLES 1024u

/* An rsd_token_tap. */
static void keep_frame(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    rsd_token_set *set = context;
    if (frame_index >= set->frame_capacity) return;
    if (frame_index >= set->frame_count) set->frame_count = frame_index + 1u;
    rsd_token_set_put(set, channel, frame_index, frame);
}

/* An rsd_token_source. */
static bool give_frame(void *context, uint32_t channel, uint64_t frame_index, rsd_token_frame *frame)
{
    return rsd_token_set_get(context, channel, frame_index, frame);
}

void residuum_collect(rsd_engine *engine, rsd_token_set *set) { rsd_engine_set_tap(engine, keep_frame, set); }

void residuum_play(rsd_engine *engine, const rsd_token_set *set)
{
    rsd_engine_set_source(engine, give_frame, (void *)set); // only read
}

/* Copies what is wanted of a block that came out: [at, at + count) of what the engine gives. */
static void keep_block(float *const *out, uint32_t channel_count, const float *block, uint64_t at, uint32_t count,
                       uint64_t latency)
{
    const uint32_t dropped = at >= latency ? 0u : latency - at < count ? (uint32_t)(latency - at) : count;
    for (uint32_t c = 0; out && c < channel_count; c++)
        if (dropped < count)
            memcpy(out[c] + (at + dropped - latency), block + c * BLOCK_SAMPLES + dropped,
                   (count - dropped) * sizeof(float));
}

/* Silence where the sound has ended, or where there is none. */
static void fill_block(const float *const *in, uint32_t channel_count, float *block, uint64_t at, uint32_t count,
                       uint64_t sample_count)
{
    const uint64_t left = at < sample_count ? sample_count - at : 0u;
    const uint32_t there = !in ? 0u : left < count ? (uint32_t)left : count;
    for (uint32_t c = 0; c < channel_count; c++) {
        if (there > 0u) memcpy(block + c * BLOCK_SAMPLES, in[c] + at, there * sizeof(float));
        memset(block + c * BLOCK_SAMPLES + there, 0, (count - there) * sizeof(float));
    }
}

rsd_status residuum_run(rsd_engine *engine, const float *const *in, float *const *out, uint32_t channel_count,
                        uint64_t sample_count)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(engine, &latency);
    float *memory = calloc((size_t)channel_count * BLOCK_SAMPLES, sizeof *memory), *rows[RSD_ENGINE_MAX_CHANNELS];
    if (!memory) return RSD_ERR_MEMORY;
    for (uint32_t c = 0; c < channel_count; c++) rows[c] = memory + (size_t)c * BLOCK_SAMPLES;
    const uint64_t total = sample_count + latency.total_samples;
    rsd_telemetry record;
    rsd_engine_wait_for_frames(engine, true);
    for (uint64_t at = 0; at < total;) {
        const uint32_t count = total - at < BLOCK_SAMPLES ? (uint32_t)(total - at) : BLOCK_SAMPLES;
        fill_block(in, channel_count, memory, at, count, sample_count);
        rsd_engine_process(engine, (const float *const *)rows, rows, count);
        keep_block(out, channel_count, memory, at, count, latency.total_samples);
        while (rsd_engine_read_telemetry(engine, &record, 1u) == 1u) continue; // nobody looks at it here
        at += count;
    }
    rsd_engine_wait_for_frames(engine, false);
    free(memory);
    return RSD_OK;
}

rsd_status residuum_codewords_used(const rsd_codec_info *codec, const rsd_token_set *set, double *used)
{
    analyze_usage *usage = analyze_usage_create(codec, set->channel_count);
    if (!usage) return RSD_ERR_MEMORY;
    rsd_token_frame frame;
    for (uint64_t t = 0; t < set->frame_count; t++)
        for (uint32_t c = 0; c < set->channel_count; c++)
            if (rsd_token_set_get(set, c, t, &frame)) analyze_usage_take(usage, c, &frame);
    for (uint32_t k = 0; k < codec->level_count; k++) used[k] = analyze_usage_codewords(usage, k);
    analyze_usage_destroy(usage);
    return RSD_OK;
}

double residuum_coded_kbps(const char *codec, const rsd_token_set *set) { return analyze_coded_kbps(codec, set); }

/* A sound whose samples are only read. */
static host_sound borrow(const float *const *rows, uint32_t channel_count, uint64_t sample_count,
                         uint32_t sample_rate_hz)
{
    host_sound sound = {.sample_rate_hz = sample_rate_hz, .channel_count = channel_count, .sample_count = sample_count};
    for (uint32_t c = 0; c < channel_count; c++) sound.channel[c] = (float *)rows[c];
    return sound;
}

double residuum_nmr_db(const float *const *sound, const float *const *coded, uint32_t channel_count,
                       uint64_t sample_count, uint32_t sample_rate_hz)
{
    const host_sound a = borrow(sound, channel_count, sample_count, sample_rate_hz);
    const host_sound b = borrow(coded, channel_count, sample_count, sample_rate_hz);
    return analyze_nmr_db(&a, &b);
}

bool residuum_join_decoder(const char *name, const char *decoder, char *joined, size_t joined_bytes)
{
    return codec_join_decoder(name, decoder, joined, joined_bytes);
}
