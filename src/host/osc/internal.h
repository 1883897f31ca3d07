// SPDX-License-Identifier: MIT
#ifndef HOST_OSC_INTERNAL_H
#define HOST_OSC_INTERNAL_H

#include "host/osc/addresses.h"
#include "host/osc/osc.h"
#include "host/osc/peer.h"
#include "host/session/control_watch.h"

#include <lo/lo.h>

/* What the parts of the OSC server share. One thread, control, for all of it. */

#define OSC_MAX_PATH 255u /* of a message: far over what any address or sensible pattern has */

/* Addresses that are no parameters; and all that there can be. */
enum {
    OSC_REQUEST_COUNT = 0
#define OSC_REQUEST(...) +1
#define OSC_SENT(...)
#include "host/osc/addresses.def"
#undef OSC_REQUEST
#undef OSC_SENT
};
#define OSC_MAX_ADDRESSES                                                                                              \
    (2u * HOST_WATCH_MAX_ENTRIES + (uint32_t)OSC_REQUEST_COUNT) /* real values, and those from 0 to 1 */
#define OSC_MAX_TEXT 4096u                                      /* as long as a path may be */
#define OSC_MAX_BUNDLE_DEPTH 8u
#define OSC_DATAGRAM_BYTES 65536u
#define OSC_OUT_BYTES 8192u
#define OSC_OUT_FLUSH_BYTES 1200u /* a bundle longer than this is sent before more goes in: one Ethernet frame */

/* ---- bounds; a unit of work is what one plain message costs, about a microsecond ---- */

#define OSC_MAX_ACCOUNTS (HOST_OSC_MAX_SENDERS + 1u)
#define OSC_POLL_WORK 4096         /* a poll stops serving datagrams after it; the rest waits for the next one */
#define OSC_ACCOUNT_WORK 4096      /* a sender's, at most, in one go: also the largest bundle */
#define OSC_WORK_PER_MS 128        /* what a sender gets back */
#define OSC_PATTERN_WORK 32        /* against every address, and one more a character */
#define OSC_POLL_WAIT_NS 20000000u /* what a poll waits for the loader at most, whoever asks */
#define OSC_TEXT_WORK 64           /* a codec or preset is asked of the loader */
#define OSC_LIST_WORK 256
#define OSC_CANCEL_WORK 16
#define OSC_ANSWER_WORK 4
#define OSC_MAX_ANSWERS 64u    /* to one datagram */
#define OSC_MAX_ERRORS 16u     /* of them */
#define OSC_ANSWERS_PER_S 512u /* to one sender; as many at once after a second without */
#define OSC_MAX_TEXTS 64u      /* codecs and presets that wait for their time */
#define OSC_TEXT_SHARE 16u
#define OSC_CHUNK_BYTES 256u /* of datagrams that wait to be served; a message with the longest address nearly fits */
#define OSC_MAX_CHUNKS 1024u
#define OSC_MAX_WAITING 512u
#define OSC_WAITING_SHARE 64u     /* chunks of a sender that is over its share of work; one datagram may be longer */
#define OSC_HORIZON_NS 250000000u /* timed changes go to the engine this long before their time */
#define OSC_NEAR_NS 50000000u     /* half of the engine's places are for those that are nearer than this */
#define OSC_VALUES_NS 20000000u   /* a subscriber gets changed values no more often */
#define OSC_CONFIRMED_NS 600000000000u
#define OSC_COOKIE_NS 10000000000u /* how long an answer with a cookie may take */
#define OSC_COOKIE_TRIES 8u

/* A message as it came. */
typedef struct {
    const char *path;
    const char *types; /* without the comma */
    lo_arg **args;
    uint32_t arg_count;
    const osc_peer *from;
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
    bool is_norm;               /* from 0 to 1 over the range */
};

/*
 * A change that waits for its time. The engine gets it OSC_HORIZON_NS before, and it stays in the list until it is due,
 * so that its sender's share is known. Codec and preset, and what follows a preset for the same time, are applied here.
 */
typedef struct {
    uint64_t due_ns;
    const osc_address *address;
    uint32_t account;
    uint16_t port; /* of its sender */
    float number;
    int16_t text;    /* place in `texts`; -1: a number */
    bool stays_here; /* applied by host_osc_run_timed, not by the engine */
    bool is_handed;  /* the engine has it */
} osc_timed;

typedef struct {
    bool is_used, is_preset;
    uint64_t due_ns;
    char text[OSC_MAX_TEXT];
} osc_text;

typedef struct {
    osc_peer to;
    uint64_t period_ns, next_ns, expires_ns;
    uint64_t confirmed_until_ns; /* UINT64_MAX on loopback */
    uint32_t account;
    bool wants_tokens;
    uint64_t told_change, next_values_ns; /* of host_watch; 0: nothing yet */
} osc_subscriber;

/* A datagram that waits to be served. */
typedef struct {
    osc_peer from;
    uint64_t start, end; /* by the queue's clock; the earliest end is served first */
    uint32_t bytes, account;
    uint16_t first_chunk;
} osc_waiting;

