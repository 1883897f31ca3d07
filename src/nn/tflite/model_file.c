// SPDX-License-Identifier: MIT
// Reads a TFLite file: tensors, operators and their options, all checked.
#include "nn/tflite/tflite.h"

#include "base/error.h"
#include "base/read_file.h"
#include "nn/tflite/flatbuffer.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ITEMS 65536u /* tensors or operators of a subgraph, buffers: no real file has as many */

struct tfl_file {
    char *origin;
    void *owned; /* the file's bytes where tfl_open read them */
    fb_bytes bytes;
    uint32_t subgraph_count;
    tfl_subgraph *subgraphs;
    fb_vector codes, buffers;
};

#define SMALLEST_ITEM_BYTES 4u /* a scale, or the place of a table */

/* What is wrong is a static text; `at` tells the subgraph and item for the message. */
typedef struct {
    tfl_file *file;
    size_t budget; /* items that a file of this size can still hold, were none of them to lie where another does */
    const char *wrong;
    const char *kind;
    uint32_t subgraph, item;
    uint32_t tensor_count; /* of the subgraph */
} parsing;

static bool fails(parsing *p, const char *wrong)
{
    if (!p->wrong) p->wrong = wrong;
    return false;
}

/*
 * A list may point at one table many times, and many lists at one place, so that a small file may claim far more than
 * it holds: all lists together are held to what the file has room for.
 */
static bool spend(parsing *p, size_t item_count)
{
    if (item_count > p->budget) return fails(p, "makes the file claim more than it has room for");
    p->budget -= item_count;
    return true;
}

/* ---- tensors ---- */

static uint32_t type_bytes(int32_t type)
{
    static const uint8_t BYTES[] = {4, 2, 4, 1, 8, 0, 1, 2, 8, 1, 8, 16, 8};
    return type >= 0 && (size_t)type < sizeof BYTES ? BYTES[type] : 0u;
}

static bool read_shape(parsing *p, const fb_table *table, tfl_tensor *tensor)
{
    fb_vector shape;
    if (!fb_field_vector(table, 0, 4, &shape)) return fails(p, "has a shape that lies outside of the file");
    if (shape.count > TFL_MAX_DIMS) return fails(p, "has more than 6 dimensions");
    tensor->dim_count = shape.count;
    tensor->element_count = 1;
    for (uint32_t d = 0; d < shape.count; d++) {
        const int32_t size = fb_i32(&p->file->bytes, shape.begin + 4u * d);
        if (size < 0 || size > (1 << 28)) return fails(p, "has a size that is negative or too large");
        tensor->dims[d] = (uint32_t)size;
        tensor->element_count *= (uint32_t)size;
        if (tensor->element_count > (1u << 28)) return fails(p, "is too large");
    }
    return true;
}

static bool read_data(parsing *p, const fb_table *table, tfl_tensor *tensor)
{
    const uint32_t index = (uint32_t)fb_field_i32(table, 2, 0);
    fb_table buffer;
    fb_vector data;
    if (index >= p->file->buffers.count) return fails(p, "names a buffer that the file does not have");
    if (!fb_vector_table(&p->file->bytes, &p->file->buffers, index, &buffer) || !fb_field_vector(&buffer, 0, 1, &data))
        return fails(p, "has data that lie outside of the file");
    if (data.count == 0u) return true;
    const uint64_t needed = tensor->element_count * type_bytes(tensor->type);
    if (type_bytes(tensor->type) != 0u && data.count != needed) return fails(p, "has data that do not fit its shape");
    tensor->data = p->file->bytes.data + data.begin;
    tensor->size_bytes = data.count;
    return true;
}

