// SPDX-License-Identifier: MIT
// `residuum presets lv2`: the user's presets as a bundle that LV2 hosts find, with values for the plugins' ports.
#include "app.h"
#include "paths.h"

#include "base/error.h"
#include "base/write_file_atomic.h"
#include "engine/levels_share.h"

#include <residuum/rsd_codec.h>
#include <residuum/rsd_preset.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_BYTES 4200u
#define PORT_LEVELS 16u /* a plugin has gains, mutes and solos of so many */

static const struct {
    const char *uri;
    uint32_t channels;
} plugins[] = {{"urn:residuum:mono", 1u}, {"urn:residuum:stereo", 2u}};
#define PLUGIN_COUNT (sizeof plugins / sizeof *plugins)

typedef struct {
    const rsd_preset *presets;
    size_t count;
} preset_list;

static void write_string(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') fputc('\\', to);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, to);
    }
    fputc('"', to);
}

/* An address for each plugin: of a name what an address may have, and the bytes of the rest. */
static void begin_preset(FILE *to, const rsd_preset *preset, size_t plugin)
{
    fprintf(to, "<%s:own:", plugins[plugin].uri);
    for (const unsigned char *c = (const unsigned char *)preset->name; *c; c++) {
        const bool is_plain = (*c >= '0' && *c <= '9') || ((*c | 0x20u) >= 'a' && (*c | 0x20u) <= 'z');
        fprintf(to, is_plain ? "%c" : "_%02x", *c);
    }
    fprintf(to, "> a pset:Preset ;\n    lv2:appliesTo <%s> ;\n    rdfs:label ", plugins[plugin].uri);
    write_string(to, preset->name);
}

static void write_port(FILE *to, const char *symbol, double value)
{
    fprintf(to, " ;\n    lv2:port [ lv2:symbol \"%s\" ; pset:value %.9f ]", symbol, value);
}

/* The number that the codec's port has for it; -1: it is none of the built-in ones, and the host's stays. */
static int codec_number(const char *name)
{
    const char *known, *description;
    const char *wanted = strcmp(name, "live") == 0 ? "live-128" : name;
    for (uint32_t i = 0; rsd_model_builtin(i, &known, &description); i++)
        if (strcmp(known, wanted) == 0) return (int)i;
    return -1;
}

/* Levels are a share of the codec's in a port. One that is not installed is taken as if it had all that there are. */
static double share_of(const rsd_preset *preset, const rsd_param_info *param, float levels)
{
    rsd_codec_info info;
    rsd_model *model;
    if (levels >= param->max) return 1.0;
    if (levels <= param->min) return 0.0;
    if (rsd_model_open(preset->codec[0] != '\0' ? preset->codec : "live", &model, NULL) != RSD_OK) return 1.0;
    rsd_model_info(model, 48000u, &info);
    rsd_model_release(model);
    if (param->id != RSD_PARAM_LEVELS) return (double)engine_share_of_level(param, levels, info.level_count);
    return levels < (float)info.level_count ? (double)levels / info.level_count : 1.0;
}

static float value_in(const rsd_preset *preset, const rsd_param_info *info, uint32_t level)
{
    for (uint32_t i = 0; i < preset->setting_count; i++)
        if (preset->settings[i].param_id == info->id && preset->settings[i].level == level)
            return preset->settings[i].value;
    return info->default_value;
}

static void write_row(FILE *to, const rsd_preset *preset, const rsd_param_info *info)
{
    char symbol[80];
    const uint32_t count = rsd_param_is_per_level(info) ? PORT_LEVELS : 1u;
    for (uint32_t level = 0; level < count; level++) {
        const float value = value_in(preset, info, level);
        if (rsd_param_is_per_level(info))
            snprintf(symbol, sizeof symbol, "%s_%u", info->symbol, level + 1u);
        else
            snprintf(symbol, sizeof symbol, "%s", info->symbol);
        if (info->id == RSD_PARAM_BYPASS)
            write_port(to, "enabled", 1.0 - (double)value);
        else
            write_port(to, symbol, info->unit == RSD_UNIT_LEVELS ? share_of(preset, info, value) : (double)value);
    }
}

static void write_preset(FILE *to, const rsd_preset *preset, size_t plugin)
{
    const rsd_param_info *info;
    begin_preset(to, preset, plugin);
    fputs(" ;\n    rdfs:comment ", to);
    write_string(to, preset->description);
    const int codec = preset->codec[0] != '\0' ? codec_number(preset->codec) : -1;
    if (codec >= 0) write_port(to, "codec", codec);
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++)
        if (info->unit != RSD_UNIT_TEXT && !rsd_param_is_of_session(info) &&
            info->min_channels <= plugins[plugin].channels)
            write_row(to, preset, info);
    fputs(" .\n\n", to);
}

