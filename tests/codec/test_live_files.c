// SPDX-License-Identifier: MIT
// Model files of `live`: what is read, and how damage is named.
#include "codec_support.h"

#include "support/files.h"

#include <stdio.h>
#include <unistd.h>

/* What a model file must survive: every kind of damage is one clear error, never a crash. */

static unsigned char *read_model(size_t *size) { return test_read_file(MODEL_FOLDER "/live-64.safetensors", size); }

static rsd_status open_bytes(const unsigned char *bytes, size_t size, rsd_error *error)
{
    char path[] = "/tmp/rsd_model_XXXXXX.safetensors";
    const int handle = mkstemps(path, 12);
    cr_assert_eq(write(handle, bytes, size), (ssize_t)size);
    close(handle);
    rsd_model *model = NULL;
    const rsd_status status = rsd_model_open(path, &model, error);
    rsd_model_release(model);
    unlink(path);
    return status;
}

/* Replaces the first `from` in the header by `to` of the same length. */
static void patch(unsigned char *bytes, size_t size, const char *from, const char *to)
{
    unsigned char *at = memmem(bytes, size, from, strlen(from));
    cr_assert_not_null(at, "%s", from);
    memcpy(at, to, strlen(to));
}

Test(live_files, a_file_of_the_shipped_codebooks_is_the_built_in_codec)
{
    opened file = open_codec(MODEL_FOLDER "/live-128.safetensors"), builtin = open_codec("live");
    const clip in = demo_clip(0.2, 0.5);
    const rsd_decode_controls controls = all_on(8);
    float *a = code_clip(&file, in, 8, &controls), *b = code_clip(&builtin, in, 8, &controls);
    cr_assert_arr_eq(a, b, in.count * sizeof *a);
    cr_assert_str_eq(file.info.name, "live-128");
    free(a);
    free(b);
    free(in.samples);
    close_codec(&file);
    close_codec(&builtin);
}

Test(live_files, built_in_models_are_shared)
{
    rsd_model *a, *b;
    cr_assert_eq(rsd_model_open("live", &a, NULL), RSD_OK);
    cr_assert_eq(rsd_model_open("live-128", &b, NULL), RSD_OK);
    cr_assert_eq(a, b);
    rsd_model_release(a);
    rsd_model_release(b);
}

Test(live_files, damage_is_named)
{
    static const struct {
        const char *from, *to, *wanted;
    } cases[] = {
        {"residuum-live", "residuum-dead", "format"},
        {"\"version\":\"7\"", "\"version\":\"8\"", "version"},
        {"\"hop_samples\":\"64\"", "\"hop_samples\":\"65\"", "hop_samples"},
        {"\"envelope.mean\"", "\"envelope.meal\"", "envelope.mean"},
        {"\"envelope.0\"", "\"envelope.7\"", "envelope.0"},
        {"\"stage.0.subband.3\"", "\"stage.0.subband.9\"", "stage.0.subband.3"},
        {"\"stage.5\"", "\"stage.x\"", "stage.5.subband.0"},
        {"\"subband.error\"", "\"subband.eroor\"", "subband.error"},
        {"\"level.tokens\"", "\"level.tokenz\"", "level.tokens"},
        {"\"constants\"", "\"constanze\"", "constants"},
        {"\"stage.residual_ratios\"", "\"stage.residual_ratioz\"", "stage.residual_ratios"},
    };
    size_t size;
    unsigned char *bytes = read_model(&size), *copy = malloc(size);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rsd_error error;
        memcpy(copy, bytes, size);
        patch(copy, size, cases[i].from, cases[i].to);
        cr_assert_neq(open_bytes(copy, size, &error), RSD_OK, "%s", cases[i].to);
        cr_assert(strstr(error.text, cases[i].wanted), "%s: %s", cases[i].to, error.text);
        cr_assert(strstr(error.text, ".safetensors"), "%s", error.text);
    }
    free(bytes);
    free(copy);
}

Test(live_files, every_cut_is_refused)
{
    size_t size;
    unsigned char *bytes = read_model(&size);
    for (size_t cut = 0; cut < size; cut += size / 97u + 1u) {
        rsd_error error;
        cr_assert_eq(open_bytes(bytes, cut, &error), RSD_ERR_FORMAT, "cut at %zu", cut);
        cr_assert(error.text[0]);
    }
    free(bytes);
}

Test(live_files, weights_that_are_not_numbers_are_refused)
{
    size_t size;
    unsigned char *bytes = read_model(&size);
    uint64_t header = 0;
    for (int i = 7; i >= 0; i--) header = header << 8 | bytes[i];
    memset(bytes + 8 + header, 0xff, 4); /* constants[0] becomes a NaN */
    rsd_error error;
    cr_assert_eq(open_bytes(bytes, size, &error), RSD_ERR_FORMAT);
    cr_assert(strstr(error.text, "constants") && strstr(error.text, "finite"), "%s", error.text);
    free(bytes);
}

Test(live_files, unknown_names_say_what_there_is)
{
    rsd_model *model;
    rsd_error error;
    cr_assert_eq(rsd_model_open("opus", &model, &error), RSD_ERR_NOT_FOUND);
    cr_assert(strstr(error.text, "opus") && strstr(error.text, "live-64"), "%s", error.text);
    cr_assert_eq(rsd_model_open("/nonexistent.safetensors", &model, &error), RSD_ERR_IO);
}

/* The advice names every codec there is, from the table, so that a new one is in it. */
Test(live_files, a_codec_that_there_is_not_is_answered_with_all_names)
{
    rsd_model *model = NULL;
    rsd_error error;
    const char *name, *description;
    cr_assert_eq(rsd_model_open("no-such-codec", &model, &error), RSD_ERR_NOT_FOUND);
    for (uint32_t i = 0; rsd_model_builtin(i, &name, &description); i++)
        cr_assert_not_null(strstr(error.text, name), "%s is not in: %s", name, error.text);
    static const char *const others[] = {"no-such-codec", "(live-64, live, live-128", ".safetensors", "EnCodec",
                                         ".tflite"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_not_null(strstr(error.text, others[i]), "%s is not in: %s", others[i], error.text);
}
