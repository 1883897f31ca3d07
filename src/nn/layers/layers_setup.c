// SPDX-License-Identifier: MIT
// Weights of layers, packed for the kernels.
#include "nn/layers/layers.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE_BYTES ((size_t)2u << 20)
#define NARROW_MOST 32767.0f
#define NARROW_MOST_STEPS 8u

/* Large matrices are asked to lie in large pages: one frame reads all of them once, and each small page would cost a
 * walk of the page tables. Where the system gives none nothing else changes. */
static void *allocate(size_t count, size_t item_bytes)
{
    const bool large = count * item_bytes >= LARGE_PAGE_BYTES / 2u;
    const size_t unit = large ? LARGE_PAGE_BYTES : 64u, bytes = (count * item_bytes + unit - 1u) / unit * unit;
    void *memory = aligned_alloc(unit, bytes);
#if defined(MADV_HUGEPAGE)
    if (memory && large) (void)madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    if (memory) memset(memory, 0, bytes);
    return memory;
}

/* Where element (row, column) of a matrix lies in its packed form. */
static size_t packed_index(uint32_t column_count, uint32_t row, uint32_t column)
{
    return ((size_t)(row / NN_BLOCK) * column_count + column) * NN_BLOCK + row % NN_BLOCK;
}

static rsd_status begin_matrix(nn_matrix *matrix, uint32_t row_count, uint32_t column_count, float **packed,
                               float **bias)
{
    const size_t rows = ((size_t)row_count + NN_BLOCK - 1u) / NN_BLOCK * NN_BLOCK;
    if (row_count == 0u || column_count == 0u || rows * column_count > SIZE_MAX / 64u) return RSD_ERR_ARG;
    *packed = allocate(rows * column_count, sizeof **packed);
    *bias = allocate(rows, sizeof **bias);
    *matrix = (nn_matrix){.row_count = row_count, .column_count = column_count, .packed = *packed, .bias = *bias};
    if (*packed && *bias) return RSD_OK;
    nn_matrix_destroy(matrix);
    return RSD_ERR_MEMORY;
}

void nn_matrix_destroy(nn_matrix *matrix)
{
    /* All come from allocate: not constant, only used as such. */
    free((void *)(uintptr_t)matrix->packed);
    free((void *)(uintptr_t)matrix->bias);
    free((void *)(uintptr_t)matrix->narrow);
    free((void *)(uintptr_t)matrix->scale);
    *matrix = (nn_matrix){0};
}

/* One block (rows that lie together) to whole numbers; the largest of each row becomes NARROW_MOST. */
static void narrow_block(const float *packed, uint32_t column_count, uint32_t *narrow, float *scale)
{
    float largest[NN_BLOCK] = {0};
    for (size_t i = 0; i < (size_t)column_count * NN_BLOCK; i++)
        largest[i % NN_BLOCK] = fmaxf(largest[i % NN_BLOCK], fabsf(packed[i]));
    for (uint32_t r = 0; r < NN_BLOCK; r++) {
        const float unit = largest[r] / NARROW_MOST;
        scale[r] = unit / 65536.0f;
        for (uint32_t c = 0; c < column_count; c++) {
            const int32_t number = scale[r] > FLT_MIN ? (int32_t)lrintf(packed[(size_t)c * NN_BLOCK + r] / unit) : 0;
            narrow[(size_t)(c / 2u) * NN_BLOCK + r] |= ((uint32_t)number & 0xffffu) << (c % 2u * 16u);
        }
    }
}

rsd_status nn_matrix_narrow(nn_matrix *matrix)
{
    if (matrix->column_count % 2u != 0u) return RSD_ERR_ARG;
    const size_t blocks = ((size_t)matrix->row_count + NN_BLOCK - 1u) / NN_BLOCK;
    const size_t block_floats = (size_t)matrix->column_count * NN_BLOCK;
    uint32_t *narrow = allocate(blocks * block_floats / 2u, sizeof *narrow);
    float *scale = allocate(blocks * NN_BLOCK, sizeof *scale);
    if (!narrow || !scale) {
        free(narrow);
        free(scale);
        return RSD_ERR_MEMORY;
    }
    for (size_t b = 0; b < blocks; b++)
        narrow_block(matrix->packed + b * block_floats, matrix->column_count, narrow + b * block_floats / 2u,
                     scale + b * NN_BLOCK);
    free((void *)(uintptr_t)matrix->packed);
    matrix->packed = NULL;
    matrix->narrow = narrow;
    matrix->scale = scale;
    return RSD_OK;
}

