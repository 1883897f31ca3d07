// SPDX-License-Identifier: MIT
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include <residuum/rsd_dsp.h>
#include <residuum/rsd_engine.h>
#include <residuum/rsd_ring.h>

#include "codec/stages.h"
#include "dsp/limiter.h"
#include "engine/changes.h"
#include "engine/feedback_internal.h"
#include "engine/instance_internal.h"
#include "engine/sidechain_internal.h"
#include "engine/modulation.h"

#include <stdalign.h>
#include <stdatomic.h>

/*
 * The engine works on sub-blocks of at most ENGINE_SUB_BLOCK_SAMPLES. A sub-block also ends where anything changes (an
 * event, the end of a ramp, a period), so that which path a sample takes depends on its time alone and never on how the
 * caller cut.
 */
#define ENGINE_TELEMETRY_CAPACITY 64u
#define ENGINE_SWAP_SETTLE_FRAMES 4u /* beyond its latency, before an incoming codec is heard */
#define ENGINE_INPUT_LIMIT 64.0f
#define ENGINE_NO_SHARE (-1.0f)

/* A posted event that waits for its sample; `order` keeps events of the same sample in the order of their posting. */
typedef struct {
    uint64_t sample_time;
    uint64_t order;
    rsd_param_id param_id;
    uint32_t level;
    float value;
} engine_pending_event;

struct rsd_engine {
    rsd_engine_config config;
    engine_token_hooks hooks;
    rsd_sound_tap sound_tap; /* as the hooks: constant from the first process call on; NULL: none */
    void *sound_tap_context;
    rsd_ring *changes;    /* engine_change; NULL: nobody wants to know; as hooks, set before the first process call */
    codec_stages *stages; /* NULL: nobody wants to know; as hooks, set before the first process call */

    /* Control thread -> audio thread, and what both write. */
    alignas(64) _Atomic float values[ENGINE_VALUE_COUNT]; /* what rsd_engine_get answers */
    _Atomic float held_share;                             /* of levels_share.h; ENGINE_NO_SHARE: none is held */
    _Atomic uint32_t generation;                          /* raised by control after it has stored into values */
    _Atomic uint32_t states_asked;          /* raised by control before the generation: values are a whole new state */
    _Atomic(engine_instance *) handed_over; /* swap: control puts an instance, audio takes it and leaves NULL */
    rsd_ring *events;                       /* rsd_event, control -> audio */
    _Atomic bool wait_for_frames;           /* any -> audio */
    uint32_t events_posted;                 /* control's own */
    _Atomic uint32_t events_refused;        /* control -> audio, for telemetry */
    bool swap_under_way;                    /* control's own */

    /* Audio thread -> the others. */
    alignas(64) _Atomic uint32_t events_taken; /* events applied or dropped so far */
    _Atomic uint32_t changes_lost;             /* that had no room */
    _Atomic uint64_t sample_time;
    _Atomic uint64_t latency_bits;             /* see engine_publish_instance */
    _Atomic uint32_t reported_level_count;     /* of the same, for threads that must not look at it */
    _Atomic(const engine_instance *) reported; /* the instance that info and latency are of */
    rsd_ring *retired;                         /* engine_instance *, audio -> control, which frees */
    rsd_ring *telemetry;                       /* rsd_telemetry, audio -> control */

    /* The audio thread's own from here on. */
    alignas(64) float params[ENGINE_VALUE_COUNT]; /* as wanted: what the newest state has or is to get */
    float base[ENGINE_VALUE_COUNT];               /* as set; params: with what modulation adds */
    float levels_share;                           /* held_share as of now */
    engine_modulation modulation;
    uint32_t seen_generation, seen_states;
    bool is_changed;           /* params differ from the newest state's */
    bool wants_state;          /* params are a whole new state: they are faded to */
    uint64_t time;             /* samples processed since create or reset */
    uint32_t call_left;        /* samples of this call of process that come after the sub-block */
    bool waits;                /* wait_for_frames as of this call */
    engine_instance *received; /* handed over, and waiting for a cross-fade to end */
    engine_instance *current, *incoming;
    bool incoming_heard;                         /* the cross-fade has begun: incoming is the one that is reported */
    bool incoming_tapped;                        /* a frame of it has been tapped: current is not tapped any more */
    uint32_t received_count;                     /* instances that control handed over */
    uint32_t tapped_codec;                       /* number of the instance whose frame was tapped last */
    uint32_t incoming_left;                      /* samples until the incoming instance may be heard */
    uint32_t incoming_acting, incoming_measured; /* with so many left its effects act, and its loudness is measured */
    rsd_ramp fade;                               /* 0: the instance in use, 1: the incoming one */
    engine_curve fade_curve;
    limiter limiter;               /* of all that leaves */
    engine_pending_event *pending; /* binary heap, RSD_ENGINE_EVENT_CAPACITY places */
    uint32_t pending_count;
    uint64_t pending_order;
    rsd_telemetry period; /* sums so far */
    uint32_t period_samples, period_left;
    float recent_input_peak;                   /* the same of the input */
    float recent_peak;                         /* of the output before this period: falls by a half in 2 s */
    uint32_t telemetry_lost, late_frame_count; /* since create */
    float *raw, *gained;                       /* channel_count x ENGINE_SUB_BLOCK_SAMPLES each */
    float *fade_scratch;                       /* ENGINE_SUB_BLOCK_SAMPLES */
    engine_feedback feedback;
    engine_sidechain sidechain;
};

