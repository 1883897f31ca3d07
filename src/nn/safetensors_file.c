// SPDX-License-Identifier: MIT
// safetensors files, read and written.
#include "nn/safetensors.h"

#include "base/error.h"
#include "base/write_file_atomic.h"
#include "base/read_file.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct st_file {
    char *origin;
    void *owned; /* the file's bytes where st_open read them */
    const unsigned char *tensors;
    uint64_t tensor_bytes;
    json_t *header;
};

static const struct {
    const char *name;
    st_dtype dtype;
    uint32_t size_bytes;
} DTYPES[] = {{"I8", ST_I8, 1},     {"I32", ST_I32, 4},    {"F32", ST_F32, 4},   {"F16", ST_F16, 2},
              {"BF16", ST_BF16, 2}, {"BOOL", ST_OTHER, 1}, {"U8", ST_OTHER, 1},  {"I16", ST_OTHER, 2},
              {"U16", ST_OTHER, 2}, {"U32", ST_OTHER, 4},  {"I64", ST_OTHER, 8}, {"U64", ST_OTHER, 8},
              {"F64", ST_OTHER, 8}};
#define DTYPE_COUNT (sizeof DTYPES / sizeof *DTYPES)

static int dtype_row_by_name(const char *name)
{
    for (size_t i = 0; name && i < DTYPE_COUNT; i++) {
        if (strcmp(DTYPES[i].name, name) == 0) return (int)i;
    }
    return -1;
}

static uint64_t read_le64(const unsigned char *p)
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--) value = value << 8 | p[i];
    return value;
}

/* Fills `tensor` from its JSON entry; NULL when fine, else what is wrong with it. */
static const char *parse_entry(const st_file *file, const json_t *entry, st_tensor *tensor)
{
    const int row = dtype_row_by_name(json_string_value(json_object_get(entry, "dtype")));
    const json_t *shape = json_object_get(entry, "shape"), *offsets = json_object_get(entry, "data_offsets");
    if (row < 0) return "has no known dtype";
    if (!json_is_array(shape) || json_array_size(shape) > ST_MAX_DIMS) return "has no shape of at most 8 sizes";
    if (!json_is_array(offsets) || json_array_size(offsets) != 2u) return "has no pair of data_offsets";

    uint64_t bytes = DTYPES[row].size_bytes;
    tensor->dtype = DTYPES[row].dtype;
    tensor->dim_count = (uint32_t)json_array_size(shape);
    for (uint32_t d = 0; d < tensor->dim_count; d++) {
        const json_int_t size = json_integer_value(json_array_get(shape, d));
        if (!json_is_integer(json_array_get(shape, d)) || size < 0) return "has a size that is not a whole number";
        if (__builtin_mul_overflow(bytes, (uint64_t)size, &bytes)) return "is larger than memory can hold";
        tensor->shape[d] = (uint64_t)size;
    }
    const json_int_t begin = json_integer_value(json_array_get(offsets, 0));
    const json_int_t end = json_integer_value(json_array_get(offsets, 1));
    if (begin < 0 || end < begin || (uint64_t)end > file->tensor_bytes) return "lies outside of the file";
    if ((uint64_t)(end - begin) != bytes) return "has data_offsets that do not fit its shape";
    tensor->data = file->tensors ? file->tensors + begin : NULL; /* NULL while the header alone has been read */
    tensor->size_bytes = bytes;
    return NULL;
}

static rsd_status check_entries(st_file *file, rsd_error *error)
{
    const char *name;
    json_t *entry;
    json_object_foreach(file->header, name, entry)
    {
        st_tensor tensor;
        if (strcmp(name, "__metadata__") == 0) continue;
        const char *wrong = parse_entry(file, entry, &tensor);
        if (wrong) return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor '%s' %s", file->origin, name, wrong);
    }
    return RSD_OK;
}

