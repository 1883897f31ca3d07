// SPDX-License-Identifier: MIT
// Who gets telemetry, and until when.
#include "host_osc_internal.h"

#include <arpa/inet.h>
#include <math.h>
#include <string.h>

#define MIN_RATE_HZ 0.1
#define MAX_RATE_HZ 100.0
#define NS_PER_S 1e9

static bool is_loopback(const struct in_addr *address) { return ntohl(address->s_addr) >> 24 == 127u; }

/* A number only, or localhost: looking a name up could take seconds, and the meters would stand still. */
static rsd_status read_target(const host_osc *osc, const osc_message *message, struct sockaddr_in *to, rsd_error *error)
{
    double port;
    const char *host = (const char *)message->args[0];
    memset(to, 0, sizeof *to);
    to->sin_family = AF_INET;
    if (strcmp(host, "localhost") == 0) host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &to->sin_addr) != 1)
        return rsd_error_set(error, RSD_ERR_ARG, "'%.60s' is not an IPv4 address such as 127.0.0.1", host);
    if (!host_osc_read_number(message->types[1], message->args[1], &port) || !(port >= 1.0 && port <= 65535.0))
        return rsd_error_set(error, RSD_ERR_ARG, "a port is a whole number 1..65535");
    if (osc->is_loopback && !is_loopback(&to->sin_addr))
        return rsd_error_set(error, RSD_ERR_ARG, "this server speaks to its own machine only; see --osc-bind");
    to->sin_port = htons((uint16_t)port);
    return RSD_OK;
}

/* [s i] before `rest` further arguments: host and port, or the sender's. */
static rsd_status find_target(const host_osc *osc, const osc_message *message, uint32_t rest, struct sockaddr_in *to,
                              rsd_error *error)
{
    if (message->arg_count == rest) {
        *to = *message->from;
        return RSD_OK;
    }
    const char *types = message->types;
    if (message->arg_count != rest + 2u || types[0] != LO_STRING || (types[1] != LO_INT32 && types[1] != LO_FLOAT))
        return rsd_error_set(error, RSD_ERR_ARG, "%s are wanted, not ',%.20s'",
                             rest ? "[host (s), port (i),] rate in Hz (f)" : "host (s) and port (i), or nothing",
                             types);
    return read_target(osc, message, to, error);
}

static osc_subscriber *find_subscriber(host_osc *osc, const struct sockaddr_in *to)
{
    for (uint32_t i = 0; i < osc->stats.subscriber_count; i++) {
        osc_subscriber *subscriber = &osc->subscribers[i];
        if (subscriber->to.sin_addr.s_addr == to->sin_addr.s_addr && subscriber->to.sin_port == to->sin_port)
            return subscriber;
    }
    return NULL;
}

rsd_status host_osc_subscribe(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    struct sockaddr_in to;
    double rate_hz = 0.0;
    rsd_status status = find_target(osc, message, 1u, &to, error);
    if (status != RSD_OK) return status;
    const uint32_t last = message->arg_count - 1u;
    if (!host_osc_read_number(message->types[last], message->args[last], &rate_hz) ||
        !(rate_hz >= MIN_RATE_HZ * 0.999999 && rate_hz <= MAX_RATE_HZ)) /* 0.1 as a float is a little less */
        return rsd_error_set(error, RSD_ERR_ARG, "a rate is a number %g..%g Hz", MIN_RATE_HZ, MAX_RATE_HZ);

    const uint64_t now_ns = host_clock_now_ns();
    osc_subscriber *subscriber = find_subscriber(osc, &to);
    if (!subscriber) {
        if (osc->stats.subscriber_count == HOST_OSC_MAX_SUBSCRIBERS)
            return rsd_error_set(error, RSD_ERR_FULL, "%u subscribers are there already", HOST_OSC_MAX_SUBSCRIBERS);
        subscriber = &osc->subscribers[osc->stats.subscriber_count++];
        subscriber->to = to;
        subscriber->next_ns = now_ns;
    }
    subscriber->period_ns = (uint64_t)(NS_PER_S / rate_hz);
    if (subscriber->next_ns > now_ns + subscriber->period_ns) subscriber->next_ns = now_ns; /* was slower before */
    subscriber->expires_ns = now_ns + osc->expiry_ns;
    subscriber->wants_tokens = strcmp(address->path, OSC_PREFIX "/subscribe/tokens") == 0;
    return RSD_OK;
}

static void drop(host_osc *osc, osc_subscriber *subscriber)
{
    *subscriber = osc->subscribers[--osc->stats.subscriber_count];
}

rsd_status host_osc_unsubscribe(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    (void)address;
    struct sockaddr_in to;
    const rsd_status status = find_target(osc, message, 0u, &to, error);
    if (status != RSD_OK) return status;
    osc_subscriber *subscriber = find_subscriber(osc, &to);
    if (!subscriber) return rsd_error_set(error, RSD_ERR_NOT_FOUND, "no such subscriber");
    drop(osc, subscriber);
    return RSD_OK;
}

void host_osc_expire(host_osc *osc, uint64_t now_ns)
{
    for (uint32_t i = 0; i < osc->stats.subscriber_count;) {
        if (now_ns >= osc->subscribers[i].expires_ns)
            drop(osc, &osc->subscribers[i]);
        else
            i++;
    }
}
