// SPDX-License-Identifier: MIT
// Tables of the OSC addresses that are no parameters.
#include "host/osc/addresses.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

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

void host_osc_format_address(const rsd_param_info *info, uint32_t level, bool is_norm, char path[OSC_ADDRESS_BYTES])
{
    const bool is_per_level = rsd_param_is_per_level(info);
    const char *place = is_per_level ? strchr(info->osc, 'N') : NULL;
    if (is_norm && is_per_level)
        snprintf(path, OSC_ADDRESS_BYTES, OSC_PREFIX "/norm/%s/%u", info->symbol, level + 1u);
    else if (is_norm)
        snprintf(path, OSC_ADDRESS_BYTES, OSC_PREFIX "/norm/%s", info->symbol);
    else if (place)
        snprintf(path, OSC_ADDRESS_BYTES, OSC_PREFIX "%.*s%u%s", (int)(place - info->osc), info->osc, level + 1u,
                 place + 1);
    else
        snprintf(path, OSC_ADDRESS_BYTES, OSC_PREFIX "%s", info->osc);
}
