// SPDX-License-Identifier: MIT
// The entry of the module: clap_entry is the only symbol that leaves it.
#include "rclap.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Where an installation has it: PREFIX/share/doc beside PREFIX/lib/clap. A module that was copied elsewhere has none. */
static void find_manual(const char *module)
{
    char path[PATH_MAX], found[PATH_MAX];
    const char *slash = module ? strrchr(module, '/') : NULL;
    rclap_manual_url[0] = '\0';
    if (!slash) return;
    const int length =
        snprintf(path, sizeof path, "%.*s/../../share/doc/residuum-plugins/plugins.md", (int)(slash - module), module);
    if (length < 0 || (size_t)length >= sizeof path || !realpath(path, found)) return;
    snprintf(rclap_manual_url, sizeof rclap_manual_url, "file://%s", found);
}

/* Else there is nothing to set up: what is shared is counted by those who use it. */
static bool entry_init(const char *path)
{
    find_manual(path);
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
