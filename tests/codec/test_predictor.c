// SPDX-License-Identifier: MIT
// The predictor of missing levels against PyTorch, on a small one with weights by chance (make_tiny_predictor.py).
#include "golden.h"
#include "open_codec.h"

#include "codec/predictor/internal.h"
#include "support/files.h"

#include <math.h>
#include <unistd.h>

#define LEVELS 8u
#define CELLS 24u
/* Sums are in another order than PyTorch's: of numbers about 1, float32 leaves some 1e-6. */
#define STATE_ERROR 2e-5
#define FREE 20.0f /* a temperature that makes these scores, which lie far apart, a matter of chance */

typedef struct {
    opened codec;
    predictor_state *state;
    int32_t *given, *known, *tokens;
    float *states;
    size_t frame_count;
} small;

static small open_small(void)
{
    small s = {.codec = open_codec_for(MODEL_FOLDER, 16000)};
    size_t count;
    const predictor *weights = codec_predictor_of(s.codec.model);
    cr_assert_not_null(weights);
    cr_assert_eq(predictor_level_count(weights), LEVELS);
    s.state = predictor_state_init(aligned_alloc(64, predictor_state_bytes(weights)), weights);
    s.known = golden_npy("predictor_known.npy", &s.frame_count);
    s.given = golden_npy("predictor_given.npy", &count);
    s.tokens = golden_npy("predictor_tokens.npy", &count);
    cr_assert_eq(count, LEVELS * s.frame_count);
    s.states = golden_npy("predictor_state.npy", &count);
    cr_assert_eq(count, CELLS * s.frame_count);
    return s;
}

static void close_small(small *s)
{
    free(s->state), free(s->given), free(s->known), free(s->tokens), free(s->states);
    close_codec(&s->codec);
}

/* One frame; of what is not known, `tokens` begins with something else. */
static void run_frame(small *s, size_t frame, float temperature, uint32_t random, int32_t tokens[LEVELS])
{
    uint32_t each[LEVELS];
    const uint32_t known = (uint32_t)s->known[frame];
    for (uint32_t k = 0; k < LEVELS; k++) {
        tokens[k] = k < known ? s->given[k * s->frame_count + frame] : RSD_TOKEN_NONE;
        each[k] = random * 2654435761u + k * 0x9E3779B9u;
    }
    predictor_run(s->state, &(predictor_job){known, temperature, each}, tokens);
}

static void check_all_frames(small *s, const char *kernel)
{
    double worst = 0.0;
    predictor_reset(s->state);
    for (size_t t = 0; t < s->frame_count; t++) {
        int32_t tokens[LEVELS];
        run_frame(s, t, 0.0f, 0u, tokens);
        for (uint32_t k = 0; k < LEVELS; k++)
            cr_assert_eq(tokens[k], s->tokens[k * s->frame_count + t], "%s, frame %zu, level %u", kernel, t, k + 1u);
        for (uint32_t i = 0; i < CELLS; i++)
            worst = fmax(worst, fabs((double)s->state->context[i] - (double)s->states[t * CELLS + i]));
    }
    cr_assert_lt(worst, STATE_ERROR, "%s: off by %g", kernel, worst);
}

Test(predictor, imagines_the_tokens_of_pytorch_on_every_kernel)
{
    small s = open_small();
    predictor *weights = (predictor *)(uintptr_t)s.state->weights;
    for (uint32_t i = 0; i < nn_kernel_count; i++) {
        if (!nn_kernels[i]->supported()) continue;
        weights->kernel = nn_kernels[i];
        check_all_frames(&s, nn_kernels[i]->name);
    }
    weights->kernel = nn_best_kernel();
    close_small(&s);
}

/* Drawn tokens: the same from the same numbers, others from others, and near temperature 0 the likeliest. */
Test(predictor, draws_by_the_numbers_that_it_is_given)
{
    small s = open_small();
    uint32_t others = 0, likeliest = 0, frames = 0;
    for (size_t t = 0; t < s.frame_count; t++) {
        int32_t tokens[3][LEVELS];
        const float temperatures[3] = {FREE, FREE, 1e-3f};
        for (uint32_t i = 0; i < 3u; i++) {
            predictor_reset(s.state);
            run_frame(&s, t, temperatures[i], i == 1u ? 77u : (uint32_t)t, tokens[i]);
        }
        int32_t again[LEVELS], best[LEVELS];
        predictor_reset(s.state);
        run_frame(&s, t, FREE, (uint32_t)t, again);
        cr_assert_arr_eq(again, tokens[0], sizeof again, "frame %zu", t);
        predictor_reset(s.state);
        run_frame(&s, t, 0.0f, 0u, best);
        for (uint32_t k = 0; k < LEVELS; k++)
            cr_assert(tokens[0][k] >= 0 && tokens[0][k] < 16, "frame %zu, level %u", t, k + 1u);
        if (s.known[t] == (int32_t)LEVELS) continue;
        frames++;
        others += memcmp(tokens[0], tokens[1], sizeof best) != 0 ? 1u : 0u;
        likeliest += memcmp(tokens[2], best, sizeof best) == 0 ? 1u : 0u;
    }
    cr_assert_gt(others * 2u, frames);
    cr_assert_geq(likeliest * 20u, frames * 19u); /* but for ties */
    close_small(&s);
}

