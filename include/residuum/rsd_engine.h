// SPDX-License-Identifier: MIT
#ifndef RSD_ENGINE_H
#define RSD_ENGINE_H

#include <residuum/rsd_codec.h>
#include <residuum/rsd_params.h>

/*
 * The engine: input -> gain -> codec (encode, decode) -> monitor and mix -> gain -> output, for 1..8 channels that
 * share their controls. Any block size, changing from call to call; the samples do not depend on how the stream was
 * cut.
 *
 * From examples/process.c:
 *
 *   rsd_status status = rsd_model_open("live", &model, &error);
 *   status = rsd_engine_create(&config, model, &engine, &error);
 *   rsd_model_release(model);
 *   const float *in[] = {samples};
 *   float *out[] = {samples};
 *   status = rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, levels);
 *   if (status == RSD_OK) status = rsd_render(engine, in, out, sample_count);
 *   rsd_engine_destroy(engine);
 *
 * Threads: one audio thread calls rsd_engine_process; one control thread calls what is marked [control]; [any] is free.
 * Latency is exact and constant but for a codec swap to a codec of another latency.
 */

#define RSD_ENGINE_MAX_CHANNELS 8u

typedef struct rsd_engine rsd_engine;

/*
 * INLINE codes a frame in the call that brings its last sample. THREADED hands it to a worker (one thread a channel)
 * and plays it one hop later; where the next hop ends in the same call, it is coded in that call, as nobody could have
 * coded it meanwhile. A frame that is not there when it is due is late: the hop before it plays backwards and fades
 * out, further ones are silent, and what comes in time again is at its place to the sample. See
 * rsd_engine_wait_for_frames for sound that is not in real time.
 * AUTO measures a frame at create and swap: THREADED where what one call may have to code costs over an eighth of what
 * the call lasts. BY_FRAME is THREADED where a frame lasts over 8 ms: the same latency on every machine.
 */
typedef enum { RSD_SCHEDULE_AUTO, RSD_SCHEDULE_INLINE, RSD_SCHEDULE_THREADED, RSD_SCHEDULE_BY_FRAME } rsd_schedule;

typedef struct {
    uint32_t sample_rate_hz; /* 8000..384000 */
    uint32_t channel_count;  /* 1..RSD_ENGINE_MAX_CHANNELS */
    rsd_schedule schedule;
    uint32_t block_samples; /* that a call brings in real time, for AUTO; 0 or under 64 at 48 kHz: taken as that */
} rsd_engine_config;

typedef struct {
    uint32_t codec_samples;     /* the codec's own, at the engine's rate */
    uint32_t resampler_samples; /* both ways; 0 where the codec runs at the engine's rate */
    uint32_t schedule_samples;  /* 0 inline, one hop threaded */
    uint32_t total_samples;     /* what an impulse takes from input to output, exact */
    rsd_schedule schedule;      /* INLINE or THREADED, as picked */
} rsd_engine_latency;

/*
 * What AUTO picks where coding one hop of all channels takes frame_ns of processor time: for lists, and tests.
 * Thread: [any]
 */
RSD_API rsd_schedule rsd_engine_choose_schedule(const rsd_codec_info *info, uint32_t sample_rate_hz,
                                                uint32_t block_samples, uint64_t frame_ns);

/*
 * Builds an engine with all parameters at their defaults. Takes a reference on `model`.
 * Errors: RSD_ERR_ARG, RSD_ERR_MEMORY, RSD_ERR_THREAD; `error` may be NULL. `*engine` is written only on RSD_OK.
 * Thread: [setup]. destroy: [setup], after the last process call; stops the worker; NULL is fine.
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_create(const rsd_engine_config *config, rsd_model *model,
                                                   rsd_engine **engine, rsd_error *error);
RSD_API void rsd_engine_destroy(rsd_engine *engine);

/*
 * Processes sample_count samples (0 is fine) of each channel. in[c], out[c]: channel_count pointers; out[c] may equal
 * in[c] but not overlap another way. Not-a-number and infinite input counts as 0 and is clamped to +-64; nothing
 * sticks. Thread: [audio]. Never allocates, frees, locks, logs or makes a system call. Cost: the codec's frames plus
 * O(count).
 */
