// SPDX-License-Identifier: MIT
// Tap and source of tokens.
#include "engine_support.h"

#define COUNT 24000u
#define FRAMES 256u

typedef struct {
    rsd_token_frame frames[2][FRAMES];
    uint32_t last; /* the source has frames below this */
} tape;

static void write_frame(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    tape *t = context;
    if (frame_index < FRAMES) t->frames[channel][frame_index] = *frame;
}

static bool read_frame(void *context, uint32_t channel, uint64_t frame_index, rsd_token_frame *frame)
{
    tape *t = context;
    if (frame_index >= t->last) return false;
    *frame = t->frames[channel][frame_index];
    return true;
}

static void run_stereo(rsd_engine *engine, const float *left, const float *right, float *out_left, float *out_right)
{
    const float *const in[2] = {left, right};
    float *const out[2] = {out_left, out_right};
    rsd_engine_process(engine, in, out, COUNT);
}

/* Encodes, then decodes the taped tokens from a silent input with `from_levels` turned on. */
static void assert_decode_equals_process(float levels, float from_levels)
{
    tape *t = calloc(1, sizeof *t);
    float *left = make_samples(COUNT), *right = make_samples(COUNT), *silence = make_samples(COUNT);
    float *wanted[2] = {make_samples(COUNT), make_samples(COUNT)}, *out[2] = {make_samples(COUNT), make_samples(COUNT)};
    test_fill_notes(left, COUNT, 48000.0, 51u);
    test_fill_noise(right, COUNT, 0.2f, 52u);
    rsd_engine *coder = make_engine(48000, 2), *player = make_engine(48000, 2);
    rsd_engine_set_tap(coder, write_frame, t);
    set(coder, RSD_PARAM_LEVELS, 0, levels);
    run_stereo(coder, left, right, wanted[0], wanted[1]);
    t->last = FRAMES;
    rsd_engine_set_source(player, read_frame, t);
    set(player, RSD_PARAM_LEVELS, 0, from_levels);
    run_stereo(player, silence, silence, out[0], out[1]);
    assert_same_samples(out[0], wanted[0], COUNT, "left");
    assert_same_samples(out[1], wanted[1], COUNT, "right");
    rsd_engine_destroy(coder);
    rsd_engine_destroy(player);
    free(t), free(left), free(right), free(silence), free(wanted[0]), free(wanted[1]), free(out[0]), free(out[1]);
}

Test(tokens, decoding_taped_tokens_gives_the_samples_of_the_run_that_made_them)
{
    assert_decode_equals_process(64.0f, 64.0f);
    assert_decode_equals_process(3.0f, 3.0f);
    assert_decode_equals_process(3.4f, 3.4f);
    assert_decode_equals_process(3.0f, 64.0f); /* what was not coded is filled as what was not coded */
}

Test(tokens, where_the_source_has_none_there_is_silence)
{
    tape *t = calloc(1, sizeof *t);
    float *in = make_samples(COUNT), *out = make_samples(COUNT);
    test_fill_notes(in, COUNT, 48000.0, 53u);
    rsd_engine *coder = make_engine(48000, 1), *player = make_engine(48000, 1);
    rsd_engine_set_tap(coder, write_frame, t);
    run(coder, in, out, COUNT);
    t->last = 100;
    rsd_engine_set_source(player, read_frame, t);
    run(player, in, out, COUNT);
    cr_assert_gt(energy_of(out, 100u * 128u), 0.1);
    cr_assert_eq(largest(out + 102u * 128u, COUNT - 102u * 128u), 0.0f);
    rsd_engine_destroy(coder);
    rsd_engine_destroy(player);
    free(t), free(in), free(out);
}