typedef struct {
    uint64_t clock; /* virtual: see queue.c */
    uint32_t count, free_count;
    uint16_t first_free;
    uint16_t next[OSC_MAX_CHUNKS];        /* in a chain of chunks */
    osc_waiting waiting[OSC_MAX_WAITING]; /* the first `count`, as they came */
    unsigned char chunks[OSC_MAX_CHUNKS][OSC_CHUNK_BYTES];
} osc_queue;

/*
 * What one sender has used: one address and port on loopback, one address elsewhere. Place 0 is that of all who were
 * forgotten; what they have waiting counts there.
 */
typedef struct {
    osc_peer from; /* port 0 off loopback; nobody: unused */
    uint64_t heard_ns, refilled_ns, told_ns;
    int64_t work;
    double answers;
    uint64_t left_out_count; /* datagrams of which something was, since that was last told */
    uint32_t timed_count, text_count, subscriber_count;
    uint64_t listed_poll; /* the poll that last answered a /list */
    /* off loopback */
    int32_t cookie; /* 0: none was sent */
    uint32_t cookie_tries;
    uint64_t cookie_ns, confirmed_until_ns;
    osc_subscriber pending; /* to nobody: none */
} osc_account;

/* A datagram that is being written: one message, or a bundle of several. */
typedef struct {
    size_t used;
    bool is_bundle;
    unsigned char bytes[OSC_OUT_BYTES];
} osc_out;

/* The datagram that is being answered; who NULL: none is, what is sent is telemetry. */
typedef struct {
    osc_account *who;
    size_t bytes_left;
    uint32_t answer_count, refusal_count, unanswered_count;
    int64_t work;
} osc_answering;

struct host_osc {
    host_control *control;
    host_clock *clock;
    host_session *session; /* NULL also where nobody can tell its status */
    void (*session_status)(host_session *session, host_session_status *status);
    int fd;
    uint32_t port;
    bool is_loopback; /* bound to 127/8 */
    uint64_t expiry_ns;
    host_loader *loader, *own_loader; /* own_loader: NULL where it is the caller's */
    void (*log)(void *context, const char *text);
    void *log_context;
    rsd_status (*act)(void *context, const host_osc_action *action, rsd_error *error);
    void *act_context;
    host_osc_send_stream send_stream; /* NULL: there are no streams */
    void *stream_context;
    uint64_t log_after_ns; /* no line before */
    uint32_t unlogged_count;
    host_osc_stats stats;
    host_watch watch;
    uint32_t address_count;
    osc_address addresses[OSC_MAX_ADDRESSES];
    uint16_t by_path[OSC_MAX_ADDRESSES]; /* sorted by strcmp */

    uint64_t poll_count, poll_ns; /* of the poll that runs, or ran last */
    int64_t work_left;            /* of it */
    uint64_t wait_left_ns;        /* of it: for what is being opened */
    uint32_t account_count;
    osc_account accounts[OSC_MAX_ACCOUNTS];

    osc_answering answering;

    uint32_t timed_count;
    osc_timed timed[HOST_OSC_MAX_TIMED]; /* by time, then as they came */
    osc_text texts[OSC_MAX_TEXTS];
    osc_subscriber subscribers[HOST_OSC_MAX_SUBSCRIBERS]; /* the first stats.subscriber_count */
    osc_out out;
    osc_queue queue;
    uint64_t datagram[OSC_DATAGRAM_BYTES / sizeof(uint64_t)];
};

/* packet.c: one datagram; `data` may be changed while it is read. */
void host_osc_take_datagram(host_osc *osc, void *data, size_t bytes, const osc_peer *from);
/* One that is not taken, as there was too much: its sender is told. `data` may be its start alone. */
void host_osc_leave_out(host_osc *osc, const void *data, size_t bytes, const osc_peer *from);
/* What a datagram may cost, as far as that is seen at once; a bundle is taken to be dear. */
uint64_t host_osc_foresee_work(const host_osc *osc, const void *data, size_t bytes);

/* queue.c: from the socket until it is served. No allocation: what finds no room takes that of who has most. */
void host_osc_init_queue(host_osc *osc);
void host_osc_enqueue(host_osc *osc, const void *data, size_t bytes, const osc_peer *from);
bool host_osc_serve_next(host_osc *osc);                       /* false: nothing waits that its sender's share allows */
void host_osc_trim_queue(host_osc *osc);                       /* at the end of a poll */
void host_osc_disown_waiting(host_osc *osc, uint32_t account); /* to place 0 */

/* untagged.c: a message without a type tag string, as some older senders write it, gets one. NULL: no sense.
 */
lo_message host_osc_read_untagged(const osc_address *address, const char *path, const unsigned char *arguments,
                                  size_t bytes, int *code);

/*
 * match.c. A pattern matches part by part, '/' only by '/'. Cost: O(pattern + address), whatever is in it:
 * what takes a character ends the search once the address is used up, and stars in a row are one.
 */
bool host_osc_is_pattern(const char *path);
bool host_osc_match(const char *pattern, const char *address);

