// SPDX-License-Identifier: MIT
// OSC inside a plugin: a thread of its own that polls the server of src/host, where the user gave it a port.
#include "plug_internal.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS 2
#define FOLDERS_VARIABLE "RESIDUUM_OSC_FILES"

/* Called under the lock: said when it is let go. */
static void keep_line(void *context, const char *text)
{
    plug *self = context;
    snprintf(self->osc.log, sizeof self->osc.log, "%s", text);
}

static uint64_t change_count(const plug *self)
{
    host_osc_stats stats = {0};
    host_osc_get_stats(self->osc.server, &stats);
    return stats.applied_count + stats.message_count + stats.loaded_count;
}

static void serve(plug *self)
{
    rsd_error error;
    char line[sizeof self->osc.log];
    pthread_mutex_lock(&self->lock);
    const uint64_t before = change_count(self);
    host_osc_poll(self->osc.server);
    const rsd_status status = host_control_poll(self->control, &error);
    plug_update_wants_poll(self);
    if (change_count(self) != before) plug_note_change(self);
    memcpy(line, self->osc.log, sizeof line);
    self->osc.log[0] = '\0';
    pthread_mutex_unlock(&self->lock);
    if (line[0] != '\0') plug_say(self, PLUG_LOG_WARNING, "%s", line);
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

/* Folders that OSC may load from: the user's own word, in the environment; none without. NULL: no memory. */
static host_loader *make_loader(const plug *self)
{
    host_loader *loader = NULL;
    const char *folders[HOST_LOADER_MAX_FOLDERS];
    uint32_t count = 0;
    rsd_error error;
    char *rest = NULL;
    const char *variable = getenv(FOLDERS_VARIABLE);
    char *text = strdup(variable ? variable : "");
    for (char *folder = text ? strtok_r(text, ":", &rest) : NULL; folder && count < HOST_LOADER_MAX_FOLDERS;
         folder = strtok_r(NULL, ":", &rest))
        folders[count++] = folder;
    if (host_loader_create(folders, count, &loader, &error) != RSD_OK) {
        plug_say(self, PLUG_LOG_WARNING, FOLDERS_VARIABLE ": %s", error.text);
        if (host_loader_create(NULL, 0u, &loader, &error) != RSD_OK) loader = NULL;
    }
    free(text);
    return loader;
}

/* Before the first start, and not under the lock: it looks at folders. */
static void need_loader(plug *self)
{
    host_loader *made = make_loader(self);
    pthread_mutex_lock(&self->lock);
    if (!self->osc.loader) {
        self->osc.loader = made;
        made = NULL;
    }
    pthread_mutex_unlock(&self->lock);
    host_loader_destroy(made);
}

void plug_osc_start_locked(plug *self)
{
    rsd_error error;
    if (self->osc.port == 0u || self->osc.is_running) return;
    const host_osc_config config = {.control = self->control,
                                    .clock = &self->clock,
                                    .port = self->osc.port,
                                    .loader = self->osc.loader,
                                    .log = keep_line,
                                    .log_context = self};
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
    const bool is_same = port == self->osc.port, has_loader = self->osc.loader != NULL;
    pthread_mutex_unlock(&self->lock);
    if (is_same || port > 65535u) return;
    if (!has_loader) need_loader(self);
    plug_osc_stop(self);
    pthread_mutex_lock(&self->lock);
    if (self->osc.loader) host_loader_forget(self->osc.loader); /* who asked on the old port hears no more of it */
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
