// SPDX-License-Identifier: MIT
// A subgraph of a TFLite model becomes steps that can be run.
#include "nn/tflite/graph_internal.h"

#include "base/error.h"
#include "base/kernel.h"
#include "base/memory.h"
#include "base/numbers.h"

#include <stdlib.h>
#include <string.h>

#define MOST_OPS 4096u
#define NO_VARIABLE UINT32_MAX

/* ---- for the lowering of operators ---- */

rsd_status tfl_refuse(tfl_builder *b, rsd_status status, int32_t tensor, const char *text)
{
    char name[32];
    const char *op = b->op ? tfl_operator_name(b->op->code, name) : "graph";
    if (tensor < 0 && b->op && b->op->output_count > 0u) tensor = b->op->outputs[0];
    return base_error_set(b->error, status, "%s: %s %u, tensor '%.120s': %s", tfl_origin(b->file), op, b->op_index,
                          tensor >= 0 ? b->subgraph->tensors[tensor].name : "", text);
}

rsd_status tfl_no_memory(tfl_builder *b)
{
    return base_error_set(b->error, RSD_ERR_MEMORY, "%s: out of memory", tfl_origin(b->file));
}

void *tfl_keep(tfl_builder *b, size_t bytes)
{
    tfl_graph *graph = b->graph;
    if (graph->owned_count == b->owned_capacity) {
        const uint32_t capacity = b->owned_capacity ? 2u * b->owned_capacity : 64u;
        void **more = realloc(graph->owned, capacity * sizeof *more);
        if (!more) return NULL;
        graph->owned = more;
        b->owned_capacity = capacity;
    }
    void *block = base_calloc_64(base_round_up_64(bytes + 1u)); /* never of 0 bytes, and zeros to the end of the line */
    if (!block) return NULL;
    graph->owned[graph->owned_count++] = block;
    return block;
}

rsd_status tfl_add_step(tfl_builder *b, const tfl_step *step)
{
    tfl_graph *graph = b->graph;
    if (graph->step_count == b->step_capacity) {
        const uint32_t capacity = b->step_capacity ? 2u * b->step_capacity : 256u;
        tfl_step *more = realloc(graph->steps, capacity * sizeof *more);
        if (!more) return tfl_no_memory(b);
        graph->steps = more;
        b->step_capacity = capacity;
    }
    graph->steps[graph->step_count++] = *step;
    return RSD_OK;
}

static rsd_status check_operand(tfl_builder *b, int32_t index, int32_t type, const tfl_tensor **tensor)
{
    if (index < 0) return tfl_refuse(b, RSD_ERR_FORMAT, -1, "lacks an operand");
    *tensor = &b->subgraph->tensors[index];
    const int32_t is = (*tensor)->type;
    if ((type >= 0 && is != type) || (type < 0 && is != TFL_F32 && is != TFL_I8))
        return tfl_refuse(b, RSD_ERR_UNSUPPORTED, index, "is of a type that this operator cannot have here");
    if ((*tensor)->element_count == 0u) return tfl_refuse(b, RSD_ERR_FORMAT, index, "is empty");
    if (is == TFL_I8 && (*tensor)->scale_count == 0u) return tfl_refuse(b, RSD_ERR_FORMAT, index, "has no scale");
    return RSD_OK;
}

rsd_status tfl_input(tfl_builder *b, uint32_t index, int32_t type, const tfl_tensor **tensor)
{
    return check_operand(b, index < b->op->input_count ? b->op->inputs[index] : -1, type, tensor);
}

rsd_status tfl_output(tfl_builder *b, uint32_t index, int32_t type, const tfl_tensor **tensor)
{
    const rsd_status status = check_operand(b, index < b->op->output_count ? b->op->outputs[index] : -1, type, tensor);
    if (status == RSD_OK && (*tensor)->data) return tfl_refuse(b, RSD_ERR_FORMAT, -1, "writes a constant");
    return status;
}

tfl_quantization tfl_quantization_of(const tfl_tensor *tensor)
{
    if (tensor->scale_count == 0u) return (tfl_quantization){0.0f, 0};
    return (tfl_quantization){tfl_scale(tensor, 0), tensor->zero_point};
}

/* ---- variables ---- */

static size_t float_bytes(const tfl_tensor *tensor) { return (size_t)tensor->element_count * sizeof(float); }

static rsd_status variable_of(tfl_builder *b, const char *name, uint32_t *index)
{
    for (*index = 0; *index < b->graph->variable_count; ++*index) {
        if (strcmp(b->names[*index], name) == 0) return RSD_OK;
    }
    if (*index == TFL_MAX_VARIABLES) return tfl_refuse(b, RSD_ERR_UNSUPPORTED, -1, "is one variable too many");
    b->names[b->graph->variable_count++] = name;
    return RSD_OK;
}