RSD_API RSD_REALTIME void rsd_engine_process(rsd_engine *engine, const float *const *in, float *const *out,
                                             uint32_t sample_count);

/*
 * For sound that may come faster than in real time (a render, a server in freewheel) with a threaded schedule: `wait`
 * not 0 makes rsd_engine_process code or wait for a frame that is not ready, instead of playing silence, so that no
 * frame is late. It may then sleep: only then. 0 at create. Does nothing inline. Thread: [any]
 */
RSD_API RSD_REALTIME void rsd_engine_wait_for_frames(rsd_engine *engine, int wait);

/*
 * Clears all sound and codec state and drops posted events that are not due, keeps parameters; the next process call
 * starts at sample 0. Thread: [audio] (or [setup])
 */
RSD_API RSD_REALTIME void rsd_engine_reset(rsd_engine *engine);

/*
 * For a whole file, before its first block: lets codecs that begin a file otherwise than a stream see its beginning
 * (rsd_codec_prime). Does nothing where the codec runs at another rate than the engine.
 * start  channel_count rows of sample_count samples, at least the codec's prime_samples or the whole sound, before
 * input gain Errors RSD_ERR_MEMORY. Thread: [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_prime(rsd_engine *engine, const float *const *start, uint32_t sample_count);

/*
 * The same for tokens of a whole file that rsd_engine_set_source gives: asks the source for the first frames, with the
 * parameters as they are now (rsd_codec_prime_decode). Errors RSD_ERR_MEMORY. Thread: [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_prime_source(rsd_engine *engine);

/* Latency and codec as they are now (from the swap's first cross-fade sample on: the new codec's). Thread: [any] */
RSD_API void rsd_engine_get_latency(const rsd_engine *engine, rsd_engine_latency *latency);
RSD_API void rsd_engine_get_codec(const rsd_engine *engine, rsd_codec_info *info); /* Thread: [control] */

/* Samples processed since create or reset. Thread: [any] */
RSD_API RSD_REALTIME uint64_t rsd_engine_sample_time(const rsd_engine *engine);

/* ---- parameters ----
 *
 * level: 0-based, for per-level parameters; ignored for the others. Values out of range, not finite, TEXT parameters
 * and unknown ids give RSD_ERR_ARG and change nothing; STEPPED and switches are rounded.
 *
 * set: takes effect at the start of the next process call, smoothed as the table says; at sample 0 at once, as nothing
 * has sounded yet. Thread: [control]
 *
 * post: takes effect at sample `sample_time` exactly (late ones at once); codec parameters (levels, level_*,
 * codebook_bits, noise_fill) at the first frame that starts at or after it. RSD_ERR_FULL: RSD_ENGINE_EVENT_CAPACITY
 * events wait already. Thread: [control]
 *
 * get: the value that was last set or that last took effect, whichever is later. Thread: [any]
 *
 * BITRATE_KBPS is a ceiling: see rsd_engine_levels_in_use. get gives LEVELS as it was set, whatever the ceiling.
 */
#define RSD_ENGINE_EVENT_CAPACITY 1024u
typedef struct {
    uint64_t sample_time;
    uint32_t param_id;
    uint32_t level;
    float value;
} rsd_event;
RSD_API RSD_NODISCARD rsd_status rsd_engine_set(rsd_engine *engine, uint32_t param_id, uint32_t level, float value);
RSD_API RSD_REALTIME RSD_NODISCARD rsd_status rsd_engine_get(const rsd_engine *engine, uint32_t param_id,
                                                             uint32_t level, float *value);
RSD_API RSD_NODISCARD rsd_status rsd_engine_post(rsd_engine *engine, const rsd_event *event);
/*
 * Levels that a codec codes and decodes where LEVELS and BITRATE_KBPS have these values: the lesser of `levels`, the
 * codec's level count, and the most whole levels that fit in `bitrate_kbps` of one channel (0 where none does). At the
 * end of its range BITRATE_KBPS limits nothing. A fraction costs the whole level, so that 3.4 levels need the bitrate
 * of 4; where that does not fit, 3 are in use. Which parameter came last does not matter, and after a codec swap the
 * ceiling is held against the ladder of the new codec. Thread: [any]
 */
