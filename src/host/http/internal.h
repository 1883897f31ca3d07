// SPDX-License-Identifier: MIT
#ifndef HOST_HTTP_INTERNAL_H
#define HOST_HTTP_INTERNAL_H

#include "host/http/http.h"
#include "host/session/control_watch.h"

#include <civetweb.h>
#include <jansson.h>

#include <pthread.h>

/*
 * What the parts of the HTTP server share. Threads: civetweb's workers (requests, and a worker for each WebSocket), the
 * pusher, control. `lock` guards all that more than one of them touches and is held for a copy at most; `write_lock` is
 * the pusher's while it writes, so that no connection is closed under it. Who takes both takes write_lock first.
 */

#define HTTP_WORKERS "10" /* of them HOST_HTTP_MAX_SOCKETS at most for WebSockets */
#define HTTP_MESSAGE_BYTES 8192u
#define HTTP_INBOX_BYTES 65536u
#define HTTP_INBOX_SHARE 16384u   /* of one client */
#define HTTP_OUTBOX_BYTES 262144u /* of one client */
#define HTTP_SEND_BUFFER_BYTES 262144
#define HTTP_UNSENT_BYTES 65536  /* a client that has so much in its socket gets no more for now */
#define HTTP_UNREAD_BYTES 65536u /* one that has sent so much without ending a message is cut off */
#define HTTP_ENERGIES_NS 33000000u
#define HTTP_VALUES_NS 20000000u /* a client gets changed values no more often */
#define HTTP_LISTEN_BITS (2u * HOST_WATCH_MAX_ENTRIES)
#define HTTP_JSON_DEPTH 16u /* of what clients send; deeper is no JSON here */
#define HTTP_JSON_FORMAT (JSON_COMPACT | JSON_REAL_PRECISION(7))
#define HTTP_TOKEN_BYTES 33u /* 32 hexadecimal digits */

/* Messages one behind another, each with its head; the oldest makes room. */
typedef struct {
    uint32_t bytes;
    uint8_t opcode; /* MG_WEBSOCKET_OPCODE_TEXT or _BINARY */
} http_frame;
typedef struct {
    uint32_t used;
    uint64_t dropped_count, made_up_count; /* messages that made room; as many when all values were told anew */
    unsigned char *data;                   /* HTTP_OUTBOX_BYTES */
} http_outbox;

typedef struct {
    struct mg_connection *connection; /* NULL: a free place */
    int fd;                           /* civetweb's own; -1: not found */
    uint64_t stream;                  /* a number that is never used again */
    bool may_steer, is_ready, wants_spectra;
    uint64_t counted_bytes; /* that the socket had received when the latest message ended */
    uint64_t told_change, next_values_ns, told_range_change;
    uint8_t listens[(HTTP_LISTEN_BITS + 7u) / 8u]; /* an entry of the watch: its real value, and from 0 to 1 */
    http_outbox outbox;
} http_client;

/* What clients have sent, for control: heads and bytes one behind another. */
typedef struct {
    uint64_t stream;
    uint32_t bytes; /* 0: the stream has ended */
} http_letter;

typedef struct http_spectrum http_spectrum;
typedef struct http_tree http_tree;

struct host_http {
    host_control *control;
    host_osc *osc;
    host_listen *listen;
    struct mg_context *civetweb;
    uint32_t port, osc_port, sample_rate_hz;
    char bind_address[48], osc_address[48], host_name[64];
    char address[HOST_HTTP_ADDRESS_BYTES];
    char token[HTTP_TOKEN_BYTES]; /* "": none is wanted */
    int wake_fd;
    http_spectrum *spectrum; /* NULL: there are none */
    host_watch watch;        /* control's */

    pthread_mutex_t lock, write_lock;
    pthread_cond_t pushed, taken; /* an outbox has something; the inbox has room */
    bool is_ending, has_ended, has_pusher;
    pthread_t pusher;
    uint64_t stream_count;
    uint64_t next_energies_ns; /* control's */
    http_client clients[HOST_HTTP_MAX_SOCKETS];
    uint32_t inbox_used;
    unsigned char inbox[HTTP_INBOX_BYTES];
    unsigned char taken_letters[HTTP_INBOX_BYTES]; /* control's: what it took out */
    unsigned char pushed_frame[HTTP_OUTBOX_BYTES]; /* the pusher's: what it sends */
    host_watch shown;                              /* a copy of `watch` for who asks */
};

