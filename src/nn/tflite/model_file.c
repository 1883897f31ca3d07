// SPDX-License-Identifier: MIT
// TFLite models: subgraphs, tensors and operators, read out of the FlatBuffer and checked.
#include "nn/tflite/model_internal.h"

#include "base/error.h"
#include "base/read_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ITEMS 65536u /* tensors or operators of a subgraph, buffers: no real file has as many */

#define SMALLEST_ITEM_BYTES 4u /* a scale, or the place of a table */

bool tfl_fails(tfl_parsing *p, const char *wrong)
{
    if (!p->wrong) p->wrong = wrong;
    return false;
}

/*
 * A list may point at one table many times, and many lists at one place, so that a small file may claim far more than
 * it holds: all lists together are held to what the file has room for.
 */
static bool spend(tfl_parsing *p, size_t item_count)
{
    if (item_count > p->budget) return tfl_fails(p, "makes the file claim more than it has room for");
    p->budget -= item_count;
    return true;
}

/* ---- tensors ---- */

static uint32_t type_bytes(int32_t type)
{
    static const uint8_t BYTES[] = {4, 2, 4, 1, 8, 0, 1, 2, 8, 1, 8, 16, 8};
    return type >= 0 && (size_t)type < sizeof BYTES ? BYTES[type] : 0u;
}

static bool read_shape(tfl_parsing *p, const fb_table *table, tfl_tensor *tensor)
{
    fb_vector shape;
    if (!fb_field_vector(table, 0, 4, &shape)) return tfl_fails(p, "has a shape that lies outside of the file");
    if (shape.count > TFL_MAX_DIMS) return tfl_fails(p, "has more than 6 dimensions");
    tensor->dim_count = shape.count;
    tensor->element_count = 1;
    for (uint32_t d = 0; d < shape.count; d++) {
        const int32_t size = fb_i32(&p->file->bytes, shape.begin + 4u * d);
        if (size < 0 || size > (1 << 28)) return tfl_fails(p, "has a size that is negative or too large");
        tensor->dims[d] = (uint32_t)size;
        tensor->element_count *= (uint32_t)size;
        if (tensor->element_count > (1u << 28)) return tfl_fails(p, "is too large");
    }
    return true;
}

static bool read_data(tfl_parsing *p, const fb_table *table, tfl_tensor *tensor)
{
    const uint32_t index = (uint32_t)fb_field_i32(table, 2, 0);
    fb_table buffer;
    fb_vector data;
    if (index >= p->file->buffers.count) return tfl_fails(p, "names a buffer that the file does not have");
    if (!fb_vector_table(&p->file->bytes, &p->file->buffers, index, &buffer) || !fb_field_vector(&buffer, 0, 1, &data))
        return tfl_fails(p, "has data that lie outside of the file");
    if (data.count == 0u) return true;
    const uint64_t needed = tensor->element_count * type_bytes(tensor->type);
    if (type_bytes(tensor->type) != 0u && data.count != needed)
        return tfl_fails(p, "has data that do not fit its shape");
    tensor->data = p->file->bytes.data + data.begin;
    tensor->size_bytes = data.count;
    return true;
}

static bool read_quantization(tfl_parsing *p, const fb_table *table, tfl_tensor *tensor)
{
    fb_table quantization;
    fb_vector scales, zeros;
    bool present;
    if (!fb_field_table(table, 4, &quantization, &present)) return tfl_fails(p, "has a broken quantisation");
    if (!present) return true;
    if (!fb_field_vector(&quantization, 2, 4, &scales) || !fb_field_vector(&quantization, 3, 8, &zeros))
        return tfl_fails(p, "has scales that lie outside of the file");
    if (scales.count == 0u) return true;
    if (!spend(p, scales.count) || !spend(p, zeros.count)) return false;
    tensor->scale_count = scales.count;
    tensor->scales = p->file->bytes.data + scales.begin;
    for (uint32_t i = 0; i < scales.count; i++) {
        const float scale = tfl_scale(tensor, i);
        if (!(scale > 0.0f && scale < 1e30f)) return tfl_fails(p, "has a scale that is not a positive number");
    }
    for (uint32_t i = 0; i < zeros.count; i++) {
        const int64_t zero = fb_i64(&p->file->bytes, zeros.begin + 8u * i);
        if (zero < -128 || zero > 255) return tfl_fails(p, "has a zero point that is out of range");
        if (i == 0u) tensor->zero_point = (int32_t)zero;
        if (zero != tensor->zero_point) tensor->zero_points_differ = true;
    }
    return true;
}

static bool read_tensor(tfl_parsing *p, const fb_table *table, tfl_tensor *tensor)
{
    if (!fb_field_string(table, 3, &tensor->name)) return tfl_fails(p, "has a name that lies outside of the file");
    tensor->type = fb_field_u8(table, 1, 0);
    return read_shape(p, table, tensor) && read_data(p, table, tensor) && read_quantization(p, table, tensor);
}

