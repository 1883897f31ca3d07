// SPDX-License-Identifier: MIT
// Requests that whoever runs the server carries out: learning of MIDI and the like.
#include "host/osc/internal.h"

#include "base/error.h"

#include <string.h>

static const host_osc_row *row_of(const osc_address *address)
{
    const host_osc_row *row;
    for (uint32_t i = 0; (row = host_osc_request_row(i)) != NULL; i++)
        if (strcmp(row->path, address->path) == 0) return row;
    return NULL;
}

/* The next letter of the row's types, blanks and brackets left out; '\0' at their end. */
static char next_type(const char **types)
{
    while (**types == ' ' || **types == '[' || **types == ']') (*types)++;
    return **types == '\0' ? '\0' : *(*types)++;
}

static uint32_t count_types(const char *types)
{
    uint32_t count = 0;
    while (next_type(&types) != '\0') count++;
    return count;
}

static rsd_status wrong_types(const host_osc_row *row, const osc_message *message, rsd_error *error)
{
    return base_error_set(error, RSD_ERR_ARG, "wanted are ,%s (%s), not ',%.20s'", row->types, row->arguments,
                          message->types);
}

static rsd_status read_arguments(const host_osc_row *row, const osc_message *message, uint32_t arg_count,
                                 host_osc_action *action, rsd_error *error)
{
    const char *types = row->types;
    const uint32_t wanted = count_types(types);
    const uint32_t least = row->types[0] == '[' ? 0u : wanted; /* all or none of them may be left out */
    if (arg_count != wanted && arg_count != least) return wrong_types(row, message, error);
    for (uint32_t i = 0; i < arg_count; i++) {
        const bool is_text = message->types[i] == LO_STRING || message->types[i] == LO_SYMBOL;
        if ((next_type(&types) == 's') != is_text) return wrong_types(row, message, error);
        if (is_text)
            action->texts[i] = (const char *)message->args[i];
        else if (!host_osc_read_number(message->types[i], message->args[i], &action->numbers[i]))
            return wrong_types(row, message, error);
    }
    action->count = arg_count;
    return RSD_OK;
}

rsd_status host_osc_act(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    const host_osc_row *row = row_of(address);
    host_osc_action action = {.path = address->path + strlen(OSC_PREFIX)};
    uint32_t arg_count;
    if (!osc->act) return base_error_set(error, RSD_ERR_UNSUPPORTED, "only residuum live does this");
    const bool is_pressed = host_osc_take_button(message, count_types(row->types), &arg_count);
    const rsd_status status = read_arguments(row, message, arg_count, &action, error);
    if (status != RSD_OK || !is_pressed) return status;
    host_osc_charge(osc, OSC_TEXT_WORK);
    action.is_trusted = host_osc_is_trusted(osc->answering.who, osc->poll_ns);
    return osc->act(osc->act_context, &action, error);
}
