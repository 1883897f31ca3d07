// SPDX-License-Identifier: MIT
#ifndef HOST_HTTP_ANNOUNCE_H
#define HOST_HTTP_ANNOUNCE_H

#include <stdint.h>

/*
 * Tells the local network of the server, by Avahi: _oscjson._tcp, and _osc._udp where there is an OSC socket beyond
 * this machine. Where Avahi is not there, at build time or on this machine, nothing is told and nothing fails.
 */
typedef struct host_announce host_announce;

/* NULL: cannot. `osc_port` 0: not told of. Thread: [control] */
host_announce *host_announce_create(const char *name, uint32_t http_port, uint32_t osc_port);
void host_announce_destroy(host_announce *announce); /* NULL is fine */

#endif
