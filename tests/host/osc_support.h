// SPDX-License-Identifier: MIT
#ifndef OSC_SUPPORT_H
#define OSC_SUPPORT_H

#include "host/osc/osc.h"
#include "host/session/control_watch.h"

#include <criterion/criterion.h>

#include <lo/lo.h>

#include <ifaddrs.h>
#include <math.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* An engine with an OSC server on a port of the system's choice, and a second liblo as client over UDP. */

#define OSC_MAX_REPLIES 4096u
#define OSC_RATE_HZ 48000u

typedef struct {
    char path[64], types[16], text[2][300]; /* text[n]: the n-th argument where it is a string */
    double number[4];                       /* the n-th argument where it is a number */
    unsigned char blob[1024];
    uint32_t blob_bytes;
} osc_reply;

typedef struct {
    rsd_engine *engine;
    host_tap *tap;
    host_clock clock;
    host_control *control;
    host_loader *loader;
    host_osc *osc;
    uint32_t log_count;
    char log[600]; /* the latest line */
    lo_server client;
    lo_address server;
    uint32_t reply_count;
    osc_reply replies[OSC_MAX_REPLIES];
} osc_rig;

static inline void nap_ms(uint32_t ms)
{
    const struct timespec t = {ms / 1000u, (long)(ms % 1000u) * 1000000L};
    nanosleep(&t, NULL);
}

/* An address of this machine that is not loopback; false where it has none. */
static inline bool osc_find_outer_address(struct in_addr *address)
{
    struct ifaddrs *list = NULL;
    bool found = false;
    if (getifaddrs(&list) != 0) return false;
    for (const struct ifaddrs *entry = list; entry && !found; entry = entry->ifa_next) {
        if (!entry->ifa_addr || entry->ifa_addr->sa_family != AF_INET) continue;
        *address = ((const struct sockaddr_in *)(const void *)entry->ifa_addr)->sin_addr;
        found = ntohl(address->s_addr) >> 24 != 127u;
    }
    freeifaddrs(list);
    return found;
}

static inline int osc_take_reply(const char *path, const char *types, lo_arg **args, int count, lo_message message,
                                 void *context)
{
    osc_rig *rig = context;
    (void)message;
    cr_assert_lt(rig->reply_count, OSC_MAX_REPLIES);
    osc_reply *reply = &rig->replies[rig->reply_count++];
    memset(reply, 0, sizeof *reply);
    snprintf(reply->path, sizeof reply->path, "%s", path);
    snprintf(reply->types, sizeof reply->types, "%s", types);
    for (int i = 0; i < count && i < 4; i++) {
        /* Not through lo_arg's members: it holds eight-byte types, and arguments lie on four-byte boundaries. */
        const void *arg = args[i];
        float f = 0.0f;
        int32_t n = 0;
        if (types[i] == 'f') memcpy(&f, arg, sizeof f);
        if (types[i] == 'i' || types[i] == 'b') memcpy(&n, arg, sizeof n);
        reply->number[i] = types[i] == 'f' ? (double)f : n;
        if (types[i] == 's' && i < 2) snprintf(reply->text[i], sizeof reply->text[i], "%s", (const char *)arg);
        if (types[i] == 'b') {
            reply->blob_bytes = (uint32_t)n;
            cr_assert_leq(reply->blob_bytes, sizeof reply->blob);
            memcpy(reply->blob, (const char *)arg + sizeof n, reply->blob_bytes);
        }
    }
    return 0;
}

static inline uint32_t osc_count(const osc_rig *rig, const char *path)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->reply_count; i++) count += strcmp(rig->replies[i].path, path) == 0;
    return count;
}

/* The latest reply at `path`; ends the test where there is none. */
static inline const osc_reply *osc_last(const osc_rig *rig, const char *path)
{
    for (uint32_t i = rig->reply_count; i > 0u; i--)
        if (strcmp(rig->replies[i - 1u].path, path) == 0) return &rig->replies[i - 1u];
    cr_assert_fail("no %s came", path);
    return NULL;
}

static inline void osc_receive(osc_rig *rig)
{
    while (lo_server_recv_noblock(rig->client, 0) > 0) continue;
}

/* What was sent is in the server's socket by now: loopback has no way in between. */
static inline void osc_turn(osc_rig *rig)
{
    rsd_error error;
    while (host_osc_poll(rig->osc) == HOST_OSC_MAX_DATAGRAMS_PER_POLL) continue;
    cr_assert_eq(host_control_poll(rig->control, &error), RSD_OK, "%s", error.text);
    osc_receive(rig);
}

/* Until the codecs and presets that were asked for are there, or refused. */
static inline void osc_settle(osc_rig *rig)
{
    do {
        osc_turn(rig);
        nap_ms(1);
    } while (!host_loader_is_idle(rig->loader));
    osc_receive(rig);
}

