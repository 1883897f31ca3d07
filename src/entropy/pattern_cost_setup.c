// SPDX-License-Identifier: MIT
// One sound through a model in the order of a pattern, a step at a time.
#include "entropy/pattern_cost.h"

#include "base/memory.h"
#include "base/numbers.h"

#include <stdlib.h>

/* One sound on its way through a pattern. */
typedef struct {
    entropy_model *model;
    entropy_grid *grid;
    const rsd_pattern *pattern;
    const entropy_rows *rows;
    entropy_pattern_sums *sums;
    uint64_t next_frame[RSD_MAX_SEQUENCES], next_step[RSD_MAX_SEQUENCES]; /* UINT64_MAX: the row has ended */
    uint32_t costs[RSD_MAX_SEQUENCES];
    entropy_view view;
} pattern_run;

static int32_t token_of(const pattern_run *run, uint32_t row)
{
    return run->rows->tokens[row * run->rows->frame_capacity + run->next_frame[row]];
}

static void find_step(pattern_run *run, uint32_t row)
{
    const uint64_t frames = run->rows->frame_count, frame = run->next_frame[row];
    run->next_step[row] = frame < frames ? rsd_pattern_step_of(run->pattern, frames, row, frame) : UINT64_MAX;
}

/* Every token of a step first, and then all are known: a step has no order in itself. */
static void code_step(pattern_run *run, uint64_t step)
{
    for (uint32_t q = 0; q < run->pattern->row_count; q++) {
        if (run->next_step[q] != step || token_of(run, q) < 0) continue;
        entropy_grid_view(run->grid, q, run->next_frame[q], &run->view);
        run->costs[q] = entropy_encode(run->model, &run->view, (uint32_t)token_of(run, q), NULL);
        run->sums->token_count++;
        run->sums->cost += run->costs[q];
        run->sums->row_token_count[q]++;
        run->sums->row_cost[q] += run->costs[q];
    }
    for (uint32_t q = 0; q < run->pattern->row_count; q++) {
        if (run->next_step[q] != step) continue;
        if (token_of(run, q) >= 0)
            entropy_grid_reveal(run->grid, q, run->next_frame[q], (uint32_t)token_of(run, q), run->costs[q]);
        run->next_frame[q]++;
        find_step(run, q);
    }
}

static entropy_grid_config grid_of(const rsd_pattern *pattern, const entropy_rows *rows)
{
    entropy_grid_config config = {
        .row_count = pattern->row_count, .frame_capacity = GRID_HISTORY, .codewords = rows->known, .dim = rows->dim};
    for (uint32_t q = 0; q < pattern->row_count; q++) config.row_bits[q] = (uint8_t)base_log2_ceil(rows->codewords[q]);
    while (config.frame_capacity < rows->frame_count + GRID_AHEAD + 1u) config.frame_capacity *= 2u;
    return config;
}

rsd_status entropy_pattern_cost(entropy_model *model, const rsd_pattern *pattern, const entropy_rows *rows,
                                entropy_pattern_sums *sums)
{
    if (!model || !pattern || !rows || !sums || rows->frame_count > (UINT32_C(1) << 30)) return RSD_ERR_ARG;
    const entropy_grid_config config = grid_of(pattern, rows);
    void *block = base_alloc_64(entropy_grid_bytes(&config));
    pattern_run *run = calloc(1, sizeof *run);
    if (block && run) {
        run->model = model;
        run->grid = entropy_grid_init(block, &config);
        run->pattern = pattern;
        run->rows = rows;
        run->sums = sums;
        for (uint32_t q = 0; q < pattern->row_count; q++) find_step(run, q);
        const uint64_t steps = rsd_pattern_step_count(pattern, rows->frame_count);
        for (uint64_t s = 0; s < steps; s++) code_step(run, s);
    }
    const rsd_status status = block && run ? RSD_OK : RSD_ERR_MEMORY;
    free(run);
    free(block);
    return status;
}
