// SPDX-License-Identifier: MIT
// Operators without weights: element by element, and those that only move data.
#include "nn/tflite/graph_internal.h"

#include <math.h>
#include <string.h>

static tfl_place place_of(tfl_builder *b, const tfl_tensor *tensor)
{
    return (tfl_place){.space = TFL_SCRATCH, .tensor = (uint32_t)(tensor - b->subgraph->tensors)};
}

static rsd_status refuse_op(tfl_builder *b, const char *text) { return tfl_refuse(b, RSD_ERR_UNSUPPORTED, -1, text); }

/* ---- element by element ---- */

/* The slope of each side in 1/256, as XNNPACK has it. */
static rsd_status fill_leaky(tfl_builder *b, tfl_elements *e)
{
    const float positive = e->in.scale / e->out.scale, negative = positive * e->alpha;
    if (!(positive >= 0x1p-8f && positive <= 0x1p7f && fabsf(negative) <= 0x1p7f))
        return refuse_op(b, "has scales too far apart");
    e->positive = (int32_t)lrintf(256.0f * positive);
    e->negative = (int32_t)lrintf(256.0f * negative);
    return RSD_OK;
}

/* Both factors in fixed point, the larger with 21 bits, as XNNPACK has it. */
static rsd_status fill_add(tfl_builder *b, tfl_elements *e)
{
    const float first = e->in.scale / e->out.scale, second = e->second.scale / e->out.scale;
    const float least = first < second ? first : second, most = first < second ? second : first;
    if (!(least >= 0x1p-10f && most < 0x1p8f)) return refuse_op(b, "has scales too far apart");
    e->shift = 20 - ilogbf(most);
    e->factor = (int32_t)lrintf(ldexpf(first, e->shift));
    e->second_factor = (int32_t)lrintf(ldexpf(second, e->shift));
    e->bias = (1 << (e->shift - 1)) - e->factor * e->in.zero_point - e->second_factor * e->second.zero_point;
    return RSD_OK;
}

static bool is_suffix(const tfl_tensor *of, const tfl_tensor *tensor)
{
    if (tensor->dim_count > of->dim_count) return false;
    for (uint32_t d = 1; d <= tensor->dim_count; d++) {
        if (tensor->dims[tensor->dim_count - d] != of->dims[of->dim_count - d]) return false;
    }
    return true;
}

static rsd_status lower_sum(tfl_builder *b)
{
    const tfl_tensor *first, *second, *out;
    rsd_status status = tfl_input(b, 0, -1, &first);
    if (status == RSD_OK) status = tfl_input(b, 1, first->type, &second);
    if (status == RSD_OK) status = tfl_output(b, 0, first->type, &out);
    if (status != RSD_OK) return status;
    const bool quantised = first->type == TFL_I8;
    if (first->element_count != out->element_count || !is_suffix(first, second))
        return refuse_op(b, "has operands of shapes that do not fit");
    if (b->op->options.activation != 0) return refuse_op(b, "has a fused activation");
    if (quantised && (b->op->code == TFL_SUB || second->element_count != first->element_count))
        return refuse_op(b, "of int8 is not a sum of equal shapes");
    tfl_step step = {.in = place_of(b, first), .second = place_of(b, second), .out = place_of(b, out)};
    step.is.elements = (tfl_elements){.count = (uint32_t)first->element_count,
                                      .second_count = (uint32_t)second->element_count,
                                      .in = tfl_quantization_of(first),
                                      .second = tfl_quantization_of(second),
                                      .out = tfl_quantization_of(out)};
    step.kind = quantised ? TFL_STEP_ADD_S8 : b->op->code == TFL_ADD ? TFL_STEP_ADD_F32 : TFL_STEP_SUB_F32;
    if (quantised) status = fill_add(b, &step.is.elements);
    return status == RSD_OK ? tfl_add_step(b, &step) : status;
}

