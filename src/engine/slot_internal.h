// SPDX-License-Identifier: MIT
#ifndef RSD_SLOT_INTERNAL_H
#define RSD_SLOT_INTERNAL_H

#include <residuum/rsd_dsp.h>
#include <residuum/rsd_engine.h>
#include <residuum/rsd_ring.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/*
 * A slot is one codec as it runs in an engine: a codec state a channel, hop buffers, the resamplers where the codec's
 * rate is not the engine's, and delay lines for dry and bypassed sound of exactly the slot's latency.
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

#define RSD_ENGINE_PIECE_SAMPLES 256u   /* most samples that one call of rsd_slot_run gets */
#define RSD_SLOT_ALIGN_MAX_SAMPLES 512u /* where more were needed, latency is rounded: at most half a sample off */
#define RSD_WORKER_QUEUE_FRAMES 8u      /* frames on their way to or from the worker */
#define RSD_WORKER_MAX_BACKLOG 4u       /* where more wait, the oldest are left out: they would all come late */
#define RSD_SLOT_PATCH_SAMPLES 64u      /* fade back in after a hop that the worker did not deliver in time */

typedef struct rsd_slot rsd_slot;
typedef struct rsd_worker rsd_worker;

typedef struct {
    rsd_token_tap tap;
    void *tap_context;
    rsd_token_source source;
    void *source_context;
} rsd_token_hooks;

/* What it takes to code one hop of all channels; in a worker's queue channel_count x hop samples follow. */
typedef struct {
    uint64_t frame_index;
    uint32_t sequence; /* numbers what the worker is given, 1..; the worker answers with the same */
    bool reset_first;  /* the codec starts anew with this frame */
    bool heard;        /* of the codec that is reported: goes to the tap and the meters */
    rsd_encode_controls encode;
    rsd_decode_controls decode;
} rsd_frame_job;

/* What comes back; in a worker's queue channel_count x hop samples follow. Meters are summed over channels. */
typedef struct {
    uint32_t sequence;
    uint32_t frame_count;
    bool heard;
    rsd_level_meter meter;
} rsd_frame_result;

/* Room of the headers above before the samples in a queue's item, so that samples start on a line of their own. */
#define RSD_QUEUE_ITEM_HEADER_BYTES(type) ((sizeof(type) + 63u) / 64u * 64u)

typedef struct {
    uint32_t codec_samples, resampler_samples, schedule_samples, total_samples; /* at the engine's rate */
    uint32_t align_samples;                                                     /* at the codec's rate */
    uint32_t prefill_samples;                                                   /* at the engine's rate */
} rsd_slot_latency;

/* What coding one channel of a hop gives beside samples. */
typedef struct {
    rsd_token_frame frame;
    rsd_level_meter meter;
    bool found; /* there was a frame: false only where a token source had none */
} rsd_coded_channel;

struct rsd_slot {
    rsd_model *model; /* one reference */
    rsd_codec_info info;
    uint32_t engine_rate_hz, channel_count;
    uint32_t block_samples; /* as the engine's configuration has it */
    rsd_schedule schedule;  /* INLINE or THREADED, once picked */
    rsd_slot_latency latency;
    const rsd_token_hooks *hooks; /* the engine's; set before the first process call, constant then */

    rsd_codec *codecs[RSD_ENGINE_MAX_CHANNELS]; /* the worker's where there is one */
    rsd_coded_channel *coded;                   /* channel_count, likewise */
    rsd_delay *dry_delay[RSD_ENGINE_MAX_CHANNELS], *raw_delay[RSD_ENGINE_MAX_CHANNELS];
    float *wet, *dry, *raw; /* channel_count x RSD_ENGINE_PIECE_SAMPLES each: what comes out of one piece */

    float *hop_in, *hop_out; /* channel_count x hop_samples each */
    uint32_t position;       /* samples of the hop that are in */
    uint64_t frame_index;    /* of the hop that is filling */
    bool controls_taken;     /* job holds the controls of the hop that is filling */
    bool reset_pending;      /* the next frame starts the codec anew */
    bool fetch_pending;      /* threaded: the first sample of the hop that begins wants its hop_out */
    rsd_frame_job job;
    rsd_frame_result result;

