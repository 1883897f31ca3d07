// SPDX-License-Identifier: MIT
#ifndef RSD_ENGINE_H
#define RSD_ENGINE_H

#include <residuum/rsd_codec.h>
#include <residuum/rsd_engine_taps.h>
#include <residuum/rsd_params.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The engine: input, gain, codec (encode, decode), monitor and mix, gain, output; for 1 to 8 channels that share their
 * controls. Blocks may be of any size and change from call to call; the samples do not depend on how the stream was
 * cut. From examples/process.c and examples/live_loop.c:
 *
 *   rsd_engine_config config = {0};
 *   config.sample_rate_hz = sample_rate_hz;
 *   config.channel_count = 1;
 *   status = rsd_engine_create(&config, model, &engine, &error);
 *   status = rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, levels);
 *   if (status == RSD_OK) status = rsd_render(engine, in, out, sample_count);
 *   rsd_engine_process(engine, in, out, (uint32_t)count);
 *   rsd_engine_destroy(engine);
 *
 * One audio thread calls what is marked [audio], and one control thread what is marked [control].
 * Latency is exact, and constant but for a swap to a codec of another latency.
 */

#define RSD_ENGINE_MAX_CHANNELS 8u

/*
 * Where a frame is coded.
 *
 * INLINE codes it in the call that brings its last sample. THREADED hands it to a worker, with a thread for each
 * channel, and plays it one hop later. A call so long that the frame is due in it codes the frame itself.
 * A frame that is not ready when it is due is late. The hop before it then plays backwards and fades out; further late
 * frames are silent. A frame that is in time again plays at its place, to the sample. Sound that does not come in real
 * time need not lose frames: see rsd_engine_wait_for_frames.
 * AUTO measures a frame at create, swap and set_block, and takes THREADED where the frames that one call may have to code
 * take over an eighth of the time that the call lasts. BY_FRAME takes THREADED where a frame lasts over 8 ms, so that the latency
 * is the same on every machine.
 */
typedef enum { RSD_SCHEDULE_AUTO, RSD_SCHEDULE_INLINE, RSD_SCHEDULE_THREADED, RSD_SCHEDULE_BY_FRAME } rsd_schedule;

/* Members that are 0 have their standard value, where there is one. May grow: see rsd_version.h. */
typedef struct {
    uint32_t sample_rate_hz; /* 8000..384000 */
    uint32_t channel_count;  /* 1..RSD_ENGINE_MAX_CHANNELS */
    rsd_schedule schedule;   /* 0: AUTO */
    uint32_t block_samples;  /* of a call in real time, for AUTO; less than 64 at 48 kHz (1.33 ms) counts as that */
    uint32_t sidechain_channel_count; /* of the second input, up to channel_count; 0: none */
} rsd_engine_config;

/* May grow: see rsd_version.h. */
typedef struct {
    uint32_t codec_samples;     /* the codec's own, at the engine's rate */
    uint32_t resampler_samples; /* both ways; 0 where the codec runs at the engine's rate */
    uint32_t schedule_samples;  /* 0 inline, one hop threaded */
    uint32_t total_samples;     /* delay of an impulse from input to output, exact */
    rsd_schedule schedule;      /* INLINE or THREADED, as picked */
} rsd_engine_latency;

/*
 * What AUTO picks where a frame costs this much.
 *
 * info            of the codec
 * sample_rate_hz  of the engine
 * block_samples   as in rsd_engine_config
 * frame_ns        processor time that one hop of all channels costs
 * Returns         INLINE or THREADED
 * Thread          [any]
 */
RSD_API rsd_schedule rsd_engine_choose_schedule(const rsd_codec_info *info, uint32_t sample_rate_hz,
                                                uint32_t block_samples, uint64_t frame_ns);

RSD_API RSD_NODISCARD rsd_status rsd_engine_create_sized(const rsd_engine_config *config, size_t config_bytes,
                                                         rsd_model *model, rsd_engine **engine, rsd_error *error);
/*
 * Builds an engine with all parameters at their defaults.
 *
 * config  copied
 * model   the engine takes a reference of its own
 * engine  gets the engine; rsd_engine_destroy frees it
 * error   may be NULL
 * Errors  RSD_ERR_ARG, RSD_ERR_MEMORY, RSD_ERR_THREAD; RSD_ERR_UNSUPPORTED: rates that no resampler joins
 * Thread  [setup]
 */
