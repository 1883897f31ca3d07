// SPDX-License-Identifier: MIT
// Guesses from a codec's codewords.
#include "entropy/codewords.h"

#include "base/memory.h"
#include "entropy/token_coder.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Lyra V2's shape, with codebooks of its own. */
static rsd_model *open_lyra(void)
{
    rsd_model *model = NULL;
    cr_assert_eq(rsd_model_open(LYRA_FOLDER, &model, NULL), RSD_OK);
    return model;
}

static double squared_distance(const codec_codebook *book, uint32_t token, const double *target)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < book->dim; i++) {
        const double d = target[i] - (double)book->codewords[token * book->dim + i];
        sum += d * d;
    }
    return sum;
}

/* Against distances in floats; the guess is the frame before, or half of it and half of the one before that. */
Test(codewords, the_nearest_codeword_is_the_nearest)
{
    rsd_model *model = open_lyra();
    entropy_codewords *words = entropy_codewords_init(base_alloc_64(entropy_codewords_bytes(model)), model);
    const uint32_t dim = entropy_codewords_dim(model);
    uint32_t seed = 3u, hits = 0u;
    cr_assert_eq(dim, 64u);
    for (uint32_t n = 0; n < 200u; n++) {
        int32_t sums[3][CODEWORDS_MAX_DIM] = {{0}};
        double floats[3][CODEWORDS_MAX_DIM] = {{0}}, target[CODEWORDS_MAX_DIM];
        const uint32_t row = test_between(&seed, 0u, 15u);
        codec_codebook book;
        for (uint32_t f = 0; f < 3u; f++)
            for (uint32_t q = 0; q < (f == 0u ? row : 16u); q++) {
                const uint32_t token = test_between(&seed, 0u, 15u);
                cr_assert(codec_codebook_of(model, q, &book));
                entropy_codewords_add(words, q, token, sums[f]);
                for (uint32_t i = 0; i < dim; i++) floats[f][i] += (double)book.codewords[token * dim + i];
            }
        static entropy_view view;
        uint32_t nearest[ENTROPY_GUESSES];
        const int32_t *const before[2] = {sums[1], sums[2]};
        view.bits = 4u;
        entropy_codewords_guess(words, row, sums[0], before, &view, nearest);
        cr_assert_eq(view.guess_count, ENTROPY_GUESSES);
        cr_assert(codec_codebook_of(model, row, &book));
        for (uint32_t g = 0; g < ENTROPY_GUESSES; g++) {
            uint32_t best = 0;
            for (uint32_t i = 0; i < dim; i++)
                target[i] = (g == 0u ? floats[1][i] : 0.5 * (floats[1][i] + floats[2][i])) - floats[0][i];
            for (uint32_t c = 1; c < 16u; c++)
                if (squared_distance(&book, c, target) < squared_distance(&book, best, target)) best = c;
            hits += best == nearest[g];
            cr_assert_eq(view.guesses[g][1], view.guesses[g][16u + nearest[g]], "the top of the tree is the nearest");
        }
    }
    cr_assert_geq(hits, 395u, "%u of 400: rounding may change two that are about as near", hits);
    free(words);
    rsd_model_release(model);
}

/* `live` does not tell its codewords: nothing of a coder may be of another size. */
Test(codewords, a_codec_that_tells_none_has_none)
{
    rsd_model *model = NULL;
    codec_codebook book;
    cr_assert_eq(rsd_model_open("live-64", &model, NULL), RSD_OK);
    cr_assert_eq(entropy_codewords_bytes(model), 0u);
    cr_assert_not(codec_codebook_of(model, 0, &book));
    rsd_model_release(model);
    cr_assert_eq(entropy_codewords_bytes(NULL), 0u);
    model = open_lyra();
    cr_assert_not(codec_codebook_of(model, RSD_MAX_SEQUENCES, &book));
    rsd_model_release(model);
}

#define FRAMES 60u
#define ROOM ((size_t)1 << 16)

/* A latent that walks slowly, coded greedily, as a codec would: what comes is near what was. */
static void walk(const rsd_model *model, uint32_t *seed, double *latent, rsd_token_frame *frame)
{
    double rest[CODEWORDS_MAX_DIM];
    codec_codebook book;
    memset(frame, 0, sizeof *frame);
    for (uint32_t i = 0; i < 64u; i++) rest[i] = latent[i] = 0.95 * latent[i] + 0.3 * (double)test_noise(seed);
    for (uint32_t q = 0; codec_codebook_of(model, q, &book); q++) {
        uint32_t best = 0;
        for (uint32_t c = 1; c < book.codeword_count; c++)
            if (squared_distance(&book, c, rest) < squared_distance(&book, best, rest)) best = c;
        for (uint32_t i = 0; i < 64u; i++) rest[i] -= (double)book.codewords[best * book.dim + i];
        frame->tokens[q] = (int32_t)best;
    }
}

static size_t code(const rsd_model *known, const rsd_codec_info *info, const rsd_token_frame *frames, uint32_t levels,
                   uint8_t *bytes)
{
    const token_coder_config config = {.codec = info, .model = known, .channel_count = 1};
    void *block = base_alloc_64(token_coder_bytes(&config));
    token_coder *coder = token_coder_init(block, &config);
    range_encoder range;
    range_encoder_init(&range, bytes, ROOM);
    for (uint32_t t = 0; t < FRAMES; t++) (void)token_coder_encode(coder, &frames[t], levels, &range);
    range_encoder_flush(&range);
    range_decoder back;
    range_decoder_init(&back, bytes, range.size_bytes);
    token_coder_restart(coder);
    for (uint32_t t = 0; t < FRAMES; t++) {
        rsd_token_frame frame;
        token_coder_decode(coder, &frame, levels, &back);
        cr_assert_arr_eq(frame.tokens, frames[t].tokens, levels * sizeof *frame.tokens, "frame %u", t);
    }
    free(block);
    return range.size_bytes;
}

Test(codewords, frames_that_move_slowly_take_less_and_come_back)
{
    static rsd_token_frame frames[FRAMES];
    static uint8_t bytes[ROOM];
    double latent[CODEWORDS_MAX_DIM] = {0};
    uint32_t seed = 11u;
    rsd_codec_info info = {.size_bytes = sizeof info};
    rsd_model *model = open_lyra();
    rsd_model_info(model, 16000, &info);
    for (uint32_t t = 0; t < FRAMES; t++) walk(model, &seed, latent, &frames[t]);
    const size_t without = code(NULL, &info, frames, 8, bytes), with = code(model, &info, frames, 8, bytes);
    cr_assert_lt(with, without * 97u / 100u, "%zu bytes, %zu without", with, without);
    rsd_model_release(model);
}
