// SPDX-License-Identifier: MIT
#ifndef HOST_LOADER_H
#define HOST_LOADER_H

#include <residuum/rsd_codec.h>
#include <residuum/rsd_engine.h>
#include <residuum/rsd_preset.h>

#include <stdbool.h>

/*
 * Opens the codecs and presets that are named over OSC on a thread of its own, so that no name, however large or slow
 * what lies behind it, holds up the control thread or a lock. One is opened at a time and one waits; a newer one takes
 * the place of the one that waits. Results are taken in the order in which they were asked for.
 *
 * What a name means: a codec is a built-in one, or a file or folder below one of `folders`; a preset is one of the
 * user's folder or a built-in one, by a name without a slash, or a file below one of `folders`. A preset below
 * `folders` may name a codec by the same rule; one of the user's own folder may name any.
 * Thread of all: [control], and one thread at a time.
 */

#define HOST_LOADER_NAME_BYTES 4096u
#define HOST_LOADER_MAX_FOLDERS 16u
#define HOST_LOADER_ASKER_BYTES 32u

typedef struct host_loader host_loader;

typedef struct {
    bool is_preset; /* else a codec */
    char name[HOST_LOADER_NAME_BYTES];
    /* The caller's own, given back with the result: who asked, in bytes unknown here, and what was set before. */
    unsigned char asker[HOST_LOADER_ASKER_BYTES];
    uint64_t mark;
} host_load;

typedef struct {
    host_load load;
    rsd_status status;                  /* RSD_ERR_FULL: a later one took its place */
    rsd_error error;                    /* for the local log: it may name paths and what is in files */
    rsd_preset preset;                  /* of a preset */
    rsd_model *model;                   /* the caller's to release; NULL for a preset that names no codec */
    char codec[HOST_LOADER_NAME_BYTES]; /* what `model` was opened by */
} host_loaded;

/*
 * `folders` are made absolute here, links in them resolved, and copied. RSD_ERR_IO: one is no folder (`error` names
 * it); RSD_ERR_ARG: over HOST_LOADER_MAX_FOLDERS. The thread is started by the first load. Thread: [setup]
 */
RSD_NODISCARD rsd_status host_loader_create(const char *const *folders, uint32_t folder_count, host_loader **loader,
                                            rsd_error *error);
/*
 * Has each codec's cost measured for an engine of this rate and so many channels, as RSD_SCHEDULE_AUTO does, on the
 * loader's thread: the swap then takes no longer than for any codec. Thread: [setup], before the first load
 */
void host_loader_measure_for(host_loader *loader, uint32_t sample_rate_hz, uint32_t channel_count);
/* Waits for what is being opened. NULL is fine. */
void host_loader_destroy(host_loader *loader);

/* Returns at once. RSD_ERR_THREAD: the thread cannot be started. */
RSD_NODISCARD rsd_status host_loader_ask(host_loader *loader, const host_load *load, rsd_error *error);
/* Until nothing is being opened and nothing waits, but no longer than this. Returns whether that is so. */
bool host_loader_wait(host_loader *loader, uint32_t timeout_ms);
bool host_loader_is_idle(host_loader *loader); /* nothing is being opened, nothing waits, all results are taken */
/* The next result, which is then the caller's; false where there is none yet. */
bool host_loader_take(host_loader *loader, host_loaded *loaded);
/* What has been asked for so far is no longer wanted. */
void host_loader_forget(host_loader *loader);

#endif
