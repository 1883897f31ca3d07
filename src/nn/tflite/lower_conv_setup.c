// SPDX-License-Identifier: MIT
// Convolutions in time, plain, grouped, transposed and depthwise: shapes checked, weights packed.
#include "nn/tflite/graph_internal.h"

#include <math.h>
#include <string.h>

typedef struct {
    const tfl_tensor *x, *y, *weights, *bias;
    uint32_t rows_in, channels_in, rows_out, channels_out, taps, weight_channels, stride, dilation;
    bool quantised, transposed;
} layer;

static rsd_status refuse_op(tfl_builder *b, const char *text) { return tfl_refuse(b, RSD_ERR_UNSUPPORTED, -1, text); }

static bool is_time_by_channels(const tfl_tensor *t)
{
    return t->dim_count == 4u && t->dims[0] == 1u && t->dims[2] == 1u;
}

static rsd_status find_tensors(tfl_builder *b, layer *l)
{
    const uint32_t x = l->transposed ? 2u : 0u;
    rsd_status status = tfl_input(b, x, -1, &l->x);
    if (status != RSD_OK) return status;
    l->quantised = l->x->type == TFL_I8;
    status = tfl_input(b, 1, l->x->type, &l->weights);
    if (status == RSD_OK)
        status = tfl_input(b, x + (l->transposed ? 1u : 2u), l->quantised ? TFL_I32 : TFL_F32, &l->bias);
    if (status == RSD_OK) status = tfl_output(b, 0, l->x->type, &l->y);
    return status;
}

static rsd_status check_options(tfl_builder *b, const layer *l)
{
    const tfl_options *o = &b->op->options;
    if (o->padding != 1) return refuse_op(b, "pads its input (only VALID is known)");
    if (o->activation != 0) return refuse_op(b, "has a fused activation");
    if (o->stride_h < 1 || o->stride_h > 65536 || o->dilation_h < 1 || o->dilation_h > 65536)
        return refuse_op(b, "has a stride or dilation that is out of range");
    if (b->op->code == TFL_DEPTHWISE_CONV_2D && o->depth_multiplier > 1)
        return refuse_op(b, "has a depth multiplier over 1");
    return l->transposed && o->dilation_h != 1 ? refuse_op(b, "is transposed and dilated") : RSD_OK;
}

static rsd_status check_numbers(tfl_builder *b, const layer *l)
{
    const int32_t weights = b->op->inputs[1];
    if (!l->weights->data || !l->bias->data) return tfl_refuse(b, RSD_ERR_FORMAT, weights, "has no constant weights");
    if (l->bias->element_count != l->channels_out)
        return tfl_refuse(b, RSD_ERR_FORMAT, weights, "has a bias that does not fit");
    if (!l->quantised) return RSD_OK;
    if (l->weights->scale_count != 1u && l->weights->scale_count != l->channels_out)
        return tfl_refuse(b, RSD_ERR_FORMAT, weights, "has scales that do not fit its outputs");
    if (l->weights->zero_point != 0 || l->weights->zero_points_differ)
        return tfl_refuse(b, RSD_ERR_UNSUPPORTED, weights, "has a zero point");
    return RSD_OK;
}

static rsd_status read_layer(tfl_builder *b, layer *l)
{
    rsd_status status = find_tensors(b, l);
    if (status == RSD_OK) status = check_options(b, l);
    if (status != RSD_OK) return status;
    if (!is_time_by_channels(l->x) || !is_time_by_channels(l->y) || l->weights->dim_count != 4u ||
        l->weights->dims[2] != 1u)
        return refuse_op(b, "is not a convolution in time: tensors must be [1, time, 1, channels]");
    l->rows_in = l->x->dims[1];
    l->channels_in = l->x->dims[3];
    l->rows_out = l->y->dims[1];
    l->channels_out = l->y->dims[3];
    l->taps = l->weights->dims[1];
    l->weight_channels = l->weights->dims[3];
    l->stride = (uint32_t)b->op->options.stride_h;
    l->dilation = (uint32_t)b->op->options.dilation_h;
    if (l->taps < 1u || l->weight_channels < 1u) return refuse_op(b, "has no weights");
    return check_numbers(b, l);
}

/* Outputs of a plain convolution of these sizes; 0 where the input is too short. */
static uint64_t valid_rows(const layer *l)
{
    const uint64_t reach = (uint64_t)(l->taps - 1u) * l->dilation + 1u;
    return l->rows_in < reach ? 0u : (l->rows_in - reach) / l->stride + 1u;
}

static void take_numbers(tfl_builder *b, const layer *l, tfl_step *step, tfl_quantization *in, tfl_quantization *out)
{
    const tfl_tensor *first = b->subgraph->tensors;
    step->in = (tfl_place){.space = TFL_SCRATCH, .tensor = (uint32_t)(l->x - first)};
    step->out = (tfl_place){.space = TFL_SCRATCH, .tensor = (uint32_t)(l->y - first)};
    *in = tfl_quantization_of(l->x);
    *out = tfl_quantization_of(l->y);
    b->graph->info.parameter_count += l->weights->element_count + l->channels_out;
}

