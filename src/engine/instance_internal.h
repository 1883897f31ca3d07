// SPDX-License-Identifier: MIT
#ifndef ENGINE_INSTANCE_INTERNAL_H
#define ENGINE_INSTANCE_INTERNAL_H

#include "base/numbers.h"
#include "codec/stages.h"
#include "dsp/band_filter.h"
#include "engine/level_match.h"
#include "engine/state_internal.h"

#include "engine/sidechain_internal.h"

#include <residuum/rsd_dsp.h>
#include <residuum/rsd_engine.h>
#include <residuum/rsd_ring.h>

#include "token/effects/effects.h"
#include "token/moves/moves.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/*
 * An instance is one codec as it runs in an engine: a codec state a channel, hop buffers, the resamplers where the codec's
 * rate is not the engine's, and delay lines for dry and bypassed sound of exactly the instance's latency.
 *
 * Time line of hop f (codec rate), inline: its samples come in at [f hop, (f+1) hop); with the last of them the frame
 * is coded, and its decoded samples go out at [(f+1) hop, (f+2) hop). Threaded: the worker gets the frame there and its
 * samples go out at [(f+2) hop, (f+3) hop); they are fetched with the first sample of the hop that they play in, not
 * with the last of the one before, which gives the worker a block more where a hop is whole blocks.
 *
 * With resampling, input sample t reaches the codec at t r + in_delay (r = codec rate / engine rate), leaves it codec
 * latency later, and the engine out_delay + prefill after that; `align` adds the fewest codec samples that make the sum
 * a whole number of engine samples. `prefill` is what the two roundings down (engine -> codec -> engine) can owe: less
 * than 1 + 1/r samples.
 */

#define ENGINE_MAX_GENERATIONS 8u /* the most that RSD_PARAM_GENERATIONS takes */
#define ENGINE_INSTANCE_ALIGN_MAX_SAMPLES                                                                              \
    512u                                  /* where more were needed, latency is rounded: at most half a sample off */
#define ENGINE_WORKER_QUEUE_FRAMES 8u     /* frames on their way to or from the worker */
#define ENGINE_WORKER_MAX_BACKLOG 4u      /* where more wait, the oldest are left out: they would all come late */
#define ENGINE_INSTANCE_PATCH_SAMPLES 64u /* fade back in after a hop that the worker did not deliver in time */

typedef struct engine_instance engine_instance;
typedef struct engine_worker engine_worker;

typedef struct {
    rsd_token_tap tap;
    void *tap_context;
    rsd_token_source source;
    void *source_context;
} engine_token_hooks;

/* What it takes to code one hop of all channels; in a worker's queue channel_count x hop samples follow. */
typedef struct {
    uint64_t frame_index;
    uint32_t number;  /* numbers what the worker is given, 1..; the worker answers with the same */
    bool reset_first; /* the codec starts anew with this frame */
    bool heard;       /* of the codec that is reported: goes to the tap and the meters */
    rsd_encode_controls encode;
    rsd_decode_controls decode;
    token_effect_controls effects;
    token_move_controls moves;
    engine_cross_controls cross;
    float earlier_noise_fill; /* of the generations before the last: whatever is soloed in that */
} engine_frame_job;

/*
 * What comes back; in a worker's queue channel_count engine_coded_channel and then channel_count x hop samples follow.
 * Meters are summed over channels.
 */
typedef struct {
    uint64_t frame_index;
    uint32_t number;
    uint32_t frame_count, changed_frame_count, lost_frame_count;
    bool heard;
    rsd_level_meter meter;
} engine_frame_result;

typedef struct {
    uint32_t codec_samples, resampler_samples, schedule_samples, total_samples; /* at the engine's rate */
    uint32_t align_samples;                                                     /* at the codec's rate */
    uint32_t prefill_samples;                                                   /* at the engine's rate */
} engine_instance_latency;

/* What coding one channel of a hop gives beside samples. */
typedef struct {
    rsd_token_frame frame;
    rsd_level_meter meter;
    bool is_changed, is_lost; /* by token effects */
    bool found;               /* there was a frame: false only where a token source had none */
} engine_coded_channel;

/* Where one coded hop goes: the instance's own buffers, or an item of its worker's queue. */
typedef struct {
    engine_frame_result *result;
    engine_coded_channel *coded; /* channel_count */
    float *samples;              /* channel_count x hop */
} engine_frame_output;

/*
 * Tandem coding: with n generations a hop goes through n codecs, one after the other, in the call that codes it. All
 * cut their frames at the same samples, so that every further generation adds what its codec takes beside the hop that
 * is filling: latency_samples - hop_samples.
 */
