// SPDX-License-Identifier: MIT
#ifndef NN_TFLITE_GRAPH_INTERNAL_H
#define NN_TFLITE_GRAPH_INTERNAL_H

#include "nn/tflite/graph.h"

#define TFL_LANES 16u /* outputs of a packed block of weights */

/* What the sums of a tile of floats are made of: rows from `x` on, blocks of weights and biases. */
typedef struct {
    const float *x, *weights, *bias;
} tfl_tile;

/* Where an operand is: model memory, the stream's state or the scratch of one run. */
typedef enum { TFL_NOWHERE, TFL_MODEL, TFL_STATE, TFL_SCRATCH } tfl_space;
typedef struct {
    tfl_space space;
    uint32_t tensor; /* while it is built: index of a tensor, or of a variable past the tensors */
    const void *fixed;
    size_t offset;
} tfl_place;

typedef struct {
    float scale;
    int32_t zero_point;
} tfl_quantization;

/*
 * A convolution in time as a matrix product: output row m is the bias plus, run by run, run_length inputs from
 * x + m * row_step + run * run_step on. A transposed one is the same over its input with `pad_rows` of nothing on
 * either side: its stride's phases stand side by side as outputs.
 */
typedef struct {
    uint32_t rows, row_step, runs, run_length, groups, group_inputs, group_outputs, block_count;
    int32_t run_step;
    uint32_t pad_rows, in_rows, in_channels, first_row;
    const void *weights; /* group, block, run, then [input][16] floats or [pair of inputs][16][2] int8 */
    const void *bias;    /* block_count x 16 a group; floats or int32 */
    const float *scales; /* likewise; int8 only */
    tfl_quantization in, out;
} tfl_conv;

typedef struct {
    uint32_t rows, row_step, channels, taps, tap_step;
    const void *weights, *bias;
    const float *scales;
    tfl_quantization in, out;
} tfl_depthwise;

/* Element by element; what is not needed is 0. */
typedef struct {
    uint32_t count, second_count; /* the second operand repeats after so many */
    float alpha;
    tfl_quantization in, second, out;
    int32_t positive, negative;                 /* LEAKY_RELU of int8: slopes in 1/256 */
    int32_t factor, second_factor, bias, shift; /* ADD of int8 */
} tfl_elements;

typedef struct {
    uint32_t outer, row_bytes, in_step, out_step; /* bytes */
} tfl_copy;

typedef enum {
    TFL_STEP_COPY,
    TFL_STEP_CONV_F32,
    TFL_STEP_CONV_S8,
    TFL_STEP_DEPTHWISE_F32,
    TFL_STEP_DEPTHWISE_S8,
    TFL_STEP_LEAKY_F32,
    TFL_STEP_LEAKY_S8,
    TFL_STEP_ADD_F32,
    TFL_STEP_SUB_F32,
    TFL_STEP_ADD_S8,
    TFL_STEP_QUANTIZE,
    TFL_STEP_DEQUANTIZE
} tfl_step_kind;

typedef struct {
    tfl_step_kind kind;
    tfl_place in, second, out;
    size_t in_offset, out_offset; /* bytes into the operands: copies only */
    union {
        tfl_conv conv;
        tfl_depthwise depthwise;
        tfl_elements elements;
        tfl_copy copy;
    } is;
} tfl_step;