static inline RSD_NODISCARD rsd_status rsd_engine_create(const rsd_engine_config *config, rsd_model *model,
                                                         rsd_engine **engine, rsd_error *error)
{
    return rsd_engine_create_sized(config, sizeof *config, model, engine, error);
}

/*
 * Stops the workers and frees the engine.
 *
 * engine  NULL is fine
 * Thread  [setup], after the last rsd_engine_process
 */
RSD_API void rsd_engine_destroy(rsd_engine *engine);

/*
 * Processes a block. An input sample that is NaN or infinite counts as 0, others are clamped to +-64, so that no
 * input damages the state.
 *
 * in            one pointer a channel
 * out           one pointer a channel; out[c] may equal in[c], but not overlap an input in another way
 * sample_count  samples of each channel; 0 is fine
 * Thread        [audio]
 * Cost          the codec's frames plus O(sample_count)
 */
RSD_API RSD_REALTIME void rsd_engine_process(rsd_engine *engine, const float *const *in, float *const *out,
                                             uint32_t sample_count);

/* One block with all that may belong to it. May grow: see rsd_version.h. */
typedef struct {
    const float *const *in; /* one pointer a channel */
    float *const *out;      /* one pointer a channel; as for rsd_engine_process */
    const float *const
        *sidechain;        /* sidechain_channel_count pointers, which may be those of `in` or `out`; NULL: none */
    uint32_t sample_count; /* of each channel; 0 is fine */
} rsd_engine_block;

RSD_API RSD_REALTIME void rsd_engine_process_block_sized(rsd_engine *engine, const rsd_engine_block *block,
                                                         size_t block_bytes);
/*
 * rsd_engine_process with a side-chain, the second input of cross-synthesis: codewords of the side-chain sound in the
 * envelope of the input (RSD_PARAM_CROSS and what follows it in the table). A frame that begins in a block without one
 * sounds as if RSD_PARAM_CROSS were 0. Channel c of the input goes with channel c modulo sidechain_channel_count.
 *
 * block   the side-chain is taken as the input is: NaN and infinity count as 0. Input gain is not applied to it
 * Thread  [audio]
 * Cost    as rsd_engine_process; while RSD_PARAM_CROSS is not 0, the side-chain's frames are coded, too
 */
RSD_REALTIME static inline void rsd_engine_process_block(rsd_engine *engine, const rsd_engine_block *block)
{
    rsd_engine_process_block_sized(engine, block, sizeof *block);
}

/*
 * For sound that may come faster than real time (a render, a server in freewheel), with a threaded schedule. While it
 * is true, rsd_engine_process codes a frame that is not ready, or waits for it, so that no frame is late. Only then may
 * rsd_engine_process sleep. Does nothing inline.
 *
 * wait    false after create
 * Thread  [any]
 */
RSD_API RSD_REALTIME void rsd_engine_wait_for_frames(rsd_engine *engine, bool wait);

/*
 * Clears all sound and codec state, drops posted events that are not due yet, and keeps the parameters. A codec of a
 * swap that is under way is the one in use now. The next process call starts at sample 0.
 *
 * Thread  [audio], [setup]
 */
RSD_API RSD_REALTIME void rsd_engine_reset(rsd_engine *engine);

/*
 * For a whole file, before its first block: lets codecs that begin a file otherwise than a stream see its beginning
 * (rsd_codec_prime). Does nothing where the codec runs at another rate than the engine.
 *
 * start         one row a channel, before input gain
 * sample_count  the codec's prime_samples at least, or the whole sound
 * Errors        RSD_ERR_MEMORY
 * Thread        [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_prime(rsd_engine *engine, const float *const *start, uint32_t sample_count);

/*
 * The same for tokens of a whole file that the source of rsd_engine_set_source gives: asks it for the first frames, with
 * the parameters as they are now (rsd_codec_prime_decode).
 *
 * Errors  RSD_ERR_MEMORY
 * Thread  [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_prime_source(rsd_engine *engine);

RSD_API RSD_REALTIME void rsd_engine_get_latency_sized(const rsd_engine *engine, rsd_engine_latency *latency,
                                                       size_t latency_bytes);
/*
 * Latency as it is now: from the first cross-faded sample of a swap on, the new codec's.
 *
 * latency  gets it
 * Thread   [audio], [any]
 */
RSD_REALTIME static inline void rsd_engine_get_latency(const rsd_engine *engine, rsd_engine_latency *latency)
{
    rsd_engine_get_latency_sized(engine, latency, sizeof *latency);
}

