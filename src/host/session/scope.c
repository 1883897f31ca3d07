// SPDX-License-Identifier: MIT
// The sound before and after the codec, from the audio thread to who looks at it.
#include "host/session/scope.h"

#include "base/ring_create.h"

#include <stdatomic.h>
#include <stdlib.h>

#define RUN_SAMPLES 64u

struct host_scope {
    rsd_ring *ring;            /* host_scope_sample, audio -> reader */
    _Atomic bool is_looked_at; /* any -> audio; a flag alone: relaxed */
};

rsd_status host_scope_create(host_scope **scope)
{
    host_scope *self = calloc(1, sizeof *self);
    if (!self) return RSD_ERR_MEMORY;
    self->ring = base_ring_create(HOST_SCOPE_SAMPLES, sizeof(host_scope_sample));
    if (!self->ring) {
        host_scope_destroy(self);
        return RSD_ERR_MEMORY;
    }
    *scope = self;
    return RSD_OK;
}

void host_scope_destroy(host_scope *scope)
{
    if (!scope) return;
    free(scope->ring);
    free(scope);
}

void host_scope_push(void *context, uint32_t channel, const float *dry, const float *wet, uint32_t sample_count)
{
    host_scope *self = context;
    host_scope_sample run[RUN_SAMPLES];
    if (channel != 0u || !atomic_load_explicit(&self->is_looked_at, memory_order_relaxed)) return;
    for (uint32_t done = 0; done < sample_count;) {
        const uint32_t count = sample_count - done < RUN_SAMPLES ? sample_count - done : RUN_SAMPLES;
        for (uint32_t i = 0; i < count; i++) run[i] = (host_scope_sample){dry[done + i], wet[done + i]};
        (void)rsd_ring_write(self->ring, run, count);
        done += count;
    }
}

void host_scope_look(host_scope *scope, bool is_looked_at)
{
    atomic_store_explicit(&scope->is_looked_at, is_looked_at, memory_order_relaxed);
}

uint32_t host_scope_read(host_scope *scope, host_scope_sample *samples, uint32_t count)
{
    return rsd_ring_read(scope->ring, samples, count);
}
