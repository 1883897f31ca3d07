// SPDX-License-Identifier: MIT
// From a datagram to messages, and from a message to the addresses that it means.
#include "host/osc/internal.h"

#include <stdio.h>
#include <string.h>

#define BUNDLE_HEAD_BYTES 16u
#define NS_PER_S 1e9

typedef struct {
    host_osc *osc;
    const osc_peer *from;
    uint64_t now_ns;
} datagram_context;

static uint32_t read_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool is_bundle(const unsigned char *data, size_t bytes)
{
    return bytes >= BUNDLE_HEAD_BYTES && memcmp(data, "#bundle", 8u) == 0;
}

/* ---- one message ---- */

/*
 * One refusal is answered for a message, however many addresses its pattern means: the first one's reason, with its
 * address where that is not what was sent.
 */
typedef struct {
    uint32_t match_count, refused_count;
    char reason[OSC_ADDRESS_BYTES + RSD_ERROR_TEXT_BYTES + 2u];
} dispatch_result;

static void dispatch_to(host_osc *osc, const osc_address *address, const osc_message *message, dispatch_result *result)
{
    rsd_error error = {RSD_OK, ""};
    result->match_count++;
    if (address->handle(osc, address, message, &error) == RSD_OK || result->refused_count++ > 0u) return;
    if (strcmp(address->path, message->path) == 0)
        snprintf(result->reason, sizeof result->reason, "%s", error.text);
    else
        snprintf(result->reason, sizeof result->reason, "%s: %s", address->path, error.text);
}

/*
 * A pattern means parameters: one that matched /cancel by chance would do harm. Levels that the codec in use does not
 * have are no addresses to it; named outright they are refused. Each value has two addresses, and a pattern means one.
 */
static void dispatch_pattern(host_osc *osc, const osc_message *message, dispatch_result *result)
{
    rsd_codec_info codec;
    const bool is_norm = host_osc_means_norm(message->path);
    host_control_get_codec_info(osc->control, &codec);
    for (uint32_t i = 0; i < osc->address_count; i++) {
        const osc_address *address = &osc->addresses[i];
        if (!address->info || address->is_norm != is_norm || address->level >= codec.level_count) continue;
        if (!host_osc_match(message->path, address->path)) continue;
        if (address->info->unit == RSD_UNIT_TEXT) host_osc_charge(osc, OSC_TEXT_WORK);
        dispatch_to(osc, address, message, result);
    }
}

static void dispatch(host_osc *osc, const osc_message *message)
{
    dispatch_result result = {0};
    const osc_address *address = host_osc_find_address(osc, message->path);
    if (address)
        dispatch_to(osc, address, message, &result);
    else if (host_osc_is_pattern(message->path))
        dispatch_pattern(osc, message, &result);
    if (result.match_count == 0u)
        snprintf(result.reason, sizeof result.reason, "no such address; " OSC_PREFIX "/list names the parameters");
    if (result.match_count == 0u || result.refused_count > 0u)
        host_osc_refuse(osc, message->from, message->path, result.reason);
}

static const char *malformed(int code)
{
    switch (code) {
    case LO_EINVALIDPATH:
        return "malformed message: its address is not a padded string";
    case LO_ENOTYPE:
    case LO_EINVALIDTYPE:
    case LO_EBADTYPE:
        return "malformed message: it has no type tags that make sense";
    case LO_EINVALIDARG:
        return "malformed message: its arguments are not as its type tags say";
    default:
        return "malformed message: its length is not what its type tags say";
    }
}

/* Bytes of a padded string at the start of `data`; 0: there is none. */
static size_t string_bytes(const unsigned char *data, size_t bytes)
{
    const unsigned char *end = memchr(data, 0, bytes);
    const size_t padded = end ? ((size_t)(end - data) / 4u + 1u) * 4u : 0u;
    return padded <= bytes ? padded : 0u;
}

