// SPDX-License-Identifier: MIT
// EnCodec folders: what is read, and what is refused with its reason.
#include "encodec_support.h"

#include "support/signals.h"

#include <jansson.h>
#include <residuum/rsd_dsp.h>
#include <unistd.h>

/* Folders that are wrong in one place each: one clear error that names file and place, never a crash. */

static char folder[64];
static unsigned char *weights;
static size_t weights_bytes;
static char config[4096];

static void path_of(const char *name, char path[128]) { snprintf(path, 128, "%.60s/%s", folder, name); }

static void write_file(const char *name, const void *data, size_t bytes)
{
    char path[128];
    path_of(name, path);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(data, 1, bytes, file), bytes);
    fclose(file);
}

static size_t read_golden(const char *name, void *data, size_t room)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", GOLDEN_FOLDER, name);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    const size_t got = fread(data, 1, room, file);
    fclose(file);
    return got;
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/rsd_encodec_XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    weights = malloc(2u << 20);
    weights_bytes = read_golden("model.safetensors", weights, 2u << 20);
    config[read_golden("config.json", config, sizeof config - 1u)] = '\0';
    write_file("model.safetensors", weights, weights_bytes);
    write_file("config.json", config, strlen(config));
}

static void remove_folder(void)
{
    char path[128];
    path_of("model.safetensors", path);
    unlink(path);
    path_of("config.json", path);
    unlink(path);
    rmdir(folder);
    free(weights);
}

TestSuite(encodec_files, .init = make_folder, .fini = remove_folder);

static void expect_refused(rsd_status status, const char *first, const char *second)
{
    rsd_error error = {0};
    rsd_model *model = NULL;
    const rsd_status got = rsd_model_open(folder, &model, &error);
    cr_expect_eq(got, status, "status %d, not %d: %s", got, status, error.text);
    cr_expect_not_null(strstr(error.text, first), "'%s' does not name '%s'", error.text, first);
    cr_expect_not_null(strstr(error.text, second), "'%s' does not name '%s'", error.text, second);
    cr_expect_null(model);
}

static void expect_opens(void)
{
    rsd_error error = {0};
    rsd_model *model = NULL;
    cr_assert_eq(rsd_model_open(folder, &model, &error), RSD_OK, "%s", error.text);
    rsd_model_release(model);
}

/* Writes config.json with one text in place of another. */
static void change_config(const char *from, const char *to)
{
    char text[8192];
    const char *at = strstr(config, from);
    cr_assert_not_null(at, "%s", from);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - config), config, to, at + strlen(from));
    write_file("config.json", text, strlen(text));
}

/* Overwrites as many bytes of the weights' header. */
static void change_header(const char *from, const char *to)
{
    cr_assert_eq(strlen(from), strlen(to));
    unsigned char *at = memmem(weights, weights_bytes, from, strlen(from));
    cr_assert_not_null(at, "%s", from);
    memcpy(at, to, strlen(to));
    write_file("model.safetensors", weights, weights_bytes);
}

