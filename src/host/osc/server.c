// SPDX-License-Identifier: MIT
// The OSC server's socket and poll.
#include "host/osc/internal.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S 1e9

static rsd_status read_address(const host_osc_config *config, osc_peer *address, rsd_error *error)
{
    const char *text = config->bind_address ? config->bind_address : "127.0.0.1";
    char own[160];
    if (config->port > 65535u)
        return base_error_set(error, RSD_ERR_ARG, "OSC port %u: ports are 0..65535", config->port);
    if (osc_peer_parse(text, (uint16_t)config->port, address)) return RSD_OK;
    osc_peer_list_own(own, sizeof own);
    return base_error_set(
        error, RSD_ERR_ARG,
        "OSC address '%.60s' is not an IPv4 address: 0.0.0.0 listens on all of this machine's, %s on one", text,
        own[0] != '\0' ? own : "127.0.0.1");
}

static rsd_status open_socket(host_osc *osc, osc_peer *address, rsd_error *error)
{
    const rsd_status status = osc_peer_open(address, &osc->fd, error);
    osc->port = address->port;
    osc->is_loopback = osc_peer_is_loopback(address);
    return status;
}

rsd_status host_osc_create(const host_osc_config *config, host_osc **osc, rsd_error *error)
{
    osc_peer address = {0};
    if (!config || !config->control || !osc)
        return base_error_set(error, RSD_ERR_ARG, "an OSC server wants a control to steer");
    rsd_status status = read_address(config, &address, error);
    if (status != RSD_OK) return status;
    host_osc *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the OSC server");
    self->control = config->control;
    self->clock = config->clock;
    self->session = config->session_status ? config->session : NULL;
    self->session_status = config->session_status;
    self->log = config->log;
    self->log_context = config->log_context;
    self->act = config->act;
    self->act_context = config->act_context;
    self->fd = -1;
    self->expiry_ns = (uint64_t)((config->expiry_s > 0.0 ? config->expiry_s : HOST_OSC_EXPIRY_S) * NS_PER_S);
    self->loader = config->loader;
    if (!self->loader) status = host_loader_create(NULL, 0, &self->own_loader, error);
    if (!self->loader) self->loader = self->own_loader;
    if (status == RSD_OK && !config->has_no_socket) status = open_socket(self, &address, error);
    if (status != RSD_OK) {
        host_osc_destroy(self);
        return status;
    }
    host_osc_add_addresses(self);
    host_watch_init(&self->watch, self->control);
    host_osc_init_queue(self);
    self->poll_ns = host_clock_now_ns();
    *osc = self;
    return base_error_set(error, RSD_OK, "%s", "");
}

void host_osc_destroy(host_osc *osc)
{
    if (!osc) return;
    if (osc->fd >= 0) close(osc->fd);
    host_loader_destroy(osc->own_loader);
    free(osc);
}

uint32_t host_osc_port(const host_osc *osc) { return osc->port; }
int host_osc_fd(const host_osc *osc) { return osc->fd; }
void host_osc_get_stats(const host_osc *osc, host_osc_stats *stats) { *stats = osc->stats; }

/* False when nothing is there. An error that the socket reports is one of an earlier answer's: not of what comes. */
static bool receive_one(host_osc *osc)
{
    osc_peer from;
    const int64_t bytes = osc_peer_receive(osc->fd, osc->datagram, sizeof osc->datagram, &from);
    if (bytes < 0) return bytes != -1;
    if (osc->is_loopback && !osc_peer_is_loopback(&from)) return true; /* forged: nothing from outside is heard */
    host_osc_enqueue(osc, osc->datagram, (size_t)bytes, &from);
    return true;
}

uint32_t host_osc_poll(host_osc *osc)
{
    const uint64_t before = osc->stats.datagram_count;
    host_osc_begin_poll(osc);
    for (uint32_t i = 0; osc->fd >= 0 && i < HOST_OSC_MAX_DATAGRAMS_PER_POLL && receive_one(osc); i++) continue;
    while (osc->work_left > 0 && host_osc_serve_next(osc)) continue;
    host_osc_trim_queue(osc);
    const uint64_t now_ns = host_clock_now_ns();
    host_osc_take_loaded(osc);
    osc->work_left = OSC_POLL_WORK; /* of its own: a flood must not hold up what waits */
    host_osc_run_timed(osc, now_ns);
    host_osc_expire(osc, now_ns);
    host_osc_send_values(osc, now_ns);
    host_osc_send_telemetry(osc, now_ns);
    return (uint32_t)(osc->stats.datagram_count - before);
}

/* ---- streams ---- */

void host_osc_set_streams(host_osc *osc, host_osc_send_stream send, void *context)
{
    osc->send_stream = send;
    osc->stream_context = context;
}

void host_osc_take_stream(host_osc *osc, uint64_t stream, const void *data, size_t bytes)
{
    const osc_peer from = osc_peer_of_stream(stream);
    if (bytes > sizeof osc->datagram) return;
    memcpy(osc->datagram, data, bytes); /* the queue looks at words of it */
    host_osc_enqueue(osc, osc->datagram, bytes, &from);
}

void host_osc_end_stream(host_osc *osc, uint64_t stream)
{
    const osc_peer from = osc_peer_of_stream(stream);
    osc_account *account = host_osc_account(osc, &from, host_clock_now_ns());
    host_osc_drop_subscribers(osc, host_osc_account_index(osc, account));
    account->heard_ns = 0; /* its place is the first that another sender gets */
}
