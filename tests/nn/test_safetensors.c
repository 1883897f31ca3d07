// SPDX-License-Identifier: MIT
// safetensors files: what is read, and what is refused with its tensor.
#include "nn/safetensors.h"

#include "base/read_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char path[64];

static void make_path(void)
{
    snprintf(path, sizeof path, "/tmp/rsd_safetensors_XXXXXX");
    close(mkstemp(path));
}

static void remove_path(void) { unlink(path); }

TestSuite(safetensors, .init = make_path, .fini = remove_path);

/* A file image with this JSON header and `data_bytes` zero bytes of tensors. */
static size_t image(char *bytes, const char *header, size_t data_bytes)
{
    const size_t length = strlen(header);
    memset(bytes, 0, 8 + length + data_bytes);
    bytes[0] = (char)(length & 0xff);
    bytes[1] = (char)(length >> 8);
    memcpy(bytes + 8, header, length);
    return 8 + length + data_bytes;
}

static long peak_kib(void)
{
    struct rusage usage;
    cr_assert_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

Test(safetensors, what_is_written_is_read_back)
{
    const float floats[6] = {1, 2, 3, 4, 5, 6.5f};
    const int8_t ints[3] = {-1, 0, 127};
    const st_write_tensor tensors[] = {{"a", ST_F32, 2, {2, 3}, floats}, {"b", ST_I8, 1, {3}, ints}};
    const char *const metadata[] = {"format", "test", "hop", "128", NULL};
    rsd_error error;
    st_file *file;
    st_tensor tensor;
    cr_assert_eq(st_write(path, tensors, 2, metadata, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(st_open(path, BASE_LIVE_MODEL_BYTES, &file, &error), RSD_OK, "%s", error.text);
    cr_assert_str_eq(st_metadata(file, "hop"), "128");
    cr_assert_null(st_metadata(file, "absent"));
    const uint64_t shape[2] = {2, 0};
    cr_assert_eq((st_require(file, &(st_wanted){"a", 2, shape}, ST_F32, &tensor, &error)), RSD_OK);
    cr_assert_eq(tensor.size_bytes, sizeof floats);
    cr_assert_arr_eq(tensor.data, floats, sizeof floats);
    cr_assert_eq(st_find(file, "b", &tensor, &error), RSD_OK);
    cr_assert_arr_eq(tensor.data, ints, sizeof ints);
    st_close(file);
}

Test(safetensors, halves_and_bfloats_are_read_as_the_floats_that_they_are)
{
    /* One, a third, the largest, the least normal, two subnormals, zeros, infinity. */
    const uint16_t halves[] = {0x3C00, 0x3555, 0xFBFF, 0x0400, 0x03FF, 0x8001, 0x0000, 0x8000, 0x7C00};
    const float half_values[] = {1.0f, 0x1.554p-2f, -65504.0f, 0x1p-14f, 0x3FFp-24f, -0x1p-24f, 0.0f, -0.0f, INFINITY};
    const uint16_t bfloats[] = {0x3F80, 0xC049, 0x0001, 0x7F7F};
    const float bfloat_values[] = {1.0f, -3.140625f, 0x1p-133f, 0x1.FEp127f};
    const st_write_tensor tensors[] = {{"h", ST_F16, 1, {9}, halves}, {"b", ST_BF16, 1, {4}, bfloats}};
    const char *const metadata[] = {NULL};
    const uint64_t any[2] = {0, 0};
    rsd_error error;
    st_file *file;
    float *values;
    size_t count;
    cr_assert_eq(st_write(path, tensors, 2, metadata, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(st_open(path, BASE_LIVE_MODEL_BYTES, &file, &error), RSD_OK, "%s", error.text);
    cr_assert_eq((st_read_floats(file, &(st_wanted){"h", 1, any}, &values, &count, &error)), RSD_OK, "%s", error.text);
    cr_assert_eq(count, 9u);
    cr_assert_arr_eq(values, half_values, sizeof half_values);
    free(values);
    cr_assert_eq((st_read_floats(file, &(st_wanted){"b", 1, any}, &values, &count, &error)), RSD_OK, "%s", error.text);
    cr_assert_eq(count, 4u);
    cr_assert_arr_eq(values, bfloat_values, sizeof bfloat_values);
    free(values);
    cr_assert_eq((st_read_floats(file, &(st_wanted){"b", 2, any}, &values, &count, &error)), RSD_ERR_FORMAT);
    cr_assert(strstr(error.text, "'b'") && strstr(error.text, "F32, F16 or BF16"), "%s", error.text);
    st_close(file);
}

Test(safetensors, a_wrong_shape_or_name_is_named)
{
    char bytes[512];
    rsd_error error;
    st_file *file;
    st_tensor tensor;
    const size_t size = image(bytes, "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}", 16);
    cr_assert_eq(st_parse(bytes, size, "x.safetensors", &file, &error), RSD_OK, "%s", error.text);
    const uint64_t shape[2] = {2, 3};
    cr_assert_eq((st_require(file, &(st_wanted){"w", 2, shape}, ST_F32, &tensor, &error)), RSD_ERR_FORMAT);
    cr_assert(strstr(error.text, "x.safetensors") && strstr(error.text, "'w'") && strstr(error.text, "(2, 3)"), "%s",
              error.text);
    cr_assert_eq(st_find(file, "v", &tensor, &error), RSD_ERR_NOT_FOUND);
    cr_assert(strstr(error.text, "'v'"));
    st_close(file);
}

Test(safetensors, damaged_files_are_refused_with_the_file_and_the_tensor)
{
    static const struct {
        const char *header;
        size_t data_bytes;
    } bad[] = {
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}", 15},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[8,4]}}", 16},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,16]}}", 16},
        {"{\"w\":{\"dtype\":\"F33\",\"shape\":[2,2],\"data_offsets\":[0,16]}}", 16},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[-2,-2],\"data_offsets\":[0,16]}}", 16},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,8],\"data_offsets\":[0,0]}}", 16},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":\"x\",\"data_offsets\":[0,16]}}", 16},
        {"{\"w\":7}", 16},
        {"[1,2]", 16},
        {"{\"w\":", 0},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char bytes[512];
        rsd_error error;
        st_file *file;
        const size_t size = image(bytes, bad[i].header, bad[i].data_bytes);
        cr_assert_eq(st_parse(bytes, size, "bad.safetensors", &file, &error), RSD_ERR_FORMAT, "case %zu", i);
        cr_assert(strstr(error.text, "bad.safetensors"), "case %zu: %s", i, error.text);
    }
}

