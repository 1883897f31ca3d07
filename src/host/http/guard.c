// SPDX-License-Identifier: MIT
// Who is let in: pages of elsewhere are not, nor, beyond this machine, who lacks the token.
#include "host/http/internal.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#define HOST_BYTES 300u

/* The name of a Host header, without its port. False: it is none. */
static bool read_host(const char *header, char name[HOST_BYTES])
{
    const size_t length = strcspn(header, ":");
    if (length == 0u || length >= HOST_BYTES || strspn(header + length, ":0123456789") != strlen(header + length))
        return false;
    snprintf(name, HOST_BYTES, "%.*s", (int)length, header);
    return true;
}

/*
 * A page of elsewhere can point a name of its own to this machine and then speak to it as to itself. It cannot do so
 * with a number, nor with the names that this machine has.
 */
static bool is_own_name(const host_http *http, const char *name)
{
    struct in_addr address;
    char local[80];
    if (inet_pton(AF_INET, name, &address) == 1 || strcasecmp(name, "localhost") == 0) return true;
    if (http->token[0] == '\0' || http->host_name[0] == '\0') return false;
    snprintf(local, sizeof local, "%s.local", http->host_name);
    return strcasecmp(name, http->host_name) == 0 || strcasecmp(name, local) == 0;
}

/* What a page of this server's own says it comes from. */
static bool is_own_origin(const char *origin, const char *host)
{
    static const char scheme[] = "http://";
    return strncmp(origin, scheme, sizeof scheme - 1u) == 0 && strcasecmp(origin + sizeof scheme - 1u, host) == 0;
}

const char *host_http_refusal(const host_http *http, struct mg_connection *connection)
{
    char name[HOST_BYTES];
    const char *host = mg_get_header(connection, "Host"), *origin = mg_get_header(connection, "Origin");
    if (!host || !read_host(host, name)) return "a request wants a Host header with a name or number";
    if (!is_own_name(http, name)) return "this server is not called so: use its number, or localhost";
    if (origin && !is_own_origin(origin, host)) return "pages of other servers are not let in";
    return NULL;
}

/* Takes as long for a wrong token as for the right one. */
static bool is_equal(const char *a, const char *b)
{
    unsigned char differs = 0;
    for (uint32_t i = 0; i < HTTP_TOKEN_BYTES; i++) differs |= (unsigned char)(a[i] ^ b[i]);
    return differs == 0;
}

bool host_http_may_steer(const host_http *http, struct mg_connection *connection)
{
    char given[HTTP_TOKEN_BYTES] = {0};
    const char *query = mg_get_request_info(connection)->query_string;
    if (http->token[0] == '\0') return true;
    if (!query || mg_get_var(query, strlen(query), "token", given, sizeof given) != (int)HTTP_TOKEN_BYTES - 1)
        return false;
    return is_equal(given, http->token);
}

rsd_status host_http_make_token(host_http *http, rsd_error *error)
{
    unsigned char random[(HTTP_TOKEN_BYTES - 1u) / 2u];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return base_error_set(error, RSD_ERR_IO, "the system gives no random numbers for a token");
    for (size_t i = 0; i < sizeof random; i++) snprintf(http->token + 2u * i, 3u, "%02x", random[i]);
    return RSD_OK;
}
