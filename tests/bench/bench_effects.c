// SPDX-License-Identifier: MIT
// What the token effects add to a frame of live-128: nothing on, and everything on.
#include "bench.h"

#include "token/effects/effects.h"

#include <stdlib.h>

static void *block;
static token_effects *effects;
static token_effect_controls controls;
static codec_frame frame;

static bool open_effects(void)
{
    rsd_model *model;
    rsd_codec_info info;
    codec_bands bands;
    if (rsd_model_open("live-128", &model, NULL) != RSD_OK) return false;
    rsd_model_info(model, BENCH_RATE_HZ, &info);
    codec_bands_of(model, &bands);
    rsd_model_release(model);
    block = aligned_alloc(64, token_effects_size_bytes(&info, &bands));
    if (!block) return false;
    effects = token_effects_init(block, &info, &bands, 0u);
    frame = (codec_frame){.level_count = info.level_count, .amplitude = 1.0f, .band_count = bands.band_count};
    for (uint32_t s = 0; s < info.sequence_count; s++) frame.tokens[s] = (int32_t)(s * 19u);
    return true;
}

bool bench_effects_off_open(const bench_sound *sound)
{
    controls = (token_effect_controls){0};
    return sound && open_effects();
}

bool bench_effects_on_open(const bench_sound *sound)
{
    controls = (token_effect_controls){.is_on = true,
                                       .loss = 0.3f,
                                       .loss_burst_ms = 20.0f,
                                       .conceal = TOKEN_CONCEAL_FADE,
                                       .stutter_frames = 8u,
                                       .stutter_repeats = 3u,
                                       .is_frozen = true,
                                       .freeze_from = 3u,
                                       .freeze_frames = 4u,
                                       .level_skew_frames = 2u,
                                       .hold_frames = 2u,
                                       .reverse_frames = 8u,
                                       .scramble = 0.5f,
                                       .token_shift = 3,
                                       .error_to = RSD_MAX_LEVELS,
                                       .token_error = 0.2f,
                                       .bit_flip = 0.2f,
                                       .starve = 1.0f};
    return sound && open_effects();
}

void bench_effects_step(const bench_sound *sound, size_t index)
{
    codec_frame changed = frame;
    (void)sound;
    token_effects_apply(effects, &controls, index, &changed);
}

void bench_effects_close(void) { free(block); }