static float *tensor_in_file(const char *name, size_t *count)
{
    st_file *file;
    st_tensor tensor;
    rsd_error error;
    cr_assert_eq(st_parse(weights, weights_bytes, "golden", &file, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(st_find(file, name, &tensor, &error), RSD_OK, "%s", error.text);
    *count = (size_t)tensor.size_bytes / sizeof(float);
    float *data = (float *)(void *)(weights + ((const unsigned char *)tensor.data - weights));
    st_close(file);
    return data;
}

static void spoil(const char *name, size_t index, float value)
{
    size_t count;
    float *data = tensor_in_file(name, &count);
    memcpy((char *)data + index % count * sizeof value, &value, sizeof value);
    write_file("model.safetensors", weights, weights_bytes);
}

/* Takes the lower halves off all weights, so that they are bfloats; writes them as such, or as the floats they are. */
static void write_bfloats(st_dtype dtype)
{
    uint64_t header_bytes;
    memcpy(&header_bytes, weights, sizeof header_bytes);
    json_t *header = json_loadb((const char *)weights + 8, (size_t)header_bytes, 0, NULL), *entry;
    st_write_tensor *tensors = calloc(json_object_size(header), sizeof *tensors);
    const char *name, *const metadata[] = {"format", "pt", NULL};
    uint32_t count = 0;
    json_object_foreach(header, name, entry)
    {
        size_t floats, dims = json_array_size(json_object_get(entry, "shape"));
        if (strcmp(name, "__metadata__") == 0) continue;
        const uint16_t *from = (const uint16_t *)(const void *)tensor_in_file(name, &floats);
        uint16_t *to = calloc(2u * floats, sizeof *to);
        for (size_t i = 0; i < floats; i++) to[dtype == ST_F32 ? 2u * i + 1u : i] = from[2u * i + 1u];
        tensors[count] = (st_write_tensor){.name = name, .dtype = dtype, .dim_count = (uint32_t)dims, .data = to};
        for (size_t d = 0; d < dims; d++)
            tensors[count].shape[d] = (uint64_t)json_integer_value(json_array_get(json_object_get(entry, "shape"), d));
        count++;
    }
    char path[128];
    rsd_error error;
    path_of("model.safetensors", path);
    cr_assert_eq(st_write(path, tensors, count, metadata, &error), RSD_OK, "%s", error.text);
    for (uint32_t t = 0; t < count; t++) free((void *)(uintptr_t)tensors[t].data);
    free(tensors);
    json_decref(header);
}

#define BFLOAT_FRAMES 20u

/* Codes noise with the folder's model; `out` is what it sounds like. */
static void code_with_folder(rsd_token_frame frames[BFLOAT_FRAMES], float *out)
{
    rsd_error error;
    rsd_model *model;
    rsd_codec_info info;
    rsd_codec *codec;
    cr_assert_eq(rsd_model_open(folder, &model, &error), RSD_OK, "%s", error.text);
    rsd_model_info(model, 48000u, &info);
    void *block = aligned_alloc(64, rsd_codec_size_bytes(model));
    cr_assert_eq(rsd_codec_init(block, rsd_codec_size_bytes(model), model, info.sample_rate_hz, &codec), RSD_OK);
    const rsd_encode_controls encode = {info.level_count, 16u};
    rsd_decode_controls decode = {.active_levels = (float)info.level_count};
    for (uint32_t k = 0; k < info.level_count; k++) decode.level_gain[k] = 1.0f;
    uint32_t seed = 5u;
    for (uint32_t f = 0; f < BFLOAT_FRAMES; f++) {
        float in[RSD_MDCT_MAX_HOP];
        for (uint32_t i = 0; i < info.hop_samples; i++) in[i] = 0.3f * test_noise(&seed);
        memset(&frames[f], 0, sizeof frames[f]);
        rsd_codec_encode(codec, in, &encode, &frames[f], NULL);
        rsd_codec_decode(codec, &frames[f], &decode, out + f * info.hop_samples);
    }
    free(block);
    rsd_model_release(model);
}

Test(encodec_files, bfloat_weights_code_as_the_floats_that_they_are)
{
    static rsd_token_frame frames[2][BFLOAT_FRAMES];
    static float out[2][BFLOAT_FRAMES * RSD_MDCT_MAX_HOP];
    for (int narrow = 0; narrow < 2; narrow++) {
        write_bfloats(narrow ? ST_BF16 : ST_F32);
        code_with_folder(frames[narrow], out[narrow]);
    }
    cr_assert_arr_eq(frames[0], frames[1], sizeof frames[0]);
    cr_assert_arr_eq(out[0], out[1], sizeof out[0]);
}

Test(encodec_files, a_model_that_cannot_stream_is_refused_by_name_with_the_reason)
{
    static const char *const rows[][3] = {
        {"\"use_causal_conv\": true", "\"use_causal_conv\": false", "looks ahead"},
        {"\"norm_type\": \"weight_norm\"", "\"norm_type\": \"time_group_norm\"", "whole sound"},
        {"\"norm_type\": \"weight_norm\"", "\"norm_type\": \"layer_norm\"", "weight_norm"},
        {"\"normalize\": false", "\"normalize\": true", "loudness"},
        {"\"chunk_length_s\": null", "\"chunk_length_s\": 1.0", "chunks"},
        {"\"trim_right_ratio\": 1.0", "\"trim_right_ratio\": 0.5", "looks ahead"},
        {"\"audio_channels\": 1", "\"audio_channels\": 2", "audio_channels"},
        {"\"model_type\": \"encodec\"", "\"model_type\": \"mimi\"", "model_type"},
        {"\"pad_mode\": \"reflect\"", "\"pad_mode\": \"replicate\"", "pad_mode"},
        {"\"codebook_dim\": 16", "\"codebook_dim\": 8", "codebook_dim"},
    };
    expect_opens();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        change_config(rows[i][0], rows[i][1]);
        expect_refused(RSD_ERR_UNSUPPORTED, "config.json", rows[i][2]);
    }
}

Test(encodec_files, counts_that_are_huge_negative_or_no_numbers_are_refused_by_key)
{
    static const char *const keys[][2] = {{"num_filters", "4"},          {"hidden_size", "16"},
                                          {"kernel_size", "7"},          {"last_kernel_size", "7"},
                                          {"num_lstm_layers", "2"},      {"codebook_size", "64"},
                                          {"num_residual_layers", "1"},  {"dilation_growth_rate", "2"},
                                          {"sampling_rate", "24000"},    {"compress", "2"},
                                          {"residual_kernel_size", "3"}, {"audio_channels", "1"}};
    static const char *const values[] = {"-1", "99999999", "9223372036854775807", "1.5", "\"four\"", "[]"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            char from[64], to[96];
            snprintf(from, sizeof from, "\"%s\": %s", keys[k][0], keys[k][1]);
            snprintf(to, sizeof to, "\"%s\": %s", keys[k][0], values[v]);
            change_config(from, to);
            expect_refused(RSD_ERR_UNSUPPORTED, "config.json", keys[k][0]);
        }
    }
    change_config("\"upsampling_ratios\": [", "\"upsampling_ratios\": [4000, ");
    expect_refused(RSD_ERR_UNSUPPORTED, "config.json", "upsampling_ratios");
    change_config("\"upsampling_ratios\": [", "\"upsampling_ratios\": [2, 2, 2, 2, 2, 2, ");
    expect_refused(RSD_ERR_UNSUPPORTED, "config.json", "upsampling_ratios");
    change_config("\"hidden_size\": 16", "\"hidden_size\": 16,");
    expect_refused(RSD_ERR_FORMAT, "config.json", "line");
}