static bool read_quantization(parsing *p, const fb_table *table, tfl_tensor *tensor)
{
    fb_table quantization;
    fb_vector scales, zeros;
    bool present;
    if (!fb_field_table(table, 4, &quantization, &present)) return fails(p, "has a broken quantisation");
    if (!present) return true;
    if (!fb_field_vector(&quantization, 2, 4, &scales) || !fb_field_vector(&quantization, 3, 8, &zeros))
        return fails(p, "has scales that lie outside of the file");
    if (scales.count == 0u) return true;
    if (!spend(p, scales.count) || !spend(p, zeros.count)) return false;
    tensor->scale_count = scales.count;
    tensor->scales = p->file->bytes.data + scales.begin;
    for (uint32_t i = 0; i < scales.count; i++) {
        const float scale = tfl_scale(tensor, i);
        if (!(scale > 0.0f && scale < 1e30f)) return fails(p, "has a scale that is not a positive number");
    }
    for (uint32_t i = 0; i < zeros.count; i++) {
        const int64_t zero = fb_i64(&p->file->bytes, zeros.begin + 8u * i);
        if (zero < -128 || zero > 255) return fails(p, "has a zero point that is out of range");
        if (i == 0u) tensor->zero_point = (int32_t)zero;
        if (zero != tensor->zero_point) tensor->zero_points_differ = true;
    }
    return true;
}

static bool read_tensor(parsing *p, const fb_table *table, tfl_tensor *tensor)
{
    if (!fb_field_string(table, 3, &tensor->name)) return fails(p, "has a name that lies outside of the file");
    tensor->type = fb_field_u8(table, 1, 0);
    return read_shape(p, table, tensor) && read_data(p, table, tensor) && read_quantization(p, table, tensor);
}

/* ---- operators ---- */

typedef enum {
    PADDING,
    STRIDE_W,
    STRIDE_H,
    DILATION_W,
    DILATION_H,
    ACTIVATION,
    MULTIPLIER,
    AXIS,
    SPLITS,
    CALLS,
    BEGIN,
    END,
    OTHER,
    ALPHA,
    NAME
} option;

/* Where each known operator has its options: number of the union's member, then fields. */
static const struct {
    int32_t code;
    uint8_t member, count;
    struct {
        uint8_t field, option;
    } fields[7];
} OPTIONS[] = {
    {TFL_CONV_2D,
     1,
     6,
     {{0, PADDING}, {1, STRIDE_W}, {2, STRIDE_H}, {3, ACTIVATION}, {4, DILATION_W}, {5, DILATION_H}}},
    {TFL_DEPTHWISE_CONV_2D,
     2,
     7,
     {{0, PADDING}, {1, STRIDE_W}, {2, STRIDE_H}, {3, MULTIPLIER}, {4, ACTIVATION}, {5, DILATION_W}, {6, DILATION_H}}},
    {TFL_TRANSPOSE_CONV, 49, 4, {{0, PADDING}, {1, STRIDE_W}, {2, STRIDE_H}, {3, ACTIVATION}}},
    {TFL_CONCATENATION, 10, 2, {{0, AXIS}, {1, ACTIVATION}}},
    {TFL_ADD, 11, 1, {{0, ACTIVATION}}},
    {TFL_SUB, 28, 1, {{0, ACTIVATION}}},
    {TFL_LEAKY_RELU, 75, 1, {{0, ALPHA}}},
    {TFL_STRIDED_SLICE, 32, 5, {{0, BEGIN}, {1, END}, {2, OTHER}, {3, OTHER}, {4, OTHER}}},
    {TFL_SPLIT, 35, 1, {{0, SPLITS}}},
    {TFL_GATHER, 23, 1, {{0, AXIS}}},
    {TFL_CALL_ONCE, 103, 1, {{0, CALLS}}},
    {TFL_VAR_HANDLE, 111, 1, {{1, NAME}}},
};

/* How each option lies in the file, where it goes, and what it is where the file leaves it out. */
typedef enum { AS_U8, AS_I32, AS_MASK, AS_F32, AS_STRING } option_form;
static const struct {
    option_form form;
    size_t place;
    int32_t standard;
} FORMS[] = {
    [PADDING] = {AS_U8, offsetof(tfl_options, padding), 0},
    [STRIDE_W] = {AS_I32, offsetof(tfl_options, stride_w), 0},
    [STRIDE_H] = {AS_I32, offsetof(tfl_options, stride_h), 0},
    [DILATION_W] = {AS_I32, offsetof(tfl_options, dilation_w), 1},
    [DILATION_H] = {AS_I32, offsetof(tfl_options, dilation_h), 1},
    [ACTIVATION] = {AS_U8, offsetof(tfl_options, activation), 0},
    [MULTIPLIER] = {AS_I32, offsetof(tfl_options, depth_multiplier), 0},
    [AXIS] = {AS_I32, offsetof(tfl_options, axis), 0},
    [SPLITS] = {AS_I32, offsetof(tfl_options, split_count), 0},
    [CALLS] = {AS_I32, offsetof(tfl_options, subgraph), 0},
    [BEGIN] = {AS_I32, offsetof(tfl_options, begin_mask), 0},
    [END] = {AS_I32, offsetof(tfl_options, end_mask), 0},
    [OTHER] = {AS_MASK, offsetof(tfl_options, other_masks), 0},
    [ALPHA] = {AS_F32, offsetof(tfl_options, alpha), 0},
    [NAME] = {AS_STRING, offsetof(tfl_options, shared_name), 0},
};

