// SPDX-License-Identifier: MIT
#ifndef HOST_OSC_INTERNAL_H
#define HOST_OSC_INTERNAL_H

#include "host_osc.h"

#include <lo/lo.h>
#include <netinet/in.h>

/* What the parts of the OSC server share. One thread, control, for all of it. */

#define OSC_PREFIX "/residuum"
#define OSC_ADDRESS_BYTES 64u /* a known address, its zero included: host_osc_match keeps a bit a character */
#define OSC_MAX_ADDRESSES 320u
#define OSC_MAX_TEXT 4096u /* as long as a path may be */
#define OSC_MAX_WAITING 64u
#define OSC_MAX_BUNDLE_DEPTH 8u
#define OSC_DATAGRAM_BYTES 65536u
#define OSC_OUT_BYTES 8192u
#define OSC_OUT_FLUSH_BYTES 1200u /* a bundle longer than this is sent before more goes in: one Ethernet frame */

/* A message as it came. */
typedef struct {
    const char *path;
    const char *types; /* without the comma */
    lo_arg **args;
    uint32_t arg_count;
    const struct sockaddr_in *from;
    uint64_t due_ns; /* CLOCK_MONOTONIC of its bundle; 0: at once */
} osc_message;

/* What a parameter is set to. */
typedef struct {
    bool is_text;
    float number;
    char text[OSC_MAX_TEXT];
} osc_value;

typedef struct osc_address osc_address;
typedef rsd_status (*osc_handler)(host_osc *osc, const osc_address *address, const osc_message *message,
                                  rsd_error *error);
struct osc_address {
    char path[OSC_ADDRESS_BYTES];
    osc_handler handle;
    const rsd_param_info *info; /* NULL: a query or a subscription */
    uint32_t level;             /* 0-based */
};

/* A timed change that the engine cannot take: codec, preset, and what comes after a preset at the same time. */
typedef struct {
    uint64_t due_ns, order;
    const osc_address *address;
    struct sockaddr_in from;
    osc_value value;
} osc_waiting;

typedef struct {
    struct sockaddr_in to;
    uint64_t period_ns, next_ns, expires_ns;
    bool wants_tokens;
} osc_subscriber;

/* A datagram that is being written: one message, or a bundle of several. */
typedef struct {
    size_t used;
    bool is_bundle;
    unsigned char bytes[OSC_OUT_BYTES];
} osc_out;

struct host_osc {
    host_control *control;
    host_clock *clock;
    host_session *session; /* NULL also where nobody can tell its status */
    void (*session_status)(host_session *session, host_session_status *status);
    int fd;
    uint32_t port;
    bool is_loopback; /* bound to 127/8 */
    uint64_t expiry_ns;
    host_osc_stats stats;
    uint32_t address_count;
    osc_address addresses[OSC_MAX_ADDRESSES];
    uint32_t waiting_count;
    uint64_t waiting_order;
    osc_waiting waiting[OSC_MAX_WAITING];
    osc_subscriber subscribers[HOST_OSC_MAX_SUBSCRIBERS]; /* the first stats.subscriber_count */
    osc_out out;
    uint64_t datagram[OSC_DATAGRAM_BYTES / sizeof(uint64_t)];
};

/* host_osc_packet.c: one datagram; `data` may be changed while it is read. */
void host_osc_take_datagram(host_osc *osc, void *data, size_t bytes, const struct sockaddr_in *from);

/* host_osc_match.c. A pattern matches part by part, '/' only by '/'. Cost: O(pattern), whatever is in it. */
bool host_osc_is_pattern(const char *path);
bool host_osc_match(const char *pattern, const char *address);

/* host_osc_params.c */
void host_osc_add_addresses(host_osc *osc);
bool host_osc_read_number(char type, const lo_arg *arg, double *number); /* f d i h T F */
void host_osc_apply_waiting(host_osc *osc, uint64_t now_ns);

/* host_osc_query.c: handlers of the addresses that are no parameters */
rsd_status host_osc_get(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error);
rsd_status host_osc_list(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error);

/* host_osc_subscribe.c; telemetry of host_osc_meters.c */
rsd_status host_osc_subscribe(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error);
rsd_status host_osc_unsubscribe(host_osc *osc, const osc_address *address, const osc_message *message,
                                rsd_error *error);
void host_osc_expire(host_osc *osc, uint64_t now_ns);
void host_osc_send_telemetry(host_osc *osc, uint64_t now_ns);

/*
 * host_osc_send.c. Sending never blocks: what the system does not take at once is lost, as UDP may lose it.
 * begin, add..., end makes a bundle; end sends it. add sends in between when it grows long. Owned by add: `message`.
 */
void host_osc_begin(host_osc *osc);
void host_osc_add(host_osc *osc, const struct sockaddr_in *to, const char *path, lo_message message);
void host_osc_end(host_osc *osc, const struct sockaddr_in *to);
void host_osc_send(host_osc *osc, const struct sockaddr_in *to, const char *path, lo_message message); /* alone */
/* Counts a refusal and answers it with /residuum/error. */
void host_osc_refuse(host_osc *osc, const struct sockaddr_in *to, const char *path, const char *reason);

#endif
