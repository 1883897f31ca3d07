// SPDX-License-Identifier: MIT
#ifndef RSD_ENGINE_INTERNAL_H
#define RSD_ENGINE_INTERNAL_H

#include <residuum/rsd_dsp.h>
#include <residuum/rsd_engine.h>
#include <residuum/rsd_ring.h>

#include "engine/instance_internal.h"

#include <stdalign.h>
#include <stdatomic.h>

/*
 * The engine works on pieces of at most ENGINE_SUB_BLOCK_SAMPLES. A piece also ends where anything changes (an event,
 * the end of a ramp, a period), so that which path a sample takes depends on its time alone and never on how the caller
 * cut.
 */
#define ENGINE_TELEMETRY_CAPACITY 64u
#define ENGINE_SWAP_FADE_MS 20u
#define ENGINE_SWAP_SETTLE_FRAMES 4u /* beyond its latency, before an incoming codec is heard */
#define ENGINE_INPUT_LIMIT 64.0f

/* One value of one parameter: scalars at their id, per-level parameters in a run of RSD_MAX_LEVELS each. */
enum {
    ENGINE_VALUE_LEVEL_GAIN = RSD_PARAM_ID_END,
    ENGINE_VALUE_LEVEL_MUTE = ENGINE_VALUE_LEVEL_GAIN + RSD_MAX_LEVELS,
    ENGINE_VALUE_LEVEL_SOLO = ENGINE_VALUE_LEVEL_MUTE + RSD_MAX_LEVELS,
    ENGINE_VALUE_COUNT = ENGINE_VALUE_LEVEL_SOLO + RSD_MAX_LEVELS
};

/* A posted event that waits for its sample; `order` keeps events of the same sample in the order of their posting. */
typedef struct {
    uint64_t sample_time;
    uint64_t order;
    rsd_param_id param_id;
    uint32_t level;
    float value;
} engine_pending_event;

/* Monitor and gain ramps of one engine, shared by its channels. */
typedef struct {
    rsd_ramp wet, dry; /* out = wet * decoded + dry * delayed input */
    rsd_ramp input_gain, output_gain;
    rsd_ramp bypass; /* 0: the mix, 1: the input */
    rsd_ramp swap;   /* 0: the codec in use, 1: the incoming one */
} engine_ramps;

struct rsd_engine {
    rsd_engine_config config;
    engine_token_hooks hooks;

    /* Control thread -> audio thread, and what both write. */
    alignas(64) _Atomic float values[ENGINE_VALUE_COUNT]; /* what rsd_engine_get answers */
    _Atomic uint32_t generation;                          /* raised by control after it has stored into values */
    _Atomic(engine_instance *) handed_over; /* swap: control puts an instance, audio takes it and leaves NULL */
    rsd_ring *events;                       /* rsd_event, control -> audio */
    _Atomic bool wait_for_frames;           /* any -> audio */
    uint32_t events_posted;                 /* control's own */
    _Atomic uint32_t events_refused;        /* control -> audio, for telemetry */
    bool swap_under_way;                    /* control's own */

    /* Audio thread -> the others. */
    alignas(64) _Atomic uint32_t events_taken; /* events applied or dropped so far */
    _Atomic uint64_t sample_time;
    _Atomic uint64_t latency_bits;             /* see engine_publish_instance */
    _Atomic(const engine_instance *) reported; /* the instance that info and latency are of */
    rsd_ring *retired;                         /* engine_instance *, audio -> control, which frees */
    rsd_ring *telemetry;                       /* rsd_telemetry, audio -> control */

    /* The audio thread's own from here on. */
    alignas(64) float params[ENGINE_VALUE_COUNT];
    uint32_t seen_generation;
    uint64_t time;      /* samples processed since create or reset */
    uint32_t call_left; /* samples of this call of process that come after the piece */
    bool waits;         /* wait_for_frames as of this call */
    engine_instance *current, *incoming;
    bool incoming_heard;    /* the cross-fade has begun: incoming is the one that is reported */
    bool incoming_tapped;   /* a frame of it has been tapped: current is not tapped any more */
    bool running;           /* false: bypass has settled and the codecs rest */
    uint32_t run_in_left;   /* samples until a restarted codec's sound has come through */
    uint32_t incoming_left; /* samples until the incoming instance may be heard */
    engine_ramps ramps;
    engine_pending_event *pending; /* binary heap, RSD_ENGINE_EVENT_CAPACITY places */
    uint32_t pending_count;
    uint64_t pending_order;
    rsd_telemetry period; /* sums so far */
    uint32_t period_samples, period_left;
    uint32_t telemetry_lost, late_frame_count; /* since create */
    float *raw, *gained;                       /* channel_count x ENGINE_SUB_BLOCK_SAMPLES each */
    float *fade_scratch;                       /* ENGINE_SUB_BLOCK_SAMPLES */
};

