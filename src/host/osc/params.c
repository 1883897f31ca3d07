// SPDX-License-Identifier: MIT
// The addresses of the parameter table, and what a message to one of them does.
#include "host/osc/internal.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- values ---- */

bool host_osc_read_number(char type, const lo_arg *arg, double *number)
{
    int32_t i;
    int64_t h;
    float f;
    switch (type) { /* copied: eight-byte values lie on four-byte boundaries */
    case LO_FLOAT:
        memcpy(&f, (const void *)arg, sizeof f);
        *number = (double)f;
        return true;
    case LO_DOUBLE:
        memcpy(number, (const void *)arg, sizeof *number);
        return true;
    case LO_INT32:
        memcpy(&i, (const void *)arg, sizeof i);
        *number = i;
        return true;
    case LO_INT64:
        memcpy(&h, (const void *)arg, sizeof h);
        *number = (double)h;
        return true;
    case LO_TRUE:
    case LO_FALSE:
    case LO_INFINITUM: /* OSC 1.1: an impulse */
    case LO_NIL:
        *number = type == LO_TRUE || type == LO_INFINITUM;
        return true;
    default:
        return false;
    }
}

static bool is_string(char type) { return type == LO_STRING || type == LO_SYMBOL; }

/* Types without a value: T and I are on, F and N off. */
static bool is_switch(char type)
{
    return type == LO_TRUE || type == LO_FALSE || type == LO_INFINITUM || type == LO_NIL;
}

/* 0 or F is a button that was let go. N says nothing of it: pressed. */
bool host_osc_take_button(const osc_message *message, uint32_t wanted, uint32_t *arg_count)
{
    double pressed = 1.0;
    *arg_count = message->arg_count;
    if (message->arg_count != wanted + 1u) return true;
    const char type = message->types[wanted];
    if (!host_osc_read_number(type, message->args[wanted], &pressed)) return true;
    *arg_count = wanted;
    return type == LO_NIL || pressed != 0.0;
}

static rsd_status read_text(const osc_message *message, osc_value *value, rsd_error *error)
{
    const char *text = (const char *)message->args[0];
    if (strlen(text) >= sizeof value->text)
        return base_error_set(error, RSD_ERR_ARG, "the name is over %u characters", OSC_MAX_TEXT - 1u);
    value->is_text = true;
    strcpy(value->text, text);
    return RSD_OK;
}

static rsd_status wrong_type(const rsd_param_info *info, const osc_message *message, rsd_error *error)
{
    const char *wanted = "one number (f, i)";
    if (info->unit == RSD_UNIT_TEXT) wanted = "one name (s)";
    if (rsd_param_value_names(info)) wanted = "one name (s) or number (f, i)";
    if (info->unit == RSD_UNIT_SWITCH) wanted = "one switch (i, f, T, F)";
    return base_error_set(error, RSD_ERR_ARG, "%s takes %s, not ',%.20s'", info->symbol, wanted, message->types);
}

static rsd_status read_value(const rsd_param_info *info, const osc_message *message, uint32_t arg_count,
                             osc_value *value, rsd_error *error)
{
    double number = 0.0;
    value->is_text = false;
    if (arg_count != 1u) return wrong_type(info, message, error);
    const char type = message->types[0];
    if (is_string(type) && info->unit == RSD_UNIT_TEXT) return read_text(message, value, error);
    if (is_string(type) && rsd_param_value_names(info)) {
        if (rsd_param_parse_value(info, (const char *)message->args[0], &value->number) == RSD_OK) return RSD_OK;
        return base_error_set(error, RSD_ERR_ARG, "%s takes one of %s, not '%.60s'", info->symbol,
                              rsd_param_value_names(info), (const char *)message->args[0]);
    }
    if (info->unit == RSD_UNIT_TEXT || (is_switch(type) && info->unit != RSD_UNIT_SWITCH) ||
        !host_osc_read_number(type, message->args[0], &number))
        return wrong_type(info, message, error);
    value->number = (float)number; /* too large becomes infinite, and is refused with not-a-number where it is set */
    return RSD_OK;
}

/* The same from 0 to 1 over the range that is taken now. */
static rsd_status read_norm(const host_osc *osc, const rsd_param_info *info, const osc_message *message,
                            uint32_t arg_count, osc_value *value, rsd_error *error)
{
    double number = 0.0;
    value->is_text = false;
    if (arg_count != 1u || is_string(message->types[0]) ||
        !host_osc_read_number(message->types[0], message->args[0], &number))
        return base_error_set(error, RSD_ERR_ARG, "%s from 0 to 1 takes one number (f, i), not ',%.20s'", info->symbol,
                              message->types);
    if (!(number >= 0.0 && number <= 1.0))
        return base_error_set(error, RSD_ERR_ARG, "%s takes a number 0..1 here, not %g", info->symbol, number);
    value->number = host_control_denormalise(osc->control, info, (float)number);
    return RSD_OK;
}

