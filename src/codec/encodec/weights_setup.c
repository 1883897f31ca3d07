// SPDX-License-Identifier: MIT
// The layers and codebooks of an EnCodec from its safetensors file.
#include "codec/encodec/internal.h"

#include "base/error.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_BYTES 192u

typedef struct {
    const st_file *file;
    encodec_model *model;
    rsd_error *error;
} builder;

static rsd_status no_memory(const builder *b)
{
    return base_error_set(b->error, RSD_ERR_MEMORY, "%s: out of memory", st_origin(b->file));
}

/* Whatever layers_setup.c says, with the tensor that it was about. */
static rsd_status made(const builder *b, rsd_status status, const char *name)
{
    if (status == RSD_OK || status == RSD_ERR_MEMORY) return status == RSD_OK ? status : no_memory(b);
    return base_error_set(b->error, status, "%s: '%s': kernel and stride do not make a causal convolution",
                          st_origin(b->file), name);
}

/* Copies a tensor of floats that are finite and of a sane size. */
static rsd_status read_floats(const builder *b, const char *name, uint32_t dims, const uint64_t *shape, float **values)
{
    float *copy;
    size_t count;
    const rsd_status status = st_read_floats(b->file, &(st_wanted){name, dims, shape}, &copy, &count, b->error);
    if (status != RSD_OK) return status;
    for (size_t i = 0; i < count; i++) {
        if (fabsf(copy[i]) < 1e15f) continue;
        const double value = (double)copy[i];
        free(copy);
        return base_error_set(b->error, RSD_ERR_FORMAT, "%s: tensor '%s' holds %g at place %zu: not a weight",
                              st_origin(b->file), name, value, i);
    }
    *values = copy;
    return RSD_OK;
}

static bool has(const builder *b, const char *name)
{
    st_tensor tensor;
    rsd_error unused;
    return st_find(b->file, name, &tensor, &unused) == RSD_OK;
}

/* Scales every row (all but the first dimension) of `v` to the length that g gives it. */
static rsd_status apply_norm(const builder *b, const char *name, const uint64_t shape[3], const float *g, float *v)
{
    const size_t row_floats = (size_t)(shape[1] * shape[2]);
    for (size_t row = 0; row < shape[0]; row++, v += row_floats) {
        double squares = 0.0;
        for (size_t i = 0; i < row_floats; i++) squares += (double)v[i] * (double)v[i];
        const double scale = (double)g[row] / sqrt(squares);
        if (!(fabs(scale) < 1e15))
            return base_error_set(b->error, RSD_ERR_FORMAT,
                                  "%s: tensor '%s': row %zu is all zeros, so that weight norm cannot scale it",
                                  st_origin(b->file), name, row);
        for (size_t i = 0; i < row_floats; i++) v[i] = (float)(v[i] * scale);
    }
    return RSD_OK;
}

/* Weight of a convolution, under whichever names weight norm gave it, and its bias. */
static rsd_status read_conv(const builder *b, const char *prefix, const uint64_t shape[3], uint64_t bias_count,
                            float **weight, float **bias)
{
    static const char *const names[][2] = {{"parametrizations.weight.original0", "parametrizations.weight.original1"},
                                           {"weight_g", "weight_v"}};
    char g_name[NAME_BYTES], v_name[NAME_BYTES], bias_name[NAME_BYTES];
    float *g = NULL;
    *weight = *bias = NULL;
    snprintf(bias_name, sizeof bias_name, "%s.conv.bias", prefix);
    rsd_status status = read_floats(b, bias_name, 1, &bias_count, bias);
    if (status != RSD_OK) return status;
    snprintf(v_name, sizeof v_name, "%s.conv.weight", prefix);
    if (!b->model->config.weight_norm || has(b, v_name)) return read_floats(b, v_name, 3, shape, weight);
    snprintf(g_name, sizeof g_name, "%s.conv.%s", prefix, names[1][0]);
    const int row = has(b, g_name) ? 1 : 0;
    snprintf(g_name, sizeof g_name, "%s.conv.%s", prefix, names[row][0]);
    snprintf(v_name, sizeof v_name, "%s.conv.%s", prefix, names[row][1]);
    const uint64_t g_shape[3] = {shape[0], 1, 1};
    status = read_floats(b, g_name, 3, g_shape, &g);
    if (status == RSD_OK) status = read_floats(b, v_name, 3, shape, weight);
    if (status == RSD_OK) status = apply_norm(b, v_name, shape, g, *weight);
    free(g);
    return status;
}

