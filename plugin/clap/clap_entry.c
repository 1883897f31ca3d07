// SPDX-License-Identifier: MIT
// The entry of the module: clap_entry is the only symbol that leaves it.
#include "rclap.h"

#include <string.h>

static uint32_t plugin_count(const clap_plugin_factory_t *factory)
{
    (void)factory;
    return 1u;
}

static const clap_plugin_descriptor_t *get_descriptor(const clap_plugin_factory_t *factory, uint32_t index)
{
    (void)factory;
    return index == 0u ? &rclap_descriptor : NULL;
}

static const clap_plugin_t *create_plugin(const clap_plugin_factory_t *factory, const clap_host_t *host, const char *id)
{
    (void)factory;
    if (!host || !id || !clap_version_is_compatible(host->clap_version) || strcmp(id, RCLAP_ID) != 0) return NULL;
    return rclap_create(host);
}

static const clap_plugin_factory_t plugin_factory = {plugin_count, get_descriptor, create_plugin};

/* Nothing to set up: what is shared is counted by those who use it. */
static bool entry_init(const char *path)
{
    (void)path;
    return true;
}

static void entry_deinit(void) {}

static const void *get_factory(const char *id)
{
    if (strcmp(id, CLAP_PLUGIN_FACTORY_ID) == 0) return &plugin_factory;
    if (strcmp(id, CLAP_PRESET_DISCOVERY_FACTORY_ID) == 0 || strcmp(id, CLAP_PRESET_DISCOVERY_FACTORY_ID_COMPAT) == 0)
        return &rclap_preset_factory;
    return NULL;
}

CLAP_EXPORT const clap_plugin_entry_t clap_entry = {CLAP_VERSION_INIT, entry_init, entry_deinit, get_factory};
