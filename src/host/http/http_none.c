// SPDX-License-Identifier: MIT
// What stands for the HTTP server where civetweb was not there at build time.
#include "host/http/http.h"

#include "base/error.h"

rsd_status host_http_create(const host_http_config *config, host_http **http, rsd_error *error)
{
    (void)config;
    (void)http;
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "this build has no HTTP server (civetweb, libcivetweb-dev)");
}

void host_http_destroy(host_http *http) { (void)http; }

const char *host_http_address(const host_http *http)
{
    (void)http;
    return "";
}

uint32_t host_http_port(const host_http *http)
{
    (void)http;
    return 0;
}

bool host_http_is_beyond(const host_http *http)
{
    (void)http;
    return false;
}

void host_http_poll(host_http *http) { (void)http; }

int host_http_fd(const host_http *http)
{
    (void)http;
    return -1;
}

void host_http_tell_lookers(host_http *http, const char *name, json_t *data)
{
    (void)http;
    (void)name;
    json_decref(data);
}

uint64_t host_http_looker_number(host_http *http)
{
    (void)http;
    return 0;
}
