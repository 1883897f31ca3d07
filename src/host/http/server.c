// SPDX-License-Identifier: MIT
// Opens and closes the HTTP server, and its poll on the control thread.
#include "host/http/internal.h"

#include "host/osc/peer.h"

#include "base/error.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ---- create ---- */

static rsd_status read_address(host_http *http, const host_http_config *config, rsd_error *error)
{
    char own[160];
    osc_peer peer;
    const char *text = config->bind_address ? config->bind_address : "127.0.0.1";
    if (config->port > 65535u)
        return base_error_set(error, RSD_ERR_ARG, "HTTP port %u: ports are 0..65535", config->port);
    if (!osc_peer_parse(text, (uint16_t)config->port, &peer)) {
        osc_peer_list_own(own, sizeof own);
        return base_error_set(error, RSD_ERR_ARG,
                              "HTTP address '%.60s' is not an IPv4 address: 0.0.0.0 listens on all of this machine's, "
                              "%s on one",
                              text, own[0] != '\0' ? own : "127.0.0.1");
    }
    osc_peer_text(&peer, http->bind_address);
    snprintf(http->osc_address, sizeof http->osc_address, "%s",
             config->osc_address ? config->osc_address : "127.0.0.1");
    if (gethostname(http->host_name, sizeof http->host_name - 1u) != 0) http->host_name[0] = '\0';
    return osc_peer_is_loopback(&peer) ? RSD_OK : host_http_make_token(http, error);
}

/* Made to be read by a person, who opens it: by an address that other machines reach. */
static void make_address(host_http *http)
{
    char own[400];
    const char *shown = http->bind_address;
    if (strcmp(shown, "0.0.0.0") == 0) {
        osc_peer_list_own(own, sizeof own); /* "127.0.0.1 (this machine alone), 192.0.2.7 (eth0)" */
        char *outer = strstr(own, "alone), ");
        outer = outer ? outer + strlen("alone), ") : own;
        outer[strcspn(outer, " ,")] = '\0';
        shown = *outer ? outer : "127.0.0.1";
    }
    snprintf(http->address, sizeof http->address, "http://%.40s:%u/%s%s", shown, http->port,
             http->token[0] != '\0' ? "?token=" : "", http->token);
}

static int keep_quiet(const struct mg_connection *connection, const char *message)
{
    (void)connection;
    (void)message;
    return 1; /* a client's faults are no news */
}

static rsd_status start_civetweb(host_http *http, uint32_t port, rsd_error *error)
{
    char ports[64];
    struct mg_server_port bound[2];
    snprintf(ports, sizeof ports, "%s:%u", http->bind_address, port);
    const char *options[] = {"listening_ports",
                             ports,
                             "num_threads",
                             HTTP_WORKERS,
                             "request_timeout_ms",
                             "2000",
                             "websocket_timeout_ms",
                             "20000",
                             "enable_websocket_ping_pong",
                             "yes",
                             "max_request_size",
                             "8192",
                             "connection_queue",
                             "20",
                             "listen_backlog",
                             "20",
                             "tcp_nodelay",
                             "1",
                             "access_control_allow_origin",
                             "",
                             "access_control_allow_methods",
                             "",
                             "enable_directory_listing",
                             "no",
                             NULL};
    const struct mg_callbacks callbacks = {.begin_request = host_http_begin_request, .log_message = keep_quiet};
    struct sigaction before; /* civetweb ignores SIGPIPE for the whole process, and needs it not: it sends without */
    sigaction(SIGPIPE, NULL, &before);
    http->civetweb = mg_start(&callbacks, http, options);
    sigaction(SIGPIPE, &before, NULL);
    if (!http->civetweb)
        return base_error_set(error, RSD_ERR_IO,
                              "HTTP cannot listen on %s, port %u: another program has it, or it is not an address of "
                              "this machine",
                              http->bind_address, port);
    if (mg_get_server_ports(http->civetweb, 2, bound) < 1)
        return base_error_set(error, RSD_ERR_IO, "HTTP cannot find its port");
    http->port = (uint32_t)bound[0].port;
    mg_set_websocket_handler(http->civetweb, "/$", host_http_connect, host_http_ready, host_http_data, host_http_close,
                             http);
    return RSD_OK;
}