RSD_API void rsd_engine_get_codec_sized(const rsd_engine *engine, rsd_codec_info *info, size_t info_bytes);
/*
 * The codec as it is now: from the first cross-faded sample of a swap on, the new one.
 *
 * info    gets its description at the engine's rate
 * Thread  [control]
 */
static inline void rsd_engine_get_codec(const rsd_engine *engine, rsd_codec_info *info)
{
    rsd_engine_get_codec_sized(engine, info, sizeof *info);
}

/*
 * Sample time: the clock of events, telemetry and frames.
 *
 * Returns  samples processed since create or reset
 * Thread   [any]
 */
RSD_API RSD_REALTIME uint64_t rsd_engine_sample_time(const rsd_engine *engine);

/* ---- parameters ---- */

#define RSD_ENGINE_EVENT_CAPACITY 1024u
/* May grow: see rsd_version.h. */
typedef struct {
    uint64_t sample_time;
    rsd_param_id param_id;
    uint32_t level; /* 0-based; ignored for parameters without */
    float value;
} rsd_event;

/*
 * Sets a parameter from the start of the next process call on, smoothed as the table says; at sample 0 at once, as
 * nothing has sounded yet. A change from or to the delta monitor runs in unheard before it is faded to.
 *
 * level   0-based, for parameters that have a value for each level; ignored for the others
 * value   in the table's range; rounded where the parameter is stepped or a switch
 * Errors  RSD_ERR_ARG, and nothing is changed: an id that is not in the table or is a text, a level over
 *         RSD_MAX_LEVELS - 1, a value that is out of range or not finite
 * Thread  [control]
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_set(rsd_engine *engine, rsd_param_id param_id, uint32_t level, float value);

/*
 * Reads a parameter: the value of the last rsd_engine_set, or of an event or rsd_engine_apply that took effect later.
 *
 * level   as for rsd_engine_set
 * value   gets it: RSD_PARAM_LEVELS as it was set, whatever the bitrate limits it to
 * Errors  RSD_ERR_ARG: a pointer, the id or the level
 * Thread  [audio], [any]
 */
RSD_API RSD_NODISCARD RSD_REALTIME rsd_status rsd_engine_get(const rsd_engine *engine, rsd_param_id param_id,
                                                             uint32_t level, float *value);

/*
 * Range of a parameter that has an effect with the codec in use: levels 0..K, controls that name a level up to K, the
 * codec's codebook bits and bitrate; of all others the table's.
 *
 * min, max  get it; both 0 for an id that is not in the table or is a text
 * Thread    [audio], [control]
 */
RSD_API RSD_REALTIME void rsd_engine_get_range(const rsd_engine *engine, rsd_param_id param_id, float *min, float *max);

RSD_API RSD_NODISCARD rsd_status rsd_engine_post_sized(rsd_engine *engine, const rsd_event *event, size_t event_bytes);
/*
 * Sets a parameter at a sample, exactly. What comes too late takes effect at once; what the codec uses (levels, level_*,
 * bitrate_kbps, codebook_bits, noise_fill, token effects) takes effect at the first frame that starts at or after it.
 *
 * event   copied; its values are as for rsd_engine_set
 * Errors  RSD_ERR_ARG as rsd_engine_set; RSD_ERR_FULL: RSD_ENGINE_EVENT_CAPACITY events wait already
 * Thread  [control]
 */
static inline RSD_NODISCARD rsd_status rsd_engine_post(rsd_engine *engine, const rsd_event *event)
{
    return rsd_engine_post_sized(engine, event, sizeof *event);
}

/*
 * Sets a parameter at the current sample, for a host that owns the audio thread (a plugin). What rsd_engine_set would
 * refuse is ignored.
 *
 * Thread  [audio]
 */
RSD_API RSD_REALTIME void rsd_engine_apply(rsd_engine *engine, rsd_param_id param_id, uint32_t level, float value);

/*
 * Levels that a codec codes and decodes where RSD_PARAM_LEVELS and RSD_PARAM_BITRATE_KBPS have these values. The bitrate
 * is a ceiling: what is in use is the least of `levels`, the codec's level count, and the most whole levels that fit in
 * the bitrate of one channel (0 where none does). A fraction costs the whole level: 3.4 levels need the bitrate of 4,
 * and where that does not fit, 3 are in use. Which parameter came last does not matter, and after a codec swap the
 * ceiling is held against the new codec.
 *
 * info          of the codec
 * levels        of RSD_PARAM_LEVELS
 * bitrate_kbps  of RSD_PARAM_BITRATE_KBPS; at the end of its range it limits nothing
 * Returns       levels in use, fractional
 * Thread        [audio], [any]
 */
