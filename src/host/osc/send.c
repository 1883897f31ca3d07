// SPDX-License-Identifier: MIT
// What the OSC server sends.
#include "host/osc/internal.h"

#include <string.h>

#define BUNDLE_HEAD_BYTES 16u
#define MAX_ECHO 200 /* characters of a refused address that are sent back */

static void transmit(host_osc *osc, const osc_peer *to)
{
    const uint64_t stream = osc_peer_stream(to);
    if (host_osc_may_send(osc, osc->out.used)) {
        /* A full socket buffer or a client that is gone: lost, as any datagram may be. */
        if (stream == 0u)
            osc_peer_send(osc->fd, osc->out.bytes, osc->out.used, to);
        else if (osc->send_stream)
            osc->send_stream(osc->stream_context, stream, osc->out.bytes, osc->out.used);
    }
    osc->out.used = 0;
}

static void start_bundle(osc_out *out)
{
    static const unsigned char head[BUNDLE_HEAD_BYTES] = {'#', 'b', 'u', 'n', 'd', 'l', 'e', 0, 0, 0, 0, 0, 0, 0, 0, 1};
    memcpy(out->bytes, head, sizeof head); /* time tag 1: at once */
    out->used = sizeof head;
    out->is_bundle = true;
}

void host_osc_begin(host_osc *osc) { start_bundle(&osc->out); }

/* Writes `message` at the end, in a bundle after its length. False: no room. */
static bool append(osc_out *out, const char *path, lo_message message)
{
    const size_t prefix = out->is_bundle ? 4u : 0u;
    size_t bytes = lo_message_length(message, path);
    if (out->used + prefix + bytes > sizeof out->bytes) return false;
    unsigned char *at = out->bytes + out->used;
    lo_message_serialise(message, path, at + prefix, &bytes);
    for (uint32_t i = 0; i < prefix; i++) at[i] = (unsigned char)(bytes >> (24u - 8u * i));
    out->used += prefix + bytes;
    return true;
}

void host_osc_add(host_osc *osc, const osc_peer *to, const char *path, lo_message message)
{
    if (!message) return;
    osc_out *out = &osc->out;
    if (out->used + lo_message_length(message, path) > OSC_OUT_FLUSH_BYTES && out->used > BUNDLE_HEAD_BYTES) {
        transmit(osc, to);
        start_bundle(out);
    }
    (void)!append(out, path, message);
    lo_message_free(message);
}

void host_osc_end(host_osc *osc, const osc_peer *to)
{
    if (osc->out.used > BUNDLE_HEAD_BYTES) transmit(osc, to);
    osc->out.used = 0;
}

void host_osc_send(host_osc *osc, const osc_peer *to, const char *path, lo_message message)
{
    if (!message) return;
    osc->out.used = 0;
    osc->out.is_bundle = false;
    if (append(&osc->out, path, message)) transmit(osc, to);
    lo_message_free(message);
}

/* Another server's answers: answering those would never end. */
static bool is_an_answer(const char *path)
{
    static const char *const answers[] = {OSC_PREFIX "/error",  OSC_PREFIX "/value",  OSC_PREFIX "/list/",
                                          OSC_PREFIX "/meter/", OSC_PREFIX "/tokens", OSC_PREFIX "/confirm"};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (strncmp(path, answers[i], strlen(answers[i])) == 0) return true;
    return false;
}

void host_osc_answer_error(host_osc *osc, const osc_peer *to, const char *path, const char *reason)
{
    char address[MAX_ECHO + 1];
    strncpy(address, path, MAX_ECHO);
    address[MAX_ECHO] = '\0';
    lo_message message = lo_message_new();
    if (!message) return;
    lo_message_add_string(message, address);
    lo_message_add_string(message, reason);
    host_osc_send(osc, to, OSC_PREFIX "/error", message);
}

void host_osc_refuse(host_osc *osc, const osc_peer *to, const char *path, const char *reason)
{
    osc->stats.error_count++;
    if (is_an_answer(path)) return;
    if (osc->answering.who && osc->answering.refusal_count++ >= OSC_MAX_ERRORS)
        osc->answering.unanswered_count++;
    else
        host_osc_answer_error(osc, to, path, reason);
}

/*
 * A datagram may be under way, of this sender or another: its answers are counted apart, and go on as before.
 */
void host_osc_refuse_later(host_osc *osc, const osc_peer *to, const char *path, const char *reason)
{
    const osc_answering before = osc->answering;
    if (osc_peer_is_nobody(to)) { /* its sender was forgotten */
        osc->stats.error_count++;
        return;
    }
    host_osc_begin_answers(osc, host_osc_account(osc, to, host_clock_now_ns()), 0u);
    host_osc_refuse(osc, to, path, reason);
    host_osc_end_answers(osc, to, path);
    osc->answering = before;
}

void host_osc_tell_all(host_osc *osc, const char *address, const char *reason)
{
    for (uint32_t i = 0; i < osc->stats.subscriber_count; i++)
        host_osc_answer_error(osc, &osc->subscribers[i].to, address, reason);
}
