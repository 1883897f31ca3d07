// SPDX-License-Identifier: MIT
// NPY files against numpy's, and what is refused.
#include <residuum/rsd_token.h>

#include "temp_folder.h"

#include <criterion/criterion.h>

// Files as numpy 2.4 wrote them (numpy.lib.format.write_array, version 1.0).
#define SPACES_4 "    "
#define SPACES_16 SPACES_4 SPACES_4 SPACES_4 SPACES_4
#define SPACES_48 SPACES_16 SPACES_16 SPACES_16
#define NUMPY_1D_TEXT                                                                                                  \
    "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }" SPACES_48 SPACES_4 SPACES_4 SPACES_4 "\n"
#define NUMPY_3D_TEXT "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2, 2), }" SPACES_48 SPACES_4 "   \n"
#define NUMPY_2D_TEXT "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }" SPACES_48 SPACES_4 SPACES_4 "  \n"
#define MAGIC "\x93NUMPY\x01\x00v\x00"

static const char numpy_1d[] = MAGIC NUMPY_1D_TEXT "\x01\0\0\0\xfe\xff\xff\xff\x03\0\0";
static const char numpy_2d[] = MAGIC NUMPY_2D_TEXT "\xff\xff\xff\xff\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0";
static const char numpy_3d[] =
    MAGIC NUMPY_3D_TEXT "\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05\0\0\0\x06\0\0\0\x07\0\0";
_Static_assert(sizeof numpy_1d == 140 && sizeof numpy_2d == 152 && sizeof numpy_3d == 160, "as numpy's own files");

static temp_folder temp;
static void init(void) { temp_folder_make(&temp); }
static void fini(void) { temp_folder_remove(&temp); }
TestSuite(npy, .init = init, .fini = fini);

static const int32_t entries_1d[] = {1, -2, 3};
static const int32_t entries_2d[] = {-1, 0, 1, 2, 3, 4};
static const int32_t entries_3d[] = {0, 1, 2, 3, 4, 5, 6, 7};

static const struct {
    const char *bytes;
    size_t byte_count;
    const int32_t *entries;
    size_t entry_count;
    uint64_t shape[3];
    uint32_t dim_count;
} fixtures[] = {
    {numpy_1d, sizeof numpy_1d, entries_1d, 3, {3, 1, 1}, 1},
    {numpy_2d, sizeof numpy_2d, entries_2d, 6, {2, 3, 1}, 2},
    {numpy_3d, sizeof numpy_3d, entries_3d, 8, {2, 2, 2}, 3},
};

Test(npy, files_are_byte_for_byte_those_of_numpy)
{
    for (size_t f = 0; f < 3; f++) {
        const char *path = temp_folder_path(&temp, "a.npy");
        cr_assert_eq(rsd_npy_save(path, fixtures[f].entries, fixtures[f].shape, fixtures[f].dim_count, NULL), RSD_OK);
        char bytes[256];
        const size_t count = read_bytes(path, bytes, sizeof bytes);
        cr_assert_eq(count, fixtures[f].byte_count, "%u dimensions: %zu bytes", fixtures[f].dim_count, count);
        cr_assert_arr_eq(bytes, fixtures[f].bytes, count, "%u dimensions", fixtures[f].dim_count);
    }
}

