// SPDX-License-Identifier: MIT
// A file as libsndfile would like it to be: a part of it, or one that is longer, or with another size in its header.
#include "host/file/soundfile_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

typedef struct {
    int fd;
    host_view view;
    sf_count_t at;
} viewed_file;

static sf_count_t view_length(void *context) { return (sf_count_t)((viewed_file *)context)->view.length; }

static sf_count_t view_tell(void *context) { return ((viewed_file *)context)->at; }

static sf_count_t view_seek(sf_count_t offset, int whence, void *context)
{
    viewed_file *file = context;
    const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file->at : view_length(file);
    if (base + offset < 0) return -1;
    file->at = base + offset;
    return file->at;
}

/* Puts the other bytes over what was read from `at` on. */
static void patch(const viewed_file *file, unsigned char *bytes, sf_count_t count)
{
    for (uint32_t i = 0; i < file->view.patch_bytes; i++) {
        const sf_count_t place = (sf_count_t)(file->view.patch_at + i) - file->at;
        if (place >= 0 && place < count) bytes[place] = file->view.patch[i];
    }
}

static sf_count_t view_read(void *into, sf_count_t count, void *context)
{
    viewed_file *file = context;
    const sf_count_t left = view_length(file) - file->at;
    const bool is_tail = left <= (sf_count_t)file->view.tail_bytes;
    const off_t from =
        is_tail ? (off_t)file->view.tail_at + (off_t)file->view.tail_bytes - left : (off_t)file->view.start + file->at;
    if (count > left) count = left;
    sf_count_t done = 0;
    while (done < count) {
        const ssize_t got = pread(file->fd, (char *)into + done, (size_t)(count - done), from + done);
        if (got <= 0) break;
        done += got;
    }
    patch(file, into, done);
    file->at += done;
    return done;
}

static sf_count_t view_write(const void *from, sf_count_t count, void *context)
{
    (void)from, (void)count, (void)context;
    return 0;
}

SNDFILE *host_open_view(int fd, const host_view *view, SF_INFO *info, void **memory)
{
    SF_VIRTUAL_IO io = {view_length, view_seek, view_read, view_write, view_tell};
    viewed_file *file = malloc(sizeof *file);
    *info = (SF_INFO){0};
    if (!file) return NULL;
    *file = (viewed_file){fd, *view, 0};
    SNDFILE *opened = sf_open_virtual(&io, SFM_READ, info, file);
    if (!opened) free(file);
    if (opened) *memory = file;
    return opened;
}
