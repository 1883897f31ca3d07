// SPDX-License-Identifier: MIT
// Real-time half of the graph: nothing in this file allocates, locks, logs or makes a system call.
#include "nn/tflite/graph_internal.h"

#include <string.h>

typedef struct {
    unsigned char *state, *scratch;
    float *work;
    const tfl_kernels *kernels;
} running;

static void *address(const running *r, const tfl_place *place)
{
    switch (place->space) {
    case TFL_STATE:
        return r->state + place->offset;
    case TFL_SCRATCH:
        return r->scratch + place->offset;
    default:
        return (void *)place->fixed; /* read only: no step writes into the model */
    }
}

static void copy_rows(const tfl_copy *copy, const unsigned char *from, unsigned char *to)
{
    for (uint32_t i = 0; i < copy->outer; i++, from += copy->in_step, to += copy->out_step)
        memmove(to, from, copy->row_bytes);
}

static void run_step(const running *r, const tfl_step *step)
{
    const tfl_kernels *k = r->kernels;
    const tfl_elements *e = &step->is.elements;
    const void *x = address(r, &step->in), *second = address(r, &step->second);
    void *y = address(r, &step->out);
    switch (step->kind) {
    case TFL_STEP_COPY:
        copy_rows(&step->is.copy, (const unsigned char *)x + step->in_offset, (unsigned char *)y + step->out_offset);
        break;
    case TFL_STEP_CONV_F32:
        k->conv_f32(&step->is.conv, x, r->work, y);
        break;
    case TFL_STEP_CONV_S8:
        k->conv_s8(&step->is.conv, x, (int16_t *)r->work, y);
        break;
    case TFL_STEP_DEPTHWISE_F32:
        k->depthwise_f32(&step->is.depthwise, x, y);
        break;
    case TFL_STEP_DEPTHWISE_S8:
        k->depthwise_s8(&step->is.depthwise, x, y);
        break;
    case TFL_STEP_LEAKY_F32:
        k->leaky_f32(e, x, y);
        break;
    case TFL_STEP_LEAKY_S8:
        k->leaky_s8(e, x, y);
        break;
    case TFL_STEP_ADD_F32:
        k->add_f32(e, x, second, y);
        break;
    case TFL_STEP_SUB_F32:
        k->sub_f32(e, x, second, y);
        break;
    case TFL_STEP_ADD_S8:
        k->add_s8(e, x, second, y);
        break;
    case TFL_STEP_QUANTIZE:
        k->quantize(e, x, y);
        break;
    case TFL_STEP_DEQUANTIZE:
        k->dequantize(e, x, y);
        break;
    }
}

void tfl_graph_run(const tfl_graph *graph, void *state, void *scratch, const float *in, float *out)
{
    const running r = {.state = state,
                       .scratch = scratch,
                       .work = (float *)((unsigned char *)scratch + graph->work_offset),
                       .kernels = graph->kernels};
    memcpy(address(&r, &graph->in), in, graph->info.input_count * sizeof *in);
    for (uint32_t i = 0; i < graph->step_count; i++) run_step(&r, &graph->steps[i]);
    memcpy(out, address(&r, &graph->out), graph->info.output_count * sizeof *out);
}

void tfl_graph_reset(const tfl_graph *graph, void *state)
{
    memset(state, 0, graph->info.state_bytes);
    for (uint32_t v = 0; v < graph->variable_count; v++) {
        const tfl_variable *variable = &graph->variables[v];
        if (variable->start) memcpy((unsigned char *)state + variable->offset, variable->start, variable->bytes);
    }
}

void tfl_graph_describe(const tfl_graph *graph, tfl_graph_info *info) { *info = graph->info; }

void tfl_graph_distances(const tfl_graph *graph, const float (*vectors)[TFL_LANES], const float *target, uint32_t count,
                         float sums[TFL_LANES])
{
    graph->kernels->distances(vectors, target, count, sums);
}
