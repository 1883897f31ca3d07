// SPDX-License-Identifier: MIT
// Every changed value goes to every subscriber, whoever changed it, so that faders follow.
#include "host/osc/internal.h"

static lo_message message_of(const host_osc *osc, const host_watch_entry *entry, bool is_norm)
{
    lo_message message = lo_message_new();
    if (!message) return NULL;
    if (entry->info->unit == RSD_UNIT_TEXT)
        lo_message_add_string(message, osc->watch.texts[entry->text]);
    else
        lo_message_add_float(message, is_norm ? host_watch_normalise(entry) : entry->value);
    return message;
}

static void add_value(host_osc *osc, const osc_peer *to, const host_watch_entry *entry, bool is_norm)
{
    char path[OSC_ADDRESS_BYTES];
    host_osc_format_address(entry->info, entry->level, is_norm, path);
    host_osc_add(osc, to, path, message_of(osc, entry, is_norm));
}

/* At both addresses: which of them a fader shows is not known. */
static void send_changes(host_osc *osc, const osc_subscriber *subscriber)
{
    host_osc_begin(osc);
    for (uint32_t i = 0; i < osc->watch.entry_count; i++) {
        const host_watch_entry *entry = &osc->watch.entries[i];
        if (!entry->is_there || entry->change <= subscriber->told_change) continue;
        add_value(osc, &subscriber->to, entry, false);
        if (entry->info->unit != RSD_UNIT_TEXT) add_value(osc, &subscriber->to, entry, true);
    }
    host_osc_end(osc, &subscriber->to);
}

void host_osc_send_values(host_osc *osc, uint64_t now_ns)
{
    if (osc->stats.subscriber_count == 0u) return;
    (void)host_watch_poll(&osc->watch);
    for (uint32_t i = 0; i < osc->stats.subscriber_count; i++) {
        osc_subscriber *subscriber = &osc->subscribers[i];
        if (subscriber->told_change == osc->watch.change || now_ns < subscriber->next_values_ns) continue;
        send_changes(osc, subscriber);
        subscriber->told_change = osc->watch.change;
        subscriber->next_values_ns = now_ns + OSC_VALUES_NS;
    }
}
