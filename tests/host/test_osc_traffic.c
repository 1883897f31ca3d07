// SPDX-License-Identifier: MIT
// Telemetry by subscription.
#include "osc_support.h"

#include "support/signals.h"

/* Subscriptions, timed bundles, floods and damage. */

static void subscribe(osc_rig *rig, const char *address, float rate_hz)
{
    OSC_SEND(rig, address, "sif", "127.0.0.1", lo_server_get_port(rig->client), (double)rate_hz);
}

static void play_noise(osc_rig *rig, uint32_t count)
{
    float *x = calloc(count, sizeof *x);
    test_fill_noise(x, count, 0.3f, 4);
    osc_process(rig, x, x, count);
    free(x);
}

Test(osc_traffic, a_subscriber_gets_every_meter_at_about_the_rate_it_asked_for, .timeout = 600)
{
    osc_rig *rig = osc_open(60.0, false);
    subscribe(rig, "/residuum/subscribe", 50.0f);
    const uint64_t begin_ns = host_clock_now_ns();
    for (int i = 0; i < 50; i++) {
        play_noise(rig, 960);
        osc_turn_for(rig, 20);
    }
    /* A busy machine takes longer than the second that this is meant to be. */
    const double elapsed_s = (double)(host_clock_now_ns() - begin_ns) * 1e-9;
    const rsd_codec_info info = osc_codec(rig);
    const uint32_t rounds = osc_count(rig, "/residuum/meter/bitrate");
    cr_assert(rounds >= 20u && rounds <= 50.0 * elapsed_s + 3.0, "%u rounds in %.2f s", rounds, elapsed_s);
    cr_assert_eq(osc_count(rig, "/residuum/meter/level"), rounds * info.level_count);
    /* The bitrate waits for the first meters of the engine. */
    const uint32_t latencies = osc_count(rig, "/residuum/meter/latency");
    cr_assert(latencies >= rounds && latencies < rounds + 15u, "%u latencies in %u rounds", latencies, rounds);
    cr_assert_float_eq(osc_last(rig, "/residuum/meter/bitrate")->number[0], info.level_kbps[info.level_count - 1u],
                       0.1);
    cr_assert_eq(osc_last(rig, "/residuum/meter/latency")->number[0], 256.0);
    cr_assert_float_eq(osc_last(rig, "/residuum/meter/latency")->number[1], 5.333, 0.01);
    const osc_reply *level = osc_last(rig, "/residuum/meter/level");
    cr_assert_str_eq(level->types, "ifff");
    cr_assert_eq(level->number[0], (double)info.level_count);
    cr_assert(level->number[1] > 5.0 && level->number[1] < 60.0, "SNR %g dB", level->number[1]);
    cr_assert_eq(level->number[2], 1.0);
    cr_assert_gt(level->number[3], 10.0, "noise uses the codebooks: %g bits", level->number[3]);
    cr_assert_eq(osc_count(rig, "/residuum/tokens"), 0u, "tokens come only when asked for");
    cr_assert_eq(osc_last(rig, "/residuum/meter/levels")->number[0], (double)info.level_count);
    OSC_SEND(rig, "/residuum/bitrate", "f", (double)info.level_kbps[2]);
    for (int i = 0; i < 100 && osc_last(rig, "/residuum/meter/levels")->number[0] != 3.0; i++) {
        play_noise(rig, 960);
        osc_turn_for(rig, 20);
    }
    cr_assert_eq(osc_last(rig, "/residuum/meter/levels")->number[0], 3.0, "the levels that the bitrate leaves");
    osc_close(rig);
}