typedef struct {
    uint32_t count; /* all of them, 1..ENGINE_MAX_GENERATIONS */
    rsd_codec *earlier[ENGINE_MAX_GENERATIONS - 1u][RSD_ENGINE_MAX_CHANNELS];
    float *hops; /* channel_count x hop_samples: what the generation before gave */
} engine_generations;

struct engine_instance {
    rsd_model *model; /* one reference */
    rsd_codec_info info;
    uint32_t codec_number; /* audio's own: of those that the engine had, from 0; rsd_engine_tapped_codec */
    uint32_t engine_rate_hz, channel_count;
    uint32_t block_samples; /* as the engine's configuration has it */
    rsd_schedule schedule;  /* INLINE or THREADED, once picked */
    engine_instance_latency latency;
    codec_stages *stages;            /* as the engine's */
    const engine_token_hooks *hooks; /* the engine's; set before the first process call, constant then */
    engine_instance *twin; /* the other one of the pair: a new state of the same codec runs in and fades in there */
    uint32_t generation;   /* control's, when it was handed over: the audio thread takes it with these values */
    engine_state state;    /* the audio thread's, as the next */
    engine_level_match match;

    rsd_codec
        *codecs[RSD_ENGINE_MAX_CHANNELS]; /* of the last generation; the worker's where there is one, as the next */
    token_effects *effects[RSD_ENGINE_MAX_CHANNELS];
    uint32_t predicted_levels;      /* the first so many can be imagined; 0: none */
    token_moves *moves;             /* channel_count */
    engine_generations generations; /* those before the last */
    bool has_sidechain;
    engine_sidechain_path sidechain;
    engine_coded_channel *coded; /* channel_count: where a hop is coded without a worker */
    rsd_delay *dry_delay[RSD_ENGINE_MAX_CHANNELS], *raw_delay[RSD_ENGINE_MAX_CHANNELS];
    band_filter band[RSD_ENGINE_MAX_CHANNELS]; /* of the decoded sound */
    bool is_band_limited;                      /* band has heard something */
    float *wet, *dry, *raw; /* channel_count x ENGINE_SUB_BLOCK_SAMPLES each: what comes out of one sub-block */

    float *hop_in,
        *hop_out;         /* channel_count x hop_samples each; where there is a side-chain, its hops follow in hop_in */
    uint32_t position;    /* samples of the hop that are in */
    uint64_t frame_index; /* of the hop that is filling */
    bool controls_taken;  /* job holds the controls of the hop that is filling */
    bool reset_pending;   /* the next frame starts the codec anew */
    bool fetch_pending;   /* threaded: the first sample of the hop that begins wants its hop_out */
    engine_frame_job job;
    engine_frame_result result;

    bool resampled;
    rsd_resampler *to_codec[RSD_ENGINE_MAX_CHANNELS], *from_codec[RSD_ENGINE_MAX_CHANNELS];
    rsd_delay *align[RSD_ENGINE_MAX_CHANNELS];
    uint32_t codec_sub_block_samples; /* most codec samples of one sub-block: stride of the two below */
    float *codec_in, *codec_out;      /* channel_count x codec_sub_block_samples */
    uint32_t ready_stride, ready_count;
    float *ready; /* channel_count x ready_stride: resampled, not yet given out */

    engine_worker *worker;                                                      /* NULL inline */
    void *owned[24u + (9u + ENGINE_MAX_GENERATIONS) * RSD_ENGINE_MAX_CHANNELS]; /* blocks that destroy frees */
    uint32_t owned_count;
};

/* The worker of one instance. The audio thread's part is in worker.c, the thread itself in worker_thread.c. */
typedef struct engine_worker_thread engine_worker_thread;
struct engine_worker {
    rsd_ring *jobs;    /* engine_frame_job and samples, audio -> worker */
    rsd_ring *results; /* engine_frame_result and samples, worker -> audio */
    /*
     * Whoever has set it is at the reading end of jobs, the writing end of results and the codecs: the worker, or the
     * audio thread where it codes a frame itself. Nobody waits for it but engine_worker_fetch, where it may.
     */
    atomic_flag coding;
    _Atomic uint32_t pushed, taken; /* jobs so far, by audio and by whoever codes: equal when there is nothing to do */
    uint32_t next_number;           /* audio's own; never 0, which is "none" */
    uint32_t awaited_number, due_number; /* audio's own: of the hop after the next, and of the next */
    uint32_t first_number; /* audio's own: what has a lower number was given out before a restart, and is not tapped */
    uint32_t heard_hops_left; /* audio's own: hops until all that is heard and was given out has been fetched or is late
                               */
    bool patching;            /* audio's own: the hop that is playing came late */
    _Atomic int stop;         /* control -> worker */
    engine_worker_thread *thread;
};