Test(encodec_files, sizes_that_do_not_fit_the_weights_name_the_tensor)
{
    change_config("\"num_filters\": 4", "\"num_filters\": 8");
    expect_refused(RSD_ERR_FORMAT, "model.safetensors", "encoder.layers.0.conv.bias");
    change_config("\"codebook_size\": 64", "\"codebook_size\": 128");
    expect_refused(RSD_ERR_FORMAT, "model.safetensors", "quantizer.layers.0.codebook.embed");
    change_config("\"num_lstm_layers\": 2", "\"num_lstm_layers\": 3");
    expect_refused(RSD_ERR_NOT_FOUND, "model.safetensors", "encoder.layers.13.lstm.weight_ih_l2");
    write_file("config.json", config, strlen(config));
    change_header("[4,1,7]", "[1,4,7]");
    expect_refused(RSD_ERR_FORMAT, "model.safetensors", "encoder.layers.0.conv");
}

/* Every name of the header that the model needs, one at a time. */
Test(encodec_files, a_tensor_that_is_missing_is_named_whichever_it_is)
{
    uint32_t tried = 0;
    const size_t header = weights[0] + 256u * weights[1];
    for (size_t i = 8; i < 8u + header; i++) {
        if (weights[i] != '"' || weights[i + 1u] != ':' || weights[i + 2u] != '{') continue;
        size_t begin = i;
        while (weights[begin - 1u] != '"') begin--;
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)(i - begin), (const char *)weights + begin);
        if (strstr(name, "__metadata__") || strstr(name, "embed_avg") || strstr(name, "cluster_size") ||
            strstr(name, "inited") || (strstr(name, "embed") && !strstr(name, ".0.")))
            continue; /* not read, or a level fewer */
        const unsigned char last = weights[i - 1u];
        weights[i - 1u] = '~';
        write_file("model.safetensors", weights, weights_bytes);
        expect_refused(RSD_ERR_NOT_FOUND, "model.safetensors", name);
        weights[i - 1u] = last;
        tried++;
    }
    cr_assert_gt(tried, 100, "%u names", tried);
}

Test(encodec_files, weights_that_are_no_numbers_or_huge_are_refused_by_tensor)
{
    static const char *const names[] = {"encoder.layers.0.conv.bias", "encoder.layers.13.lstm.weight_hh_l1",
                                        "decoder.layers.3.conv.parametrizations.weight.original1",
                                        "decoder.layers.3.conv.parametrizations.weight.original0",
                                        "quantizer.layers.7.codebook.embed"};
    const float values[] = {NAN, INFINITY, -INFINITY, 1e30f};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        for (size_t v = 0; v < 4; v++) {
            size_t count;
            float before, *data = tensor_in_file(names[n], &count);
            memcpy(&before, (char *)data + 3u % count * sizeof before, sizeof before);
            spoil(names[n], 3, values[v]);
            expect_refused(RSD_ERR_FORMAT, "model.safetensors", names[n]);
            spoil(names[n], 3, before);
        }
    }
    expect_opens();
}

Test(encodec_files, a_row_of_zeros_under_weight_norm_is_refused_by_tensor)
{
    const char *name = "encoder.layers.1.shortcut.conv.parametrizations.weight.original1";
    for (size_t i = 0; i < 4; i++) spoil(name, 4u + i, 0.0f);
    expect_refused(RSD_ERR_FORMAT, name, "row 1");
}

