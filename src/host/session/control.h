// SPDX-License-Identifier: MIT
#ifndef HOST_CONTROL_H
#define HOST_CONTROL_H

#include "host/session/tap.h"

#include <residuum/rsd_engine.h>
#include <residuum/rsd_preset.h>
#include <residuum/rsd_ring.h>

/*
 * The one front of the control thread: OSC, keys, command line and automation set parameters, codecs and presets here,
 * and read meters here. Every call returns a status and a text for a person; a refused value changes nothing. Thread of
 * all: [control] (create and destroy: [setup]).
 */

typedef struct host_control host_control;

typedef struct {
    rsd_engine *engine; /* borrowed, must outlive the control */
    host_tap *tap;      /* borrowed; NULL: no usage_bits and no tokens */
    const char *codec;  /* name or path that the engine was created with; NULL: the codec's own name */
    uint32_t sample_rate_hz;
    uint32_t channel_count;          /* of the engine: what makes no sense in mono is left out; 0: nothing is */
    const _Atomic float *coded_kbps; /* borrowed; where somebody measures it beside the tap; NULL: nobody */
    rsd_ring *telemetry; /* borrowed; of rsd_telemetry, from who reads the engine's; NULL: the engine's itself */
} host_control_config;

/* Meters: sums of the last HOST_METER_WINDOW telemetry records (100 ms). */
#define HOST_METER_WINDOW 5u
#define HOST_METER_FLOOR_DB (-120.0f)
typedef struct {
    bool valid;                             /* false before the first record */
    uint64_t sample_time;                   /* end of the window */
    uint32_t level_count;                   /* K of the codec in use */
    float levels;                           /* in use, fractional */
    float bitrate_kbps;                     /* of the levels in use, all channels */
    float coded_kbps;                       /* the same entropy coded: host_tap_coding_kbps */
    float input_peak_db, output_peak_db;    /* largest in the window, dBFS, down to HOST_METER_FLOOR_DB */
    float input_energy_db;                  /* mean square of the input, dBFS */
    float level_energy_db[RSD_MAX_LEVELS];  /* mean square of what level k adds, dBFS; FLOOR where it is not coded */
    float level_snr_db[RSD_MAX_LEVELS];     /* input over what levels 1..k leave, dB; 0 in silence; clamped to +-120 */
    float level_gain[RSD_MAX_LEVELS];       /* as heard: gain, mute, solo and the fractional level together */
    float level_usage_bits[RSD_MAX_LEVELS]; /* host_tap_usage_bits; 0 without a tap */
    uint32_t late_frame_count, dropped_count; /* of the engine, since create */
    uint64_t tap_dropped_count;
    uint64_t changed_frame_count,
        lost_frame_count;   /* by token effects, since create; lost ones are changed ones, too */
    uint64_t clipped_count; /* the clip light: output samples over full scale since host_control_reset_clip */
    float limiter_db;       /* the limiter's least gain in the window; 0: it did nothing */
} host_meters;

RSD_NODISCARD rsd_status host_control_create(const host_control_config *config, host_control **control);
void host_control_destroy(host_control *control); /* NULL is fine */

/*
 * "levels", "level_gain[3]", "monitor", "codec", "preset" ... with a value in words: "3.5", "residual", "live-64".
 * Errors: RSD_ERR_NOT_FOUND (symbol, preset, codec), RSD_ERR_ARG (index or value; the text has the range), those of
 * host_control_set_codec and _set_preset.
 */
RSD_NODISCARD rsd_status host_control_set(host_control *control, const char *symbol, const char *value,
                                          rsd_error *error);
/* "symbol=value", as --set takes it. */
RSD_NODISCARD rsd_status host_control_set_assignment(host_control *control, const char *assignment, rsd_error *error);
/*
 * By id and 0-based level. A per-level parameter of a level that the codec in use does not have is RSD_ERR_ARG, and so
 * is a value out of host_control_range; but the end of the parameter's own range is always taken ("all there is"), and
 * while a swap is pending all of that range is. A bitrate at the end of host_control_range is set as the end of the
 * parameter's own: it limits no other codec. check_value says the same and sets nothing.
 */
RSD_NODISCARD rsd_status host_control_set_value(host_control *control, rsd_param_id param_id, uint32_t level,
                                                float value, rsd_error *error);
RSD_NODISCARD rsd_status host_control_check_value(const host_control *control, rsd_param_id param_id, uint32_t level,
                                                  float value, rsd_error *error);
/*
 * At an engine sample time; late ones at once. All of the parameter's own range: another codec may be in use by then.
 * RSD_ERR_FULL: too many are waiting.
 */
RSD_NODISCARD rsd_status host_control_post_value(host_control *control, rsd_param_id param_id, uint32_t level,
                                                 float value, uint64_t sample_time, rsd_error *error);

/*
 * Opens the codec here and hands it to the engine, cross-faded. While an earlier swap is under way it waits; poll hands
 * it over; a later call replaces what waits. Errors as rsd_model_open and rsd_engine_swap; the codec stays.
 */
RSD_NODISCARD rsd_status host_control_set_codec(host_control *control, const char *name_or_path, rsd_error *error);
/*
 * Parameters of the preset, and its codec where it names another one, in one step: where the codec waits for an earlier
 * swap, the parameters wait with it, and what is set meanwhile is set again behind them. host_control_get answers what
 * they will be. Nothing is changed where one of both fails to open.
 */
