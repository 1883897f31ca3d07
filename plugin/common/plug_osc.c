// SPDX-License-Identifier: MIT
// OSC inside a plugin: a thread of its own that polls the server of src/host, where the user gave it a port.
#include "plug_internal.h"

#include <poll.h>

#define POLL_MS 2

static void serve(plug *self)
{
    rsd_error error;
    pthread_mutex_lock(&self->lock);
    const host_osc_stats before = {0};
    host_osc_stats stats = before;
    host_osc_get_stats(self->osc.server, &stats);
    const uint64_t applied = stats.applied_count + stats.message_count;
    host_osc_poll(self->osc.server);
    const rsd_status status = host_control_poll(self->control, &error);
    plug_update_wants_poll(self);
    host_osc_get_stats(self->osc.server, &stats);
    if (stats.applied_count + stats.message_count != applied) plug_note_change(self);
    pthread_mutex_unlock(&self->lock);
    if (status != RSD_OK) plug_say(self, PLUG_LOG_ERROR, "%s", error.text);
}

static void *run(void *context)
{
    plug *self = context;
    struct pollfd wait = {.fd = host_osc_fd(self->osc.server), .events = POLLIN};
    /* Set by plug_osc_stop. */
    while (!atomic_load_explicit(&self->osc.stop, memory_order_acquire)) {
        (void)!poll(&wait, 1, POLL_MS);
        serve(self);
    }
    return NULL;
}

static void fail(plug *self, const char *text)
{
    plug_say(self, PLUG_LOG_ERROR, "%s: this instance has no OSC", text);
    host_osc_destroy(self->osc.server);
    self->osc.server = NULL;
}

void plug_osc_start_locked(plug *self)
{
    rsd_error error;
    if (self->osc.port == 0u || self->osc.is_running) return;
    const host_osc_config config = {.control = self->control, .clock = &self->clock, .port = self->osc.port};
    if (host_osc_create(&config, &self->osc.server, &error) != RSD_OK) {
        self->osc.server = NULL;
        fail(self, error.text);
        return;
    }
    atomic_store_explicit(&self->osc.stop, false, memory_order_relaxed); /* before the thread */
    if (pthread_create(&self->osc.thread, NULL, run, self) != 0) {
        fail(self, "no thread could be started");
        return;
    }
    self->osc.is_running = true;
    atomic_store_explicit(&self->osc_is_on, true, memory_order_relaxed); /* read by audio */
}

void plug_osc_stop(plug *self)
{
    pthread_mutex_lock(&self->lock);
    const bool was_running = self->osc.is_running;
    self->osc.is_running = false; /* nobody else stops it too */
    pthread_mutex_unlock(&self->lock);
    if (!was_running) return;
    atomic_store_explicit(&self->osc_is_on, false, memory_order_relaxed); /* read by audio */
    atomic_store_explicit(&self->osc.stop, true, memory_order_release);   /* read by the thread */
    pthread_join(self->osc.thread, NULL);
    host_osc_destroy(self->osc.server);
    self->osc.server = NULL;
}

void plug_set_osc_port(plug *self, uint32_t port)
{
    pthread_mutex_lock(&self->lock);
    const bool is_same = port == self->osc.port;
    pthread_mutex_unlock(&self->lock);
    if (is_same || port > 65535u) return;
    plug_osc_stop(self);
    pthread_mutex_lock(&self->lock);
    self->osc.port = port;
    plug_osc_start_locked(self);
    pthread_mutex_unlock(&self->lock);
}

uint32_t plug_osc_port(plug *self)
{
    pthread_mutex_lock(&self->lock);
    const uint32_t port = self->osc.port;
    pthread_mutex_unlock(&self->lock);
    return port;
}
