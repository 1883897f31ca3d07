// SPDX-License-Identifier: MIT
// Who gets telemetry, and until when.
#include "host/osc/internal.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

#define MIN_RATE_HZ 0.1
#define MAX_RATE_HZ 100.0
#define NS_PER_S 1e9

/* A number only, or localhost: looking a name up could take seconds, and the meters would stand still. */
static rsd_status read_target(const osc_message *message, osc_peer *to, rsd_error *error)
{
    double port;
    const char *host = (const char *)message->args[0];
    if (!host_osc_read_number(message->types[1], message->args[1], &port) || !(port >= 1.0 && port <= 65535.0))
        return base_error_set(error, RSD_ERR_ARG, "a port is a whole number 1..65535");
    if (!osc_peer_parse(host, (uint16_t)port, to))
        return base_error_set(error, RSD_ERR_ARG, "'%.60s' is not an IPv4 address such as 127.0.0.1", host);
    if (osc_peer_is_loopback(message->from) ? !osc_peer_is_loopback(to) : !osc_peer_has_same_address(to, message->from))
        return base_error_set(error, RSD_ERR_ARG, "telemetry goes to the sender's own address only");
    return RSD_OK;
}

/* [s i] before `rest` further arguments: host and port, or the sender's. */
static rsd_status find_target(const osc_message *message, uint32_t arg_count, uint32_t rest, osc_peer *to,
                              rsd_error *error)
{
    if (arg_count == rest) {
        *to = *message->from;
        return RSD_OK;
    }
    const char *types = message->types;
    if (arg_count != rest + 2u || types[0] != LO_STRING || (types[1] != LO_INT32 && types[1] != LO_FLOAT))
        return base_error_set(error, RSD_ERR_ARG, "%s are wanted, not ',%.20s'",
                              rest ? "[host (s), port (i),] rate in Hz (f)" : "host (s) and port (i), or nothing",
                              types);
    return read_target(message, to, error);
}

static osc_subscriber *find_subscriber(host_osc *osc, const osc_peer *to)
{
    for (uint32_t i = 0; i < osc->stats.subscriber_count; i++) {
        osc_subscriber *subscriber = &osc->subscribers[i];
        if (osc_peer_is_equal(&subscriber->to, to)) return subscriber;
    }
    return NULL;
}

static void drop(host_osc *osc, osc_subscriber *subscriber)
{
    osc->accounts[subscriber->account].subscriber_count--;
    *subscriber = osc->subscribers[--osc->stats.subscriber_count];
}

/* Where all places are taken: the oldest of whoever holds most, if that is more than `account` would have. */
static bool make_room(host_osc *osc, uint32_t account)
{
    const osc_account *accounts = osc->accounts;
    osc_subscriber *victim = &osc->subscribers[0];
    for (uint32_t i = 1; i < osc->stats.subscriber_count; i++) {
        osc_subscriber *other = &osc->subscribers[i];
        const uint32_t held = accounts[other->account].subscriber_count,
                       most = accounts[victim->account].subscriber_count;
        if (held != most ? held > most : other->expires_ns < victim->expires_ns) victim = other;
    }
    if (accounts[victim->account].subscriber_count <= accounts[account].subscriber_count + 1u) return false;
    drop(osc, victim);
    return true;
}

static osc_subscriber *add_place(host_osc *osc, uint32_t account, rsd_error *error)
{
    if (osc->accounts[account].subscriber_count >= HOST_OSC_SUBSCRIBER_SHARE) {
        (void)base_error_set(error, RSD_ERR_FULL, "this sender has %u subscriptions already",
                             HOST_OSC_SUBSCRIBER_SHARE);
        return NULL;
    }
    if (osc->stats.subscriber_count == HOST_OSC_MAX_SUBSCRIBERS && !make_room(osc, account)) {
        (void)base_error_set(error, RSD_ERR_FULL, "%u subscribers are there already", HOST_OSC_MAX_SUBSCRIBERS);
        return NULL;
    }
    osc->accounts[account].subscriber_count++;
    osc_subscriber *subscriber = &osc->subscribers[osc->stats.subscriber_count++];
    *subscriber = (osc_subscriber){.account = account};
    return subscriber;
}