/* ---- files ---- */

/* The file with the bytes of `from` replaced by `to`, of the same length; then opened. */
static rsd_status open_changed(const char *from, const char *to, size_t cut_bytes, rsd_error *error)
{
    size_t size;
    const opened o = open_codec_for(MODEL_FOLDER, 16000);
    unsigned char *bytes = golden_bytes(PREDICTOR_FILE, &size);
    predictor *opened_predictor = NULL;
    for (size_t i = 0; from && i + strlen(from) < size; i++)
        if (memcmp(bytes + i, from, strlen(from)) == 0) memcpy(bytes + i, to, strlen(to));
    const rsd_status status = predictor_open("changed", bytes, size - cut_bytes, o.model, &opened_predictor, error);
    predictor_destroy(opened_predictor);
    free(bytes);
    close_codec(&(opened){o.model, o.info, o.codec});
    return status;
}

Test(predictor, files_that_are_none_are_refused_with_the_reason)
{
    static const struct {
        const char *from, *to;
        size_t cut_bytes;
        const char *reason;
    } rows[] = {
        {"residuum-token-model-1", "residuum-token-model-2", 0, "is no predictor"},
        {"\"kind\":\"live\"", "\"kind\":\"lime\"", 0, "is no predictor"},
        {"\"fingerprint\":\"", "\"fingerprinT\":\"", 0, "is no predictor"},
        {"query.weight", "query.heavy_", 0, "query.weight"},
        {NULL, NULL, 100, ""},
    };
    rsd_error error;
    cr_assert_eq(open_changed(NULL, NULL, 0, &error), RSD_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        error.text[0] = '\0';
        cr_assert_neq(open_changed(rows[i].from, rows[i].to, rows[i].cut_bytes, &error), RSD_OK, "row %zu", i);
        cr_assert_not_null(strstr(error.text, rows[i].reason), "row %zu: %s", i, error.text);
        cr_assert_neq(error.text[0], '\0', "row %zu", i);
    }
}

/* Every weight in turn as large as a float goes: the file is refused, or the tokens stay in range. */
Test(predictor, weights_that_are_not_finite_are_refused)
{
    size_t size;
    unsigned char *bytes = golden_bytes(PREDICTOR_FILE, &size);
    const opened o = open_codec_for(MODEL_FOLDER, 16000);
    uint32_t refused = 0;
    const size_t header = 8u + bytes[0] + 256u * bytes[1];
    for (size_t at = header; at + 1u < size; at += 1001u * 2u) {
        unsigned char kept[2] = {bytes[at], bytes[at + 1u]};
        bytes[at] = 0x00, bytes[at + 1u] = 0x7e; /* of 16 bits: not a number */
        predictor *read = NULL;
        rsd_error error;
        if (predictor_open("changed", bytes, size, o.model, &read, &error) != RSD_OK) refused++;
        predictor_destroy(read);
        bytes[at] = kept[0], bytes[at + 1u] = kept[1];
    }
    cr_assert_geq(refused, 8u);
    free(bytes);
    close_codec(&(opened){o.model, o.info, o.codec});
}

/* Another codec's tokens: the one inside of the library is of Lyra V2's own weights, which these are not. */
Test(predictor, a_codec_without_one_has_none)
{
    char folder[] = "/tmp/rsd-predictor-XXXXXX", from[512], to[64];
    static const char *const names[] = {"soundstream_encoder.tflite", "quantizer.tflite", "lyragan.tflite"};
    cr_assert_not_null(mkdtemp(folder));
    for (uint32_t i = 0; i < 3u; i++) {
        snprintf(from, sizeof from, "%s/%s", MODEL_FOLDER, names[i]);
        snprintf(to, sizeof to, "%s/%s", folder, names[i]);
        cr_assert_eq(symlink(from, to), 0);
    }
    opened o = open_codec_for(folder, 16000);
    cr_assert_null(codec_predictor_of(o.model));
    cr_assert_eq(predictor_state_bytes(NULL), 0u);
    close_codec(&o);
    for (uint32_t i = 0; i < 3u; i++) {
        snprintf(to, sizeof to, "%s/%s", folder, names[i]);
        unlink(to);
    }
    rmdir(folder);
}
