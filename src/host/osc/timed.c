// SPDX-License-Identifier: MIT
// Changes that wait for their time: bounded, with a share for each sender.
#include "host/osc/internal.h"

#include "base/error.h"

#include <string.h>

#define TOO_LATE_NS 1000000000u /* an engine that takes nothing for so long is not playing */
#define MAX_AT_ENGINE (RSD_ENGINE_EVENT_CAPACITY / 2u)

/* The first that is due after `due_ns`. */
static uint32_t find_place(const host_osc *osc, uint64_t due_ns)
{
    uint32_t low = 0, high = osc->timed_count;
    while (low < high) {
        const uint32_t middle = (low + high) / 2u;
        if (osc->timed[middle].due_ns <= due_ns)
            low = middle + 1u;
        else
            high = middle;
    }
    return low;
}

/* A preset sets every parameter: one that comes after it, for the same time, must not be overtaken by it. */
static bool follows_a_preset(const host_osc *osc, uint64_t due_ns)
{
    for (uint32_t i = 0; i < OSC_MAX_TEXTS; i++)
        if (osc->texts[i].is_used && osc->texts[i].is_preset && osc->texts[i].due_ns == due_ns) return true;
    return false;
}

bool host_osc_text_waits(const host_osc *osc, uint64_t due_ns)
{
    for (uint32_t i = 0; i < OSC_MAX_TEXTS; i++)
        if (osc->texts[i].is_used && osc->texts[i].due_ns <= due_ns) return true;
    return false;
}

/* Takes what has left the list out of its sender's share. */
static void give_back(host_osc *osc, const osc_timed *entry)
{
    osc_account *account = &osc->accounts[entry->account];
    account->timed_count--;
    if (entry->text < 0) return;
    account->text_count--;
    osc->texts[entry->text].is_used = false;
}

static void remove_at(host_osc *osc, uint32_t place)
{
    give_back(osc, &osc->timed[place]);
    osc->timed_count--;
    memmove(&osc->timed[place], &osc->timed[place + 1u], (osc->timed_count - place) * sizeof osc->timed[0]);
}

static uint32_t held(const osc_account *account, bool is_text)
{
    return is_text ? account->text_count : account->timed_count;
}

/* Where all is full: the latest of whoever holds most goes, if that is more than `account` would have. */
static bool make_room(host_osc *osc, uint32_t account, bool is_text)
{
    uint32_t most = 0;
    for (uint32_t i = 1; i < osc->account_count; i++)
        if (held(&osc->accounts[i], is_text) > held(&osc->accounts[most], is_text)) most = i;
    if (held(&osc->accounts[most], is_text) <= held(&osc->accounts[account], is_text) + 1u) return false;
    for (uint32_t i = osc->timed_count; i > 0u; i--) {
        const osc_timed *entry = &osc->timed[i - 1u];
        if (entry->account != most || entry->is_handed || (is_text && entry->text < 0)) continue;
        osc->stats.error_count++;
        remove_at(osc, i - 1u);
        return true;
    }
    return false;
}

static int16_t find_text(const host_osc *osc)
{
    for (uint32_t i = 0; i < OSC_MAX_TEXTS; i++)
        if (!osc->texts[i].is_used) return (int16_t)i;
    return -1;
}

/* A place in the list, and one for a text, within the sender's share. */
static rsd_status find_room(host_osc *osc, uint32_t account, bool is_text, rsd_error *error)
{
    const osc_account *sender = &osc->accounts[account];
    if (sender->timed_count >= HOST_OSC_TIMED_SHARE || (is_text && sender->text_count >= OSC_TEXT_SHARE))
        return base_error_set(
            error, RSD_ERR_FULL, "%u timed %s of this sender wait already; send them later, or " OSC_PREFIX "/cancel",
            is_text ? OSC_TEXT_SHARE : HOST_OSC_TIMED_SHARE, is_text ? "codecs and presets" : "changes");
    if (is_text && find_text(osc) < 0 && !make_room(osc, account, true))
        return base_error_set(error, RSD_ERR_FULL, "%u timed codecs and presets wait already", OSC_MAX_TEXTS);
    if (osc->timed_count == HOST_OSC_MAX_TIMED && !make_room(osc, account, false))
        return base_error_set(error, RSD_ERR_FULL, "%u timed changes wait already", HOST_OSC_MAX_TIMED);
    return RSD_OK;
}

