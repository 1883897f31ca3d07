// SPDX-License-Identifier: MIT
// The wrong decoder: tokens of one codec decoded by another of the same shape.
#include "codec_support.h"

#include "support/files.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define LEVELS 8u

static char other_path[64], joined_name[96];

/* live-128 with every codeword of its levels turned upside down: what it decodes is the negative. */
static void write_upside_down(void)
{
    size_t size, begin = 0;
    char *bytes = (char *)test_read_file(MODEL_FOLDER "/live-128.safetensors", &size);
    const char *tensor = memmem(bytes, size, "\"stage.0.subband.0\"", 19);
    cr_assert_not_null(tensor);
    cr_assert_eq(sscanf(strstr(tensor, "data_offsets"), "data_offsets\":[%zu", &begin), 1);
    uint64_t header = 0;
    memcpy(&header, bytes, sizeof header); /* little-endian, as the tests' machines are */
    for (size_t i = 8u + (size_t)header + begin; i < size; i++) bytes[i] = (char)-bytes[i];
    snprintf(other_path, sizeof other_path, "/tmp/rsd_pair_%d.safetensors", (int)getpid());
    snprintf(joined_name, sizeof joined_name, "live-128@%s", other_path);
    FILE *to = fopen(other_path, "wb");
    cr_assert(to && fwrite(bytes, 1, size, to) == size && fclose(to) == 0, "%s", other_path);
    free(bytes);
}

static void remove_other(void) { unlink(other_path); }

/* Half a second of the demo by this codec, without noise. */
static float *decoded_by(const char *name, float morph, clip in)
{
    opened o = open_codec(name);
    rsd_decode_controls controls = all_on(LEVELS);
    controls.noise_fill = 0.0f;
    controls.morph = morph;
    float *out = code_clip(&o, in, LEVELS, &controls);
    close_codec(&o);
    return out;
}

Test(foreign_decoder, the_decoder_has_the_codewords_and_the_coder_all_else, .init = write_upside_down,
     .fini = remove_other)
{
    const clip in = demo_clip(0.2, 0.5);
    float *own = decoded_by("live-128", 0.0f, in), *wrong = decoded_by(joined_name, 1.0f, in),
          *same = decoded_by("live-128@live", 1.0f, in);
    for (size_t i = 0; i < in.count; i++) {
        cr_assert_eq(wrong[i], -own[i], "sample %zu", i);
        cr_assert_eq(same[i], own[i], "sample %zu", i);
    }
    free(own), free(wrong), free(same), free(in.samples);
}

Test(foreign_decoder, morph_goes_from_one_decoder_to_the_other, .init = write_upside_down, .fini = remove_other)
{
    const clip in = demo_clip(0.2, 0.5);
    float *own = decoded_by("live-128", 0.0f, in), *none = decoded_by(joined_name, 0.0f, in),
          *half = decoded_by(joined_name, 0.5f, in), *quarter = decoded_by(joined_name, 0.25f, in);
    for (size_t i = 0; i < in.count; i++) {
        cr_assert_eq(none[i], own[i], "at 0 it is the coder's own decoder, sample %zu", i);
        cr_assert_eq(half[i], 0.0f, "both cancel, sample %zu", i);
        cr_assert_eq(quarter[i], 0.5f * own[i], "sample %zu", i);
    }
    free(own), free(none), free(half), free(quarter), free(in.samples);
}

Test(foreign_decoder, tokens_are_the_coders_and_the_latency_is_the_same, .init = write_upside_down,
     .fini = remove_other)
{
    opened own = open_codec("live-128"), joined = open_codec(joined_name);
    const rsd_encode_controls controls = {LEVELS, 16};
    const clip in = demo_clip(0.2, 0.5);
    cr_assert_eq(joined.info.latency_samples, own.info.latency_samples);
    for (size_t at = 0; at + 128u <= in.count; at += 128u) {
        rsd_token_frame a, b;
        rsd_codec_encode(own.codec, in.samples + at, &controls, &a, NULL);
        rsd_codec_encode(joined.codec, in.samples + at, &controls, &b, NULL);
        cr_assert_arr_eq(a.tokens, b.tokens, own.info.sequence_count * sizeof(int32_t));
    }
    close_codec(&own), close_codec(&joined), free(in.samples);
}

static void assert_refused(const char *name, rsd_status wanted, const char *word)
{
    rsd_model *model = NULL;
    rsd_error error;
    cr_assert_eq(rsd_model_open(name, &model, &error), wanted, "%s: %s", name, error.text);
    cr_assert_null(model);
    cr_assert_not_null(strstr(error.text, word), "%s: '%s' does not say %s", name, error.text, word);
}

Test(foreign_decoder, what_does_not_fit_is_refused_by_name)
{
    assert_refused("live-128@live-256", RSD_ERR_UNSUPPORTED, "live-128@live-256");
    assert_refused("live-128@live-256", RSD_ERR_UNSUPPORTED, "128 and 256");
    assert_refused("live-64@nothing", RSD_ERR_NOT_FOUND, "'nothing'");
    assert_refused("nothing@live-64", RSD_ERR_NOT_FOUND, "'nothing'");
    assert_refused("live-64@live-64@live-64", RSD_ERR_NOT_FOUND, "'live-64@live-64'");
    assert_refused("@live", RSD_ERR_NOT_FOUND, "@live");
    assert_refused("live@", RSD_ERR_NOT_FOUND, "live@");
}

/* A sign in a path of a file that is there is part of its name. */
Test(foreign_decoder, a_file_whose_path_has_the_sign_is_one_model)
{
    size_t size;
    rsd_model *model = NULL;
    rsd_codec_info info;
    const char *path = "/tmp/rsd_me@home.safetensors";
    unsigned char *bytes = test_read_file(MODEL_FOLDER "/live-64.safetensors", &size);
    FILE *to = fopen(path, "wb");
    cr_assert(to && fwrite(bytes, 1, size, to) == size && fclose(to) == 0);
    cr_assert_eq(rsd_model_open(path, &model, NULL), RSD_OK);
    rsd_model_info(model, 48000, &info);
    cr_assert_str_eq(info.name, "rsd_me@home");
    rsd_model_release(model);
    unlink(path);
    free(bytes);
}