/* The first eight bytes: how long the header is, which the file must have room for. */
static rsd_status parse_length(const st_file *file, const unsigned char bytes[8], uint64_t size_bytes,
                               uint64_t *header_bytes, rsd_error *error)
{
    *header_bytes = read_le64(bytes);
    if (*header_bytes <= size_bytes - 8u && *header_bytes <= ST_MAX_HEADER_BYTES) return RSD_OK;
    return base_error_set(error, RSD_ERR_FORMAT,
                          "%s: not a safetensors file, or cut short: header of %" PRIu64 " bytes in a file of %" PRIu64,
                          file->origin, *header_bytes, size_bytes);
}

static rsd_status too_short(const st_file *file, uint64_t size_bytes, rsd_error *error)
{
    return base_error_set(error, RSD_ERR_FORMAT, "%s: not a safetensors file: %" PRIu64 " bytes only", file->origin,
                          size_bytes);
}

/* Checked against the size that the tensors have in the file; they themselves need not be there yet. */
static rsd_status parse_header(st_file *file, const char *text, size_t text_bytes, uint64_t tensor_bytes,
                               rsd_error *error)
{
    json_error_t where;
    file->header = json_loadb(text, text_bytes, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(file->header))
        return base_error_set(error, RSD_ERR_FORMAT, "%s: header is not a JSON object: %s", file->origin,
                              file->header ? "another type" : where.text);
    file->tensor_bytes = tensor_bytes;
    return check_entries(file, error);
}

static rsd_status parse_memory(st_file *file, const unsigned char *bytes, size_t size_bytes, rsd_error *error)
{
    uint64_t header_bytes = 0;
    if (size_bytes < 8u) return too_short(file, size_bytes, error);
    const rsd_status status = parse_length(file, bytes, size_bytes, &header_bytes, error);
    if (status != RSD_OK) return status;
    file->tensors = bytes + 8 + header_bytes;
    return parse_header(file, (const char *)bytes + 8, (size_t)header_bytes, size_bytes - 8u - header_bytes, error);
}

static st_file *create(const char *origin, rsd_error *error)
{
    st_file *self = calloc(1, sizeof *self);
    if (self) self->origin = strdup(origin);
    if (self && self->origin) return self;
    free(self);
    (void)base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", origin);
    return NULL;
}

static rsd_status keep_or_close(rsd_status status, st_file *self, st_file **file)
{
    if (status == RSD_OK)
        *file = self;
    else
        st_close(self);
    return status;
}

rsd_status st_parse(const void *data, size_t size_bytes, const char *origin, st_file **file, rsd_error *error)
{
    st_file *self = create(origin, error);
    if (!self) return RSD_ERR_MEMORY;
    return keep_or_close(parse_memory(self, data, size_bytes, error), self, file);
}

/* ---- a file: header before body ---- */

static rsd_status read_header(st_file *self, const base_file *from, rsd_error *error)
{
    unsigned char length[8];
    uint64_t header_bytes = 0;
    if (from->size_bytes < sizeof length) return too_short(self, from->size_bytes, error);
    rsd_status status = base_file_read(from, self->origin, length, sizeof length, error);
    if (status == RSD_OK) status = parse_length(self, length, from->size_bytes, &header_bytes, error);
    if (status != RSD_OK) return status;
    char *text = malloc((size_t)header_bytes + 1u);
    if (!text) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", self->origin);
    status = base_file_read(from, self->origin, text, (size_t)header_bytes, error);
    if (status == RSD_OK)
        status = parse_header(self, text, (size_t)header_bytes, from->size_bytes - sizeof length - header_bytes, error);
    free(text);
    return status;
}

static rsd_status read_body(st_file *self, const base_file *from, rsd_error *error)
{
    self->owned = self->tensor_bytes < SIZE_MAX ? malloc((size_t)self->tensor_bytes + 1u) : NULL;
    if (!self->owned) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", self->origin);
    self->tensors = self->owned;
    return base_file_read(from, self->origin, self->owned, (size_t)self->tensor_bytes, error);
}

