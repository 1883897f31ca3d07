// SPDX-License-Identifier: MIT
// The HTTP server of `residuum live --http`, and what the network is told of it and of OSC.
#include "app/live/live.h"

#include <string.h>

int live_ui_http_open(live_ui_state *live)
{
    const app_arguments *arguments = live->arguments;
    double port = 0.0;
    rsd_error error;
    if (!app_number(arguments, APP_OPT_HTTP, 0, 65535, true, &port)) return APP_USAGE;
    if (!app_given(arguments, APP_OPT_HTTP)) {
        if (!app_given(arguments, APP_OPT_HTTP_BIND)) return -1;
        return app_usage(arguments, "--http-bind goes with --http PORT");
    }
    const int listened = live_ui_listen_open(live);
    if (listened >= 0) return listened;
    host_session_status status;
    host_session_get_status(live->session, &status);
    const bool has_osc = host_osc_fd(live->osc) >= 0;
    const host_http_config config = {.control = live->control,
                                     .osc = live->osc,
                                     .listen = live->listening.test,
                                     .scope = host_session_scope(live->session),
                                     .sample_rate_hz = status.sample_rate_hz,
                                     .bind_address = arguments->value[APP_OPT_HTTP_BIND],
                                     .port = (uint32_t)port,
                                     .osc_port = has_osc ? host_osc_port(live->osc) : 0u,
                                     .osc_address = arguments->value[APP_OPT_OSC_BIND]};
    if (host_http_create(&config, &live->http, &error) == RSD_OK) return -1;
    return app_fail(arguments, "%s", error.text);
}

void live_ui_announce(live_ui_state *live)
{
    const char *osc_address = live->arguments->value[APP_OPT_OSC_BIND];
    const bool osc_is_beyond =
        osc_address && strncmp(osc_address, "127.", 4) != 0 && live->osc && host_osc_fd(live->osc) >= 0;
    const uint32_t osc_port = osc_is_beyond ? host_osc_port(live->osc) : 0u;
    const uint32_t http_port = live->http && host_http_is_beyond(live->http) ? host_http_port(live->http) : 0u;
    if (osc_port != 0u || http_port != 0u) live->announce = host_announce_create("Residuum", http_port, osc_port);
}