/* params.c */
void host_osc_add_addresses(host_osc *osc);
bool host_osc_means_norm(const char *path); /* a pattern for addresses from 0 to 1, which others do not reach */
const osc_address *host_osc_find_address(const host_osc *osc, const char *path); /* NULL: there is none */
bool host_osc_read_number(char type, const lo_arg *arg, double *number);         /* f d i h T F I N */
rsd_status host_osc_apply(host_osc *osc, const osc_address *address, const osc_value *value, const osc_peer *from,
                          rsd_error *error);

/*
 * A message's arguments without the one that a button adds at the end, where there is one over `wanted`. False: the
 * button was let go, and the message does nothing.
 */
bool host_osc_take_button(const osc_message *message, uint32_t wanted, uint32_t *arg_count);

/* timed.c */
rsd_status host_osc_wait(host_osc *osc, const osc_address *address, const osc_value *value, const osc_message *message,
                         rsd_error *error);
void host_osc_run_timed(host_osc *osc, uint64_t now_ns);
void host_osc_cancel_timed(host_osc *osc, uint32_t account);
void host_osc_disown_timed(host_osc *osc, uint32_t account);    /* to place 0 */
bool host_osc_text_waits(const host_osc *osc, uint64_t due_ns); /* a codec or preset, until then */

/* share.c: what each sender may use */
void host_osc_begin_poll(host_osc *osc);
/* Finds or makes the sender's account, refilled; a new one takes the place of who was quiet for longest. */
osc_account *host_osc_account(host_osc *osc, const osc_peer *from, uint64_t now_ns);
uint32_t host_osc_account_index(const host_osc *osc, const osc_account *account);
bool host_osc_is_trusted(const osc_account *account, uint64_t now_ns); /* on loopback, a stream, or confirmed */
bool host_osc_is_placed(const osc_peer *peer);                         /* needs no confirmation: the first two */
void host_osc_begin_answers(host_osc *osc, osc_account *account, size_t request_bytes);
/* `path`: of the message that was answered; "#bundle" for more than one. */
void host_osc_end_answers(host_osc *osc, const osc_peer *to, const char *path);
bool host_osc_may_send(host_osc *osc, size_t bytes); /* takes it from the share */
void host_osc_charge(host_osc *osc, int64_t work);

/* load.c: codecs and presets by name. What is refused is answered to `from`, at once or later. */
RSD_NODISCARD rsd_status host_osc_load(host_osc *osc, rsd_param_id param_id, const char *name, const osc_peer *from,
                                       rsd_error *error);
void host_osc_take_loaded(host_osc *osc);

/* query.c: handlers of the addresses that are no parameters */
rsd_status host_osc_get(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error);
rsd_status host_osc_list(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error);

/* subscribe.c; telemetry of meters.c */
rsd_status host_osc_subscribe(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error);
rsd_status host_osc_unsubscribe(host_osc *osc, const osc_address *address, const osc_message *message,
                                rsd_error *error);
/* values.c: what has changed goes to every subscriber. */
void host_osc_send_values(host_osc *osc, uint64_t now_ns);
void host_osc_expire(host_osc *osc, uint64_t now_ns);
void host_osc_send_telemetry(host_osc *osc, uint64_t now_ns);
rsd_status host_osc_add_subscriber(host_osc *osc, const osc_subscriber *wanted, rsd_error *error);
void host_osc_drop_subscribers(host_osc *osc, uint32_t account);
void host_osc_disown_subscribers(host_osc *osc, uint32_t account);

/* confirm.c: senders beyond loopback show that they receive at their address */
rsd_status host_osc_confirm(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error);
rsd_status host_osc_reset_clip(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error);
rsd_status host_osc_cancel(host_osc *osc, const osc_address *address, const osc_message *message, rsd_error *error);
rsd_status host_osc_act(host_osc *osc, const osc_address *address, const osc_message *message,
                        rsd_error *error); /* actions.c */
void host_osc_send_cookie(host_osc *osc, const osc_peer *to);

/*
 * send.c. Sending never blocks: what the system does not take at once is lost, as UDP may lose it.
 * begin, add..., end makes a bundle; end sends it. add sends in between when it grows long. Owned by add: `message`.
 */
void host_osc_begin(host_osc *osc);
void host_osc_add(host_osc *osc, const osc_peer *to, const char *path, lo_message message);
void host_osc_end(host_osc *osc, const osc_peer *to);
void host_osc_send(host_osc *osc, const osc_peer *to, const char *path, lo_message message); /* alone */
/* Counts a refusal and answers it with /residuum/error. */
void host_osc_refuse(host_osc *osc, const osc_peer *to, const char *path, const char *reason);
/* The same of what was asked for earlier: by the share of who asked, and to none who has not confirmed where it is. */
void host_osc_refuse_later(host_osc *osc, const osc_peer *to, const char *path, const char *reason);
/* The answer alone. */
void host_osc_answer_error(host_osc *osc, const osc_peer *to, const char *path, const char *reason);

#endif