/* ---- instance_setup.c ---- */
/* Builds a pair of instances ready to run, their workers started, and gives the one of it; takes references on `model`.
 * Thread: [setup], [control] */
RSD_NODISCARD rsd_status engine_instance_create(const rsd_engine *engine, rsd_model *model, uint32_t generation_count,
                                                engine_instance **instance, rsd_error *error);
void engine_instance_destroy(engine_instance *instance); /* and its twin; NULL is fine. Thread: [setup], [control] */
/* Zeroed, aligned to 64, freed with the instance; NULL when there is no memory. */
void *engine_instance_allocate(engine_instance *instance, size_t size_bytes);
/* One codec of the instance's model, in a block of the instance. */
RSD_NODISCARD rsd_status engine_instance_add_codec(engine_instance *instance, rsd_codec **codec);

/* A delay line in a block of the instance. */
RSD_NODISCARD rsd_status engine_instance_add_delay(engine_instance *instance, uint32_t delay_samples,
                                                   rsd_delay **delay);
/* Floats of a hop that is coded: of all channels, and of the side-chain where there is one. Thread: [any] */
RSD_REALTIME size_t engine_instance_hop_in_floats(const engine_instance *instance);

/* ---- generations_setup.c ---- */
/* Codecs of `count` generations. Before the latency is planned. Thread: [setup], [control] */
RSD_NODISCARD rsd_status engine_generations_make(engine_instance *instance, uint32_t count);

/* ---- generations.c ---- */
/* Of the chain of codecs, at the codec's rate. Thread: [any] */
RSD_REALTIME uint32_t engine_generations_latency_samples(const engine_instance *instance);
/* The codec of a channel that gets the tokens of a source: the first generation's. Thread: [any] */
RSD_REALTIME rsd_codec *engine_generations_first(const engine_instance *instance, uint32_t channel);
/* All codecs of a channel start anew. Thread: as engine_instance_code_channel */
RSD_REALTIME void engine_generations_reset(engine_instance *instance, uint32_t channel);
/*
 * The generations before the last, of one channel and hop. `first`: tokens for the first one; NULL: it codes `in`.
 * Returns what the last one has to code. Thread: as engine_instance_code_channel
 */
RSD_REALTIME const float *engine_generations_run(engine_instance *instance, uint32_t channel,
                                                 const engine_frame_job *job, const rsd_token_frame *first,
                                                 const float *in);
/* The same of both channels of a pair; `first`: two, or NULL. `in` becomes what the last one has to code. */
RSD_REALTIME void engine_generations_run_pair(engine_instance *instance, const engine_frame_job *job,
                                              const engine_coded_channel *first, const float *in[2]);

/* ---- instance_latency.c ---- */
/* in_delay: of the resampler to the codec, codec samples; out_delay: back, engine samples; both 0 at equal rates. */
engine_instance_latency engine_instance_plan_latency(const rsd_codec_info *info, uint32_t engine_rate_hz,
                                                     rsd_schedule schedule, uint32_t in_delay, uint32_t out_delay);

/* ---- instance.c ---- */
/* What an instance gets of a sub-block: rows of ENGINE_SUB_BLOCK_SAMPLES, one a channel. */
typedef struct {
    const float *raw;    /* of bypass */
    const float *gained; /* of the dry sound */
    const float *coded;  /* of the codec */
} engine_instance_input;

/* Fills instance->dry, raw and, where `running`, wet. Thread: [audio] */
RSD_REALTIME void engine_instance_run(rsd_engine *engine, engine_instance *instance, const engine_instance_input *input,
                                      uint32_t sample_count, bool running);
/* Codec, hop buffers and resamplers start anew at `sample_time`; delay lines go on. Thread: [audio] */
RSD_REALTIME void engine_instance_restart(engine_instance *instance, uint64_t sample_time);
/* Delay lines silent. Thread: [audio] */
RSD_REALTIME void engine_instance_clear_delays(engine_instance *instance);
/* Codes channel `channel` of one hop; hop_in is channel_count x hop_samples. Channels may run side by side. */
RSD_REALTIME void engine_instance_code_channel(engine_instance *instance, uint32_t channel, const engine_frame_job *job,
                                               const float *hop_in, const engine_frame_output *output);
/* Whether its two channels are one stereo sound for its codec, coded in one go. */
RSD_REALTIME bool engine_instance_is_pair(const engine_instance *instance);
/* Fills the result from what all channels gave: after the last of them is coded. */
RSD_REALTIME void engine_instance_join_channels(const engine_instance *instance, const engine_frame_job *job,
                                                const engine_frame_output *output);
/* Codes one hop; hop_in is channel_count x hop_samples. Thread: [audio] or the instance's worker, one of them */
RSD_REALTIME void engine_instance_code_frame(engine_instance *instance, const engine_frame_job *job,
                                             const float *hop_in, const engine_frame_output *output);