/* guard.c: NULL, or why a request is refused. */
const char *host_http_refusal(const host_http *http, struct mg_connection *connection);
bool host_http_may_steer(const host_http *http, struct mg_connection *connection);
rsd_status host_http_make_token(host_http *http, rsd_error *error);

/* page.c: NULL: there is no such file. */
typedef struct {
    const char *type;
    const unsigned char *data;
    size_t bytes;
} http_file;
bool host_http_find_file(const char *name, http_file *file);

/* A blind test runs: neither values nor what is drawn are told meanwhile. Thread: [any] */
bool host_http_is_blind(host_http *http);

/* listening.c: what lies below /listen/. Returns the status that was sent. */
int host_http_answer_listening(host_http *http, struct mg_connection *connection, const char *path);

/* pattern.c: names of patterns, and how one ("": none) lies over the rows of the codec. A new reference. */
json_t *host_http_pattern(const rsd_codec_info *codec, const char *text);

/* request.c */
int host_http_send(struct mg_connection *connection, int status, const char *type, const char *text);
int host_http_send_json(struct mg_connection *connection, json_t *json); /* takes the reference over */
json_t *host_http_read_json(const char *data, size_t bytes);             /* NULL: it is none */
int host_http_begin_request(struct mg_connection *connection);

/* leaf.c: what OSCQuery says of one address, by its bit. A new reference. */
json_t *host_http_leaf(const host_watch *watch, uint32_t bit);

/* tree.c: an answer to one request. NULL: no memory. */
http_tree *host_http_tree_create(void);
void host_http_tree_destroy(http_tree *tree);      /* NULL is fine */
host_watch *host_http_tree_watch(http_tree *tree); /* its own, to be filled */
/*
 * OSCQuery's JSON of the node at `path`, or of one attribute of it ("": all). Returns the HTTP status: 200, 404 there is
 * no such node, 204 it has no such attribute, 500 no memory. `text` is the tree's.
 */
int host_http_tree_write(http_tree *tree, const char *path, const char *attribute, const char **text);
json_t *host_http_host_info(const host_http *http);
/* Calls `set` for the address, or for all below it. Returns for how many. */
uint32_t host_http_for_each(const host_watch *watch, const char *path, void (*set)(void *context, uint32_t bit),
                            void *context);
/* "/residuum/level/3/gain", or from 0 to 1 "/residuum/norm/level_gain/3". */
void host_http_format_address(const host_watch *watch, uint32_t bit, char path[64]);

/* socket.c: WebSockets, on civetweb's workers */
int host_http_connect(const struct mg_connection *connection, void *context);
void host_http_ready(struct mg_connection *connection, void *context);
int host_http_data(struct mg_connection *connection, int bits, char *data, size_t bytes, void *context);
void host_http_close(const struct mg_connection *connection, void *context);

/* push.c. `lock` is held by who calls post. */
void host_http_post(host_http *http, http_client *client, int opcode, const void *data, size_t bytes);
void *host_http_push(void *http); /* the pusher thread */
/* Control: changed values to who listens. */
void host_http_tell_changes(host_http *http);

/* spectrum.c: the pusher's. NULL: out of memory, and there are none. */
http_spectrum *host_http_spectrum_create(host_scope *scope, uint32_t sample_rate_hz);
void host_http_spectrum_destroy(http_spectrum *spectrum); /* NULL is fine */
void host_http_push_spectra(host_http *http);

/* fd.c: what civetweb does not tell of its sockets */
int host_http_find_fd(const struct mg_connection *connection, uint32_t own_port); /* -1: not found */
/* Opens and closes a connection: what waits for one looks up. */
void host_http_knock(const char *address, uint32_t port);
uint32_t host_http_unsent_bytes(int fd);
uint64_t host_http_received_bytes(int fd);

#endif