typedef struct {
    uint32_t in_channels, out_channels, kernel, stride, dilation;
    bool transposed;
} conv_shape;

static rsd_status make_conv(const builder *b, const char *prefix, conv_shape s, nn_conv *conv)
{
    float *weight = NULL, *bias = NULL;
    const uint64_t shape[3] = {s.transposed ? s.in_channels : s.out_channels,
                               s.transposed ? s.out_channels : s.in_channels, s.kernel};
    rsd_status status = read_conv(b, prefix, shape, s.out_channels, &weight, &bias);
    if (status == RSD_OK) {
        b->model->parameter_count += (size_t)(shape[0] * shape[1] * shape[2] + s.out_channels);
        const nn_conv_shape of = {s.in_channels, s.out_channels, s.kernel, s.stride, s.dilation};
        status = s.transposed ? nn_conv_init_transposed(conv, of, weight, bias) : nn_conv_init(conv, of, weight, bias);
        status = made(b, status, prefix);
    }
    free(weight);
    free(bias);
    return status;
}

static nn_layer *add_layer(nn_net *net, nn_layer_kind kind, uint32_t channels)
{
    nn_layer *layer = &net->layers[net->layer_count++];
    *layer = (nn_layer){.kind = kind, .channels = channels, .out_repeat = 1};
    return layer;
}

/* `index` counts the layers as the reference's module list does, activations too. */
static rsd_status add_conv(const builder *b, nn_net *net, const char *side, uint32_t index, conv_shape s)
{
    char prefix[NAME_BYTES];
    snprintf(prefix, sizeof prefix, "%s.layers.%u", side, index);
    nn_layer *layer = add_layer(net, NN_CONV, s.out_channels);
    if (s.transposed) layer->out_repeat = s.stride;
    return make_conv(b, prefix, s, &layer->conv);
}

static rsd_status add_residual(const builder *b, nn_net *net, const char *side, uint32_t index, uint32_t channels,
                               uint32_t dilation)
{
    const encodec_config *config = &b->model->config;
    const uint32_t inner = channels / config->compress;
    char prefix[NAME_BYTES];
    nn_layer *layer = add_layer(net, NN_RESIDUAL, channels);
    snprintf(prefix, sizeof prefix, "%s.layers.%u.block.1", side, index);
    rsd_status status =
        make_conv(b, prefix, (conv_shape){channels, inner, config->residual_kernel, 1, dilation, false}, &layer->conv);
    snprintf(prefix, sizeof prefix, "%s.layers.%u.block.3", side, index);
    if (status == RSD_OK) status = make_conv(b, prefix, (conv_shape){inner, channels, 1, 1, 1, false}, &layer->second);
    snprintf(prefix, sizeof prefix, "%s.layers.%u.shortcut", side, index);
    if (status == RSD_OK && config->shortcut)
        status = make_conv(b, prefix, (conv_shape){channels, channels, 1, 1, 1, false}, &layer->shortcut);
    return status;
}

static rsd_status add_residuals(const builder *b, nn_net *net, const char *side, uint32_t *index, uint32_t channels)
{
    uint32_t dilation = 1;
    rsd_status status = RSD_OK;
    for (uint32_t j = 0; status == RSD_OK && j < b->model->config.residual_layers; j++) {
        status = add_residual(b, net, side, (*index)++, channels, dilation);
        dilation *= b->model->config.dilation_growth;
    }
    return status;
}

