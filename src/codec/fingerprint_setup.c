// SPDX-License-Identifier: MIT
// A number that tells two models apart: what they decode of the same tokens.
#include "codec/codec_internal.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define FINGERPRINT_FRAMES 4u

/* FNV-1a (Fowler, Noll, Vo), 64 bits. */
static uint64_t add_bytes(uint64_t sum, const void *data, size_t size_bytes)
{
    const uint8_t *at = data;
    for (size_t i = 0; i < size_bytes; i++) sum = (sum ^ at[i]) * UINT64_C(0x100000001b3);
    return sum;
}

/* The same tokens for every model of a shape. */
static void fill_frame(const rsd_codec_info *info, uint32_t *seed, rsd_token_frame *frame)
{
    memset(frame, 0, sizeof *frame);
    frame->level_count = info->level_count;
    for (uint32_t s = 0; s < info->side_count; s++) {
        *seed = *seed * 1664525u + 1013904223u;
        /* Not 0, which may stand for silence, and not the last ones, which may stand for no codeword. */
        frame->side[s] = (int32_t)(1u + (*seed >> 16) % (info->side_codewords[s] / 2u + 1u));
    }
    for (uint32_t q = 0; q < info->sequence_count; q++) {
        *seed = *seed * 1664525u + 1013904223u;
        frame->tokens[q] = (int32_t)((*seed >> 16) % info->sequence_codewords[q]);
    }
}

/* Both channels of a pair, where that is another thing than one: tokens of two channels are told from those of another
 * way to code them. */
static uint64_t fingerprint(rsd_codec *const codecs[2], const rsd_codec_info *info, float *out)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    uint32_t seed = 1;
    const bool has_pairs = codec_has_pairs(codecs[0]->model);
    rsd_token_frame frames[2];
    rsd_decode_controls controls;
    rsd_codec_decode_controls_init(&controls, info->level_count);
    for (uint32_t f = 0; f < FINGERPRINT_FRAMES; f++) {
        fill_frame(info, &seed, &frames[0]);
        if (has_pairs) {
            fill_frame(info, &seed, &frames[1]);
            rsd_codec_decode_pair(codecs, (const rsd_token_frame *[]){&frames[0], &frames[1]}, &controls,
                                  (float *[]){out, out + info->hop_samples});
        } else {
            rsd_codec_decode(codecs[0], &frames[0], &controls, out);
        }
        sum = add_bytes(sum, out, (has_pairs ? 2u : 1u) * info->hop_samples * sizeof *out);
    }
    return sum != 0u ? sum : 1u;
}

uint64_t rsd_model_fingerprint(const rsd_model *model)
{
    rsd_codec_info info;
    rsd_codec *codecs[2];
    rsd_model_info(model, 48000, &info);
    const size_t bytes = rsd_codec_size_bytes(model);
    char *block = base_alloc_64(2u * bytes);
    float *out = calloc(2u * (size_t)info.hop_samples, sizeof *out);
    uint64_t sum = 0;
    if (block && out && rsd_codec_init(block, bytes, model, info.sample_rate_hz, &codecs[0]) == RSD_OK &&
        rsd_codec_init(block + bytes, bytes, model, info.sample_rate_hz, &codecs[1]) == RSD_OK)
        sum = fingerprint(codecs, &info, out);
    free(out);
    free(block);
    return sum;
}
