// SPDX-License-Identifier: MIT
// Sound files, read block by block from any format.
#include "host/file/soundfile_internal.h"

#include "base/error.h"

#include "base/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <samplerate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct host_reader {
    SNDFILE *file;
    int fd;               /* that `file` reads and this closes; -1: its own */
    SRC_STATE *converter; /* NULL: the file's own rate */
    host_reader_info info;
    uint64_t file_count; /* samples that the file says it has */
    uint64_t read_count, given_count;
    uint32_t raw_start, raw_count; /* what the converter has not taken yet */
    host_sound_faults faults;
    host_meta *meta;  /* NULL: nothing */
    void *memory;     /* owned; that `file` reads through */
    host_view *links; /* owned; what is read one after the other. NULL: the file is one */
    uint32_t link_at, link_count;
    char *path; /* owned; NULL: read from memory */
    char name[512];
    float *raw, *block; /* HOST_FILE_BLOCK x channels each, interleaved */
};

void host_reader_close(host_reader *reader)
{
    if (!reader) return;
    if (reader->file) sf_close(reader->file);
    if (reader->fd >= 0) close(reader->fd);
    free(reader->memory);
    free(reader->links);
    if (reader->converter) src_delete(reader->converter);
    host_meta_destroy(reader->meta);
    free(reader->path);
    free(reader->raw);
    free(reader->block);
    free(reader);
}

static rsd_status check_file(const SF_INFO *info, const char *name, rsd_error *error)
{
    if (info->channels < 1 || (uint32_t)info->channels > HOST_SOUND_MAX_CHANNELS)
        return base_error_set(error, RSD_ERR_UNSUPPORTED, "%s: has %d channels; 1 to %u are taken", name,
                              info->channels, HOST_SOUND_MAX_CHANNELS);
    if (info->frames <= 0) return base_error_set(error, RSD_ERR_FORMAT, "%s: holds no sound", name);
    if (info->samplerate < 1) return base_error_set(error, RSD_ERR_FORMAT, "%s: has no sample rate", name);
    return RSD_OK;
}

static void fill_info(host_reader *self, const SF_INFO *info, uint32_t rate_hz)
{
    self->file_count = (uint64_t)info->frames;
    self->info.file_rate_hz = (uint32_t)info->samplerate;
    self->info.sample_rate_hz = rate_hz ? rate_hz : (uint32_t)info->samplerate;
    self->info.channel_count = (uint32_t)info->channels;
    self->info.sample_count =
        host_converted_count(self->file_count, self->info.file_rate_hz, self->info.sample_rate_hz);
    self->info.subtype = info->format & SF_FORMAT_SUBMASK;
}

rsd_status host_reader_over(SNDFILE *file, const SF_INFO *file_info, const char *name, uint32_t rate_hz,
                            host_reader **reader, rsd_error *error)
{
    host_reader *self = calloc(1, sizeof *self);
    rsd_status status = check_file(file_info, name, error);
    if (!self || status != RSD_OK) {
        sf_close(file);
        free(self);
        return status != RSD_OK ? status : base_error_set(error, RSD_ERR_MEMORY, "%s: no memory", name);
    }
    self->file = file;
    self->fd = -1;
    self->meta = host_meta_read(file, (uint32_t)file_info->channels);
    snprintf(self->name, sizeof self->name, "%s", name);
    fill_info(self, file_info, rate_hz);
    self->raw = malloc(HOST_FILE_BLOCK * self->info.channel_count * sizeof(float));
    self->block = malloc(HOST_FILE_BLOCK * self->info.channel_count * sizeof(float));
    status = self->raw && self->block ? host_open_converter(&self->converter, self->name, self->info.channel_count,
                                                            self->info.file_rate_hz, self->info.sample_rate_hz, error)
                                      : base_error_set(error, RSD_ERR_MEMORY, "%s: no memory", name);
    if (status != RSD_OK) {
        host_reader_close(self);
        return status;
    }
    *reader = self;
    return RSD_OK;
}

/* ---- open by name ---- */

static void destroy_source(host_source *from)
{
    free(from->memory);
    free(from->links);
}