static void take_message(const datagram_context *context, unsigned char *data, size_t bytes, uint64_t due_ns)
{
    host_osc *osc = context->osc;
    int code = LO_EINVALIDPATH;
    lo_message parsed = NULL;
    const size_t path_bytes = bytes > 0u && data[0] == '/' ? string_bytes(data, bytes) : 0u;
    const char *path = path_bytes > 0u ? (const char *)data : "";
    if (strlen(path) > OSC_MAX_PATH) {
        host_osc_refuse(osc, context->from, path, "no address is so long: 255 characters are the limit");
        return;
    }
    if (path_bytes > 0u && path_bytes < bytes && data[path_bytes] == ',')
        parsed = lo_message_deserialise(data, bytes, &code);
    else if (path_bytes > 0u)
        parsed = host_osc_read_untagged(host_osc_find_address(osc, path), path, data + path_bytes, bytes - path_bytes,
                                        &code);
    if (!parsed) {
        host_osc_refuse(osc, context->from, path, malformed(code));
        return;
    }
    osc->stats.message_count++;
    const osc_message message = {.path = path,
                                 .types = lo_message_get_types(parsed),
                                 .args = lo_message_get_argv(parsed),
                                 .arg_count = (uint32_t)lo_message_get_argc(parsed),
                                 .from = context->from,
                                 .due_ns = due_ns};
    dispatch(osc, &message);
    lo_message_free(parsed);
}

/* ---- bundles ---- */

/* What a message will cost, as far as its address says. */
static int64_t work_of(const host_osc *osc, const unsigned char *data, size_t bytes)
{
    const char *path = (const char *)data;
    if (!memchr(data, 0, bytes < OSC_MAX_PATH + 1u ? bytes : OSC_MAX_PATH + 1u)) return 1;
    const osc_address *address = host_osc_find_address(osc, path);
    if (!address) return host_osc_is_pattern(path) ? OSC_PATTERN_WORK + (int64_t)strlen(path) : 1;
    if (address->handle == host_osc_cancel) return OSC_CANCEL_WORK;
    return address->info && address->info->unit == RSD_UNIT_TEXT ? OSC_TEXT_WORK : 1;
}

/* Whether lengths and nesting add up: a bundle that is damaged anywhere changes nothing. Adds what it will cost. */
static bool is_well_formed(const host_osc *osc, const unsigned char *data, size_t bytes, uint32_t depth, int64_t *work)
{
    if (!is_bundle(data, bytes)) {
        if (bytes == 0u || bytes % 4u != 0u || data[0] == '#') return false;
        *work += work_of(osc, data, bytes);
        return true;
    }
    *work += 1;
    if (depth >= OSC_MAX_BUNDLE_DEPTH) return false;
    for (size_t at = BUNDLE_HEAD_BYTES; at < bytes;) {
        if (bytes - at < 4u) return false;
        const size_t length = read_u32(data + at);
        at += 4u;
        if (length > bytes - at || !is_well_formed(osc, data + at, length, depth + 1u, work)) return false;
        at += length;
    }
    return true;
}

/* 0 for "at once", which a time that has passed also means. */
static uint64_t due_of(const unsigned char *time_tag, uint64_t now_ns)
{
    const uint32_t seconds = read_u32(time_tag), fraction = read_u32(time_tag + 4);
    if (seconds == 0u && fraction <= 1u) return 0u;
    const uint64_t due_ns = host_clock_from_ntp(seconds, fraction);
    return due_ns > now_ns ? due_ns : 0u;
}

