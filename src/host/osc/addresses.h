// SPDX-License-Identifier: MIT
#ifndef HOST_OSC_ADDRESSES_H
#define HOST_OSC_ADDRESSES_H

#include <stdint.h>

/* The OSC addresses that are no parameters, as addresses.def has them: for the server, and for whoever writes of it. */

#define OSC_PREFIX "/residuum"

typedef struct {
    const char *path;  /* with the prefix */
    const char *types; /* of its arguments, as in a type tag; [] may be left out */
    const char *arguments, *help;
} host_osc_row;

typedef enum {
#define OSC_REQUEST(handler, path, types, arguments, help)
#define OSC_SENT(ID, path, types, arguments, help) HOST_OSC_SENT_##ID,
#include "host/osc/addresses.def"
#undef OSC_REQUEST
#undef OSC_SENT
    HOST_OSC_SENT_COUNT
} host_osc_sent;

/* NULL past the end. Thread: [any] */
const host_osc_row *host_osc_request_row(uint32_t index);
const host_osc_row *host_osc_sent_row(uint32_t index); /* a host_osc_sent */

#endif
