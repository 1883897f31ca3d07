// SPDX-License-Identifier: MIT
#ifndef HOST_SCOPE_H
#define HOST_SCOPE_H

#include <residuum/rsd_engine.h>

#include <stdbool.h>

/*
 * The sound of channel 0 before and after the codec, for who looks at it: a ring from the audio thread to one reader.
 * While nobody looks, the audio thread reads one flag and writes nothing. What finds no room is left out.
 */

#define HOST_SCOPE_SAMPLES 16384u /* that the ring holds */

typedef struct {
    float dry, wet; /* of the same time */
} host_scope_sample;

typedef struct host_scope host_scope;

RSD_NODISCARD rsd_status host_scope_create(host_scope **scope); /* RSD_ERR_MEMORY. Thread: [setup] */
void host_scope_destroy(host_scope *scope);                     /* after the engine. NULL is fine. Thread: [setup] */

/* An rsd_sound_tap; context is the host_scope. Thread: [audio] */
RSD_REALTIME void host_scope_push(void *context, uint32_t channel, const float *dry, const float *wet,
                                  uint32_t sample_count);

void host_scope_look(host_scope *scope, bool is_looked_at); /* Thread: [any] */
/* Up to `count` samples, the oldest first; returns how many. Thread: one reader */
uint32_t host_scope_read(host_scope *scope, host_scope_sample *samples, uint32_t count);

#endif
