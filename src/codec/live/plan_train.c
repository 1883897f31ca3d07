// SPDX-License-Identifier: MIT
// What each hop is trained to: levels, codebook sizes, constants.
#include "codec/live/training.h"

#include "codec/live/tuning.h"

#define LIVE_CONSTANT(name, min, max, unit, hop_64, hop_128, hop_256, meaning) .name = hop_64,
static const live_plan plan_64 = {.level_tokens = {LIVE_LEVEL_TOKENS_64},
                                  .envelope_codewords = {LIVE_ENVELOPE_CODEWORDS_64},
                                  .constants = {
#include "codec/live/constants.def"
                                  }};
#undef LIVE_CONSTANT
#define LIVE_CONSTANT(name, min, max, unit, hop_64, hop_128, hop_256, meaning) .name = hop_128,
static const live_plan plan_128 = {.level_tokens = {LIVE_LEVEL_TOKENS_128},
                                   .envelope_codewords = {LIVE_ENVELOPE_CODEWORDS_128},
                                   .constants = {
#include "codec/live/constants.def"
                                   }};
#undef LIVE_CONSTANT
#define LIVE_CONSTANT(name, min, max, unit, hop_64, hop_128, hop_256, meaning) .name = hop_256,
static const live_plan plan_256 = {.level_tokens = {LIVE_LEVEL_TOKENS_256},
                                   .envelope_codewords = {LIVE_ENVELOPE_CODEWORDS_256},
                                   .constants = {
#include "codec/live/constants.def"
                                   }};
#undef LIVE_CONSTANT

const live_plan *live_plan_of(uint32_t hop) { return hop == 64u ? &plan_64 : hop == 128u ? &plan_128 : &plan_256; }