Test(encodec_files, a_file_cut_anywhere_is_refused)
{
    uint32_t seed = 3;
    for (int i = 0; i < 60; i++) {
        const size_t bytes = i < 12 ? (size_t)i : test_between(&seed, 12, (uint32_t)weights_bytes - 1u);
        write_file("model.safetensors", weights, bytes);
        expect_refused(RSD_ERR_FORMAT, "model.safetensors", "");
    }
    char path[128];
    path_of("model.safetensors", path);
    unlink(path);
    expect_refused(RSD_ERR_IO, "model.safetensors", "");
}

Test(encodec_files, the_older_names_of_weight_norm_are_read_too)
{
    static const char *const olds[][2] = {{"parametrizations.weight.original0", "weight_g"},
                                          {"parametrizations.weight.original1", "weight_v"}};
    rsd_error error;
    rsd_model *first = NULL, *second = NULL;
    cr_assert_eq(rsd_model_open(folder, &first, &error), RSD_OK, "%s", error.text);
    for (int i = 0; i < 2; i++) { /* shorter names: the key's end moves, blanks fill what is over */
        unsigned char *at = weights;
        while ((at = memmem(at, weights_bytes - (size_t)(at - weights), olds[i][0], strlen(olds[i][0])))) {
            const size_t old = strlen(olds[i][0]) + 1u, fresh = strlen(olds[i][1]) + 1u;
            memcpy(at, olds[i][1], fresh - 1u);
            at[fresh - 1u] = '"';
            memset(at + fresh, ' ', old - fresh);
            at += old;
        }
    }
    write_file("model.safetensors", weights, weights_bytes);
    cr_assert_eq(rsd_model_open(folder, &second, &error), RSD_OK, "%s", error.text);
    const encodec_model *a = (const encodec_model *)first, *b = (const encodec_model *)second;
    cr_assert_neq(a, b);
    for (uint32_t l = 0; l < a->encoder.layer_count; l++) {
        const nn_matrix *x = &a->encoder.layers[l].conv.matrix, *y = &b->encoder.layers[l].conv.matrix;
        cr_assert_eq(x->row_count, y->row_count);
        if (x->packed) cr_assert_arr_eq(x->packed, y->packed, (size_t)x->row_count / 16u * 16u * x->column_count * 4u);
    }
    rsd_model_release(first);
    rsd_model_release(second);
}

Test(encodec_files, instances_of_one_folder_share_its_weights_until_the_last_is_gone)
{
    rsd_error error;
    rsd_model *models[5];
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(rsd_model_open(folder, &models[i], &error), RSD_OK, "%s", error.text);
        cr_assert_eq(models[i], models[0]);
    }
    for (int i = 0; i < 5; i++) rsd_model_release(models[i]);
    spoil("encoder.layers.0.conv.bias", 0, NAN); /* were it still held, this would open */
    expect_refused(RSD_ERR_FORMAT, "model.safetensors", "encoder.layers.0.conv.bias");
}

/* Weights that are finite but blow up: sound stays finite, and what comes after them is not spoilt. */
Test(encodec_files, weights_that_blow_up_give_finite_sound)
{
    size_t count;
    for (int g = 0; g < 2; g++) {
        char name[96];
        snprintf(name, sizeof name, "%s.layers.%d.conv.parametrizations.weight.original0", g ? "decoder" : "encoder",
                 g ? 3 : 0);
        float *data = tensor_in_file(name, &count);
        for (size_t i = 0; i < count; i++) memcpy((char *)data + i * 4u, &(float){1e14f}, 4);
    }
    write_file("model.safetensors", weights, weights_bytes);
    rsd_error error;
    rsd_model *model;
    rsd_codec *codec;
    cr_assert_eq(rsd_model_open(folder, &model, &error), RSD_OK, "%s", error.text);
    const size_t bytes = rsd_codec_size_bytes(model);
    void *block = aligned_alloc(64, bytes);
    cr_assert_eq(rsd_codec_init(block, bytes, model, 24000, &codec), RSD_OK);
    const rsd_encode_controls encode = {8, 16};
    const rsd_decode_controls decode = gains_on(8);
    for (uint32_t f = 0; f < 20u; f++) {
        float x[320], y[320];
        rsd_token_frame frame;
        test_fill_noise(x, 320, 64.0f, f);
        rsd_codec_encode(codec, x, &encode, &frame, NULL);
        for (uint32_t k = 0; k < 8u; k++) cr_assert(frame.tokens[k] >= 0 && frame.tokens[k] < 64);
        rsd_codec_decode(codec, &frame, &decode, y);
        for (uint32_t i = 0; i < 320u; i++) cr_assert(fabsf(y[i]) <= 64.0f, "frame %u: %g", f, (double)y[i]);
    }
    free(block);
    rsd_model_release(model);
}
