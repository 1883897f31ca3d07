// SPDX-License-Identifier: MIT
// Rows as a stream of steps, and back.
#include "pattern_support.h"

#include "base/memory.h"

#include <string.h>

/* Column `at` of `rows` rows that are `length` long. */
static void column(const int32_t *tokens, uint32_t rows, uint64_t length, uint64_t at, int32_t *out)
{
    for (uint32_t q = 0; q < rows; q++) out[q] = tokens[q * length + at];
}

typedef struct {
    rsd_pattern pattern;
    test_rows rows;
    uint64_t step_count, step, frame;
    int32_t *sequence;
    void *blocks[2];
    rsd_interleaver *in;
    rsd_deinterleaver *out;
} streams;

static streams make_streams(rsd_pattern pattern, uint64_t frames, uint32_t *seed)
{
    streams s = {.pattern = pattern, .rows = make_rows(seed, pattern.row_count, frames)};
    const size_t bytes = rsd_pattern_stream_bytes(&pattern);
    s.step_count = rsd_pattern_step_count(&pattern, frames);
    s.sequence = malloc((size_t)(pattern.row_count * s.step_count + 1u) * sizeof *s.sequence);
    for (int i = 0; i < 2; i++) s.blocks[i] = base_alloc_64(bytes);
    cr_assert(s.sequence && s.blocks[0] && s.blocks[1]);
    rsd_pattern_forward(&pattern, s.rows.special, s.rows.tokens, frames, s.sequence);
    cr_assert_eq(rsd_interleaver_init(s.blocks[0], bytes, &pattern, s.rows.special, &s.in), RSD_OK);
    cr_assert_eq(rsd_deinterleaver_init(s.blocks[1], bytes, &pattern, s.rows.special, &s.out), RSD_OK);
    return s;
}

static void free_streams(streams *s)
{
    free(s->rows.tokens);
    free(s->sequence);
    for (int i = 0; i < 2; i++) free(s->blocks[i]);
}

/* Pulls what is there, holds it against the whole sequence, and hands it to the other stream. */
static void pull_steps(streams *s)
{
    int32_t step[RSD_MAX_SEQUENCES], wanted[RSD_MAX_SEQUENCES];
    const uint32_t k = s->pattern.row_count;
    while (rsd_interleaver_pull(s->in, step)) {
        cr_assert_lt(s->step, s->step_count);
        column(s->sequence, k, s->step_count, s->step++, wanted);
        cr_assert_eq(memcmp(step, wanted, k * sizeof *step), 0, "step %lu", (unsigned long)s->step);
        rsd_deinterleaver_push(s->out, step);
        while (rsd_deinterleaver_pull(s->out, step)) {
            if (s->frame >= s->rows.frame_count) continue; /* of the tail */
            column(s->rows.tokens, k, s->rows.frame_count, s->frame++, wanted);
            cr_assert_eq(memcmp(step, wanted, k * sizeof *step), 0, "frame %lu", (unsigned long)s->frame);
        }
    }
}

Test(interleave, steps_are_those_of_the_whole_sequence_and_frames_come_back)
{
    uint32_t seed = 31;
    for (uint32_t i = 0; i < 400u; i++) {
        const rsd_pattern pattern = random_pattern(&seed, test_between(&seed, 1, 46));
        if (rsd_pattern_delay_frames(&pattern) == UINT64_MAX) continue;
        const uint64_t frames = test_between(&seed, pattern.flatten_first_frames, 80);
        streams s = make_streams(pattern, frames, &seed);
        for (uint64_t t = 0; t < frames; t++) {
            int32_t frame[RSD_MAX_SEQUENCES];
            column(s.rows.tokens, pattern.row_count, frames, t, frame);
            rsd_interleaver_push(s.in, frame);
            pull_steps(&s);
            cr_assert_geq(s.frame + rsd_pattern_delay_frames(&pattern), t + 1u, "later than promised");
        }
        rsd_interleaver_flush(s.in);
        pull_steps(&s);
        cr_assert_eq(s.step, s.step_count, "%lu steps of %lu", (unsigned long)s.step, (unsigned long)s.step_count);
        cr_assert_eq(s.frame, frames);
        free_streams(&s);
    }
}

Test(interleave, what_waits_for_the_end_is_refused_live)
{
    int64_t block[64];
    const int32_t special[4] = {1, 1, 1, 1};
    const rsd_pattern coarse = make_pattern("coarse-first", 4), grouped = make_pattern("musiclm=2", 4);
    rsd_interleaver *in = NULL;
    rsd_deinterleaver *out = NULL;
    void *aligned = (void *)(((uintptr_t)block + 63u) / 64u * 64u);
    cr_assert_eq(rsd_pattern_stream_bytes(&coarse), 0u);
    cr_assert_eq(rsd_interleaver_init(aligned, 64, &coarse, special, &in), RSD_ERR_UNSUPPORTED);
    cr_assert_eq(rsd_deinterleaver_init(aligned, 64, &grouped, special, &out), RSD_ERR_UNSUPPORTED);
    const rsd_pattern delay = make_pattern("delay", 4);
    cr_assert_eq(rsd_interleaver_init(aligned, 64, &delay, special, &in), RSD_ERR_SIZE);
    cr_assert_eq(rsd_interleaver_init((char *)aligned + 1, 64, &delay, special, &in), RSD_ERR_ARG);
    cr_assert(!in && !out);
}

/* The bound of the header: K x (max delay + 1) tokens beside what the struct itself takes. */
Test(interleave, memory_is_bounded_by_the_delay)
{
    const rsd_pattern parallel = make_pattern("parallel", 4), late = make_pattern("delay=0,0,0,4096", 4);
    const size_t head = rsd_pattern_stream_bytes(&parallel) - 64u;
    cr_assert_eq(rsd_pattern_stream_bytes(&late), head + (4u * 4097u * 4u + 63u) / 64u * 64u);
}

Test(interleave, steps_that_are_not_pulled_are_lost_and_the_next_are_right)
{
    uint32_t seed = 3;
    streams s = make_streams(make_pattern("delay", 3), 6, &seed);
    int32_t frame[3], step[3], wanted[3];
    for (uint64_t t = 0; t < 6u; t++) {
        column(s.rows.tokens, 3, 6, t, frame);
        rsd_interleaver_push(s.in, frame);
    }
    cr_assert(rsd_interleaver_pull(s.in, step));
    column(s.sequence, 3, s.step_count, 6, wanted);
    cr_assert_eq(memcmp(step, wanted, sizeof step), 0);
    free_streams(&s);
}
