// SPDX-License-Identifier: MIT
// The OSC server's socket and poll.
#include "host/osc/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BYTES (1 << 20) /* asked for; the system gives what it allows */
#define NS_PER_S 1e9

static rsd_status read_address(const host_osc_config *config, struct sockaddr_in *address, rsd_error *error)
{
    const char *text = config->bind_address ? config->bind_address : "127.0.0.1";
    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    if (config->port > 65535u)
        return rsd_error_set(error, RSD_ERR_ARG, "OSC port %u: ports are 0..65535", config->port);
    if (inet_pton(AF_INET, text, &address->sin_addr) != 1)
        return rsd_error_set(error, RSD_ERR_ARG, "OSC address '%.60s' is not an IPv4 address such as 0.0.0.0", text);
    address->sin_port = htons((uint16_t)config->port);
    return RSD_OK;
}

static rsd_status cannot_bind(const struct sockaddr_in *address, int code, rsd_error *error)
{
    char text[INET_ADDRSTRLEN];
    const unsigned port = ntohs(address->sin_port);
    inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
    if (code == EADDRINUSE)
        return rsd_error_set(error, RSD_ERR_IO, "OSC port %u (UDP) is taken by another program", port);
    if (code == EADDRNOTAVAIL)
        return rsd_error_set(error, RSD_ERR_IO, "OSC address %s is not one of this machine's", text);
    return rsd_error_set(error, RSD_ERR_IO, "OSC cannot listen on %s, UDP port %u: %s", text, port, strerror(code));
}

/* No SO_REUSEADDR: with it two programs would share a port, and each get some of the messages. */
static rsd_status open_socket(host_osc *osc, struct sockaddr_in *address, rsd_error *error)
{
    const int bytes = RECEIVE_BYTES;
    socklen_t length = sizeof *address;
    osc->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (osc->fd < 0) return rsd_error_set(error, RSD_ERR_IO, "OSC has no socket: %s", strerror(errno));
    setsockopt(osc->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (bind(osc->fd, (const struct sockaddr *)address, sizeof *address) != 0)
        return cannot_bind(address, errno, error);
    if (getsockname(osc->fd, (struct sockaddr *)address, &length) != 0)
        return rsd_error_set(error, RSD_ERR_IO, "OSC cannot find its port: %s", strerror(errno));
    osc->port = ntohs(address->sin_port);
    osc->is_loopback = host_osc_is_loopback(address);
    return RSD_OK;
}

rsd_status host_osc_create(const host_osc_config *config, host_osc **osc, rsd_error *error)
{
    struct sockaddr_in address = {0};
    if (!config || !config->control || !osc)
        return rsd_error_set(error, RSD_ERR_ARG, "an OSC server wants a control to steer");
    rsd_status status = read_address(config, &address, error);
    if (status != RSD_OK) return status;
    host_osc *self = calloc(1, sizeof *self);
    if (!self) return rsd_error_set(error, RSD_ERR_MEMORY, "no memory for the OSC server");
    self->control = config->control;
    self->clock = config->clock;
    self->session = config->session_status ? config->session : NULL;
    self->session_status = config->session_status;
    self->log = config->log;
    self->log_context = config->log_context;
    self->fd = -1;
    self->expiry_ns = (uint64_t)((config->expiry_s > 0.0 ? config->expiry_s : HOST_OSC_EXPIRY_S) * NS_PER_S);
    self->loader = config->loader;
    if (!self->loader) status = host_loader_create(NULL, 0, &self->own_loader, error);
    if (!self->loader) self->loader = self->own_loader;
    if (status == RSD_OK) status = open_socket(self, &address, error);
    if (status != RSD_OK) {
        host_osc_destroy(self);
        return status;
    }
    host_osc_add_addresses(self);
    host_osc_init_queue(self);
    self->poll_ns = host_clock_now_ns();
    *osc = self;
    return rsd_error_set(error, RSD_OK, "%s", "");
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
    struct sockaddr_in from = {0};
    socklen_t length = sizeof from;
    const ssize_t bytes =
        recvfrom(osc->fd, osc->datagram, sizeof osc->datagram, MSG_DONTWAIT, (struct sockaddr *)&from, &length);
    if (bytes < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
    if (osc->is_loopback && !host_osc_is_loopback(&from)) return true; /* forged: nothing from outside is heard */
    host_osc_enqueue(osc, osc->datagram, (size_t)bytes, &from);
    return true;
}

uint32_t host_osc_poll(host_osc *osc)
{
    const uint64_t before = osc->stats.datagram_count;
    host_osc_begin_poll(osc);
    for (uint32_t i = 0; i < HOST_OSC_MAX_DATAGRAMS_PER_POLL && receive_one(osc); i++) continue;
    while (osc->work_left > 0 && host_osc_serve_next(osc)) continue;
    host_osc_trim_queue(osc);
    const uint64_t now_ns = host_clock_now_ns();
    host_osc_take_loaded(osc);
    osc->work_left = OSC_POLL_WORK; /* of its own: a flood must not hold up what waits */
    host_osc_run_timed(osc, now_ns);
    host_osc_expire(osc, now_ns);
    host_osc_send_telemetry(osc, now_ns);
    return (uint32_t)(osc->stats.datagram_count - before);
}
