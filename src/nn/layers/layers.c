// SPDX-License-Identifier: MIT
// Real-time half of the layers: nothing in this file allocates, locks, logs or makes a system call.
#include "nn/layers/layers.h"

/* What a run does with the past of its convolutions: takes it from the state and keeps it there, or mirrors the input
 * into it and leaves it so. */
typedef struct {
    const nn_kernel *kernel;
    float *buffers[3]; /* each with room for the largest history in front */
    bool prime;
} nn_run;

static void add_narrow_row(const nn_matrix *matrix, uint32_t row, float gain, float *sum)
{
    const uint32_t *narrow = matrix->narrow + (size_t)(row / NN_BLOCK) * (matrix->column_count / 2u) * NN_BLOCK;
    const float scale = matrix->scale[row];
    for (uint32_t c = 0; c < matrix->column_count; c += 2u) {
        const uint32_t word = narrow[(size_t)(c / 2u) * NN_BLOCK + row % NN_BLOCK];
        sum[c] += gain * (scale * (float)nn_narrow_even(word));
        sum[c + 1u] += gain * (scale * (float)nn_narrow_odd(word));
    }
}

void nn_matrix_add_row(const nn_matrix *matrix, uint32_t row, float gain, float *sum)
{
    if (matrix->narrow) {
        add_narrow_row(matrix, row, gain, sum);
        return;
    }
    const float *packed = matrix->packed + (size_t)(row / NN_BLOCK) * matrix->column_count * NN_BLOCK + row % NN_BLOCK;
    for (uint32_t c = 0; c < matrix->column_count; c++) sum[c] += gain * packed[(size_t)c * NN_BLOCK];
}

static size_t history_floats(const nn_conv *conv) { return (size_t)conv->history_steps * conv->in_channels; }

static void convolve(const nn_kernel *kernel, const nn_conv *conv, const float *in, uint32_t step_count, bool add,
                     float *out)
{
    /* Without dilation a window is one run of floats. */
    const bool whole = conv->dilation == 1u;
    const nn_product p = {
        .matrix = &conv->matrix,
        .row_count = conv->out_channels,
        .in = in - history_floats(conv),
        .in_step = (size_t)conv->stride * conv->in_channels,
        .segment_step = (size_t)conv->dilation * conv->in_channels,
        .segment_count = whole ? 1u : conv->kernel,
        .segment_length = whole ? conv->kernel * conv->in_channels : conv->in_channels,
        .step_count = step_count / conv->stride,
        .add = add,
        .out = out,
    };
    kernel->product(&p);
}

/* Step -i of the past is step i of the beginning. */
static void mirror(const nn_conv *conv, float *state, const float *in, uint32_t step_count)
{
    const uint32_t channels = conv->in_channels;
    for (uint32_t i = 1; i <= conv->history_steps; i++) {
        float *past = state + (size_t)(conv->history_steps - i) * channels;
        if (i < step_count)
            memcpy(past, in + (size_t)i * channels, channels * sizeof *past);
        else
            memset(past, 0, channels * sizeof *past);
    }
}

/* Steps through a convolution. */
typedef struct {
    float *state;
    float *in;           /* has room for its history in front, which is written */
    uint32_t step_count; /* a multiple of stride */
    bool add;            /* to what `out` holds */
    float *out;
} conv_io;

/* Of a stream, or where it begins: there a convolution's past is its mirrored beginning, but a transposed one pads
 * nothing and its past stays silent. */
static void run_conv(const nn_run *run, const nn_conv *conv, bool transposed, const conv_io *io)
{
    const size_t history = history_floats(conv), fresh = (size_t)io->step_count * conv->in_channels;
    if (run->prime && !transposed) mirror(conv, io->state, io->in, io->step_count);
    memcpy(io->in - history, io->state, history * sizeof *io->in);
    convolve(run->kernel, conv, io->in, io->step_count, io->add, io->out);
    if (!run->prime) memcpy(io->state, io->in + fresh - history, history * sizeof *io->in);
}

void nn_lstm_run(const nn_kernel *kernel, const nn_lstm *lstm, const nn_io *io)
{
    const uint32_t hidden_count = lstm->hidden_count;
    float *state = io->state, *scratch = io->scratch, *out = io->out;
    const float *in = io->in;
    float *hidden = state + hidden_count, *cell = hidden + hidden_count;
    const nn_product p = {
        .matrix = &lstm->matrix,
        .row_count = 4u * hidden_count,
        .in = state,
        .segment_count = 1,
        .segment_length = 2u * hidden_count,
        .step_count = 1,
        .out = scratch,
    };
    for (uint32_t t = 0; t < io->count; t++, in += hidden_count, out += hidden_count) {
        memcpy(state, in, hidden_count * sizeof *in);
        kernel->product(&p);
        kernel->lstm_cells(scratch, cell, hidden, hidden_count);
        memcpy(out, hidden, hidden_count * sizeof *out);
    }
}