RSD_API RSD_REALTIME float rsd_engine_levels_in_use(const rsd_codec_info *info, float levels, float bitrate_kbps);

/*
 * Tells modulation of a transport: a host's, JACK's, a MIDI clock. Call it before every rsd_engine_process where there
 * is one.
 *
 * bpm         beats a minute, 1..1000; 0: it has no tempo, and RSD_PARAM_TEMPO_BPM counts
 * beats       quarter notes since the transport's beginning at the next sample; negative: not known
 * is_rolling  where it starts, LFOs begin anew if RSD_PARAM_LFO_RESTART says so
 * Thread      [audio]
 */
RSD_API RSD_REALTIME void rsd_engine_set_transport(rsd_engine *engine, float bpm, double beats, bool is_rolling);

/* ---- codec swap ---- */

/*
 * Changes the codec while sound runs. Prepares the new one here and hands it to the audio thread, which runs it unheard
 * until its latency has filled, and then cross-fades in RSD_PARAM_TRANSITION_MS. What sounds until then goes on with the
 * parameters as they were; those that are set meanwhile are the new codec's.
 *
 * model   the engine takes a reference of its own
 * error   may be NULL
 * Errors  RSD_ERR_FULL: a swap is under way; call rsd_engine_collect, and try again. Those of rsd_engine_create
 * Thread  [control]
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_swap(rsd_engine *engine, rsd_model *model, rsd_error *error);

/*
 * Weighs the codec in use anew for calls of another size, where the schedule is AUTO: where that picks the other schedule
 * now, swaps to the same codec under it. Later swaps are weighed for that size as well.
 *
 * block_samples  as in rsd_engine_config
 * error          may be NULL
 * Errors         as rsd_engine_swap
 * Thread         [control]
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_set_block(rsd_engine *engine, uint32_t block_samples, rsd_error *error);

/*
 * Brings the engine to as many generations as RSD_PARAM_GENERATIONS says, by a swap to the same codec: from the first
 * cross-faded sample on, rsd_engine_get_latency has their latency. A swap to another codec brings the generations with
 * it. Before the first process call, and before a rsd_engine_reset, there is no fade: after that reset the latency is
 * right from sample 0 on. Call it after a change of the parameter, or a few times a second as rsd_engine_collect.
 *
 * error   may be NULL
 * Errors  RSD_ERR_FULL: a swap is under way; try again later. Those of rsd_engine_create
 * Thread  [control]
 * Cost    a comparison where nothing has changed
 */
RSD_API RSD_NODISCARD rsd_status rsd_engine_apply_generations(rsd_engine *engine, rsd_error *error);

/*
 * Whether RSD_PARAM_GENERATIONS says another number than is in use: rsd_engine_apply_generations has something to do.
 *
 * Thread  [audio], [control]
 */
RSD_API RSD_REALTIME bool rsd_engine_wants_generations(const rsd_engine *engine);

/*
 * Frees the codec that a swap has replaced, as the audio thread frees nothing. Call it a few times a second.
 *
 * Returns  whether a swap is under way
 * Thread   [control]
 */
RSD_API bool rsd_engine_collect(rsd_engine *engine);

/* ---- whole sounds ---- */

/*
 * Codes a whole sound at once. Brings the engine to its generations, resets it, runs it over the sound, waits for threaded frames, and takes the
 * latency off, so that what comes out lies on what went in, to the sample. Telemetry is read and dropped, and
 * rsd_engine_wait_for_frames is false afterwards.
 *
 * in            one row a channel
 * out           one row a channel; out[c] may equal in[c], but not overlap an input in another way
 * sample_count  samples of each row
 * Errors        RSD_ERR_ARG: a pointer; RSD_ERR_MEMORY; those of rsd_engine_apply_generations
 * Thread        [setup]: no other call of the engine may run meanwhile
 * Cost          the codec's frames
 */
RSD_API RSD_NODISCARD rsd_status rsd_render(rsd_engine *engine, const float *const *in, float *const *out,
                                            uint64_t sample_count);

/*
 * rsd_render with a side-chain.
 *
 * sidechain  one row for each channel of the side-chain, sample_count samples each; NULL: none
 */
RSD_API RSD_NODISCARD rsd_status rsd_render_sidechain(rsd_engine *engine, const float *const *in,
                                                      const float *const *sidechain, float *const *out,
                                                      uint64_t sample_count);

#ifdef __cplusplus
}
#endif

#endif