Test(safetensors, a_header_longer_than_the_file_is_refused_at_every_cut)
{
    char bytes[512];
    const size_t size = image(bytes, "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}", 16);
    for (size_t cut = 0; cut < size; cut++) {
        char *copy = malloc(cut + 1u); /* its own block: a read past the end is seen by the sanitizer */
        rsd_error error;
        st_file *file;
        memcpy(copy, bytes, cut);
        cr_assert_eq(st_parse(copy, cut, "cut", &file, &error), RSD_ERR_FORMAT, "cut at %zu", cut);
        free(copy);
    }
}

Test(safetensors, a_missing_file_names_itself)
{
    rsd_error error;
    st_file *file;
    cr_assert_eq(st_open("/nonexistent/m.safetensors", BASE_LIVE_MODEL_BYTES, &file, &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "/nonexistent/m.safetensors"));
}

/* Three gigabytes that take no room on disk: refused by their size, and a smaller one by its header, unread. */
Test(safetensors, a_large_file_that_is_none_is_refused_before_its_body_is_read, .timeout = 600)
{
    static const struct {
        off_t bytes;
        const char *wrong;
    } rows[] = {{(off_t)3 << 30, "at most"}, {(off_t)700 << 20, "not a JSON object"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rsd_error error;
        st_file *file;
        FILE *made = fopen(path, "wb");
        cr_assert_not_null(made);
        cr_assert_eq(ftruncate(fileno(made), rows[i].bytes), 0);
        fclose(made);
        const long before_kib = peak_kib();
        cr_assert_eq(st_open(path, BASE_WEIGHTS_BYTES, &file, &error), RSD_ERR_FORMAT);
        cr_assert(strstr(error.text, path) && strstr(error.text, rows[i].wrong), "%s", error.text);
        cr_assert_lt(peak_kib() - before_kib, 16384L, "its body was read");
        unlink(path);
    }
}