/* Which parameter moves a ramp, and how. TRANSPORT: engine_transition.c moves it. */
typedef struct {
    rsd_param_ramp ramp;
    rsd_param_id param_id;
} engine_ramp_row;

/* ---- engine_params.c ---- */
/* Index into values; ENGINE_VALUE_COUNT when the id or level is not of a numeric parameter. Thread: [any] */
RSD_REALTIME uint32_t engine_value_index(rsd_param_id param_id, uint32_t level);
/* What every value is before it is set; 0 where no parameter is. Thread: [any] */
void engine_default_values(float values[ENGINE_VALUE_COUNT]);
/* Checks and rounds; false: out of range, see rsd_engine_set. Thread: [any] */
RSD_REALTIME bool engine_value_is_valid(rsd_param_id param_id, uint32_t level, float *value);
/* Stores a whole state, which is faded to. `instance`: of its codec, handed over in the same step; NULL: the codec stays.
 * Thread: [control] */
void engine_store_state(rsd_engine *engine, const float values[ENGINE_VALUE_COUNT], engine_instance *instance);
/* Takes over what control has set since the last call. Thread: [audio] */
RSD_REALTIME void engine_pick_up_params(rsd_engine *engine);

/* Lets audio pick up what was stored. Thread: [control] */
void engine_raise_generation(rsd_engine *engine);

/* ---- levels_share.c ---- */
/* Levels are to be counted anew, for this codec, where a share of them is held. Thread: [audio] */
RSD_REALTIME void engine_follow_levels_share(rsd_engine *engine, const rsd_codec_info *codec);
RSD_REALTIME void engine_pick_up_levels_share(rsd_engine *engine); /* [audio] */
/* Levels are set by themselves: no share of them is held any more. Thread: [audio], [control] */
RSD_REALTIME void engine_drop_levels_share(rsd_engine *engine);

/* ---- changes.c: to who watches, where somebody does. Thread: [audio] ---- */
RSD_REALTIME void engine_tell_value(rsd_engine *engine, uint32_t index, float value);
/* The base values as they are are a whole state; `before`: what they were. */
RSD_REALTIME void engine_tell_state(rsd_engine *engine, const float before[ENGINE_VALUE_COUNT]);
RSD_REALTIME void engine_tell_codec(rsd_engine *engine);
RSD_REALTIME void engine_tell_transport(rsd_engine *engine, float bpm, double beats, bool is_rolling);

/* ---- state.c ---- */
extern const engine_ramp_row engine_ramp_rows[ENGINE_RAMP_COUNT];
RSD_REALTIME uint32_t engine_samples_of_ms(const rsd_engine *engine, float ms);
/* Ramps of their lengths, standing at what the parameters say. Thread: [audio]; [control]: not with engine->params */
RSD_REALTIME void engine_state_start(const rsd_engine *engine, const float params[ENGINE_VALUE_COUNT],
                                     engine_state *state);
/* The parameters as wanted, with ramps towards them; at sample 0 they are there at once. Thread: [audio] */
RSD_REALTIME void engine_state_take(const rsd_engine *engine, engine_state *state);
/* Takes every ramp through the sub-block: from state->ramps to state->curves. */
RSD_REALTIME void engine_state_advance(engine_state *state, uint32_t sample_count);
/* Towards `target`; at sample 0 it is there at once. */
RSD_REALTIME void engine_ramp_to(const rsd_engine *engine, rsd_ramp *ramp, float target);
RSD_REALTIME void engine_advance_ramp(rsd_ramp *ramp, engine_curve *curve, uint32_t sample_count);

/* ---- engine_setup.c ---- */
/* Fades to a state of these values, and to `model` where it is not NULL: one step. Errors as rsd_engine_swap, and then
 * nothing is changed. Thread: [control] */
RSD_NODISCARD rsd_status engine_load_state(rsd_engine *engine, const float values[ENGINE_VALUE_COUNT], rsd_model *model,
                                           rsd_error *error);

