// SPDX-License-Identifier: MIT
// Evidence for the model from tokens nearby. Nothing here allocates or can fail.
#include "entropy/grid_internal.h"

#include "base/numbers.h"

#include <string.h>

/* Groups of regressions, and how far each looks. Found by measuring: docs/experiments. */
enum { GROUP_NEAR, GROUP_LONG, GROUP_PAIRS, GROUP_COARSEST };
#define NEAR_FRAMES 2 /* all rows of this frame and so many before */
#define LONG_FRAMES 8 /* the coarsest rows of so many */
#define LONG_ROWS 4u
#define PAIR_FRAMES 1 /* pairs of tokens of the coarsest rows */
#define PAIR_ROWS 5u
#define COARSEST_FRAMES 1   /* each token together with the coarsest one of its frame */
#define NETWORK_FRAMES 2    /* before this one that networks see at most, */
#define NETWORK_MAX_BITS 6u /* tokens of more bits are not shown to networks */
#define NEAREST 8u          /* known tokens that contexts are made of */

static int32_t *sum_of(const entropy_grid *grid, uint64_t frame)
{
    return grid->sums + (size_t)(frame % grid->config.frame_capacity) * grid->config.dim;
}

static void set_unknown(entropy_grid *grid, uint64_t frame)
{
    memset(sum_of(grid, frame), 0, grid->config.dim * sizeof *grid->sums);
    grid_entry *entries = grid->entries + (size_t)(frame % grid->config.frame_capacity) * grid->config.row_count;
    for (uint32_t q = 0; q < grid->config.row_count; q++) entries[q] = (grid_entry){GRID_UNKNOWN, 0};
}

void entropy_grid_restart(entropy_grid *grid)
{
    for (uint32_t f = 0; f < grid->config.frame_capacity; f++) set_unknown(grid, f);
}

void entropy_grid_begin_frame(entropy_grid *grid, uint64_t frame) { set_unknown(grid, frame + GRID_AHEAD); }

static grid_entry *entry_of(const entropy_grid *grid, uint32_t row, uint64_t frame)
{
    return grid->entries + (size_t)(frame % grid->config.frame_capacity) * grid->config.row_count + row;
}

void entropy_grid_reveal(entropy_grid *grid, uint32_t row, uint64_t frame, uint32_t token, uint32_t cost)
{
    *entry_of(grid, row, frame) = (grid_entry){(int32_t)token, (int32_t)cost};
    if (grid->config.codewords) entropy_codewords_add(grid->config.codewords, row, token, sum_of(grid, frame));
}

/* ---- a token's surroundings ---- */

/* The token that is looked at; places are told by their distance from it. */
typedef struct {
    const entropy_grid *grid;
    uint32_t row;
    uint64_t frame;
    entropy_view *view;
} grid_place;

/* Token of `row`, `later` frames later; GRID_UNKNOWN where there is none. */
static int32_t token_at(const grid_place *at, int64_t row, int later)
{
    const int64_t frame = (int64_t)at->frame + later;
    if (row < 0 || row >= at->grid->config.row_count || frame < 0) return GRID_UNKNOWN;
    return entry_of(at->grid, (uint32_t)row, (uint64_t)frame)->token;
}

/* A number for a place: its row and how much later, beside the row that is looked at. */
static uint32_t place_id(uint32_t row, int later) { return row * 32u + (uint32_t)(later + 16); }

static void add_feature(const grid_place *at, uint32_t group, uint32_t place, uint32_t value)
{
    entropy_view *view = at->view;
    if (view->feature_count[group] == ENTROPY_MAX_FEATURES) return;
    view->features[group][view->feature_count[group]++] =
        entropy_hash(entropy_hash(at->row * ENTROPY_GROUPS + group, place), value);
}

/* What is known of `rows` rows of one frame. `beside`: a token that goes with each. */
static void add_rows(const grid_place *at, uint32_t group, uint32_t rows, int later, uint32_t beside)
{
    for (uint32_t q = 0; q < rows && q < at->grid->config.row_count; q++) {
        const int32_t token = token_at(at, q, later);
        if (token != GRID_UNKNOWN) add_feature(at, group, place_id(q, later), (uint32_t)token + (beside << 16));
    }
}

