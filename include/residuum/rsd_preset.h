// SPDX-License-Identifier: MIT
#ifndef RSD_PRESET_H
#define RSD_PRESET_H

#include <residuum/rsd_engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Presets: one JSON file each.
 *
 *   { "name": "telephone", "description": "what one hears", "group": "Phone", "codec": "live-128",
 *     "parameters": { "levels": 2.5, "monitor": "wet", "level_gain": { "2": 0.5 } } }
 *
 * "group" and "codec" may be left out: the codec then stays. Parameters that are not named go to their defaults. From examples/preset.c:
 *
 *   if (rsd_preset_open(argv[1], &preset, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
 *   if (rsd_preset_apply(&preset, engine) != RSD_OK) return 1;
 */

/* One for every value that the parameter table has. */
#define RSD_PRESET_MAX_SETTINGS                                                                                        \
    ((uint32_t)RSD_PARAM_SCALAR_COUNT + (uint32_t)RSD_PARAM_PER_LEVEL_COUNT * RSD_MAX_LEVELS)

/* May grow: see rsd_version.h. */
typedef struct {
    char name[64];
    char description[200];
    char codec[4096]; /* name or path; "": the codec stays */
    uint32_t setting_count;
    struct {
        rsd_param_id param_id;
        uint32_t level; /* 0-based; 0 for parameters without */
        float value;
    } settings[RSD_PRESET_MAX_SETTINGS];
    char group[32]; /* where a list shows it: "Phone"; "": none */
} rsd_preset;

RSD_API RSD_NODISCARD rsd_status rsd_preset_open_sized(const char *name_or_path, rsd_preset *preset,
                                                       size_t preset_bytes, rsd_error *error);
/*
 * Reads a preset by its name or from a file.
 *
 * name_or_path  a path has a '/' or ends in .json. A name is looked for in the user's folder,
 *               $XDG_CONFIG_HOME/residuum/presets or else ~/.config/residuum/presets, and then among the built-in ones
 * preset        gets it
 * error         may be NULL; names file, line or key, and what is wanted
 * Errors        RSD_ERR_ARG, RSD_ERR_NOT_FOUND, RSD_ERR_IO, RSD_ERR_FORMAT, RSD_ERR_MEMORY
 * Thread        [setup], [control]
 */
static inline RSD_NODISCARD rsd_status rsd_preset_open(const char *name_or_path, rsd_preset *preset, rsd_error *error)
{
    return rsd_preset_open_sized(name_or_path, preset, sizeof *preset, error);
}

RSD_API RSD_NODISCARD rsd_status rsd_preset_parse_sized(const char *json, size_t json_bytes, const char *origin,
                                                        rsd_preset *preset, size_t preset_bytes, rsd_error *error);
/*
 * Reads a preset from JSON text.
 *
 * json        need not be terminated
 * json_bytes  its length
 * origin      the file's name, for messages
 * preset      gets it
 * error       may be NULL
 * Errors      RSD_ERR_ARG, RSD_ERR_FORMAT, RSD_ERR_MEMORY
 * Thread      [setup], [control]
 */
static inline RSD_NODISCARD rsd_status rsd_preset_parse(const char *json, size_t json_bytes, const char *origin,
                                                        rsd_preset *preset, rsd_error *error)
{
    return rsd_preset_parse_sized(json, json_bytes, origin, preset, sizeof *preset, error);
}

/*
 * Text of a built-in preset.
 *
 * index       0.. in order of name
 * json        gets the text, which is not terminated; static storage
 * json_bytes  gets its length
 * Returns     false past the end
 * Thread      [any]
 */
RSD_API bool rsd_preset_builtin(uint32_t index, const char **json, size_t *json_bytes);

RSD_API RSD_NODISCARD rsd_status rsd_preset_load_sized(const rsd_preset *preset, size_t preset_bytes, rsd_model *model,
                                                       rsd_engine *engine, rsd_error *error);
/*
 * Takes an engine to a preset: every parameter and the codec, all in one step. What sounds goes on as it is until it is
 * faded into what will sound, in RSD_PARAM_TRANSITION_MS; before the first sample there is no fade. Parameters that the
 * preset does not name get their defaults, but for those of the session (rsd_param_is_of_session), which stay.
 *
 * model   opened by the caller where the preset names a codec that is not in use; the engine takes a reference of its
 *         own. NULL: the codec stays
 * error   may be NULL
 * Errors  RSD_ERR_ARG: a pointer, or a setting that rsd_engine_set would refuse. Those of rsd_engine_swap where there is
 *         a model. Nothing is changed then
 * Thread  [control]
 */
static inline RSD_NODISCARD rsd_status rsd_preset_load(const rsd_preset *preset, rsd_model *model, rsd_engine *engine,
                                                       rsd_error *error)
{
    return rsd_preset_load_sized(preset, sizeof *preset, model, engine, error);
}

/*
 * The same where the codec stays.
 *
 * Errors  RSD_ERR_ARG
 * Thread  [control]
 */
static inline RSD_NODISCARD rsd_status rsd_preset_apply(const rsd_preset *preset, rsd_engine *engine)
{
    return rsd_preset_load_sized(preset, sizeof *preset, NULL, engine, NULL);
}

RSD_API RSD_NODISCARD rsd_status rsd_preset_capture_sized(const rsd_engine *engine, const char *name, const char *codec,
                                                          rsd_preset *preset, size_t preset_bytes);
/*
 * What an engine is set to, as a preset: every value that is not the default.
 *
 * name    of the preset, under 64 bytes
 * codec   name or path; NULL: the preset names none
 * preset  gets it
 * Errors  RSD_ERR_ARG: a pointer, or a name that is too long
 * Thread  [control]
 */
static inline RSD_NODISCARD rsd_status rsd_preset_capture(const rsd_engine *engine, const char *name, const char *codec,
                                                          rsd_preset *preset)
{
    return rsd_preset_capture_sized(engine, name, codec, preset, sizeof *preset);
}

RSD_API char *rsd_preset_print_sized(const rsd_preset *preset, size_t preset_bytes);
/*
 * A preset as the JSON that rsd_preset_parse reads.
 *
 * Returns  text of malloc, the caller's to free; NULL: no memory
 * Thread   [setup], [control]
 */
static inline char *rsd_preset_print(const rsd_preset *preset)
{
    return rsd_preset_print_sized(preset, sizeof *preset);
}

RSD_API RSD_NODISCARD rsd_status rsd_preset_save_sized(const rsd_preset *preset, size_t preset_bytes,
                                                       const char *name_or_path, rsd_error *error);
/*
 * Writes a preset, whole or not at all. A name goes to the user's folder, which is made where it is not there, as
 * NAME.json; rsd_preset_open finds it there. What had that name is replaced.
 *
 * name_or_path  as for rsd_preset_open
 * error         may be NULL
 * Errors        RSD_ERR_ARG: no name for a preset; RSD_ERR_IO, RSD_ERR_MEMORY
 * Thread        [setup], [control]
 */
static inline RSD_NODISCARD rsd_status rsd_preset_save(const rsd_preset *preset, const char *name_or_path,
                                                       rsd_error *error)
{
    return rsd_preset_save_sized(preset, sizeof *preset, name_or_path, error);
}

#ifdef __cplusplus
}
#endif

#endif