/* The first use says how large a variable is; all others must agree. */
static rsd_status size_variable(tfl_builder *b, uint32_t index, const tfl_tensor *tensor)
{
    tfl_variable *variable = &b->graph->variables[index];
    if (variable->bytes == 0u) variable->bytes = float_bytes(tensor);
    if (variable->bytes == float_bytes(tensor)) return RSD_OK;
    return tfl_refuse(b, RSD_ERR_FORMAT, -1, "uses a variable with two sizes");
}

static rsd_status lower_variable(tfl_builder *b)
{
    const bool reads = b->op->code == TFL_READ_VARIABLE;
    const tfl_tensor *handle, *value;
    rsd_status status = tfl_input(b, 0, TFL_RESOURCE, &handle);
    if (status == RSD_OK) status = reads ? tfl_output(b, 0, TFL_F32, &value) : tfl_input(b, 1, TFL_F32, &value);
    if (status != RSD_OK) return status;
    const uint32_t index = b->variable[handle - b->subgraph->tensors];
    if (index == NO_VARIABLE) return tfl_refuse(b, RSD_ERR_FORMAT, -1, "names a variable that has no handle");
    status = size_variable(b, index, value);
    if (status != RSD_OK) return status;
    const tfl_place variable = {.space = TFL_STATE, .tensor = b->subgraph->tensor_count + index};
    const tfl_place tensor = {.space = TFL_SCRATCH, .tensor = (uint32_t)(value - b->subgraph->tensors)};
    const uint32_t bytes = (uint32_t)float_bytes(value);
    tfl_step step = {.kind = TFL_STEP_COPY, .in = reads ? variable : tensor, .out = reads ? tensor : variable};
    step.is.copy = (tfl_copy){.outer = 1, .row_bytes = bytes, .in_step = bytes, .out_step = bytes};
    return tfl_add_step(b, &step);
}

static rsd_status lower_handle(tfl_builder *b)
{
    const tfl_tensor *handle;
    rsd_status status = tfl_output(b, 0, TFL_RESOURCE, &handle);
    uint32_t index;
    if (status == RSD_OK) status = variable_of(b, b->op->options.shared_name, &index);
    if (status == RSD_OK) b->variable[handle - b->subgraph->tensors] = index;
    return status;
}

/* What the subgraph that is called once assigns: constants. Variables of the main subgraph only. */
static rsd_status read_start(tfl_builder *b, const tfl_subgraph *start)
{
    uint32_t *handles = malloc((start->tensor_count + 1u) * sizeof *handles);
    if (!handles) return tfl_no_memory(b);
    for (uint32_t t = 0; t < start->tensor_count; t++) handles[t] = NO_VARIABLE;
    rsd_status status = RSD_OK;
    for (uint32_t i = 0; status == RSD_OK && i < start->op_count; i++) {
        const tfl_op *op = &start->ops[i];
        if (op->code == TFL_VAR_HANDLE && op->output_count == 1u) {
            status = variable_of(b, op->options.shared_name, &handles[op->outputs[0]]);
        } else if (op->code == TFL_ASSIGN_VARIABLE && op->input_count == 2u && op->inputs[0] >= 0 &&
                   op->inputs[1] >= 0) {
            const uint32_t index = handles[op->inputs[0]];
            const tfl_tensor *value = &start->tensors[op->inputs[1]];
            if (index == NO_VARIABLE || value->type != TFL_F32 || !value->data)
                status = tfl_refuse(b, RSD_ERR_UNSUPPORTED, -1, "starts a variable with no constant of floats");
            if (status == RSD_OK) status = size_variable(b, index, value);
            void *kept = status == RSD_OK ? tfl_keep(b, value->size_bytes) : NULL;
            if (status == RSD_OK && !kept) status = tfl_no_memory(b);
            if (kept && value->data) b->graph->variables[index].start = memcpy(kept, value->data, value->size_bytes);
        } else {
            status = tfl_refuse(b, RSD_ERR_UNSUPPORTED, -1, "calls a subgraph that does more than start variables");
        }
    }
    free(handles);
    return status;
}

static rsd_status lower_call(tfl_builder *b)
{
    const tfl_subgraph *start = tfl_subgraph_at(b->file, (uint32_t)b->op->options.subgraph);
    if (!start || start == b->subgraph) return tfl_refuse(b, RSD_ERR_FORMAT, -1, "calls a subgraph that is not there");
    return read_start(b, start);
}

/* ---- operators ---- */

static rsd_status lower_reshape(tfl_builder *b)
{
    const tfl_tensor *in, *out;
    rsd_status status = tfl_input(b, 0, -1, &in);
    if (status == RSD_OK) status = tfl_output(b, 0, in->type, &out);
    if (status != RSD_OK) return status;
    if (in->element_count != out->element_count || in == out)
        return tfl_refuse(b, RSD_ERR_FORMAT, -1, "changes the number of elements");
    b->root[out - b->subgraph->tensors] = b->root[in - b->subgraph->tensors];
    return RSD_OK;
}

