// SPDX-License-Identifier: MIT
// What goes to clients: by control into a queue of each, by one thread from there into its socket.
#include "host/http/internal.h"

#include <lo/lo.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define PUSH_EVERY_NS 10000000 /* looks after clients whose sockets were full */

/* ---- into the queues ---- */

static void drop_oldest(http_outbox *outbox)
{
    http_frame head;
    memcpy(&head, outbox->data, sizeof head);
    const uint32_t bytes = (uint32_t)sizeof head + head.bytes;
    outbox->used -= bytes;
    memmove(outbox->data, outbox->data + bytes, outbox->used);
    outbox->dropped_count++;
}

void host_http_post(host_http *http, http_client *client, int opcode, const void *data, size_t bytes)
{
    http_outbox *outbox = &client->outbox;
    const http_frame head = {(uint32_t)bytes, (uint8_t)opcode};
    if (!client->is_ready || sizeof head + bytes > HTTP_OUTBOX_BYTES) return;
    while (outbox->used + sizeof head + bytes > HTTP_OUTBOX_BYTES) drop_oldest(outbox);
    memcpy(outbox->data + outbox->used, &head, sizeof head);
    memcpy(outbox->data + outbox->used + sizeof head, data, bytes);
    outbox->used += (uint32_t)(sizeof head + bytes);
    pthread_cond_signal(&http->pushed);
}

/* /residuum/page/energies b: what each level adds, a byte for 0.5 dB from HOST_METER_FLOOR_DB on; 30 times a second */
static void tell_energies(host_http *http, uint64_t now_ns)
{
    host_meters meters;
    unsigned char bytes[RSD_MAX_LEVELS + 64u];
    uint8_t steps[RSD_MAX_LEVELS];
    size_t length = sizeof bytes;
    if (now_ns < http->next_energies_ns) return;
    http->next_energies_ns = now_ns + HTTP_ENERGIES_NS;
    host_control_get_meters(http->control, &meters);
    for (uint32_t k = 0; k < meters.level_count; k++) {
        const float step = (meters.level_energy_db[k] - HOST_METER_FLOOR_DB) * 2.0f;
        steps[k] = step <= 0.0f ? 0u : step >= 255.0f ? 255u : (uint8_t)step;
    }
    lo_message message = lo_message_new();
    lo_blob blob = lo_blob_new((int32_t)meters.level_count, steps);
    if (message && blob && meters.level_count > 0u && lo_message_add_blob(message, blob) == 0 &&
        lo_message_serialise(message, "/residuum/page/energies", bytes, &length)) {
        pthread_mutex_lock(&http->lock);
        for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++)
            if (http->clients[i].wants_spectra)
                host_http_post(http, &http->clients[i], MG_WEBSOCKET_OPCODE_BINARY, bytes, length);
        pthread_mutex_unlock(&http->lock);
    }
    if (blob) lo_blob_free(blob);
    if (message) lo_message_free(message);
}

/* ---- changed values to who listens to them ---- */

static lo_message message_of(const host_watch *watch, const host_watch_entry *entry, bool is_norm)
{
    lo_message message = lo_message_new();
    const rsd_param_info *info = entry->info;
    if (!message) return NULL;
    if (is_norm)
        lo_message_add_float(message, host_watch_normalise(entry));
    else if (info->unit == RSD_UNIT_TEXT)
        lo_message_add_string(message, watch->texts[entry->text]);
    else if (info->unit == RSD_UNIT_MONITOR)
        lo_message_add_string(message, rsd_monitor_name((uint32_t)entry->value));
    else if (info->unit == RSD_UNIT_SWITCH && entry->value != 0.0f)
        lo_message_add_true(message);
    else if (info->unit == RSD_UNIT_SWITCH)
        lo_message_add_false(message);
    else if (rsd_param_is_whole(info))
        lo_message_add_int32(message, (int32_t)entry->value);
    else
        lo_message_add_float(message, entry->value);
    return message;
}

/* A message a frame, by the types that the tree has. */
static void post_value(host_http *http, http_client *client, uint32_t bit)
{
    char path[64];
    unsigned char bytes[256];
    size_t length = sizeof bytes;
    lo_message message = message_of(&http->watch, &http->watch.entries[bit / 2u], bit % 2u == 1u);
    if (!message) return;
    host_http_format_address(&http->watch, bit, path);
    if (lo_message_length(message, path) <= sizeof bytes && lo_message_serialise(message, path, bytes, &length))
        host_http_post(http, client, MG_WEBSOCKET_OPCODE_BINARY, bytes, length);
    lo_message_free(message);
}

static void tell_values(host_http *http, http_client *client)
{
    for (uint32_t bit = 0; bit < 2u * http->watch.entry_count; bit++) {
        const host_watch_entry *entry = &http->watch.entries[bit / 2u];
        const bool is_heard = (client->listens[bit / 8u] >> bit % 8u & 1u) != 0u;
        if (is_heard && entry->is_there && entry->change > client->told_change) post_value(http, client, bit);
    }
    client->told_change = http->watch.change;
}

/* Another codec: what the tree says of ranges and levels is old. */
static void tell_ranges(host_http *http, http_client *client)
{
    static const char changed[] = "{\"COMMAND\":\"PATH_CHANGED\",\"DATA\":\"/residuum\"}";
    bool is_new = false;
    for (uint32_t i = 0; i < http->watch.entry_count && !is_new; i++)
        is_new = http->watch.entries[i].range_change > client->told_range_change;
    if (is_new) host_http_post(http, client, MG_WEBSOCKET_OPCODE_TEXT, changed, sizeof changed - 1u);
    client->told_range_change = http->watch.change;
}