static rsd_status read_lstm(const builder *b, const char *prefix, uint32_t number, uint32_t hidden, nn_lstm *lstm)
{
    static const char *const parts[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    const uint64_t shape[2] = {4u * (uint64_t)hidden, hidden};
    float *values[4] = {NULL};
    char name[NAME_BYTES];
    rsd_status status = RSD_OK;
    for (uint32_t i = 0; status == RSD_OK && i < 4u; i++) {
        snprintf(name, sizeof name, "%.100s.lstm.%s_l%u", prefix, parts[i], number);
        status = read_floats(b, name, i < 2u ? 2u : 1u, shape, &values[i]);
    }
    if (status == RSD_OK)
        status = made(b, nn_lstm_init(lstm, hidden, values[0], values[1], values[2], values[3]), prefix);
    b->model->parameter_count += 8u * (size_t)hidden * (hidden + 1u);
    for (uint32_t i = 0; i < 4u; i++) free(values[i]);
    return status;
}

/* Without LSTM layers the reference's module list has none either: the index stays. */
static rsd_status add_lstm(const builder *b, nn_net *net, const char *side, uint32_t *index, uint32_t channels)
{
    char prefix[NAME_BYTES];
    if (b->model->config.lstm_layers == 0u) return RSD_OK;
    snprintf(prefix, sizeof prefix, "%s.layers.%u", side, (*index)++);
    nn_layer *layer = add_layer(net, NN_LSTM, channels);
    rsd_status status = RSD_OK;
    for (uint32_t l = 0; status == RSD_OK && l < b->model->config.lstm_layers; l++, layer->lstm_count++)
        status = read_lstm(b, prefix, l, channels, &layer->lstm[l]);
    return status;
}

static rsd_status build_encoder(const builder *b)
{
    const encodec_config *config = &b->model->config;
    nn_net *net = &b->model->encoder;
    uint32_t index = 0, channels = config->filters;
    net->in_channels = 1;
    net->in_steps = config->hop_samples;
    rsd_status status = add_conv(b, net, "encoder", index++, (conv_shape){1, channels, config->kernel, 1, 1, false});
    for (uint32_t i = config->ratio_count; status == RSD_OK && i-- > 0u; channels *= 2u) {
        const uint32_t ratio = config->ratios[i];
        status = add_residuals(b, net, "encoder", &index, channels);
        if (status != RSD_OK) return status;
        (void)add_layer(net, NN_ELU, channels);
        index++;
        status =
            add_conv(b, net, "encoder", index++, (conv_shape){channels, 2u * channels, 2u * ratio, ratio, 1, false});
    }
    if (status == RSD_OK) status = add_lstm(b, net, "encoder", &index, channels);
    if (status != RSD_OK) return status;
    (void)add_layer(net, NN_ELU, channels);
    status =
        add_conv(b, net, "encoder", index + 1u, (conv_shape){channels, config->dim, config->last_kernel, 1, 1, false});
    if (status == RSD_OK) nn_net_finish(net);
    return status;
}

static rsd_status build_decoder(const builder *b)
{
    const encodec_config *config = &b->model->config;
    nn_net *net = &b->model->decoder;
    uint32_t index = 0, channels = config->filters << config->ratio_count;
    net->in_channels = config->dim;
    net->in_steps = 1;
    rsd_status status =
        add_conv(b, net, "decoder", index++, (conv_shape){config->dim, channels, config->kernel, 1, 1, false});
    if (status == RSD_OK) status = add_lstm(b, net, "decoder", &index, channels);
    for (uint32_t i = 0; status == RSD_OK && i < config->ratio_count; i++, channels /= 2u) {
        const uint32_t ratio = config->ratios[i];
        (void)add_layer(net, NN_ELU, channels);
        index++;
        status =
            add_conv(b, net, "decoder", index++, (conv_shape){channels, channels / 2u, 2u * ratio, ratio, 1, true});
        if (status == RSD_OK) status = add_residuals(b, net, "decoder", &index, channels / 2u);
    }
    if (status != RSD_OK) return status;
    (void)add_layer(net, NN_ELU, channels);
    status = add_conv(b, net, "decoder", index + 1u, (conv_shape){channels, 1, config->last_kernel, 1, 1, false});
    if (status == RSD_OK) nn_net_finish(net);
    return status;
}

static uint32_t stored_codewords(const encodec_config *config)
{
    return (config->codewords + NN_BLOCK - 1u) / NN_BLOCK * NN_BLOCK;
}

/* One level's codewords to their place among all. */
static rsd_status read_codebook(const builder *b, uint32_t level, const char *name, float *all)
{
    const encodec_config *config = &b->model->config;
    const uint64_t shape[2] = {config->codewords, config->dim};
    float *values = NULL;
    b->model->squares[level] = calloc(config->codewords, sizeof(float));
    const rsd_status status = b->model->squares[level] ? read_floats(b, name, 2, shape, &values) : no_memory(b);
    if (status != RSD_OK) return status;
    const size_t codebook_floats = (size_t)config->codewords * config->dim;
    memcpy(all + (size_t)level * stored_codewords(config) * config->dim, values, codebook_floats * sizeof *all);
    free(values);
    return RSD_OK;
}

/* Views of the matrix that holds all codebooks. */
static void view_codebooks(encodec_model *model)
{
    const nn_matrix *all = &model->all_codebooks;
    const size_t stored = stored_codewords(&model->config);
    for (uint32_t k = 0; k < model->level_count; k++) {
        const size_t row = k * stored, place = row * all->column_count;
        model->codebooks[k] = (nn_matrix){
            .row_count = model->config.codewords,
            .column_count = all->column_count,
            .packed = all->packed ? all->packed + place : NULL,
            .bias = all->bias + row,
            .narrow = all->narrow ? all->narrow + place / 2u : NULL,
            .scale = all->scale ? all->scale + row : NULL,
        };
    }
}

/* All codebooks in one matrix: late levels then lie in large pages too. */
static rsd_status pack_codebooks(const builder *b, const float *all)
{
    encodec_model *model = b->model;
    const uint32_t stored = stored_codewords(&model->config), dim = model->config.dim;
    return made(b, nn_matrix_init(&model->all_codebooks, model->level_count * stored, dim, all, NULL), "quantizer");
}

static void codebook_name(uint32_t level, char name[NAME_BYTES])
{
    snprintf(name, NAME_BYTES, "quantizer.layers.%u.codebook.embed", level);
}

/* As many levels as the file has codebooks. */
static rsd_status read_codebooks(const builder *b)
{
    char name[NAME_BYTES];
    const encodec_config *config = &b->model->config;
    uint32_t count = 1; /* without any, the first is named as missing */
    for (codebook_name(count, name); count <= RSD_MAX_LEVELS && has(b, name); codebook_name(count, name)) count++;
    if (count > RSD_MAX_LEVELS)
        return base_error_set(b->error, RSD_ERR_UNSUPPORTED, "%s: over %u levels", st_origin(b->file), RSD_MAX_LEVELS);
    float *all = calloc((size_t)count * stored_codewords(config) * config->dim, sizeof *all);
    rsd_status status = all ? RSD_OK : no_memory(b);
    for (uint32_t k = 0; status == RSD_OK && k < count; k++) {
        codebook_name(k, name);
        status = read_codebook(b, k, name, all);
    }
    b->model->level_count = count;
    if (status == RSD_OK) status = pack_codebooks(b, all);
    free(all);
    return status;
}

static rsd_status narrow(encodec_model *model)
{
    rsd_status status = nn_net_narrow(&model->encoder);
    if (status == RSD_OK) status = nn_net_narrow(&model->decoder);
    if (status == RSD_OK && model->config.dim % 2u == 0u) status = nn_matrix_narrow(&model->all_codebooks);
    return status;
}

/* Of the codewords as they are held. */
static rsd_status square_codebooks(encodec_model *model)
{
    const uint32_t dim = model->config.dim;
    float *word = calloc(dim, sizeof *word);
    if (!word) return RSD_ERR_MEMORY;
    for (uint32_t k = 0; k < model->level_count; k++) {
        for (uint32_t w = 0; w < model->config.codewords; w++) {
            float sum = 0.0f;
            memset(word, 0, dim * sizeof *word);
            nn_matrix_add_row(&model->codebooks[k], w, 1.0f, word);
            for (uint32_t i = 0; i < dim; i++) sum += word[i] * word[i];
            model->squares[k][w] = sum;
        }
    }
    free(word);
    return RSD_OK;
}

rsd_status encodec_weights_read(const st_file *file, encodec_model *model, rsd_error *error)
{
    const builder b = {file, model, error};
    rsd_status status = build_encoder(&b);
    if (status == RSD_OK) status = build_decoder(&b);
    if (status == RSD_OK) status = read_codebooks(&b);
    if (status == RSD_OK && model->narrow && narrow(model) != RSD_OK) status = no_memory(&b);
    if (status != RSD_OK) return status;
    view_codebooks(model);
    return square_codebooks(model) == RSD_OK ? RSD_OK : no_memory(&b);
}

void encodec_destroy_parts(encodec_model *model)
{
    nn_net_destroy(&model->encoder);
    nn_net_destroy(&model->decoder);
    nn_matrix_destroy(&model->all_codebooks);
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) free(model->squares[k]);
}
