// SPDX-License-Identifier: MIT
#ifndef APP_ANALYZE_USAGE_H
#define APP_ANALYZE_USAGE_H

#include <residuum/rsd_codec.h>

/*
 * How many codewords a level really uses: one over the chance that two tokens of a sequence of the level are the same.
 * As many equally frequent codewords have that chance (Hill's number of order 2, one over Simpson's index; 1973). The
 * share of equal pairs is an unbiased estimate of the chance at any length, which an entropy's is not: that of n tokens
 * is never over log2 n. Pairs of one channel that are at least ANALYZE_APART_S apart count (Theiler 1986): tokens that
 * are nearer are alike because sound lasts, and a short sound has more such pairs.
 */

#define ANALYZE_APART_S 0.1

typedef struct analyze_usage analyze_usage;

/* NULL: no memory. `codec` is copied. Thread of all: [control] */
analyze_usage *analyze_usage_create(const rsd_codec_info *codec, uint32_t channel_count);
void analyze_usage_destroy(analyze_usage *usage); /* NULL is fine */

/* The next frame of `channel`. */
void analyze_usage_take(analyze_usage *usage, uint32_t channel, const rsd_token_frame *frame);

/* Of `level` (0-based), all sequences and channels; not a number where no two tokens were the same, or none were
 * coded. An estimate: codewords that are all used alike can come out as somewhat more than there are. */
double analyze_usage_codewords(const analyze_usage *usage, uint32_t level);

#endif
