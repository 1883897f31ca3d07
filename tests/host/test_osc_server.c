// SPDX-License-Identifier: MIT
// The OSC server's socket and its subscriptions.
#include "osc_support.h"

#include <pthread.h>
#include <stdatomic.h>

/* The socket, who may subscribe, a real audio thread under a flood, and oscsend. */

Test(osc_server, addresses_and_ports_that_cannot_be_are_refused_by_name)
{
    static const struct {
        const char *address;
        uint32_t port;
        rsd_status status;
        const char *text;
    } rows[] = {{"192.0.2.1", 0, RSD_ERR_ARG, "192.0.2.1"},
                {"eth0", 0, RSD_ERR_ARG, "eth0"},
                {"1.2.3", 0, RSD_ERR_ARG, "1.2.3"},
                {NULL, 65536u, RSD_ERR_ARG, "65536"}};
    osc_rig *rig = osc_open(0, false);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        host_osc *osc = NULL;
        rsd_error error;
        const host_osc_config config = {.control = rig->control, .bind_address = rows[i].address, .port = rows[i].port};
        cr_assert_eq(host_osc_create(&config, &osc, &error), rows[i].status, "row %zu: %s", i, error.text);
        cr_assert_not_null(strstr(error.text, rows[i].text), "%s", error.text);
        cr_assert_null(osc);
    }
    osc_close(rig);
}

/* How many datagrams a server bound to `bind_address` hears of one sent to `to`. */
static uint32_t heard(osc_rig *rig, const char *bind_address, struct in_addr to)
{
    static const char mix[] = "/residuum/mix\0\0\0,f\0\0\x3f\0\0\0";
    host_osc *osc = NULL;
    rsd_error error;
    const host_osc_config config = {.control = rig->control, .bind_address = bind_address};
    cr_assert_eq(host_osc_create(&config, &osc, &error), RSD_OK, "%s", error.text);
    const struct sockaddr_in target = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)host_osc_port(osc)), .sin_addr = to};
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    (void)!sendto(fd, mix, 24, 0, (const struct sockaddr *)&target, sizeof target);
    close(fd);
    nap_ms(20);
    const uint32_t count = host_osc_poll(osc);
    host_osc_destroy(osc);
    return count;
}

