// SPDX-License-Identifier: MIT
// clap_list MODULE: what a CLAP host is told of the parameters, one a line, in stereo and in mono; and the saved state.
#include "clap_host.h"

#include <stdio.h>

static void list(test_host *h, const char *width)
{
    clap_param_info_t info;
    for (uint32_t i = 0; i < h->params->count(h->plugin); i++) {
        need(h->params->get_info(h->plugin, i, &info), "a parameter");
        printf("%s %u '%s' in '%s' %g..%g (%g)\n", width, info.id, info.name, info.module, info.min_value,
               info.max_value, info.default_value);
    }
}

static void select_mono(test_host *h)
{
    const clap_plugin_audio_ports_config_t *configs = h->plugin->get_extension(h->plugin, CLAP_EXT_AUDIO_PORTS_CONFIG);
    clap_audio_ports_config_t config;
    for (uint32_t i = 0; i < configs->count(h->plugin); i++) {
        need(configs->get(h->plugin, i, &config), "a configuration");
        if (config.main_input_channel_count == 1u) need(configs->select(h->plugin, config.id), "mono");
    }
}

int main(int argc, char **argv)
{
    need(argc == 2, "clap_list MODULE");
    test_host *h = open_host_of(argv[1]);
    list(h, "stereo");
    select_mono(h);
    list(h, "mono");
    memory_stream state = save_state(h, 0);
    printf("state %s\n", state.bytes);
    free(state.bytes);
    close_host(h);
    return 0;
}
