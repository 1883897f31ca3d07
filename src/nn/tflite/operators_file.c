// SPDX-License-Identifier: MIT
// Operators of a TFLite model: codes, options, the tensors that they read and write.
#include "nn/tflite/model_internal.h"

#include <stddef.h>
#include <stdio.h>

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

static bool read_options(tfl_parsing *p, const fb_table *table, tfl_op *op)
{
    op->options.shared_name = "";
    op->options.dilation_w = op->options.dilation_h = 1;
    for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
        fb_table options;
        bool present;
        if (OPTIONS[i].code != op->code) continue;
        if (!fb_field_table(table, 4, &options, &present))
            return tfl_fails(p, "has options that lie outside of the file");
        if (!present || fb_field_u8(table, 3, 0) != OPTIONS[i].member)
            return tfl_fails(p, "does not have the options of its kind");
        for (uint32_t f = 0; f < OPTIONS[i].count; f++) {
            if (!read_option(&options, OPTIONS[i].fields[f].field, OPTIONS[i].fields[f].option, &op->options))
                return tfl_fails(p, "has an option that lies outside of the file");
        }
    }
    return true;
}

static bool read_code(tfl_parsing *p, const fb_table *table, tfl_op *op)
{
    const uint32_t index = (uint32_t)fb_field_i32(table, 0, 0);
    fb_table code;
    if (index >= p->file->codes.count || !fb_vector_table(&p->file->bytes, &p->file->codes, index, &code))
        return tfl_fails(p, "names an operator code that the file does not have");
    const int32_t old = fb_field_u8(&code, 0, 0), now = fb_field_i32(&code, 3, 0);
    op->code = now > old ? now : old; /* the one-byte field came first and ends at 127 */
    return true;
}

bool tfl_read_op(tfl_parsing *p, const fb_table *table, tfl_op *op)
{
    return read_code(p, table, op) && read_options(p, table, op) &&
           tfl_read_indices(p, table, 1, -1, &op->inputs, &op->input_count) &&
           tfl_read_indices(p, table, 2, 0, &op->outputs, &op->output_count);
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