Test(npy, files_of_numpy_are_read)
{
    for (size_t f = 0; f < 3; f++) {
        const char *path = temp_folder_path(&temp, "a.npy");
        write_bytes(path, fixtures[f].bytes, fixtures[f].byte_count);
        int32_t *data = NULL;
        uint64_t shape[3];
        uint32_t dim_count = 0;
        rsd_error error;
        cr_assert_eq(rsd_npy_load(path, &data, shape, &dim_count, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(dim_count, fixtures[f].dim_count);
        cr_assert_arr_eq(shape, fixtures[f].shape, sizeof shape);
        cr_assert_arr_eq(data, fixtures[f].entries, fixtures[f].entry_count * sizeof *data);
        free(data);
    }
}

Test(npy, any_shape_of_one_to_three_dimensions_comes_back)
{
    static const uint64_t shapes[][3] = {{0, 1, 1}, {1, 1, 1}, {1000, 1, 1}, {7, 0, 1}, {17, 33, 1}, {2, 14, 100}};
    static const uint32_t dims[] = {1, 1, 1, 2, 2, 3};
    int32_t entries[2800];
    for (int i = 0; i < 2800; i++) entries[i] = i * 7919 - 3;
    for (size_t s = 0; s < 6; s++) {
        const char *path = temp_folder_path(&temp, "a.npy");
        cr_assert_eq(rsd_npy_save(path, entries, shapes[s], dims[s], NULL), RSD_OK);
        int32_t *data = NULL;
        uint64_t shape[3];
        uint32_t dim_count = 0;
        rsd_error error;
        cr_assert_eq(rsd_npy_load(path, &data, shape, &dim_count, &error), RSD_OK, "%s", error.text);
        cr_assert_eq(dim_count, dims[s]);
        cr_assert_arr_eq(shape, shapes[s], sizeof shape);
        cr_assert_arr_eq(data, entries, (size_t)(shape[0] * shape[1] * shape[2]) * sizeof *data);
        free(data);
    }
}

/* A file with a header of our own choosing and four entries. */
static const char *file_with_header(const char *dictionary)
{
    char bytes[512];
    const size_t text_bytes = strlen(dictionary);
    memcpy(bytes, MAGIC, 10);
    bytes[8] = (char)text_bytes;
    memcpy(bytes + 10, dictionary, text_bytes);
    memset(bytes + 10 + text_bytes, 0, 16);
    const char *path = temp_folder_path(&temp, "header.npy");
    write_bytes(path, bytes, 10 + text_bytes + 16);
    return path;
}

static rsd_status load(const char *path, rsd_error *error)
{
    int32_t *data = NULL;
    uint64_t shape[3];
    uint32_t dim_count = 0;
    const rsd_status status = rsd_npy_load(path, &data, shape, &dim_count, error);
    free(data);
    return status;
}

Test(npy, headers_that_mean_the_same_are_read)
{
    static const char *const good[] = {
        "{'descr':'<i4','fortran_order':False,'shape':(4,)}",
        "{\"shape\": (2, 2,), \"descr\": \"<i4\", \"fortran_order\": False}\n",
        "{ 'fortran_order' : True , 'shape' : (4 , ) , 'descr' : '<i4' , }  \n",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2, 2), }",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        rsd_error error;
        cr_assert_eq(load(file_with_header(good[i]), &error), RSD_OK, "%s: %s", good[i], error.text);
    }
}

Test(npy, what_is_not_int32_in_c_order_is_refused_by_name)
{
    static const struct {
        const char *header, *names;
    } bad[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", "'<f4'"},
        {"{'descr': '>i4', 'fortran_order': False, 'shape': (4,), }", "'>i4'"},
        {"{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", "'<i8'"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (4,), }", "'|O'"},
        {"{'descr': '<i4', 'fortran_order': True, 'shape': (2, 2), }", "Fortran order"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (), }", "0 dimensions"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (1, 1, 2, 2), }", "4 dimensions"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rsd_error error;
        const char *path = file_with_header(bad[i].header);
        cr_assert_eq(load(path, &error), RSD_ERR_UNSUPPORTED, "%s", bad[i].header);
        cr_assert(strstr(error.text, bad[i].names), "'%s' does not name %s", error.text, bad[i].names);
        cr_assert(strstr(error.text, path), "'%s' does not name the file", error.text);
    }
}

