// SPDX-License-Identifier: MIT
// Layers against golden vectors of PyTorch, on every kernel.
#include "nn/layers/layers.h"
#include "base/read_file.h"
#include "nn/safetensors.h"

#include "product_cases.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Each layer against what PyTorch computes (golden/layers.safetensors, by make_layer_vectors.py), on every kernel that
 * this machine has, in calls of every length. */

static st_file *vectors;

static void open_vectors(void)
{
    rsd_error error;
    cr_assert_eq(st_open(LAYER_VECTORS, BASE_WEIGHTS_BYTES, &vectors, &error), RSD_OK, "%s", error.text);
}

static void close_vectors(void) { st_close(vectors); }

TestSuite(layers, .init = open_vectors, .fini = close_vectors);

/* A copy of a tensor; `steps` gets its first size. */
static float *get(const char *layer, const char *part, uint32_t *steps)
{
    char name[64];
    st_tensor tensor;
    rsd_error error;
    snprintf(name, sizeof name, "%s.%s", layer, part);
    cr_assert_eq(st_find(vectors, name, &tensor, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(tensor.dtype, ST_F32);
    float *values = malloc((size_t)tensor.size_bytes);
    memcpy(values, tensor.data, (size_t)tensor.size_bytes);
    if (steps) *steps = (uint32_t)tensor.shape[0];
    return values;
}

static bool exists(const char *layer)
{
    char name[64];
    st_tensor tensor;
    rsd_error error;
    snprintf(name, sizeof name, "%.50s.x", layer);
    return st_find(vectors, name, &tensor, &error) == RSD_OK;
}

static void check_close(const char *layer, const char *kernel, const float *got, const float *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_assert_float_eq(got[i], wanted[i], 2e-6 * (1.0 + fabs((double)wanted[i])), "%s, %s, %zu: %g, not %g", layer,
                           kernel, i, (double)got[i], (double)wanted[i]);
}

/* Runs a net of one layer over the vectors, `each` frames a call; a frame is in_steps. Returns the output. */
static float *run_net(const nn_net *net, const nn_kernel *kernel, const float *x, uint32_t steps, uint32_t each)
{
    const uint32_t frames = steps / net->in_steps;
    float *state = calloc(net->state_floats + 1u, sizeof *state);
    float *scratch = calloc(nn_net_scratch_floats(net, each), sizeof *scratch);
    float *out = calloc((size_t)frames * net->out_steps * net->out_channels, sizeof *out);
    for (uint32_t f = 0; f < frames; f += each) {
        const uint32_t count = frames - f < each ? frames - f : each;
        nn_net_run(kernel, net,
                   &(nn_io){state, scratch, x + (size_t)f * net->in_steps * net->in_channels, count,
                            out + (size_t)f * net->out_steps * net->out_channels});
    }
    free(state);
    free(scratch);
    return out;
}

/* Every kernel within rounding of PyTorch, and of one another and of any call length to the bit. */
static void check_net(const char *layer, nn_net *net)
{
    uint32_t steps, out_steps;
    float *x = get(layer, "x", &steps), *y = get(layer, "y", &out_steps);
    nn_net_finish(net);
    const uint32_t frames = steps / net->in_steps;
    cr_assert_eq(frames * net->in_steps, steps);
    cr_assert_eq(out_steps, frames * net->out_steps);
    const size_t count = (size_t)out_steps * net->out_channels;
    float *first = run_net(net, &nn_kernel_portable, x, steps, frames);
    check_close(layer, "portable", first, y, count);
    for (uint32_t k = 0; k < nn_kernel_count; k++) {
        if (!nn_kernels[k]->supported()) continue;
        for (uint32_t each = 1; each <= frames; each++) {
            float *other = run_net(net, nn_kernels[k], x, steps, each);
            cr_assert_arr_eq(first, other, count * sizeof *other, "%s, %s, %u frames a call", layer,
                             nn_kernels[k]->name, each);
            free(other);
        }
    }
    free(first);
    free(x);
    free(y);
    nn_net_destroy(net);
}

static nn_layer *begin_net(nn_net *net, nn_layer_kind kind, uint32_t in_channels, uint32_t in_steps,
                           uint32_t out_channels)
{
    memset(net, 0, sizeof *net);
    net->layer_count = 1;
    net->in_channels = in_channels;
    net->in_steps = in_steps;
    net->layers[0] = (nn_layer){.kind = kind, .channels = out_channels, .out_repeat = 1};
    return &net->layers[0];
}

static void check_convs(const char *what)
{
    static nn_net net;
    uint32_t checked = 0;
    for (char name[64];; checked++) {
        snprintf(name, sizeof name, "%s.%u", what, checked);
        if (!exists(name)) break;
        float *s = get(name, "shape", NULL), *weight = get(name, "weight", NULL), *bias = get(name, "bias", NULL);
        const uint32_t in = (uint32_t)s[0], out = (uint32_t)s[1], kernel = (uint32_t)s[2], stride = (uint32_t)s[3];
        const bool transposed = s[4] == 0.0f;
        const nn_conv_shape shape = {in, out, kernel, stride, (uint32_t)s[4]};
        nn_layer *layer = begin_net(&net, NN_CONV, in, transposed ? 1u : stride, out);
        if (transposed) {
            layer->out_repeat = stride;
            cr_assert_eq(nn_conv_init_transposed(&layer->conv, shape, weight, bias), RSD_OK);
        } else {
            cr_assert_eq(nn_conv_init(&layer->conv, shape, weight, bias), RSD_OK);
        }
        check_net(name, &net);
        free(s);
        free(weight);
        free(bias);
    }
    cr_assert_geq(checked, 3);
}

Test(layers, a_causal_convolution_is_pytorchs_in_calls_of_any_length_on_every_kernel) { check_convs("conv"); }

Test(layers, a_transposed_convolution_is_pytorchs_in_calls_of_any_length_on_every_kernel) { check_convs("transposed"); }

Test(layers, a_residual_unit_is_pytorchs_with_and_without_a_shortcut_convolution)
{
    static nn_net net;
    static const char *const names[] = {"residual.0", "residual.1"};
    for (int i = 0; i < 2; i++) {
        float *s = get(names[i], "shape", NULL);
        float *w[3] = {get(names[i], "first", NULL), get(names[i], "second", NULL), get(names[i], "third", NULL)};
        float *b[3] = {get(names[i], "first_bias", NULL), get(names[i], "second_bias", NULL),
                       get(names[i], "third_bias", NULL)};
        const uint32_t channels = (uint32_t)s[0], inner = (uint32_t)s[1];
        nn_layer *layer = begin_net(&net, NN_RESIDUAL, channels, 1, channels);
        const nn_conv_shape first = {channels, inner, (uint32_t)s[2], 1, (uint32_t)s[3]};
        cr_assert_eq(nn_conv_init(&layer->conv, first, w[0], b[0]), RSD_OK);
        cr_assert_eq((nn_conv_init(&layer->second, (nn_conv_shape){inner, channels, 1, 1, 1}, w[1], b[1])), RSD_OK);
        if (s[4] != 0.0f)
            cr_assert_eq((nn_conv_init(&layer->shortcut, (nn_conv_shape){channels, channels, 1, 1, 1}, w[2], b[2])),
                         RSD_OK);
        check_net(names[i], &net);
        for (int p = 0; p < 3; p++) {
            free(w[p]);
            free(b[p]);
        }
        free(s);
    }
}

Test(layers, an_lstm_is_pytorchs_and_goes_on_where_the_last_call_ended)
{
    static const char *const names[] = {"lstm.0", "lstm.1"};
    for (int i = 0; i < 2; i++) {
        uint32_t steps;
        float *s = get(names[i], "shape", NULL), *x = get(names[i], "x", &steps), *y = get(names[i], "y", NULL);
        float *wi = get(names[i], "weight_ih", NULL), *wh = get(names[i], "weight_hh", NULL);
        float *bi = get(names[i], "bias_ih", NULL), *bh = get(names[i], "bias_hh", NULL);
        const uint32_t hidden = (uint32_t)s[0];
        nn_lstm lstm;
        cr_assert_eq(nn_lstm_init(&lstm, hidden, wi, wh, bi, bh), RSD_OK);
        for (uint32_t k = 0; k < nn_kernel_count; k++) {
            if (!nn_kernels[k]->supported()) continue;
            float state[3u * 19u] = {0}, scratch[4u * 19u], out[20u * 19u], *first = out;
            nn_lstm_run(nn_kernels[k], &lstm, &(nn_io){state, scratch, x, 7, first});
            nn_lstm_run(nn_kernels[k], &lstm, &(nn_io){state, scratch, x + 7u * hidden, steps - 7u, out + 7u * hidden});
            check_close(names[i], nn_kernels[k]->name, out, y, (size_t)steps * hidden);
        }
        nn_matrix_destroy(&lstm.matrix);
        float *all[] = {s, x, y, wi, wh, bi, bh};
        for (int p = 0; p < 7; p++) free(all[p]);
    }
}

Test(layers, elu_is_pytorchs_and_the_same_bits_on_every_kernel)
{
    uint32_t count;
    float *x = get("elu.0", "x", &count), *y = get("elu.0", "y", NULL);
    float first[256], other[256];
    nn_kernel_portable.elu(x, first, count);
    check_close("elu.0", "portable", first, y, count);
    for (uint32_t k = 0; k < nn_kernel_count; k++) {
        if (!nn_kernels[k]->supported()) continue;
        nn_kernels[k]->elu(x, other, count);
        cr_assert_arr_eq(first, other, count * sizeof *x, "%s", nn_kernels[k]->name);
    }
    free(x);
    free(y);
}

/* Many more shapes than the vectors have. */
Test(layers, products_are_the_same_bits_on_every_kernel)
{
    for (uint32_t k = 0; k < nn_kernel_count; k++)
        if (nn_kernels[k]->supported()) check_products(&nn_kernels[k], 1);
}

Test(layers, a_narrow_element_is_off_by_half_a_step_of_32767_in_its_rows_largest_at_most)
{
    enum { ROWS = 37, COLUMNS = 54 };
    static float values[ROWS * COLUMNS], row[COLUMNS];
    test_fill_noise(values, ROWS * COLUMNS, 1.0f, 3);
    for (uint32_t c = 0; c < COLUMNS; c++) values[5 * COLUMNS + c] = 0.0f;    /* a row of nothing */
    for (uint32_t c = 0; c < COLUMNS; c++) values[6 * COLUMNS + c] *= 1e14f;  /* one of huge weights */
    for (uint32_t c = 0; c < COLUMNS; c++) values[7 * COLUMNS + c] *= 1e-44f; /* and one below what is normal */
    nn_matrix matrix;
    cr_assert_eq(nn_matrix_init(&matrix, ROWS, COLUMNS, values, NULL), RSD_OK);
    cr_assert_eq(nn_matrix_narrow(&matrix), RSD_OK);
    cr_assert_null(matrix.packed);
    for (uint32_t r = 0; r < ROWS; r++) {
        double largest = 1e-30;
        memset(row, 0, sizeof row);
        nn_matrix_add_row(&matrix, r, 1.0f, row);
        for (uint32_t c = 0; c < COLUMNS; c++) largest = fmax(largest, fabs((double)values[r * COLUMNS + c]));
        for (uint32_t c = 0; c < COLUMNS; c++)
            cr_assert_leq(fabs((double)row[c] - (double)values[r * COLUMNS + c]), 0.51 / 32767.0 * largest,
                          "row %u, column %u", r, c);
    }
    nn_matrix_destroy(&matrix);
    cr_assert_eq(nn_matrix_init(&matrix, 3, 7, values, NULL), RSD_OK);
    cr_assert_eq(nn_matrix_narrow(&matrix), RSD_ERR_ARG, "an odd number of columns has no pairs");
    cr_assert_not_null(matrix.packed);
    nn_matrix_destroy(&matrix);
}

Test(layers, what_is_no_causal_convolution_is_refused)
{
    nn_conv conv;
    const float weight[8] = {0};
    cr_assert_eq((nn_conv_init(&conv, (nn_conv_shape){1, 1, 2, 4, 1}, weight, NULL)), RSD_ERR_ARG);
    cr_assert_eq((nn_conv_init(&conv, (nn_conv_shape){1, 1, 0, 1, 1}, weight, NULL)), RSD_ERR_ARG);
    cr_assert_eq((nn_conv_init_transposed(&conv, (nn_conv_shape){1, 1, 2, 4, 1}, weight, NULL)), RSD_ERR_ARG);
}