static rsd_status lower_unary(tfl_builder *b, int32_t in_type, int32_t out_type, tfl_step_kind kind)
{
    const tfl_tensor *in, *out;
    rsd_status status = tfl_input(b, 0, in_type, &in);
    if (status == RSD_OK) status = tfl_output(b, 0, out_type, &out);
    if (status != RSD_OK) return status;
    if (in->element_count != out->element_count) return refuse_op(b, "has operands of shapes that do not fit");
    tfl_step step = {.kind = kind, .in = place_of(b, in), .out = place_of(b, out)};
    step.is.elements = (tfl_elements){.count = (uint32_t)in->element_count,
                                      .alpha = b->op->options.alpha,
                                      .in = tfl_quantization_of(in),
                                      .out = tfl_quantization_of(out)};
    if (kind == TFL_STEP_LEAKY_S8) status = fill_leaky(b, &step.is.elements);
    if (kind == TFL_STEP_LEAKY_F32 && !isfinite(step.is.elements.alpha))
        return refuse_op(b, "has a slope that is not finite");
    return status == RSD_OK ? tfl_add_step(b, &step) : status;
}

rsd_status tfl_lower_elements(tfl_builder *b)
{
    const tfl_tensor *in;
    const rsd_status status = tfl_input(b, 0, -1, &in);
    if (status != RSD_OK) return status;
    switch (b->op->code) {
    case TFL_QUANTIZE:
        return lower_unary(b, TFL_F32, TFL_I8, TFL_STEP_QUANTIZE);
    case TFL_DEQUANTIZE:
        return lower_unary(b, TFL_I8, TFL_F32, TFL_STEP_DEQUANTIZE);
    case TFL_LEAKY_RELU:
        return in->type == TFL_I8 ? lower_unary(b, TFL_I8, TFL_I8, TFL_STEP_LEAKY_S8)
                                  : lower_unary(b, TFL_F32, TFL_F32, TFL_STEP_LEAKY_F32);
    default:
        return lower_sum(b);
    }
}

/* ---- moving data ---- */

static uint32_t element_bytes(const tfl_tensor *tensor) { return tensor->type == TFL_I8 ? 1u : 4u; }

static bool same_numbers(const tfl_tensor *a, const tfl_tensor *b)
{
    const tfl_quantization x = tfl_quantization_of(a), y = tfl_quantization_of(b);
    return a->type == b->type && (a->type != TFL_I8 || (x.scale == y.scale && x.zero_point == y.zero_point));
}

/* Do the shapes agree but for `axis`? */
static bool same_but(const tfl_tensor *a, const tfl_tensor *b, uint32_t axis)
{
    if (a->dim_count != b->dim_count) return false;
    for (uint32_t d = 0; d < a->dim_count; d++) {
        if (d != axis && a->dims[d] != b->dims[d]) return false;
    }
    return true;
}

/* Product of the sizes [begin, end). */
static uint32_t product(const tfl_tensor *tensor, uint32_t begin, uint32_t end)
{
    uint32_t count = 1;
    for (uint32_t d = begin; d < end; d++) count *= tensor->dims[d];
    return count;
}

/* Copies a part of `part`'s size between `part` and the axis position `at` of `whole`. */
static rsd_status add_part(tfl_builder *b, const tfl_tensor *whole, const tfl_tensor *part, uint32_t axis, uint32_t at,
                           bool into_whole)
{
    const uint32_t inner = product(whole, axis + 1u, whole->dim_count) * element_bytes(whole);
    const uint32_t whole_step = whole->dims[axis] * inner, part_step = part->dims[axis] * inner;
    tfl_step step = {.kind = TFL_STEP_COPY,
                     .in = place_of(b, into_whole ? part : whole),
                     .out = place_of(b, into_whole ? whole : part)};
    step.is.copy = (tfl_copy){.outer = product(whole, 0, axis),
                              .row_bytes = part_step,
                              .in_step = into_whole ? part_step : whole_step,
                              .out_step = into_whole ? whole_step : part_step};
    *(into_whole ? &step.out_offset : &step.in_offset) = (size_t)at * inner;
    return tfl_add_step(b, &step);
}

static rsd_status axis_of(tfl_builder *b, int32_t given, const tfl_tensor *tensor, uint32_t *axis)
{
    const int32_t counted = given < 0 ? given + (int32_t)tensor->dim_count : given;
    if (counted < 0 || counted >= (int32_t)tensor->dim_count)
        return refuse_op(b, "has an axis that its tensor has not");
    *axis = (uint32_t)counted;
    return RSD_OK;
}

