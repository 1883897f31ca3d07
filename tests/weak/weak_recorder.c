// SPDX-License-Identifier: MIT
// The recorder: audio pushes while control stops it and its writer writes. Its code, compiled as it is, with a writer of
// files that only counts.
#include "weak/weak.h"

#include "host/file/recorder.h"
#include "host/file/soundfile.h"

#include <string.h>

static host_recorder *recorder;
static uint32_t written, writer_is_open;
static float last_sample;
static bool is_in_order;

/* ---- in place of the files ---- */

rsd_status host_writer_open(const char *path, const host_writer_config *config, host_writer **writer, rsd_error *error)
{
    (void)path;
    (void)config;
    (void)error;
    *writer = (host_writer *)&writer_is_open;
    writer_is_open = 1u;
    return RSD_OK;
}

rsd_status host_writer_write_interleaved(host_writer *writer, const float *frames, uint32_t count, rsd_error *error)
{
    (void)writer;
    (void)error;
    weak_check(writer_is_open == 1u, "samples are written into a file that is closed");
    for (uint32_t i = 0; i < count; i++) {
        is_in_order = is_in_order && frames[i] == last_sample + 1.0f;
        last_sample = frames[i];
    }
    written += count;
    return RSD_OK;
}

void host_writer_flush(host_writer *writer) { (void)writer; }

rsd_status host_writer_close(host_writer *writer, rsd_error *error)
{
    (void)writer;
    (void)error;
    writer_is_open = 0u;
    return RSD_OK;
}

void host_writer_discard(host_writer *writer) { (void)writer; }

/* ---- the threads ---- */

static void begin(void)
{
    written = 0u;
    last_sample = 0.0f;
    is_in_order = true;
    weak_check(host_recorder_create(1u, 8000u, &recorder, NULL) == RSD_OK, "there is a recorder");
    weak_check(host_recorder_start(recorder, "a.wav", NULL) == RSD_OK, "it records");
}

static void push_two(void)
{
    for (int i = 0; i < 2; i++) {
        const float sample = (float)(i + 1);
        const float *const samples[] = {&sample};
        host_recorder_push(recorder, samples, 1u);
    }
}

static void stop(void) { weak_check(host_recorder_stop(recorder, NULL) == RSD_OK, "it stops"); }

/* What was pushed before the stop is in the file, and nothing waits in the ring for the next file. */
static void end(void)
{
    weak_check(is_in_order, "samples are written in order");
    weak_check(host_recorder_queued(recorder) == 0u, "nothing is left behind for the next recording");
    host_recorder_status status;
    host_recorder_get_status(recorder, &status);
    weak_check(status.sample_count == written && status.dropped_count == 0u, "the counts are true");
}

int main(void)
{
    static const weak_case cases[] = {
        {"a recording is stopped while audio pushes", begin, {push_two, stop, weak_created}, end}};
    /* `written` and `failed` are counts, and the second is read behind the join; places of the ring are not used twice. */
    const int code = weak_run(cases, 1u);
    return code ? code : weak_weigh_orders(cases, 1u, 4u);
}
