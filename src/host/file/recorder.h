// SPDX-License-Identifier: MIT
#ifndef HOST_RECORDER_H
#define HOST_RECORDER_H

#include "host/file/soundfile.h"

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * Records what the audio thread plays. The audio thread writes into a ring of about 2 s; a writer thread of its own
 * takes it to the file, so that neither a slow disk nor a busy control thread costs a sample. The file's header is
 * brought up to date once a second: a process that is killed leaves a file that opens and holds all but the last
 * second. It has its name from the start where nothing had it before; else it is beside, as NAME.XXXXXX.part, and
 * takes the name when it stops.
 */

typedef struct host_recorder host_recorder;

typedef struct {
    bool recording;
    char path[4096];        /* of the recording that runs, or the last one */
    uint64_t sample_count;  /* in the file so far, a channel */
    uint64_t dropped_count; /* samples (a channel) that found the ring full, since create */
    bool failed;            /* the disk refused: what was written before is kept. `error` says why */
    rsd_error error;
    host_write_report report; /* of the last recording, once it was stopped */
} host_recorder_status;

/* channel_count 1..8, sample_rate_hz of what push gives. RSD_ERR_ARG, RSD_ERR_MEMORY, RSD_ERR_THREAD. Thread: [setup]
 */
RSD_NODISCARD rsd_status host_recorder_create(uint32_t channel_count, uint32_t sample_rate_hz, host_recorder **recorder,
                                              rsd_error *error);
/* Stops a recording that runs. After the last push call. NULL is fine. Thread: [setup] */
void host_recorder_destroy(host_recorder *recorder);

/*
 * Starts a recording into `path` (format by extension; .wav is 32-bit float). RSD_ERR_ARG: one is running already.
 * Other errors as host_writer_open. Thread: [control]; opens the file here, so that errors come back here.
 */
RSD_NODISCARD rsd_status host_recorder_start(host_recorder *recorder, const char *path, rsd_error *error);
/*
 * Stops: everything pushed before the call is in the file, which is whole and closed on return, also when the device
 * that pushes is gone. RSD_ERR_IO: the disk refused at some time. Stopping when nothing runs is RSD_OK. Thread:
 * [control]
 */
RSD_NODISCARD rsd_status host_recorder_stop(host_recorder *recorder, rsd_error *error);

/* Takes a block while a recording runs; does nothing otherwise. Wait-free. Thread: [audio], one */
RSD_REALTIME void host_recorder_push(host_recorder *recorder, const float *const *samples, uint32_t sample_count);

/* Samples, a channel, that wait for the disk. Thread: [audio], the one that pushes */
RSD_REALTIME uint32_t host_recorder_queued(const host_recorder *recorder);

void host_recorder_get_status(host_recorder *recorder, host_recorder_status *status); /* Thread: [control] */

#endif