rsd_status host_osc_wait(host_osc *osc, const osc_address *address, const osc_value *value, const osc_message *message,
                         rsd_error *error)
{
    const uint64_t due_ns = message->due_ns;
    const uint32_t account = osc->answering.who ? host_osc_account_index(osc, osc->answering.who) : 0u;
    const rsd_status status = find_room(osc, account, value->is_text, error);
    if (status != RSD_OK) return status;
    osc_timed entry = {.due_ns = due_ns, .address = address, .account = account, .number = value->number, .text = -1};
    entry.port = message->from->port;
    entry.stays_here = value->is_text || follows_a_preset(osc, due_ns);
    osc->accounts[account].timed_count++;
    if (value->is_text) {
        entry.text = find_text(osc);
        osc_text *text = &osc->texts[entry.text];
        *text = (osc_text){.is_used = true, .is_preset = address->info->id == RSD_PARAM_PRESET, .due_ns = due_ns};
        memcpy(text->text, value->text, sizeof value->text);
        osc->accounts[account].text_count++;
    }
    const uint32_t place = find_place(osc, due_ns);
    memmove(&osc->timed[place + 1u], &osc->timed[place], (osc->timed_count - place) * sizeof entry);
    osc->timed[place] = entry;
    osc->timed_count++;
    return RSD_OK;
}

/* ---- when their time comes ---- */

/* Who the change is from; nobody: its sender was forgotten. */
static osc_peer sender_of(const host_osc *osc, const osc_timed *entry)
{
    osc_peer from = osc->accounts[entry->account].from;
    if (entry->account == 0u) from.address_bytes = 0u;
    from.port = entry->port;
    return from;
}

static void apply_here(host_osc *osc, uint32_t place)
{
    rsd_error error = {RSD_OK, ""};
    const osc_timed entry = osc->timed[place];
    const osc_peer from = sender_of(osc, &entry);
    osc_value value = {.is_text = entry.text >= 0, .number = entry.number};
    if (value.is_text) memcpy(value.text, osc->texts[entry.text].text, sizeof value.text);
    remove_at(osc, place);
    osc->work_left -= value.is_text ? OSC_TEXT_WORK : 1;
    if (host_osc_apply(osc, entry.address, &value, &from, &error) != RSD_OK)
        host_osc_refuse_later(osc, &from, entry.address->path, error.text);
}

/* False: the engine has no room for it yet. */
static bool hand_over(host_osc *osc, osc_timed *entry)
{
    rsd_error error = {RSD_OK, ""};
    uint64_t sample_time = 0;
    if (!host_clock_sample_at(osc->clock, entry->due_ns, &sample_time)) return false;
    const rsd_status status = host_control_post_value(osc->control, entry->address->info->id, entry->address->level,
                                                      entry->number, sample_time, &error);
    if (status == RSD_ERR_FULL) return false;
    entry->is_handed = true;
    const osc_peer from = sender_of(osc, entry);
    if (status != RSD_OK) host_osc_refuse_later(osc, &from, entry->address->path, error.text);
    return true;
}

/* What is due and no longer of this list: the engine's, and what no engine took. */
static bool is_over(const osc_timed *entry, uint64_t now_ns)
{
    if (entry->stays_here || entry->due_ns > now_ns) return false;
    return entry->is_handed || now_ns - entry->due_ns > TOO_LATE_NS;
}

void host_osc_run_timed(host_osc *osc, uint64_t now_ns)
{
    uint32_t at_engine = 0;
    for (uint32_t i = 0; i < osc->timed_count && osc->timed[i].due_ns <= now_ns + OSC_HORIZON_NS;) {
        osc_timed *entry = &osc->timed[i];
        if (is_over(entry, now_ns)) {
            if (!entry->is_handed) osc->stats.error_count++;
            remove_at(osc, i);
        } else if (entry->stays_here && entry->due_ns <= now_ns) {
            if (osc->work_left <= 0) break; /* the rest by the next poll, in its order */
            apply_here(osc, i);
        } else {
            const bool may = entry->due_ns <= now_ns + OSC_NEAR_NS || at_engine < MAX_AT_ENGINE;
            if (!entry->stays_here && !entry->is_handed && may) (void)hand_over(osc, entry);
            at_engine += entry->is_handed;
            i++;
        }
    }
}

/* ---- given back ---- */

void host_osc_cancel_timed(host_osc *osc, uint32_t account)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < osc->timed_count; i++) {
        const osc_timed entry = osc->timed[i];
        if (entry.account == account && !entry.is_handed)
            give_back(osc, &entry);
        else
            osc->timed[kept++] = entry;
    }
    osc->timed_count = kept;
}

void host_osc_disown_timed(host_osc *osc, uint32_t account)
{
    for (uint32_t i = 0; i < osc->timed_count; i++)
        if (osc->timed[i].account == account) osc->timed[i].account = 0;
    osc->accounts[0].timed_count += osc->accounts[account].timed_count;
    osc->accounts[0].text_count += osc->accounts[account].text_count;
}
