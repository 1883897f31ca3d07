// SPDX-License-Identifier: MIT
#ifndef HOST_CONTROL_INTERNAL_H
#define HOST_CONTROL_INTERNAL_H

#include "host/session/control.h"

#define HOST_CONTROL_NAME_BYTES 4096u /* as long as a path may be */

/* One telemetry record and the hop of the codec that it came from. */
typedef struct {
    rsd_telemetry record;
    uint32_t hop_samples;
} host_meter_record;

/* A value that was set while a preset was on its way. */
typedef struct {
    uint64_t order;
    rsd_param_id param_id;
    uint32_t level;
    float value;
} host_control_note;

struct host_control {
    rsd_engine *engine;
    host_tap *tap;
    uint32_t sample_rate_hz, channel_count;
    rsd_ring *telemetry;
    const _Atomic float *coded_kbps; /* written by whoever measures it */

    char codec[HOST_CONTROL_NAME_BYTES];        /* asked for last */
    char codec_before[HOST_CONTROL_NAME_BYTES]; /* handed to the engine last; what is left when the waiting one fails */
    char model_name[64], model_name_before[64]; /* the models' own names for the same two */
    char preset[HOST_CONTROL_NAME_BYTES];
    char shown_codec[HOST_CONTROL_NAME_BYTES]; /* of `codec`, what may be shown */
    rsd_model *model, *model_before;           /* of the same two; NULL: not opened here */
    bool is_waiting;                           /* `model` is yet to be handed to the engine */
    bool preset_waits;                         /* `waiting_preset` is to be handed over with it */
    rsd_preset waiting_preset;
    uint64_t preset_mark; /* as of which it is in force */
    void (*before_preset)(void *context);
    void *before_preset_context;
    bool swap_under_way;
    bool is_loading; /* a codec or preset is being opened elsewhere */

    bool takes_notes;
    uint64_t note_order; /* of the latest note; 0: none yet */
    uint32_t note_count; /* of different parameters, the latest last */
    host_control_note notes[HOST_CONTROL_MAX_NOTES];

    host_meter_record window[HOST_METER_WINDOW];
    uint32_t window_next, window_count;
    uint64_t changed_frame_count, lost_frame_count; /* since create */
    uint64_t clipped_count;                         /* since the clip light was put out */
};

/* control_codec.c: what host_control_set_value has set. */
void host_control_note_value(host_control *control, rsd_param_id param_id, uint32_t level, float value);

/* control_codec.c: the value that a parameter gets with the preset that waits; false: none waits, or it leaves it. */
bool host_control_waiting_value(const host_control *control, rsd_param_id param_id, uint32_t level, float *value);

/* control_codec.c: after `codec` has changed. */
void host_control_show_codec(host_control *control);

/* control_meters.c: takes what telemetry has. */
void host_control_read_telemetry(host_control *control);

#endif