RSD_NODISCARD rsd_status host_control_set_preset(host_control *control, const char *name_or_path, rsd_error *error);

/*
 * The same with what has been opened elsewhere (host_loader: no name that comes over OSC is opened here). The reference
 * to the model is taken over, whatever comes back. `name` is what the model was opened by.
 */
RSD_NODISCARD rsd_status host_control_take_codec(host_control *control, rsd_model *model, const char *name,
                                                 rsd_error *error);
typedef struct {
    const rsd_preset *preset;
    const char *name;  /* as it was asked for */
    rsd_model *model;  /* NULL where the preset names no codec */
    const char *codec; /* what the model was opened by */
    uint64_t mark;     /* of host_control_mark, or HOST_CONTROL_NO_MARK */
} host_control_opened;
RSD_NODISCARD rsd_status host_control_take_preset(host_control *control, const host_control_opened *opened,
                                                  rsd_error *error);
/* Before each preset is taken, whoever asked for it: what is in force then can be kept. Thread: [control] */
void host_control_before_preset(host_control *control, void (*act)(void *context), void *context);
/*
 * A preset that is opened elsewhere is in force as of when it was asked for: what host_control_set_value set after
 * host_control_mark is set again after the preset that is taken with that mark. Values are noted from the first mark to
 * host_control_forget_marks; there is room for one of every value. HOST_CONTROL_NO_MARK: none.
 */
#define HOST_CONTROL_MAX_NOTES RSD_PRESET_MAX_SETTINGS
#define HOST_CONTROL_NO_MARK UINT64_MAX
uint64_t host_control_mark(host_control *control);
void host_control_forget_marks(host_control *control);
/* The codec in use, decoded by another one ("none": by itself). Thread: [control] */
RSD_NODISCARD rsd_status host_control_set_decoder(host_control *control, const char *name_or_path, rsd_error *error);
/* A new reference to the model of host_control_codec; NULL where the control did not open it. */
rsd_model *host_control_model(const host_control *control);

/* Names as given; codec is the one asked for last (it may still be on its way in), preset "" before the first.
 * Borrowed. */
const char *host_control_codec(const host_control *control);
/* The one that the engine got last, as it was named. */
const char *host_control_handed_codec(const host_control *control);
const char *host_control_preset(const host_control *control);
/* A text parameter's value as it may be shown to others. Borrowed. */
const char *host_control_shown_text(const host_control *control, rsd_param_id param_id);
/* What may be shown to others: of a path its last part alone, so that nothing of the machine's folders is told. */
const char *host_control_shown_name(const char *name_or_path);
bool host_control_swap_pending(const host_control *control);
/* rsd_engine_set_block; RSD_ERR_FULL while a swap is pending. */
RSD_NODISCARD rsd_status host_control_set_block(host_control *control, uint32_t block_samples, rsd_error *error);
/* Says whether a codec or preset is being opened elsewhere: until it is in, values are held to no codec's range. */
void host_control_set_loading(host_control *control, bool is_loading);

/*
 * The value in force: what was set, clamped to what the codec in use has (levels, codebook_bits, bitrate).
 * RSD_ERR_ARG: TEXT parameters, level out of range. get_text gives any parameter in words ("3.5", "residual",
 * "live-64").
 */
RSD_NODISCARD rsd_status host_control_get(const host_control *control, rsd_param_id param_id, uint32_t level,
                                          float *value);
RSD_NODISCARD rsd_status host_control_get_text(const host_control *control, const char *symbol, char *text,
                                               size_t text_bytes, rsd_error *error);
/* False: it makes no sense with so few channels, and to set it is RSD_ERR_ARG. */
bool host_control_has(const host_control *control, const rsd_param_info *info);
/* rsd_engine_levels_in_use of the values set, with the codec in use: what the screen shows. */
float host_control_levels_in_use(const host_control *control);
/* Range that has an effect with the codec in use: levels 0..K and so on. */
void host_control_range(const host_control *control, const rsd_param_info *info, float *min, float *max);

/*
 * Call it every few milliseconds: drains telemetry and tap, hands over a waiting codec or another number of
 * generations, frees what swaps retired.
 * Returns RSD_OK, or the failure of a codec that waited (`error` says which; it is then dropped).
 */
RSD_NODISCARD rsd_status host_control_poll(host_control *control, rsd_error *error);
/* Whether a preset waits with its codec: its values are not the engine's yet. */
bool host_control_preset_waits(const host_control *control);

void host_control_get_meters(const host_control *control, host_meters *meters);
void host_control_reset_clip(host_control *control); /* puts the clip light out */
void host_control_get_codec_info(const host_control *control, rsd_codec_info *info);
/* The latest token frame of channel 0; false before the first, or without a tap. */
bool host_control_latest_tokens(const host_control *control, uint64_t *frame_index, rsd_token_frame *frame);
rsd_engine *host_control_engine(host_control *control);
uint32_t host_control_sample_rate_hz(const host_control *control); /* as configured */
/* In place of the configuration's from now on; NULL: none. */
void host_control_set_tap(host_control *control, host_tap *tap);

#endif