RSD_API RSD_REALTIME float rsd_engine_levels_in_use(const rsd_codec_info *info, float levels, float bitrate_kbps);
/* For a host that owns the audio thread (a plugin): applies an event at the current sample. Thread: [audio] */
RSD_API RSD_REALTIME void rsd_engine_apply(rsd_engine *engine, uint32_t param_id, uint32_t level, float value);

/* ---- codec swap ----
 *
 * Prepares `model` here, hands it to the audio thread, which lets it run in and cross-fades (20 ms). What it replaces
 * is freed by rsd_engine_collect, never on the audio thread. RSD_ERR_FULL: an earlier swap is not over yet; collect,
 * try again. Thread: [control]. collect: call it now and then; returns 1 while a swap is under way.
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_swap(rsd_engine *engine, rsd_model *model, rsd_error *error);
RSD_API int rsd_engine_collect(rsd_engine *engine);

/* ---- whole sounds ----
 *
 * Codes a whole sound at once: resets the engine, runs it over the sound, waits for threaded frames, and takes the
 * latency off, so that out lies on in to the sample.
 * in, out  channel_count rows of sample_count samples; out[c] may equal in[c] but not overlap another way
 * Errors   RSD_ERR_MEMORY. rsd_engine_wait_for_frames is 0 afterwards.
 * Thread: [setup]: it allocates, and no other call of the engine may run meanwhile. Cost: the codec's frames
 */
RSD_API RSD_NODISCARD rsd_status rsd_render(rsd_engine *engine, const float *const *in, float *const *out,
                                            uint64_t sample_count);

/* ---- telemetry ----
 *
 * One record every RSD_TELEMETRY_PERIOD_MS, through a ring; records that do not fit are counted, not waited for.
 */
#define RSD_TELEMETRY_PERIOD_MS 20u
typedef struct {
    uint64_t sample_time; /* end of the period */
    uint32_t frame_count; /* codec frames in the period, all channels */
    uint32_t level_count; /* K of the codec in use */
    float levels;         /* in use now, fractional: rsd_engine_levels_in_use */
    float bitrate_kbps;   /* of the levels in use, all channels */
    float input_peak, output_peak;
    float input_energy; /* sums over the period's frames and channels, transform domain */
    float level_energy[RSD_MAX_LEVELS];
    float error_energy[RSD_MAX_LEVELS];
    uint32_t late_frame_count; /* threaded: frames not ready in time, since create */
    uint32_t dropped_count;    /* telemetry records lost and events refused, since create */
} rsd_telemetry;
/* Reads up to `count` records, oldest first; returns how many. Thread: [control] */
RSD_API RSD_REALTIME uint32_t rsd_engine_read_telemetry(rsd_engine *engine, rsd_telemetry *records, uint32_t count);

/* ---- tokens ----
 *
 * tap: called with every frame that was encoded (or that the source gave), channel after channel. It runs on the audio
 * thread inside rsd_engine_process, under its rules, so never two taps at a time; with a threaded schedule a frame
 * comes to it when its sound is due, one hop later than inline. During a codec swap the frames of the old codec end
 * before the new codec's first.
 * source: asked for the frame to decode in place of the encoder's; it returns 0 where it has none (silence). It runs
 * on the thread that runs the codec, under the rules of the audio thread: with a threaded schedule that is a worker,
 * and one source a channel may run at a time.
 * frame_index counts from reset. Set before the first process call; NULL for none. Thread: [setup]
 */
typedef void (*rsd_token_tap)(void *context, uint32_t channel, uint64_t frame_index,
                              const rsd_token_frame *frame) RSD_REALTIME;
typedef int (*rsd_token_source)(void *context, uint32_t channel, uint64_t frame_index,
                                rsd_token_frame *frame) RSD_REALTIME;
RSD_API void rsd_engine_set_tap(rsd_engine *engine, rsd_token_tap tap, void *context);
RSD_API void rsd_engine_set_source(rsd_engine *engine, rsd_token_source source, void *context);

#endif
