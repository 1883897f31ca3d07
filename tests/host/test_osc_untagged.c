// SPDX-License-Identifier: MIT
// OSC messages without type tags, and buttons.
#include "osc_support.h"

/* Messages of senders that write no type tags, and of buttons that add an argument of their own. */

static void send_bytes(osc_rig *rig, const void *bytes, size_t count)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)host_osc_port(rig->osc))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = lo_server_get_socket_fd(rig->client);
    cr_assert_eq(sendto(fd, bytes, count, 0, (struct sockaddr *)&to, sizeof to), (ssize_t)count);
    osc_turn(rig);
}

/* `path`, padded, then `count` bytes as they are. */
static void send_untagged(osc_rig *rig, const char *path, const void *arguments, size_t count)
{
    unsigned char bytes[256] = {0};
    const size_t used = (strlen(path) / 4u + 1u) * 4u;
    memcpy(bytes, path, strlen(path));
    if (count > 0u) memcpy(bytes + used, arguments, count);
    send_bytes(rig, bytes, used + count);
}

Test(osc_untagged, a_number_without_a_tag_is_what_its_bytes_say)
{
    osc_rig *rig = osc_open(0, false);
    send_untagged(rig, "/residuum/mix", "\x3e\x80\0\0", 4); /* 0.25 */
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 0.25f);
    send_untagged(rig, "/residuum/levels", "\0\0\0\3", 4);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 3.0f);
    send_untagged(rig, "/residuum/levels", "\x40\x20\0\0", 4);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 2.5f);
    send_untagged(rig, "/residuum/gain/in", "\xff\xff\xff\xfa", 4); /* -6 */
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_INPUT_GAIN_DB, 0), -6.0f);
    send_untagged(rig, "/residuum/gain/in", "\xc0\xc0\0\0", 4); /* -6.0 */
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_INPUT_GAIN_DB, 0), -6.0f);
    send_untagged(rig, "/residuum/level/*/mute", "\0\0\0\1", 4);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_MUTE, 2), 1.0f);
    send_untagged(rig, "/residuum/monitor", "\0\0\0\2", 4);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MONITOR, 0), 2.0f);
    send_untagged(rig, "/residuum/monitor", "\x40\x40\0\0", 4); /* 3.0 */
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MONITOR, 0), 3.0f);
    send_untagged(rig, "/residuum/monitor", "\x40\0\0\0", 4); /* 2.0, also the text "@" */
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MONITOR, 0), 2.0f);
    send_untagged(rig, "/residuum/monitor", "dry", 4);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MONITOR, 0), 1.0f);
    cr_assert_eq(osc_stats(rig).error_count, 0u);
    osc_close(rig);
}

Test(osc_untagged, names_and_queries_without_tags_are_understood)
{
    osc_rig *rig = osc_open(0, false);
    send_untagged(rig, "/residuum/list", "", 0);
    cr_assert_eq(osc_count(rig, "/residuum/list/end"), 1u);
    send_untagged(rig, "/residuum/get", "levels\0", 8);
    cr_assert_eq(osc_last(rig, "/residuum/value")->number[1], 14.0);
    send_untagged(rig, "/residuum/get", "mix", 4);
    cr_assert_eq(osc_last(rig, "/residuum/value")->number[1], 1.0);
    send_untagged(rig, "/residuum/preset", "telephone\0\0", 12);
    osc_settle(rig);
    cr_assert_str_eq(host_control_preset(rig->control), "telephone");
    send_untagged(rig, "/residuum/subscribe", "\x42\x20\0\0", 4);
    cr_assert_eq(osc_stats(rig).subscriber_count, 1u);
    send_untagged(rig, "/residuum/unsubscribe", "", 0);
    cr_assert_eq(osc_stats(rig).subscriber_count, 0u);
    send_untagged(rig, "/residuum/subscribe", "127.0.0.1\0\0\0\0\0\x9c\x40\x42\x20\0\0", 20);
    cr_assert_eq(osc_stats(rig).subscriber_count, 1u);
    cr_assert_eq(osc_stats(rig).error_count, 0u);
    osc_close(rig);
}

