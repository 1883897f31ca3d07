// SPDX-License-Identifier: MIT
// Who sends from beyond loopback may have written any address on the datagram: it has to show that it receives there.
#include "host/osc/internal.h"

#include "base/error.h"

#include <string.h>
#include <sys/random.h>

/* The same for a while, so that a request that was sent twice, or whose answer is slow, is no failure. */
static int32_t cookie_of(osc_account *account, uint64_t now_ns)
{
    uint32_t random = 0;
    if (account->cookie != 0 && now_ns - account->cookie_ns < OSC_COOKIE_NS) return account->cookie;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        return 0; /* not yet, after a start */
    account->cookie = (int32_t)(random >> 1 | 1u);
    account->cookie_ns = now_ns;
    account->cookie_tries = 0;
    return account->cookie;
}

void host_osc_send_cookie(host_osc *osc, const osc_peer *to)
{
    const int32_t cookie = cookie_of(osc->answering.who, osc->poll_ns);
    lo_message message = cookie != 0 ? lo_message_new() : NULL;
    if (!message) return;
    lo_message_add_int32(message, cookie);
    host_osc_send(osc, to, OSC_PREFIX "/confirm", message);
}

static void start_pending(osc_account *account, uint64_t now_ns)
{
    account->confirmed_until_ns = now_ns + OSC_CONFIRMED_NS;
    account->pending.confirmed_until_ns = account->confirmed_until_ns;
    account->cookie = 0;
}

/* A wrong one is not answered: two servers would never end telling each other so. */
static void count_wrong(host_osc *osc, osc_account *account)
{
    osc->stats.error_count++;
    if (++account->cookie_tries >= OSC_COOKIE_TRIES) account->cookie = 0;
}

rsd_status host_osc_confirm(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    (void)address;
    osc_account *account = osc->answering.who;
    double given = 0.0;
    if (message->arg_count > 1u ||
        (message->arg_count == 1u && !host_osc_read_number(message->types[0], message->args[0], &given)))
        return base_error_set(error, RSD_ERR_ARG, "confirm takes the number (i) that was sent, or 0 to be sent one");
    if (host_osc_is_placed(message->from)) return RSD_OK; /* nothing to confirm */
    if (given == 0.0) {
        host_osc_send_cookie(osc, message->from);
        return RSD_OK;
    }
    if (account->cookie == 0 || given != (double)account->cookie || osc->poll_ns - account->cookie_ns > OSC_COOKIE_NS) {
        count_wrong(osc, account);
        return RSD_OK;
    }
    start_pending(account, osc->poll_ns);
    if (osc_peer_is_nobody(&account->pending.to)) return RSD_OK;
    const osc_subscriber wanted = account->pending;
    memset(&account->pending, 0, sizeof account->pending);
    return host_osc_add_subscriber(osc, &wanted, error);
}

rsd_status host_osc_cancel(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error)
{
    (void)address;
    uint32_t arg_count;
    const bool is_pressed = host_osc_take_button(message, 0u, &arg_count);
    if (arg_count != 0u)
        return base_error_set(error, RSD_ERR_ARG, "cancel takes no argument but a button's, not ',%.20s'",
                              message->types);
    if (!is_pressed) return RSD_OK;
    const uint32_t index = host_osc_account_index(osc, osc->answering.who);
    host_osc_cancel_timed(osc, index);
    host_osc_drop_subscribers(osc, index);
    memset(&osc->answering.who->pending, 0, sizeof osc->answering.who->pending);
    return RSD_OK;
}
