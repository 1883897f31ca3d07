// SPDX-License-Identifier: MIT
// From a datagram to messages, and from a message to the addresses that it means.
#include "host_osc_internal.h"

#include <stdio.h>
#include <string.h>

#define BUNDLE_HEAD_BYTES 16u
#define NS_PER_S 1e9

typedef struct {
    host_osc *osc;
    const struct sockaddr_in *from;
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

/* Levels that the codec in use does not have are no addresses to a pattern; named outright they are refused. */
static void dispatch(host_osc *osc, const osc_message *message)
{
    dispatch_result result = {0};
    rsd_codec_info codec;
    host_control_get_codec_info(osc->control, &codec);
    const bool is_pattern = host_osc_is_pattern(message->path);
    for (uint32_t i = 0; i < osc->address_count; i++) {
        const osc_address *address = &osc->addresses[i];
        if (is_pattern ? address->level < codec.level_count && host_osc_match(message->path, address->path)
                       : strcmp(address->path, message->path) == 0)
            dispatch_to(osc, address, message, &result);
    }
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
        return "malformed message: it has no valid type tags";
    case LO_EINVALIDARG:
        return "malformed message: its arguments are not as its type tags say";
    default:
        return "malformed message: its length is not what its type tags say";
    }
}

static void take_message(const datagram_context *context, unsigned char *data, size_t bytes, uint64_t due_ns)
{
    host_osc *osc = context->osc;
    int code = 0;
    lo_message parsed = lo_message_deserialise(data, bytes, &code);
    if (!parsed) {
        const bool has_path = bytes > 0u && data[0] == '/' && memchr(data, 0, bytes);
        host_osc_refuse(osc, context->from, has_path ? (const char *)data : "", malformed(code));
        return;
    }
    osc->stats.message_count++;
    const osc_message message = {.path = (const char *)data, /* validated: ends within `bytes` */
                                 .types = lo_message_get_types(parsed),
                                 .args = lo_message_get_argv(parsed),
                                 .arg_count = (uint32_t)lo_message_get_argc(parsed),
                                 .from = context->from,
                                 .due_ns = due_ns};
    dispatch(osc, &message);
    lo_message_free(parsed);
}

/* ---- bundles ---- */

/* Whether lengths and nesting add up: a bundle that is damaged anywhere changes nothing. */
static bool is_sound(const unsigned char *data, size_t bytes, uint32_t depth)
{
    if (!is_bundle(data, bytes)) return bytes > 0u && bytes % 4u == 0u && data[0] != '#';
    if (depth >= OSC_MAX_BUNDLE_DEPTH) return false;
    for (size_t at = BUNDLE_HEAD_BYTES; at < bytes;) {
        if (bytes - at < 4u) return false;
        const size_t length = read_u32(data + at);
        at += 4u;
        if (length > bytes - at || !is_sound(data + at, length, depth + 1u)) return false;
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
        take_message(context, data, bytes, outer_due_ns);
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

void host_osc_take_datagram(host_osc *osc, void *data, size_t bytes, const struct sockaddr_in *from)
{
    const datagram_context context = {osc, from, host_clock_now_ns()};
    osc->stats.datagram_count++;
    if (bytes > 0u && *(unsigned char *)data == '#' && !is_sound(data, bytes, 0u)) {
        host_osc_refuse(osc, from, "#bundle", "malformed bundle: its lengths do not add up, or it is nested too deep");
        return;
    }
    take_elements(&context, data, bytes, 0u);
}