/* ---- packing ---- */

typedef struct {
    float *floats;
    int8_t *bytes;
    float *bias, *scales;
    int32_t *sums;
} packed;

static rsd_status make_room(tfl_builder *b, const layer *l, size_t weights, size_t outputs, packed *to)
{
    void *values = tfl_keep(b, weights * (l->quantised ? 1u : sizeof(float)));
    void *bias = tfl_keep(b, outputs * sizeof(float)), *scales = tfl_keep(b, outputs * sizeof(float));
    if (!values || !bias || !scales) return tfl_no_memory(b);
    *to = (packed){.floats = values, .bytes = values, .bias = bias, .scales = scales, .sums = bias};
    return RSD_OK;
}

static float float_at(const tfl_tensor *tensor, size_t index)
{
    float value;
    memcpy(&value, (const char *)tensor->data + index * sizeof value, sizeof value);
    return value;
}

/* Bias and scale of output channel `from` into place `to`. False: not finite. */
static bool pack_output(const layer *l, const tfl_quantization *in, const tfl_quantization *out, uint32_t from,
                        size_t to, packed *into)
{
    if (!l->quantised) {
        into->bias[to] = float_at(l->bias, from);
        return isfinite(into->bias[to]);
    }
    into->sums[to] = tfl_i32_at(l->bias, from);
    into->scales[to] = in->scale * tfl_scale(l->weights, from) / out->scale;
    return isfinite(into->scales[to]) && into->scales[to] < 256.0f;
}

static bool pack_weight(const layer *l, size_t from, size_t index, uint32_t lane, size_t block, packed *into)
{
    if (l->quantised) {
        const size_t at = block + (index / 2u * TFL_LANES + lane) * 2u + index % 2u;
        into->bytes[at] = ((const int8_t *)l->weights->data)[from];
        return true;
    }
    const float value = float_at(l->weights, from);
    into->floats[block + index * TFL_LANES + lane] = value;
    return isfinite(value);
}

/* Output `n` of a group: its channel of the file and, where transposed, the phase of the stride. */
static bool pack_lane(const layer *l, const tfl_conv *conv, uint32_t group, uint32_t n, packed *into)
{
    const uint32_t phase = l->transposed ? n / l->channels_out : 0u;
    const uint32_t channel = l->transposed ? n % l->channels_out : group * conv->group_outputs + n;
    const size_t inputs = (size_t)conv->runs * conv->run_length;
    const size_t at = (size_t)group * conv->block_count + n / TFL_LANES;
    bool finite = pack_output(l, &conv->in, &conv->out, channel, at * TFL_LANES + n % TFL_LANES, into);
    for (size_t index = 0; index < inputs; index++) {
        const size_t nth = index / l->weight_channels, c = index % l->weight_channels;
        const size_t tap = l->transposed ? phase + nth * l->stride : nth;
        const size_t from = ((size_t)channel * l->taps + tap) * l->weight_channels + c;
        finite &= pack_weight(l, from, index, n % TFL_LANES, at * inputs * TFL_LANES, into);
    }
    return finite;
}

static rsd_status pack_conv(tfl_builder *b, const layer *l, tfl_conv *conv)
{
    packed into = {0};
    const size_t inputs = (size_t)conv->runs * conv->run_length;
    const size_t outputs = (size_t)conv->groups * conv->block_count * TFL_LANES;
    const rsd_status status = make_room(b, l, inputs * outputs, outputs, &into);
    if (status != RSD_OK) return status;
    bool finite = true;
    for (uint32_t g = 0; g < conv->groups; g++) {
        for (uint32_t n = 0; n < conv->group_outputs; n++) finite &= pack_lane(l, conv, g, n, &into);
    }
    if (!finite) return tfl_refuse(b, RSD_ERR_FORMAT, b->op->inputs[1], "holds a weight, bias or scale out of range");
    conv->weights = into.floats;
    conv->bias = into.bias;
    conv->scales = into.scales;
    b->graph->info.macs += (uint64_t)conv->rows * conv->groups * conv->group_outputs * inputs;
    return RSD_OK;
}

/* ---- shapes ---- */

