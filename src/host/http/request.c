// SPDX-License-Identifier: MIT
// What an HTTP request is answered with. On civetweb's workers.
#include "host/http/internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char common_headers[] = "X-Content-Type-Options: nosniff\r\n"
                                     "Referrer-Policy: no-referrer\r\n"
                                     "Cache-Control: no-store\r\n"
                                     "Connection: close\r\n";

int host_http_send(struct mg_connection *connection, int status, const char *type, const char *text)
{
    const bool is_head = strcmp(mg_get_request_info(connection)->request_method, "HEAD") == 0;
    mg_printf(connection, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n", status,
              mg_get_response_code_text(connection, status), type, strlen(text), common_headers);
    if (!is_head) mg_write(connection, text, strlen(text));
    return status;
}

static int refuse(struct mg_connection *connection, int status, const char *reason)
{
    return host_http_send(connection, status, "text/plain; charset=utf-8", reason);
}

int host_http_send_json(struct mg_connection *connection, json_t *json)
{
    char *text = json ? json_dumps(json, HTTP_JSON_FORMAT) : NULL;
    json_decref(json);
    const int status =
        text ? host_http_send(connection, 200, "application/json", text) : refuse(connection, 500, "out of memory\n");
    free(text);
    return status;
}

/* How deep lists and objects lie in one another. What is in strings does not count. */
static uint32_t depth_of(const char *data, size_t bytes)
{
    uint32_t depth = 0, most = 0;
    bool is_string = false;
    for (size_t i = 0; i < bytes; i++) {
        if (is_string && data[i] == '\\')
            i++;
        else if (data[i] == '"')
            is_string = !is_string;
        else if (!is_string && (data[i] == '[' || data[i] == '{'))
            most = ++depth > most ? depth : most;
        else if (!is_string && (data[i] == ']' || data[i] == '}') && depth > 0u)
            depth--;
    }
    return most;
}

/* The parser calls itself for each list in a list, and the stack of a worker of civetweb's is small. */
json_t *host_http_read_json(const char *data, size_t bytes)
{
    return depth_of(data, bytes) > HTTP_JSON_DEPTH ? NULL : json_loadb(data, bytes, 0, NULL);
}

static bool is_attribute(const char *name)
{
    static const char *const known[] = {"FULL_PATH", "CONTENTS", "TYPE",        "VALUE",
                                        "RANGE",     "ACCESS",   "DESCRIPTION", "TAGS"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i]) == 0) return true;
    return false;
}

static int send_node(struct mg_connection *connection, http_tree *tree, const char *path, const char *attribute)
{
    const char *text = "";
    const int status = host_http_tree_write(tree, path, attribute, &text);
    if (status == 404) return refuse(connection, 404, "there is no such address\n");
    if (status == 500) return refuse(connection, 500, "out of memory\n");
    return status == 200 ? host_http_send(connection, 200, "application/json", text)
                         : host_http_send(connection, status, "text/plain", "");
}

static int send_query(host_http *http, struct mg_connection *connection, const char *path, const char *query)
{
    if (host_http_is_blind(http)) return refuse(connection, 409, "a blind listening test runs\n");
    if (strcmp(query, "HOST_INFO") == 0) return host_http_send_json(connection, host_http_host_info(http));
    if (*query && !is_attribute(query))
        return refuse(connection, 400,
                      "there is no such attribute; there are FULL_PATH, CONTENTS, TYPE, VALUE, RANGE, "
                      "ACCESS, DESCRIPTION, TAGS, HOST_INFO\n");
    http_tree *tree = host_http_tree_create();
    if (!tree) return refuse(connection, 500, "out of memory\n");
    pthread_mutex_lock(&http->lock);
    memcpy(host_http_tree_watch(tree), &http->shown, sizeof http->shown);
    pthread_mutex_unlock(&http->lock);
    const int status = send_node(connection, tree, path, query);
    host_http_tree_destroy(tree);
    return status;
}

/* /page/pattern?name=delay */
static int send_pattern(host_http *http, struct mg_connection *connection, const char *query)
{
    char name[256];
    if (mg_get_var(query, strlen(query), "name", name, sizeof name) < 0) name[0] = '\0';
    pthread_mutex_lock(&http->lock);
    const rsd_codec_info codec = http->shown.codec;
    pthread_mutex_unlock(&http->lock);
    return host_http_send_json(connection, host_http_pattern(&codec, name));
}

/* Nothing but this server's own files, and no page of others around it. */
static int send_file(struct mg_connection *connection, const http_file *file)
{
    mg_printf(connection,
              "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
              "Content-Security-Policy: default-src 'self'; connect-src 'self' ws:; img-src 'self' data:; "
              "frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n%s\r\n",
              file->type, file->bytes, common_headers);
    mg_write(connection, file->data, file->bytes);
    return 200;
}

/* A browser that opens the address wants the page; a client of OSCQuery the tree. */
static bool wants_page(struct mg_connection *connection, const char *path, const char *query)
{
    const char *accept = mg_get_header(connection, "Accept");
    return strcmp(path, "/") == 0 && *query == '\0' && accept && strstr(accept, "text/html");
}

int host_http_begin_request(struct mg_connection *connection)
{
    host_http *http = mg_get_user_data(mg_get_context(connection));
    const struct mg_request_info *info = mg_get_request_info(connection);
    const char *refusal = host_http_refusal(http, connection);
    const char *upgrade = mg_get_header(connection, "Upgrade");
    const char *query = info->query_string ? info->query_string : "";
    if (refusal) {
        mg_printf(connection, "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n%s\r\n%s\n",
                  strlen(refusal) + 1u, common_headers, refusal);
        return 403;
    }
    if (upgrade && strcasecmp(upgrade, "websocket") == 0 && strcmp(info->local_uri, "/") == 0) return 0; /* goes on */
    if (http->listen && strncmp(info->local_uri, "/listen/", strlen("/listen/")) == 0)
        return host_http_answer_listening(http, connection, info->local_uri + strlen("/listen/"));
    if (strcmp(info->request_method, "GET") != 0 && strcmp(info->request_method, "HEAD") != 0)
        return refuse(connection, 405, "only GET is understood here\n");
    if (strncmp(query, "token=", 6u) == 0) query = ""; /* a part of the address that was told */
    if (strcmp(info->local_uri, "/page/pattern") == 0 && http->control) return send_pattern(http, connection, query);
    http_file file;
    const char *name = wants_page(connection, info->local_uri, query) ? http->control ? "index.html" : "listen.html"
                       : http->listen && strcmp(info->local_uri, "/listen") == 0   ? "listen.html"
                       : strncmp(info->local_uri, "/page/", strlen("/page/")) == 0 ? info->local_uri + strlen("/page/")
                                                                                   : "";
    if (host_http_find_file(name, &file)) return send_file(connection, &file);
    return send_query(http, connection, info->local_uri, query);
}
