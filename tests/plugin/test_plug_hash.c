// SPDX-License-Identifier: MIT
// The hash that a plugin's state keeps of its codec, where the codec's model lies outside of the plugin.
#include "plug_internal.h"
#include "support/files.h"

#include <stdlib.h>
#include <string.h>

static const char *const FILES[] = {"lyragan.tflite", "quantizer.tflite", "soundstream_encoder.tflite"};

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
    setenv("RESIDUUM_MODELS", MODELS_FOLDER, 1);
    for (int again = 0; again < 2; again++) {
        plug_codec_hash("lyra-v2", hash);
        cr_assert_str_eq(hash, text);
        plug_codec_hash(MODELS_FOLDER "/lyra_v2", hash); /* a folder's files are taken in another order */
        cr_assert_str_neq(hash, text);
        cr_assert_str_neq(hash, "");
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
