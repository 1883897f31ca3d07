// SPDX-License-Identifier: MIT
#ifndef APP_LATENCY_STREAM_H
#define APP_LATENCY_STREAM_H

#include "app/latency/loop.h"
#include "app/latency/probe.h"
#include "host/device/device.h"

#include <residuum/rsd_engine.h>

/*
 * The audio side: plays the probe round after round, straight or through an engine, and hands what comes back to the
 * control thread through a ring. Round r is played at samples [r R, (r + 1) R), R being probe->round_samples. With an
 * engine every second round goes through it, the first one straight.
 */
typedef struct latency_stream latency_stream;

/*
 * probe   borrowed
 * engine  borrowed, mono; NULL: every round is straight
 * loop    borrowed, takes the place of the device's input; NULL: the device's
 * Errors  RSD_ERR_MEMORY. Thread: [setup]
 */
RSD_NODISCARD rsd_status latency_stream_create(const latency_probe *probe, rsd_engine *engine, latency_loop *loop,
                                               latency_stream **stream);
void latency_stream_destroy(latency_stream *stream); /* NULL is fine. Thread: [setup] */

/* A host_device_callback; context is the stream. Mono. Thread: [audio] */
RSD_REALTIME void latency_stream_block(void *context, const float *const *in, float *const *out, uint32_t sample_count,
                                       uint64_t block_ns);

/* Whether that round goes through the engine. Thread: [any] */
bool latency_stream_is_through(const latency_stream *stream, uint64_t round);
/* The next samples that came back, at most `count`; how many there were. Thread: [control] */
uint32_t latency_stream_read(latency_stream *stream, float *samples, uint32_t count);
/* Samples that were lost, as the control thread did not read them in time. Thread: [control] */
uint64_t latency_stream_lost(const latency_stream *stream);

#endif