/* Frames of `instance` that the tap wants are still filling or with the worker. Thread: [audio] */
RSD_REALTIME bool engine_instance_has_heard_frames(const engine_instance *instance);

/* ---- sidechain.c ---- */
/*
 * Codes channel `channel` of the side-chain's hop, and decodes what its side tokens tell.
 * hop  hop_samples of the side-chain
 * Thread: as engine_instance_code_channel
 */
RSD_REALTIME void engine_sidechain_code(engine_instance *instance, uint32_t channel, const engine_frame_job *job,
                                        const float *hop, codec_frame *frame);
/* The same of both channels of a pair; hop_in: two hops. */
RSD_REALTIME void engine_sidechain_code_pair(engine_instance *instance, const engine_frame_job *job,
                                             const float *hop_in, codec_frame *const frames[2]);

/* ---- worker.c ---- */
typedef struct engine_crew engine_crew;
/*
 * The hop in instance->hop_in is full: hands it over. `is_due_soon`: its result will be fetched before this call of the
 * engine ends, so that no worker can have it by then: it is coded here. Thread: [audio]
 */
RSD_REALTIME void engine_worker_submit(engine_instance *instance, bool is_due_soon);
/*
 * Fills hop_out with the hop that is due, and tells the tap of it and of what came too late. Where it is not there:
 * waits for it or codes it where the engine may sleep, else hides the gap and counts it. Returns true when instance->result
 * holds that hop's meters. Thread: [audio]
 */
RSD_REALTIME bool engine_worker_fetch(rsd_engine *engine, engine_instance *instance);
/* While the instance rests: tells the tap of what the worker still had, and drops its sound. Thread: [audio] */
RSD_REALTIME void engine_worker_drain(rsd_engine *engine, engine_instance *instance);
/* Jobs that are not done; a job that is gone has its result in place. Thread: [any] */
uint32_t engine_worker_jobs_left(engine_worker *worker);
/* Nothing handed over so far will be heard. Thread: [audio] */
RSD_REALTIME void engine_worker_forget(engine_worker *worker);
/* Codes one frame if there is one, room for its result, and nobody else at it; false when not. `crew`: of the worker,
 * or NULL. Thread: the worker, or [audio] where it may wait */
RSD_REALTIME bool engine_worker_step(engine_instance *instance, engine_crew *crew);

/* Bytes of an item of the queues. */
RSD_REALTIME size_t engine_worker_job_bytes(const engine_instance *instance);
RSD_REALTIME size_t engine_worker_result_bytes(const engine_instance *instance);

/* ---- worker_thread.c ---- */
RSD_NODISCARD rsd_status engine_worker_start(engine_instance *instance);
void engine_worker_stop(engine_worker *worker); /* returns when the thread has ended; NULL is fine */
void engine_worker_nap(void);                   /* a short sleep: only where the caller may wait */

/* ---- worker_crew_setup.c: a thread a channel ---- */
/* NULL where one thread does it all (one channel, one processor, or no thread is to be had): that is fine, too. */
engine_crew *engine_crew_create(engine_instance *instance);
void engine_crew_destroy(engine_crew *crew); /* NULL is fine */
/* As engine_instance_code_frame, side by side. Thread: the worker */
void engine_crew_code_frame(engine_crew *crew, const engine_frame_job *job, const float *hop_in,
                            const engine_frame_output *output);
void engine_crew_set_priority(engine_crew *crew, int priority); /* as engine_worker_use_priority, for its threads */

/* ---- worker_priority_setup.c ---- */
#define ENGINE_WORKER_THREAD_NAME "rsd-codec"
/*
 * The real-time priority that a worker may have: under the lowest that a thread of this process has which is none of
 * ours (the audio thread's, then, or lower); 0 where none has one. A worker over its audio thread would take its core
 * away for a whole frame; at normal priority beside an audio thread that has none, neither does that.
 */
int engine_worker_find_priority(void);
/*
 * For the calling thread, at normal priority: a longer slice than others have. Linux (6.12) lets a thread that wakes
 * and wants a short one, as an audio thread does, take the processor from one with a longer one at once.
 */
void engine_worker_ask_long_slice(void);
/* 0: as any thread. false where the system does not grant it. */
bool engine_worker_use_priority(pthread_t thread, int priority);

/* ---- schedule_setup.c ---- */
/* What AUTO picks for calls of so many samples, of a codec whose frames have been measured. Thread: [control] */
rsd_schedule engine_instance_weigh(const engine_instance *instance, uint32_t block_samples);
/* Makes instance->schedule INLINE or THREADED. AUTO measures: frames of noise on its codecs. */
void engine_instance_pick_schedule(engine_instance *instance);

#endif
