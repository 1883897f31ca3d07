// SPDX-License-Identifier: MIT
// What the readers of a TFLite model share.
#ifndef NN_TFLITE_MODEL_INTERNAL_H
#define NN_TFLITE_MODEL_INTERNAL_H

#include "nn/tflite/flatbuffer.h"
#include "nn/tflite/tflite.h"

struct tfl_file {
    char *origin;
    void *owned; /* the file's bytes where tfl_open read them */
    fb_bytes bytes;
    uint32_t subgraph_count;
    tfl_subgraph *subgraphs;
    fb_vector codes, buffers;
};

/* What is wrong is a static text; `at` tells the subgraph and item for the message. */
typedef struct {
    tfl_file *file;
    size_t budget; /* items that a file of this size can still hold, were none of them to lie where another does */
    const char *wrong;
    const char *kind;
    uint32_t subgraph, item;
    uint32_t tensor_count; /* of the subgraph */
} tfl_parsing;

/* Keeps the first thing that is wrong; returns false. */
bool tfl_fails(tfl_parsing *p, const char *wrong);

/* A list of tensors, `lowest` or higher each, copied so that it is aligned: free it. */
bool tfl_read_indices(tfl_parsing *p, const fb_table *table, uint32_t field, int32_t lowest, const int32_t **indices,
                      uint32_t *count);

/* One operator of a subgraph whose tensors are read. Its lists of tensors are tfl_close's to free, also on failure. */
bool tfl_read_op(tfl_parsing *p, const fb_table *table, tfl_op *op);

#endif
