// SPDX-License-Identifier: MIT
#ifndef NN_TFLITE_GRAPH_H
#define NN_TFLITE_GRAPH_H

#include "nn/tflite/tflite.h"

/*
 * Runs a subgraph of a TFLite file frame by frame: one float input, one float output, variables as the stream's state.
 * Tensors are [1, time, 1, channels]: what causal audio models consist of. Knows nothing of codecs.
 *
 * Arithmetic is that of XNNPACK, which LiteRT runs by default, to the bit, and the same on every kernel: float sums are
 * chains of fused multiply-adds in the order tap, channel from the bias on; int8 sums are exact, scaled in float and
 * rounded to even; LEAKY_RELU and ADD of int8 are XNNPACK's fixed-point forms. TFLite's built-in kernels round
 * otherwise.
 */

typedef struct tfl_graph tfl_graph;

typedef struct {
    uint32_t input_count, output_count; /* floats of the one input and the one output */
    uint64_t macs;                      /* multiply-adds a run */
    uint64_t parameter_count;
    size_t state_bytes, scratch_bytes;
} tfl_graph_info;

/*
 * Checks and packs subgraph `index` of the file, with the best kernels here (or those that RESIDUUM_KERNEL names). The
 * file may be closed afterwards. Errors: RSD_ERR_FORMAT, RSD_ERR_UNSUPPORTED (an operator or shape that this cannot
 * run), RSD_ERR_MEMORY; `error` names file, operator and tensor. Thread: [setup]
 */
RSD_NODISCARD rsd_status tfl_graph_build(const tfl_file *file, uint32_t index, tfl_graph **graph, rsd_error *error);
void tfl_graph_free(tfl_graph *graph); /* NULL is fine. Thread: [setup] */
void tfl_graph_describe(const tfl_graph *graph, tfl_graph_info *info);

/* The variables' values at the start. `state`: state_bytes, aligned to 64. Thread: [any] */
RSD_REALTIME void tfl_graph_reset(const tfl_graph *graph, void *state);

/*
 * One frame. `scratch`: scratch_bytes, aligned to 64; may be shared by graphs that do not run at the same time, nothing
 * is kept in it. Thread: [audio]   Cost: macs
 */
RSD_REALTIME void tfl_graph_run(const tfl_graph *graph, void *state, void *scratch, const float *in, float *out);

/*
 * SQUARED_DIFFERENCE and SUM of one vector against 16 at once, by the graph's kernels: sums[c] becomes the sum over i
 * of (target[i] - vectors[i][c])^2, added in the order of i without fusing. vectors: aligned to 64. Thread: [audio]
 */
RSD_REALTIME void tfl_graph_distances(const tfl_graph *graph, const float (*vectors)[16], const float *target,
                                      uint32_t count, float sums[16]);

#endif
