// SPDX-License-Identifier: MIT
// What each sender may use of what is bounded: work, answers, places. Nobody's flood takes it from the others.
#include "host/osc/internal.h"

#include <string.h>

#define NS_PER_MS 1000000u
#define NS_PER_S 1e9
#define TELL_EVERY_NS 1000000000u

uint32_t host_osc_account_index(const host_osc *osc, const osc_account *account)
{
    return (uint32_t)(account - osc->accounts);
}

bool host_osc_is_placed(const osc_peer *peer) { return osc_peer_is_loopback(peer) || osc_peer_stream(peer) != 0u; }

bool host_osc_is_trusted(const osc_account *account, uint64_t now_ns)
{
    return host_osc_is_placed(&account->from) || now_ns < account->confirmed_until_ns;
}

static void refill(osc_account *account, uint64_t now_ns)
{
    const uint64_t ns = now_ns - account->refilled_ns, whole_ms = ns / NS_PER_MS;
    const int64_t room = OSC_ACCOUNT_WORK - account->work;
    const int64_t work = whole_ms >= OSC_ACCOUNT_WORK ? room : (int64_t)whole_ms * OSC_WORK_PER_MS;
    account->work += work < room ? work : room;
    account->answers += (double)(whole_ms * NS_PER_MS) / NS_PER_S * OSC_ANSWERS_PER_S;
    if (account->answers > OSC_ANSWERS_PER_S) account->answers = OSC_ANSWERS_PER_S;
    account->refilled_ns += whole_ms * NS_PER_MS;
}

void host_osc_begin_poll(host_osc *osc)
{
    osc->poll_count++;
    osc->poll_ns = host_clock_now_ns();
    osc->work_left = OSC_POLL_WORK;
    osc->wait_left_ns = OSC_POLL_WAIT_NS;
    for (uint32_t i = 1; i < osc->account_count; i++) refill(&osc->accounts[i], osc->poll_ns);
}

static void forget(host_osc *osc, uint32_t index)
{
    host_osc_disown_timed(osc, index);
    host_osc_disown_subscribers(osc, index);
    host_osc_disown_waiting(osc, index);
    memset(&osc->accounts[index], 0, sizeof osc->accounts[index]);
}

/* A free place, or that of the sender that was quiet for longest; of senders that have confirmed their address last. */
static uint32_t find_place(host_osc *osc, uint64_t now_ns)
{
    uint32_t best = 1;
    if (osc->account_count < 1u) osc->account_count = 1; /* place 0 is nobody's */
    if (osc->account_count < OSC_MAX_ACCOUNTS) return osc->account_count++;
    for (uint32_t i = 2; i < OSC_MAX_ACCOUNTS; i++) {
        const osc_account *account = &osc->accounts[i], *than = &osc->accounts[best];
        const bool confirmed = now_ns < account->confirmed_until_ns, confirmed_than = now_ns < than->confirmed_until_ns;
        if (confirmed != confirmed_than ? confirmed_than : account->heard_ns < than->heard_ns) best = i;
    }
    forget(osc, best);
    return best;
}

osc_account *host_osc_account(host_osc *osc, const osc_peer *from, uint64_t now_ns)
{
    osc_account *account = NULL;
    for (uint32_t i = 1; i < osc->account_count && !account; i++) {
        osc_account *other = &osc->accounts[i];
        if (osc_peer_is_same_sender(&other->from, from)) account = other;
    }
    if (!account) {
        account = &osc->accounts[find_place(osc, now_ns)];
        account->from = *from;
        if (!osc_peer_is_loopback(from)) account->from.port = 0u;
        account->work = OSC_ACCOUNT_WORK;
        account->answers = OSC_ANSWERS_PER_S;
        account->refilled_ns = now_ns;
    }
    refill(account, now_ns);
    account->heard_ns = now_ns;
    return account;
}

void host_osc_charge(host_osc *osc, int64_t work)
{
    osc->work_left -= work;
    osc->answering.work += work;
    if (osc->answering.who) osc->answering.who->work -= work;
}

/* ---- answers ---- */

/* Until its sender has shown that it is there, no datagram is answered by more bytes than it had. */
void host_osc_begin_answers(host_osc *osc, osc_account *account, size_t request_bytes)
{
    osc->answering.who = account;
    osc->answering.bytes_left = host_osc_is_trusted(account, osc->poll_ns) ? SIZE_MAX : request_bytes;
    osc->answering.answer_count = osc->answering.refusal_count = osc->answering.unanswered_count = 0;
    osc->answering.work = 0;
}

bool host_osc_may_send(host_osc *osc, size_t bytes)
{
    if (!osc->answering.who) return true;
    if (bytes > osc->answering.bytes_left || osc->answering.answer_count == OSC_MAX_ANSWERS ||
        osc->answering.who->answers < 1.0) {
        osc->answering.unanswered_count++;
        osc->stats.unanswered_count++;
        return false;
    }
    if (osc->answering.bytes_left != SIZE_MAX) osc->answering.bytes_left -= bytes;
    osc->answering.answer_count++;
    osc->answering.who->answers -= 1.0;
    host_osc_charge(osc, OSC_ANSWER_WORK);
    return true;
}

/* Says once a second that answers were left out, to who has confirmed where it is; of which message, if it was one. */
void host_osc_end_answers(host_osc *osc, const osc_peer *to, const char *path)
{
    osc_account *account = osc->answering.who;
    const bool is_due = account->told_ns == 0u || osc->poll_ns - account->told_ns > TELL_EVERY_NS;
    osc->answering.who = NULL;
    if (osc->answering.unanswered_count == 0u) return;
    account->left_out_count++;
    if (osc->answering.bytes_left != SIZE_MAX || !is_due) return;
    host_osc_answer_error(osc, to, account->left_out_count == 1u ? path : "#bundle",
                          "too much at once: something is left out or not answered; send less, or later");
    account->told_ns = osc->poll_ns;
    account->left_out_count = 0;
}
