// SPDX-License-Identifier: MIT
// Addresses of senders.
#include "host/osc/osc.h"
#include "host/osc/peer.h"
#include "osc_support.h"

#include <unistd.h>

Test(osc_peer, an_address_in_numbers_is_read_and_written_as_it_was)
{
    char text[OSC_PEER_TEXT_BYTES];
    osc_peer peer;
    cr_assert(osc_peer_parse("192.0.2.7", 9000u, &peer));
    cr_assert_eq(peer.port, 9000u);
    osc_peer_text(&peer, text);
    cr_assert_str_eq(text, "192.0.2.7");
    cr_assert(osc_peer_parse("localhost", 1u, &peer));
    osc_peer_text(&peer, text);
    cr_assert_str_eq(text, "127.0.0.1");
    static const char *const bad[] = {"",    "example.org", "192.0.2",       "192.0.2.256",
                                      "::1", " 192.0.2.7",  "192.0.2.7:9000"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(!osc_peer_parse(bad[i], 1u, &peer), "'%s' is taken", bad[i]);
}

Test(osc_peer, equal_peers_have_one_address_and_one_port)
{
    const osc_peer nobody = {.address_bytes = 0u};
    osc_peer a, b, c;
    cr_assert(osc_peer_parse("192.0.2.7", 1u, &a));
    cr_assert(osc_peer_parse("192.0.2.7", 2u, &b));
    cr_assert(osc_peer_parse("192.0.2.8", 1u, &c));
    cr_assert(osc_peer_is_equal(&a, &a));
    cr_assert(osc_peer_has_same_address(&a, &b) && !osc_peer_is_equal(&a, &b));
    cr_assert(!osc_peer_has_same_address(&a, &c) && !osc_peer_is_equal(&a, &c));
    cr_assert(osc_peer_is_nobody(&nobody) && !osc_peer_is_nobody(&a) && !osc_peer_is_equal(&a, &nobody));
}

Test(osc_peer, all_of_127_is_this_machine_and_nothing_else_is)
{
    osc_peer peer;
    cr_assert(osc_peer_parse("127.255.0.3", 1u, &peer) && osc_peer_is_loopback(&peer));
    cr_assert(osc_peer_parse("126.0.0.1", 1u, &peer) && !osc_peer_is_loopback(&peer));
    cr_assert(osc_peer_parse("0.0.0.0", 1u, &peer) && !osc_peer_is_loopback(&peer));
}

Test(osc_peer, a_datagram_comes_with_who_sent_it)
{
    osc_peer a, b, from;
    char got[8];
    int fd_a, fd_b;
    rsd_error error;
    cr_assert(osc_peer_parse("127.0.0.1", 0u, &a) && osc_peer_parse("127.0.0.1", 0u, &b));
    cr_assert_eq(osc_peer_open(&a, &fd_a, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(osc_peer_open(&b, &fd_b, &error), RSD_OK, "%s", error.text);
    cr_assert(a.port != 0u && b.port != 0u && a.port != b.port);
    cr_assert_eq(osc_peer_receive(fd_b, got, sizeof got, &from), -1);
    osc_peer_send(fd_a, "sound", 5u, &b);
    cr_assert_eq(osc_peer_receive(fd_b, got, sizeof got, &from), 5);
    cr_assert(osc_peer_is_equal(&from, &a));
    close(fd_a), close(fd_b);
}

/* Whoever gives a wrong address is told which ones there are, and which one listens on all. */
Test(osc_peer, a_wrong_bind_address_is_refused_with_advice)
{
    static const char *const wrong[] = {"eth0", "192.0.2.77", "192.0.2"};
    osc_rig *rig = osc_open(0, false);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        rsd_error error;
        host_osc *other = NULL;
        const host_osc_config config = {.control = rig->control, .bind_address = wrong[i]};
        cr_assert_neq(host_osc_create(&config, &other, &error), RSD_OK);
        cr_assert_not_null(strstr(error.text, wrong[i]), "%s", error.text);
        cr_assert_not_null(strstr(error.text, "0.0.0.0 listens on all"), "%s", error.text);
        cr_assert_not_null(strstr(error.text, "127.0.0.1"), "%s", error.text);
        cr_assert_null(other);
    }
    osc_close(rig);
}
