// SPDX-License-Identifier: MIT
// Profiles on the disk: written in chunks while they grow, and read as far as they are whole.
#include "host/session/profile_file.h"

#include "base/crc32.h"
#include "base/error.h"
#include "base/read_file.h"
#include "base/write_file_atomic.h"
#include "host/session/clock.h"

#include <residuum/rsd_version.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FLUSH_NS 100000000u
#define BUFFER_BYTES ((size_t)1 << 20)
#define FLUSH_BYTES ((size_t)1 << 18)

static const char magic[8] = "RSDPROF";
enum { KIND_CALLBACKS = 1, KIND_STAGES, KIND_SYSTEM, KIND_EVENT, KIND_END, KIND_COUNT };

typedef struct {
    uint32_t kind, size_bytes, crc;
} chunk_head;

_Static_assert(sizeof magic + sizeof(host_profile_head) <= HOST_PROFILE_HEAD_BYTES, "the head fits");

/* ---- writing ---- */

struct host_profile_writer {
    base_output output;
    bool has_failed;
    rsd_error error;
    uint64_t next_flush_ns;
    size_t used;
    char buffer[BUFFER_BYTES];
};

static void fail(host_profile_writer *self)
{
    if (self->has_failed) return;
    self->has_failed = true;
    base_error_set(&self->error, RSD_ERR_IO, "cannot write '%s': %s", self->output.path, strerror(errno));
}

static void write_out(host_profile_writer *self)
{
    if (self->used > 0u && !self->has_failed && !base_write_all(self->output.fd, self->buffer, self->used)) fail(self);
    self->used = 0u;
    self->next_flush_ns = host_clock_now_ns() + FLUSH_NS;
}

static void add_chunk(host_profile_writer *self, uint32_t kind, const void *records, size_t size_bytes)
{
    const chunk_head head = {kind, (uint32_t)size_bytes, base_crc32(0u, records, size_bytes)};
    if (self->used + sizeof head + size_bytes > BUFFER_BYTES) write_out(self);
    memcpy(self->buffer + self->used, &head, sizeof head);
    if (size_bytes > 0u) memcpy(self->buffer + self->used + sizeof head, records, size_bytes);
    self->used += sizeof head + size_bytes;
}

static void take_callbacks(void *context, const host_profile_callback *records, uint32_t count)
{
    add_chunk(context, KIND_CALLBACKS, records, count * sizeof *records);
}

static void take_stages(void *context, const host_profile_stages *record)
{
    add_chunk(context, KIND_STAGES, record, sizeof *record);
}

static void take_system(void *context, const host_profile_system *record)
{
    add_chunk(context, KIND_SYSTEM, record, sizeof *record);
}

static void take_event(void *context, const host_profile_event *event)
{
    add_chunk(context, KIND_EVENT, event, sizeof *event);
}

static uint64_t wall_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void write_head(host_profile_writer *self, const host_profile_head *given)
{
    host_profile_head head = *given;
    head.version = HOST_PROFILE_VERSION;
    head.record_bytes = sizeof(host_profile_callback);
    head.stages_bytes = sizeof(host_profile_stages);
    head.system_bytes = sizeof(host_profile_system);
    head.event_bytes = sizeof(host_profile_event);
    head.start_ns = host_clock_now_ns();
    head.start_unix_ns = wall_ns();
    strncpy(head.version_text, RSD_VERSION, sizeof head.version_text - 1u);
    memset(self->buffer, 0, HOST_PROFILE_HEAD_BYTES);
    memcpy(self->buffer, magic, sizeof magic);
    memcpy(self->buffer + sizeof magic, &head, sizeof head);
    self->used = HOST_PROFILE_HEAD_BYTES;
    write_out(self);
}

