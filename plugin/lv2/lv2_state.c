// SPDX-License-Identifier: MIT
// The state extension: one text with everything in it, and the codec's file as a path that the host may move.
#include "rlv2.h"

#include <lv2/core/lv2_util.h>
#include <lv2/state/state.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    LV2_State_Map_Path *map_path;
    LV2_State_Free_Path *free_path;
} path_features;

static path_features find_features(const LV2_Feature *const *features)
{
    path_features found = {NULL, NULL};
    if (!features) return found;
    (void)lv2_features_query(features, LV2_STATE__mapPath, &found.map_path, false, LV2_STATE__freePath,
                             &found.free_path, false, NULL);
    return found;
}

static void free_path(const path_features *features, char *path)
{
    if (features->free_path)
        features->free_path->free_path(features->free_path->handle, path);
    else
        free(path); /* as the specification has it for hosts before freePath */
}

/* A port's value as the parameter's, and the other way round. */
static float turned(const plug_param *param, float value)
{
    return rlv2_is_enabled(param) ? (value > 0.0f ? 0.0f : 1.0f) : value;
}

/* What the ports show, for those that have been looked at; what they will show, for the others. */
static void read_controls(const rlv2 *self, float *controls)
{
    for (uint32_t i = 0; i < plug_param_count(); i++) {
        const plug_param *param = &self->params[i];
        controls[i] = param->default_value;
        if (i >= self->param_count) continue;                                     /* not in mono */
        controls[i] = atomic_load_explicit(&self->last[i], memory_order_relaxed); /* stored by audio */
        if (isnan(controls[i])) controls[i] = *self->controls[i];
        controls[i] = isnan(controls[i]) ? param->default_value : turned(param, controls[i]);
    }
}

static LV2_State_Status store_file(rlv2 *self, LV2_State_Store_Function store, LV2_State_Handle to,
                                   const path_features *features)
{
    char codec[PLUG_PATH_BYTES];
    plug_codec(self->plug, codec, sizeof codec);
    if (plug_codec_index(codec) >= 0) return LV2_STATE_SUCCESS;
    char *path = features->map_path ? features->map_path->abstract_path(features->map_path->handle, codec) : NULL;
    const char *stored = path ? path : codec;
    const uint32_t flags = LV2_STATE_IS_POD | (path ? LV2_STATE_IS_PORTABLE : 0u);
    const LV2_State_Status status =
        store(to, self->urids.codec_file, stored, strlen(stored) + 1u, self->urids.atom_Path, flags);
    if (path) free_path(features, path);
    return status;
}

static LV2_State_Status save(LV2_Handle handle, LV2_State_Store_Function store, LV2_State_Handle to, uint32_t flags,
                             const LV2_Feature *const *features)
{
    (void)flags;
    rlv2 *self = handle;
    rsd_error error;
    float controls[PLUG_MAX_PARAMS] = {0.0f};
    char *text = NULL;
    const path_features paths = find_features(features);
    if (!self->map) return LV2_STATE_ERR_NO_FEATURE;
    read_controls(self, controls);
    if (plug_save(self->plug, controls, &text, &error) != RSD_OK) return LV2_STATE_ERR_UNKNOWN;
    LV2_State_Status status = store(to, self->urids.state, text, strlen(text) + 1u, self->urids.atom_String,
                                    LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
    free(text);
    if (status == LV2_STATE_SUCCESS) status = store_file(self, store, to, &paths);
    return status;
}

static char *retrieve_file(rlv2 *self, LV2_State_Retrieve_Function retrieve, LV2_State_Handle from,
                           const path_features *features)
{
    size_t size = 0;
    uint32_t type = 0, flags = 0;
    const char *stored = retrieve(from, self->urids.codec_file, &size, &type, &flags);
    if (!stored || size == 0u || type != self->urids.atom_Path) return NULL;
    if (features->map_path) return features->map_path->absolute_path(features->map_path->handle, stored);
    return strdup(stored);
}

static LV2_State_Status restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve, LV2_State_Handle from,
                                uint32_t flags, const LV2_Feature *const *features)
{
    (void)flags;
    rlv2 *self = handle;
    rsd_error error;
    float controls[PLUG_MAX_PARAMS];
    size_t size = 0;
    uint32_t type = 0, value_flags = 0;
    const path_features paths = find_features(features);
    if (!self->map) return LV2_STATE_ERR_NO_FEATURE;
    const char *text = retrieve(from, self->urids.state, &size, &type, &value_flags);
    if (!text || type != self->urids.atom_String || size == 0u) return LV2_STATE_ERR_NO_PROPERTY;
    char *file = retrieve_file(self, retrieve, from, &paths);
    const plug_load_options options = {.codec_path = file, .rule = PLUG_CODEC_ANY, .controls = controls};
    const rsd_status status = plug_load(self->plug, text, strnlen(text, size), &options, &error);
    if (file && paths.map_path)
        free_path(&paths, file);
    else
        free(file);
    if (status != RSD_OK) {
        rlv2_log(self, PLUG_LOG_ERROR, error.text);
        return LV2_STATE_ERR_UNKNOWN;
    }
    /* Ports that show the same as when it was saved have nothing to add to it. */
    for (uint32_t i = 0; i < self->param_count; i++) rlv2_remember(self, i, turned(&self->params[i], controls[i]));
    rlv2_codec_file(self, self->codec_path);
    self->tell_codec = true;
    return LV2_STATE_SUCCESS;
}

const void *rlv2_state_interface(void)
{
    static const LV2_State_Interface interface = {save, restore};
    return &interface;
}
