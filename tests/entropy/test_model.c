// SPDX-License-Identifier: MIT
// Tokens through the model and the range coder and back.
#include "entropy/grid.h"

#include "base/memory.h"
#include "support/signals.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define ROWS 5u
#define FRAMES 600u
#define ROOM 65536u

static const uint8_t row_bits[ROWS] = {4, 10, 0, 3, 16};

typedef struct {
    void *blocks[2];
    entropy_model *model;
    entropy_grid *grid;
    entropy_view view;
} coder_state;

static void open_state(coder_state *s)
{
    const entropy_model_config model = {.slot_bits = 12, .row_bits = 12};
    entropy_grid_config grid = {.row_count = ROWS, .frame_capacity = GRID_HISTORY};
    for (uint32_t q = 0; q < ROWS; q++) grid.row_bits[q] = row_bits[q];
    s->blocks[0] = base_alloc_64(entropy_model_bytes(&model));
    s->blocks[1] = base_alloc_64(entropy_grid_bytes(&grid));
    cr_assert(s->blocks[0] && s->blocks[1]);
    s->model = entropy_model_init(s->blocks[0], &model);
    s->grid = entropy_grid_init(s->blocks[1], &grid);
}

static void close_state(coder_state *s)
{
    free(s->blocks[0]);
    free(s->blocks[1]);
}

/* Tokens that hang together: row 3 and row 1 follow row 0, which holds for a while. */
static uint32_t token_of(uint32_t row, uint32_t frame)
{
    uint32_t seed = frame / 5u * 977u + 3u;
    const uint32_t coarse = test_between(&seed, 0, 15);
    if (row == 0u) return coarse;
    if (row == 1u) return (coarse * 61u + frame % 2u) & 1023u;
    seed = frame * 31u + row;
    return row == 3u ? coarse >> 1 : row == 2u ? 0u : test_between(&seed, 0, 65535);
}

static uint64_t encode_all(coder_state *s, range_encoder *encoder)
{
    uint64_t cost = 0;
    for (uint32_t t = 0; t < FRAMES; t++) {
        entropy_grid_begin_frame(s->grid, t);
        for (uint32_t q = 0; q < ROWS; q++) {
            entropy_grid_view(s->grid, q, t, &s->view);
            const uint32_t one = entropy_encode(s->model, &s->view, token_of(q, t), encoder);
            entropy_grid_reveal(s->grid, q, t, token_of(q, t), one);
            cost += one;
        }
    }
    range_encoder_flush(encoder);
    return cost;
}

Test(model, tokens_come_back_and_cost_what_is_told)
{
    static coder_state s;
    uint8_t *bytes = malloc(ROOM);
    range_encoder encoder;
    range_decoder decoder;
    open_state(&s);
    range_encoder_init(&encoder, bytes, ROOM);
    const uint64_t cost = encode_all(&s, &encoder);
    cr_assert(encoder.size_bytes <= cost / 65536u / 8u + 8u, "%zu bytes of %lu", encoder.size_bytes,
              (unsigned long)(cost / 65536u / 8u));
    /* 16 bits of every frame are noise; of the other 17 no more than a tenth should be left. */
    cr_assert(cost < (uint64_t)FRAMES * 65536u * 18u, "%f bits a frame", (double)cost / 65536.0 / FRAMES);

    entropy_model_restart(s.model);
    entropy_grid_restart(s.grid);
    range_decoder_init(&decoder, bytes, encoder.size_bytes);
    for (uint32_t t = 0; t < FRAMES; t++) {
        entropy_grid_begin_frame(s.grid, t);
        for (uint32_t q = 0; q < ROWS; q++) {
            uint32_t one;
            entropy_grid_view(s.grid, q, t, &s.view);
            const uint32_t token = entropy_decode(s.model, &s.view, &decoder, &one);
            cr_assert_eq(token, token_of(q, t), "row %u, frame %u: %u", q, t, token);
            entropy_grid_reveal(s.grid, q, t, token, one);
        }
    }
    close_state(&s);
    free(bytes);
}

/* A restart forgets: the same bytes again. */
Test(model, a_restarted_model_is_a_new_one)
{
    static coder_state s;
    static uint8_t first[ROOM], second[ROOM];
    range_encoder a, b;
    open_state(&s);
    range_encoder_init(&a, first, ROOM);
    (void)encode_all(&s, &a);
    entropy_model_restart(s.model);
    entropy_grid_restart(s.grid);
    range_encoder_init(&b, second, ROOM);
    (void)encode_all(&s, &b);
    cr_assert(a.size_bytes == b.size_bytes && a.size_bytes < ROOM);
    cr_assert_arr_eq(first, second, a.size_bytes);
    close_state(&s);
}

/* Any bytes are some tokens, each within its bits. */
Test(model, noise_decodes_to_tokens_in_range)
{
    static coder_state s;
    uint8_t bytes[3000];
    uint32_t seed = 9;
    range_decoder decoder;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)test_between(&seed, 0, 255);
    open_state(&s);
    range_decoder_init(&decoder, bytes, sizeof bytes);
    for (uint32_t t = 0; t < FRAMES * 4u; t++) {
        entropy_grid_begin_frame(s.grid, t);
        for (uint32_t q = 0; q < ROWS; q++) {
            uint32_t one;
            entropy_grid_view(s.grid, q, t, &s.view);
            const uint32_t token = entropy_decode(s.model, &s.view, &decoder, &one);
            cr_assert_lt(token, 1u << row_bits[q]);
            entropy_grid_reveal(s.grid, q, t, token, one);
        }
    }
    close_state(&s);
}

/* What twenty 1s cost after five hundred 0s, of one context. */
static uint64_t cost_of_a_change(uint32_t seen_limit)
{
    const entropy_model_config config = {.slot_bits = 12, .row_bits = 12, .seen_limit = seen_limit};
    static entropy_view view;
    void *block = base_alloc_64(entropy_model_bytes(&config));
    uint64_t cost = 0;
    cr_assert_not_null(block);
    entropy_model *model = entropy_model_init(block, &config);
    view.bits = view.context_count = 1;
    view.contexts[0] = 7;
    for (uint32_t i = 0; i < 500u; i++) (void)entropy_encode(model, &view, 0, NULL);
    for (uint32_t i = 0; i < 20u; i++) cost += entropy_encode(model, &view, 1, NULL);
    free(block);
    return cost;
}

Test(model, counts_with_a_lower_limit_follow_a_change_sooner)
{
    cr_assert_lt(cost_of_a_change(20), cost_of_a_change(60));
    cr_assert_lt(cost_of_a_change(60), cost_of_a_change(0));
    cr_assert_eq(cost_of_a_change(0), cost_of_a_change(127));
    cr_assert_eq(cost_of_a_change(0), cost_of_a_change(5000));
}
