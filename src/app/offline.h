// SPDX-License-Identifier: MIT
#ifndef APP_OFFLINE_H
#define APP_OFFLINE_H

#include "automation.h"
#include "progress.h"
#include "settings.h"

#include "host/file/soundfile.h"

/*
 * The engine run offline from a source of samples to a sink, in blocks, so that a sound of any length takes the same
 * memory. Thread of all: [control]
 */

typedef struct {
    rsd_engine *engine;
    uint32_t channel_count;
    uint64_t sample_count; /* of the input, a channel; less where `read` ends before */
    bool raw;              /* keep the latency; else the output is as long as the input and aligned with it */
    const app_automation *automation; /* NULL: none */
    app_progress *progress;           /* NULL: none */
    host_reader *sidechain;           /* NULL: none; at the engine's rate */
    /* Up to `count` samples a channel; fewer only at the end. NULL: silence. */
    rsd_status (*read)(void *context, float *const *in, uint32_t count, uint32_t *got, rsd_error *error);
    /* NULL: the sound is not wanted. */
    rsd_status (*write)(void *context, const float *const *out, uint32_t count, rsd_error *error);
    void *context;
    uint64_t cpu_ns; /* result: thread CPU time spent inside the engine */
} app_offline;

RSD_NODISCARD rsd_status app_offline_run(app_offline *job, rsd_error *error);

uint64_t app_thread_cpu_ns(void); /* that this thread has used so far */

/*
 * Engine of the codec that `settings` name (`fallback` where they name none), always scheduled inline, with the
 * settings applied. Returns -1 to go on, else the exit code of what was reported.
 */
int app_offline_engine(const app_arguments *arguments, const app_settings *settings, const char *fallback,
                       uint32_t sample_rate_hz, uint32_t channel_count, rsd_engine **engine);

/* The same of a model that is open; the engine takes a reference of its own. */
int app_offline_engine_of(const app_arguments *arguments, const app_settings *settings, rsd_model *model,
                          uint32_t sample_rate_hz, uint32_t channel_count, rsd_engine **engine);

/* ---- from file to file ---- */

typedef struct {
    host_reader *reader;    /* NULL: silence */
    host_reader *sidechain; /* of --sidechain; NULL: none */
    host_writer *writer;    /* NULL: dropped */
    host_write_report report;
} app_files;
/* Opens IN and an engine for it, or OUT (with --format over config's subtype); -1 to go on, or the exit code. */
int app_files_open_input(const app_arguments *arguments, const app_settings *settings, const char *path,
                         app_files *files, host_reader_info *info, rsd_engine **engine);
int app_files_open_output(const app_arguments *arguments, const char *path, host_writer_config config,
                          app_files *files);
rsd_status app_files_read(void *context, float *const *in, uint32_t count, uint32_t *got, rsd_error *error);
rsd_status app_files_write(void *context, const float *const *out, uint32_t count, rsd_error *error);

/*
 * Closes what was written, says what was wrong with the input and what the output lacks. `failure` (NULL: none) is
 * reported, and nothing of the output stays. Returns the exit code.
 */
int app_files_finish(const app_arguments *arguments, const char *in_path, const char *out_path, app_files *files,
                     const rsd_error *failure);

#endif
