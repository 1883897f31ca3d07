// SPDX-License-Identifier: MIT
// What may block: codecs and servers. Run by the host's worker, or when the plugin is activated.
#include "rlv2.h"

#include "base/realtime.h"
#include "codec/codec_name.h"

#include <stdio.h>
#include <string.h>

/* ---- audio ---- */

bool rlv2_is_slow(const rlv2 *self, uint32_t param, rlv2_work_kind *kind)
{
    *kind = param == self->codec_param ? RLV2_WORK_CODEC : param == self->osc_param ? RLV2_WORK_OSC : RLV2_WORK_HTTP;
    return param == self->codec_param || param == self->osc_param || param == self->http_param;
}

/* Hands the host a job, which it copies. */
static RSD_REALTIME bool schedule(rlv2 *self, const void *job, uint32_t job_bytes)
{
    REALTIME_TRUST_BEGIN; /* LV2 has the host make this call fit for run() */
    const LV2_Worker_Status status = self->schedule->schedule_work(self->schedule->handle, job_bytes, job);
    REALTIME_TRUST_END;
    return status == LV2_WORKER_SUCCESS;
}

bool rlv2_schedule(rlv2 *self, rlv2_work_kind kind, uint32_t number)
{
    const rlv2_job job = {.kind = kind, .number = number};
    return self->schedule && schedule(self, &job, sizeof job);
}

void rlv2_schedule_file(rlv2 *self, rlv2_work_kind kind, const char *path, uint32_t path_bytes)
{
    /* On the stack of the audio thread: a page. */
    union {
        rlv2_job job;
        char bytes[sizeof(rlv2_job) + PLUG_PATH_BYTES];
    } message;
    if (!self->schedule || path_bytes == 0u || path_bytes >= PLUG_PATH_BYTES) return;
    message.job.kind = kind;
    message.job.number = 0u;
    memcpy(message.job.path, path, path_bytes);
    message.job.path[path_bytes] = '\0'; /* a string atom ends in a zero, a careless host's may not */
    (void)schedule(self, &message, (uint32_t)sizeof(rlv2_job) + path_bytes + 1u);
}

/* [audio] */
static RSD_REALTIME LV2_Worker_Status work_response(LV2_Handle handle, uint32_t size, const void *body)
{
    rlv2 *self = handle;
    if (size == 0u || size > sizeof self->codec_path) return LV2_WORKER_ERR_UNKNOWN;
    memcpy(self->codec_path, body, size);
    self->codec_path[size - 1u] = '\0';
    self->tell_codec = true;
    return LV2_WORKER_SUCCESS;
}

/* ---- worker ---- */

/* The file that the codec is of; "" where it is a built-in one. */
void rlv2_codec_file(rlv2 *self, char path[PLUG_PATH_BYTES])
{
    plug_codec(self->plug, path, PLUG_PATH_BYTES);
    if (plug_codec_index(path) >= 0) path[0] = '\0';
}

static void set_codec(rlv2 *self, const char *name)
{
    rsd_error error;
    if (plug_set_codec(self->plug, name, PLUG_CODEC_ANY, NULL, &error) != RSD_OK)
        rlv2_log(self, PLUG_LOG_ERROR, error.text);
}

/* The codec in use goes on to code, and another one decodes; "": it decodes itself. */
static void set_decoder(rlv2 *self, const char *path)
{
    char codec[PLUG_PATH_BYTES], joined[PLUG_PATH_BYTES];
    plug_codec(self->plug, codec, sizeof codec);
    if (codec_join_decoder(codec, *path == '\0' ? "none" : path, joined, sizeof joined))
        set_codec(self, joined);
    else
        rlv2_log(self, PLUG_LOG_ERROR, "the names of codec and decoder are too long together");
}

static void set_codec_number(rlv2 *self, uint32_t number)
{
    const char *name = plug_codec_name(number);
    if (name) set_codec(self, name);
}

static void set_preset_number(rlv2 *self, uint32_t number)
{
    char name[PLUG_TEXT_BYTES];
    rsd_error error;
    if (plug_preset_name(number, name) && plug_set_preset(self->plug, name, PLUG_CODEC_ANY, NULL, &error) != RSD_OK)
        rlv2_log(self, PLUG_LOG_ERROR, error.text);
}

static LV2_Worker_Status work(LV2_Handle handle, LV2_Worker_Respond_Function respond, LV2_Worker_Respond_Handle to,
                              uint32_t size, const void *data)
{
    rlv2 *self = handle;
    const rlv2_job *job = data;
    char path[PLUG_PATH_BYTES];
    if (size < sizeof *job) return LV2_WORKER_ERR_UNKNOWN;
    switch ((rlv2_work_kind)job->kind) {
    case RLV2_WORK_POLL:
        plug_poll(self->plug);
        return LV2_WORKER_SUCCESS;
    case RLV2_WORK_OSC:
        plug_set_osc_port(self->plug, job->number);
        return LV2_WORKER_SUCCESS;
    case RLV2_WORK_HTTP:
        plug_set_http_port(self->plug, job->number);
        return LV2_WORKER_SUCCESS;
    case RLV2_WORK_CODING:
        plug_measure_coding(self->plug, job->number != 0u);
        return LV2_WORKER_SUCCESS;
    case RLV2_WORK_CODEC:
        set_codec_number(self, job->number);
        break;
    case RLV2_WORK_PRESET:
        set_preset_number(self, job->number);
        break;
    case RLV2_WORK_CODEC_FILE:
        set_codec(self, job->path);
        break;
    case RLV2_WORK_DECODER_FILE:
        set_decoder(self, job->path);
        break;
    }
    rlv2_codec_file(self, path);
    return respond(to, (uint32_t)strlen(path) + 1u, path);
}

const LV2_Worker_Interface rlv2_worker_interface = {work, work_response, NULL};

/* ---- activation ---- */

/* Whether the port says another thing than last time; then that is what it said. */
static bool has_changed(rlv2 *self, uint32_t param, float *value)
{
    *value = *self->controls[param];
    if (*value != *value || *value == atomic_load_explicit(&self->last[param], memory_order_relaxed)) return false;
    rlv2_remember(self, param, *value);
    *value = plug_param_clamp(&self->params[param], *value);
    return true;
}

void rlv2_take_slow_ports(rlv2 *self)
{
    float value;
    if (has_changed(self, self->codec_param, &value)) set_codec_number(self, (uint32_t)value);
    if (has_changed(self, self->osc_param, &value)) plug_set_osc_port(self->plug, (uint32_t)value);
    if (has_changed(self, self->http_param, &value)) plug_set_http_port(self->plug, (uint32_t)value);
    rlv2_codec_file(self, self->codec_path);
}