Test(npy, damaged_headers_are_refused)
{
    static const char *const bad[] = {
        "",
        "{",
        "{}",
        "{'descr': '<i4'}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (4)}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (4,}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (-4,)}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (4,)} x",
        "{'descr': '<i4', 'fortran_order': Maybe, 'shape': (4,)}",
        "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<i4', 'descr': '<i4', 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (4,), 'more': 1}",
        "{'descr': '<i4, 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (99999999999999999999999999,)}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (4294967296, 4294967297)}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (2147483647,)}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (5,)}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (3,)}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rsd_error error;
        cr_assert_eq(load(file_with_header(bad[i]), &error), RSD_ERR_FORMAT, "%s", bad[i]);
        cr_assert(strstr(error.text, "header.npy"), "'%s' does not name the file", error.text);
    }
}

Test(npy, a_file_cut_anywhere_is_refused)
{
    const char *path = temp_folder_path(&temp, "cut.npy");
    for (size_t bytes = 0; bytes < sizeof numpy_2d; bytes++) {
        write_bytes(path, numpy_2d, bytes);
        rsd_error error;
        cr_assert_eq(load(path, &error), RSD_ERR_FORMAT, "%zu bytes: %s", bytes, error.text);
    }
}

Test(npy, a_wrong_byte_anywhere_in_the_preamble_never_crashes)
{
    const char *path = temp_folder_path(&temp, "flip.npy");
    char bytes[sizeof numpy_2d];
    int accepted = 0;
    for (size_t i = 0; i < 128; i++) {
        for (int bit = 0; bit < 8; bit++) {
            memcpy(bytes, numpy_2d, sizeof bytes);
            bytes[i] = (char)(bytes[i] ^ (1 << bit));
            write_bytes(path, bytes, sizeof bytes);
            rsd_error error;
            accepted += load(path, &error) == RSD_OK;
        }
    }
    // No flip of one bit turns a space into other white space or leaves the shape as it was.
    cr_assert_eq(accepted, 0, "%d damaged preambles were read", accepted);
}

Test(npy, other_versions_are_refused_by_number)
{
    char bytes[sizeof numpy_1d];
    memcpy(bytes, numpy_1d, sizeof bytes);
    bytes[6] = 2;
    const char *path = temp_folder_path(&temp, "v2.npy");
    write_bytes(path, bytes, sizeof bytes);
    rsd_error error;
    cr_assert_eq(load(path, &error), RSD_ERR_UNSUPPORTED);
    cr_assert(strstr(error.text, "2.0"), "%s", error.text);
}

Test(npy, a_missing_file_is_named_with_the_cause)
{
    rsd_error error;
    cr_assert_eq(load(temp_folder_path(&temp, "none.npy"), &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "none.npy") && strstr(error.text, "No such file"), "%s", error.text);
}

Test(npy, a_failed_save_leaves_the_old_file_and_nothing_else)
{
    // A folder that is a file: the new one cannot be made beside the old one.
    const char *path = temp_folder_path(&temp, "a.npy");
    const uint64_t shape[1] = {3};
    cr_assert_eq(rsd_npy_save(path, entries_1d, shape, 1, NULL), RSD_OK);
    char below[200];
    snprintf(below, sizeof below, "%s/b.npy", path);
    rsd_error error;
    cr_assert_eq(rsd_npy_save(below, entries_1d, shape, 1, &error), RSD_ERR_IO);
    cr_assert(strstr(error.text, "b.npy"), "%s", error.text);
    cr_assert_eq(temp_folder_file_count(&temp), 1);
    cr_assert_eq(load(path, &error), RSD_OK);
}

Test(npy, shapes_that_cannot_be_are_refused)
{
    const uint64_t shape[3] = {UINT64_MAX, 2, 2};
    const char *path = temp_folder_path(&temp, "a.npy");
    cr_assert_eq(rsd_npy_save(path, entries_1d, shape, 0, NULL), RSD_ERR_ARG);
    cr_assert_eq(rsd_npy_save(path, entries_1d, shape, 4, NULL), RSD_ERR_ARG);
    cr_assert_eq(rsd_npy_save(path, entries_1d, shape, 3, NULL), RSD_ERR_ARG);
    cr_assert_eq(rsd_npy_save(path, NULL, shape + 1, 2, NULL), RSD_ERR_ARG);
    cr_assert_eq(temp_folder_file_count(&temp), 0);
}