Test(osc_server, only_loopback_is_heard_unless_asked_otherwise)
{
    struct in_addr outer, loopback = {htonl(INADDR_LOOPBACK)};
    osc_rig *rig = osc_open(0, false);
    cr_assert_eq(heard(rig, NULL, loopback), 1u);
    cr_assert_eq(heard(rig, "0.0.0.0", loopback), 1u);
    if (osc_find_outer_address(&outer)) {
        cr_assert_eq(heard(rig, NULL, outer), 0u);
        cr_assert_eq(heard(rig, "0.0.0.0", outer), 1u);
    }
    struct sockaddr_in name = {0};
    socklen_t length = sizeof name;
    cr_assert_eq(getsockname(host_osc_fd(rig->osc), (struct sockaddr *)&name, &length), 0);
    cr_assert_eq(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
    cr_assert_eq(ntohs(name.sin_port), host_osc_port(rig->osc));
    cr_assert_neq(host_osc_port(rig->osc), 0u);
    osc_close(rig);
}

Test(osc_server, subscriptions_that_cannot_be_are_refused)
{
    osc_rig *rig = osc_open(0, false);
    OSC_SEND(rig, "/residuum/subscribe", "sif", "192.0.2.1", 9000, 10.0); /* loopback only: nowhere else */
    OSC_SEND(rig, "/residuum/subscribe", "sif", "host.example", 9000, 10.0);
    OSC_SEND(rig, "/residuum/subscribe", "sif", "127.0.0.1", 0, 10.0);
    OSC_SEND(rig, "/residuum/subscribe", "sif", "127.0.0.1", 65536, 10.0);
    OSC_SEND(rig, "/residuum/subscribe", "sif", "127.0.0.1", 9000, 0.05);
    OSC_SEND(rig, "/residuum/subscribe", "sif", "127.0.0.1", 9000, 101.0);
    OSC_SEND(rig, "/residuum/subscribe", "f", (double)NAN);
    OSC_SEND(rig, "/residuum/subscribe", "s", "127.0.0.1");
    OSC_SEND(rig, "/residuum/subscribe", "");
    OSC_SEND(rig, "/residuum/unsubscribe", "");
    cr_assert_eq(osc_count(rig, "/residuum/error"), 10u);
    cr_assert_eq(osc_stats(rig).subscriber_count, 0u);
    osc_close(rig);
}

/* Four senders take all places; a fifth gets one from whoever holds most; and what was taken can be given back. */
Test(osc_server, a_sender_has_a_share_of_the_subscriptions)
{
    osc_rig *rig = osc_open(0, false);
    lo_server senders[4];
    for (int32_t i = 0; i < (int32_t)HOST_OSC_SUBSCRIBER_SHARE; i++)
        OSC_SEND(rig, "/residuum/subscribe", "sif", "127.0.0.1", 40000 + i, 0.1);
    cr_assert_eq(rig->reply_count, 0u);
    OSC_SEND(rig, "/residuum/subscribe", "sif", "127.0.0.1", 39999, 1.0);
    cr_assert_eq(osc_count(rig, "/residuum/error"), 1u);
    OSC_SEND(rig, "/residuum/subscribe", "sif", "127.0.0.1", 40003, 1.0); /* a renewal takes no place */
    cr_assert_eq(osc_count(rig, "/residuum/error"), 1u);
    for (int i = 0; i < 4; i++) {
        cr_assert_not_null(senders[i] = lo_server_new(NULL, NULL));
        for (int32_t k = 0; k < 4 && i < 3; k++)
            lo_send_from(rig->server, senders[i], LO_TT_IMMEDIATE, "/residuum/subscribe", "sif", "127.0.0.1",
                         41000 + 10 * i + k, 0.1);
    }
    osc_turn(rig);
    cr_assert_eq(osc_stats(rig).subscriber_count, HOST_OSC_MAX_SUBSCRIBERS);
    lo_send_from(rig->server, senders[3], LO_TT_IMMEDIATE, "/residuum/subscribe", "f", 100.0);
    osc_turn_for(rig, 30);
    cr_assert_eq(osc_stats(rig).subscriber_count, HOST_OSC_MAX_SUBSCRIBERS);
    cr_assert_gt(lo_server_recv_noblock(senders[3], 1000), 0, "the fifth sender got a place");
    const uint32_t before = osc_stats(rig).subscriber_count;
    OSC_SEND(rig, "/residuum/cancel", "");
    cr_assert(osc_stats(rig).subscriber_count < before && osc_stats(rig).subscriber_count >= before - 4u);
    for (int i = 0; i < 4; i++) lo_server_free(senders[i]);
    osc_close(rig);
}

Test(osc_server, without_host_and_port_telemetry_goes_to_the_sender)
{
    osc_rig *rig = osc_open(0, false);
    OSC_SEND(rig, "/residuum/subscribe", "f", 100.0);
    osc_turn_for(rig, 100);
    cr_assert_gt(osc_count(rig, "/residuum/meter/latency"), 3u);
    OSC_SEND(rig, "/residuum/unsubscribe", "");
    cr_assert_eq(osc_stats(rig).subscriber_count, 0u);
    cr_assert_eq(osc_count(rig, "/residuum/error"), 0u);
    osc_close(rig);
}

/* ---- a flood beside a real audio thread ---- */

enum { FLOOD_COUNT = 5000, FLOOD_BLOCK = 64 };

typedef struct {
    osc_rig *rig;
    _Atomic bool stop; /* set by the test, read by the audio thread */
} flood_state;

static void *play(void *context)
{
    flood_state *state = context;
    float in[FLOOD_BLOCK] = {0}, out[FLOOD_BLOCK];
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (uint64_t sample = 0; !atomic_load(&state->stop); sample += FLOOD_BLOCK) {
        host_clock_update(&state->rig->clock, sample, host_clock_now_ns(), FLOOD_BLOCK);
        osc_process(state->rig, in, out, FLOOD_BLOCK);
        next.tv_nsec += 1333333;
        if (next.tv_nsec >= 1000000000) next.tv_nsec -= 1000000000, next.tv_sec++;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    return NULL;
}

/* Every tenth message is a bundle that is due 5 ms later. */
static void *send_flood(void *context)
{
    osc_rig *rig = ((flood_state *)context)->rig;
    lo_address to = lo_address_new("127.0.0.1", lo_address_get_port(rig->server));
    for (int i = 0; i < FLOOD_COUNT; i++) {
        const float levels = (float)(i % 140) / 10.0f;
        if (i % 10 == 9) {
            lo_timetag tag;
            lo_timetag_now(&tag);
            const uint64_t fixed = ((uint64_t)tag.sec << 32 | tag.frac) + 21474836u;
            lo_bundle bundle = lo_bundle_new((lo_timetag){(uint32_t)(fixed >> 32), (uint32_t)fixed});
            lo_message message = lo_message_new();
            lo_message_add_float(message, levels);
            lo_bundle_add_message(bundle, "/residuum/levels", message);
            lo_send_bundle(to, bundle);
            lo_bundle_free_recursive(bundle);
        } else {
            lo_send(to, "/residuum/levels", "f", (double)levels);
        }
        if (i % 4 == 3) nap_ms(1);
    }
    lo_address_free(to);
    return NULL;
}

Test(osc_server, a_flood_beside_a_playing_engine_drops_nothing_in_the_rings, .timeout = 600)
{
    osc_rig *rig = osc_open(0, true);
    flood_state state = {.rig = rig};
    pthread_t player, sender;
    host_meters meters;
    OSC_SEND(rig, "/residuum/subscribe/tokens", "f", 100.0);
    cr_assert_eq(pthread_create(&player, NULL, play, &state), 0);
    cr_assert_eq(pthread_create(&sender, NULL, send_flood, &state), 0);
    for (int i = 0; i < 20000 && osc_stats(rig).applied_count < FLOOD_COUNT; i++) {
        osc_turn(rig);
        rig->reply_count = 0;
        nap_ms(1);
    }
    pthread_join(sender, NULL);
    osc_turn_for(rig, 50);
    atomic_store(&state.stop, true);
    pthread_join(player, NULL);
    osc_turn(rig);
    host_control_get_meters(rig->control, &meters);
    cr_assert_eq(osc_stats(rig).applied_count, (uint64_t)FLOOD_COUNT, "%llu",
                 (unsigned long long)osc_stats(rig).applied_count);
    cr_assert_eq(osc_stats(rig).error_count, 0u);
    cr_assert(meters.valid);
    cr_assert_eq(meters.dropped_count, 0u);
    cr_assert_eq(meters.tap_dropped_count, 0u);
    osc_close(rig);
}

Test(osc_server, oscsend_sets_a_parameter)
{
    osc_rig *rig = osc_open(0, false);
    char command[128];
    if (system("command -v oscsend >/dev/null") != 0) {
        osc_close(rig);
        cr_skip_test("oscsend (Debian package liblo-tools) is not installed");
    }
    snprintf(command, sizeof command, "oscsend localhost %u /residuum/mix f 0.25", host_osc_port(rig->osc));
    cr_assert_eq(system(command), 0);
    osc_turn(rig);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 0.25f);
    snprintf(command, sizeof command, "oscsend localhost %u '/residuum/level/*/mute' i 1", host_osc_port(rig->osc));
    cr_assert_eq(system(command), 0);
    osc_turn(rig);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_LEVEL_MUTE, 3), 1.0f);
    osc_close(rig);
}
