// SPDX-License-Identifier: MIT
// The second input, whose codewords may sound in the first one's envelope.
#ifndef ENGINE_SIDECHAIN_INTERNAL_H
#define ENGINE_SIDECHAIN_INTERNAL_H

#include "codec/codec_frame.h"

#include "engine/line_internal.h"

#include <residuum/rsd_dsp.h>

typedef struct engine_instance engine_instance;

#define ENGINE_LAG_LONGEST_MS 500u
#define ENGINE_LAG_FADE_MS 20u

/* Cross-synthesis of a frame: see codec_shaping. */
typedef struct {
    float amount; /* 0: none, and the side-chain is not coded */
    uint32_t level_begin, level_end;
    bool reset_first; /* the side-chain's codecs start anew with this frame */
} engine_cross_controls;

/* Of an engine: what the side-chain was RSD_PARAM_CROSS_LAG_MS ago. */
typedef struct {
    uint32_t channel_count; /* of the side-chain; 0: there is none */
    const float *const *in; /* of this call; NULL: none */
    engine_line line;
    float *rows; /* one of ENGINE_SUB_BLOCK_SAMPLES for each of the engine's channels */
} engine_sidechain;

/*
 * Of an instance: what becomes of the side-chain on its way to the codec. It goes through resamplers of its own, so that
 * it lies beside the first input to the sample, and is as late as the generations before the last make that.
 */
typedef struct {
    rsd_codec *codecs[RSD_ENGINE_MAX_CHANNELS];
    rsd_resampler *to_codec[RSD_ENGINE_MAX_CHANNELS];
    rsd_delay *delay[RSD_ENGINE_MAX_CHANNELS];
    float *codec_in; /* channel_count rows as the instance's codec_in */
    bool runs;       /* the frame before was coded */
    bool has_past;   /* resamplers or a delay: it runs all the time */
} engine_sidechain_path;

/* ---- sidechain_setup.c ---- Thread: [setup], [control] */
RSD_NODISCARD rsd_status engine_sidechain_make(engine_sidechain *sidechain, const rsd_engine_config *config);
void engine_sidechain_free(engine_sidechain *sidechain);
RSD_NODISCARD rsd_status engine_sidechain_make_codecs(engine_instance *instance);
/* Once the latency is planned. */
RSD_NODISCARD rsd_status engine_sidechain_make_buffers(engine_instance *instance);
void engine_sidechain_destroy_path(engine_instance *instance);

/* ---- sidechain.c ---- */
/* The next three are called where there is a side-chain alone. */
/* At the start of a sub-block: aims at the lag to have, and says how long the sub-block may be. Thread: [audio] */
RSD_REALTIME uint32_t engine_sidechain_begin(rsd_engine *engine, uint32_t length);
/* The side-chain's samples of a sub-block, later by the lag. Thread: [audio] */
RSD_REALTIME void engine_sidechain_take(rsd_engine *engine, uint32_t offset, uint32_t sample_count);
/* Brings a sub-block of the side-chain to the codec's rate. Thread: [audio] */
RSD_REALTIME void engine_sidechain_run(const rsd_engine *engine, engine_instance *instance, uint32_t sample_count);
RSD_REALTIME void engine_sidechain_restart(engine_instance *instance);
/* Cross-synthesis of a frame that starts now; where the instance has a side-chain. Thread: [audio] */
RSD_REALTIME void engine_sidechain_take_controls(const rsd_engine *engine, const engine_instance *instance,
                                                 engine_cross_controls *cross);

#endif