rsd_status host_profile_writer_create(const char *path, const host_profile_head *head, host_profile_writer **writer,
                                      rsd_error *error)
{
    host_profile_writer *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory to write '%s'", path);
    rsd_status status = base_output_open(&self->output, path, BASE_OUTPUT_IN_PLACE_IF_NEW, error);
    if (status != RSD_OK) {
        free(self);
        return status;
    }
    write_head(self, head);
    if (self->has_failed) {
        *error = self->error;
        status = self->error.status;
        base_output_abandon(&self->output);
        free(self);
        return status;
    }
    *writer = self;
    return RSD_OK;
}

host_profile_sink host_profile_writer_sink(host_profile_writer *writer)
{
    return (host_profile_sink){take_callbacks, take_stages, take_system, take_event, writer};
}

rsd_status host_profile_writer_flush(host_profile_writer *writer, rsd_error *error)
{
    if (writer->used >= FLUSH_BYTES || host_clock_now_ns() >= writer->next_flush_ns) write_out(writer);
    if (writer->has_failed && error) *error = writer->error;
    return writer->has_failed ? RSD_ERR_IO : RSD_OK;
}

rsd_status host_profile_writer_close(host_profile_writer *writer, rsd_error *error)
{
    if (!writer) return RSD_OK;
    add_chunk(writer, KIND_END, NULL, 0u);
    write_out(writer);
    rsd_status status = writer->has_failed ? RSD_ERR_IO : RSD_OK;
    if (writer->has_failed) {
        if (error) *error = writer->error;
        base_output_keep(&writer->output); /* what was written is worth having */
    } else {
        status = base_output_commit(&writer->output, error);
    }
    free(writer);
    return status;
}

/* ---- reading ---- */

typedef struct {
    void **records;
    size_t *count;
    size_t record_bytes;
} kind_place;

static void find_places(host_profile_data *data, kind_place places[KIND_COUNT])
{
    places[KIND_CALLBACKS] =
        (kind_place){(void **)&data->callbacks, &data->callback_count, sizeof(host_profile_callback)};
    places[KIND_STAGES] = (kind_place){(void **)&data->stages, &data->stages_count, sizeof(host_profile_stages)};
    places[KIND_SYSTEM] = (kind_place){(void **)&data->system, &data->system_count, sizeof(host_profile_system)};
    places[KIND_EVENT] = (kind_place){(void **)&data->events, &data->event_count, sizeof(host_profile_event)};
}

typedef enum { CHUNK_GOOD, CHUNK_CUT, CHUNK_BAD } chunk_state;

/* The chunk at `*at`, and `*at` behind it where it is good. */
static chunk_state next_chunk(const char *bytes, size_t size_bytes, size_t *at, chunk_head *head, const char **records)
{
    if (size_bytes - *at < sizeof *head) return CHUNK_CUT;
    memcpy(head, bytes + *at, sizeof *head);
    *records = bytes + *at + sizeof *head;
    if (head->kind < KIND_CALLBACKS || head->kind >= KIND_COUNT) return CHUNK_BAD;
    if (head->size_bytes > size_bytes - *at - sizeof *head) return CHUNK_CUT;
    if (base_crc32(0u, *records, head->size_bytes) != head->crc) return CHUNK_BAD;
    *at += sizeof *head + head->size_bytes;
    return CHUNK_GOOD;
}

/* Counts the records of every kind, or, where there are arrays, copies them. `*at`: behind the last that was taken. */
static chunk_state walk(const char *bytes, size_t size_bytes, const kind_place places[KIND_COUNT], bool copies,
                        size_t *at)
{
    chunk_head head;
    const char *records;
    chunk_state state;
    *at = HOST_PROFILE_HEAD_BYTES;
    while ((state = next_chunk(bytes, size_bytes, at, &head, &records)) == CHUNK_GOOD && head.kind != KIND_END) {
        const kind_place *place = &places[head.kind];
        if (place->record_bytes == 0u) return CHUNK_BAD;
        const size_t count = head.size_bytes / place->record_bytes;
        if (copies)
            memcpy((char *)*place->records + *place->count * place->record_bytes, records, count * place->record_bytes);
        *place->count += count;
    }
    return state;
}