static rsd_status shape_plain(tfl_builder *b, const layer *l, tfl_conv *conv)
{
    if (l->channels_in % l->weight_channels || l->weights->dims[0] != l->channels_out ||
        l->channels_out % (l->channels_in / l->weight_channels) || valid_rows(l) != l->rows_out || l->rows_out == 0u)
        return refuse_op(b, "has shapes that do not fit");
    conv->groups = l->channels_in / l->weight_channels;
    conv->group_inputs = l->weight_channels;
    conv->group_outputs = l->channels_out / conv->groups;
    conv->rows = l->rows_out;
    conv->row_step = l->stride * l->channels_in;
    const bool joined = conv->groups == 1u && l->dilation == 1u; /* the taps lie side by side */
    conv->runs = joined ? 1u : l->taps;
    conv->run_length = l->weight_channels * (joined ? l->taps : 1u);
    conv->run_step = (int32_t)(l->dilation * l->channels_in);
    return RSD_OK;
}

static rsd_status shape_transposed(tfl_builder *b, const layer *l, tfl_conv *conv)
{
    if (l->weight_channels != l->channels_in || l->weights->dims[0] != l->channels_out || l->taps % l->stride ||
        (uint64_t)(l->rows_in - 1u) * l->stride + l->taps != l->rows_out)
        return refuse_op(b, "has shapes that do not fit, or taps that its stride does not divide");
    conv->runs = l->taps / l->stride;
    conv->run_length = l->channels_in;
    conv->run_step = -(int32_t)l->channels_in; /* the newest input meets the earliest tap */
    conv->groups = 1u;
    conv->group_outputs = l->stride * l->channels_out;
    conv->pad_rows = conv->first_row = conv->runs - 1u;
    conv->rows = l->rows_in + conv->runs - 1u;
    conv->row_step = l->channels_in;
    return RSD_OK;
}

rsd_status tfl_lower_conv(tfl_builder *b)
{
    layer l = {.transposed = b->op->code == TFL_TRANSPOSE_CONV};
    tfl_step step = {0};
    tfl_conv *conv = &step.is.conv;
    rsd_status status = read_layer(b, &l);
    if (status == RSD_OK) status = l.transposed ? shape_transposed(b, &l, conv) : shape_plain(b, &l, conv);
    if (status != RSD_OK) return status;
    if (l.quantised && conv->run_length % 2u) return refuse_op(b, "of int8 has an odd number of inputs a group");
    conv->in_rows = l.rows_in;
    conv->in_channels = l.channels_in;
    conv->block_count = (conv->group_outputs + TFL_LANES - 1u) / TFL_LANES;
    step.kind = l.quantised ? TFL_STEP_CONV_S8 : TFL_STEP_CONV_F32;
    take_numbers(b, &l, &step, &conv->in, &conv->out);
    const size_t work = (size_t)(l.rows_in + 2u * conv->pad_rows) * l.channels_in * sizeof(float);
    if (work > b->work_bytes) b->work_bytes = work;
    status = pack_conv(b, &l, conv);
    return status == RSD_OK ? tfl_add_step(b, &step) : status;
}

static rsd_status pack_depthwise(tfl_builder *b, const layer *l, tfl_depthwise *conv)
{
    packed into = {0};
    const size_t weights = (size_t)l->taps * l->channels_in;
    const rsd_status status = make_room(b, l, weights, l->channels_in, &into);
    if (status != RSD_OK || !into.floats) return status;
    bool finite = true;
    memcpy(into.floats, l->weights->data, weights * (l->quantised ? 1u : sizeof(float)));
    for (size_t i = 0; !l->quantised && i < weights; i++) finite &= isfinite(into.floats[i]) != 0;
    for (uint32_t c = 0; c < l->channels_in; c++) finite &= pack_output(l, &conv->in, &conv->out, c, c, &into);
    if (!finite) return tfl_refuse(b, RSD_ERR_FORMAT, b->op->inputs[1], "holds a weight, bias or scale out of range");
    conv->weights = into.floats;
    conv->bias = into.bias;
    conv->scales = into.scales;
    b->graph->info.macs += (uint64_t)conv->rows * weights;
    return RSD_OK;
}

rsd_status tfl_lower_depthwise(tfl_builder *b)
{
    layer l = {0};
    tfl_step step = {0};
    tfl_depthwise *conv = &step.is.depthwise;
    rsd_status status = read_layer(b, &l);
    if (status != RSD_OK) return status;
    if (l.weights->dims[0] != 1u || l.weight_channels != l.channels_in || l.channels_out != l.channels_in ||
        valid_rows(&l) != l.rows_out || l.rows_out == 0u)
        return refuse_op(b, "has shapes that do not fit");
    *conv = (tfl_depthwise){.rows = l.rows_out,
                            .row_step = l.stride * l.channels_in,
                            .channels = l.channels_in,
                            .taps = l.taps,
                            .tap_step = l.dilation * l.channels_in};
    step.kind = l.quantised ? TFL_STEP_DEPTHWISE_S8 : TFL_STEP_DEPTHWISE_F32;
    take_numbers(b, &l, &step, &conv->in, &conv->out);
    status = pack_depthwise(b, &l, conv);
    return status == RSD_OK ? tfl_add_step(b, &step) : status;
}
