// SPDX-License-Identifier: MIT
// Folders of Lyra V2: what is read, and what is refused with its reason.
#include "golden.h"

#include "codec/lyra/internal.h"
#include "support/signals.h"

#include <sys/stat.h>
#include <unistd.h>

/* What a user's own triple must survive: every kind of damage is one clear error, never a crash. */

static const char *const FILES[3] = {"soundstream_encoder.tflite", "lyragan.tflite", "quantizer.tflite"};
static char folder[64];

static unsigned char *shipped(const char *name, size_t *size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", MODEL_FOLDER, name);
    return test_read_file(path, size);
}

static void put(const char *name, const unsigned char *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void make_folder(void)
{
    setenv("RESIDUUM_MODELS", MODELS_FOLDER, 1);
    snprintf(folder, sizeof folder, "/tmp/rsd_lyra_XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    for (int i = 0; i < 3; i++) {
        size_t size;
        unsigned char *bytes = shipped(FILES[i], &size);
        put(FILES[i], bytes, size);
        free(bytes);
    }
}

static void remove_folder(void)
{
    char path[128];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, FILES[i]);
        unlink(path);
    }
    rmdir(folder);
}

TestSuite(lyra_files, .init = make_folder, .fini = remove_folder, .timeout = 600);

static rsd_status open_folder(rsd_error *error)
{
    rsd_model *model = NULL;
    error->text[0] = '\0';
    const rsd_status status = rsd_model_open(folder, &model, error);
    rsd_model_release(model);
    return status;
}

