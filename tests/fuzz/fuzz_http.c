// SPDX-License-Identifier: MIT
// HTTP requests and WebSocket messages, past civetweb, which reads them from the sockets and is not ours. An input is
// records of a kind, a length in two bytes, and as many bytes: a request (as text: method, address, headers, body), a
// message of one of two sockets, or one of them that comes or goes.
#include "fuzz/fuzz_session.h"
#include "host/http/internal.h"
#include "host/listen/listen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SOCKETS 2u
#define MAX_HEADERS 8
#define MOST_ANSWER_BYTES (4u << 20)

/* In place of civetweb's: what a worker of it would know of a connection. */
struct mg_connection {
    struct mg_request_info info;
    char text[4096]; /* that info points into */
    const char *body;
    size_t body_bytes, answer_bytes;
    bool is_open;
};

static fuzz_session session;
static host_http *http;
static host_listen *test;
static struct mg_connection sockets[SOCKETS];
static int civetweb; /* stands for it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- civetweb ---- */

struct mg_context *mg_start(const struct mg_callbacks *callbacks, void *user, const char **options)
{
    (void)callbacks;
    (void)user;
    (void)options;
    return (struct mg_context *)&civetweb;
}
void mg_stop(struct mg_context *context) { (void)context; }
int mg_get_server_ports(const struct mg_context *context, int size, struct mg_server_port *ports)
{
    (void)context;
    (void)size;
    ports[0] = (struct mg_server_port){.port = 80};
    return 1;
}
void mg_set_websocket_handler(struct mg_context *context, const char *uri, mg_websocket_connect_handler connect,
                              mg_websocket_ready_handler ready, mg_websocket_data_handler data,
                              mg_websocket_close_handler end, void *user)
{
    (void)context, (void)uri, (void)connect, (void)ready, (void)data, (void)end, (void)user;
}
struct mg_context *mg_get_context(const struct mg_connection *connection)
{
    (void)connection;
    return (struct mg_context *)&civetweb;
}
void *mg_get_user_data(const struct mg_context *context)
{
    (void)context;
    return http;
}
const struct mg_request_info *mg_get_request_info(const struct mg_connection *connection) { return &connection->info; }
const char *mg_get_header(const struct mg_connection *connection, const char *name)
{
    for (int i = 0; i < connection->info.num_headers; i++)
        if (strcasecmp(connection->info.http_headers[i].name, name) == 0) return connection->info.http_headers[i].value;
    return NULL;
}
static void answer(struct mg_connection *connection, size_t bytes)
{
    connection->answer_bytes += bytes;
    if (connection->answer_bytes > MOST_ANSWER_BYTES) abort();
}
int mg_printf(struct mg_connection *connection, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int bytes = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (bytes < 0) abort();
    answer(connection, (size_t)bytes);
    return bytes;
}
int mg_write(struct mg_connection *connection, const void *data, size_t bytes)
{
    volatile unsigned char last = 0; /* all that is sent must be there */
    for (size_t i = 0; i < bytes; i++) last ^= ((const unsigned char *)data)[i];
    (void)last;
    answer(connection, bytes);
    return (int)bytes;
}
int mg_read(struct mg_connection *connection, void *data, size_t bytes)
{
    const size_t got = bytes < connection->body_bytes ? bytes : connection->body_bytes;
    memcpy(data, connection->body, got);
    connection->body += got;
    connection->body_bytes -= got;
    return (int)got;
}
/* By the pusher's thread: nothing of the connection is touched. */
int mg_websocket_write(struct mg_connection *connection, int opcode, const char *data, size_t bytes)
{
    volatile char last = 0;
    (void)connection;
    (void)opcode;
    for (size_t i = 0; i < bytes; i++) last = data[i];
    (void)last;
    return (int)bytes;
}

/* ---- a request of text ---- */

/* The next word of a line, ended by a blank; "" at its end. */
static const char *word(char **line)
{
    const char *begin = *line;
    *line += strcspn(*line, " ");
    if (**line != '\0') *(*line)++ = '\0';
    return begin;
}

static void read_header(struct mg_request_info *info, char *line)
{
    char *colon = strchr(line, ':');
    if (!colon || info->num_headers == MAX_HEADERS) return;
    *colon = '\0';
    colon += 1u + strspn(colon + 1u, " ");
    info->http_headers[info->num_headers++] = (struct mg_header){line, colon};
}

