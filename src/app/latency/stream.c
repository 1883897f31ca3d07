// SPDX-License-Identifier: MIT
// Plays the probe and takes down what comes back. Its audio side allocates, locks and logs nothing.
#include "app/latency/stream.h"

#include "base/ring_create.h"
#include "base/numbers.h"

#include <residuum/rsd_ring.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define RING_ROUNDS 2u /* of captured sound that wait for the control thread */

struct latency_stream {
    const latency_probe *probe;
    rsd_engine *engine;
    latency_loop *loop;
    rsd_ring *captured;            /* floats, audio -> control */
    _Atomic uint64_t lost_samples; /* audio -> control */
    /* the audio thread's own */
    uint64_t position;
    float straight[HOST_DEVICE_MAX_BLOCK], through[HOST_DEVICE_MAX_BLOCK], returned[HOST_DEVICE_MAX_BLOCK];
};

rsd_status latency_stream_create(const latency_probe *probe, rsd_engine *engine, latency_loop *loop,
                                 latency_stream **stream)
{
    latency_stream *self = calloc(1, sizeof *self);
    const uint32_t capacity = RING_ROUNDS * probe->round_samples;
    if (self) self->captured = base_ring_create(capacity, sizeof(float));
    if (!self || !self->captured) {
        latency_stream_destroy(self);
        return RSD_ERR_MEMORY;
    }
    self->probe = probe;
    self->engine = engine;
    self->loop = loop;
    atomic_init(&self->lost_samples, 0u);
    *stream = self;
    return RSD_OK;
}

void latency_stream_destroy(latency_stream *stream)
{
    if (!stream) return;
    free(stream->captured);
    free(stream);
}

static bool is_through(const latency_stream *stream, uint64_t round) { return stream->engine && round % 2u == 1u; }

bool latency_stream_is_through(const latency_stream *stream, uint64_t round) { return is_through(stream, round); }

/* The probe as it would sound without the engine; R is a power of two. */
static void fill_straight(latency_stream *stream, uint32_t sample_count)
{
    const latency_probe *probe = stream->probe;
    for (uint32_t i = 0; i < sample_count; i++) {
        const uint32_t at = (uint32_t)(stream->position + i) & (probe->round_samples - 1u);
        stream->straight[i] = at < probe->sample_count ? probe->samples[at] : 0.0f;
    }
}

/* The engine codes every round, heard or not, so that the load is the same in all. */
static void play(latency_stream *stream, float *out, uint32_t sample_count)
{
    const float *in = stream->straight;
    float *coded = stream->through;
    fill_straight(stream, sample_count);
    if (stream->engine) rsd_engine_process(stream->engine, &in, &coded, sample_count);
    for (uint32_t i = 0; i < sample_count; i++) {
        const uint64_t round = (stream->position + i) / stream->probe->round_samples;
        out[i] = is_through(stream, round) ? stream->through[i] : stream->straight[i];
    }
}

void latency_stream_block(void *context, const float *const *in, float *const *out, uint32_t sample_count,
                          uint64_t block_ns)
{
    latency_stream *stream = context;
    (void)block_ns;
    play(stream, out[0], sample_count);
    const float *returned = in[0];
    if (stream->loop) {
        latency_loop_process(stream->loop, out[0], stream->returned, sample_count);
        returned = stream->returned;
    }
    stream->position += sample_count;
    const uint32_t written = rsd_ring_write(stream->captured, returned, sample_count);
    if (written == sample_count) return;
    /* Read by latency_stream_lost; only this thread writes it. */
    const uint64_t lost = atomic_load_explicit(&stream->lost_samples, memory_order_relaxed);
    atomic_store_explicit(&stream->lost_samples, lost + sample_count - written, memory_order_relaxed);
}

uint32_t latency_stream_read(latency_stream *stream, float *samples, uint32_t count)
{
    return rsd_ring_read(stream->captured, samples, count);
}

uint64_t latency_stream_lost(const latency_stream *stream)
{
    return atomic_load_explicit(&stream->lost_samples, memory_order_relaxed); /* stored by audio */
}