/* ---- engine_params.c ---- */
/* Index into values; ENGINE_VALUE_COUNT when the id or level is not of a numeric parameter. Thread: [any] */
RSD_REALTIME uint32_t engine_value_index(rsd_param_id param_id, uint32_t level);
/* Checks and rounds; false: out of range, see rsd_engine_set. Thread: [any] */
RSD_REALTIME bool engine_value_is_valid(rsd_param_id param_id, uint32_t level, float *value);
/* Stores a whole table at once, for presets. Thread: [control] */
void engine_store_values(rsd_engine *engine, const float values[ENGINE_VALUE_COUNT]);
/* Takes over what control has set since the last call. Thread: [audio] */
RSD_REALTIME void engine_pick_up_params(rsd_engine *engine);
/* Moves the mixer's ramps towards the parameters; at sample 0 they are there at once. Thread: [audio] */
RSD_REALTIME void engine_update_ramps(rsd_engine *engine);
RSD_REALTIME void engine_ramp_to(const rsd_engine *engine, rsd_ramp *ramp, float target);

/* ---- engine_events.c ---- */
RSD_REALTIME void engine_receive_events(rsd_engine *engine);
RSD_REALTIME void engine_apply_due_events(rsd_engine *engine);
/* Samples until the next event, at most `limit`. */
RSD_REALTIME uint32_t engine_event_distance(const rsd_engine *engine, uint32_t limit);
RSD_REALTIME void engine_drop_events(rsd_engine *engine);

/* ---- engine_swap.c ---- */
RSD_REALTIME void engine_receive_instance(rsd_engine *engine);
/* Bypass and swap, at the sample where the next piece starts. */
RSD_REALTIME void engine_update_transport(rsd_engine *engine);
/* Makes `instance` the one that latency, info and meters are of. */
void engine_publish_instance(rsd_engine *engine, const engine_instance *instance);

/* ---- engine_frame.c ---- */
/* Codec controls of a frame of `instance` that starts now, from the parameters. Thread: [audio] */
RSD_REALTIME void engine_take_controls(const rsd_engine *engine, const engine_instance *instance,
                                       engine_frame_job *job);
/* Tells the tap of one coded hop, channel after channel. Here alone the tap is called. Thread: [audio] */
RSD_REALTIME void engine_tap_frame(rsd_engine *engine, const engine_instance *instance,
                                   const engine_frame_result *result, const engine_coded_channel *coded);

/* ---- engine_mix.c ---- */
/* Non-finite -> 0, limit +-64; returns the largest magnitude. Keeps every other bit. in may be out. */
RSD_REALTIME float engine_sanitise(const float *in, float *out, uint32_t sample_count);
RSD_REALTIME void engine_limit(float *samples, uint32_t sample_count);
/* Input gain for all channels: engine->raw to engine->gained; returns raw itself where the gain is one. */
RSD_REALTIME const float *engine_gain_input(rsd_engine *engine, uint32_t sample_count);
/* Mixes the instances' wet and dry into out[c] + offset; advances the ramps. */
RSD_REALTIME void engine_mix(rsd_engine *engine, float *const *out, uint32_t offset, uint32_t sample_count);

/* ---- telemetry.c ---- */
RSD_REALTIME void engine_account_frames(rsd_engine *engine, const engine_frame_result *result);
/* Counts sample_count samples of the period and writes the record where it ends. */
RSD_REALTIME void engine_account_samples(rsd_engine *engine, uint32_t sample_count);
RSD_REALTIME void engine_reset_telemetry(rsd_engine *engine);

#endif