static inline void osc_turn_for(osc_rig *rig, uint32_t ms)
{
    for (const uint64_t end = host_clock_now_ns() + ms * 1000000ull; host_clock_now_ns() < end;) {
        osc_turn(rig);
        nap_ms(1);
    }
    osc_turn(rig); /* the machine may have stalled since the last one */
}

/* Sends from the client's own socket, so that answers come back to it, and takes them. */
#define OSC_SEND(rig, ...)                                                                                             \
    do {                                                                                                               \
        cr_assert_geq(lo_send_from((rig)->server, (rig)->client, LO_TT_IMMEDIATE, __VA_ARGS__), 0);                    \
        osc_turn(rig);                                                                                                 \
    } while (0)

static inline float osc_value_of(const osc_rig *rig, rsd_param_id id, uint32_t level)
{
    float value = NAN;
    cr_assert_eq(rsd_engine_get(rig->engine, id, level, &value), RSD_OK);
    return value;
}

static inline host_osc_stats osc_stats(const osc_rig *rig)
{
    host_osc_stats stats;
    host_osc_get_stats(rig->osc, &stats);
    return stats;
}

static inline rsd_codec_info osc_codec(const osc_rig *rig)
{
    rsd_codec_info info;
    rsd_engine_get_codec(rig->engine, &info);
    return info;
}

static inline void osc_process(osc_rig *rig, const float *in, float *out, uint32_t count)
{
    for (uint32_t done = 0; done < count;) {
        const uint32_t length = count - done < 64u ? count - done : 64u;
        const float *const ins[1] = {in + done};
        float *const outs[1] = {out + done};
        rsd_engine_process(rig->engine, ins, outs, length);
        done += length;
    }
}

static inline void osc_take_log(void *context, const char *text)
{
    osc_rig *rig = context;
    rig->log_count++;
    snprintf(rig->log, sizeof rig->log, "%s", text);
}

/* Codecs and presets below `folder` may be named; NULL: none. */
static inline osc_rig *osc_open_with(double expiry_s, bool with_clock, const char *folder)
{
    osc_rig *rig = calloc(1, sizeof *rig);
    rsd_error error;
    rsd_model *model = NULL;
    cr_assert_not_null(rig);
    cr_assert_eq(rsd_model_open("live", &model, &error), RSD_OK, "%s", error.text);
    const rsd_engine_config config = {OSC_RATE_HZ, 1, RSD_SCHEDULE_INLINE, 0, 0};
    cr_assert_eq(rsd_engine_create(&config, model, &rig->engine, &error), RSD_OK, "%s", error.text);
    rsd_model_release(model);
    cr_assert_eq(host_tap_create(&rig->tap), RSD_OK);
    host_tap_watch(rig->tap, rig->engine);
    rsd_engine_set_tap(rig->engine, host_tap_push, rig->tap);
    host_clock_init(&rig->clock, OSC_RATE_HZ);
    const host_control_config control = {.engine = rig->engine,
                                         .tap = rig->tap,
                                         .codec = "live",
                                         .sample_rate_hz = OSC_RATE_HZ,
                                         .channel_count = config.channel_count};
    cr_assert_eq(host_control_create(&control, &rig->control), RSD_OK);
    cr_assert_eq(host_loader_create(&folder, folder ? 1u : 0u, &rig->loader, &error), RSD_OK, "%s", error.text);
    const host_osc_config osc = {.control = rig->control,
                                 .clock = with_clock ? &rig->clock : NULL,
                                 .expiry_s = expiry_s,
                                 .loader = rig->loader,
                                 .log = osc_take_log,
                                 .log_context = rig};
    cr_assert_eq(host_osc_create(&osc, &rig->osc, &error), RSD_OK, "%s", error.text);
    char port[8];
    snprintf(port, sizeof port, "%u", host_osc_port(rig->osc));
    rig->server = lo_address_new("127.0.0.1", port);
    rig->client = lo_server_new(NULL, NULL);
    cr_assert_not_null(rig->client);
    lo_server_add_method(rig->client, NULL, NULL, osc_take_reply, rig);
    return rig;
}

static inline osc_rig *osc_open(double expiry_s, bool with_clock) { return osc_open_with(expiry_s, with_clock, NULL); }

static inline void osc_close(osc_rig *rig)
{
    lo_server_free(rig->client);
    lo_address_free(rig->server);
    host_osc_destroy(rig->osc);
    host_loader_destroy(rig->loader);
    host_control_destroy(rig->control);
    rsd_engine_destroy(rig->engine);
    host_tap_destroy(rig->tap);
    free(rig);
}

#endif