/* A subscriber that is there already is renewed, and keeps its place, whoever asks. */
rsd_status host_osc_add_subscriber(host_osc *osc, const osc_subscriber *wanted, rsd_error *error)
{
    const uint64_t now_ns = host_clock_now_ns();
    osc_subscriber *subscriber = find_subscriber(osc, &wanted->to);
    const bool is_new = !subscriber;
    if (is_new) subscriber = add_place(osc, wanted->account, error);
    if (!subscriber) return RSD_ERR_FULL;
    const uint32_t owner = subscriber->account;
    const uint64_t next_ns = is_new ? now_ns : subscriber->next_ns;
    const uint64_t told_change = subscriber->told_change, next_values_ns = subscriber->next_values_ns;
    if (is_new) host_osc_charge(osc, OSC_LIST_WORK); /* it is told all values */
    *subscriber = *wanted;
    subscriber->account = owner;
    subscriber->next_ns = next_ns;
    subscriber->told_change = told_change;
    subscriber->next_values_ns = next_values_ns;
    if (next_ns > now_ns + subscriber->period_ns) subscriber->next_ns = now_ns; /* was slower before */
    subscriber->expires_ns = now_ns + osc->expiry_ns;
    if (subscriber->expires_ns > subscriber->confirmed_until_ns)
        subscriber->expires_ns = subscriber->confirmed_until_ns;
    return RSD_OK;
}

/*
 * Beyond loopback a new one waits for its address to be confirmed. One that runs is renewed without, until that is ten
 * minutes old.
 */
static rsd_status add_or_ask(host_osc *osc, osc_subscriber *wanted, rsd_error *error)
{
    if (host_osc_is_placed(&wanted->to)) {
        wanted->confirmed_until_ns = UINT64_MAX;
        return host_osc_add_subscriber(osc, wanted, error);
    }
    const osc_subscriber *running = find_subscriber(osc, &wanted->to);
    const uint64_t until_ns = running ? running->confirmed_until_ns : 0u;
    wanted->confirmed_until_ns = until_ns;
    if (until_ns < host_clock_now_ns() + osc->expiry_ns) {
        osc->answering.who->pending = *wanted;
        host_osc_send_cookie(osc, &wanted->to);
    }
    return running ? host_osc_add_subscriber(osc, wanted, error) : RSD_OK;
}

rsd_status host_osc_subscribe(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    osc_subscriber wanted = {.account = host_osc_account_index(osc, osc->answering.who)};
    double rate_hz = 0.0;
    rsd_status status = find_target(message, message->arg_count, 1u, &wanted.to, error);
    if (status != RSD_OK) return status;
    const uint32_t last = message->arg_count - 1u;
    if (!host_osc_read_number(message->types[last], message->args[last], &rate_hz) ||
        !(rate_hz >= MIN_RATE_HZ * 0.999999 && rate_hz <= MAX_RATE_HZ)) /* 0.1 as a float is a little less */
        return base_error_set(error, RSD_ERR_ARG, "a rate is a number %g..%g Hz", MIN_RATE_HZ, MAX_RATE_HZ);
    wanted.period_ns = (uint64_t)(NS_PER_S / rate_hz);
    wanted.wants_tokens = strcmp(address->path, OSC_PREFIX "/subscribe/tokens") == 0;
    return add_or_ask(osc, &wanted, error);
}

rsd_status host_osc_unsubscribe(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    (void)address;
    osc_peer to;
    uint32_t arg_count;
    bool is_pressed = host_osc_take_button(message, 0u, &arg_count);
    if (message->arg_count != 1u) is_pressed = host_osc_take_button(message, 2u, &arg_count);
    const rsd_status status = find_target(message, arg_count, 0u, &to, error);
    if (status != RSD_OK || !is_pressed) return status;
    osc_subscriber *subscriber = find_subscriber(osc, &to);
    if (!subscriber) return base_error_set(error, RSD_ERR_NOT_FOUND, "no such subscriber");
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

void host_osc_drop_subscribers(host_osc *osc, uint32_t account)
{
    for (uint32_t i = 0; i < osc->stats.subscriber_count;) {
        if (osc->subscribers[i].account == account)
            drop(osc, &osc->subscribers[i]);
        else
            i++;
    }
}

void host_osc_disown_subscribers(host_osc *osc, uint32_t account)
{
    for (uint32_t i = 0; i < osc->stats.subscriber_count; i++)
        if (osc->subscribers[i].account == account) osc->subscribers[i].account = 0;
    osc->accounts[0].subscriber_count += osc->accounts[account].subscriber_count;
}
