// SPDX-License-Identifier: MIT
#ifndef NN_LAYERS_H
#define NN_LAYERS_H

#include "nn/layers/kernel.h"

#include <residuum/rsd_status.h>

/*
 * Streaming float layers. A signal is step by step, all channels of a step together. A layer is immutable; what a
 * stream keeps between calls lies in floats of the caller's (`state`), all zero at the start: a convolution's last
 * (effective kernel - stride) inputs, an LSTM's cells. Any division of a signal into calls gives the same bits.
 */

typedef struct {
    nn_matrix matrix;
    uint32_t in_channels, out_channels; /* a step; out_channels = rows of the matrix */
    uint32_t kernel, stride, dilation;
    uint32_t history_steps; /* (kernel - 1) x dilation + 1 - stride */
} nn_conv;

typedef struct {
    nn_matrix matrix; /* 4 x hidden rows (input, forget, cell, output gate), columns: input, then hidden */
    uint32_t hidden_count;
} nn_lstm;

typedef enum { NN_CONV, NN_ELU, NN_LSTM, NN_RESIDUAL } nn_layer_kind;

/*
 * NN_RESIDUAL: shortcut(x) + second(elu(first(elu(x)))), the shortcut x itself where it has no matrix.
 * NN_LSTM: x + lstm(x), lstm_count of them in a row under one skip.
 */
#define NN_MAX_LSTM 4u
typedef struct {
    nn_layer_kind kind;
    nn_conv conv; /* NN_CONV; `first` of NN_RESIDUAL */
    nn_conv second, shortcut;
    nn_lstm lstm[NN_MAX_LSTM];
    uint32_t lstm_count;
    uint32_t out_repeat; /* NN_CONV of a transposed convolution: steps that come of one step, else 1 */
    uint32_t channels;   /* of its output */
} nn_layer;

#define NN_MAX_LAYERS 160u
typedef struct {
    nn_layer layers[NN_MAX_LAYERS];
    uint32_t layer_count;
    uint32_t in_channels, out_channels;
    uint32_t in_steps, out_steps; /* of one frame: the least that passes through whole */
    size_t state_floats;
    size_t frame_floats;   /* the largest signal between layers, one frame */
    size_t history_floats; /* the largest history */
    uint32_t prime_frames; /* that nn_net_prime needs, so that no mirror reaches beyond them */
    size_t macs;           /* multiply-adds of one frame */
} nn_net;

/* ---- making, [setup]. Errors: RSD_ERR_MEMORY, RSD_ERR_ARG ---- */

/* Packs a row-major matrix and its bias (NULL: zeros). */
RSD_NODISCARD rsd_status nn_matrix_init(nn_matrix *matrix, uint32_t row_count, uint32_t column_count,
                                        const float *values, const float *bias);
void nn_matrix_destroy(nn_matrix *matrix);

/*
 * Turns a packed matrix into a narrow one: numbers of 16 bits, a scale for each row, half the memory. An element is off
 * by at most 2^-16 of the largest of its row. Errors: RSD_ERR_ARG (an odd number of columns), RSD_ERR_MEMORY; the
 * matrix then stays as it was.
 */
RSD_NODISCARD rsd_status nn_matrix_narrow(nn_matrix *matrix);

/* Adds gain x one row to `sum` (column_count floats). [audio] */
RSD_REALTIME void nn_matrix_add_row(const nn_matrix *matrix, uint32_t row, float gain, float *sum);

typedef struct {
    uint32_t in_channels, out_channels, kernel, stride;
    uint32_t dilation; /* not of a transposed one */
} nn_conv_shape;

/* PyTorch's Conv1d: weight out x in x kernel. */
RSD_NODISCARD rsd_status nn_conv_init(nn_conv *conv, nn_conv_shape shape, const float *weight, const float *bias);
/*
 * PyTorch's ConvTranspose1d (weight in x out x kernel) without its last kernel - stride outputs, as a convolution of
 * ceil(kernel / stride) inputs that gives `stride` steps of out channels at once: its overhang is kept as inputs.
 */
RSD_NODISCARD rsd_status nn_conv_init_transposed(nn_conv *conv, nn_conv_shape shape, const float *weight,
                                                 const float *bias);
/* PyTorch's LSTM: weights 4 hidden x hidden, gates input, forget, cell, output; the two biases are added. */
RSD_NODISCARD rsd_status nn_lstm_init(nn_lstm *lstm, uint32_t hidden_count, const float *weight_ih,
                                      const float *weight_hh, const float *bias_ih, const float *bias_hh);

/* Counts state and scratch once all layers are in; in_steps and in_channels are set. */
void nn_net_finish(nn_net *net);
void nn_net_destroy(nn_net *net);

/*
 * The matrices whose weights are used in at most 8 steps a frame: more steps are bound by arithmetic, which narrow
 * weights add to. On RSD_ERR_MEMORY some are narrow and some not; the net still runs.
 */
RSD_NODISCARD rsd_status nn_net_narrow(nn_net *net);

/* ---- running, [audio] ---- */

/* Floats that nn_net_run needs for scratch with frame_count frames a call. [any] */
size_t nn_net_scratch_floats(const nn_net *net, uint32_t frame_count);

/* What a layer or a net works on. */
typedef struct {
    float *state;   /* of the stream */
    float *scratch; /* holds nothing from call to call */
    const float *in;
    uint32_t count; /* steps, or a net's frames */
    float *out;
} nn_io;

/* Steps through an LSTM; in and out may be the same. scratch: 4 x hidden. state: 3 x hidden. */
RSD_REALTIME void nn_lstm_run(const nn_kernel *kernel, const nn_lstm *lstm, const nn_io *io);

/* Frames of `in` (in_steps x in_channels each) to `out` (out_steps x out_channels each). */
RSD_REALTIME void nn_net_run(const nn_kernel *kernel, const nn_net *net, const nn_io *io);

/*
 * Makes `state` that of a stream whose past mirrors its beginning, as a whole file is padded "by reflection": `in` is
 * the beginning, `out` is not used. Steps that a layer's mirror needs beyond these count as zeros.
 */
void nn_net_prime(const nn_kernel *kernel, const nn_net *net, const nn_io *io);

#endif
