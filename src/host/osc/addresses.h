// SPDX-License-Identifier: MIT
#ifndef HOST_OSC_ADDRESSES_H
#define HOST_OSC_ADDRESSES_H

#include <residuum/rsd_params.h>

#include <stdbool.h>
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

#define OSC_ADDRESS_BYTES 64u /* a known address, its zero included: host_osc_match keeps a bit a character */

/* "/residuum/level/3/gain", or "/residuum/norm/level_gain/3" for the same from 0 to 1. Thread: [any] */
void host_osc_format_address(const rsd_param_info *info, uint32_t level, bool is_norm, char path[OSC_ADDRESS_BYTES]);

/* NULL past the end. Thread: [any] */
const host_osc_row *host_osc_request_row(uint32_t index);
const host_osc_row *host_osc_sent_row(uint32_t index); /* a host_osc_sent */

#endif
