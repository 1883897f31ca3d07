// SPDX-License-Identifier: MIT
#ifndef NN_TFLITE_H
#define NN_TFLITE_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * TFLite files (FlatBuffers, schema version 3): subgraphs of tensors and operators. Knows nothing of codecs. The whole
 * file is checked while it is read: every offset, index and count; what the structures below point to is in bounds.
 * Thread of all: [setup].
 */

#define TFL_MAX_DIMS 6u
#define TFL_MAX_ARGS 64u

/* Values of the schema; others may stand in a file, too. */
typedef enum { TFL_F32 = 0, TFL_I32 = 2, TFL_BOOL = 6, TFL_I8 = 9, TFL_RESOURCE = 13 } tfl_type;
typedef enum {
    TFL_ADD = 0,
    TFL_CONCATENATION = 2,
    TFL_CONV_2D = 3,
    TFL_DEPTHWISE_CONV_2D = 4,
    TFL_DEQUANTIZE = 6,
    TFL_RESHAPE = 22,
    TFL_GATHER = 36,
    TFL_SUB = 41,
    TFL_STRIDED_SLICE = 45,
    TFL_SPLIT = 49,
    TFL_TRANSPOSE_CONV = 67,
    TFL_LEAKY_RELU = 98,
    TFL_SQUARED_DIFFERENCE = 99,
    TFL_QUANTIZE = 114,
    TFL_CALL_ONCE = 129,
    TFL_VAR_HANDLE = 142,
    TFL_READ_VARIABLE = 143,
    TFL_ASSIGN_VARIABLE = 144
} tfl_operator;

typedef struct {
    const char *name; /* into the file; "" where it has none */
    int32_t type;
    uint32_t dim_count;
    uint32_t dims[TFL_MAX_DIMS];
    uint64_t element_count;
    const void *data; /* constants: into the file, not necessarily aligned; NULL for the others */
    size_t size_bytes;
    uint32_t scale_count; /* 0: not quantised */
    const void *scales;   /* scale_count floats, not necessarily aligned */
    int32_t zero_point;   /* of the first channel */
    bool zero_points_differ;
} tfl_tensor;

/* The options of those operators that the reader knows, in one; the others' stay 0. */
typedef struct {
    int32_t padding; /* 0 same, 1 valid */
    int32_t stride_w, stride_h, dilation_w, dilation_h;
    int32_t activation, depth_multiplier, axis, split_count, subgraph;
    int32_t begin_mask, end_mask, other_masks;
    float alpha;
    const char *shared_name; /* of a variable; "" where it has none */
} tfl_options;

typedef struct {
    int32_t code; /* tfl_operator */
    uint32_t input_count, output_count;
    const int32_t *inputs, *outputs; /* indices of tensors; -1 among the inputs: left out */
    tfl_options options;
} tfl_op;

typedef struct {
    const char *name;
    uint32_t tensor_count, op_count, input_count, output_count;
    const tfl_tensor *tensors;
    const tfl_op *ops;
    const int32_t *inputs, *outputs;
} tfl_subgraph;

typedef struct tfl_file tfl_file;

/*
 * Parses `size_bytes` at `data`, which must outlive the file object. `origin` names the file in messages.
 * Errors: RSD_ERR_FORMAT, RSD_ERR_UNSUPPORTED, RSD_ERR_MEMORY, with what and where in `error`.
 */
RSD_NODISCARD rsd_status tfl_parse(const void *data, size_t size_bytes, const char *origin, tfl_file **file,
                                   rsd_error *error);
/* Reads a file into memory of its own and parses it. Errors also: RSD_ERR_IO. */
RSD_NODISCARD rsd_status tfl_open(const char *path, tfl_file **file, rsd_error *error);
void tfl_close(tfl_file *file); /* NULL is fine */

const char *tfl_origin(const tfl_file *file);
uint32_t tfl_subgraph_count(const tfl_file *file);
const tfl_subgraph *tfl_subgraph_at(const tfl_file *file, uint32_t index);     /* NULL past the end */
const tfl_subgraph *tfl_find_subgraph(const tfl_file *file, const char *name); /* NULL when absent */

float tfl_scale(const tfl_tensor *tensor, uint32_t channel);  /* of the one scale where there is only one */
int32_t tfl_i32_at(const tfl_tensor *tensor, uint32_t index); /* of a constant of TFL_I32, index in range */
const char *tfl_operator_name(int32_t code, char text[32]);   /* "CONV_2D", or "operator 77" written into `text` */

#endif
