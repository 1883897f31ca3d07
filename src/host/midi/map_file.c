// SPDX-License-Identifier: MIT
// Where the user's MIDI map lies, and changing it.
#include "host/midi/map.h"

#include "base/error.h"
#include "base/read_file.h"
#include "base/write_file_atomic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool midi_map_user_path(char path[MIDI_PATH_BYTES])
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (config && config[0] == '/') /* the base directory specification: a relative one is to be ignored */
        length = snprintf(path, MIDI_PATH_BYTES, "%s/residuum/midi.json", config);
    else if (home && home[0] != '\0')
        length = snprintf(path, MIDI_PATH_BYTES, "%s/.config/residuum/midi.json", home);
    return length > 0 && (size_t)length < MIDI_PATH_BYTES;
}

rsd_status midi_map_load(const char *path, midi_map *map, bool *is_default, rsd_error *error)
{
    char own[MIDI_PATH_BYTES];
    void *text = NULL;
    size_t text_bytes = 0;
    const bool has_own = !path && midi_map_user_path(own) && access(own, F_OK) == 0;
    if (is_default) *is_default = !path && !has_own;
    if (!path && !has_own) {
        midi_map_default(map);
        return base_error_set(error, RSD_OK, "%s", "");
    }
    const char *from = path ? path : own;
    rsd_status status = base_read_file(from, BASE_JSON_BYTES, &text, &text_bytes, error);
    if (status == RSD_OK) status = midi_map_parse(text, text_bytes, from, map, error);
    free(text);
    return status;
}

/* The folders above `path`, as the base directory specification has them made: for the user alone. */
static void make_folders(const char *path)
{
    char folder[MIDI_PATH_BYTES];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(folder, 0700); /* what cannot be made is told when the file is opened */
        *slash = '/';
    }
}

rsd_status midi_map_save(const char *path, const midi_map *map, rsd_error *error)
{
    char own[MIDI_PATH_BYTES];
    base_output output;
    if (!path && !midi_map_user_path(own))
        return base_error_set(error, RSD_ERR_IO,
                              "there is no folder for the MIDI map: neither HOME nor XDG_CONFIG_HOME");
    char *text = midi_map_print(map);
    if (!text) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the MIDI map");
    if (!path) make_folders(own);
    rsd_status status = base_output_open(&output, path ? path : own, BASE_OUTPUT_BESIDE, error);
    if (status == RSD_OK && !base_write_all(output.fd, text, strlen(text))) {
        status = base_error_set(error, RSD_ERR_IO, "the MIDI map '%.300s': %s", path ? path : own, strerror(errno));
        base_output_abandon(&output);
    } else if (status == RSD_OK) {
        status = base_output_commit(&output, error);
    }
    free(text);
    return status;
}

static bool is_same_source(const midi_binding *a, const midi_binding *b)
{
    return a->source == b->source && a->channel == b->channel && a->first == b->first && a->last == b->last;
}

rsd_status midi_map_bind(midi_map *map, const midi_binding *binding, rsd_error *error)
{
    uint32_t at = 0;
    while (at < map->binding_count && !is_same_source(&map->bindings[at], binding)) at++;
    if (at == map->binding_count) {
        if (map->binding_count == MIDI_MAX_BINDINGS)
            return base_error_set(error, RSD_ERR_FULL, "the MIDI map has %u bindings already", MIDI_MAX_BINDINGS);
        map->binding_count++;
    }
    memmove(&map->bindings[1], &map->bindings[0], at * sizeof map->bindings[0]);
    map->bindings[0] = *binding;
    return base_error_set(error, RSD_OK, "%s", "");
}
