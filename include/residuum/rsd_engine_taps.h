// SPDX-License-Identifier: MIT
#ifndef RSD_ENGINE_TAPS_H
#define RSD_ENGINE_TAPS_H

#include <residuum/rsd_codec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an engine tells while it runs: telemetry, its tokens, and the sound before and after the codec. */

typedef struct rsd_engine rsd_engine; /* rsd_engine.h */

/* ---- telemetry ---- */

#define RSD_TELEMETRY_PERIOD_MS 20u

/* What happened in one period. May grow: see rsd_version.h. */
typedef struct {
    uint64_t sample_time; /* end of the period */
    uint32_t frame_count; /* codec frames in the period, all channels */
    uint32_t level_count; /* of the codec in use */
    float levels;         /* in use now, fractional: rsd_engine_levels_in_use */
    float bitrate_kbps;   /* of the levels in use, all channels */
    float input_peak, output_peak;
    float input_energy; /* sums over the period's frames and channels, in the codec's transform domain; of a codec
                           of latents, scaled to the energy of the sound */
    float level_energy[RSD_MAX_LEVELS];
    float error_energy[RSD_MAX_LEVELS];
    uint32_t late_frame_count;    /* threaded: frames not ready in time, since create */
    uint32_t dropped_count;       /* telemetry records lost and events refused, since create */
    uint32_t clipped_count;       /* output samples over full scale in the period, all channels */
    float limiter_gain;           /* the limiter's least gain in the period; 1: it did nothing */
    uint32_t changed_frame_count; /* frames whose tokens were changed by token effects, all channels */
    uint32_t lost_frame_count;    /* those of them that the effect loss has lost */
} rsd_telemetry;

RSD_API RSD_REALTIME uint32_t rsd_engine_read_telemetry_sized(rsd_engine *engine, rsd_telemetry *records,
                                                              size_t record_bytes, uint32_t count);
/*
 * Reads telemetry: one record every RSD_TELEMETRY_PERIOD_MS. Records that find no room are counted, not waited for.
 *
 * records  room for count of them; gets the oldest first
 * Returns  how many were read, 0..count
 * Thread   [control], or [audio]: one thread
 */
RSD_REALTIME static inline uint32_t rsd_engine_read_telemetry(rsd_engine *engine, rsd_telemetry *records,
                                                              uint32_t count)
{
    return rsd_engine_read_telemetry_sized(engine, records, sizeof *records, count);
}

/* ---- tokens ---- */

/*
 * Called with every frame that was encoded, or that the source gave, channel after channel. It runs on the audio thread
 * inside of rsd_engine_process, under its rules, so that there are never two taps at a time. With a threaded schedule a
 * frame comes to it when its sound is due, one hop later than inline. During a codec swap the frames of the old codec
 * end before the new codec's first.
 *
 * context      of rsd_engine_set_tap
 * frame_index  counts from create or reset
 * frame        valid during the call
 */
typedef void (*rsd_token_tap)(void *context, uint32_t channel, uint64_t frame_index,
                              const rsd_token_frame *frame) RSD_REALTIME;

/*
 * Asked for the frame to decode in place of the encoder's. It runs on the thread that runs the codec, under the rules of
 * the audio thread: with a threaded schedule that is a worker, and one source a channel may run at a time.
 *
 * context      of rsd_engine_set_source
 * frame_index  counts from create or reset
 * frame        to be filled
 * Returns      false where there is no such frame: silence
 */
typedef bool (*rsd_token_source)(void *context, uint32_t channel, uint64_t frame_index,
                                 rsd_token_frame *frame) RSD_REALTIME;

/*
 * Sets or takes away the tap.
 *
 * tap      NULL: none
 * context  handed to it
 * Thread   [setup], before the first process call
 */
RSD_API void rsd_engine_set_tap(rsd_engine *engine, rsd_token_tap tap, void *context);

/* ---- sound before and after the codec ---- */

/*
 * Called with all sound, channel after channel, before monitor, mix, bypass and output gain: what went into the codec,
 * delayed by its latency, and what came out of it. It runs on the audio thread inside of rsd_engine_process, under its
 * rules. During a codec swap it gets the sound of the codec that leaves, until the new one has faded in. While bypass is
 * settled the codec rests, and it is not called.
 *
 * context       of rsd_engine_set_sound_tap
 * dry, wet      sample_count samples each, of the same time; valid during the call
 * sample_count  1..256
 */
typedef void (*rsd_sound_tap)(void *context, uint32_t channel, const float *dry, const float *wet,
                              uint32_t sample_count) RSD_REALTIME;

/*
 * Sets or takes away the tap of sound.
 *
 * tap      NULL: none
 * context  handed to it
 * Thread   [setup], before the first process call
 */
RSD_API void rsd_engine_set_sound_tap(rsd_engine *engine, rsd_sound_tap tap, void *context);

/*
 * Asked inside of the tap: whose frame it is. 0: of the codec that the engine was created with; every codec that came by
 * rsd_engine_swap, and every new instance by rsd_engine_set_block, has the next number. By the time that a number is
 * seen here, rsd_engine_get_codec tells of that codec or of a later one.
 *
 * Thread  [audio], inside of the tap
 */
RSD_API RSD_REALTIME uint32_t rsd_engine_tapped_codec(const rsd_engine *engine);

/*
 * Sets or takes away the source.
 *
 * source   NULL: none, the encoder's frames are decoded
 * context  handed to it
 * Thread   [setup], before the first process call
 */
RSD_API void rsd_engine_set_source(rsd_engine *engine, rsd_token_source source, void *context);

#ifdef __cplusplus
}
#endif

#endif