rsd_status st_open(const char *path, uint64_t limit_bytes, st_file **file, rsd_error *error)
{
    base_file from;
    rsd_status status = base_file_open(path, limit_bytes, &from, error);
    if (status != RSD_OK) return status;
    st_file *self = create(path, error);
    status = self ? read_header(self, &from, error) : RSD_ERR_MEMORY;
    if (status == RSD_OK) status = read_body(self, &from, error);
    base_file_close(&from);
    return keep_or_close(status, self, file);
}

void st_close(st_file *file)
{
    if (!file) return;
    json_decref(file->header);
    free(file->owned);
    free(file->origin);
    free(file);
}

rsd_status st_find(const st_file *file, const char *name, st_tensor *tensor, rsd_error *error)
{
    const json_t *entry = json_object_get(file->header, name);
    if (!entry || parse_entry(file, entry, tensor))
        return base_error_set(error, RSD_ERR_NOT_FOUND, "%s: no tensor '%s'", file->origin, name);
    return RSD_OK;
}

static void shape_text(uint32_t dim_count, const uint64_t *shape, char *text, size_t text_bytes)
{
    size_t used = (size_t)snprintf(text, text_bytes, "(");
    for (uint32_t d = 0; d < dim_count && used < text_bytes; d++)
        used += (size_t)snprintf(text + used, text_bytes - used, shape[d] ? "%s%" PRIu64 : "%sany", d ? ", " : "",
                                 shape[d]);
    if (used < text_bytes) snprintf(text + used, text_bytes - used, ")");
}

/* Bit d of `dtypes` allows type d; `wanted_type` names them. */
static rsd_status require_any(const st_file *file, const st_wanted *wanted, uint32_t dtypes, const char *wanted_type,
                              st_tensor *tensor, rsd_error *error)
{
    st_tensor found = {0};
    const uint64_t *shape = wanted->shape;
    const rsd_status status = st_find(file, wanted->name, &found, error);
    if (status != RSD_OK) return status;
    bool fits = found.data && (dtypes >> found.dtype & 1u) && found.dim_count == wanted->dim_count;
    for (uint32_t d = 0; fits && d < found.dim_count; d++) fits = shape[d] == 0u || shape[d] == found.shape[d];
    if (!fits) {
        char wished[160], got[160];
        shape_text(wanted->dim_count, shape, wished, sizeof wished);
        shape_text(found.dim_count, found.shape, got, sizeof got);
        return base_error_set(error, RSD_ERR_FORMAT, "%s: tensor '%s' is %s of another type or shape than %s %s",
                              file->origin, wanted->name, got, wanted_type, wished);
    }
    *tensor = found;
    return RSD_OK;
}

rsd_status st_require(const st_file *file, const st_wanted *wanted, st_dtype dtype, st_tensor *tensor, rsd_error *error)
{
    return require_any(file, wanted, 1u << dtype, DTYPES[dtype].name, tensor, error);
}