static bool read_option(const fb_table *table, uint32_t field, uint32_t what, tfl_options *options)
{
    void *place = (char *)options + FORMS[what].place;
    switch (FORMS[what].form) {
    case AS_U8:
        *(int32_t *)place = fb_field_u8(table, field, 0);
        break;
    case AS_I32:
        *(int32_t *)place = fb_field_i32(table, field, FORMS[what].standard);
        break;
    case AS_MASK:
        *(int32_t *)place |= fb_field_i32(table, field, 0);
        break;
    case AS_F32:
        *(float *)place = fb_field_f32(table, field, 0.0f);
        break;
    case AS_STRING:
        return fb_field_string(table, field, (const char **)place);
    }
    return true;
}

static bool read_options(parsing *p, const fb_table *table, tfl_op *op)
{
    op->options.shared_name = "";
    op->options.dilation_w = op->options.dilation_h = 1;
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        fb_table options;
        bool present;
        if (OPTIONS[i].code != op->code) continue;
        if (!fb_field_table(table, 4, &options, &present)) return fails(p, "has options that lie outside of the file");
        if (!present || fb_field_u8(table, 3, 0) != OPTIONS[i].member)
            return fails(p, "does not have the options of its kind");
        for (uint32_t f = 0; f < OPTIONS[i].count; f++) {
            if (!read_option(&options, OPTIONS[i].fields[f].field, OPTIONS[i].fields[f].option, &op->options))
                return fails(p, "has an option that lies outside of the file");
        }
    }
    return true;
}

static bool read_code(parsing *p, const fb_table *table, tfl_op *op)
{
    const uint32_t index = (uint32_t)fb_field_i32(table, 0, 0);
    fb_table code;
    if (index >= p->file->codes.count || !fb_vector_table(&p->file->bytes, &p->file->codes, index, &code))
        return fails(p, "names an operator code that the file does not have");
    const int32_t old = fb_field_u8(&code, 0, 0), now = fb_field_i32(&code, 3, 0);
    op->code = now > old ? now : old; /* the one-byte field came first and ends at 127 */
    return true;
}

/* A list of tensors, copied so that it is aligned. */
static bool read_indices(parsing *p, const fb_table *table, uint32_t field, int32_t lowest, const int32_t **indices,
                         uint32_t *count)
{
    fb_vector list;
    if (!fb_field_vector(table, field, 4, &list))
        return fails(p, "has a list of tensors that lies outside of the file");
    if (list.count > TFL_MAX_ARGS) return fails(p, "has too many tensors");
    int32_t *made = malloc((list.count + 1u) * sizeof *made);
    if (!made) return fails(p, "does not fit into memory");
    for (uint32_t i = 0; i < list.count; i++) {
        made[i] = fb_i32(&p->file->bytes, list.begin + 4u * i);
        if (made[i] < lowest || (made[i] >= 0 && (uint32_t)made[i] >= p->tensor_count)) {
            free(made);
            return fails(p, "names a tensor that the subgraph does not have");
        }
    }
    *indices = made;
    *count = list.count;
    return true;
}

static bool read_op(parsing *p, const fb_table *table, tfl_op *op)
{
    return read_code(p, table, op) && read_options(p, table, op) &&
           read_indices(p, table, 1, -1, &op->inputs, &op->input_count) &&
           read_indices(p, table, 2, 0, &op->outputs, &op->output_count);
}

/* ---- subgraphs and the file ---- */

