// SPDX-License-Identifier: MIT
// Tokens and samples of Lyra V2 in a file, to be set beside LiteRT's.
#include "codec/lyra/internal.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * lyra_trace SAMPLES TOKENS OUT: what lyra_compare.py sets beside LiteRT. SAMPLES: floats at 16 kHz, whole frames.
 * TOKENS: 46 int32 a frame, which are decoded. OUT gets, frame by frame, 64 features, 46 tokens of our own and the
 * frame decoded from the first 46, 30, 16, 4 and 1 of the given tokens.
 */

#define LEVELS 46u
#define DECODED_COUNT 5u

static const uint32_t decoded_levels[DECODED_COUNT] = {46, 30, 16, 4, 1};

typedef struct {
    rsd_model *model;
    rsd_codec *encoder, *decoders[DECODED_COUNT];
    void *state, *scratch; /* of the encoder's graph run once more, for its features */
} streams;

static rsd_codec *new_codec(const rsd_model *model)
{
    const size_t bytes = rsd_codec_size_bytes(model);
    rsd_codec *codec;
    void *block = aligned_alloc(64, bytes);
    if (!block || rsd_codec_init(block, bytes, model, LYRA_RATE_HZ, &codec) != RSD_OK) abort();
    return codec;
}

static void open_streams(streams *s)
{
    rsd_error error;
    if (rsd_model_open("lyra-v2", &s->model, &error) != RSD_OK) {
        fprintf(stderr, "lyra_trace: %s\n", error.text);
        exit(1);
    }
    const lyra_model *model = (const lyra_model *)s->model;
    s->encoder = new_codec(s->model);
    for (uint32_t d = 0; d < DECODED_COUNT; d++) s->decoders[d] = new_codec(s->model);
    s->state = aligned_alloc(64, (model->encoder_info.state_bytes + 63u) / 64u * 64u);
    s->scratch = aligned_alloc(64, (model->encoder_info.scratch_bytes + 63u) / 64u * 64u);
    if (!s->state || !s->scratch) abort();
    tfl_graph_reset(model->encoder, s->state);
}

static void close_streams(streams *s)
{
    free(s->encoder);
    for (uint32_t d = 0; d < DECODED_COUNT; d++) free(s->decoders[d]);
    free(s->state);
    free(s->scratch);
    rsd_model_release(s->model);
}

static void write_encoded(streams *s, const float *sound, FILE *out)
{
    const rsd_encode_controls all = {LEVELS, 16};
    float features[LYRA_FEATURES];
    rsd_token_frame frame;
    tfl_graph_run(((const lyra_model *)s->model)->encoder, s->state, s->scratch, sound, features);
    rsd_codec_encode(s->encoder, sound, &all, &frame, NULL);
    fwrite(features, sizeof *features, LYRA_FEATURES, out);
    fwrite(frame.tokens, sizeof *frame.tokens, LEVELS, out);
}

static void write_decoded(streams *s, const int32_t *tokens, FILE *out)
{
    rsd_decode_controls on = {.active_levels = (float)LEVELS};
    for (uint32_t k = 0; k < LEVELS; k++) on.level_gain[k] = 1.0f;
    for (uint32_t d = 0; d < DECODED_COUNT; d++) {
        rsd_token_frame frame = {.level_count = decoded_levels[d]};
        float sound[LYRA_HOP];
        for (uint32_t k = 0; k < LEVELS; k++) frame.tokens[k] = k < decoded_levels[d] ? tokens[k] : RSD_TOKEN_NONE;
        rsd_codec_decode(s->decoders[d], &frame, &on, sound);
        fwrite(sound, sizeof *sound, LYRA_HOP, out);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) return fputs("usage: lyra_trace SAMPLES TOKENS OUT\n", stderr), 2;
    FILE *samples = fopen(argv[1], "rb"), *tokens = fopen(argv[2], "rb"), *out = fopen(argv[3], "wb");
    if (!samples || !tokens || !out) return perror("lyra_trace"), 1;
    streams s;
    open_streams(&s);
    float sound[LYRA_HOP];
    int32_t frame[LEVELS];
    while (fread(sound, sizeof *sound, LYRA_HOP, samples) == LYRA_HOP &&
           fread(frame, sizeof *frame, LEVELS, tokens) == LEVELS) {
        write_encoded(&s, sound, out);
        write_decoded(&s, frame, out);
    }
    close_streams(&s);
    fclose(samples);
    fclose(tokens);
    return fclose(out) == 0 ? 0 : 1;
}