Test(osc_traffic, tokens_come_when_asked_for_and_are_those_of_a_frame, .timeout = 600)
{
    osc_rig *rig = osc_open(60.0, false);
    subscribe(rig, "/residuum/subscribe/tokens", 50.0f);
    OSC_SEND(rig, "/residuum/levels", "f", 2.0);
    for (int i = 0; i < 20; i++) {
        play_noise(rig, 960);
        osc_turn_for(rig, 20);
    }
    const rsd_codec_info info = osc_codec(rig);
    const osc_reply *reply = osc_last(rig, "/residuum/tokens");
    cr_assert_eq(reply->blob_bytes, info.sequence_count * 4u);
    for (uint32_t s = 0; s < info.sequence_count; s++) {
        uint32_t big_endian;
        memcpy(&big_endian, reply->blob + 4u * s, 4);
        const int32_t token = (int32_t)ntohl(big_endian);
        if (s < info.level_sequence_end[1])
            cr_assert(token >= 0 && token < info.sequence_codewords[s], "sequence %u: %d", s, token);
        else
            cr_assert_eq(token, RSD_TOKEN_NONE, "sequence %u", s);
    }
    osc_close(rig);
}

Test(osc_traffic, telemetry_ends_by_unsubscribe_and_by_itself, .timeout = 600)
{
    osc_rig *rig = osc_open(0.5, false);
    subscribe(rig, "/residuum/subscribe", 50.0f);
    cr_assert_eq(osc_stats(rig).subscriber_count, 1u);
    OSC_SEND(rig, "/residuum/unsubscribe", "si", "127.0.0.1", lo_server_get_port(rig->client));
    cr_assert_eq(osc_stats(rig).subscriber_count, 0u);
    subscribe(rig, "/residuum/subscribe", 50.0f);
    osc_turn_for(rig, 300);
    subscribe(rig, "/residuum/subscribe", 50.0f); /* renewed: the half second starts anew */
    const uint64_t renewed_ns = host_clock_now_ns();
    osc_turn_for(rig, 300);
    if (host_clock_now_ns() - renewed_ns < 450000000u) /* else the machine stalled for longer than it lasts */
        cr_assert_eq(osc_stats(rig).subscriber_count, 1u);
    osc_turn_for(rig, 400);
    cr_assert_eq(osc_stats(rig).subscriber_count, 0u);
    const uint32_t before = rig->reply_count;
    osc_turn_for(rig, 100);
    cr_assert_eq(rig->reply_count, before);
    osc_close(rig);
}

/* First sample of `out` that is not what `bypass` off gives: dry sound, gain changes by the ramp. */
Test(osc_traffic, a_bundle_in_the_future_is_applied_at_its_sample, .timeout = 600)
{
    enum { COUNT = 48000 };
    osc_rig *rig = osc_open(60.0, true);
    float *in = calloc(COUNT, sizeof *in), *out = calloc(COUNT, sizeof *out);
    for (int i = 0; i < COUNT; i++) in[i] = 0.25f;
    OSC_SEND(rig, "/residuum/monitor", "s", "dry");
    osc_process(rig, in, out, 4800);
    /* Sample 4800 is played now; the bundle is due 0.2 s from now. */
    const uint64_t now_ns = host_clock_now_ns();
    host_clock_update(&rig->clock, 4800, now_ns, 64);
    lo_timetag due;
    lo_timetag_now(&due);
    const double due_s = due.sec + due.frac / 4294967296.0 + 0.2;
    due.sec = (uint32_t)due_s;
    due.frac = (uint32_t)((due_s - due.sec) * 4294967296.0);
    lo_bundle bundle = lo_bundle_new(due);
    lo_message message = lo_message_new();
    lo_message_add_float(message, -60.0f);
    lo_bundle_add_message(bundle, "/residuum/gain/out", message);
    cr_assert_geq(lo_send_bundle_from(rig->server, rig->client, bundle), 0);
    osc_turn(rig);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_OUTPUT_GAIN_DB, 0), 0.0f, "not before its time");
    osc_process(rig, in + 4800, out + 4800, COUNT - 4800);
    uint32_t changed = 4800;
    while (changed < COUNT && out[changed] == 0.25f) changed++;
    cr_assert(changed > 4800u + 9600u - 96u && changed < 4800u + 9600u + 96u, "applied at %u, 2 ms around %u", changed,
              4800u + 9600u);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_OUTPUT_GAIN_DB, 0), -60.0f);
    lo_bundle_free_recursive(bundle);
    free(in), free(out);
    osc_close(rig);
}