static void write_manifest_entry(FILE *to, const rsd_preset *preset, size_t plugin)
{
    begin_preset(to, preset, plugin);
    fputs(" ;\n    rdfs:seeAlso <presets.ttl> .\n\n", to);
}

static rsd_status write_file(const char *folder, const char *name, const preset_list *list,
                             void (*write)(FILE *to, const rsd_preset *preset, size_t plugin), rsd_error *error)
{
    char path[PATH_BYTES + 16u];
    base_output output;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    const rsd_status status = base_output_open(&output, path, BASE_OUTPUT_BESIDE, error);
    if (status != RSD_OK) return status;
    FILE *to = base_output_stream(&output);
    if (!to) {
        base_output_abandon(&output);
        return base_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
    }
    fputs("@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
          "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\n",
          to);
    for (size_t i = 0; i < list->count; i++)
        for (size_t p = 0; p < PLUGIN_COUNT; p++) write(to, &list->presets[i], p);
    return base_output_commit(&output, error);
}

/* ---- the user's presets, and where the bundle is ---- */

static bool bundle_path(char path[PATH_BYTES])
{
    const char *home = getenv("HOME");
    const int length = home && *home ? snprintf(path, PATH_BYTES, "%s/.lv2/residuum-presets.lv2", home) : -1;
    return length > 0 && length < (int)PATH_BYTES;
}

/* What cannot be read is said by `residuum presets`. The presets are the caller's to free. */
static rsd_status read_presets(preset_list *list, rsd_error *error)
{
    char folder[4096];
    app_paths paths = {0};
    *list = (preset_list){NULL, 0u};
    if (!app_preset_folder(folder)) return RSD_OK;
    const rsd_status status = app_paths_add(&paths, folder, "json", error);
    if (status != RSD_OK) return status;
    app_paths_sort(&paths);
    rsd_preset *presets = calloc(paths.count + 1u, sizeof *presets);
    for (size_t i = 0; presets && i < paths.count; i++)
        if (rsd_preset_open(paths.files[i].name, &presets[list->count], NULL) == RSD_OK) list->count++;
    app_paths_destroy(&paths);
    list->presets = presets;
    return presets ? RSD_OK : base_error_set(error, RSD_ERR_MEMORY, "no memory for the presets");
}

static rsd_status make_folders(const char *bundle, rsd_error *error)
{
    char parent[PATH_BYTES];
    snprintf(parent, sizeof parent, "%s", bundle);
    char *slash = strrchr(parent, '/');
    if (slash && slash != parent) {
        *slash = '\0';
        (void)mkdir(parent, 0777); /* where it is there, or cannot be, the next one says so */
    }
    if (mkdir(bundle, 0777) == 0 || errno == EEXIST) return RSD_OK;
    return base_error_set(error, RSD_ERR_IO, "cannot make '%s': %s", bundle, strerror(errno));
}

/* The manifest last: a host that looks meanwhile finds no preset without its values. */
static rsd_status write_bundle(const char *bundle, size_t *count, rsd_error *error)
{
    preset_list list;
    rsd_status status = read_presets(&list, error);
    if (status == RSD_OK) status = make_folders(bundle, error);
    if (status == RSD_OK) status = write_file(bundle, "presets.ttl", &list, write_preset, error);
    if (status == RSD_OK) status = write_file(bundle, "manifest.ttl", &list, write_manifest_entry, error);
    *count = list.count;
    free((void *)list.presets);
    return status;
}

int app_write_lv2_presets(const app_arguments *arguments, const char *folder)
{
    char bundle[PATH_BYTES];
    rsd_error error;
    size_t count = 0;
    if (!folder && !bundle_path(bundle)) return app_fail(arguments, "there is no HOME: name a folder for the bundle");
    if (folder) snprintf(bundle, sizeof bundle, "%s", folder);
    if (write_bundle(bundle, &count, &error) != RSD_OK) return app_fail(arguments, "%s", error.text);
    app_print("%zu presets of your own for LV2 hosts in %s", count, bundle);
    putchar('\n');
    return APP_OK;
}

void app_update_lv2_presets(void)
{
    char bundle[PATH_BYTES];
    struct stat info;
    size_t count;
    if (bundle_path(bundle) && stat(bundle, &info) == 0 && S_ISDIR(info.st_mode))
        (void)!write_bundle(bundle, &count, NULL); /* the preset itself is saved: that is what was asked for */
}