Test(osc_untagged, what_makes_no_sense_is_refused_and_changes_nothing)
{
    osc_rig *rig = osc_open(0, false);
    send_untagged(rig, "/residuum/mix", "", 0);
    send_untagged(rig, "/residuum/mix", "f\0\0\0\x3f\0\0\0", 8); /* the tag without its comma */
    send_untagged(rig, "/residuum/mix", "\x3f\0\0", 3);
    send_untagged(rig, "/residuum/codec", "\0\0\0\1", 4);
    send_untagged(rig, "/residuum/preset", "tele", 4); /* not ended */
    send_untagged(rig, "/residuum/list", "\0\0\0\1\0\0\0\1", 8);
    send_untagged(rig, "/residuum/nothing", "", 0);
    cr_assert_eq(osc_stats(rig).error_count, 7u);
    cr_assert_eq(osc_count(rig, "/residuum/error"), 7u);
    cr_assert_eq(osc_stats(rig).applied_count, 0u);
    osc_close(rig);
}

Test(osc_untagged, a_button_asks_when_it_is_pressed_and_not_when_it_is_let_go)
{
    osc_rig *rig = osc_open(0, false);
    OSC_SEND(rig, "/residuum/list", "f", 1.0);
    OSC_SEND(rig, "/residuum/list", "f", 0.0);
    OSC_SEND(rig, "/residuum/list", "i", 127);
    OSC_SEND(rig, "/residuum/list", "i", 0);
    OSC_SEND(rig, "/residuum/list", "T");
    OSC_SEND(rig, "/residuum/list", "F");
    OSC_SEND(rig, "/residuum/list", "I");
    OSC_SEND(rig, "/residuum/list", "N");
    send_untagged(rig, "/residuum/list", "\x3f\x80\0\0", 4);
    send_untagged(rig, "/residuum/list", "\0\0\0\0", 4);
    cr_assert_eq(osc_count(rig, "/residuum/list/end"), 6u);
    OSC_SEND(rig, "/residuum/get", "sf", "mix", 1.0);
    OSC_SEND(rig, "/residuum/get", "sf", "mix", 0.0);
    cr_assert_eq(osc_count(rig, "/residuum/value"), 1u);
    OSC_SEND(rig, "/residuum/subscribe", "f", 1.0);
    OSC_SEND(rig, "/residuum/unsubscribe", "f", 0.0);
    cr_assert_eq(osc_stats(rig).subscriber_count, 1u);
    OSC_SEND(rig, "/residuum/unsubscribe", "f", 1.0);
    cr_assert_eq(osc_stats(rig).subscriber_count, 0u);
    OSC_SEND(rig, "/residuum/subscribe", "sif", "127.0.0.1", 40000, 1.0);
    OSC_SEND(rig, "/residuum/unsubscribe", "sif", "127.0.0.1", 40000, 0.0);
    cr_assert_eq(osc_stats(rig).subscriber_count, 1u);
    OSC_SEND(rig, "/residuum/cancel", "f", 0.0);
    cr_assert_eq(osc_stats(rig).subscriber_count, 1u);
    OSC_SEND(rig, "/residuum/cancel", "f", 1.0);
    cr_assert_eq(osc_stats(rig).subscriber_count, 0u);
    cr_assert_eq(osc_stats(rig).error_count, 0u);
    osc_close(rig);
}

Test(osc_untagged, a_button_sets_its_value_when_it_is_pressed)
{
    osc_rig *rig = osc_open(0, false);
    OSC_SEND(rig, "/residuum/preset", "sf", "telephone", 0.0);
    cr_assert_str_eq(host_control_preset(rig->control), "");
    OSC_SEND(rig, "/residuum/preset", "si", "telephone", 127);
    cr_assert_str_eq(host_control_preset(rig->control), "telephone");
    OSC_SEND(rig, "/residuum/monitor", "sf", "dry", 1.0);
    OSC_SEND(rig, "/residuum/monitor", "sf", "wet", 0.0);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MONITOR, 0), 1.0f);
    OSC_SEND(rig, "/residuum/levels", "ff", 3.0, 1.0);
    OSC_SEND(rig, "/residuum/levels", "ff", 5.0, 0.0);
    OSC_SEND(rig, "/residuum/levels", "iT", 4);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVELS, 0), 4.0f);
    OSC_SEND(rig, "/residuum/bypass", "I");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_BYPASS, 0), 1.0f);
    OSC_SEND(rig, "/residuum/bypass", "N");
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_BYPASS, 0), 0.0f);
    cr_assert_eq(osc_stats(rig).error_count, 0u);
    OSC_SEND(rig, "/residuum/levels", "ff", 5.0, 0.5); /* two values: neither is meant alone */
    OSC_SEND(rig, "/residuum/levels", "fff", 5.0, 1.0, 1.0);
    cr_assert_eq(osc_stats(rig).error_count, 2u);
    osc_close(rig);
}