static rsd_status open_found(host_source *from, uint32_t rate_hz, host_reader **reader, rsd_error *error)
{
    SF_INFO info;
    host_sound_faults faults = {0};
    SNDFILE *file = host_source_open(from, &info, error);
    if (!file) return error->status;
    file = host_source_check_size(from, file, &info, &faults);
    file = host_source_open_links(from, file, &info, &faults);
    const rsd_status status = host_reader_over(file, &info, from->path, rate_hz, reader, error);
    if (status != RSD_OK) {
        destroy_source(from);
        return status;
    }
    (*reader)->path = strdup(from->path);
    (*reader)->fd = from->fd;
    (*reader)->memory = from->memory;
    (*reader)->links = from->links;
    (*reader)->link_count = from->link_count;
    (*reader)->faults = faults;
    return RSD_OK;
}

/* `from->fd` stays the caller's where this fails. */
static rsd_status open_reader(host_source *from, uint32_t rate_hz, host_reader **reader, rsd_error *error)
{
    const int own_fd = from->fd >= 0 ? -1 : open(from->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    from->look_fd = from->fd >= 0 ? from->fd : own_fd;
    const rsd_status status = open_found(from, rate_hz, reader, error);
    if (own_fd >= 0 && (status != RSD_OK || from->fd != own_fd)) close(own_fd);
    if (status != RSD_OK && from->fd == own_fd) from->fd = -1;
    return status;
}

rsd_status host_reader_open(const char *path, uint32_t rate_hz, host_reader **reader, rsd_error *error)
{
    bool is_pipe = false;
    rsd_error reason = {0};
    host_source from = {.path = path, .fd = -1};
    const rsd_status readable = base_check_readable(path, error);
    if (readable != RSD_OK) return readable;
    from.fd = host_spool_open(path, &is_pipe, &reason);
    if (is_pipe && from.fd < 0) return base_error_set(error, reason.status, "%s", reason.text);
    const rsd_status status = open_reader(&from, rate_hz, reader, &reason);
    if (status == RSD_OK) return RSD_OK;
    if (from.fd >= 0) close(from.fd);
    return base_error_set(error, status, "%s", reason.text);
}

rsd_status host_reader_open_again(const host_reader *reader, host_reader **again, rsd_error *error)
{
    char path[64];
    if (!reader->path) return base_error_set(error, RSD_ERR_UNSUPPORTED, "%s: cannot be opened again", reader->name);
    if (reader->fd < 0) return host_reader_open(reader->path, 0u, again, error);
    // Opened anew rather than duplicated, so that each has a position of its own.
    snprintf(path, sizeof path, "/proc/self/fd/%d", reader->fd);
    rsd_error reason = {0};
    host_source from = {.path = reader->path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (from.fd < 0)
        return base_error_set(error, RSD_ERR_IO, "cannot read '%s' again: %s", reader->path, strerror(errno));
    const rsd_status status = open_reader(&from, 0u, again, &reason);
    if (status == RSD_OK) return RSD_OK;
    close(from.fd);
    return base_error_set(error, status, "%s", reason.text);
}

void host_reader_get_info(const host_reader *reader, host_reader_info *info) { *info = reader->info; }

void host_reader_get_faults(const host_reader *reader, host_sound_faults *faults)
{
    *faults = reader->faults;
    faults->read_count = reader->read_count;
}

const host_meta *host_reader_meta(const host_reader *reader) { return reader->meta; }

/* The file has fewer samples than it seemed to have when it was opened: it ends here. */
static void end_early(host_reader *self)
{
    if (self->faults.promised_count == 0u) self->faults.promised_count = self->file_count;
    self->faults.is_cut = true;
    self->file_count = self->read_count;
    self->info.sample_count =
        host_converted_count(self->file_count, self->info.file_rate_hz, self->info.sample_rate_hz);
    if (self->info.sample_count < self->given_count) self->info.sample_count = self->given_count;
}

/* One value that is not a number would spread over the converter's whole window, and over every figure. */
static void make_finite(host_reader *self, float *samples, uint32_t count)
{
    for (size_t i = 0; i < (size_t)count * self->info.channel_count; i++) {
        if (isfinite(samples[i])) continue;
        samples[i] = 0.0f;
        if (self->faults.not_finite_count++ == 0u)
            self->faults.not_finite_first = self->read_count + i / self->info.channel_count;
    }
}

/* Goes on with what follows in the file; false: nothing does. */
static bool open_next_link(host_reader *self)
{
    SF_INFO info;
    void *memory = NULL;
    if (self->link_at + 1u >= self->link_count) return false;
    SNDFILE *file = host_open_view(self->fd, &self->links[++self->link_at], &info, &memory);
    if (!file) return false;
    sf_close(self->file);
    free(self->memory);
    self->file = file;
    self->memory = memory;
    return true;
}

static uint32_t read_links(host_reader *self, float *into, uint32_t count)
{
    uint32_t got = 0;
    do {
        const sf_count_t given =
            sf_readf_float(self->file, into + (size_t)got * self->info.channel_count, (sf_count_t)(count - got));
        if (given > 0) got += (uint32_t)given;
    } while (got < count && open_next_link(self));
    return got;
}

/* Up to `count` samples from the file into `into`, fewer only at its end. */
static rsd_status read_file(host_reader *self, float *into, uint32_t count, uint32_t *got, rsd_error *error)
{
    const uint64_t left = self->file_count - self->read_count;
    const uint32_t wanted = count < left ? count : (uint32_t)left;
    *got = wanted > 0u ? read_links(self, into, wanted) : 0u;
    make_finite(self, into, *got);
    self->read_count += *got;
    if (*got == wanted) return RSD_OK;
    end_early(self);
    if (sf_error(self->file) != SF_ERR_SYSTEM) return RSD_OK;
    return base_error_set(error, RSD_ERR_IO, "%s: cannot be read after %llu samples: %s", self->name,
                          (unsigned long long)self->read_count, sf_strerror(self->file));
}

static rsd_status refill(host_reader *self, rsd_error *error)
{
    if (self->raw_count > 0u || self->read_count == self->file_count) return RSD_OK;
    self->raw_start = 0u;
    return read_file(self, self->raw, HOST_FILE_BLOCK, &self->raw_count, error);
}

/* Fills `block` with up to `count` samples at the wanted rate; fewer than one only when the converter has run dry. */
static rsd_status convert(host_reader *self, uint32_t count, uint32_t *got, rsd_error *error)
{
    *got = 0u;
    while (*got == 0u) {
        const rsd_status status = refill(self, error);
        if (status != RSD_OK) return status;
        const bool at_end = self->raw_count == 0u || self->read_count == self->file_count;
        SRC_DATA data = {.data_in = self->raw + (size_t)self->raw_start * self->info.channel_count,
                         .data_out = self->block,
                         .input_frames = self->raw_count,
                         .output_frames = count,
                         .end_of_input = at_end,
                         .src_ratio = (double)self->info.sample_rate_hz / (double)self->info.file_rate_hz};
        const int code = src_process(self->converter, &data);
        if (code != 0) return base_error_set(error, RSD_ERR_IO, "%s: %s", self->name, src_strerror(code));
        self->raw_start += (uint32_t)data.input_frames_used;
        self->raw_count -= (uint32_t)data.input_frames_used;
        *got = (uint32_t)data.output_frames_gen;
        if (*got == 0u && data.input_frames_used == 0 && at_end) return RSD_OK;
    }
    return RSD_OK;
}

static void spread(const host_reader *self, float *const *out, uint32_t start, uint32_t count)
{
    const uint32_t channels = self->info.channel_count;
    for (uint32_t c = 0; c < channels; c++)
        for (uint32_t i = 0; i < count; i++) out[c][start + i] = self->block[(size_t)i * channels + c];
}

static rsd_status read_some(host_reader *self, uint32_t wanted, uint32_t *got, rsd_error *error)
{
    if (!self->converter) return read_file(self, self->block, wanted, got, error);
    const rsd_status status = convert(self, wanted, got, error);
    if (status != RSD_OK || *got > 0u) return status;
    /* The converter rounds its length down where we promised to round: the missing end is silence. */
    const uint64_t left = self->info.sample_count - self->given_count;
    if (wanted > left) wanted = (uint32_t)left;
    memset(self->block, 0, (size_t)wanted * self->info.channel_count * sizeof *self->block);
    *got = wanted;
    return RSD_OK;
}

rsd_status host_reader_read(host_reader *reader, float *const *out, uint32_t count, uint32_t *got, rsd_error *error)
{
    *got = 0u;
    while (*got < count && reader->given_count < reader->info.sample_count) {
        const uint64_t left = reader->info.sample_count - reader->given_count;
        uint32_t wanted = count - *got < HOST_FILE_BLOCK ? count - *got : HOST_FILE_BLOCK;
        if (wanted > left) wanted = (uint32_t)left;
        uint32_t part = 0u;
        const rsd_status status = read_some(reader, wanted, &part, error);
        if (status == RSD_OK && part == 0u) return RSD_OK; // cut off
        spread(reader, out, *got, part);
        *got += part;
        reader->given_count += part;
        if (status != RSD_OK) return status;
    }
    return RSD_OK;
}