void host_http_tell_changes(host_http *http)
{
    const uint64_t now_ns = host_clock_now_ns();
    const bool any = host_watch_poll(&http->watch);
    if (host_http_is_blind(http)) return; /* what a blind test plays would be told by its values */
    tell_energies(http, now_ns);
    pthread_mutex_lock(&http->lock);
    if (any) memcpy(&http->shown, &http->watch, sizeof http->shown);
    for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++) {
        http_client *client = &http->clients[i];
        if (!client->is_ready || client->told_change == http->watch.change || now_ns < client->next_values_ns) continue;
        tell_ranges(http, client);
        tell_values(http, client);
        client->next_values_ns = now_ns + HTTP_VALUES_NS;
    }
    pthread_mutex_unlock(&http->lock);
}

void host_http_tell_lookers(host_http *http, const char *name, json_t *data)
{
    json_t *command = json_pack("{s:s, s:o}", "COMMAND", name, "DATA", data);
    char *text = command ? json_dumps(command, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
    json_decref(command);
    if (!text) return;
    pthread_mutex_lock(&http->lock);
    for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++)
        if (http->clients[i].wants_spectra)
            host_http_post(http, &http->clients[i], MG_WEBSOCKET_OPCODE_TEXT, text, strlen(text));
    pthread_mutex_unlock(&http->lock);
    free(text);
}

uint64_t host_http_looker_number(host_http *http)
{
    uint64_t number = 0;
    pthread_mutex_lock(&http->lock);
    for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++)
        if (http->clients[i].is_ready && http->clients[i].wants_spectra && http->clients[i].stream > number)
            number = http->clients[i].stream;
    pthread_mutex_unlock(&http->lock);
    return number;
}

/* ---- from the queues into the sockets ---- */

/* The oldest frame of the client's, into `data`. Returns its bytes; 0: there is none, or the socket is full enough. */
static uint32_t take_frame(http_client *client, unsigned char *data, uint8_t *opcode)
{
    http_frame head;
    http_outbox *outbox = &client->outbox;
    if (!client->is_ready || outbox->used == 0u || host_http_unsent_bytes(client->fd) > HTTP_UNSENT_BYTES) return 0;
    memcpy(&head, outbox->data, sizeof head);
    memcpy(data, outbox->data + sizeof head, head.bytes);
    *opcode = head.opcode;
    const uint32_t bytes = (uint32_t)sizeof head + head.bytes;
    outbox->used -= bytes;
    memmove(outbox->data, outbox->data + bytes, outbox->used);
    return head.bytes;
}

/* Ends a connection by its socket; its worker then sees to the rest. */
static void cut_off(const http_client *client)
{
    if (client->fd >= 0) shutdown(client->fd, SHUT_RDWR);
}

/* civetweb reads a message whole into memory, however long: a client that does not come to its end is cut off. */
static void watch_length(const http_client *client)
{
    if (client->is_ready && host_http_received_bytes(client->fd) > client->counted_bytes + HTTP_UNREAD_BYTES)
        cut_off(client);
}

/* Who has caught up after messages of his were dropped is told all values anew: the newest may have been among them. */
static void make_up(host_http *http, http_client *client)
{
    static const char missed[] = "{\"COMMAND\":\"MISSED\",\"DATA\":\"/residuum\"}";
    http_outbox *outbox = &client->outbox;
    if (!client->is_ready || outbox->used > 0u || outbox->dropped_count == outbox->made_up_count) return;
    outbox->made_up_count = outbox->dropped_count;
    client->told_change = 0; /* what it listens to */
    if (client->wants_spectra) host_http_post(http, client, MG_WEBSOCKET_OPCODE_TEXT, missed, sizeof missed - 1u);
}

/* write_lock is held: the connection stays. The socket has room, so that writing does not block. */
static void push_client(host_http *http, http_client *client, unsigned char *data)
{
    uint8_t opcode = 0;
    for (;;) {
        pthread_mutex_lock(&http->lock);
        watch_length(client);
        make_up(http, client);
        const uint32_t bytes = take_frame(client, data, &opcode);
        struct mg_connection *connection = client->connection;
        pthread_mutex_unlock(&http->lock);
        if (bytes == 0u) return;
        if (mg_websocket_write(connection, opcode, (const char *)data, bytes) <= 0) {
            pthread_mutex_lock(&http->lock);
            cut_off(client);
            client->is_ready = false;
            pthread_mutex_unlock(&http->lock);
        }
    }
}

static void wait_a_little(host_http *http)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PUSH_EVERY_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&http->pushed, &http->lock, &until);
}

void *host_http_push(void *context)
{
    host_http *http = context;
    pthread_setname_np(pthread_self(), "http-pusher");
    pthread_mutex_lock(&http->lock);
    while (!http->is_ending) {
        wait_a_little(http);
        pthread_mutex_unlock(&http->lock);
        pthread_mutex_lock(&http->write_lock);
        host_http_push_spectra(http);
        for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++) push_client(http, &http->clients[i], http->pushed_frame);
        pthread_mutex_unlock(&http->write_lock);
        pthread_mutex_lock(&http->lock);
    }
    for (uint32_t i = 0; i < HOST_HTTP_MAX_SOCKETS; i++) cut_off(&http->clients[i]);
    while (!http->has_ended) {
        wait_a_little(http);
        host_http_knock(http->bind_address, http->port); /* civetweb looks whether to stop every two seconds only */
    }
    pthread_mutex_unlock(&http->lock);
    return NULL;
}