/* IEEE 754 binary16 to binary32. */
static float widen_half(uint16_t half)
{
    const uint32_t exponent = half >> 10 & 31u, fraction = half & 1023u;
    if (exponent == 0u) return (half >> 15 ? -0x1p-24f : 0x1p-24f) * (float)fraction;
    const uint32_t biased = exponent == 31u ? 255u : exponent + 112u;
    const uint32_t bits = (uint32_t)(half >> 15) << 31 | biased << 23 | fraction << 13;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Upper half of a binary32. */
static float widen_bfloat(uint16_t upper)
{
    const uint32_t bits = (uint32_t)upper << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void widen(const st_tensor *tensor, size_t count, float *values)
{
    const unsigned char *from = tensor->data;
    for (size_t i = 0; i < count; i++, from += 2) {
        uint16_t number;
        memcpy(&number, from, sizeof number);
        values[i] = tensor->dtype == ST_F16 ? widen_half(number) : widen_bfloat(number);
    }
}

rsd_status st_read_floats(const st_file *file, const st_wanted *wanted, float **values, size_t *count, rsd_error *error)
{
    st_tensor tensor;
    const rsd_status status =
        require_any(file, wanted, 1u << ST_F32 | 1u << ST_F16 | 1u << ST_BF16, "F32, F16 or BF16", &tensor, error);
    if (status != RSD_OK) return status;
    const bool wide = tensor.dtype == ST_F32;
    const size_t number = (size_t)(tensor.size_bytes / (wide ? 4u : 2u));
    float *copy = malloc(number * sizeof *copy + 1u);
    if (!copy) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", file->origin);
    if (wide)
        memcpy(copy, tensor.data, (size_t)tensor.size_bytes);
    else
        widen(&tensor, number, copy);
    *values = copy;
    if (count) *count = number;
    return RSD_OK;
}

const char *st_metadata(const st_file *file, const char *key)
{
    return json_string_value(json_object_get(json_object_get(file->header, "__metadata__"), key));
}

const char *st_origin(const st_file *file) { return file->origin; }

/* ---- writing -------------------------------------------------------------------------------------------------------
 */

static uint64_t tensor_bytes(const st_write_tensor *tensor)
{
    uint64_t bytes = DTYPES[tensor->dtype].size_bytes;
    for (uint32_t d = 0; d < tensor->dim_count; d++) bytes *= tensor->shape[d];
    return bytes;
}

static json_t *entry_of(const st_write_tensor *tensor, uint64_t begin)
{
    json_t *shape = json_array();
    for (uint32_t d = 0; d < tensor->dim_count; d++)
        json_array_append_new(shape, json_integer((json_int_t)tensor->shape[d]));
    const uint64_t end = begin + tensor_bytes(tensor);
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", DTYPES[tensor->dtype].name, "shape", shape, "data_offsets",
                     (json_int_t)begin, (json_int_t)end);
}

static char *header_text(const st_write_tensor *tensors, uint32_t tensor_count, const char *const *metadata)
{
    json_t *header = json_object(), *strings = json_object();
    for (; metadata && metadata[0]; metadata += 2) json_object_set_new(strings, metadata[0], json_string(metadata[1]));
    json_object_set_new(header, "__metadata__", strings);
    uint64_t begin = 0;
    for (uint32_t i = 0; i < tensor_count; i++) {
        json_object_set_new(header, tensors[i].name, entry_of(&tensors[i], begin));
        begin += tensor_bytes(&tensors[i]);
    }
    char *text = json_dumps(header, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(header);
    return text;
}

static void write_all(FILE *stream, const char *header, const st_write_tensor *tensors, uint32_t tensor_count)
{
    /* The header is padded with spaces so that the tensors start at a multiple of 8. */
    const size_t text_bytes = strlen(header), padding = (8u - text_bytes % 8u) % 8u;
    unsigned char length[8];
    for (uint32_t i = 0; i < 8u; i++) length[i] = (unsigned char)((text_bytes + padding) >> (8u * i));
    bool fine = fwrite(length, 1, 8, stream) == 8u && fwrite(header, 1, text_bytes, stream) == text_bytes &&
                fwrite("        ", 1, padding, stream) == padding;
    for (uint32_t i = 0; fine && i < tensor_count; i++) {
        const size_t bytes = (size_t)tensor_bytes(&tensors[i]);
        fine = fwrite(tensors[i].data, 1, bytes, stream) == bytes;
    }
}

rsd_status st_write(const char *path, const st_write_tensor *tensors, uint32_t tensor_count,
                    const char *const *metadata, rsd_error *error)
{
    base_output file;
    char *header = header_text(tensors, tensor_count, metadata);
    if (!header) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", path);
    rsd_status status = base_output_open(&file, path, BASE_OUTPUT_BESIDE, error);
    if (status == RSD_OK) {
        FILE *stream = base_output_stream(&file);
        if (stream) write_all(stream, header, tensors, tensor_count);
        // What was not written set the stream's error flag, which commit reports.
        status = stream ? base_output_commit(&file, error)
                        : base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", path);
        base_output_abandon(&file);
    }
    free(header);
    return status;
}