Test(lyra_files, a_folder_of_the_files_is_the_codec_by_its_name)
{
    rsd_model *own, *builtin;
    rsd_error error;
    cr_assert_eq(rsd_model_open(folder, &own, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(rsd_model_open("lyra-v2", &builtin, &error), RSD_OK, "%s", error.text);
    const lyra_model *a = (const lyra_model *)own, *b = (const lyra_model *)builtin;
    cr_assert_eq(a->level_count, 46u);
    cr_assert_eq(b->level_count, 46u);
    cr_assert_arr_eq(a->codewords, b->codewords, 46u * 16u * 64u * sizeof(float));
    cr_assert_str_eq(a->name, folder + 5);
    rsd_model_release(own);
    rsd_model_release(builtin);
}

/* Large weights are in memory once, however many use them; a changed file is another codec. */
Test(lyra_files, a_folder_that_is_open_is_not_loaded_again)
{
    rsd_error error;
    rsd_model *first, *second, *third;
    size_t size;
    cr_assert_eq(rsd_model_open(folder, &first, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(rsd_model_open(folder, &second, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(first, second);
    unsigned char *bytes = shipped(FILES[2], &size);
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, FILES[2]);
    cr_assert_eq(remove(path), 0);
    put(FILES[2], bytes, size);
    cr_assert_eq(rsd_model_open(folder, &third, &error), RSD_OK, "%s", error.text);
    cr_assert_neq(first, third);
    free(bytes);
    rsd_model_release(first);
    rsd_model_release(second);
    rsd_model_release(third);
}

Test(lyra_files, a_missing_file_is_named)
{
    for (int i = 0; i < 3; i++) {
        rsd_error error;
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, FILES[i]);
        size_t size;
        unsigned char *bytes = shipped(FILES[i], &size);
        unlink(path);
        cr_assert_eq(open_folder(&error), RSD_ERR_IO);
        cr_assert_not_null(strstr(error.text, FILES[i]), "%s", error.text);
        put(FILES[i], bytes, size);
        free(bytes);
    }
}

Test(lyra_files, a_file_cut_short_is_one_error_that_names_it)
{
    for (int i = 0; i < 3; i++) {
        size_t size;
        unsigned char *bytes = shipped(FILES[i], &size);
        for (size_t step = 0; step < 40u; step++) {
            rsd_error error;
            put(FILES[i], bytes, step < 16u ? step : size * (step - 15u) / 25u);
            if (step == 39u) put(FILES[i], bytes, size - 4u);
            cr_assert_eq(open_folder(&error), RSD_ERR_FORMAT, "%s, step %zu", FILES[i], step);
            cr_assert_not_null(strstr(error.text, FILES[i]), "%s", error.text);
        }
        put(FILES[i], bytes, size);
        free(bytes);
    }
}

Test(lyra_files, files_in_each_others_place_are_refused)
{
    for (int i = 0; i < 3; i++) {
        rsd_error error;
        size_t size, own_size;
        unsigned char *other = shipped(FILES[(i + 1) % 3], &size), *own = shipped(FILES[i], &own_size);
        put(FILES[i], other, size);
        cr_assert_neq(open_folder(&error), RSD_OK);
        cr_assert_not_null(strstr(error.text, FILES[i]), "%s", error.text);
        put(FILES[i], own, own_size);
        free(other);
        free(own);
    }
}

/* Parses and builds from memory: what opening a folder does, without the disk. */
static rsd_status build(const unsigned char *bytes, size_t size, rsd_error *error)
{
    tfl_file *file = NULL;
    tfl_graph *graph = NULL;
    error->text[0] = '\0';
    rsd_status status = tfl_parse(bytes, size, "own.tflite", &file, error);
    if (status == RSD_OK) status = tfl_graph_build(file, 0, &graph, error);
    tfl_graph_free(graph);
    tfl_close(file);
    return status;
}

/* Where the bytes of the flatbuffer's tables are, most damage is noticed; none may crash, and each refusal speaks. */
Test(lyra_files, damaged_bytes_never_crash_and_every_refusal_has_a_reason)
{
    uint32_t seed = 11, refused = 0;
    for (int i = 0; i < 3; i++) {
        size_t size;
        unsigned char *bytes = shipped(FILES[i], &size), *broken = malloc(size);
        for (int round = 0; round < 120; round++) {
            rsd_error error;
            memcpy(broken, bytes, size);
            for (uint32_t n = 0; n < 1u + test_random(&seed) % 4u; n++) {
                /* Tables lie at the two ends of these files, data between. */
                const size_t span = size / 12u, at = (test_random(&seed) >> 4) % span;
                broken[test_random(&seed) >> 31 ? at : size - 1u - at] = (unsigned char)(test_random(&seed) >> 24);
            }
            if (build(broken, size, &error) == RSD_OK) continue;
            cr_assert_not_null(strstr(error.text, "own.tflite"), "'%s'", error.text);
            refused++;
        }
        free(bytes);
        free(broken);
    }
    cr_assert_gt(refused, 60u, "%u", refused);
}

static size_t find(const unsigned char *bytes, size_t size, const void *what, size_t length)
{
    const unsigned char *at = memmem(bytes, size, what, length);
    cr_assert_not_null(at);
    return (size_t)(at - bytes);
}

/* LEAKY_RELU's code, 98, stands in its one byte and its four bytes: another operator is refused by name. */
Test(lyra_files, an_unknown_operator_is_named)
{
    rsd_error error;
    size_t size;
    unsigned char *bytes = shipped(FILES[0], &size);
    uint32_t changed = 0;
    for (size_t i = size - 4096u; i + 4u < size; i++) {
        if (memcmp(bytes + i, "\x62\0\0\0", 4) == 0) bytes[i] = 0x4d, changed++;
        if (bytes[i] == 0x62) bytes[i] = 0x4d, changed++;
    }
    cr_assert_gt(changed, 0u);
    cr_assert_eq(build(bytes, size, &error), RSD_ERR_UNSUPPORTED, "%s", error.text);
    cr_assert_not_null(strstr(error.text, "operator 77"), "%s", error.text);
    cr_assert_not_null(strstr(error.text, "tensor '"), "%s", error.text);
    free(bytes);
}

Test(lyra_files, a_weight_that_is_not_a_number_is_named_with_its_tensor)
{
    rsd_error error;
    size_t size;
    unsigned char *bytes = shipped(FILES[0], &size);
    tfl_file *file;
    cr_assert_eq(tfl_parse(bytes, size, "own.tflite", &file, &error), RSD_OK, "%s", error.text);
    const tfl_tensor *weights = &tfl_subgraph_at(file, 0)->tensors[1]; /* of the first convolution */
    const size_t at = find(bytes, size, weights->data, 64u);
    char name[256];
    snprintf(name, sizeof name, "%.120s", weights->name);
    tfl_close(file);
    memcpy(bytes + at + 4u, "\0\0\xc0\x7f", 4);
    cr_assert_eq(build(bytes, size, &error), RSD_ERR_FORMAT);
    cr_assert_not_null(strstr(error.text, name), "%s", error.text);
    free(bytes);
}

/* The index of a level's slice says which level a codebook of the decoder belongs to. */
Test(lyra_files, codebooks_that_differ_between_encoder_and_decoder_are_refused)
{
    rsd_error error;
    size_t size, at = 0;
    unsigned char *bytes = shipped(FILES[2], &size);
    tfl_file *file;
    cr_assert_eq(tfl_parse(bytes, size, "own.tflite", &file, &error), RSD_OK, "%s", error.text);
    const tfl_subgraph *decode = tfl_find_subgraph(file, "decode");
    for (uint32_t i = 0; i < decode->op_count && !at; i++) {
        const tfl_op *op = &decode->ops[i];
        const tfl_tensor *begin = op->code == TFL_STRIDED_SLICE ? &decode->tensors[op->inputs[1]] : NULL;
        if (begin && begin->element_count == 3u && tfl_i32_at(begin, 0) == 7)
            at = (size_t)((const unsigned char *)begin->data - bytes);
    }
    tfl_close(file);
    cr_assert_neq(at, 0u);
    bytes[at] = 8;
    put(FILES[2], bytes, size);
    cr_assert_eq(open_folder(&error), RSD_ERR_FORMAT);
    cr_assert_not_null(strstr(error.text, "differs from the codebook"), "%s", error.text);
    free(bytes);
}

/* The count of a tensor's bytes stands before them. */
Test(lyra_files, a_count_that_reaches_past_the_end_is_refused_with_its_tensor)
{
    rsd_error error;
    size_t size;
    unsigned char *bytes = shipped(FILES[0], &size);
    tfl_file *file;
    cr_assert_eq(tfl_parse(bytes, size, "own.tflite", &file, &error), RSD_OK, "%s", error.text);
    const size_t at = (size_t)((const unsigned char *)tfl_subgraph_at(file, 0)->tensors[1].data - bytes);
    tfl_close(file);
    memcpy(bytes + at - 4u, "\xf0\xff\xff\xff", 4);
    cr_assert_eq(build(bytes, size, &error), RSD_ERR_FORMAT);
    cr_assert_not_null(strstr(error.text, "outside of the file"), "%s", error.text);
    cr_assert_not_null(strstr(error.text, "tensor 1 "), "%s", error.text);
    free(bytes);
}
