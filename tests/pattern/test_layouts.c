// SPDX-License-Identifier: MIT
// Layouts of K rows by T frames as audiocraft's codebooks_patterns.py lays them out: S is the special token, digits are
// frames, a row a line.
#include "pattern_support.h"

#include <string.h>

typedef struct {
    const char *pattern;
    uint32_t row_count, frame_count;
    const char *rows[4];
} golden;

static const golden layouts[] = {
    {"parallel", 4, 3, {"S 0 1 2", "S 0 1 2", "S 0 1 2", "S 0 1 2"}},
    {"delay", 4, 3, {"S 0 1 2 S S S", "S S 0 1 2 S S", "S S S 0 1 2 S", "S S S S 0 1 2"}},
    {"partial-delay", 4, 3, {"S 0 1 2 S", "S S 0 1 2", "S S 0 1 2", "S S 0 1 2"}},
    {"stereo-delay", 4, 3, {"S 0 1 2 S", "S 0 1 2 S", "S S 0 1 2", "S S 0 1 2"}},
    {"flatten",
     4,
     3,
     {"S 0 S S S 1 S S S 2 S S S", "S S 0 S S S 1 S S S 2 S S", "S S S 0 S S S 1 S S S 2 S",
      "S S S S 0 S S S 1 S S S 2"}},
    {"partial-flatten", 4, 3, {"S 0 S 1 S 2 S", "S S 0 S 1 S 2", "S S 0 S 1 S 2", "S S 0 S 1 S 2"}},
    {"partial-flatten=0,0,1,1", 4, 3, {"S 0 S 1 S 2 S", "S 0 S 1 S 2 S", "S S 0 S 1 S 2", "S S 0 S 1 S 2"}},
    {"coarse-first", 4, 3, {"S 0 1 2 S S S", "S S S S 0 1 2", "S S S S 0 1 2", "S S S S 0 1 2"}},
    {"coarse-first=0,1,2", 4, 3, {"S 0 1 2 S S S S S", "S S S S 0 1 2 S S", "S S S S S 0 1 2 S", "S S S S S S 0 1 2"}},
    {"musiclm=2",
     4,
     3,
     {"S 0 S 1 S 2 S S S S S S S", "S S 0 S 1 S 2 S S S S S S", "S S S S S S S 0 S 1 S 2 S",
      "S S S S S S S S 0 S 1 S 2"}},
    {"musiclm=1",
     4,
     3,
     {"S 0 1 2 S S S S S S S S S", "S S S S 0 1 2 S S S S S S", "S S S S S S S 0 1 2 S S S",
      "S S S S S S S S S S 0 1 2"}},
    {"unroll=0,1,1,1/0,2,2,2",
     4,
     3,
     {"S 0 1 S 2 S S S S", "S S S 0 S 1 S 2 S", "S S S 0 S 1 S 2 S", "S S S 0 S 1 S 2 S"}},
    {"delay+first=1",
     4,
     3,
     {"S 0 S S S 1 2 S S S", "S S 0 S S S 1 2 S S", "S S S 0 S S S 1 2 S", "S S S S 0 S S S 1 2"}},
    {"unroll=0,2,2,2",
     4,
     3,
     {"S S 0 S S 1 S S 2 S", "S S S 0 S S 1 S S 2", "S S S 0 S S 1 S S 2", "S S S 0 S S 1 S S 2"}},
    {"unroll=0,1,1/0,3,3", 3, 4, {"S 0 1 2 S 3 S S S S S S", "S S S S 0 S 1 S 2 S 3 S", "S S S S 0 S 1 S 2 S 3 S"}},
    {"parallel+start=0", 2, 3, {"0 1 2", "0 1 2"}},
    {"delay+start=3", 2, 1, {"S S S 0 S", "S S S S 0"}},
    {"delay", 4, 1, {"S 0 S S S", "S S 0 S S", "S S S 0 S", "S S S S 0"}},
    {"delay", 3, 0, {"S S S", "S S S", "S S S"}},
    {"parallel", 2, 0, {"S", "S"}},
    {"flatten", 2, 0, {"S", "S"}},
    {"coarse-first", 2, 0, {"S", "S"}},
    {"musiclm=2", 2, 0, {"S", "S"}},
    {"coarse-first", 1, 3, {"S 0 1 2"}},
    {"delay+first=9", 2, 2, {"S 0 S 1 S", "S S 0 S 1"}},
};
#define LAYOUT_COUNT (sizeof layouts / sizeof *layouts)

static void write_row(const rsd_pattern *pattern, uint64_t frame_count, const int32_t *row, char *text, size_t bytes)
{
    const uint64_t steps = rsd_pattern_step_count(pattern, frame_count);
    size_t used = 0;
    text[0] = '\0';
    for (uint64_t s = 0; s < steps; s++)
        used += (size_t)(row[s] == 9 ? snprintf(text + used, bytes - used, "%sS", s ? " " : "")
                                     : snprintf(text + used, bytes - used, "%s%d", s ? " " : "", row[s]));
}

Test(layouts, are_audiocrafts)
{
    for (size_t i = 0; i < LAYOUT_COUNT; i++) {
        const golden *g = &layouts[i];
        const rsd_pattern pattern = make_pattern(g->pattern, g->row_count);
        const int32_t special[4] = {9, 9, 9, 9};
        int32_t tokens[16], sequence[64];
        for (uint32_t q = 0; q < g->row_count; q++)
            for (uint32_t t = 0; t < g->frame_count; t++) tokens[q * g->frame_count + t] = (int32_t)t;
        rsd_pattern_forward(&pattern, special, tokens, g->frame_count, sequence);
        for (uint32_t q = 0; q < g->row_count; q++) {
            char text[256];
            const uint64_t steps = rsd_pattern_step_count(&pattern, g->frame_count);
            write_row(&pattern, g->frame_count, sequence + q * steps, text, sizeof text);
            cr_assert_str_eq(text, g->rows[q], "%s, row %u: %s, not %s", g->pattern, q, text, g->rows[q]);
        }
    }
}

/* The tail has frames that the sound does not have: six of them in delay, K = 4 and T = 3. */
Test(layouts, go_on_behind_the_end)
{
    const rsd_pattern pattern = make_pattern("delay", 4);
    uint32_t behind = 0;
    for (uint64_t step = 0; step < rsd_pattern_step_count(&pattern, 3); step++)
        for (uint32_t q = 0; q < 4; q++) {
            uint64_t frame;
            behind += rsd_pattern_at(&pattern, 3, q, step, &frame) && frame >= 3u;
        }
    cr_assert_eq(behind, 6u);
    cr_assert_eq(rsd_pattern_valid_step_count(&pattern, 3), 4u);
}

Test(layouts, say_when_the_first_frame_is_whole)
{
    const struct {
        const char *pattern;
        uint64_t steps, delay_frames;
    } rows[] = {{"parallel", 1, 0},
                {"delay", 4, 3},
                {"partial-delay", 2, 1},
                {"stereo-delay", 2, 1},
                {"flatten", 4, 0},
                {"partial-flatten", 2, 0},
                {"coarse-first", 11, UINT64_MAX},
                {"musiclm=2", 22, UINT64_MAX},
                {"delay+first=2", 4, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const rsd_pattern pattern = make_pattern(rows[i].pattern, 4);
        cr_assert_eq(rsd_pattern_first_frame_steps(&pattern, 10), rows[i].steps, "%s", rows[i].pattern);
        cr_assert_eq(rsd_pattern_delay_frames(&pattern), rows[i].delay_frames, "%s", rows[i].pattern);
    }
}
