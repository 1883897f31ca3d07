// SPDX-License-Identifier: MIT
// The addresses of the parameter table, and what a message to one of them does.
#include "host_osc_internal.h"

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
        *number = type == LO_TRUE;
        return true;
    default:
        return false;
    }
}

static bool is_string(char type) { return type == LO_STRING || type == LO_SYMBOL; }

static bool is_switch(char type) { return type == LO_TRUE || type == LO_FALSE; }

static rsd_status read_text(const osc_message *message, osc_value *value, rsd_error *error)
{
    const char *text = (const char *)message->args[0];
    if (strlen(text) >= sizeof value->text)
        return rsd_error_set(error, RSD_ERR_ARG, "the name is over %u characters", OSC_MAX_TEXT - 1u);
    value->is_text = true;
    strcpy(value->text, text);
    return RSD_OK;
}

static rsd_status wrong_type(const rsd_param_info *info, const osc_message *message, rsd_error *error)
{
    const char *wanted = "one number (f, i)";
    if (info->unit == RSD_UNIT_TEXT) wanted = "one name (s)";
    if (info->unit == RSD_UNIT_MONITOR) wanted = "one name (s) or number (f, i)";
    if (info->unit == RSD_UNIT_SWITCH) wanted = "one switch (i, f, T, F)";
    return rsd_error_set(error, RSD_ERR_ARG, "%s takes %s, not ',%.20s'", info->symbol, wanted, message->types);
}

static rsd_status read_value(const rsd_param_info *info, const osc_message *message, osc_value *value, rsd_error *error)
{
    double number = 0.0;
    value->is_text = false;
    if (message->arg_count != 1u) return wrong_type(info, message, error);
    const char type = message->types[0];
    if (is_string(type) && info->unit == RSD_UNIT_TEXT) return read_text(message, value, error);
    if (is_string(type) && info->unit == RSD_UNIT_MONITOR) {
        if (rsd_param_parse_value(info, (const char *)message->args[0], &value->number) == RSD_OK) return RSD_OK;
        return rsd_error_set(error, RSD_ERR_ARG, "%s takes wet, dry, residual or delta, not '%.60s'", info->symbol,
                             (const char *)message->args[0]);
    }
    if (info->unit == RSD_UNIT_TEXT || (is_switch(type) && info->unit != RSD_UNIT_SWITCH) ||
        !host_osc_read_number(type, message->args[0], &number))
        return wrong_type(info, message, error);
    value->number = (float)number; /* too large becomes infinite, and is refused with not-a-number where it is set */
    return RSD_OK;
}

/* ---- now, at a sample, or later ---- */

static rsd_status apply_now(host_osc *osc, const osc_address *address, const osc_value *value,
                            const struct sockaddr_in *from, rsd_error *error)
{
    if (address->info->unit == RSD_UNIT_TEXT)
        return host_osc_load(osc, address->info->id == RSD_PARAM_PRESET, value->text, from, error);
    return host_control_set_value(osc->control, (uint32_t)address->info->id, address->level, value->number, error);
}

static rsd_status wait_for(host_osc *osc, const osc_address *address, const osc_value *value,
                           const osc_message *message, rsd_error *error)
{
    if (osc->waiting_count == OSC_MAX_WAITING)
        return rsd_error_set(error, RSD_ERR_FULL, "%u timed codecs and presets wait already", OSC_MAX_WAITING);
    osc_waiting *entry = &osc->waiting[osc->waiting_count++];
    entry->due_ns = message->due_ns;
    entry->order = osc->waiting_order++;
    entry->address = address;
    entry->from = *message->from;
    entry->value = *value;
    return RSD_OK;
}

/* A preset sets every parameter: one that comes after it, for the same time, must not be overtaken by it. */
static bool follows_a_preset(const host_osc *osc, uint64_t due_ns)
{
    for (uint32_t i = 0; i < osc->waiting_count; i++)
        if (osc->waiting[i].due_ns == due_ns && osc->waiting[i].address->info->id == RSD_PARAM_PRESET) return true;
    return false;
}

static rsd_status set_parameter(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    osc_value value;
    uint64_t sample_time = 0;
    rsd_status status = read_value(address->info, message, &value, error);
    if (status != RSD_OK) return status;
    const bool is_timed =
        message->due_ns != 0u && osc->clock && host_clock_sample_at(osc->clock, message->due_ns, &sample_time);
    if (!is_timed)
        status = apply_now(osc, address, &value, message->from, error);
    else if (value.is_text || follows_a_preset(osc, message->due_ns))
        status = wait_for(osc, address, &value, message, error);
    else
        status = host_control_post_value(osc->control, (uint32_t)address->info->id, address->level, value.number,
                                         sample_time, error);
    if (status == RSD_OK && !value.is_text) osc->stats.applied_count++;
    return status;
}

static osc_waiting *find_due(host_osc *osc, uint64_t now_ns)
{
    osc_waiting *first = NULL;
    for (uint32_t i = 0; i < osc->waiting_count; i++) {
        osc_waiting *entry = &osc->waiting[i];
        if (entry->due_ns > now_ns) continue;
        if (!first || entry->due_ns < first->due_ns || (entry->due_ns == first->due_ns && entry->order < first->order))
            first = entry;
    }
    return first;
}

void host_osc_apply_waiting(host_osc *osc, uint64_t now_ns)
{
    rsd_error error;
    for (osc_waiting *due = find_due(osc, now_ns); due; due = find_due(osc, now_ns)) {
        const osc_waiting taken = *due;
        *due = osc->waiting[--osc->waiting_count];
        if (apply_now(osc, taken.address, &taken.value, &taken.from, &error) != RSD_OK)
            host_osc_refuse(osc, &taken.from, taken.address->path, error.text);
    }
}

/* ---- the table ---- */

static void add(host_osc *osc, osc_handler handle, const char *path, const rsd_param_info *info, uint32_t level)
{
    if (osc->address_count == OSC_MAX_ADDRESSES) return; /* 64 levels x 3, a few dozen others: it has room */
    osc_address *address = &osc->addresses[osc->address_count++];
    snprintf(address->path, sizeof address->path, OSC_PREFIX "%s", path);
    address->handle = handle;
    address->info = info;
    address->level = level;
}

static void add_levels(host_osc *osc, const rsd_param_info *info)
{
    const char *place = strchr(info->osc, 'N');
    for (uint32_t level = 0; place && level < RSD_MAX_LEVELS; level++) {
        char path[OSC_ADDRESS_BYTES - sizeof OSC_PREFIX];
        snprintf(path, sizeof path, "%.*s%u%s", (int)(place - info->osc), info->osc, level + 1u, place + 1);
        add(osc, set_parameter, path, info, level);
    }
}

void host_osc_add_addresses(host_osc *osc)
{
    for (uint32_t row = 0; rsd_param_row(row); row++) {
        const rsd_param_info *info = rsd_param_row(row);
        if (rsd_param_is_per_level(info))
            add_levels(osc, info);
        else
            add(osc, set_parameter, info->osc, info, 0);
    }
    add(osc, host_osc_get, "/get", NULL, 0);
    add(osc, host_osc_list, "/list", NULL, 0);
    add(osc, host_osc_subscribe, "/subscribe", NULL, 0);
    add(osc, host_osc_subscribe, "/subscribe/tokens", NULL, 0);
    add(osc, host_osc_unsubscribe, "/unsubscribe", NULL, 0);
}
