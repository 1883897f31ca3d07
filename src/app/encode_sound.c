// SPDX-License-Identifier: MIT
// A sound file as tokens in memory.
#include "encode_sound.h"

#include "base/error.h"
#include "outputs.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * An rsd_token_tap. Offline it runs on this thread, so that it may allocate. The room follows the frames that come, not
 * the length that the file's header claims: anybody can write a large number there.
 */
static void keep_frame(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    static const rsd_token_frame empty[RSD_ENGINE_MAX_CHANNELS];
    encode_job *job = context;
    while (job->room == RSD_OK && frame_index >= job->set.frame_count)
        job->room = rsd_token_set_append(&job->set, empty);
    if (job->room == RSD_OK) rsd_token_set_put(&job->set, channel, frame_index, frame);
}

static int make_room(encode_job *job)
{
    rsd_engine_get_codec(job->engine, &job->codec);
    const rsd_status status = rsd_token_set_create(&job->codec, job->info.channel_count, 0, &job->set);
    if (status == RSD_OK) return -1;
    return app_fail(job->arguments, "cannot keep the tokens of '%s': %s", job->in_path, rsd_status_text(status));
}

static void describe_set(encode_job *job)
{
    rsd_engine_latency latency;
    rsd_engine_get_latency(job->engine, &latency);
    snprintf(job->set.codec, sizeof job->set.codec, "%s",
             job->settings->codec[0] != '\0' ? job->settings->codec : job->codec.name);
    snprintf(job->set.sample_format, sizeof job->set.sample_format, "%s", host_subtype_name(job->info.subtype));
    job->set.sample_rate_hz = job->info.sample_rate_hz;
    job->set.latency_samples = latency.total_samples;
    job->set.primed = job->primed;
}

/* Reads on while there is room for what comes of it. */
static rsd_status read_sound(void *context, float *const *in, uint32_t count, uint32_t *got, rsd_error *error)
{
    encode_job *job = context;
    if (job->room == RSD_OK) return app_files_read(&job->files, in, count, got, error);
    return base_error_set(error, job->room, "cannot keep the tokens of '%s': %s", job->in_path,
                          rsd_status_text(job->room));
}

/* Shows a codec that begins a file otherwise than a stream the file's beginning, read by a reader of its own. */
static rsd_status prime(encode_job *job, rsd_error *error)
{
    rsd_codec_info codec;
    rsd_engine_get_codec(job->engine, &codec);
    if (codec.prime_samples == 0u || codec.sample_rate_hz != job->info.sample_rate_hz) return RSD_OK;
    host_reader *reader = NULL;
    rsd_status status = host_reader_open_again(job->files.reader, &reader, error);
    if (status != RSD_OK) return status;
    float *rows[RSD_ENGINE_MAX_CHANNELS], *memory;
    memory = calloc((size_t)codec.prime_samples * job->info.channel_count, sizeof *memory);
    if (!memory) status = base_error_set(error, RSD_ERR_MEMORY, "out of memory");
    for (uint32_t c = 0; memory && c < job->info.channel_count; c++) rows[c] = memory + (size_t)c * codec.prime_samples;
    uint32_t got = 0, count = 1;
    for (; status == RSD_OK && count > 0u && got < codec.prime_samples; got += count) {
        status = host_reader_read(reader, rows, codec.prime_samples - got, &count, error);
        for (uint32_t c = 0; c < job->info.channel_count; c++) rows[c] += count;
    }
    const float *start[RSD_ENGINE_MAX_CHANNELS];
    for (uint32_t c = 0; memory && c < job->info.channel_count; c++)
        start[c] = memory + (size_t)c * codec.prime_samples;
    if (status == RSD_OK && (status = rsd_engine_prime(job->engine, start, got)) != RSD_OK)
        base_error_set(error, status, "'%s': %s", job->in_path, rsd_status_text(status));
    job->primed = status == RSD_OK;
    free(memory);
    host_reader_close(reader);
    return status;
}

static void say_faults(const encode_job *job)
{
    host_sound_faults faults;
    host_reader_get_faults(job->files.reader, &faults);
    outputs_say_faults(job->arguments, job->in_path, &faults);
}

int encode_sound_run(encode_job *job)
{
    rsd_error error;
    app_progress progress;
    app_progress_start(&progress, "encoding", app_given(job->arguments, APP_OPT_QUIET));
    rsd_engine_set_tap(job->engine, keep_frame, job);
    app_offline offline = {.engine = job->engine,
                           .channel_count = job->info.channel_count,
                           .sample_count = job->info.sample_count,
                           .progress = &progress,
                           .read = read_sound,
                           .context = job};
    rsd_status status = prime(job, &error);
    if (status == RSD_OK) status = app_offline_run(&offline, &error);
    app_progress_end(&progress);
    if (status != RSD_OK) return app_fail(job->arguments, "%s", error.text);
    job->set.sample_count = offline.sample_count;
    say_faults(job);
    if (job->room != RSD_OK)
        return app_fail(job->arguments, "cannot keep the tokens of '%s': %s", job->in_path, rsd_status_text(job->room));
    describe_set(job);
    rsd_token_set_trim(&job->set, job->set.frame_count);
    return -1;
}

int encode_sound_open(encode_job *job)
{
    const int result =
        app_files_open_input(job->arguments, job->settings, job->in_path, &job->files, &job->info, &job->engine);
    return result < 0 ? make_room(job) : result;
}

void encode_sound_close(encode_job *job)
{
    rsd_engine_destroy(job->engine);
    host_reader_close(job->files.reader);
    rsd_token_set_destroy(&job->set);
}
