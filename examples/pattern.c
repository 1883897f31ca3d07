// SPDX-License-Identifier: MIT
// Interleaves 2 rows of 3 tokens for a token model, as PATTERN says, and back: pattern PATTERN
#include <residuum/rsd_pattern.h>

#include <inttypes.h>
#include <stdio.h>

#define ROWS 2u
#define FRAMES 3u
#define MAX_STEPS 64u

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: pattern PATTERN\n"), 2;
    const int32_t special[ROWS] = {16, 16}, tokens[ROWS * FRAMES] = {1, 2, 3, 4, 5, 6};
    int32_t sequence[ROWS * MAX_STEPS], back[ROWS * FRAMES];
    rsd_pattern pattern;
    rsd_error error;
    if (rsd_pattern_parse(argv[1], ROWS, &pattern, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    const uint64_t steps = rsd_pattern_step_count(&pattern, FRAMES);
    if (steps > MAX_STEPS) return fprintf(stderr, "over %u steps\n", MAX_STEPS), 1;

    rsd_pattern_forward(&pattern, special, tokens, FRAMES, sequence);
    for (uint64_t i = 0; i < ROWS * steps; i++) printf("%" PRId32 "%c", sequence[i], (i + 1) % steps ? ' ' : '\n');

    const rsd_pattern_sequence given = {sequence, steps};
    rsd_pattern_inverse(&pattern, special, given, FRAMES, back);
    for (uint32_t i = 0; i < ROWS * FRAMES; i++)
        if (back[i] != tokens[i]) return fprintf(stderr, "token %u is another\n", i), 1;
    return 0;
}