static rsd_status read_head(const char *path, const char *bytes, size_t size_bytes, host_profile_head *head,
                            rsd_error *error)
{
    if (size_bytes < HOST_PROFILE_HEAD_BYTES || memcmp(bytes, magic, sizeof magic) != 0)
        return base_error_set(error, RSD_ERR_FORMAT, "'%s' is no profile of residuum live --profile", path);
    memcpy(head, bytes + sizeof magic, sizeof *head);
    if (head->version != HOST_PROFILE_VERSION || head->record_bytes != sizeof(host_profile_callback) ||
        head->stages_bytes != sizeof(host_profile_stages) || head->system_bytes != sizeof(host_profile_system) ||
        head->event_bytes != sizeof(host_profile_event) || head->sample_rate_hz < 1000u ||
        head->sample_rate_hz > 768000u)
        return base_error_set(error, RSD_ERR_FORMAT, "'%s' is a profile of another version (%u; this reads %u)", path,
                              head->version, HOST_PROFILE_VERSION);
    head->codec[sizeof head->codec - 1u] = head->backend[sizeof head->backend - 1u] = '\0';
    head->output[sizeof head->output - 1u] = head->version_text[sizeof head->version_text - 1u] = '\0';
    return RSD_OK;
}

static rsd_status read_chunks(const char *bytes, size_t size_bytes, host_profile_data *data, rsd_error *error)
{
    size_t at;
    kind_place places[KIND_COUNT] = {{NULL, NULL, 0}};
    find_places(data, places);
    (void)walk(bytes, size_bytes, places, false, &at);
    for (uint32_t kind = KIND_CALLBACKS; kind < KIND_END; kind++) {
        *places[kind].records = calloc(*places[kind].count + 1u, places[kind].record_bytes);
        if (!*places[kind].records) return base_error_set(error, RSD_ERR_MEMORY, "no memory for the profile");
        *places[kind].count = 0u;
    }
    const chunk_state last = walk(bytes, size_bytes, places, true, &at);
    data->is_whole = last == CHUNK_GOOD;
    if (last == CHUNK_BAD) data->damage_byte = at;
    if (data->is_whole) data->behind_end_bytes = size_bytes - at;
    for (size_t i = 0; i < data->event_count; i++) data->events[i].text[HOST_PROFILE_TEXT_BYTES - 1u] = '\0';
    for (size_t i = 0; i < data->stages_count; i++)
        if (data->stages[i].level_count > RSD_MAX_LEVELS) data->stages[i].level_count = RSD_MAX_LEVELS;
    return RSD_OK;
}

rsd_status host_profile_read(const char *path, host_profile_data *data, rsd_error *error)
{
    void *bytes;
    size_t size_bytes;
    memset(data, 0, sizeof *data);
    rsd_status status = base_read_file(path, HOST_PROFILE_MAX_BYTES, &bytes, &size_bytes, error);
    if (status != RSD_OK) return status;
    status = read_head(path, bytes, size_bytes, &data->head, error);
    if (status == RSD_OK) status = read_chunks(bytes, size_bytes, data, error);
    free(bytes);
    if (status != RSD_OK) host_profile_data_destroy(data);
    return status;
}

void host_profile_data_destroy(host_profile_data *data)
{
    free(data->callbacks);
    free(data->stages);
    free(data->system);
    free(data->events);
    memset(data, 0, sizeof *data);
}

bool host_profile_is_one(const char *path)
{
    base_file file;
    rsd_error error;
    char head[sizeof magic];
    if (base_file_open(path, UINT64_MAX, &file, &error) != RSD_OK) return false;
    const bool is_one = file.size_bytes >= HOST_PROFILE_HEAD_BYTES &&
                        base_file_read(&file, path, head, sizeof head, &error) == RSD_OK &&
                        memcmp(head, magic, sizeof magic) == 0;
    base_file_close(&file);
    return is_one;
}