static rsd_status start_threads(host_http *http, uint32_t port, host_scope *scope, rsd_error *error)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&http->lock, NULL);
    pthread_mutex_init(&http->write_lock, NULL);
    pthread_cond_init(&http->pushed, &monotonic);
    pthread_cond_init(&http->taken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    http->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (http->wake_fd < 0) return base_error_set(error, RSD_ERR_IO, "the system gives no event for the HTTP server");
    for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++) {
        http->clients[i].outbox.data = malloc(HTTP_OUTBOX_BYTES);
        if (!http->clients[i].outbox.data) return base_error_set(error, RSD_ERR_MEMORY, "no memory for HTTP");
    }
    const rsd_status status = start_civetweb(http, port, error);
    if (status != RSD_OK) return status;
    /* Who wants spectra and gets none sees everything else. */
    if (scope) http->spectrum = host_http_spectrum_create(scope, http->sample_rate_hz);
    http->has_pusher = pthread_create(&http->pusher, NULL, host_http_push, http) == 0;
    return http->has_pusher ? RSD_OK : base_error_set(error, RSD_ERR_THREAD, "no thread for the HTTP server");
}

/* On the control thread, from within the OSC server. */
static void send_stream(void *context, uint64_t stream, const void *data, size_t bytes)
{
    host_http *http = context;
    if (host_http_is_blind(http)) return;
    pthread_mutex_lock(&http->lock);
    for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++)
        if (http->clients[i].connection && http->clients[i].stream == stream)
            host_http_post(http, &http->clients[i], MG_WEBSOCKET_OPCODE_BINARY, data, bytes);
    pthread_mutex_unlock(&http->lock);
}

rsd_status host_http_create(const host_http_config *config, host_http **http, rsd_error *error)
{
    if (!config || !config->control != !config->osc || (!config->control && !config->listen) || !http)
        return base_error_set(error, RSD_ERR_ARG, "an HTTP server wants a control and an OSC server, or a test");
    host_http *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the HTTP server");
    self->control = config->control;
    self->osc = config->osc;
    self->listen = config->listen;
    self->osc_port = config->osc_port;
    self->sample_rate_hz = config->sample_rate_hz;
    self->wake_fd = -1;
    rsd_status status = read_address(self, config, error);
    if (status != RSD_OK) {
        free(self);
        return status;
    }
    if (self->control) host_watch_init(&self->watch, self->control);
    memcpy(&self->shown, &self->watch, sizeof self->shown);
    status = start_threads(self, config->port, config->scope, error);
    if (status != RSD_OK) {
        host_http_destroy(self);
        return status;
    }
    make_address(self);
    if (self->osc) host_osc_set_streams(self->osc, send_stream, self);
    *http = self;
    return base_error_set(error, RSD_OK, "%s", "");
}

void host_http_destroy(host_http *http)
{
    if (!http) return;
    if (http->osc) host_osc_set_streams(http->osc, NULL, NULL);
    pthread_mutex_lock(&http->lock);
    http->is_ending = true;
    pthread_cond_broadcast(&http->pushed);
    pthread_cond_broadcast(&http->taken);
    pthread_mutex_unlock(&http->lock);
    if (http->civetweb) mg_stop(http->civetweb);
    pthread_mutex_lock(&http->lock);
    http->has_ended = true;
    pthread_mutex_unlock(&http->lock);
    if (http->has_pusher) pthread_join(http->pusher, NULL);
    host_http_spectrum_destroy(http->spectrum);
    if (http->wake_fd >= 0) close(http->wake_fd);
    for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++) free(http->clients[i].outbox.data);
    pthread_cond_destroy(&http->pushed);
    pthread_cond_destroy(&http->taken);
    pthread_mutex_destroy(&http->lock);
    pthread_mutex_destroy(&http->write_lock);
    free(http);
}

const char *host_http_address(const host_http *http) { return http->address; }
uint32_t host_http_port(const host_http *http) { return http->port; }
bool host_http_is_beyond(const host_http *http) { return http->token[0] != '\0'; }
int host_http_fd(const host_http *http) { return http->wake_fd; }

bool host_http_is_blind(host_http *http) { return http->listen && host_listen_is_running(http->listen); }

/* ---- poll ---- */

/* Copied first: the OSC server may send while it takes, and that takes the lock. */
static void take_letters(host_http *http)
{
    unsigned char *copy = http->taken_letters;
    pthread_mutex_lock(&http->lock);
    const uint32_t used = http->inbox_used;
    memcpy(copy, http->inbox, used);
    http->inbox_used = 0;
    if (used > 0u) pthread_cond_broadcast(&http->taken);
    pthread_mutex_unlock(&http->lock);
    for (uint32_t at = 0; at < used;) {
        http_letter head;
        memcpy(&head, copy + at, sizeof head);
        at += (uint32_t)sizeof head;
        if (head.bytes == 0u)
            host_osc_end_stream(http->osc, head.stream);
        else
            host_osc_take_stream(http->osc, head.stream, copy + at, head.bytes);
        at += head.bytes;
    }
}

void host_http_poll(host_http *http)
{
    uint64_t wakes;
    (void)!read(http->wake_fd, &wakes, sizeof wakes);
    if (!http->control) return;
    take_letters(http);
    host_http_tell_changes(http);
}
