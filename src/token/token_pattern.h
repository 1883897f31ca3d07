// SPDX-License-Identifier: MIT
// Token sets whose rows are interleaved for a token model. Thread of all: [setup], [control]
#ifndef TOKEN_PATTERN_H
#define TOKEN_PATTERN_H

#include <residuum/rsd_token.h>

/*
 * Loads a set as rsd_token_set_load does. `pattern` (NULL or "": what the JSON file says, if anything) is how its rows
 * are interleaved; they come out lined up, and set->pattern says what they were. RSD_ERR_FORMAT where the JSON file
 * says another pattern, or the rows are not of it.
 */
RSD_NODISCARD rsd_status token_set_load_as(const char *path, const char *pattern, rsd_token_set *set, rsd_error *error);

/* set->pattern for its rows, or what keeps it from being that; `path` is for the text. */
RSD_NODISCARD rsd_status token_pattern_of(const rsd_token_set *set, const char *path, rsd_pattern *pattern,
                                          rsd_error *error);

/* The rows of a set without spare room as they are written: channels x K x steps, *rows is for free(). */
RSD_NODISCARD rsd_status token_pattern_interleave(const rsd_token_set *set, const char *path, int32_t **rows,
                                                  uint64_t *step_count, rsd_error *error);

/* Rows that were read (channels x K x step_count, taken over) into set->tokens, lined up. */
RSD_NODISCARD rsd_status token_pattern_align(rsd_token_set *set, const char *path, int32_t *rows, uint64_t step_count,
                                             rsd_error *error);

/*
 * Makes a frame of every step of `pattern` but the start steps: what the set sounds like when nobody lines it up.
 * Special tokens are RSD_TOKEN_NONE. A step has the side tokens of the newest frame in it, else of the step before. The
 * sound gets longer as the frames get more. RSD_ERR_MEMORY, RSD_ERR_SIZE; the set stays as it is.
 */
RSD_NODISCARD rsd_status token_set_misalign(rsd_token_set *set, const rsd_pattern *pattern);

/* Levels whose rows a set holds: all of the codec's, or its first ones alone; 0: its rows are no levels of this codec. */
uint32_t token_set_held_levels(const rsd_token_set *set, const rsd_codec_info *codec);

/* Keeps the rows of the first levels, 1..codec_level_count, of a set without spare room. */
void token_set_keep_levels(rsd_token_set *set, uint32_t level_count);

#endif
