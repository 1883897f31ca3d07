// SPDX-License-Identifier: MIT
// Tables of the OSC addresses that are no parameters.
#include "host/osc/addresses.h"

#include <stddef.h>

static const host_osc_row requests[] = {
#define OSC_REQUEST(handler, path, types, arguments, help) {OSC_PREFIX path, types, arguments, help},
#define OSC_SENT(ID, path, types, arguments, help)
#include "host/osc/addresses.def"
#undef OSC_REQUEST
#undef OSC_SENT
};

static const host_osc_row sent[] = {
#define OSC_REQUEST(handler, path, types, arguments, help)
#define OSC_SENT(ID, path, types, arguments, help) {OSC_PREFIX path, types, arguments, help},
#include "host/osc/addresses.def"
#undef OSC_REQUEST
#undef OSC_SENT
};

const host_osc_row *host_osc_request_row(uint32_t index)
{
    return index < sizeof requests / sizeof *requests ? &requests[index] : NULL;
}

const host_osc_row *host_osc_sent_row(uint32_t index)
{
    return index < sizeof sent / sizeof *sent ? &sent[index] : NULL;
}