/* Method, address?query; headers to an empty line; body. As civetweb gives them on. */
static void read_request(struct mg_connection *connection, const uint8_t *data, size_t size)
{
    struct mg_request_info *info = &connection->info;
    memset(connection, 0, sizeof *connection);
    memcpy(connection->text, data, size < sizeof connection->text ? size : sizeof connection->text - 1u);
    char *line = connection->text, *next = strchr(line, '\n');
    if (next) *next++ = '\0';
    info->request_method = word(&line);
    info->local_uri = info->request_uri = word(&line);
    char *query = strchr((char *)(uintptr_t)info->local_uri, '?');
    if (query) *query++ = '\0';
    info->query_string = query;
    memcpy(info->remote_addr, "none", sizeof "none"); /* no socket is looked for */
    for (line = next; line && *line != '\0' && *line != '\n'; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = '\0';
        read_header(info, line);
    }
    connection->body = line && *line == '\n' ? line + 1u : "";
    connection->body_bytes = strlen(connection->body);
    info->content_length = (long long)connection->body_bytes;
}

/* ---- records ---- */

static void close_socket(struct mg_connection *socket)
{
    if (socket->is_open) host_http_close(socket, http);
    socket->is_open = false;
}

static void open_socket(struct mg_connection *socket, const uint8_t *data, size_t size)
{
    close_socket(socket);
    read_request(socket, data, size);
    if (host_http_refusal(http, socket) || host_http_connect(socket, http) != 0) return;
    host_http_ready(socket, http);
    socket->is_open = true;
}

static void send_message(struct mg_connection *socket, int bits, const uint8_t *data, size_t size)
{
    char *copy = malloc(size ? size : 1u); /* of this length: reads past its end are found */
    if (!copy) abort();
    memcpy(copy, data, size);
    if (socket->is_open && !host_http_data(socket, bits, copy, size, http)) close_socket(socket);
    free(copy);
}

static void take_record(unsigned kind, const uint8_t *data, size_t size)
{
    static struct mg_connection request;
    struct mg_connection *socket = &sockets[kind >> 7];
    switch (kind & 7u) {
    case 0:
        read_request(&request, data, size);
        (void)host_http_begin_request(&request);
        break;
    case 1:
        open_socket(socket, data, size);
        break;
    case 2:
        close_socket(socket);
        break;
    case 3:
        send_message(socket, 0x80 | MG_WEBSOCKET_OPCODE_TEXT, data, size);
        break;
    case 4:
        send_message(socket, 0x80 | MG_WEBSOCKET_OPCODE_BINARY, data, size);
        break;
    default: /* any opcode, whole or not */
        send_message(socket, size ? data[0] : 0, data, size);
        break;
    }
}

static void play(void *context, uint32_t item, uint32_t sound) { (void)context, (void)item, (void)sound; }
static void loop(void *context, double from_s, double to_s)
{
    (void)context;
    if (!(from_s >= 0.0 && to_s >= from_s)) abort();
}

static void set_up(void)
{
    fuzz_session_begin(&session);
    const host_listen_config abx = {.kind = HOST_LISTEN_ABX,
                                    .name = "fuzz",
                                    .trial_count = 3u,
                                    .seed = 1u,
                                    .duration_s = 4.0,
                                    .play = play,
                                    .loop = loop};
    if (host_listen_create(&abx, json_object(), &test) != RSD_OK) abort();
    const host_http_config config = {
        .control = session.control, .osc = session.osc, .listen = test, .sample_rate_hz = 48000u, .port = 0u};
    if (host_http_create(&config, &http, NULL) != RSD_OK) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!http) set_up();
    for (size_t at = 0; at + 3u <= size;) {
        const size_t wanted = data[at + 1u] + 256u * data[at + 2u], left = size - at - 3u;
        const size_t bytes = wanted < left ? wanted : left;
        take_record(data[at], data + at + 3u, bytes);
        host_http_poll(http);
        at += 3u + bytes;
    }
    fuzz_session_play(&session);
    for (unsigned i = 0; i < SOCKETS; i++) close_socket(&sockets[i]);
    host_http_poll(http);
    return 0;
}
