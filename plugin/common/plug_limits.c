// SPDX-License-Identifier: MIT
// plug_limits: prints the header that says how far the plugins' controls reach, from the built-in codecs. Runs at build
// time; a host must know a control's range before any codec is open.
#include "codec/codec_name.h"

#include <residuum/rsd_codec.h>

#include <stdio.h>

/* Levels with a gain, a mute and a solo of their own in a host. The neural codecs' further levels (up to 46) are
 * reached by Levels, Bitrate, presets and OSC: 140 ports more would serve nobody and cost every block. */
#define MOST_LEVEL_PARAMS 16u

typedef struct {
    uint32_t levels, bits;
    float kbps;
} limits;

static void widen(limits *most, const rsd_model *model, uint32_t rate_hz)
{
    rsd_codec_info info;
    rsd_model_info(model, rate_hz, &info);
    const float kbps = info.level_kbps[info.level_count - 1u];
    if (info.level_count > most->levels) most->levels = info.level_count;
    if (info.max_codebook_bits > most->bits) most->bits = info.max_codebook_bits;
    if (kbps > most->kbps) most->kbps = kbps;
}

/* Rounded up in wide steps: a codec that is trained anew should not move every host's automation. */
static uint32_t round_up(float value, uint32_t step) { return ((uint32_t)value + step - 1u) / step * step; }

/* A model that lies outside of the library need not be there. */
static bool widen_by_shape(limits *most, uint32_t index)
{
    const codec_shape *shape = codec_outside_shape(index);
    if (!shape) return false;
    if (shape->level_count > most->levels) most->levels = shape->level_count;
    if (shape->codebook_bits > most->bits) most->bits = shape->codebook_bits;
    if (shape->kbps > most->kbps) most->kbps = shape->kbps;
    return true;
}

int main(void)
{
    limits most = {0};
    const char *name, *description;
    for (uint32_t i = 0; rsd_model_builtin(i, &name, &description); i++) {
        rsd_model *model;
        rsd_error error;
        if (widen_by_shape(&most, i)) continue;
        if (rsd_model_open(name, &model, &error) != RSD_OK) {
            fprintf(stderr, "plug_limits: %s: %s\n", name, error.text);
            return 1;
        }
        widen(&most, model, 44100u);
        widen(&most, model, 48000u);
        rsd_model_release(model);
    }
    const uint32_t levels = round_up((float)most.levels, 8u);
    printf("// SPDX-License-Identifier: MIT\n#ifndef PLUG_LIMITS_H\n#define PLUG_LIMITS_H\n\n");
    printf("/* Made by plug_limits from the built-in codecs, rounded up. */\n");
    printf("#define PLUG_MAX_LEVELS %uu\n", levels < RSD_MAX_LEVELS ? levels : RSD_MAX_LEVELS);
    printf("#define PLUG_LEVEL_PARAMS %uu\n", levels < MOST_LEVEL_PARAMS ? levels : MOST_LEVEL_PARAMS);
    printf("#define PLUG_MAX_CODEBOOK_BITS %uu\n", most.bits);
    printf("#define PLUG_MAX_KBPS %uu\n\n#endif\n", round_up(most.kbps, 100u));
    return most.levels > 0u ? 0 : 1;
}