rsd_status nn_matrix_init(nn_matrix *matrix, uint32_t row_count, uint32_t column_count, const float *values,
                          const float *bias)
{
    float *packed, *own_bias;
    const rsd_status status = begin_matrix(matrix, row_count, column_count, &packed, &own_bias);
    if (status != RSD_OK) return status;
    for (uint32_t r = 0; r < row_count; r++)
        for (uint32_t c = 0; c < column_count; c++) packed[packed_index(column_count, r, c)] = *values++;
    if (bias) memcpy(own_bias, bias, row_count * sizeof *bias);
    return RSD_OK;
}

rsd_status nn_conv_init(nn_conv *conv, nn_conv_shape shape, const float *weight, const float *bias)
{
    const uint32_t in_channels = shape.in_channels, out_channels = shape.out_channels;
    const uint32_t kernel = shape.kernel, stride = shape.stride, dilation = shape.dilation;
    const uint32_t reach = kernel == 0u ? 0u : (kernel - 1u) * dilation + 1u;
    if (reach < stride || stride == 0u || dilation == 0u) return RSD_ERR_ARG;
    float *packed, *own_bias;
    nn_matrix matrix;
    const uint32_t columns = kernel * in_channels;
    const rsd_status status = begin_matrix(&matrix, out_channels, columns, &packed, &own_bias);
    if (status != RSD_OK) return status;
    for (uint32_t o = 0; o < out_channels; o++)
        for (uint32_t i = 0; i < in_channels; i++)
            for (uint32_t k = 0; k < kernel; k++) packed[packed_index(columns, o, k * in_channels + i)] = *weight++;
    if (bias) memcpy(own_bias, bias, out_channels * sizeof *bias);
    *conv = (nn_conv){matrix, in_channels, out_channels, kernel, stride, dilation, reach - stride};
    return RSD_OK;
}

rsd_status nn_conv_init_transposed(nn_conv *conv, nn_conv_shape shape, const float *weight, const float *bias)
{
    const uint32_t in_channels = shape.in_channels, out_channels = shape.out_channels;
    const uint32_t kernel = shape.kernel, stride = shape.stride;
    if (stride == 0u || kernel < stride) return RSD_ERR_ARG;
    float *packed, *own_bias;
    nn_matrix matrix;
    const uint32_t inputs = (kernel + stride - 1u) / stride, columns = inputs * in_channels;
    const rsd_status status = begin_matrix(&matrix, stride * out_channels, columns, &packed, &own_bias);
    if (status != RSD_OK) return status;
    for (uint32_t i = 0; i < in_channels; i++) {
        for (uint32_t o = 0; o < out_channels; o++) {
            for (uint32_t k = 0; k < kernel; k++) {
                /* Tap k lands `k / stride` inputs late, at place k % stride of the steps that come of one input. */
                const uint32_t column = (inputs - 1u - k / stride) * in_channels + i;
                packed[packed_index(columns, k % stride * out_channels + o, column)] = *weight++;
            }
        }
    }
    for (uint32_t r = 0; bias && r < stride * out_channels; r++) own_bias[r] = bias[r % out_channels];
    *conv = (nn_conv){matrix, in_channels, stride * out_channels, inputs, 1u, 1u, inputs - 1u};
    return RSD_OK;
}

