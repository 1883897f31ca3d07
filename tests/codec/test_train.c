// SPDX-License-Identifier: MIT
// Training of `live`: the file, its reader, what is refused, cancelling.
#include "codec_support.h"

#include "support/files.h"
#include "support/signals.h"

#include <residuum/rsd_train.h>

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define SECONDS 11u

static void train(const char *path, uint64_t seed, uint32_t thread_count)
{
    rsd_trainer *trainer;
    rsd_error error;
    const rsd_train_config config = {.hop_samples = 64, .seed = seed, .thread_count = thread_count, .name = "test"};
    float *x = malloc(SECONDS * RATE_HZ * sizeof *x);
    cr_assert_eq(rsd_trainer_create(&config, &trainer), RSD_OK);
    test_fill_notes(x, SECONDS * RATE_HZ, RATE_HZ, 5);
    cr_assert_eq(rsd_trainer_add(trainer, x, SECONDS * RATE_HZ), RSD_OK);
    cr_assert_eq(rsd_trainer_run(trainer, path, &error), RSD_OK, "%s", error.text);
    rsd_trainer_destroy(trainer);
    free(x);
}

Test(train, the_same_sound_and_seed_give_the_same_file_on_one_and_three_threads_and_it_opens_as_a_codec, .timeout = 600)
{
    char a[] = "/tmp/rsd_train_a_XXXXXX.safetensors", b[] = "/tmp/rsd_train_b_XXXXXX.safetensors";
    close(mkstemps(a, 12));
    close(mkstemps(b, 12));
    size_t size, second_size;
    train(a, 1, 1);
    train(b, 1, 3);
    unsigned char *first = test_read_file(a, &size), *second = test_read_file(b, &second_size);
    cr_assert_eq(second_size, size);
    cr_assert_arr_eq(first, second, size);
    free(first);
    free(second);

    opened o = open_codec(a);
    clip in = {.count = 2u * RATE_HZ};
    in.samples = malloc(in.count * sizeof(float));
    test_fill_notes(in.samples, 2u * RATE_HZ, RATE_HZ, 9);
    const rsd_decode_controls controls = all_on(o.info.level_count);
    float *out = code_clip(&o, in, o.info.level_count, &controls);
    cr_assert_gt(rsd_snr_db(in.samples, out, in.count), 15.0, "codebooks of these notes code such notes well");
    free(out);
    free(in.samples);
    close_codec(&o);
    unlink(a);
    unlink(b);
}

Test(train, sounds_with_most_of_the_spectrum_empty_give_a_codec_that_opens, .timeout = 600)
{
    char path[] = "/tmp/rsd_train_c_XXXXXX.safetensors";
    close(mkstemps(path, 12));
    rsd_trainer *trainer;
    rsd_error error;
    const rsd_train_config config = {.hop_samples = 64, .seed = 1};
    float *x = malloc(SECONDS * RATE_HZ * sizeof *x);
    for (size_t i = 0; i < SECONDS * RATE_HZ; i++)
        x[i] = 0.3f * (float)sin(6.283185307 * 440.0 * (double)i / RATE_HZ * (1.0 + 0.1 * (double)(i / RATE_HZ)));
    cr_assert_eq(rsd_trainer_create(&config, &trainer), RSD_OK);
    cr_assert_eq(rsd_trainer_add(trainer, x, SECONDS * RATE_HZ), RSD_OK);
    cr_assert_eq(rsd_trainer_run(trainer, path, &error), RSD_OK, "%s", error.text);
    rsd_trainer_destroy(trainer);
    opened o = open_codec(path);
    const clip in = {x, RATE_HZ};
    const rsd_decode_controls controls = all_on(o.info.level_count);
    float *out = code_clip(&o, in, o.info.level_count, &controls);
    cr_assert_gt(rsd_snr_db(in.samples, out, in.count), 20.0);
    free(out);
    free(x);
    close_codec(&o);
    unlink(path);
}

