// SPDX-License-Identifier: MIT
// What stands for Avahi where its client library was not there at build time.
#include "host/session/announce.h"

#include <stddef.h>

host_announce *host_announce_create(const char *name, uint32_t http_port, uint32_t osc_port)
{
    (void)name;
    (void)http_port;
    (void)osc_port;
    return NULL;
}

void host_announce_destroy(host_announce *announce) { (void)announce; }
