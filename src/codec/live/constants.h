// SPDX-License-Identifier: MIT
// The numbers of a `live` model as a struct, made from constants.def.
#ifndef CODEC_LIVE_CONSTANTS_H
#define CODEC_LIVE_CONSTANTS_H

/* One float a row of constants.def, in its order: the tensor "constants" of a model file is this struct. */
typedef struct {
#define LIVE_CONSTANT(name, min, max, unit, hop_64, hop_128, hop_256, meaning) float name;
#include "codec/live/constants.def"
#undef LIVE_CONSTANT
} live_constants;

#define LIVE_CONSTANT_COUNT ((unsigned)(sizeof(live_constants) / sizeof(float)))

#endif
