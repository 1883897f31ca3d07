// SPDX-License-Identifier: MIT
// Preset discovery: the built-in presets, and those of the user's folder.
#include "rclap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PROVIDER_ID RCLAP_ID ".presets"
#define PATH_BYTES 4096u

static const clap_preset_discovery_provider_descriptor_t descriptor = {
    .clap_version = CLAP_VERSION_INIT, .id = PROVIDER_ID, .name = "Residuum presets", .vendor = "Residuum"};

typedef struct {
    clap_preset_discovery_provider_t provider;
    const clap_preset_discovery_indexer_t *indexer;
} preset_provider;

/* As rsd_preset_open looks for them; false where there is no such folder. */
static bool user_folder(char path[PATH_BYTES])
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    struct stat info;
    int length = -1;
    if (config && config[0] == '/')
        length = snprintf(path, PATH_BYTES, "%s/residuum/presets", config);
    else if (home && home[0] != '\0')
        length = snprintf(path, PATH_BYTES, "%s/.config/residuum/presets", home);
    return length > 0 && (size_t)length < PATH_BYTES && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool provider_init(const clap_preset_discovery_provider_t *provider)
{
    const preset_provider *self = provider->provider_data;
    const clap_preset_discovery_indexer_t *indexer = self->indexer;
    char folder[PATH_BYTES];
    const clap_preset_discovery_filetype_t type = {"Residuum preset", "Values of parameters, and a codec", "json"};
    const clap_preset_discovery_location_t builtin = {CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT, "Built in",
                                                      CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN, NULL};
    if (!indexer->declare_filetype(indexer, &type) || !indexer->declare_location(indexer, &builtin)) return false;
    if (!user_folder(folder)) return true;
    const clap_preset_discovery_location_t user = {CLAP_PRESET_DISCOVERY_IS_USER_CONTENT, "My presets",
                                                   CLAP_PRESET_DISCOVERY_LOCATION_FILE, folder};
    return indexer->declare_location(indexer, &user);
}

static void provider_destroy(const clap_preset_discovery_provider_t *provider) { free(provider->provider_data); }

static bool describe(const clap_preset_discovery_metadata_receiver_t *receiver, const rsd_preset *preset,
                     const char *key, uint32_t flags)
{
    const clap_universal_plugin_id_t id = {"clap", RCLAP_ID};
    if (!receiver->begin_preset(receiver, preset->name, key)) return false;
    receiver->add_plugin_id(receiver, &id);
    receiver->set_flags(receiver, flags);
    receiver->set_description(receiver, preset->description);
    if (preset->group[0] != '\0') receiver->add_feature(receiver, preset->group); /* hosts filter by it */
    if (preset->codec[0] != '\0') receiver->add_extra_info(receiver, "codec", preset->codec);
    return true;
}

static bool describe_builtin(const clap_preset_discovery_metadata_receiver_t *receiver)
{
    rsd_preset preset;
    rsd_error error;
    const char *json;
    size_t bytes;
    for (uint32_t i = 0; rsd_preset_builtin(i, &json, &bytes); i++) {
        if (rsd_preset_parse(json, bytes, "built-in preset", &preset, &error) != RSD_OK) {
            receiver->on_error(receiver, 0, error.text);
            return false;
        }
        if (!describe(receiver, &preset, preset.name, CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT)) break;
    }
    return true;
}

static bool get_metadata(const clap_preset_discovery_provider_t *provider, uint32_t kind, const char *location,
                         const clap_preset_discovery_metadata_receiver_t *receiver)
{
    rsd_preset preset;
    rsd_error error;
    (void)provider;
    if (kind == CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN) return describe_builtin(receiver);
    if (kind != CLAP_PRESET_DISCOVERY_LOCATION_FILE || !location) return false;
    if (rsd_preset_open(location, &preset, &error) != RSD_OK) {
        receiver->on_error(receiver, 0, error.text);
        return false;
    }
    describe(receiver, &preset, NULL, CLAP_PRESET_DISCOVERY_IS_USER_CONTENT);
    return true;
}

static const void *get_extension(const clap_preset_discovery_provider_t *provider, const char *id)
{
    (void)provider;
    (void)id;
    return NULL;
}

static uint32_t count(const clap_preset_discovery_factory_t *factory)
{
    (void)factory;
    return 1u;
}

static const clap_preset_discovery_provider_descriptor_t *get_descriptor(const clap_preset_discovery_factory_t *factory,
                                                                         uint32_t index)
{
    (void)factory;
    return index == 0u ? &descriptor : NULL;
}

static const clap_preset_discovery_provider_t *create(const clap_preset_discovery_factory_t *factory,
                                                      const clap_preset_discovery_indexer_t *indexer, const char *id)
{
    (void)factory;
    if (!indexer || !id || strcmp(id, PROVIDER_ID) != 0) return NULL;
    preset_provider *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->indexer = indexer;
    self->provider = (clap_preset_discovery_provider_t){.desc = &descriptor,
                                                        .provider_data = self,
                                                        .init = provider_init,
                                                        .destroy = provider_destroy,
                                                        .get_metadata = get_metadata,
                                                        .get_extension = get_extension};
    return &self->provider;
}

const clap_preset_discovery_factory_t rclap_preset_factory = {count, get_descriptor, create};