rsd_status nn_lstm_init(nn_lstm *lstm, uint32_t hidden_count, const float *weight_ih, const float *weight_hh,
                        const float *bias_ih, const float *bias_hh)
{
    float *packed, *own_bias;
    const uint32_t rows = 4u * hidden_count, columns = 2u * hidden_count;
    const rsd_status status = begin_matrix(&lstm->matrix, rows, columns, &packed, &own_bias);
    if (status != RSD_OK) return status;
    lstm->hidden_count = hidden_count;
    for (uint32_t r = 0; r < rows; r++) {
        for (uint32_t c = 0; c < hidden_count; c++) {
            packed[packed_index(columns, r, c)] = weight_ih[(size_t)r * hidden_count + c];
            packed[packed_index(columns, r, hidden_count + c)] = weight_hh[(size_t)r * hidden_count + c];
        }
        own_bias[r] = bias_ih[r] + bias_hh[r];
    }
    return RSD_OK;
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static void count_conv(nn_net *net, const nn_conv *conv, size_t steps)
{
    const size_t history = (size_t)conv->history_steps * conv->in_channels;
    const size_t reach = (conv->history_steps + steps) / steps; /* frames that hold history_steps + 1 steps */
    net->state_floats += history;
    net->macs += steps / conv->stride * conv->matrix.row_count * conv->matrix.column_count;
    if (reach > net->prime_frames) net->prime_frames = (uint32_t)reach;
    net->history_floats = larger(net->history_floats, history);
    net->frame_floats = larger(net->frame_floats, steps * conv->in_channels);
    net->frame_floats = larger(net->frame_floats, steps / conv->stride * conv->out_channels);
}

void nn_net_finish(nn_net *net)
{
    size_t steps = net->in_steps, channels = net->in_channels;
    net->state_floats = net->history_floats = net->macs = 0;
    net->prime_frames = 1;
    net->frame_floats = steps * channels;
    for (uint32_t l = 0; l < net->layer_count; l++) {
        const nn_layer *layer = &net->layers[l];
        if (layer->kind == NN_CONV || layer->kind == NN_RESIDUAL) count_conv(net, &layer->conv, steps);
        if (layer->kind == NN_RESIDUAL) count_conv(net, &layer->second, steps);
        net->macs += steps * layer->shortcut.matrix.row_count * layer->shortcut.matrix.column_count;
        for (uint32_t i = 0; i < layer->lstm_count; i++)
            net->macs += steps * layer->lstm[i].matrix.row_count * layer->lstm[i].matrix.column_count;
        if (layer->kind == NN_CONV) steps = steps / layer->conv.stride * layer->out_repeat;
        if (layer->kind == NN_LSTM) {
            net->state_floats += 3u * (size_t)layer->channels * layer->lstm_count;
            net->frame_floats = larger(net->frame_floats, 4u * (size_t)layer->channels); /* the gates */
        }
        channels = layer->channels;
    }
    net->out_steps = (uint32_t)steps;
    net->out_channels = (uint32_t)channels;
}

/* Where a weight is used in few steps a frame, its way from memory is what it costs. */
static rsd_status narrow_conv(nn_conv *conv, size_t out_steps)
{
    return out_steps <= NARROW_MOST_STEPS && conv->in_channels % 2u == 0u && conv->matrix.packed
               ? nn_matrix_narrow(&conv->matrix)
               : RSD_OK;
}

static rsd_status narrow_layer(nn_layer *layer, size_t out_steps)
{
    rsd_status status = narrow_conv(&layer->conv, out_steps);
    if (status == RSD_OK) status = narrow_conv(&layer->second, out_steps);
    if (status == RSD_OK) status = narrow_conv(&layer->shortcut, out_steps);
    for (uint32_t i = 0; status == RSD_OK && i < layer->lstm_count; i++)
        status = nn_matrix_narrow(&layer->lstm[i].matrix);
    return status;
}

rsd_status nn_net_narrow(nn_net *net)
{
    size_t steps = net->in_steps;
    rsd_status status = RSD_OK;
    for (uint32_t l = 0; status == RSD_OK && l < net->layer_count; l++) {
        nn_layer *layer = &net->layers[l];
        if (layer->kind == NN_CONV) steps /= layer->conv.stride;
        status = narrow_layer(layer, steps);
        if (layer->kind == NN_CONV) steps *= layer->out_repeat;
    }
    return status;
}

void nn_net_destroy(nn_net *net)
{
    for (uint32_t l = 0; l < net->layer_count; l++) {
        nn_layer *layer = &net->layers[l];
        nn_matrix_destroy(&layer->conv.matrix);
        nn_matrix_destroy(&layer->second.matrix);
        nn_matrix_destroy(&layer->shortcut.matrix);
        for (uint32_t i = 0; i < layer->lstm_count; i++) nn_matrix_destroy(&layer->lstm[i].matrix);
    }
    net->layer_count = 0;
}