/* ---- now or later ---- */

rsd_status host_osc_apply(host_osc *osc, const osc_address *address, const osc_value *value, const osc_peer *from,
                          rsd_error *error)
{
    if (address->info->unit == RSD_UNIT_TEXT) return host_osc_load(osc, address->info->id, value->text, from, error);
    return host_control_set_value(osc->control, address->info->id, address->level, value->number, error);
}

/* What is wrong now is said now; behind a codec that is to come, its range is not known yet. */
static rsd_status set_later(host_osc *osc, const osc_address *address, const osc_value *value,
                            const osc_message *message, rsd_error *error)
{
    if (!value->is_text && !host_osc_text_waits(osc, message->due_ns)) {
        const rsd_status status =
            host_control_check_value(osc->control, address->info->id, address->level, value->number, error);
        if (status != RSD_OK) return status;
    }
    return host_osc_wait(osc, address, value, message, error);
}

/* A button's argument after a number is exactly 0 or 1: anything else would be a second value, and is refused. */
static bool has_button(const osc_message *message)
{
    double pressed = 0.0;
    return message->arg_count == 2u && host_osc_read_number(message->types[1], message->args[1], &pressed) &&
           (is_string(message->types[0]) || pressed == 0.0 || pressed == 1.0);
}

static rsd_status set_parameter(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    osc_value value;
    uint64_t sample_time = 0;
    uint32_t arg_count = message->arg_count;
    const bool is_pressed = !has_button(message) || host_osc_take_button(message, 1u, &arg_count);
    rsd_status status = address->is_norm ? read_norm(osc, address->info, message, arg_count, &value, error)
                                         : read_value(address->info, message, arg_count, &value, error);
    if (status != RSD_OK || !is_pressed) return status;
    const bool is_timed =
        message->due_ns != 0u && osc->clock && host_clock_sample_at(osc->clock, message->due_ns, &sample_time);
    status = is_timed ? set_later(osc, address, &value, message, error)
                      : host_osc_apply(osc, address, &value, message->from, error);
    if (status == RSD_OK && !value.is_text) osc->stats.applied_count++;
    return status;
}

/* ---- the table ---- */

#define NORM_PREFIX OSC_PREFIX "/norm/"

bool host_osc_means_norm(const char *path) { return strncmp(path, NORM_PREFIX, strlen(NORM_PREFIX)) == 0; }

static void add(host_osc *osc, const rsd_param_info *info, uint32_t level, bool is_norm)
{
    osc_address *address = &osc->addresses[osc->address_count++];
    *address = (osc_address){.handle = set_parameter, .info = info, .level = level, .is_norm = is_norm};
    host_osc_format_address(info, level, is_norm, address->path);
}

static void add_request(host_osc *osc, osc_handler handle, const char *path)
{
    osc_address *address = &osc->addresses[osc->address_count++];
    snprintf(address->path, sizeof address->path, OSC_PREFIX "%s", path);
    address->handle = handle;
}

static void sort_addresses(host_osc *osc)
{
    for (uint32_t i = 0; i < osc->address_count; i++) {
        uint32_t place = i;
        for (; place > 0u && strcmp(osc->addresses[osc->by_path[place - 1u]].path, osc->addresses[i].path) > 0; place--)
            osc->by_path[place] = osc->by_path[place - 1u];
        osc->by_path[place] = (uint16_t)i;
    }
}

const osc_address *host_osc_find_address(const host_osc *osc, const char *path)
{
    uint32_t low = 0, high = osc->address_count;
    while (low < high) {
        const uint32_t middle = (low + high) / 2u;
        const osc_address *address = &osc->addresses[osc->by_path[middle]];
        const int order = strcmp(path, address->path);
        if (order == 0) return address;
        if (order < 0)
            high = middle;
        else
            low = middle + 1u;
    }
    return NULL;
}

void host_osc_add_addresses(host_osc *osc)
{
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        if (!host_control_has(osc->control, info)) continue;
        const uint32_t count = rsd_param_is_per_level(info) ? RSD_MAX_LEVELS : 1u;
        for (uint32_t level = 0; level < count; level++) {
            add(osc, info, level, false);
            if (info->unit != RSD_UNIT_TEXT) add(osc, info, level, true);
        }
    }
#define OSC_REQUEST(handler, path, types, arguments, help) add_request(osc, handler, path);
#define OSC_SENT(ID, path, types, arguments, help)
#include "host/osc/addresses.def"
#undef OSC_REQUEST
#undef OSC_SENT
    sort_addresses(osc);
}
