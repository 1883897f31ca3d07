// SPDX-License-Identifier: MIT
// Where tensors live: constants in the model, variables in the state, the rest in a scratch that they share by turns.
#include "nn/tflite/graph_internal.h"

#include "base/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)64 << 20)
#define NEVER UINT32_MAX

typedef struct {
    uint32_t first, last; /* steps; first NEVER: not used */
    size_t offset, bytes;
    const void *fixed;
} life;

typedef struct {
    tfl_builder *b;
    life *lives;
    uint32_t *placed, placed_count;
} plan;

static uint32_t root_of(const tfl_builder *b, const tfl_place *place) { return b->root[place->tensor]; }
static bool is_variable(const tfl_builder *b, uint32_t root) { return root >= b->subgraph->tensor_count; }

/* A variable that is read for the last time before it is written anew needs no copy. */
static void alias_reads(tfl_builder *b)
{
    tfl_graph *graph = b->graph;
    for (uint32_t i = 0; i < graph->step_count; i++) {
        tfl_step *read = &graph->steps[i];
        if (read->in.space != TFL_STATE) continue;
        uint32_t last_use = i, written = NEVER;
        for (uint32_t s = i + 1u; s < graph->step_count; s++) {
            const tfl_step *step = &graph->steps[s];
            if (root_of(b, &step->in) == read->out.tensor ||
                (step->second.space && root_of(b, &step->second) == read->out.tensor))
                last_use = s;
            if (step->out.space == TFL_STATE && step->out.tensor == read->in.tensor && written == NEVER) written = s;
        }
        if (root_of(b, &graph->out) == read->out.tensor || last_use >= written) continue;
        for (uint32_t t = 0; t < b->subgraph->tensor_count; t++) {
            if (b->root[t] == read->out.tensor) b->root[t] = read->in.tensor;
        }
        read->is.copy.outer = 0; /* taken out below */
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < graph->step_count; i++) {
        if (graph->steps[i].kind != TFL_STEP_COPY || graph->steps[i].is.copy.outer > 0u)
            graph->steps[kept++] = graph->steps[i];
    }
    graph->step_count = kept;
}

static void touch(plan *p, const tfl_place *place, uint32_t step)
{
    if (place->space == TFL_NOWHERE) return;
    life *l = &p->lives[root_of(p->b, place)];
    if (l->first == NEVER) l->first = step;
    l->last = step;
}

/* A read of what nothing has written yet is a graph out of order. */
static rsd_status check_written(plan *p, const tfl_place *place)
{
    const tfl_builder *b = p->b;
    const uint32_t root = root_of(b, place);
    if (place->space == TFL_NOWHERE || is_variable(b, root) || b->subgraph->tensors[root].data) return RSD_OK;
    if (p->lives[root].first != NEVER) return RSD_OK;
    return tfl_refuse(p->b, RSD_ERR_FORMAT, (int32_t)root, "is read before it is written");
}

static rsd_status find_lives(plan *p)
{
    tfl_graph *graph = p->b->graph;
    rsd_status status = RSD_OK;
    touch(p, &graph->in, 0);
    for (uint32_t i = 0; status == RSD_OK && i < graph->step_count; i++) {
        const tfl_step *step = &graph->steps[i];
        status = check_written(p, &step->in);
        if (status == RSD_OK) status = check_written(p, &step->second);
        touch(p, &step->in, i);
        touch(p, &step->second, i);
        touch(p, &step->out, i);
    }
    if (status == RSD_OK) status = check_written(p, &graph->out);
    touch(p, &graph->out, graph->step_count);
    return status;
}

/* The lowest place that no tensor alive at the same time has. */
static size_t lowest_gap(const plan *p, const life *l)
{
    size_t offset = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (uint32_t i = 0; i < p->placed_count; i++) {
            const life *other = &p->lives[p->placed[i]];
            const bool together = other->first <= l->last && l->first <= other->last;
            if (!together || other->offset + other->bytes <= offset || offset + l->bytes <= other->offset) continue;
            offset = other->offset + other->bytes;
            moved = true;
        }
    }
    return offset;
}