Test(train, too_little_sound_is_refused_with_how_much_is_needed)
{
    rsd_trainer *trainer;
    rsd_error error;
    const rsd_train_config config = {.hop_samples = 64, .seed = 1};
    float *x = calloc(3u * RATE_HZ, sizeof *x);
    cr_assert_eq(rsd_trainer_create(&config, &trainer), RSD_OK);
    cr_assert_eq(rsd_trainer_add(trainer, x, 3u * RATE_HZ), RSD_OK);
    cr_assert_eq(rsd_trainer_run(trainer, "/tmp/never.safetensors", &error), RSD_ERR_ARG);
    cr_assert(strstr(error.text, "too little sound"), "%s", error.text);
    cr_assert_neq(access("/tmp/never.safetensors", F_OK), 0);
    rsd_trainer_destroy(trainer);
    free(x);
}

static rsd_status train_frames(size_t frame_count, const char *path, rsd_error *error)
{
    rsd_trainer *trainer;
    const rsd_train_config config = {.hop_samples = 64, .seed = 1};
    const size_t count = (frame_count + 1u) * 64u; // a frame is of two hops
    float *x = malloc(count * sizeof *x);
    cr_assert_eq(rsd_trainer_create(&config, &trainer), RSD_OK);
    test_fill_notes(x, count, RATE_HZ, 5);
    cr_assert_eq(rsd_trainer_add(trainer, x, count), RSD_OK);
    cr_assert_float_eq(rsd_trainer_sounding_s(trainer), frame_count * 64.0 / RATE_HZ, 1e-9);
    const rsd_status status = rsd_trainer_run(trainer, path, error);
    rsd_trainer_destroy(trainer);
    free(x);
    return status;
}

Test(train, so_many_frames_as_the_codebooks_need_are_enough_and_one_less_is_not, .timeout = 600)
{
    char path[] = "/tmp/rsd_train_d_XXXXXX.safetensors";
    rsd_error error;
    close(mkstemps(path, 12));
    cr_assert_eq(train_frames(1088, path, &error), RSD_OK, "%s", error.text);
    opened o = open_codec(path);
    close_codec(&o);
    unlink(path);
    cr_assert_eq(train_frames(1087, path, &error), RSD_ERR_ARG);
    cr_assert(strstr(error.text, "too little sound"), "%s", error.text);
    cr_assert_neq(access(path, F_OK), 0);
}

/*
 * Numbers of training (tuning.h) that show in no property of one model: a share of the data, a count of passes. Changes
 * that are meant put the new number here. log2 and exp2 of libm come in only where their last bit is rounded away.
 */
Test(train, bursts_of_noise_give_this_file, .timeout = 600)
{
    char path[] = "/tmp/rsd_train_e_XXXXXX.safetensors";
    close(mkstemps(path, 12));
    rsd_trainer *trainer;
    rsd_error error;
    const rsd_train_config config = {.hop_samples = 64, .seed = 1};
    const uint32_t count = 12u * RATE_HZ;
    float *x = malloc(count * sizeof *x);
    test_fill_bursts(x, count, 6000, 3);
    cr_assert_eq(rsd_trainer_create(&config, &trainer), RSD_OK);
    cr_assert_eq(rsd_trainer_add(trainer, x, count), RSD_OK);
    cr_assert_eq(rsd_trainer_run(trainer, path, &error), RSD_OK, "%s", error.text);
    rsd_trainer_destroy(trainer);
    size_t size;
    unsigned char *bytes = test_read_file(path, &size);
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 0x100000001b3u; /* FNV-1a */
    cr_assert_eq(hash, 0x4150bf8f996ac33au, "0x%016llx", (unsigned long long)hash);
    free(bytes);
    free(x);
    unlink(path);
}

Test(train, wrong_hops_and_values_are_refused)
{
    rsd_trainer *trainer;
    const rsd_train_config wrong = {.hop_samples = 100}, crowd = {.hop_samples = 128, .thread_count = 9},
                           right = {.hop_samples = 128};
    float x[1024] = {0};
    cr_assert_eq(rsd_trainer_create(&wrong, &trainer), RSD_ERR_ARG);
    cr_assert_eq(rsd_trainer_create(&crowd, &trainer), RSD_ERR_ARG);
    cr_assert_eq(rsd_trainer_create(&right, &trainer), RSD_OK);
    x[3] = __builtin_nanf("");
    cr_assert_eq(rsd_trainer_add(trainer, x, 1024), RSD_ERR_ARG);
    rsd_trainer_destroy(trainer);
}