static void take_elements(const datagram_context *context, unsigned char *data, size_t bytes, uint64_t outer_due_ns)
{
    if (!is_bundle(data, bytes)) {
        /* Patterns that open codecs cost more than was foreseen. */
        if (context->osc->answering.work < 2 * OSC_ACCOUNT_WORK)
            take_message(context, data, bytes, outer_due_ns);
        else
            host_osc_refuse(context->osc, context->from, "#bundle", "too much work at once: the rest is left out");
        return;
    }
    uint64_t due_ns = due_of(data + 8, context->now_ns);
    if (due_ns < outer_due_ns) due_ns = outer_due_ns; /* OSC 1.0: an inner time is not before the outer one */
    if (due_ns > context->now_ns && (double)(due_ns - context->now_ns) > HOST_OSC_MAX_AHEAD_S * NS_PER_S) {
        host_osc_refuse(context->osc, context->from, "#bundle", "its time tag is more than an hour ahead");
        return;
    }
    for (size_t at = BUNDLE_HEAD_BYTES; at < bytes;) {
        const size_t length = read_u32(data + at);
        take_elements(context, data + at + 4u, length, due_ns);
        at += 4u + length;
    }
}

static void refuse_to_work(host_osc *osc)
{
    host_osc_charge(osc, 1);
    osc->stats.error_count++;
    osc->answering.unanswered_count++;
}

/* Whole or not at all: a bundle of which half was applied would be worse than none. */
static void take_affordable(const datagram_context *context, unsigned char *data, size_t bytes)
{
    host_osc *osc = context->osc;
    const bool starts_as_bundle = bytes > 0u && data[0] == '#';
    int64_t work = 0;
    if (starts_as_bundle && !is_well_formed(osc, data, bytes, 0u, &work)) {
        host_osc_charge(osc, 1 + work / 4);
        host_osc_refuse(osc, context->from, "#bundle",
                        "malformed bundle: its lengths do not add up, or it is nested too deep");
        return;
    }
    if (!starts_as_bundle && bytes > 0u) work = work_of(osc, data, bytes);
    if (work > OSC_ACCOUNT_WORK) {
        host_osc_charge(osc, 1 + work / 16);
        host_osc_refuse(osc, context->from, "#bundle",
                        "too much for one bundle: 4096 plain messages, or some 70 patterns");
    } else if (osc->answering.who->work <= 0) {
        refuse_to_work(osc);
    } else {
        host_osc_charge(osc, work + 1);
        take_elements(context, data, bytes, 0u);
    }
}

/* What a datagram is called in an answer that is about all of it: a message by its address. */
static void name_of(const unsigned char *data, size_t bytes, char name[OSC_MAX_PATH + 1u])
{
    const size_t limit = bytes < OSC_MAX_PATH ? bytes : OSC_MAX_PATH;
    const char *text = limit > 0u && data[0] == '/' ? (const char *)data : "#bundle";
    snprintf(name, OSC_MAX_PATH + 1u, "%.*s", data == (const unsigned char *)text ? (int)limit : 7, text);
}

void host_osc_take_datagram(host_osc *osc, void *data, size_t bytes, const osc_peer *from)
{
    const datagram_context context = {osc, from, host_clock_now_ns()};
    char name[OSC_MAX_PATH + 1u];
    osc->stats.datagram_count++;
    name_of(data, bytes, name);
    host_osc_begin_answers(osc, host_osc_account(osc, from, context.now_ns), bytes);
    take_affordable(&context, data, bytes);
    host_osc_end_answers(osc, from, name);
}

void host_osc_leave_out(host_osc *osc, const void *data, size_t bytes, const osc_peer *from)
{
    char name[OSC_MAX_PATH + 1u];
    osc->stats.datagram_count++;
    name_of(data, bytes, name);
    host_osc_begin_answers(osc, host_osc_account(osc, from, host_clock_now_ns()), bytes);
    refuse_to_work(osc);
    host_osc_end_answers(osc, from, name);
}

uint64_t host_osc_foresee_work(const host_osc *osc, const void *data, size_t bytes)
{
    const unsigned char *start = data;
    if (bytes == 0u || start[0] != '/') return bytes < OSC_ACCOUNT_WORK ? 1u + bytes : OSC_ACCOUNT_WORK;
    const char *end = memchr(data, 0, bytes);
    const osc_address *address = end ? host_osc_find_address(osc, data) : NULL;
    if (address && address->handle == host_osc_list) return OSC_LIST_WORK;
    return 1u + (uint64_t)work_of(osc, data, bytes);
}