    bool resampled;
    rsd_resampler *to_codec[RSD_ENGINE_MAX_CHANNELS], *from_codec[RSD_ENGINE_MAX_CHANNELS];
    rsd_delay *align[RSD_ENGINE_MAX_CHANNELS];
    uint32_t codec_piece_samples; /* most codec samples of one piece: stride of the two below */
    float *codec_in, *codec_out;  /* channel_count x codec_piece_samples */
    uint32_t ready_stride, ready_count;
    float *ready; /* channel_count x ready_stride: resampled, not yet given out */

    rsd_worker *worker;                              /* NULL inline */
    void *owned[16u + 6u * RSD_ENGINE_MAX_CHANNELS]; /* blocks that destroy frees */
    uint32_t owned_count;
};

/* The worker of one slot. The audio thread's part is in engine_worker.c, the thread itself in engine_worker_setup.c. */
typedef struct rsd_worker_thread rsd_worker_thread;
struct rsd_worker {
    rsd_ring *jobs;    /* rsd_frame_job and samples, audio -> worker */
    rsd_ring *results; /* rsd_frame_result and samples, worker -> audio */
    /*
     * Whoever has set it is at the reading end of jobs, the writing end of results and the codecs: the worker, or the
     * audio thread where it codes a frame itself. Nobody waits for it but rsd_worker_fetch, where it may.
     */
    atomic_flag coding;
    _Atomic uint32_t pushed, taken; /* jobs so far, by audio and by whoever codes: equal when there is nothing to do */
    uint32_t next_sequence;         /* audio's own; never 0, which is "none" */
    uint32_t awaited_sequence, due_sequence; /* audio's own: of the hop after the next, and of the next */
    bool patching;                           /* audio's own: the hop that is playing came late */
    _Atomic int stop;                        /* control -> worker */
    rsd_worker_thread *thread;
};

/* ---- slot_setup.c ---- */
/* Builds a slot ready to run, its worker started; takes a reference on `model`. Thread: [setup], [control] */
RSD_NODISCARD rsd_status rsd_slot_create(const rsd_engine *engine, rsd_model *model, rsd_slot **slot, rsd_error *error);
void rsd_slot_destroy(rsd_slot *slot); /* NULL is fine. Thread: [setup], [control] */
/* Zeroed, aligned to 64, freed with the slot; NULL when there is no memory. */
void *rsd_slot_allocate(rsd_slot *slot, size_t size_bytes);

/* ---- slot_latency.c ---- */
/* in_delay: of the resampler to the codec, codec samples; out_delay: back, engine samples; both 0 at equal rates. */
rsd_slot_latency rsd_slot_plan_latency(const rsd_codec_info *info, uint32_t engine_rate_hz, rsd_schedule schedule,
                                       uint32_t in_delay, uint32_t out_delay);

/* ---- slot.c ---- */
/*
 * raw, gained: channel_count x RSD_ENGINE_PIECE_SAMPLES, sample_count used. Fills slot->dry, raw and, where `running`,
 * wet. Thread: [audio]
 */
RSD_REALTIME void rsd_slot_run(rsd_engine *engine, rsd_slot *slot, const float *raw, const float *gained,
                               uint32_t sample_count, bool running);
/* Codec, hop buffers and resamplers start anew at `sample_time`; delay lines go on. Thread: [audio] */
RSD_REALTIME void rsd_slot_restart(rsd_slot *slot, uint64_t sample_time);
/* Delay lines silent. Thread: [audio] */
RSD_REALTIME void rsd_slot_clear_delays(rsd_slot *slot);
/* Codes channel `channel` of one hop into slot->coded and hop_out (hop_samples of it). Channels may run side by side.
 */
