// SPDX-License-Identifier: MIT
// The hash that a plugin's state keeps of its codec, where the codec's model lies outside of the plugin.
#include "plug_internal.h"
#include "support/files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const FILES[] = {"lyragan.tflite", "quantizer.tflite", "soundstream_encoder.tflite"};

/* A folder beside the program with links to the tiny model's files. The caller removes it. */
static void link_model(char folder[64])
{
    char from[512], to[128];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(to, sizeof to, "%s/lyra_v2", folder);
    cr_assert_eq(mkdir(to, 0700), 0);
    for (size_t f = 0; f < 3u; f++) {
        snprintf(from, sizeof from, MODELS_FOLDER "/lyra_v2/%s", FILES[f]);
        snprintf(to, sizeof to, "%s/lyra_v2/%s", folder, FILES[f]);
        cr_assert_eq(symlink(from, to), 0);
    }
}

static void write_predictor(const char *folder, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/lyra_v2/predictor.safetensors", folder);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_model(const char *folder)
{
    static const char *const names[] = {"lyra_v2/lyragan.tflite",
                                        "lyra_v2/quantizer.tflite",
                                        "lyra_v2/soundstream_encoder.tflite",
                                        "lyra_v2/predictor.safetensors",
                                        "lyra_v2",
                                        ""};
    char path[128];
    for (size_t f = 0; f < sizeof names / sizeof *names; f++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[f]);
        remove(path);
    }
}

/* FNV-1a over the three in order of name: what states hold from when the files were inside of the plugin. */
Test(plug_hash, lyra_has_the_hash_that_states_hold_from_when_it_was_built_in)
{
    uint64_t expected = 14695981039346656037ull;
    char text[32], hash[PLUG_HASH_BYTES];
    for (size_t f = 0; f < 3u; f++) {
        char path[512];
        size_t size;
        snprintf(path, sizeof path, "%s/lyra_v2/%s", MODELS_FOLDER, FILES[f]);
        unsigned char *bytes = test_read_file(path, &size);
        for (size_t i = 0; i < size; i++) expected = (expected ^ bytes[i]) * 1099511628211ull;
        free(bytes);
    }
    snprintf(text, sizeof text, "%016llx", (unsigned long long)expected);
    char models[64] = "plug_hash_XXXXXX", folder[128];
    link_model(models);
    snprintf(folder, sizeof folder, "%s/lyra_v2", models);
    setenv("RESIDUUM_MODELS", models, 1);
    for (int again = 0; again < 2; again++) {
        plug_codec_hash("lyra-v2", hash);
        cr_assert_str_eq(hash, text);
        plug_codec_hash(folder, hash); /* a folder's files are taken in another order */
        cr_assert_str_neq(hash, text);
        cr_assert_str_neq(hash, "");
    }
    remove_model(models);
}

/* Imagined levels sound as the predictor says: a state knows that it is another. */
Test(plug_hash, a_predictor_of_ones_own_is_part_of_it)
{
    char folder[64] = "plug_hash_XXXXXX", path[128], hash[4][2][PLUG_HASH_BYTES];
    link_model(folder);
    snprintf(path, sizeof path, "%s/lyra_v2", folder);
    setenv("RESIDUUM_MODELS", folder, 1);
    static const char *const texts[4] = {NULL, "one", "another", "one"};
    for (int i = 0; i < 4; i++) {
        if (texts[i]) write_predictor(folder, texts[i]);
        plug_codec_hash("lyra-v2", hash[i][0]);
        plug_codec_hash(path, hash[i][1]);
    }
    remove_model(folder);
    for (int way = 0; way < 2; way++) {
        cr_assert_str_neq(hash[0][way], "");
        cr_assert_str_neq(hash[0][way], hash[1][way], "with a predictor");
        cr_assert_str_neq(hash[1][way], hash[2][way], "with another");
        cr_assert_str_eq(hash[1][way], hash[3][way], "with the first one again");
    }
}

Test(plug_hash, a_model_that_is_not_there_has_none)
{
    char hash[PLUG_HASH_BYTES];
    setenv("RESIDUUM_MODELS", "/nowhere", 1);
    setenv("XDG_DATA_HOME", "/nowhere", 1);
    plug_codec_hash("lyra-v2", hash);
    cr_assert_str_eq(hash, "");
    plug_codec_hash("live-64", hash);
    cr_assert_str_neq(hash, "");
}
