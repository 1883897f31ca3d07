// SPDX-License-Identifier: MIT
// Tokens and samples of each codec as this machine makes them, to be compared with another's.
#include "base/memory.h"
#include "codec/places.h"
#include "entropy/token_coder.h"
#include "rvq/rvq_internal.h"
#include "support/signals.h"

#include <residuum/rsd_codec.h>
#include <residuum/rsd_dsp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * codec_trace --kernels       names of the search kernels that this machine has, the one in use first
 * codec_trace MODEL PREFIX    codes a fixed sound and writes PREFIX.tokens (int32), PREFIX.samples (float) and the
 *                             entropy-coded tokens, PREFIX.coded; behind them the same of a stereo pair, of codecs that have some
 * Compared between kernels and between machines: nothing here may depend on either, the sound least of all.
 */

#define RATE_HZ 48000u
#define SECONDS 3u

/* A chord of three decaying sawtooth waves four times a second, noise that comes and goes, clicks, silence. */
static void fill_sound(float *x)
{
    static const uint32_t steps[4][3] = {{9842640u, 14763960u, 24803453u},
                                         {19685280u, 23409860u, 39370559u},
                                         {13118160u, 39370559u, 88402000u},
                                         {6559080u, 170102000u, 302044000u}};
    uint32_t phase[3] = {0}, seed = 9;
    float decay = 0.0f;
    for (uint32_t i = 0; i < SECONDS * RATE_HZ; i++) {
        if (i % (RATE_HZ / 4u) == 0u) decay = 0.25f;
        decay *= 0.9997f;
        const uint32_t part = i / (RATE_HZ / 4u) % 4u;
        float sum = 0.0f;
        for (uint32_t k = 0; k < 3u; k++) {
            phase[k] += steps[part][k];
            sum += (float)(int32_t)(phase[k] >> 8) / 8388608.0f - 1.0f;
        }
        const float noise = test_noise(&seed) * (part == 1u ? 0.2f : 0.002f);
        x[i] = i / RATE_HZ == 1u && part == 3u ? 0.0f : sum * decay + noise;
        if (i % 7001u == 0u) x[i] += 0.5f;
    }
}

#define CODED_BYTES ((size_t)1 << 20)

/* A coder of the model's tokens, into memory. */
static token_coder *make_coder(const rsd_model *model, const rsd_codec_info *info, uint32_t channel_count,
                               range_encoder *range)
{
    const token_coder_config config = {.codec = info, .model = model, .channel_count = channel_count};
    void *block = base_alloc_64(token_coder_bytes(&config)), *bytes = malloc(CODED_BYTES);
    if (!block || !bytes) abort();
    range_encoder_init(range, bytes, CODED_BYTES);
    return token_coder_init(block, &config);
}

/* Every level on; the frame's side tokens and tokens go to one file, its sound to the other. */
typedef struct {
    FILE *tokens, *samples;
    token_coder *coder;
    range_encoder range;
} trace_ends;

static bool trace(rsd_codec *codec, const rsd_codec_info *info, const float *sound, trace_ends *ends)
{
    const rsd_encode_controls encode = {info->level_count, 16u};
    rsd_decode_controls decode = {.active_levels = (float)info->level_count, .noise_fill = 1.0f};
    for (uint32_t k = 0; k < info->level_count; k++) decode.level_gain[k] = 1.0f;
    const uint32_t hop = info->hop_samples;
    float out[4096];
    bool fine = hop <= 4096u;
    for (uint32_t i = 0; fine && i + hop <= SECONDS * RATE_HZ; i += hop) {
        rsd_token_frame frame;
        /* Fewer levels are decoded from time to time, so that noise fill is heard. */
        decode.active_levels = (float)(i / hop % 8u ? info->level_count : 1u);
        rsd_codec_encode(codec, sound + i, &encode, &frame, NULL);
        rsd_codec_decode(codec, &frame, &decode, out);
        (void)token_coder_encode(ends->coder, &frame, info->level_count, &ends->range);
        fine = fwrite(frame.side, sizeof *frame.side, info->side_count, ends->tokens) == info->side_count &&
               fwrite(frame.tokens, sizeof *frame.tokens, info->sequence_count, ends->tokens) == info->sequence_count &&
               fwrite(out, sizeof *out, hop, ends->samples) == hop;
    }
    return fine;
}

