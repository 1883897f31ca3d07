// SPDX-License-Identifier: MIT
// token_peaks CODEC FRAMES [SEED]: how loud a codec's decoder gets from tokens that no encoder made. Prints a JSON line for
// each way to draw FRAMES frames, for one channel and a stereo pair, and for level 1, levels 1 to 2 and all: the largest
// sample, and in which frame it is. A frame of a pair counts once.
//
//   random  every token anew in every frame
//   held    a frame of random tokens again and again, for 1 to 64 frames
//   few     every token one of the last, the first or a random codeword
//   foreign any 32 bits: what is out of range is wrapped, and RSD_TOKEN_NONE adds nothing
#include <residuum/rsd_codec.h>

#include "support/signals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    rsd_codec_info info;
    uint32_t channel_count; /* 1, or 2: a pair */
    void *blocks[2];
    rsd_codec *codecs[2];
    rsd_token_frame frames[2];
    uint32_t held_frames; /* for which the frames stay */
    uint32_t seed;
    float *out[2];
} bench;

/* What was found. */
typedef struct {
    float peak;
    uint32_t worst_frame, bad_count;
} finding;

typedef int32_t (*draw_token)(uint32_t *seed, uint32_t codewords);

static void need(bool good, const char *what)
{
    if (good) return;
    fprintf(stderr, "token_peaks: %s\n", what);
    exit(1);
}

static int32_t draw_any(uint32_t *seed, uint32_t codewords) { return (int32_t)(test_random(seed) % codewords); }

static int32_t draw_few(uint32_t *seed, uint32_t codewords)
{
    const uint32_t choice = test_random(seed) % 3u;
    return choice == 0u ? 0 : choice == 1u ? (int32_t)codewords - 1 : draw_any(seed, codewords);
}

static int32_t draw_foreign(uint32_t *seed, uint32_t codewords)
{
    (void)codewords;
    return (int32_t)test_random(seed);
}

static void draw_frames(bench *b, draw_token draw)
{
    for (uint32_t c = 0; c < b->channel_count; c++) {
        for (uint32_t s = 0; s < b->info.side_count; s++)
            b->frames[c].side[s] = draw(&b->seed, b->info.side_codewords[s]);
        for (uint32_t s = 0; s < b->info.sequence_count; s++)
            b->frames[c].tokens[s] = draw(&b->seed, b->info.sequence_codewords[s]);
    }
}

static void decode(bench *b, const rsd_decode_controls *controls)
{
    if (b->channel_count == 1u)
        rsd_codec_decode(b->codecs[0], &b->frames[0], controls, b->out[0]);
    else
        rsd_codec_decode_pair(b->codecs, (const rsd_token_frame *[]){&b->frames[0], &b->frames[1]}, controls, b->out);
}

static void look(const bench *b, uint32_t frame, finding *found)
{
    for (uint32_t c = 0; c < b->channel_count; c++) {
        for (uint32_t i = 0; i < b->info.hop_samples; i++) {
            const float sample = fabsf(b->out[c][i]);
            found->bad_count += !isfinite(sample);
            if (!(sample > found->peak)) continue;
            found->peak = sample;
            found->worst_frame = frame;
        }
    }
}

/* most_held: frames that one draw lasts at most. */
static void run(bench *b, const char *way, draw_token draw, uint32_t most_held, uint32_t levels, uint32_t frame_count)
{
    rsd_decode_controls controls;
    finding found = {0};
    rsd_codec_decode_controls_init(&controls, levels);
    for (uint32_t c = 0; c < 2u; c++) {
        rsd_codec_reset(b->codecs[c]);
        b->frames[c].level_count = levels;
    }
    b->held_frames = 0u;
    for (uint32_t f = 0; f < frame_count; f++) {
        if (b->held_frames == 0u) {
            draw_frames(b, draw);
            b->held_frames = 1u + test_random(&b->seed) % most_held;
        }
        b->held_frames--;
        decode(b, &controls);
        look(b, f, &found);
    }
    printf("{\"codec\": \"%s\", \"way\": \"%s\", \"channels\": %u, \"levels\": %u, \"frames\": %u, \"peak\": %g, "
           "\"peak_dbfs\": %.2f, \"worst_frame\": %u, \"not_finite\": %u}\n",
           b->info.name, way, b->channel_count, levels, frame_count, (double)found.peak,
           20.0 * log10(fmax((double)found.peak, 1e-9)), found.worst_frame, found.bad_count);
    fflush(stdout);
}

static void run_all(bench *b, uint32_t frame_count)
{
    const uint32_t most = b->info.level_count, counts[] = {1u, most > 1u ? 2u : 1u, most};
    for (b->channel_count = 1u; b->channel_count <= 2u; b->channel_count++) {
        for (uint32_t c = 0; c < 3u; c++) {
            run(b, "random", draw_any, 1u, counts[c], frame_count);
            run(b, "held", draw_any, 64u, counts[c], frame_count);
            run(b, "few", draw_few, 1u, counts[c], frame_count);
            run(b, "foreign", draw_foreign, 1u, counts[c], frame_count);
        }
    }
}

static void start(bench *b, const rsd_model *model, uint32_t c)
{
    const size_t bytes = rsd_codec_size_bytes(model);
    b->blocks[c] = aligned_alloc(64u, bytes);
    b->out[c] = calloc(b->info.hop_samples, sizeof *b->out[c]);
    need(b->blocks[c] && b->out[c], "no memory");
    need(rsd_codec_init(b->blocks[c], bytes, model, b->info.sample_rate_hz, &b->codecs[c]) == RSD_OK,
         "the codec does not start");
}

int main(int argc, char **argv)
{
    bench b = {.seed = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 10) : 1u};
    const uint32_t frame_count = argc >= 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0u;
    rsd_error error;
    rsd_model *model = NULL;
    if ((argc != 3 && argc != 4) || frame_count == 0u) {
        fprintf(stderr, "token_peaks CODEC FRAMES [SEED]\n");
        return 2;
    }
    need(rsd_model_open(argv[1], &model, &error) == RSD_OK, error.text);
    rsd_model_info(model, 48000u, &b.info);
    for (uint32_t c = 0; c < 2u; c++) start(&b, model, c);
    run_all(&b, frame_count);
    for (uint32_t c = 0; c < 2u; c++) {
        free(b.out[c]);
        free(b.blocks[c]);
    }
    rsd_model_release(model);
    return 0;
}
