// SPDX-License-Identifier: MIT
#ifndef EFFECTS_SUPPORT_H
#define EFFECTS_SUPPORT_H

#include "token/effects/effects.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A codec of 3 levels with 1, 2 and 3 sequences of 16384 codewords. Frame n of its stream has n in every place of the
 * envelope and in every token, so that one reads off a frame which one it was, level by level. A frame is written as
 * the numbers of its envelope and its levels: "5 5 5 5"; '-' is RSD_TOKEN_NONE, a level whose tokens differ is '?'.
 */
#define LEVELS 3u
#define BANDS 2u

static inline rsd_codec_info small_info(void)
{
    rsd_codec_info info = {.sample_rate_hz = 48000, .hop_samples = 480, .level_count = LEVELS, .sequence_count = 6};
    for (uint32_t k = 0; k < LEVELS; k++) info.level_sequence_end[k] = (uint16_t)((k + 1u) * (k + 2u) / 2u);
    for (uint32_t s = 0; s < info.sequence_count; s++) info.sequence_codewords[s] = 16384;
    return info;
}

static inline codec_frame numbered_frame(int32_t number)
{
    codec_frame frame = {.level_count = LEVELS, .amplitude = 1.0f, .band_count = BANDS};
    frame.gain_before = frame.gain = (codec_gain){0.0f, -1};
    for (uint32_t b = 0; b < BANDS; b++) frame.envelope_log2[b] = (float)number;
    for (uint32_t s = 0; s < 6u; s++) frame.tokens[s] = number;
    return frame;
}

/* All off. */
static inline token_effect_controls effects_off(void)
{
    return (token_effect_controls){.is_linked = true, .seed = 1, .hold_frames = 1, .freeze_frames = 1};
}

static inline token_effects *make_effects(uint32_t channel)
{
    const rsd_codec_info info = small_info();
    const codec_bands bands = {.band_count = BANDS};
    void *block = aligned_alloc(64, token_effects_size_bytes(&info, &bands));
    cr_assert_not_null(block);
    return token_effects_init(block, &info, &bands, channel);
}

static inline void describe_frame(const codec_frame *frame, char *text, size_t text_bytes)
{
    size_t at = (size_t)snprintf(text, text_bytes, "%d", (int)frame->envelope_log2[0]);
    for (uint32_t k = 0, s = 0; k < LEVELS; k++) {
        const int32_t token = frame->tokens[s];
        bool differs = false;
        for (uint32_t last = s + k; s <= last; s++) differs = differs || frame->tokens[s] != token;
        at += (size_t)snprintf(text + at, text_bytes - at, differs ? " ?" : token < 0 ? " -" : " %d", token);
    }
}

/* One frame through the effects. */
static inline codec_frame apply_to(token_effects *effects, const token_effect_controls *controls, uint64_t index,
                                   int32_t number)
{
    codec_frame frame = numbered_frame(number);
    token_effects_apply(effects, controls, index, &frame);
    return frame;
}

/* The next frame of the stream must come out as `wanted`. */
static inline void expect_frame(token_effects *effects, const token_effect_controls *controls, uint64_t index,
                                const char *wanted)
{
    char text[64];
    const codec_frame frame = apply_to(effects, controls, index, (int32_t)index);
    describe_frame(&frame, text, sizeof text);
    cr_assert_str_eq(text, wanted, "frame %llu is '%s', wanted '%s'", (unsigned long long)index, text, wanted);
}

/* Frames from `first` on, one a word of `wanted`: all levels and the envelope are of that frame. */
static inline void expect_numbers(token_effects *effects, const token_effect_controls *controls, uint64_t first,
                                  const char *wanted)
{
    char words[512], frame[64];
    snprintf(words, sizeof words, "%s", wanted);
    for (char *rest = words, *word; (word = strtok_r(rest, " ", &rest)) != NULL; first++) {
        snprintf(frame, sizeof frame, "%s %s %s %s", word, word, word, word);
        expect_frame(effects, controls, first, frame);
    }
}

#endif
