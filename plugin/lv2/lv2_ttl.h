// SPDX-License-Identifier: MIT
#ifndef LV2_TTL_H
#define LV2_TTL_H

#include "lv2_ports.h"

#include <stdio.h>

#define TTL_PLUGIN_COUNT 2u

typedef struct {
    const char *uri, *name;
    uint32_t channels;
} ttl_plugin;

extern const ttl_plugin ttl_plugins[TTL_PLUGIN_COUNT];

/* Opens FOLDER/NAME with the prefixes written; the program ends where it cannot. */
FILE *ttl_open(const char *folder, const char *name);
void ttl_close(FILE *to);
void ttl_string(FILE *to, const char *text);
void ttl_number(FILE *to, float value);

void ttl_write_plugins(const char *folder);
void ttl_write_presets(const char *folder);
void ttl_presets_in_manifest(FILE *to);

#endif
