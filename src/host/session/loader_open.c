// SPDX-License-Identifier: MIT
// What a name that came over OSC means. In a file of its own: tests put an opening of theirs in its place, which takes
// as long as they like.
#include "host/session/loader_internal.h"

#include "base/error.h"

#include "codec/codec_name.h"
#include "codec/known_models.h"
#include "engine/preset_name.h"

#include <stdio.h>
#include <string.h>

static rsd_status not_allowed(const char *what, const char *name, rsd_error *error)
{
    return base_error_set(error, RSD_ERR_NOT_FOUND,
                          "'%.200s' is no %s, and no file below a folder that was named for OSC", name, what);
}

static bool is_builtin(const char *name)
{
    const char *builtin, *description;
    if (strcmp(name, "live") == 0) return true;
    for (uint32_t i = 0; rsd_model_builtin(i, &builtin, &description); i++)
        if (strcmp(name, builtin) == 0) return true;
    const known_model *known = known_model_find(name);
    return known && strcmp(name, known->name) == 0;
}

/* What a name of one model means: `path` has HOST_LOADER_NAME_BYTES. */
static bool find_codec(const host_folders *folders, const char *name, char *path)
{
    if (!is_builtin(name)) return host_folders_find(folders, name, path);
    snprintf(path, HOST_LOADER_NAME_BYTES, "%s", name);
    return true;
}

/* Both names of a joined one by the same rule. */
static bool find_both(const host_folders *folders, const char *name, char *path)
{
    char half[HOST_LOADER_NAME_BYTES], coder[HOST_LOADER_NAME_BYTES], decoder[HOST_LOADER_NAME_BYTES];
    return codec_join_decoder(name, "none", half, sizeof half) && find_codec(folders, half, coder) &&
           find_codec(folders, codec_decoder_name(name), decoder) &&
           codec_join_decoder(coder, decoder, path, HOST_LOADER_NAME_BYTES);
}

static rsd_status open_codec(const host_folders *folders, const char *name, host_loaded *loaded)
{
    const bool is_there =
        codec_decoder_sign(name) ? find_both(folders, name, loaded->codec) : find_codec(folders, name, loaded->codec);
    if (!is_there) return not_allowed("codec", name, &loaded->error);
    return rsd_model_open(loaded->codec, &loaded->model, &loaded->error);
}

/* Paths begin in the working folder, which is nobody's to choose over a network. */
static bool is_plain(const char *name) { return name[0] != '\0' && name[0] != '.' && !preset_is_path(name); }

/* `trusted`: what the preset names as its codec is the user's own word. */
static rsd_status open_preset_alone(const host_folders *folders, const char *name, host_loaded *loaded, bool *trusted)
{
    char path[HOST_LOADER_NAME_BYTES];
    rsd_status status = not_allowed("preset", name, &loaded->error);
    *trusted = true;
    if (is_plain(name)) status = rsd_preset_open(name, &loaded->preset, &loaded->error);
    if (status != RSD_ERR_NOT_FOUND || !host_folders_find(folders, name, path)) return status;
    *trusted = false;
    return rsd_preset_open(path, &loaded->preset, &loaded->error);
}

static rsd_status open_preset(const host_folders *folders, const char *name, host_loaded *loaded)
{
    bool trusted = false;
    const rsd_status status = open_preset_alone(folders, name, loaded, &trusted);
    if (status != RSD_OK || loaded->preset.codec[0] == '\0') return status;
    if (!trusted) return open_codec(folders, loaded->preset.codec, loaded);
    snprintf(loaded->codec, sizeof loaded->codec, "%s", loaded->preset.codec);
    return rsd_model_open(loaded->codec, &loaded->model, &loaded->error);
}

void host_loader_open(const host_folders *folders, const host_load *load, host_loaded *loaded)
{
    loaded->status =
        load->is_preset ? open_preset(folders, load->name, loaded) : open_codec(folders, load->name, loaded);
}