static rsd_status keep_constant(plan *p, const tfl_tensor *tensor, life *l)
{
    void *kept = tfl_keep(p->b, tensor->size_bytes);
    if (!kept) return tfl_no_memory(p->b);
    l->fixed = memcpy(kept, tensor->data, tensor->size_bytes);
    const float *values = kept;
    for (uint64_t i = 0; tensor->type == TFL_F32 && i < tensor->element_count; i++) {
        if (!isfinite(values[i]))
            return tfl_refuse(p->b, RSD_ERR_FORMAT, (int32_t)(tensor - p->b->subgraph->tensors),
                              "holds a value that is not finite");
    }
    return RSD_OK;
}

static rsd_status place_tensors(plan *p)
{
    const tfl_subgraph *subgraph = p->b->subgraph;
    size_t end = 0;
    for (uint32_t t = 0; t < subgraph->tensor_count; t++) {
        const tfl_tensor *tensor = &subgraph->tensors[t];
        life *l = &p->lives[t];
        if (l->first == NEVER) continue;
        if (tensor->data) {
            const rsd_status status = keep_constant(p, tensor, l);
            if (status != RSD_OK) return status;
            continue;
        }
        l->bytes = base_round_up_64((size_t)tensor->element_count * (tensor->type == TFL_I8 ? 1u : 4u));
        l->offset = lowest_gap(p, l);
        p->placed[p->placed_count++] = t;
        if (l->offset + l->bytes > end) end = l->offset + l->bytes;
        if (end > MOST_BYTES) return tfl_refuse(p->b, RSD_ERR_UNSUPPORTED, (int32_t)t, "needs too much memory");
    }
    p->b->graph->work_offset = end;
    p->b->graph->info.scratch_bytes = end + base_round_up_64(p->b->work_bytes);
    return RSD_OK;
}

static void place_variables(plan *p)
{
    tfl_graph *graph = p->b->graph;
    for (uint32_t v = 0; v < graph->variable_count; v++) {
        graph->variables[v].offset = graph->info.state_bytes;
        p->lives[p->b->subgraph->tensor_count + v].offset = graph->info.state_bytes;
        graph->info.state_bytes += base_round_up_64(graph->variables[v].bytes);
    }
}

static void resolve(const plan *p, tfl_place *place)
{
    if (place->space == TFL_NOWHERE) return;
    const uint32_t root = root_of(p->b, place);
    const life *l = &p->lives[root];
    place->space = is_variable(p->b, root) ? TFL_STATE : l->fixed ? TFL_MODEL : TFL_SCRATCH;
    place->fixed = l->fixed;
    place->offset = l->offset;
}

static rsd_status make_plan(plan *p)
{
    tfl_graph *graph = p->b->graph;
    alias_reads(p->b);
    rsd_status status = find_lives(p);
    if (status == RSD_OK) status = place_tensors(p);
    if (status != RSD_OK) return status;
    place_variables(p);
    if (graph->info.state_bytes > MOST_BYTES) return tfl_refuse(p->b, RSD_ERR_UNSUPPORTED, -1, "needs too much memory");
    for (uint32_t i = 0; i < graph->step_count; i++) {
        resolve(p, &graph->steps[i].in);
        resolve(p, &graph->steps[i].second);
        resolve(p, &graph->steps[i].out);
    }
    resolve(p, &graph->in);
    resolve(p, &graph->out);
    return RSD_OK;
}

rsd_status tfl_plan(tfl_builder *b)
{
    const uint32_t count = b->subgraph->tensor_count + TFL_MAX_VARIABLES;
    plan p = {.b = b, .lives = calloc(count, sizeof *p.lives), .placed = calloc(count, sizeof *p.placed)};
    for (uint32_t t = 0; p.lives && t < count; t++) p.lives[t].first = NEVER;
    const rsd_status status = p.lives && p.placed ? make_plan(&p) : tfl_no_memory(b);
    free(p.lives);
    free(p.placed);
    return status;
}
