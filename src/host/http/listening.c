// SPDX-License-Identifier: MIT
// The listening test over HTTP: what may be known, requests, and results when it is over. On civetweb's workers.
#include "host/http/internal.h"

#include <stdlib.h>
#include <string.h>

#define REQUEST_BYTES 1024u

static int send_results(struct mg_connection *connection, char *text, const char *type)
{
    if (!text) return host_http_send(connection, 409, "text/plain", "the test is not over: nothing is told before\n");
    const int status = host_http_send(connection, 200, type, text);
    free(text);
    return status;
}

/*
 * Pages of others are refused by their Origin before; a form, which needs none everywhere, cannot send this type. Who
 * does not have the token may look.
 */
static int take_request(host_http *http, struct mg_connection *connection)
{
    char body[REQUEST_BYTES];
    rsd_error error;
    const char *type = mg_get_header(connection, "Content-Type");
    const long long length = mg_get_request_info(connection)->content_length;
    if (!host_http_may_steer(http, connection))
        return host_http_send(connection, 403, "text/plain", "this wants the token of the address\n");
    if (!type || strcmp(type, "application/json") != 0 || length < 0 || length > (long long)sizeof body)
        return host_http_send(connection, 400, "text/plain", "JSON of 1 KiB at most is wanted\n");
    size_t got = 0;
    while (got < (size_t)length) {
        const int part = mg_read(connection, body + got, (size_t)length - got);
        if (part <= 0) return 400;
        got += (size_t)part;
    }
    json_t *request = host_http_read_json(body, got);
    const rsd_status status = host_listen_take(http->listen, request, &error);
    json_decref(request);
    if (status != RSD_OK) return host_http_send_json(connection, json_pack("{s:s}", "error", error.text));
    return host_http_send_json(connection, host_listen_tell(http->listen));
}

int host_http_answer_listening(host_http *http, struct mg_connection *connection, const char *path)
{
    const char *method = mg_get_request_info(connection)->request_method;
    if (strcmp(path, "do") == 0 && strcmp(method, "POST") == 0) return take_request(http, connection);
    if (strcmp(method, "GET") != 0) return host_http_send(connection, 405, "text/plain", "GET, or POST to do\n");
    if (strcmp(path, "state") == 0) return host_http_send_json(connection, host_listen_tell(http->listen));
    if (strcmp(path, "results.csv") == 0)
        return send_results(connection, host_listen_csv(http->listen), "text/csv; charset=utf-8");
    if (strcmp(path, "results.json") == 0)
        return send_results(connection, host_listen_json(http->listen), "application/json");
    return host_http_send(connection, 404, "text/plain", "there is no such thing\n");
}