static void run_lstms(const nn_run *run, const nn_layer *layer, float *state, uint32_t step_count)
{
    const size_t count = (size_t)step_count * layer->channels, state_floats = 3u * (size_t)layer->channels;
    float *in = run->buffers[0];
    const float *from = in;
    for (uint32_t l = 0; l < layer->lstm_count; l++, from = run->buffers[1]) {
        float *own = state + l * state_floats;
        nn_lstm_run(run->kernel, &layer->lstm[l], &(nn_io){own, run->buffers[2], from, step_count, run->buffers[1]});
        if (run->prime) memset(own, 0, state_floats * sizeof *own);
    }
    for (size_t i = 0; i < count; i++) in[i] += run->buffers[1][i];
}

static void swap(nn_run *run, uint32_t a, uint32_t b)
{
    float *held = run->buffers[a];
    run->buffers[a] = run->buffers[b];
    run->buffers[b] = held;
}

static void run_residual(nn_run *run, const nn_layer *layer, float *state, uint32_t step_count)
{
    float *in = run->buffers[0], *other = run->buffers[1], *inner = run->buffers[2];
    const size_t count = (size_t)step_count * layer->channels;
    run->kernel->elu(in, other, count);
    run_conv(run, &layer->conv, false, &(conv_io){state, other, step_count, false, inner});
    run->kernel->elu(inner, inner, (size_t)step_count * layer->conv.out_channels);
    state += history_floats(&layer->conv);
    if (layer->shortcut.kernel > 0u) /* a kernel of one step: no past */
        convolve(run->kernel, &layer->shortcut, in, step_count, false, other);
    else
        memcpy(other, in, count * sizeof *in);
    run_conv(run, &layer->second, false, &(conv_io){state, inner, step_count, true, other});
    swap(run, 0, 1);
}

/* One layer, from buffer 0 to buffer 0; returns the steps that come out. */
static uint32_t run_layer(nn_run *run, const nn_layer *layer, float *state, uint32_t step_count)
{
    switch (layer->kind) {
    case NN_CONV:
        run_conv(run, &layer->conv, layer->out_repeat > 1u,
                 &(conv_io){state, run->buffers[0], step_count, false, run->buffers[1]});
        swap(run, 0, 1);
        return step_count / layer->conv.stride * layer->out_repeat;
    case NN_ELU:
        run->kernel->elu(run->buffers[0], run->buffers[0], (size_t)step_count * layer->channels);
        break;
    case NN_LSTM:
        run_lstms(run, layer, state, step_count);
        break;
    case NN_RESIDUAL:
        run_residual(run, layer, state, step_count);
        break;
    }
    return step_count;
}

static size_t buffer_floats(const nn_net *net, uint32_t frame_count)
{
    return (net->history_floats + 15u) / 16u * 16u + (net->frame_floats * frame_count + 15u) / 16u * 16u;
}

size_t nn_net_scratch_floats(const nn_net *net, uint32_t frame_count) { return 3u * buffer_floats(net, frame_count); }

/* Floats that a stream keeps for this layer. */
static size_t layer_state_floats(const nn_layer *layer)
{
    switch (layer->kind) {
    case NN_CONV:
        return history_floats(&layer->conv);
    case NN_ELU:
        return 0;
    case NN_LSTM:
        return 3u * (size_t)layer->channels * layer->lstm_count;
    case NN_RESIDUAL:
        return history_floats(&layer->conv) + history_floats(&layer->second);
    }
    return 0;
}

static const float *run_layers(nn_run *run, const nn_net *net, const nn_io *io)
{
    float *state = io->state;
    for (uint32_t b = 0; b < 3u; b++)
        run->buffers[b] = io->scratch + b * buffer_floats(net, io->count) + (net->history_floats + 15u) / 16u * 16u;
    uint32_t step_count = net->in_steps * io->count;
    memcpy(run->buffers[0], io->in, (size_t)step_count * net->in_channels * sizeof *io->in);
    for (uint32_t l = 0; l < net->layer_count; l++) {
        step_count = run_layer(run, &net->layers[l], state, step_count);
        state += layer_state_floats(&net->layers[l]);
    }
    return run->buffers[0];
}

void nn_net_run(const nn_kernel *kernel, const nn_net *net, const nn_io *io)
{
    nn_run run = {.kernel = kernel};
    const float *last = run_layers(&run, net, io);
    memcpy(io->out, last, (size_t)io->count * net->out_steps * net->out_channels * sizeof *io->out);
}

void nn_net_prime(const nn_kernel *kernel, const nn_net *net, const nn_io *io)
{
    nn_run run = {.kernel = kernel, .prime = true};
    memset(io->state, 0, net->state_floats * sizeof *io->state);
    (void)run_layers(&run, net, io);
}
