// SPDX-License-Identifier: MIT
#ifndef HOST_SESSION_ANNOUNCE_H
#define HOST_SESSION_ANNOUNCE_H

#include <stdint.h>

/*
 * Tells the local network by Avahi of the servers that listen beyond this machine: that of HTTP as _oscjson._tcp, that
 * of OSC as _osc._udp. Where Avahi is not there, at build time or on this machine, nothing is told and nothing fails.
 */
typedef struct host_announce host_announce;

/* NULL: cannot. A port of 0: not told of. Thread: [control] */
host_announce *host_announce_create(const char *name, uint32_t http_port, uint32_t osc_port);
void host_announce_destroy(host_announce *announce); /* NULL is fine */

#endif