static bool read_subgraph(parsing *p, const fb_table *table, tfl_subgraph *subgraph)
{
    fb_vector tensors, ops;
    fb_table item;
    if (!fb_field_vector(table, 0, 4, &tensors) || !fb_field_vector(table, 3, 4, &ops) ||
        !fb_field_string(table, 4, &subgraph->name) || tensors.count > MOST_ITEMS || ops.count > MOST_ITEMS)
        return fails(p, "lies outside of the file or is too large");
    if (!spend(p, tensors.count) || !spend(p, ops.count)) return false;
    tfl_tensor *made = calloc(tensors.count + 1u, sizeof *made);
    subgraph->tensors = made;
    tfl_op *made_ops = calloc(ops.count + 1u, sizeof *made_ops);
    subgraph->ops = made_ops;
    if (!made || !made_ops) return fails(p, "does not fit into memory");
    subgraph->tensor_count = p->tensor_count = tensors.count;
    subgraph->op_count = ops.count;
    if (!read_indices(p, table, 1, 0, &subgraph->inputs, &subgraph->input_count) ||
        !read_indices(p, table, 2, 0, &subgraph->outputs, &subgraph->output_count))
        return false;
    p->kind = "tensor";
    for (p->item = 0; p->item < tensors.count; p->item++) {
        if (!fb_vector_table(&p->file->bytes, &tensors, p->item, &item)) return fails(p, "lies outside of the file");
        if (!read_tensor(p, &item, &made[p->item])) return false;
    }
    p->kind = "operator";
    for (p->item = 0; p->item < ops.count; p->item++) {
        if (!fb_vector_table(&p->file->bytes, &ops, p->item, &item)) return fails(p, "lies outside of the file");
        if (!read_op(p, &item, &made_ops[p->item])) return false;
    }
    return true;
}

static bool read_model(parsing *p)
{
    tfl_file *file = p->file;
    fb_table model, item;
    fb_vector subgraphs;
    p->kind = "model";
    if (file->bytes.size < 8u || memcmp(file->bytes.data + 4, "TFL3", 4) != 0) return fails(p, "is not a TFLite file");
    if (!fb_root(&file->bytes, &model)) return fails(p, "is cut short or broken");
    if (!fb_field_vector(&model, 1, 4, &file->codes) || !fb_field_vector(&model, 2, 4, &subgraphs) ||
        !fb_field_vector(&model, 4, 4, &file->buffers))
        return fails(p, "has lists that lie outside of the file: cut short?");
    if (subgraphs.count == 0u || subgraphs.count > 64u) return fails(p, "must have 1 to 64 subgraphs");
    file->subgraphs = calloc(subgraphs.count, sizeof *file->subgraphs);
    if (!file->subgraphs) return fails(p, "does not fit into memory");
    file->subgraph_count = subgraphs.count;
    for (p->subgraph = 0; p->subgraph < subgraphs.count; p->subgraph++) {
        p->kind = "subgraph";
        p->item = p->subgraph;
        if (!fb_vector_table(&file->bytes, &subgraphs, p->subgraph, &item)) return fails(p, "lies outside of the file");
        if (!read_subgraph(p, &item, &file->subgraphs[p->subgraph])) return false;
    }
    return true;
}

static const char *item_name(const parsing *p)
{
    const tfl_subgraph *subgraph = &p->file->subgraphs[p->subgraph];
    const bool named = strcmp(p->kind, "tensor") == 0 && subgraph->tensors && subgraph->tensors[p->item].name;
    return named ? subgraph->tensors[p->item].name : "";
}

static rsd_status tell(const parsing *p, rsd_error *error)
{
    if (strcmp(p->kind, "model") == 0)
        return base_error_set(error, RSD_ERR_FORMAT, "%s: the file %s", p->file->origin, p->wrong);
    return base_error_set(error, RSD_ERR_FORMAT, "%s: %s %u '%.80s' of subgraph %u %s", p->file->origin, p->kind,
                          p->item, item_name(p), p->subgraph, p->wrong);
}