static void add_pairs(const grid_place *at)
{
    uint32_t ids[32], count = 0;
    uint32_t tokens[32];
    for (int later = -PAIR_FRAMES; later <= 0; later++)
        for (uint32_t q = 0; q < PAIR_ROWS + 1u; q++) {
            /* The row itself in the frame before, and the one above it in this, come with the coarsest. */
            const uint32_t row = q < PAIR_ROWS ? q : later < 0 ? at->row : at->row - 1u;
            if (q == PAIR_ROWS && (later < 0 ? at->row < PAIR_ROWS : at->row <= PAIR_ROWS)) continue;
            const int32_t token = token_at(at, row, later);
            if (token == GRID_UNKNOWN) continue;
            ids[count] = place_id(row, later);
            tokens[count++] = (uint32_t)token;
        }
    for (uint32_t a = 0; a < count; a++)
        for (uint32_t b = a; b < count; b++)
            add_feature(at, GROUP_PAIRS, entropy_hash(ids[a], ids[b]), tokens[a] << 16 ^ tokens[b]);
}

/* Frames before this one that each network sees. */
static const int network_frames[NETWORKS] = {2, 2, 2, 1};

static void add_frame_inputs(const grid_place *at, int later)
{
    entropy_view *view = at->view;
    for (uint32_t q = 0; q < at->grid->config.row_count && view->input_count < NETWORK_MAX_INPUTS; q++) {
        const int32_t token = token_at(at, q, later);
        if (token != GRID_UNKNOWN)
            view->inputs[view->input_count++] = entropy_hash(place_id(q, later), (uint32_t)token);
    }
}

/* What the networks see; of large codebooks too few tokens ever come again for a vector of their own. */
static void add_inputs(const grid_place *at)
{
    entropy_view *view = at->view;
    view->row = at->row;
    view->input_count = 0;
    if (view->bits > NETWORK_MAX_BITS) return;
    view->inputs[view->input_count++] = entropy_hash(UINT16_MAX, at->row);
    for (int later = (int)GRID_AHEAD; later >= -NETWORK_FRAMES; later--) {
        add_frame_inputs(at, later);
        for (uint32_t n = 0; n < NETWORKS; n++)
            if (later >= -network_frames[n]) view->input_ends[n] = view->input_count;
    }
}

static void add_features(const grid_place *at)
{
    const uint32_t all = at->grid->config.row_count;
    const int32_t own = token_at(at, 0, 0), before = token_at(at, 0, -1);
    const int32_t coarsest = own != GRID_UNKNOWN ? own : before;
    for (uint32_t g = 0; g < ENTROPY_GROUPS; g++)
        add_feature(at, g, UINT16_MAX, g == GROUP_COARSEST ? (uint32_t)coarsest : 0u);
    for (int later = -NEAR_FRAMES; later <= (int)GRID_AHEAD; later++) add_rows(at, GROUP_NEAR, all, later, 0);
    for (int later = -LONG_FRAMES; later <= (int)GRID_AHEAD; later++)
        add_rows(at, GROUP_LONG, later == 0 ? all : LONG_ROWS, later, 0);
    add_pairs(at);
    for (int later = -COARSEST_FRAMES; later <= 0; later++)
        add_rows(at, GROUP_COARSEST, all, later, (uint32_t)(coarsest + 1));
}

/* ---- contexts ---- */

/* The nearest known tokens as hashes of place and token, the one that tells most first; 0 where there is none. */
static void find_nearest(const grid_place *at, uint32_t nearest[NEAREST])
{
    const int64_t q = at->row;
    const struct {
        int64_t row;
        int later;
    } places[] = {{q - 1, 0}, {q, -1},     {0, 0},      {0, -1}, {q - 2, 0},
                  {q, -2},    {q - 1, -1}, {q + 1, -1}, {0, -2}, {q, -3}};
    uint32_t found = 0;
    for (uint32_t n = 0; n < NEAREST; n++) nearest[n] = 0;
    for (size_t p = 0; p < sizeof places / sizeof *places && found < NEAREST; p++) {
        const int32_t token = token_at(at, places[p].row, places[p].later);
        const bool is_again = p >= 2u && places[p].later == 0 && places[p].row == 0 && q <= 1;
        if (token == GRID_UNKNOWN || is_again) continue;
        nearest[found++] = entropy_hash(place_id((uint32_t)places[p].row, places[p].later), (uint32_t)token);
    }
}

