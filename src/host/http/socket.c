// SPDX-License-Identifier: MIT
// WebSockets: OSCQuery's commands as JSON, and OSC in both directions. On civetweb's workers.
#include "host/http/internal.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT_FOR_ROOM_S 1

static http_client *find_client(host_http *http, const struct mg_connection *connection)
{
    for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++)
        if (http->clients[i].connection == connection) return &http->clients[i];
    return NULL;
}

static void wake_control(const host_http *http)
{
    const uint64_t one = 1;
    (void)!write(http->wake_fd, &one, sizeof one);
}

/* ---- open and close ---- */

/* Another one finds no place: refused before it is a WebSocket at all. */
int host_http_connect(const struct mg_connection *connection, void *context)
{
    host_http *http = context;
    pthread_mutex_lock(&http->lock);
    http_client *client = http->is_ending || !http->control ? NULL : find_client(http, NULL);
    if (client) {
        unsigned char *data = client->outbox.data;
        memset(client, 0, sizeof *client);
        client->outbox.data = data;
        client->connection = (struct mg_connection *)connection;
        client->fd = -1;
        client->stream = ++http->stream_count;
        client->told_change = client->told_range_change = http->shown.change;
        client->may_steer = host_http_may_steer(http, client->connection);
    }
    pthread_mutex_unlock(&http->lock);
    return client ? 0 : 1;
}

void host_http_ready(struct mg_connection *connection, void *context)
{
    host_http *http = context;
    const int fd = host_http_find_fd(connection, http->port);
    pthread_mutex_lock(&http->lock);
    http_client *client = find_client(http, connection);
    if (client) {
        client->fd = fd;
        client->counted_bytes = host_http_received_bytes(fd);
        client->is_ready = true;
    }
    pthread_mutex_unlock(&http->lock);
}

/* A letter without bytes: control ends what the stream had. There is always room for it: see put_letter. */
static void put_letter(host_http *http, uint64_t stream, const void *data, size_t bytes)
{
    const http_letter head = {stream, (uint32_t)bytes};
    memcpy(http->inbox + http->inbox_used, &head, sizeof head);
    memcpy(http->inbox + http->inbox_used + sizeof head, data, bytes);
    http->inbox_used += (uint32_t)(sizeof head + bytes);
}

void host_http_close(const struct mg_connection *connection, void *context)
{
    host_http *http = context;
    pthread_mutex_lock(&http->write_lock);
    pthread_mutex_lock(&http->lock);
    http_client *client = find_client(http, connection);
    if (client) {
        put_letter(http, client->stream, "", 0u);
        client->connection = NULL;
        client->fd = -1;
        client->is_ready = false;
    }
    pthread_mutex_unlock(&http->lock);
    pthread_mutex_unlock(&http->write_lock);
    wake_control(http);
}

/* ---- what a client sends ---- */

static uint32_t held_of(const host_http *http, uint64_t stream)
{
    uint32_t held = 0;
    for (uint32_t at = 0; at < http->inbox_used;) {
        http_letter head;
        memcpy(&head, http->inbox + at, sizeof head);
        if (head.stream == stream) held += head.bytes;
        at += (uint32_t)sizeof head + head.bytes;
    }
    return held;
}

/* Some room is kept for the letters that end streams. */
static bool has_room(const host_http *http, uint64_t stream, size_t bytes)
{
    const size_t kept = 64u * sizeof(http_letter);
    return held_of(http, stream) + bytes <= HTTP_INBOX_SHARE &&
           http->inbox_used + sizeof(http_letter) + bytes + kept <= HTTP_INBOX_BYTES;
}

/* Waits for control to take what is there, which holds the sender back, but not for long. */
static bool take_osc(host_http *http, http_client *client, const void *data, size_t bytes)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_FOR_ROOM_S;
    while (!has_room(http, client->stream, bytes))
        if (http->is_ending || pthread_cond_timedwait(&http->taken, &http->lock, &until) != 0) return false;
    put_letter(http, client->stream, data, bytes);
    wake_control(http);
    return true;
}

static void listen_to(void *context, uint32_t bit)
{
    http_client *client = context;
    client->listens[bit / 8u] |= (uint8_t)(1u << bit % 8u);
}

static void ignore(void *context, uint32_t bit)
{
    http_client *client = context;
    client->listens[bit / 8u] &= (uint8_t) ~(1u << bit % 8u);
}

/* {"COMMAND": "LISTEN", "DATA": "/residuum/levels"}; what is not understood is left alone, as OSCQuery wants it. */
static void take_command(host_http *http, http_client *client, const char *data, size_t bytes)
{
    json_t *json = host_http_read_json(data, bytes);
    const char *command = json_string_value(json_object_get(json, "COMMAND"));
    const char *path = json_string_value(json_object_get(json, "DATA"));
    if (command && path && strcmp(command, "LISTEN") == 0)
        (void)host_http_for_each(&http->shown, path, listen_to, client);
    else if (command && path && strcmp(command, "IGNORE") == 0)
        (void)host_http_for_each(&http->shown, path, ignore, client);
    else if (command && strcmp(command, "SPECTRA") == 0) /* ours: what the page draws */
        client->wants_spectra = client->may_steer && json_is_true(json_object_get(json, "DATA"));
    json_decref(json);
}

/* 0: the connection is ended. */
int host_http_data(struct mg_connection *connection, int bits, char *data, size_t bytes, void *context)
{
    host_http *http = context;
    const int opcode = bits & 0x0f;
    const bool is_whole = (bits & 0x80) != 0;
    int goes_on = is_whole && bytes <= HTTP_MESSAGE_BYTES;
    if (opcode == MG_WEBSOCKET_OPCODE_PING || opcode == MG_WEBSOCKET_OPCODE_PONG) return goes_on;
    if (opcode != MG_WEBSOCKET_OPCODE_TEXT && opcode != MG_WEBSOCKET_OPCODE_BINARY) return 0;
    pthread_mutex_lock(&http->lock);
    http_client *client = find_client(http, connection);
    if (!client) goes_on = 0;
    if (goes_on) client->counted_bytes = host_http_received_bytes(client->fd);
    if (goes_on && opcode == MG_WEBSOCKET_OPCODE_TEXT)
        take_command(http, client, data, bytes);
    else if (goes_on && client->may_steer && bytes > 0u)
        goes_on = take_osc(http, client, data, bytes);
    pthread_mutex_unlock(&http->lock);
    return goes_on;
}
