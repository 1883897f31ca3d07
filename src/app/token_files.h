// SPDX-License-Identifier: MIT
#ifndef APP_TOKEN_FILES_H
#define APP_TOKEN_FILES_H

#include "app.h"

#include <residuum/rsd_token_stream.h>

/* Files of tokens of either kind: NPY with its JSON, and compact streams. Thread of all: [control] */

bool token_file_is_stream(const char *path); /* by its name: .rsdt */

/* Whether `path` is a name for tokens, and may have the JSON file beside it; -1 to go on, else the exit code. */
int token_file_check_name(const app_arguments *arguments, const char *path);
/* The same, and whether its files can be written. */
int token_file_check_output(const app_arguments *arguments, const char *path, bool has_side);

/*
 * Reads tokens, lined up. `pattern`: of NPY rows, NULL for what their JSON file says. `report` gets how a stream was read,
 * and is zero for NPY; what is damaged or cut off is said in one line. Same return.
 */
int token_file_load(const app_arguments *arguments, const char *path, const char *pattern, rsd_token_set *set,
                    rsd_token_stream_report *report);

/*
 * The same for somebody who only wants to know what is there: a coded stream whose codec is not here is told of by its
 * header and blocks, and `set` has no rows. What cannot be read then is said.
 */
int token_file_look(const app_arguments *arguments, const char *path, rsd_token_set *set,
                    rsd_token_stream_report *report);

/*
 * Refuses a stream of more channels than `most` by its header alone, so that nothing of it is decoded first. What cannot
 * be read, or is no stream, is left to token_file_load. Same return.
 */
int token_file_check_channels(const app_arguments *arguments, const char *path, uint32_t most);

/*
 * What a stream of the set's codec is: opens the codec. Same return.
 */
int token_file_describe(const app_arguments *arguments, const rsd_token_set *set, rsd_token_stream_info *info);

/* An rsd_token_source whose context is an rsd_token_set. Thread: [audio] */
bool token_file_give_frame(void *context, uint32_t channel, uint64_t frame_index, rsd_token_frame *frame);

/* Says where a stream was made by another model than the one that its codec's name opens. */
void token_file_compare_codec(const app_arguments *arguments, const char *path, const rsd_token_stream_info *made_by);

/* Writes the first levels of a set; RSD_MAX_LEVELS for all. Same return, APP_OK in place of -1. */
int token_file_save(const app_arguments *arguments, const rsd_token_set *set, uint32_t level_count, const char *path);

#endif
