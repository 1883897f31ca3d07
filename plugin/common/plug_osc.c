// SPDX-License-Identifier: MIT
// Servers inside a plugin: a thread of its own that polls those of src/host, OSC's and the page's, where there is a port.
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
    if (self->page.server) host_http_poll(self->page.server);
    host_osc_poll(self->osc.server);
    const rsd_status status = host_control_poll(self->control, &error);
    plug_update_wants_poll(self);
    if (change_count(self) != before) plug_note_change(self);
    memcpy(line, self->osc.log, sizeof line);
    self->osc.log[0] = '\0';
    pthread_mutex_unlock(&self->lock);
    if (self->page.server) plug_page_update(self);
    if (line[0] != '\0') plug_say(self, PLUG_LOG_WARNING, "%s", line);
    if (status != RSD_OK) plug_say(self, PLUG_LOG_ERROR, "%s", error.text);
}

static void *run(void *context)
{
    plug *self = context;
    struct pollfd wait[2] = {{.fd = host_osc_fd(self->osc.server), .events = POLLIN},
                             {.fd = self->page.server ? host_http_fd(self->page.server) : -1, .events = POLLIN}};
    /* Set by stop_thread. */
    while (!atomic_load_explicit(&self->osc.stop, memory_order_acquire)) {
        (void)!poll(wait, 2, POLL_MS);
        serve(self);
    }
    return NULL;
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

/* A socket that cannot be had is said once, and the page needs none. */
static void start_osc_locked(plug *self)
{
    rsd_error error;
    host_osc_config config = {.control = self->control,
                              .clock = &self->clock,
                              .port = self->osc.port,
                              .has_no_socket = self->osc.port == 0u,
                              .loader = self->osc.loader,
                              .log = keep_line,
                              .log_context = self,
                              .act = plug_act_locked,
                              .act_context = self};
    if (host_osc_create(&config, &self->osc.server, &error) == RSD_OK) return;
    self->osc.server = NULL;
    plug_say(self, PLUG_LOG_ERROR, "%s: this instance has no OSC", error.text);
    config.has_no_socket = true;
    if (self->page.port != 0u && self->osc.port != 0u && host_osc_create(&config, &self->osc.server, &error) != RSD_OK)
        self->osc.server = NULL;
}

/* No thread serves them any more. */
static void end_servers(plug *self)
{
    plug_page_stop(self);
    host_osc_destroy(self->osc.server);
    self->osc.server = NULL;
}

void plug_servers_start_locked(plug *self)
{
    if (self->osc.is_running || (self->osc.port == 0u && self->page.port == 0u)) return;
    if (!self->osc.server) start_osc_locked(self);
    if (!self->osc.server) return;
    const bool has_page = self->page.port != 0u && plug_page_start_locked(self);
    if (!has_page && host_osc_fd(self->osc.server) < 0) return;
    atomic_store_explicit(&self->osc.stop, false, memory_order_relaxed); /* before the thread */
    if (pthread_create(&self->osc.thread, NULL, run, self) != 0) {
        plug_say(self, PLUG_LOG_ERROR, "no thread could be started: this instance has no OSC and no page");
        return;
    }
    self->osc.is_running = true;
    atomic_store_explicit(&self->osc_is_on, true, memory_order_relaxed); /* read by audio */
}

static void stop_thread(plug *self)
{
    pthread_mutex_lock(&self->lock);
    const bool was_running = self->osc.is_running;
    self->osc.is_running = false;
    pthread_mutex_unlock(&self->lock);
    if (!was_running) return;
    atomic_store_explicit(&self->osc_is_on, false, memory_order_relaxed); /* read by audio */
    atomic_store_explicit(&self->osc.stop, true, memory_order_release);   /* read by the thread */
    pthread_join(self->osc.thread, NULL);
}

void plug_servers_stop(plug *self)
{
    stop_thread(self);
    end_servers(self);
}

/* ---- ports ---- */

/* servers_lock is held, and no thread serves. */
static void start_again(plug *self, uint32_t *asked, uint32_t port)
{
    pthread_mutex_lock(&self->lock);
    const bool has_loader = self->osc.loader != NULL;
    pthread_mutex_unlock(&self->lock);
    if (!has_loader) need_loader(self);
    pthread_mutex_lock(&self->lock);
    if (asked == &self->osc.port && self->osc.loader)
        host_loader_forget(self->osc.loader); /* who asked on the old port hears no more of it */
    *asked = port;
    plug_servers_start_locked(self);
    pthread_mutex_unlock(&self->lock);
}

static uint32_t port_of(plug *self, const uint32_t *asked)
{
    pthread_mutex_lock(&self->lock);
    const uint32_t port = *asked;
    pthread_mutex_unlock(&self->lock);
    return port;
}

void plug_set_osc_port(plug *self, uint32_t port)
{
    pthread_mutex_lock(&self->servers_lock);
    if (port != self->osc.port && port <= PLUG_MAX_PORT) {
        plug_servers_stop(self);
        start_again(self, &self->osc.port, port);
    }
    pthread_mutex_unlock(&self->servers_lock);
}

/* OSC on a socket goes on, and who is subscribed there stays so. */
void plug_set_http_port(plug *self, uint32_t port)
{
    pthread_mutex_lock(&self->servers_lock);
    if (port != self->page.port && port <= PLUG_MAX_PORT) {
        stop_thread(self);
        if (self->osc.server && host_osc_fd(self->osc.server) >= 0)
            plug_page_stop(self);
        else
            end_servers(self);
        self->page.last_port = 0u;
        start_again(self, &self->page.port, port);
    }
    pthread_mutex_unlock(&self->servers_lock);
}

uint32_t plug_osc_port(plug *self) { return port_of(self, &self->osc.port); }
uint32_t plug_http_port(plug *self) { return port_of(self, &self->page.port); }
