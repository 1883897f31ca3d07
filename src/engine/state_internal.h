// SPDX-License-Identifier: MIT
#ifndef ENGINE_STATE_INTERNAL_H
#define ENGINE_STATE_INTERNAL_H

#include <residuum/rsd_codec.h>
#include <residuum/rsd_dsp.h>
#include <residuum/rsd_params.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * A state is all that an instance of a codec sounds by beside the codec: the values of the parameters, and the ramps
 * that lead there. Every instance has its own, so that one that fades out goes on as it was.
 */

#define ENGINE_SUB_BLOCK_SAMPLES 256u /* most samples that are processed at once */

/*
 * ENGINE_ROW_PER_LEVEL(scale, text) and ENGINE_ROW_HAS_RAMP(ramp, text) are `text` for a row of the table with one
 * value a level, and for a row that has a ramp of its own; for any other row they are nothing.
 */
#define ENGINE_ROW_PER_LEVEL(scale, ...) ENGINE_SCALE_##scale(__VA_ARGS__)
#define ENGINE_SCALE_LINEAR(...)
#define ENGINE_SCALE_STEPPED(...)
#define ENGINE_SCALE_PER_LEVEL_LINEAR(...) __VA_ARGS__
#define ENGINE_SCALE_PER_LEVEL_SWITCH(...) __VA_ARGS__
#define ENGINE_ROW_HAS_RAMP(ramp, ...) ENGINE_HAS_RAMP_##ramp(__VA_ARGS__)
#define ENGINE_HAS_RAMP_FRAME(...)
#define ENGINE_HAS_RAMP_AT_ONCE(...)
#define ENGINE_HAS_RAMP_MIXER(...)
#define ENGINE_HAS_RAMP_GAIN_DB(...) __VA_ARGS__
#define ENGINE_HAS_RAMP_VALUE(...) __VA_ARGS__
#define ENGINE_HAS_RAMP_TRANSPORT(...) __VA_ARGS__

/* Runs of per-level parameters, RSD_MAX_LEVELS values each, in the order of the table. */
enum {
#define RSD_PARAM(id, SYMBOL, symbol, osc, name, unit, min, max, standard, scale, ...)                                 \
    ENGINE_ROW_PER_LEVEL(scale, ENGINE_RUN_##SYMBOL, )
#include <residuum/rsd_params.def>
    ENGINE_RUN_COUNT
};

/* Where the values of a parameter begin: scalars at their id, the per-level ones behind. */
enum {
#define RSD_PARAM(id, SYMBOL, symbol, osc, name, unit, min, max, standard, scale, ...)                                 \
    ENGINE_ROW_PER_LEVEL(scale, ENGINE_VALUE_##SYMBOL = RSD_PARAM_ID_END + ENGINE_RUN_##SYMBOL * (int)RSD_MAX_LEVELS, )
#include <residuum/rsd_params.def>
    ENGINE_VALUE_COUNT = RSD_PARAM_ID_END + ENGINE_RUN_COUNT * (int)RSD_MAX_LEVELS
};

/* The ramps of one state, shared by its channels: two that no single row has, then those of the table. */
enum {
    ENGINE_RAMP_WET, /* out = wet * decoded + dry * delayed input */
    ENGINE_RAMP_DRY,
#define RSD_PARAM(id, SYMBOL, symbol, osc, name, unit, min, max, standard, scale, ramp, ...)                           \
    ENGINE_ROW_HAS_RAMP(ramp, ENGINE_RAMP_##SYMBOL, )
#include <residuum/rsd_params.def>
    ENGINE_RAMP_COUNT
};

/* One ramp over one sub-block. A sub-block ends where a ramp does: it moves all through it or not at all. */
typedef struct {
    bool moving;
    float value;                            /* where it stands still */
    float values[ENGINE_SUB_BLOCK_SAMPLES]; /* where it moves */
} engine_curve;

typedef struct {
    float params[ENGINE_VALUE_COUNT];
    bool has_effects, has_moves; /* by params, some are on */
    rsd_ramp ramps[ENGINE_RAMP_COUNT];
    engine_curve curves[ENGINE_RAMP_COUNT]; /* of this sub-block */
    bool running;                           /* false: bypass has settled and the codec rests */
    uint32_t run_in_left;                   /* samples until a restarted codec's sound has come through */
} engine_state;

#endif