Test(osc_traffic, five_thousand_messages_at_four_thousand_a_second_are_all_applied, .timeout = 600)
{
    osc_rig *rig = osc_open(60.0, false);
    for (int i = 0; i < 5000; i++) {
        cr_assert_geq(lo_send_from(rig->server, rig->client, LO_TT_IMMEDIATE, "/residuum/mix", "f", i / 5000.0), 0);
        if (i % 4 == 3) {
            osc_turn(rig);
            nap_ms(1);
        }
    }
    osc_turn_for(rig, 20);
    cr_assert_eq(osc_stats(rig).applied_count, 5000u);
    cr_assert_eq(osc_stats(rig).error_count, 0u);
    cr_assert_float_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 4999.0f / 5000.0f, 1e-6);
    osc_close(rig);
}

static void send_bytes(osc_rig *rig, const void *bytes, size_t count)
{
    const int handle = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)host_osc_port(rig->osc))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(sendto(handle, bytes, count, 0, (struct sockaddr *)&to, sizeof to), (ssize_t)count);
    close(handle);
}

Test(osc_traffic, damaged_datagrams_are_counted_and_the_next_message_is_fine, .timeout = 600)
{
    static const struct {
        const char *bytes;
        size_t count;
    } damaged[] = {{"", 0},
                   {"x", 1},
                   {"/residuum/mix\0\0\0,f\0\0", 20},
                   {"/residuum/mix\0\0\0f\0\0\0\0\0\0\0", 24},
                   {"#bundle\0\0\0\0\0\0\0\0\1\xff\xff\xff\xff", 20},
                   {"#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x7f", 20},
                   {"\xff\xff\xff\xff\xff\xff\xff\xff", 8}};
    osc_rig *rig = osc_open(60.0, false);
    const uint64_t before = osc_stats(rig).error_count;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) send_bytes(rig, damaged[i].bytes, damaged[i].count);
    osc_turn(rig);
    cr_assert_geq(osc_stats(rig).error_count - before, 5u);
    cr_assert_eq(osc_stats(rig).applied_count, 0u);
    OSC_SEND(rig, "/residuum/mix", "f", 0.5);
    cr_assert_eq(osc_value_of(rig, RSD_PARAM_MIX, 0), 0.5f);
    osc_close(rig);
}

Test(osc_traffic, random_bytes_never_change_a_parameter_out_of_range, .timeout = 600)
{
    osc_rig *rig = osc_open(60.0, false);
    uint32_t seed = 77;
    for (int i = 0; i < 3000; i++) {
        unsigned char bytes[64] = "/residuum/mix\0\0\0,f\0\0\0\0\0";
        const uint32_t flips = 1u + test_random(&seed) % 6u;
        for (uint32_t f = 0; f < flips; f++)
            bytes[test_random(&seed) % 24u] = (unsigned char)(test_random(&seed) >> 24);
        send_bytes(rig, bytes, 24);
        osc_turn(rig);
        const float mix = osc_value_of(rig, RSD_PARAM_MIX, 0);
        cr_assert(mix >= 0.0f && mix <= 1.0f, "mix %g", (double)mix);
    }
    osc_close(rig);
}

Test(osc_traffic, a_taken_port_is_an_error_that_names_it)
{
    osc_rig *rig = osc_open(60.0, false);
    rsd_error error;
    host_osc *second;
    const uint32_t port = host_osc_port(rig->osc);
    const host_osc_config config = {.control = rig->control, .port = port};
    char number[16];
    cr_assert_eq(host_osc_create(&config, &second, &error), RSD_ERR_IO);
    snprintf(number, sizeof number, "%u", port);
    cr_assert(strstr(error.text, number), "%s", error.text);
    osc_close(rig);
}