static rsd_status lower(tfl_builder *b)
{
    switch (b->op->code) {
    case TFL_CONV_2D:
    case TFL_TRANSPOSE_CONV:
        return tfl_lower_conv(b);
    case TFL_DEPTHWISE_CONV_2D:
        return tfl_lower_depthwise(b);
    case TFL_ADD:
    case TFL_SUB:
    case TFL_LEAKY_RELU:
    case TFL_QUANTIZE:
    case TFL_DEQUANTIZE:
        return tfl_lower_elements(b);
    case TFL_CONCATENATION:
    case TFL_SPLIT:
    case TFL_STRIDED_SLICE:
        return tfl_lower_copies(b);
    case TFL_RESHAPE:
        return lower_reshape(b);
    case TFL_CALL_ONCE:
        return lower_call(b);
    case TFL_VAR_HANDLE:
        return lower_handle(b);
    case TFL_READ_VARIABLE:
    case TFL_ASSIGN_VARIABLE:
        return lower_variable(b);
    default:
        return tfl_refuse(b, RSD_ERR_UNSUPPORTED, -1, "an operator that this program does not know");
    }
}

static rsd_status lower_all(tfl_builder *b)
{
    rsd_status status = RSD_OK;
    for (b->op_index = 0; status == RSD_OK && b->op_index < b->subgraph->op_count; b->op_index++) {
        b->op = &b->subgraph->ops[b->op_index];
        status = lower(b);
    }
    b->op = NULL;
    return status;
}

/* ---- the whole ---- */

static rsd_status check_ends(tfl_builder *b)
{
    const tfl_subgraph *s = b->subgraph;
    if (s->op_count > MOST_OPS || s->tensor_count > MOST_OPS)
        return tfl_refuse(b, RSD_ERR_UNSUPPORTED, -1, "is too large");
    if (s->input_count != 1u || s->output_count != 1u || s->tensors[s->inputs[0]].type != TFL_F32 ||
        s->tensors[s->outputs[0]].type != TFL_F32 || s->tensors[s->inputs[0]].data ||
        s->tensors[s->inputs[0]].element_count == 0u || s->tensors[s->outputs[0]].element_count == 0u)
        return tfl_refuse(b, RSD_ERR_UNSUPPORTED, -1, "needs one input and one output of floats");
    b->graph->info.input_count = (uint32_t)s->tensors[s->inputs[0]].element_count;
    b->graph->info.output_count = (uint32_t)s->tensors[s->outputs[0]].element_count;
    b->graph->in = (tfl_place){.space = TFL_SCRATCH, .tensor = (uint32_t)s->inputs[0]};
    b->graph->out = (tfl_place){.space = TFL_SCRATCH, .tensor = (uint32_t)s->outputs[0]};
    return RSD_OK;
}

static rsd_status start_building(tfl_builder *b)
{
    b->root = malloc((b->subgraph->tensor_count + TFL_MAX_VARIABLES) * sizeof *b->root);
    b->variable = malloc((b->subgraph->tensor_count + 1u) * sizeof *b->variable);
    b->graph->variables = calloc(TFL_MAX_VARIABLES, sizeof *b->graph->variables);
    if (!b->root || !b->variable || !b->graph->variables) return tfl_no_memory(b);
    for (uint32_t t = 0; t < b->subgraph->tensor_count + TFL_MAX_VARIABLES; t++) b->root[t] = t;
    for (uint32_t t = 0; t < b->subgraph->tensor_count; t++) b->variable[t] = NO_VARIABLE;
    return RSD_OK;
}

static base_kernel row(uint32_t index)
{
    return (base_kernel){tfl_all_kernels[index]->name, tfl_all_kernels[index]->supported};
}

static const tfl_kernels *best_kernels(void) { return tfl_all_kernels[base_choose_kernel(tfl_kernels_count, row)]; }

rsd_status tfl_graph_build(const tfl_file *file, uint32_t index, tfl_graph **graph, rsd_error *error)
{
    tfl_graph *made = calloc(1, sizeof *made);
    tfl_builder b = {.file = file, .subgraph = tfl_subgraph_at(file, index), .graph = made, .error = error};
    rsd_status status = made ? RSD_OK : tfl_no_memory(&b);
    if (status == RSD_OK && !b.subgraph)
        status = base_error_set(error, RSD_ERR_FORMAT, "%s: has no subgraph %u", tfl_origin(file), index);
    if (status == RSD_OK) status = check_ends(&b);
    if (status == RSD_OK) status = start_building(&b);
    if (status == RSD_OK) status = lower_all(&b);
    if (status == RSD_OK) status = tfl_plan(&b);
    if (status == RSD_OK) made->kernels = best_kernels();
    free(b.root);
    free(b.variable);
    if (status == RSD_OK)
        *graph = made;
    else
        tfl_graph_free(made);
    return status;
}

void tfl_graph_free(tfl_graph *graph)
{
    if (!graph) return;
    for (uint32_t i = 0; i < graph->owned_count; i++) free(graph->owned[i]);
    free(graph->owned);
    free(graph->variables);
    free(graph->steps);
    free(graph);
}

void tfl_graph_set_kernels(tfl_graph *graph, const tfl_kernels *kernels) { graph->kernels = kernels; }