static void add_context(const grid_place *at, uint32_t hash)
{
    entropy_view *view = at->view;
    view->contexts[view->context_count++] = entropy_hash(hash, at->row);
}

/* Which of the nearest go together in a context; the first one of a list is the lowest bit. */
static const uint8_t context_sets[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
                                       0x07, 0x08, 0x11, 0x22, 0x43, 0x82, 0x0a};

static void add_contexts(const grid_place *at)
{
    uint32_t nearest[NEAREST];
    find_nearest(at, nearest);
    for (size_t s = 0; s < sizeof context_sets; s++) {
        uint32_t hash = context_sets[s];
        for (uint32_t n = 0; n < NEAREST; n++)
            if (context_sets[s] >> n & 1u) hash = entropy_hash(hash, nearest[n]);
        add_context(at, hash);
    }
    uint32_t top = entropy_hash(256u, (uint32_t)token_at(at, 0, 0));
    top = entropy_hash(top, (uint32_t)token_at(at, 1, 0));
    add_context(at, top);
    add_context(at, entropy_hash(top, (uint32_t)token_at(at, 2, 0)));
}

/* Guesses, and contexts of the codewords nearest to them: what was nearest is not always what comes, but often the same. */
static void add_guesses(const grid_place *at)
{
    const entropy_grid *grid = at->grid;
    const uint64_t frame = at->frame + grid->config.frame_capacity; /* before the first frame are sums of nothing */
    uint32_t nearest[ENTROPY_GUESSES];
    at->view->guess_count = 0;
    if (!grid->config.codewords) return;
    const int32_t *const before[2] = {sum_of(grid, frame - 1u), sum_of(grid, frame - 2u)};
    entropy_codewords_guess(grid->config.codewords, at->row, sum_of(grid, frame), before, at->view, nearest);
    if (at->view->guess_count == 0u) return;
    const uint32_t first = entropy_hash(257u, nearest[0]);
    add_context(at, entropy_hash(first, nearest[1]));
    add_context(at, entropy_hash(first, 256u + (uint32_t)token_at(at, (int64_t)at->row - 1, 0)));
}

/* ---- how well the surroundings were foretold ---- */

#define COST_CLASSES 12u

/* Cost of the known tokens of a frame's first rows as a share of their bits, in classes; the last: nothing is known. */
static uint32_t cost_class(const grid_place *at, uint32_t rows, int later)
{
    uint64_t cost = 0, bits = 0;
    for (uint32_t q = 0; q < rows; q++) {
        if (token_at(at, q, later) == GRID_UNKNOWN) continue;
        cost += (uint64_t)entry_of(at->grid, q, (uint64_t)((int64_t)at->frame + later))->cost;
        bits += at->grid->config.row_bits[q];
    }
    if (bits == 0u) return COST_CLASSES - 1u;
    return base_min_u32((uint32_t)(cost * 8u / (bits << 16)), COST_CLASSES - 2u);
}

static void select_mixers(const grid_place *at)
{
    const uint32_t row = base_min_u32(at->row, ENTROPY_SELECTOR_SIZE / COST_CLASSES - 1u);
    const uint32_t here = cost_class(at, at->row, 0), before = cost_class(at, at->grid->config.row_count, -1);
    at->view->selectors[0] = base_min_u32(at->row, ENTROPY_SELECTOR_SIZE - 1u);
    at->view->selectors[1] = before * COST_CLASSES + here;
    at->view->selectors[2] = row * COST_CLASSES + here;
}

void entropy_grid_view(const entropy_grid *grid, uint32_t row, uint64_t frame, entropy_view *view)
{
    const grid_place at = {grid, row, frame, view};
    view->bits = grid->config.row_bits[row];
    view->context_count = 0;
    for (uint32_t g = 0; g < ENTROPY_GROUPS; g++) view->feature_count[g] = 0;
    add_contexts(&at);
    add_guesses(&at);
    add_features(&at);
    add_inputs(&at);
    select_mixers(&at);
}
