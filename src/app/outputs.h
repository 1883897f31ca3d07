// SPDX-License-Identifier: MIT
#ifndef APP_OUTPUTS_H
#define APP_OUTPUTS_H

#include "app.h"

#include "base/write_file_atomic.h"
#include "host/file/soundfile.h"
#include "token/token_paths.h"

/* What commands write, and what they say about what they read. Thread of all: [control] */

#define OUTPUTS_AUTOMATION_HEAD "# what was played at " /* how a recorded automation begins */
#define OUTPUTS_CSV_HEAD "row,round,"                   /* how every file of --csv begins */

/*
 * Whether the names of --json, --csv and --plot (NULL: not given) may be written: a file that is there must be empty or an
 * earlier report of that kind, a name must not say that it is something else, and it must be one that can be written.
 * Ask before anything is measured.
 * Returns -1 to go on, else the exit code of what was reported.
 */
int outputs_check_reports(const app_arguments *arguments);
/* Where --record-automation goes; NULL: nowhere. */
int outputs_check_automation(const app_arguments *arguments, const char *path);
/* The same for a compact stream, and for the files of TOKENS.npy, of which the user wrote one name. */
int outputs_check_stream(const app_arguments *arguments, const char *path);
int outputs_check_tokens(const app_arguments *arguments, const token_paths *paths);

/*
 * Whether a file of that name can be written: its folder is there, it is not too long, and it may be written over. For
 * names that are otherwise opened only when all the work is done. Leaves nothing behind. Returns as above.
 */
int outputs_try(const app_arguments *arguments, const char *path);

/* Whether both names are the same file on the disk. */
bool app_same_file(const char *a, const char *b);

/* Whether a name has that ending, as ".svg", in letters of either case. */
bool app_ends_in(const char *path, const char *ending);

/* Says what was wrong with a file that was read all the same, a line each; nothing where nothing was. */
void outputs_say_faults(const app_arguments *arguments, const char *path, const host_sound_faults *faults);
/* Says what a written file lacks. */
void outputs_say_written(const app_arguments *arguments, const char *path, const host_write_report *report);

/*
 * From here on a signal that ends the program first removes the files that are not finished, and a disk that is full
 * or a limit on sizes is an error, not a signal. `live` has handlers of its own instead.
 */
void outputs_prepare_signals(void);

#endif