bool tfl_read_indices(tfl_parsing *p, const fb_table *table, uint32_t field, int32_t lowest, const int32_t **indices,
                      uint32_t *count)
{
    fb_vector list;
    if (!fb_field_vector(table, field, 4, &list))
        return tfl_fails(p, "has a list of tensors that lies outside of the file");
    if (list.count > TFL_MAX_ARGS) return tfl_fails(p, "has too many tensors");
    int32_t *made = malloc((list.count + 1u) * sizeof *made);
    if (!made) return tfl_fails(p, "does not fit into memory");
    for (uint32_t i = 0; i < list.count; i++) {
        made[i] = fb_i32(&p->file->bytes, list.begin + 4u * i);
        if (made[i] < lowest || (made[i] >= 0 && (uint32_t)made[i] >= p->tensor_count)) {
            free(made);
            return tfl_fails(p, "names a tensor that the subgraph does not have");
        }
    }
    *indices = made;
    *count = list.count;
    return true;
}

/* ---- subgraphs and the file ---- */

static bool read_subgraph(tfl_parsing *p, const fb_table *table, tfl_subgraph *subgraph)
{
    fb_vector tensors, ops;
    fb_table item;
    if (!fb_field_vector(table, 0, 4, &tensors) || !fb_field_vector(table, 3, 4, &ops) ||
        !fb_field_string(table, 4, &subgraph->name) || tensors.count > MOST_ITEMS || ops.count > MOST_ITEMS)
        return tfl_fails(p, "lies outside of the file or is too large");
    if (!spend(p, tensors.count) || !spend(p, ops.count)) return false;
    tfl_tensor *made = calloc(tensors.count + 1u, sizeof *made);
    subgraph->tensors = made;
    tfl_op *made_ops = calloc(ops.count + 1u, sizeof *made_ops);
    subgraph->ops = made_ops;
    if (!made || !made_ops) return tfl_fails(p, "does not fit into memory");
    subgraph->tensor_count = p->tensor_count = tensors.count;
    subgraph->op_count = ops.count;
    if (!tfl_read_indices(p, table, 1, 0, &subgraph->inputs, &subgraph->input_count) ||
        !tfl_read_indices(p, table, 2, 0, &subgraph->outputs, &subgraph->output_count))
        return false;
    p->kind = "tensor";
    for (p->item = 0; p->item < tensors.count; p->item++) {
        if (!fb_vector_table(&p->file->bytes, &tensors, p->item, &item))
            return tfl_fails(p, "lies outside of the file");
        if (!read_tensor(p, &item, &made[p->item])) return false;
    }
    p->kind = "operator";
    for (p->item = 0; p->item < ops.count; p->item++) {
        if (!fb_vector_table(&p->file->bytes, &ops, p->item, &item)) return tfl_fails(p, "lies outside of the file");
        if (!tfl_read_op(p, &item, &made_ops[p->item])) return false;
    }
    return true;
}

static bool read_model(tfl_parsing *p)
{
    tfl_file *file = p->file;
    fb_table model, item;
    fb_vector subgraphs;
    p->kind = "model";
    if (file->bytes.size < 8u || memcmp(file->bytes.data + 4, "TFL3", 4) != 0)
        return tfl_fails(p, "is not a TFLite file");
    if (!fb_root(&file->bytes, &model)) return tfl_fails(p, "is cut short or broken");
    if (!fb_field_vector(&model, 1, 4, &file->codes) || !fb_field_vector(&model, 2, 4, &subgraphs) ||
        !fb_field_vector(&model, 4, 4, &file->buffers))
        return tfl_fails(p, "has lists that lie outside of the file: cut short?");
    if (subgraphs.count == 0u || subgraphs.count > 64u) return tfl_fails(p, "must have 1 to 64 subgraphs");
    file->subgraphs = calloc(subgraphs.count, sizeof *file->subgraphs);
    if (!file->subgraphs) return tfl_fails(p, "does not fit into memory");
    file->subgraph_count = subgraphs.count;
    for (p->subgraph = 0; p->subgraph < subgraphs.count; p->subgraph++) {
        p->kind = "subgraph";
        p->item = p->subgraph;
        if (!fb_vector_table(&file->bytes, &subgraphs, p->subgraph, &item))
            return tfl_fails(p, "lies outside of the file");
        if (!read_subgraph(p, &item, &file->subgraphs[p->subgraph])) return false;
    }
    return true;
}

static const char *item_name(const tfl_parsing *p)
{
    const tfl_subgraph *subgraph = &p->file->subgraphs[p->subgraph];
    const bool named = strcmp(p->kind, "tensor") == 0 && subgraph->tensors && subgraph->tensors[p->item].name;
    return named ? subgraph->tensors[p->item].name : "";
}

static rsd_status tell(const tfl_parsing *p, rsd_error *error)
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
    tfl_parsing p = {.file = self, .budget = size_bytes / SMALLEST_ITEM_BYTES};
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