static rsd_status lower_concatenation(tfl_builder *b)
{
    const tfl_tensor *whole, *part;
    uint32_t axis = 0, at = 0;
    rsd_status status = tfl_output(b, 0, -1, &whole);
    if (status == RSD_OK) status = axis_of(b, b->op->options.axis, whole, &axis);
    if (status == RSD_OK && b->op->options.activation != 0) return refuse_op(b, "has a fused activation");
    for (uint32_t i = 0; status == RSD_OK && i < b->op->input_count; i++) {
        status = tfl_input(b, i, whole->type, &part);
        if (status != RSD_OK) return status;
        if (!same_but(whole, part, axis) || part->dims[axis] > whole->dims[axis] - at || !same_numbers(whole, part))
            return refuse_op(b, "has parts that do not fit");
        status = add_part(b, whole, part, axis, at, true);
        at += part->dims[axis];
    }
    return status == RSD_OK && at != whole->dims[axis] ? refuse_op(b, "has parts that do not fit") : status;
}

static rsd_status lower_split(tfl_builder *b)
{
    const tfl_tensor *whole, *part, *number;
    uint32_t axis = 0, at = 0;
    rsd_status status = tfl_input(b, 0, TFL_I32, &number);
    if (status == RSD_OK) status = tfl_input(b, 1, -1, &whole);
    if (status == RSD_OK && (!number->data || number->element_count != 1u)) return refuse_op(b, "has no constant axis");
    if (status == RSD_OK) status = axis_of(b, tfl_i32_at(number, 0), whole, &axis);
    for (uint32_t i = 0; status == RSD_OK && i < b->op->output_count; i++) {
        status = tfl_output(b, i, whole->type, &part);
        if (status != RSD_OK) return status;
        if (!same_but(whole, part, axis) || part->dims[axis] > whole->dims[axis] - at || !same_numbers(whole, part))
            return refuse_op(b, "has parts that do not fit");
        status = add_part(b, whole, part, axis, at, false);
        at += part->dims[axis];
    }
    return status;
}

/* Where the slice begins in dimension d, and whether it is `size` long. */
static bool slice_range(const tfl_op *op, const tfl_tensor *const lists[3], uint32_t d, uint32_t whole, uint32_t size,
                        uint32_t *begin)
{
    const int64_t length = whole;
    int64_t from = tfl_i32_at(lists[0], d), to = tfl_i32_at(lists[1], d);
    if (tfl_i32_at(lists[2], d) != 1) return false;
    from = op->options.begin_mask >> d & 1 ? 0 : from < 0 ? from + length : from;
    to = op->options.end_mask >> d & 1 ? length : to < 0 ? to + length : to;
    *begin = (uint32_t)from;
    return from >= 0 && to > from && to <= length && to - from == size;
}

static rsd_status lower_slice(tfl_builder *b)
{
    const tfl_tensor *whole, *part, *lists[3];
    rsd_status status = tfl_input(b, 0, -1, &whole);
    if (status == RSD_OK) status = tfl_output(b, 0, whole->type, &part);
    for (uint32_t i = 0; status == RSD_OK && i < 3u; i++) {
        status = tfl_input(b, i + 1u, TFL_I32, &lists[i]);
        if (status == RSD_OK && (!lists[i]->data || lists[i]->element_count != whole->dim_count))
            return refuse_op(b, "has no constant range for each dimension");
    }
    if (status != RSD_OK) return status;
    if (part->dim_count != whole->dim_count || b->op->options.other_masks || !same_numbers(whole, part))
        return refuse_op(b, "changes more than sizes");
    uint32_t axis = 0, at = 0;
    for (uint32_t d = 0; d < whole->dim_count; d++) {
        uint32_t begin;
        if (!slice_range(b->op, lists, d, whole->dims[d], part->dims[d], &begin))
            return refuse_op(b, "has a range that does not fit its tensors, or a stride");
        if (part->dims[d] == whole->dims[d]) continue;
        axis = d;
        at = begin;
    }
    if (!same_but(whole, part, axis)) return refuse_op(b, "cuts more than one dimension");
    return add_part(b, whole, part, axis, at, false);
}

rsd_status tfl_lower_copies(tfl_builder *b)
{
    if (b->op->code == TFL_CONCATENATION) return lower_concatenation(b);
    return b->op->code == TFL_SPLIT ? lower_split(b) : lower_slice(b);
}
