// SPDX-License-Identifier: MIT
#ifndef CLAP_ABI_PRESETS_H
#define CLAP_ABI_PRESETS_H

#include "clap_abi.h"

/*
 * The part of the CLAP interface that is about presets: how a host loads one, and how it finds out which there are.
 * Everything here is [main], or in a process of the host's that only looks for presets. See clap_abi.h.
 */

/* Where a preset lies: a file, or within the plugin, by a key of the plugin's own. */
#define CLAP_PRESET_DISCOVERY_LOCATION_FILE 0u
#define CLAP_PRESET_DISCOVERY_LOCATION_PLUGIN 1u

#define CLAP_EXT_PRESET_LOAD "clap.preset-load/2"
#define CLAP_EXT_PRESET_LOAD_COMPAT "clap.preset-load.draft/2"
typedef struct clap_plugin_preset_load {
    bool (*from_location)(const clap_plugin_t *plugin, uint32_t location_kind, const char *location,
                          const char *load_key);
} clap_plugin_preset_load_t;
typedef struct clap_host_preset_load {
    void (*on_error)(const clap_host_t *host, uint32_t location_kind, const char *location, const char *load_key,
                     int32_t os_error, const char *msg);
    void (*loaded)(const clap_host_t *host, uint32_t location_kind, const char *location, const char *load_key);
} clap_host_preset_load_t;

/* ---- discovery ---- */

#define CLAP_PRESET_DISCOVERY_FACTORY_ID "clap.preset-discovery-factory/2"
#define CLAP_PRESET_DISCOVERY_FACTORY_ID_COMPAT "clap.preset-discovery-factory/draft-2"
#define CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT (1u << 0)
#define CLAP_PRESET_DISCOVERY_IS_USER_CONTENT (1u << 1)

typedef uint64_t clap_timestamp; /* seconds since 1970, 0 where it is not known */

typedef struct clap_universal_plugin_id {
    const char *abi; /* "clap" */
    const char *id;
} clap_universal_plugin_id_t;

/* The host's: takes what a provider says of the presets at one location, begin_preset before the rest of each. */
typedef struct clap_preset_discovery_metadata_receiver {
    void *receiver_data;
    void (*on_error)(const struct clap_preset_discovery_metadata_receiver *receiver, int32_t os_error,
                     const char *text);
    bool (*begin_preset)(const struct clap_preset_discovery_metadata_receiver *receiver, const char *name,
                         const char *load_key); /* false: no more of them */
    void (*add_plugin_id)(const struct clap_preset_discovery_metadata_receiver *receiver,
                          const clap_universal_plugin_id_t *plugin_id);
    void (*set_soundpack_id)(const struct clap_preset_discovery_metadata_receiver *receiver, const char *soundpack_id);
    void (*set_flags)(const struct clap_preset_discovery_metadata_receiver *receiver, uint32_t flags);
    void (*add_creator)(const struct clap_preset_discovery_metadata_receiver *receiver, const char *creator);
    void (*set_description)(const struct clap_preset_discovery_metadata_receiver *receiver, const char *description);
    void (*set_timestamps)(const struct clap_preset_discovery_metadata_receiver *receiver, clap_timestamp creation_time,
                           clap_timestamp modification_time);
    void (*add_feature)(const struct clap_preset_discovery_metadata_receiver *receiver, const char *feature);
    void (*add_extra_info)(const struct clap_preset_discovery_metadata_receiver *receiver, const char *key,
                           const char *value);
} clap_preset_discovery_metadata_receiver_t;

typedef struct clap_preset_discovery_filetype {
    const char *name;
    const char *description;
    const char *file_extension; /* without the dot */
} clap_preset_discovery_filetype_t;

typedef struct clap_preset_discovery_location {
    uint32_t flags; /* CLAP_PRESET_DISCOVERY_IS_* */
    const char *name;
    uint32_t kind;
    const char *location; /* file or folder; NULL within the plugin */
} clap_preset_discovery_location_t;

typedef struct clap_preset_discovery_provider_descriptor {
    clap_version_t clap_version;
    const char *id;
    const char *name;
    const char *vendor;
} clap_preset_discovery_provider_descriptor_t;

typedef struct clap_preset_discovery_provider {
    const clap_preset_discovery_provider_descriptor_t *desc;
    void *provider_data;
    bool (*init)(const struct clap_preset_discovery_provider *provider); /* declares file types and locations */
    void (*destroy)(const struct clap_preset_discovery_provider *provider);
    bool (*get_metadata)(const struct clap_preset_discovery_provider *provider, uint32_t location_kind,
                         const char *location, const clap_preset_discovery_metadata_receiver_t *receiver);
    const void *(*get_extension)(const struct clap_preset_discovery_provider *provider, const char *extension_id);
} clap_preset_discovery_provider_t;

struct clap_preset_discovery_soundpack; /* not used here */

/* The host's: what a provider declares. */
typedef struct clap_preset_discovery_indexer {
    clap_version_t clap_version;
    const char *name;
    const char *vendor;
    const char *url;
    const char *version;
    void *indexer_data;
    bool (*declare_filetype)(const struct clap_preset_discovery_indexer *indexer,
                             const clap_preset_discovery_filetype_t *filetype);
    bool (*declare_location)(const struct clap_preset_discovery_indexer *indexer,
                             const clap_preset_discovery_location_t *location);
    bool (*declare_soundpack)(const struct clap_preset_discovery_indexer *indexer,
                              const struct clap_preset_discovery_soundpack *soundpack);
    const void *(*get_extension)(const struct clap_preset_discovery_indexer *indexer, const char *extension_id);
} clap_preset_discovery_indexer_t;

typedef struct clap_preset_discovery_factory {
    uint32_t (*count)(const struct clap_preset_discovery_factory *factory);
    const clap_preset_discovery_provider_descriptor_t *(*get_descriptor)(
        const struct clap_preset_discovery_factory *factory, uint32_t index);
    const clap_preset_discovery_provider_t *(*create)(const struct clap_preset_discovery_factory *factory,
                                                      const clap_preset_discovery_indexer_t *indexer,
                                                      const char *provider_id);
} clap_preset_discovery_factory_t;

#endif
