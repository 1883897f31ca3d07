// SPDX-License-Identifier: MIT
#ifndef RLV2_H
#define RLV2_H

#include "lv2_ports.h"
#include "plug.h"

#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/core/lv2.h>
#include <lv2/log/log.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>

#include <stdatomic.h>
#include <string.h>

typedef struct {
    LV2_URID atom_Object, atom_Blank, atom_Float, atom_Double, atom_Int, atom_Long, atom_Bool, atom_Path, atom_String,
        atom_URID, atom_Sequence;
    LV2_URID midi_Event, patch_Get, patch_Set, patch_property, patch_value, time_Position, time_beatsPerMinute,
        time_bar, time_barBeat, time_beatsPerBar, time_speed;
    LV2_URID log_Error, log_Warning, log_Note, state, codec_file, decoder_file;
    LV2_URID param[PLUG_MAX_PARAMS];
} rlv2_urids;

/* To the worker. */
typedef enum {
    RLV2_WORK_POLL,
    RLV2_WORK_CODEC,
    RLV2_WORK_PRESET,
    RLV2_WORK_CODEC_FILE,
    RLV2_WORK_DECODER_FILE,
    RLV2_WORK_OSC,
    RLV2_WORK_HTTP,
    RLV2_WORK_CODING
} rlv2_work_kind;
typedef struct {
    uint32_t kind;
    uint32_t number; /* codec index, port, or 1 for on */
    char path[];     /* RLV2_WORK_CODEC_FILE, RLV2_WORK_DECODER_FILE: zero-terminated */
} rlv2_job;

typedef struct {
    plug *plug;
    const plug_param *params;
    uint32_t param_count, channel_count, sample_rate_hz;
    uint32_t codec_param, osc_param, http_param;

    LV2_URID_Map *map;             /* NULL: no atoms, no state */
    LV2_Log_Log *log;              /* NULL: stderr */
    LV2_Worker_Schedule *schedule; /* NULL: codec and ports are looked at when activated only */
    rlv2_urids urids;
    LV2_Atom_Forge forge;

    const float *in[RSD_ENGINE_MAX_CHANNELS], *sidechain[RSD_ENGINE_MAX_CHANNELS]; /* NULL: not connected */
    float *out[RSD_ENGINE_MAX_CHANNELS];
    const LV2_Atom_Sequence *control;
    LV2_Atom_Sequence *notify;
    float *latency;
    const float *free_wheeling;             /* NULL: the host does not say */
    const float *coding;                    /* NULL: not to be measured */
    const float *controls[PLUG_MAX_PARAMS]; /* never NULL: what is not connected is not a number */
    float *meters[RLV2_METER_COUNT];

    /* What each control port said last; not a number: nothing yet. Audio writes, state saving reads. */
    _Atomic float last[PLUG_MAX_PARAMS];

    /* The audio thread's own. */
    uint32_t seen[PLUG_MAX_PARAMS];   /* bits of `last`: one comparison a port and block, which are many */
    bool measures_coding;             /* as the worker was told */
    uint32_t poll_left;               /* samples until the worker polls */
    bool tell_codec;                  /* to be said on the notify port */
    char codec_path[PLUG_PATH_BYTES]; /* for patch:Get; written by work_response */
} rlv2;

/* What a control port says, so that it counts only when it says another thing. [audio], or while that rests */
RSD_REALTIME static inline void rlv2_remember(rlv2 *self, uint32_t param, float value)
{
    memcpy(&self->seen[param], &value, sizeof value);
    /* Read by whoever saves the state: each value for itself, relaxed. */
    atomic_store_explicit(&self->last[param], value, memory_order_relaxed);
}

/* ---- lv2_plugin.c ---- */
void rlv2_log(void *context, plug_log_level level, const char *text);

/* ---- lv2_run.c ---- */
RSD_REALTIME void rlv2_run(LV2_Handle handle, uint32_t sample_count); /* [audio] */

/* ---- lv2_events.c: [audio] ---- */
/* Runs the block, cut where an event of the control port is due. */
RSD_REALTIME void rlv2_run_events(rlv2 *self, uint32_t sample_count);
RSD_REALTIME void rlv2_process(rlv2 *self, uint32_t from, uint32_t until);
/* Says on the notify port which file the codec is of, where that is to be said. */
RSD_REALTIME void rlv2_write_notify(rlv2 *self);

/* ---- lv2_work.c ---- */
/* Codec and servers as the ports say, here and now. Thread: [setup] */
void rlv2_take_slow_ports(rlv2 *self);
RSD_REALTIME bool rlv2_schedule(rlv2 *self, rlv2_work_kind kind, uint32_t number); /* [audio] */
/* What the worker does for a parameter that is not for the audio thread; false: it is for that. [audio] */
RSD_REALTIME bool rlv2_is_slow(const rlv2 *self, uint32_t param, rlv2_work_kind *kind);
RSD_REALTIME void rlv2_schedule_file(rlv2 *self, rlv2_work_kind kind, const char *path,
                                     uint32_t path_bytes);    /* [audio] */
void rlv2_codec_file(rlv2 *self, char path[PLUG_PATH_BYTES]); /* [control] */
extern const LV2_Worker_Interface rlv2_worker_interface;

/* ---- lv2_state.c ---- */
const void *rlv2_state_interface(void);

#endif
