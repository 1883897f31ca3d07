// SPDX-License-Identifier: MIT
#ifndef HOST_HTTP_H
#define HOST_HTTP_H

#include "host/listen/listen.h"
#include "host/osc/osc.h"
#include "host/session/control.h"
#include "host/session/scope.h"

/*
 * An HTTP server beside the OSC server: OSCQuery (a tree of all controls as JSON, made from the parameter table), and
 * WebSockets on the same port, over which OSC goes in both directions. civetweb speaks HTTP, on threads of its own that
 * touch no engine: what a client sends is handed to the control thread, which treats it as any OSC sender's, by the
 * shares of osc.h; what goes to a client waits in a bounded queue of that client, the oldest is dropped, and one thread
 * sends it without ever blocking.
 *
 * Who is let in. The server listens on one address, by default 127.0.0.1. A request must name the server by a number or
 * as localhost (beyond this machine also by its host name): a page of elsewhere whose name was pointed to this machine
 * is refused. A request that a page made must come from this server's own. Bound beyond this machine, only a client
 * that knows a token, which is a part of the address that host_http_address tells, may steer; others may read values.
 * Requests are 8 KiB at most, sockets HTTP_MAX_SOCKETS, what a client sends at once 8 KiB.
 */

#define HOST_HTTP_ADDRESS_BYTES 160u
#define HOST_HTTP_MAX_SOCKETS 6u /* WebSockets at a time */

typedef struct host_http host_http;

typedef struct {
    host_control *control;    /* borrowed; NULL, as osc: the listening test alone is served */
    host_osc *osc;            /* borrowed; its streams are the server's */
    host_listen *listen;      /* borrowed: /listen is its page; NULL: there is none */
    host_scope *scope;        /* borrowed; whose reader the server is; NULL: no spectra */
    uint32_t sample_rate_hz;  /* of it */
    const char *bind_address; /* NULL: 127.0.0.1; "0.0.0.0": every interface; or one address */
    uint32_t port;            /* 0: the system chooses */
    uint32_t osc_port;        /* of the OSC server's socket, as HOST_INFO tells it; 0: it has none */
    const char *osc_address;  /* that it is bound to; NULL: 127.0.0.1 */
} host_http_config;

/*
 * RSD_ERR_UNSUPPORTED: built without civetweb. RSD_ERR_ARG: the address. RSD_ERR_IO: the port is taken. `error` says
 * which. Thread: [control] for all
 */
RSD_NODISCARD rsd_status host_http_create(const host_http_config *config, host_http **http, rsd_error *error);
void host_http_destroy(host_http *http); /* NULL is fine; ends all connections */

/* Where a browser finds it: "http://127.0.0.1:8080/"; beyond this machine with the token. */
const char *host_http_address(const host_http *http);
uint32_t host_http_port(const host_http *http);
bool host_http_is_beyond(const host_http *http); /* other machines reach it */

/*
 * Hands what clients have sent to the OSC server, whose own poll serves it, and what has changed to who listens. Never
 * blocks. Call it before host_osc_poll.
 */
void host_http_poll(host_http *http);
/*
 * For pages: {"COMMAND": name, "DATA": data} to every client that draws. `data` is taken over. looker_number is another
 * one whenever such a client has come; 0: there is none.
 */
void host_http_tell_lookers(host_http *http, const char *name, json_t *data);
uint64_t host_http_looker_number(host_http *http);
int host_http_fd(const host_http *http); /* readable when a poll has something to do at once */

#endif
