// SPDX-License-Identifier: MIT
// /residuum/get and /residuum/list.
#include "host/osc/internal.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const host_osc *osc, const rsd_param_info *info)
{
    return host_control_shown_text(osc->control, info->id);
}

static rsd_status find(const host_osc *osc, const char *symbol, const rsd_param_info **info, uint32_t *level,
                       rsd_error *error)
{
    rsd_status status = rsd_param_parse_symbol(symbol, info, level);
    if (status == RSD_OK && !host_control_has(osc->control, *info)) status = RSD_ERR_NOT_FOUND;
    if (status == RSD_ERR_NOT_FOUND)
        return base_error_set(error, status, "there is no parameter '%.80s'; " OSC_PREFIX "/list names them", symbol);
    if (status != RSD_OK)
        return base_error_set(error, status, "'%.80s': a level is written as in level_gain[3]; others have none",
                              symbol);
    return RSD_OK;
}

rsd_status host_osc_get(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    (void)address;
    const rsd_param_info *info = NULL;
    uint32_t level = 0;
    float value = 0.0f;
    uint32_t arg_count;
    const bool is_pressed = host_osc_take_button(message, 1u, &arg_count);
    if (arg_count != 1u || (message->types[0] != LO_STRING && message->types[0] != LO_SYMBOL))
        return base_error_set(error, RSD_ERR_ARG, "get takes a parameter's symbol (s), not ',%.20s'", message->types);
    const char *symbol = (const char *)message->args[0];
    const rsd_status status = find(osc, symbol, &info, &level, error);
    if (status != RSD_OK || !is_pressed) return status;

    lo_message answer = lo_message_new();
    if (!answer) return base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    lo_message_add_string(answer, symbol);
    if (info->unit == RSD_UNIT_TEXT)
        lo_message_add_string(answer, text_of(osc, info));
    else if (host_control_get(osc->control, info->id, level, &value) == RSD_OK)
        lo_message_add_float(answer, value);
    host_osc_send(osc, message->from, OSC_PREFIX "/value", answer);
    return RSD_OK;
}

static void list_item(host_osc *osc, const osc_message *message, const rsd_param_info *info, uint32_t level)
{
    char symbol[80];
    float min, max, value = 0.0f;
    lo_message item = lo_message_new();
    if (!item) return;
    if (rsd_param_is_per_level(info))
        snprintf(symbol, sizeof symbol, "%s[%u]", info->symbol, level + 1u);
    else
        snprintf(symbol, sizeof symbol, "%s", info->symbol);
    lo_message_add_string(item, symbol);
    if (info->unit == RSD_UNIT_TEXT) {
        lo_message_add_string(item, text_of(osc, info));
    } else {
        host_control_range(osc->control, info, &min, &max);
        (void)!host_control_get(osc->control, info->id, level, &value); /* a row of the table: cannot fail */
        lo_message_add_float(item, min);
        lo_message_add_float(item, max);
        lo_message_add_float(item, value);
    }
    host_osc_add(osc, message->from, OSC_PREFIX "/list/item", item);
}

rsd_status host_osc_list(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    (void)address;
    rsd_codec_info codec;
    int32_t count = 0;
    uint32_t arg_count;
    const bool is_pressed = host_osc_take_button(message, 0u, &arg_count);
    if (arg_count != 0u)
        return base_error_set(error, RSD_ERR_ARG, "list takes no argument but a button's, not ',%.20s'",
                              message->types);
    if (!is_pressed) return RSD_OK;
    if (!host_osc_is_trusted(osc->answering.who, osc->poll_ns))
        return base_error_set(error, RSD_ERR_UNSUPPORTED, OSC_PREFIX "/confirm first");
    if (osc->answering.who->listed_poll == osc->poll_count)
        return base_error_set(error, RSD_ERR_FULL, "the list is being sent already");
    osc->answering.who->listed_poll = osc->poll_count;
    host_osc_charge(osc, OSC_LIST_WORK);
    host_control_get_codec_info(osc->control, &codec);
    host_osc_begin(osc);
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        if (!host_control_has(osc->control, info)) continue;
        const uint32_t level_count = rsd_param_is_per_level(info) ? codec.level_count : 1u;
        for (uint32_t level = 0; level < level_count; level++, count++) list_item(osc, message, info, level);
    }
    lo_message end = lo_message_new();
    if (end) lo_message_add_int32(end, count);
    host_osc_add(osc, message->from, OSC_PREFIX "/list/end", end);
    host_osc_end(osc, message->from);
    return RSD_OK;
}

rsd_status host_osc_reset_clip(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    (void)address;
    uint32_t arg_count;
    const bool is_pressed = host_osc_take_button(message, 0u, &arg_count);
    if (arg_count != 0u)
        return base_error_set(error, RSD_ERR_ARG, "clip/reset takes no argument but a button's, not ',%.20s'",
                              message->types);
    if (is_pressed) host_control_reset_clip(osc->control);
    return RSD_OK;
}
