// SPDX-License-Identifier: MIT
#ifndef APP_PATTERNS_MEASURE_H
#define APP_PATTERNS_MEASURE_H

#include "app/patterns/patterns.h"

#include "entropy/pattern_cost.h"

/* `residuum patterns --measure`: what each pattern costs a model, on sounds. */

typedef struct {
    uint64_t steps; /* of the sounds that count, all channels */
    entropy_pattern_sums sums;
    double coding_s;
    double bits_per_token, gain_share, steps_a_second; /* gain_share: of flatten's gain over parallel; NaN: none */
    double kbps;                                       /* side tokens included */
    uint64_t delay_frames;                             /* UINT64_MAX: files only */
} measured_pattern;

typedef struct {
    const char *path; /* of the sounds that count: the last, or the only one */
    uint32_t file_count;
    bool is_held_out;
    pattern_list list; /* parallel first, flatten among them */
    double seconds;    /* of the sounds that count, and */
    uint64_t frame_count;
    measured_pattern rows[PATTERNS_MOST];
    measured_pattern side; /* side tokens, which come before all rows whatever the pattern; no tokens: there are none */
} pattern_measurement;

/* Reads and codes the operands, and measures every pattern. -1 to go on, else the exit code of what was reported. */
int patterns_measure(const app_arguments *arguments, pattern_measurement *result);

/* The table, the JSON, the picture. */
int patterns_report(const app_arguments *arguments, const pattern_measurement *result);

#endif