typedef struct {
    const char *name;
    bool (*supported)(void);
    /* work: (in_rows + 2 pad_rows) x in_channels floats or int16; used where there is padding, and by int8 always */
    void (*conv_f32)(const tfl_conv *conv, const float *x, float *work, float *y) RSD_REALTIME;
    void (*conv_s8)(const tfl_conv *conv, const int8_t *x, int16_t *work, int8_t *y) RSD_REALTIME;
    void (*depthwise_f32)(const tfl_depthwise *conv, const float *x, float *y) RSD_REALTIME;
    void (*depthwise_s8)(const tfl_depthwise *conv, const int8_t *x, int8_t *y) RSD_REALTIME;
    void (*leaky_f32)(const tfl_elements *e, const float *x, float *y) RSD_REALTIME;
    void (*leaky_s8)(const tfl_elements *e, const int8_t *x, int8_t *y) RSD_REALTIME;
    void (*add_f32)(const tfl_elements *e, const float *a, const float *b, float *y) RSD_REALTIME;
    void (*sub_f32)(const tfl_elements *e, const float *a, const float *b, float *y) RSD_REALTIME;
    void (*add_s8)(const tfl_elements *e, const int8_t *a, const int8_t *b, int8_t *y) RSD_REALTIME;
    void (*quantize)(const tfl_elements *e, const float *x, int8_t *y) RSD_REALTIME;
    void (*dequantize)(const tfl_elements *e, const int8_t *x, float *y) RSD_REALTIME;
    void (*distances)(const float (*vectors)[TFL_LANES], const float *target, uint32_t count, float *sums) RSD_REALTIME;
} tfl_kernels;

/* Those of this architecture, fastest first; the last one is portable. */
extern const tfl_kernels *const tfl_all_kernels[];
extern const uint32_t tfl_kernels_count;
extern const tfl_kernels tfl_kernels_portable;
extern const tfl_kernels tfl_kernels_avx2;
extern const tfl_kernels tfl_kernels_avx512;
extern const tfl_kernels tfl_kernels_neon;

typedef struct {
    size_t offset, bytes;
    const void *start; /* its first values; NULL: zeros */
} tfl_variable;

struct tfl_graph {
    const tfl_kernels *kernels;
    uint32_t step_count, variable_count, owned_count;
    tfl_step *steps;
    tfl_variable *variables;
    void **owned;
    tfl_place in, out;
    size_t work_offset; /* in the scratch: the kernels' work */
    tfl_graph_info info;
};

/* Forces kernels: for tests that compare them. Thread: [setup] */
void tfl_graph_set_kernels(tfl_graph *graph, const tfl_kernels *kernels);

/* ---- building; setup only ---- */

#define TFL_MAX_VARIABLES 64u

typedef struct {
    const tfl_file *file;
    const tfl_subgraph *subgraph;
    tfl_graph *graph;
    rsd_error *error;
    const tfl_op *op;
    uint32_t op_index;
    uint32_t *root;     /* a tensor that is another by another name */
    uint32_t *variable; /* of a tensor that is a handle; UINT32_MAX for the others */
    const char *names[TFL_MAX_VARIABLES];
    uint32_t step_capacity, owned_capacity;
    size_t work_bytes;
} tfl_builder;

rsd_status tfl_refuse(tfl_builder *b, rsd_status status, int32_t tensor, const char *text);
rsd_status tfl_no_memory(tfl_builder *b);
void *tfl_keep(tfl_builder *b, size_t bytes); /* zeroed, aligned to 64, freed with the graph; NULL: no memory */
rsd_status tfl_add_step(tfl_builder *b, const tfl_step *step);
/* Tensor of an argument of the current operator; checked to be there and of this type. */
rsd_status tfl_input(tfl_builder *b, uint32_t index, int32_t type, const tfl_tensor **tensor);
rsd_status tfl_output(tfl_builder *b, uint32_t index, int32_t type, const tfl_tensor **tensor);
tfl_quantization tfl_quantization_of(const tfl_tensor *tensor);

/* One operator into steps. */
rsd_status tfl_lower_conv(tfl_builder *b);      /* CONV_2D, TRANSPOSE_CONV */
rsd_status tfl_lower_depthwise(tfl_builder *b); /* DEPTHWISE_CONV_2D */
rsd_status tfl_lower_elements(tfl_builder *b);  /* ADD, SUB, LEAKY_RELU, QUANTIZE, DEQUANTIZE */
rsd_status tfl_lower_copies(tfl_builder *b);    /* CONCATENATION, SPLIT, STRIDED_SLICE */

/* Once all operators are steps: gives every tensor its place. */
rsd_status tfl_plan(tfl_builder *b);

#endif