static bool write_coded(trace_ends *ends, FILE *coded)
{
    range_encoder_flush(&ends->range);
    const bool fine = ends->range.size_bytes <= CODED_BYTES &&
                      fwrite(ends->range.bytes, 1, ends->range.size_bytes, coded) == ends->range.size_bytes;
    free(ends->range.bytes);
    free(ends->coder);
    return fine;
}

static rsd_codec *make_codec(const rsd_model *model, uint32_t rate_hz)
{
    rsd_codec *codec;
    const size_t bytes = rsd_codec_size_bytes(model);
    if (rsd_codec_init(aligned_alloc(64, bytes), bytes, model, rate_hz, &codec) != RSD_OK) abort();
    return codec;
}

/* The first second in two channels: the right one is quieter, and has a part of its own. */
static bool trace_pair(const rsd_model *model, const rsd_codec_info *info, const float *sound, trace_ends *ends)
{
    rsd_codec *codecs[2] = {make_codec(model, info->sample_rate_hz), make_codec(model, info->sample_rate_hz)};
    const rsd_encode_controls encode = {info->level_count, 16u};
    const uint32_t hop = info->hop_samples;
    float right[4096];
    bool fine = hop <= 4096u;
    for (uint32_t i = 0; fine && i + hop <= RATE_HZ; i += hop) {
        rsd_token_frame frames[2];
        for (uint32_t n = 0; n < hop; n++) right[n] = 0.5f * sound[i + n] + 0.125f * sound[RATE_HZ + i + n];
        rsd_codec_encode_pair(codecs, (const float *[]){sound + i, right}, &encode,
                              (rsd_token_frame *[]){&frames[0], &frames[1]}, NULL);
        (void)token_coder_encode(ends->coder, frames, info->level_count, &ends->range);
        for (uint32_t c = 0; fine && c < 2u; c++)
            fine =
                fwrite(frames[c].tokens, sizeof(int32_t), info->sequence_count, ends->tokens) == info->sequence_count;
    }
    for (uint32_t c = 0; c < 2u; c++) free(codecs[c]);
    return fine;
}

static FILE *create(const char *prefix, const char *suffix)
{
    char path[1024];
    snprintf(path, sizeof path, "%s.%s", prefix, suffix);
    FILE *file = fopen(path, "wb");
    if (!file) perror(path);
    return file;
}

static int trace_model(const char *name, const char *prefix)
{
    static float sound[SECONDS * RATE_HZ];
    rsd_model *model;
    rsd_codec_info info;
    rsd_error error;
    if (rsd_model_open(name, &model, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    rsd_model_info(model, RATE_HZ, &info);
    rsd_codec *codec = make_codec(model, info.sample_rate_hz);
    trace_ends ends = {.tokens = create(prefix, "tokens"), .samples = create(prefix, "samples")};
    FILE *coded = create(prefix, "coded");
    if (!ends.tokens || !ends.samples || !coded) return 1;
    ends.coder = make_coder(model, &info, 1, &ends.range);
    fill_sound(sound);
    const rsd_fp_state before = rsd_fp_flush_denormals();
    bool fine = trace(codec, &info, sound, &ends);
    fine = fine && write_coded(&ends, coded);
    if (codec_places_channels(model, 2) == 2u) {
        ends.coder = make_coder(model, &info, 2, &ends.range);
        fine = fine && trace_pair(model, &info, sound, &ends) && write_coded(&ends, coded);
    }
    rsd_fp_restore(before);
    free(codec);
    rsd_model_release(model);
    return fclose(ends.tokens) == 0 && fclose(ends.samples) == 0 && fclose(coded) == 0 && fine ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--kernels") == 0) {
        puts(rvq_best_kernel()->name);
        for (uint32_t k = 0; k < rvq_kernel_count; k++)
            if (&rvq_kernels[k] != rvq_best_kernel() && rvq_kernels[k].supported()) puts(rvq_kernels[k].name);
        return 0;
    }
    if (argc != 3) return fputs("usage: codec_trace --kernels | MODEL PREFIX\n", stderr), 2;
    return trace_model(argv[1], argv[2]);
}