/* ---- engine_events.c ---- */
RSD_REALTIME void engine_receive_events(rsd_engine *engine);
RSD_REALTIME void engine_apply_due_events(rsd_engine *engine);
/* Samples until the next event, at most `limit`. */
RSD_REALTIME uint32_t engine_event_distance(const rsd_engine *engine, uint32_t limit);
RSD_REALTIME void engine_drop_events(rsd_engine *engine);

/* ---- engine_report.c ---- */
/* Makes `instance` the one that latency, info and meters are of. */
RSD_REALTIME void engine_publish_instance(rsd_engine *engine, const engine_instance *instance);

/* ---- engine_transition.c ---- */
RSD_REALTIME void engine_receive_instance(rsd_engine *engine);
/* Before the first sample: what was handed over and set so far is in force, without a fade. */
RSD_REALTIME void engine_settle(rsd_engine *engine);
/* Cross-fades, parameters and bypass, at the sample where the next sub-block starts. */
RSD_REALTIME void engine_update_transport(rsd_engine *engine);
/* The instance that latency, info, meters and the tap are of. */
RSD_REALTIME engine_instance *engine_heard_instance(const rsd_engine *engine);

/* ---- engine_frame.c ---- */
/* How much of level k is active when `levels` are: 1 for the whole ones, the fraction for the last, 0 above. */
RSD_REALTIME float engine_level_activity(float levels, uint32_t k);
/* Codec controls of a frame of `instance` that starts now, from the parameters. Thread: [audio] */
RSD_REALTIME void engine_take_controls(const rsd_engine *engine, const engine_instance *instance,
                                       engine_frame_job *job);
/* engine_effects.c: those of the token effects, and of the moves, where some are on. Thread: [audio] */
RSD_REALTIME void engine_take_moves(const float params[ENGINE_VALUE_COUNT], token_move_controls *moves);
RSD_REALTIME void engine_take_effects(const rsd_engine *engine, const engine_instance *instance,
                                      token_effect_controls *effects);
/* engine_effects.c, engine_moves.c: whether any is on. Found once a change of the parameters and not once a frame: what
 * is off is to cost nothing. Thread: [any] */
RSD_REALTIME bool engine_effects_are_on(const float params[ENGINE_VALUE_COUNT]);
RSD_REALTIME bool engine_moves_are_on(const float params[ENGINE_VALUE_COUNT]);
/* engine_effects.c: frames that they play from the past: a state that fades in hears so many before. Thread: [audio] */
RSD_REALTIME uint32_t engine_effects_past_frames(const float params[ENGINE_VALUE_COUNT], uint32_t level_count);
/* Tells the tap of one coded hop, channel after channel. Here alone the tap is called. Thread: [audio] */
RSD_REALTIME void engine_tap_frame(rsd_engine *engine, const engine_instance *instance,
                                   const engine_frame_result *result, const engine_coded_channel *coded);

/* ---- engine_mix.c ---- */
/* Non-finite -> 0, limit +-64; returns the largest magnitude. Keeps every other bit. in may be out. */
RSD_REALTIME float engine_sanitise(const float *in, float *out, uint32_t sample_count);
RSD_REALTIME void engine_clamp(float *samples, uint32_t sample_count);
/* Input gain of a state for all channels: engine->raw to engine->gained; returns raw itself where the gain is one. */
RSD_REALTIME const float *engine_gain_input(rsd_engine *engine, const engine_state *state, uint32_t sample_count);
/* From `out` to `incoming`, in place. */
RSD_REALTIME void engine_cross_fade(const float *ramp, const float *incoming, float *out, uint32_t sample_count);
/* Mixes the instances' wet and dry into out[c] + offset. */
RSD_REALTIME void engine_mix(rsd_engine *engine, float *const *out, uint32_t offset, uint32_t sample_count);

/* ---- telemetry.c ---- */
RSD_REALTIME void engine_account_frames(rsd_engine *engine, const engine_frame_result *result);
/* Counts sample_count samples of the period and writes the record where it ends. */
RSD_REALTIME void engine_account_samples(rsd_engine *engine, uint32_t sample_count);
RSD_REALTIME void engine_reset_telemetry(rsd_engine *engine);
/* Largest sample of the output since the last transition; what is long ago counts less. Thread: [audio] */
RSD_REALTIME float engine_recent_peak(const rsd_engine *engine);
RSD_REALTIME float engine_recent_input_peak(const rsd_engine *engine); /* the same of what came in */

/* Whether a loop runs in it, or is about to; NULL: no. Inline, as it is what feedback costs while it is off. [audio] */
RSD_REALTIME static inline bool engine_feeds_back(const engine_instance *instance)
{
    if (!instance || !instance->state.running) return false;
    const rsd_ramp *amount = &instance->state.ramps[ENGINE_RAMP_FEEDBACK];
    return amount->remaining_samples > 0u || amount->target != 0.0f;
}

#endif