RSD_REALTIME void rsd_slot_code_channel(rsd_slot *slot, uint32_t channel, const rsd_frame_job *job, const float *hop_in,
                                        float *hop_out);
/* Tells the tap of all channels in slot->coded, and sums their meters. */
RSD_REALTIME void rsd_slot_join_channels(rsd_slot *slot, const rsd_frame_job *job, rsd_frame_result *result);
/* Codes one hop: hop_in, hop_out are channel_count x hop_samples. Thread: [audio] or the slot's worker, one of them */
RSD_REALTIME void rsd_slot_code_frame(rsd_slot *slot, const rsd_frame_job *job, const float *hop_in,
                                      rsd_frame_result *result, float *hop_out);

/* ---- engine_worker.c ---- */
typedef struct rsd_crew rsd_crew;
/*
 * The hop in slot->hop_in is full: hands it over. `is_due_soon`: its result will be fetched before this call of the
 * engine ends, so that no worker can have it by then: it is coded here. Thread: [audio]
 */
RSD_REALTIME void rsd_worker_submit(rsd_slot *slot, bool is_due_soon);
/*
 * Fills hop_out with the hop that is due. Where it is not there: waits for it or codes it where `wait` allows to sleep,
 * else hides the gap and counts it. Returns true when slot->result holds that hop's meters. Thread: [audio]
 */
RSD_REALTIME bool rsd_worker_fetch(rsd_slot *slot, bool wait, uint32_t *late_frame_count);
/* Jobs that are not done; a job that is gone has its result in place. Thread: [any] */
uint32_t rsd_worker_jobs_left(rsd_worker *worker);
/* Nothing handed over so far will be heard. Thread: [audio] */
RSD_REALTIME void rsd_worker_forget(rsd_worker *worker);
/* Codes one frame if there is one, room for its result, and nobody else at it; false when not. `crew`: of the worker,
 * or NULL. Thread: the worker, or [audio] where it may wait */
RSD_REALTIME bool rsd_worker_step(rsd_slot *slot, rsd_crew *crew);

/* ---- engine_worker_setup.c ---- */
RSD_NODISCARD rsd_status rsd_worker_start(rsd_slot *slot);
void rsd_worker_stop(rsd_worker *worker); /* returns when the thread has ended; NULL is fine */
void rsd_worker_nap(void);                /* a short sleep: only where the caller may wait */

/* ---- worker_crew_setup.c: a thread a channel ---- */
/* NULL where one thread does it all (one channel, one processor, or no thread is to be had): that is fine, too. */
rsd_crew *rsd_crew_create(rsd_slot *slot);
void rsd_crew_destroy(rsd_crew *crew); /* NULL is fine */
/* As rsd_slot_code_frame, side by side. Thread: the worker */
void rsd_crew_code_frame(rsd_crew *crew, const rsd_frame_job *job, const float *hop_in, rsd_frame_result *result,
                         float *hop_out);
void rsd_crew_set_priority(rsd_crew *crew, int priority); /* as rsd_worker_use_priority, for its threads */

/* ---- worker_priority_setup.c ---- */
#define RSD_WORKER_THREAD_NAME "rsd-codec"
/*
 * The real-time priority that a worker may have: under the lowest that a thread of this process has which is none of
 * ours (the audio thread's, then, or lower); 0 where none has one. A worker over its audio thread would take its core
 * away for a whole frame; at normal priority beside an audio thread that has none, neither does that.
 */
int rsd_worker_find_priority(void);
/*
 * For the calling thread, at normal priority: a longer slice than others have. Linux (6.12) lets a thread that wakes
 * and wants a short one, as an audio thread does, take the processor from one with a longer one at once.
 */
void rsd_worker_ask_long_slice(void);
/* 0: as any thread. false where the system does not grant it. */
bool rsd_worker_use_priority(pthread_t thread, int priority);

/* ---- schedule_setup.c ---- */
/* Makes slot->schedule INLINE or THREADED. AUTO measures: frames of noise on its codecs. */
void rsd_slot_pick_schedule(rsd_slot *slot);

#endif