rsd_status tfl_parse(const void *data, size_t size_bytes, const char *origin, tfl_file **file, rsd_error *error)
{
    tfl_file *self = calloc(1, sizeof *self);
    if (self) self->origin = strdup(origin);
    if (!self || !self->origin) {
        free(self);
        return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", origin);
    }
    self->bytes = (fb_bytes){data, size_bytes};
    parsing p = {.file = self, .budget = size_bytes / SMALLEST_ITEM_BYTES};
    if (!read_model(&p)) {
        const rsd_status status = tell(&p, error);
        tfl_close(self);
        return status;
    }
    *file = self;
    return RSD_OK;
}

rsd_status tfl_open(const char *path, tfl_file **file, rsd_error *error)
{
    void *data = NULL;
    size_t size_bytes = 0;
    rsd_status status = base_read_file(path, BASE_TFLITE_BYTES, &data, &size_bytes, error);
    if (status != RSD_OK) return status;
    status = tfl_parse(data, size_bytes, path, file, error);
    if (status != RSD_OK)
        free(data);
    else
        (*file)->owned = data;
    return status;
}

static void free_subgraph(tfl_subgraph *subgraph)
{
    for (uint32_t i = 0; subgraph->ops && i < subgraph->op_count; i++) {
        free((void *)subgraph->ops[i].inputs);
        free((void *)subgraph->ops[i].outputs);
    }
    free((void *)subgraph->inputs);
    free((void *)subgraph->outputs);
    free((void *)subgraph->tensors);
    free((void *)subgraph->ops);
}

void tfl_close(tfl_file *file)
{
    if (!file) return;
    for (uint32_t i = 0; i < file->subgraph_count; i++) free_subgraph(&file->subgraphs[i]);
    free(file->subgraphs);
    free(file->owned);
    free(file->origin);
    free(file);
}

const char *tfl_origin(const tfl_file *file) { return file->origin; }
uint32_t tfl_subgraph_count(const tfl_file *file) { return file->subgraph_count; }

const tfl_subgraph *tfl_subgraph_at(const tfl_file *file, uint32_t index)
{
    return index < file->subgraph_count ? &file->subgraphs[index] : NULL;
}

const tfl_subgraph *tfl_find_subgraph(const tfl_file *file, const char *name)
{
    for (uint32_t i = 0; i < file->subgraph_count; i++) {
        if (strcmp(file->subgraphs[i].name, name) == 0) return &file->subgraphs[i];
    }
    return NULL;
}

float tfl_scale(const tfl_tensor *tensor, uint32_t channel)
{
    float scale;
    const uint32_t index = tensor->scale_count == 1u ? 0u : channel;
    memcpy(&scale, (const char *)tensor->scales + 4u * index, sizeof scale);
    return scale;
}

int32_t tfl_i32_at(const tfl_tensor *tensor, uint32_t index)
{
    int32_t value;
    memcpy(&value, (const char *)tensor->data + 4u * index, sizeof value);
    return value;
}

const char *tfl_operator_name(int32_t code, char text[32])
{
    static const struct {
        int32_t code;
        const char *name;
    } NAMES[] = {{TFL_ADD, "ADD"},
                 {TFL_CONCATENATION, "CONCATENATION"},
                 {TFL_CONV_2D, "CONV_2D"},
                 {TFL_DEPTHWISE_CONV_2D, "DEPTHWISE_CONV_2D"},
                 {TFL_DEQUANTIZE, "DEQUANTIZE"},
                 {TFL_RESHAPE, "RESHAPE"},
                 {TFL_GATHER, "GATHER"},
                 {TFL_SUB, "SUB"},
                 {TFL_STRIDED_SLICE, "STRIDED_SLICE"},
                 {TFL_SPLIT, "SPLIT"},
                 {TFL_TRANSPOSE_CONV, "TRANSPOSE_CONV"},
                 {TFL_LEAKY_RELU, "LEAKY_RELU"},
                 {TFL_SQUARED_DIFFERENCE, "SQUARED_DIFFERENCE"},
                 {TFL_QUANTIZE, "QUANTIZE"},
                 {TFL_CALL_ONCE, "CALL_ONCE"},
                 {TFL_VAR_HANDLE, "VAR_HANDLE"},
                 {TFL_READ_VARIABLE, "READ_VARIABLE"},
                 {TFL_ASSIGN_VARIABLE, "ASSIGN_VARIABLE"}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (NAMES[i].code == code) return NAMES[i].name;
    }
    snprintf(text, 32, "operator %d", code);
    return text;
}
