// SPDX-License-Identifier: MIT
// Opens sound files: those that libsndfile reads wrongly or not at all as they are, in another way.
#include "host/file/soundfile_internal.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Some encoders that write into a pipe leave the length out: libsndfile then says that it is as good as endless. */
#define MOST_SAMPLES ((sf_count_t)1 << 48)

static SNDFILE *open_source(host_source *from, SF_INFO *info)
{
    *info = (SF_INFO){0};
    errno = 0;
    if (from->fd >= 0 && lseek(from->fd, 0, SEEK_SET) != 0) return NULL;
    SNDFILE *file = from->fd >= 0 ? host_open_fd(from->fd, SFM_READ, info) : sf_open(from->path, SFM_READ, info);
    from->saved_errno = errno;
    return file;
}

/* NULL: it cannot be opened so, and nothing has changed. */
static SNDFILE *open_view(host_source *from, const host_view *view, SF_INFO *info)
{
    void *memory = NULL;
    SNDFILE *file = from->look_fd >= 0 ? host_open_view(from->look_fd, view, info, &memory) : NULL;
    if (!file) return NULL;
    free(from->memory);
    from->memory = memory;
    from->fd = from->look_fd; // which has to stay open as long as the file
    return file;
}

static sf_count_t count_to_end(SNDFILE *file, int channel_count)
{
    float block[1024];
    sf_count_t count = 0, got;
    while ((got = sf_readf_float(file, block, (sf_count_t)(1024 / channel_count))) > 0) count += got;
    return count;
}

/* Counts by reading it all, and opens it again: not every file of unknown length can go back to its beginning. */
static SNDFILE *count_samples(host_source *from, SNDFILE *file, SF_INFO *info)
{
    if (info->channels < 1 || info->channels > (int)HOST_SOUND_MAX_CHANNELS) return file;
    const sf_count_t count = count_to_end(file, info->channels);
    sf_close(file);
    file = open_source(from, info);
    info->frames = count;
    return file;
}

/* An MPEG file whose length libsndfile guesses. */
static SNDFILE *open_mpeg(host_source *from, SNDFILE *file, SF_INFO *info)
{
    host_view view;
    if (from->look_fd < 0 || info->channels < 1 || info->channels > (int)HOST_SOUND_MAX_CHANNELS ||
        !host_mpeg_is_unsized(from->look_fd, &view))
        return file;
    SF_INFO counted;
    SNDFILE *endless = open_view(from, &view, &counted);
    if (!endless) return file;
    sf_close(file);
    const sf_count_t count = count_to_end(endless, counted.channels);
    sf_close(endless);
    file = open_view(from, &view, info);
    if (file) info->frames = count;
    return file;
}

/* A file whose samples have a size of 64 bits that its program did not know, as if it had known it. NULL: it has not. */
static SNDFILE *open_sized(host_source *from, const host_data_claim *claim, SF_INFO *info)
{
    if (!claim->is_unknown || claim->size_at == 0u || claim->available == 0u) return NULL;
    host_view view = {.length = claim->start + claim->available, .patch_at = claim->size_at, .patch_bytes = 8u};
    const uint64_t size = claim->available + claim->size_extra;
    for (uint32_t i = 0; i < 8u; i++)
        view.patch[i] = (unsigned char)(size >> 8u * (claim->size_is_big_endian ? 7u - i : i));
    return open_view(from, &view, info);
}

/* What libsndfile takes for a fault: a header that promises more than there is, or knows no size. NULL: not that. */
static SNDFILE *open_mended(host_source *from, SF_INFO *info)
{
    host_data_claim claim;
    if (from->look_fd < 0 || !host_data_claim_read(from->look_fd, &claim)) return NULL;
    if (claim.is_unknown) return open_sized(from, &claim, info);
    if (claim.size <= claim.available || claim.available == 0u || claim.size >= (uint64_t)MOST_SAMPLES) return NULL;
    return open_view(from, &(host_view){.length = claim.start + claim.size}, info);
}

SNDFILE *host_source_open(host_source *from, SF_INFO *info, rsd_error *error)
{
    SNDFILE *file = open_source(from, info);
    if (file && info->frames > MOST_SAMPLES) file = count_samples(from, file, info);
    if (file && (info->format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG) file = open_mpeg(from, file, info);
    if (file) return file;
    /* errno alone says nothing: libsndfile looks for files of its own beside `path`, which may not be there. */
    const rsd_status status = sf_error(NULL) == SF_ERR_SYSTEM ? RSD_ERR_IO : RSD_ERR_FORMAT;
    base_error_set(error, status, "cannot read '%s': %s", from->path, host_open_reason(from->saved_errno));
    if (from->look_fd >= 0 && host_ogg_is_flac(from->look_fd))
        base_error_set(error, RSD_ERR_FORMAT, "cannot read '%s': it is FLAC in Ogg; take a plain .flac file",
                       from->path);
    return status == RSD_ERR_FORMAT ? open_mended(from, info) : NULL;
}

/*
 * A WAV of a stream that grew over what its header's sizes can say (2 or 4 GiB), or whose header was never finished:
 * libsndfile takes the sizes at their word. Opened once more as plain samples from where they begin.
 */
static SNDFILE *open_unsized_wav(const host_source *from, const host_data_claim *claim, SF_INFO *info)
{
    const int subtype = info->format & SF_FORMAT_SUBMASK;
    const uint64_t frame_bytes = (uint64_t)host_format_sample_bytes(subtype) * (uint64_t)info->channels;
    SF_INFO raw = {.samplerate = info->samplerate,
                   .channels = info->channels,
                   .format = SF_FORMAT_RAW | subtype | SF_ENDIAN_LITTLE};
    char again[32];
    if (!claim->is_little_wav || !sf_format_check(&raw)) return NULL;
    const sf_count_t count = (sf_count_t)(claim->available / frame_bytes);
    if (count <= info->frames) return NULL;
    snprintf(again, sizeof again, "/proc/self/fd/%d", from->look_fd);
    const int fd = open(again, O_RDONLY | O_CLOEXEC);
    SNDFILE *plain = fd >= 0 ? sf_open_fd(fd, SFM_READ, &raw, SF_TRUE) : NULL;
    sf_count_t start = (sf_count_t)claim->start;
    if (!plain) return NULL;
    sf_command(plain, SFC_SET_RAW_START_OFFSET, &start, sizeof start);
    sf_seek(plain, 0, SEEK_SET);
    info->frames = count;
    return plain;
}

/* Another reading of a file that does not know its size, where it has more samples than libsndfile sees. */
static SNDFILE *open_unsized(host_source *from, SNDFILE *file, const host_data_claim *claim, SF_INFO *info)
{
    SF_INFO sized_info = {0};
    if (info->channels < 1) return file;
    SNDFILE *other = open_sized(from, claim, &sized_info);
    if (other) *info = sized_info;
    if (!other) other = open_unsized_wav(from, claim, info);
    if (!other) return file;
    sf_close(file);
    return other;
}

/* By whole samples where their size is plain; else in proportion. */
static uint64_t promised_count(const host_data_claim *claim, uint64_t count)
{
    const uint64_t frame_bytes = count > 0u ? claim->available / count : 0u;
    if (frame_bytes > 0u) return claim->size / frame_bytes;
    return (uint64_t)llround((double)count * (double)claim->size / (double)claim->available);
}

SNDFILE *host_source_check_size(host_source *from, SNDFILE *file, SF_INFO *info, host_sound_faults *faults)
{
    host_data_claim claim;
    faults->is_cut = from->look_fd >= 0 && host_ogg_is_cut(from->look_fd);
    // A lengthened file shows its end when it is read.
    if (from->look_fd < 0 || from->memory || !host_data_claim_read(from->look_fd, &claim)) return file;
    if (claim.is_unknown) return open_unsized(from, file, &claim, info);
    if (claim.size <= claim.available || claim.available == 0u) return file;
    faults->promised_count = promised_count(&claim, (uint64_t)info->frames);
    faults->is_cut = true;
    return file;
}

/* Counts what the streams of an Ogg file hold up to the first that does not go on as the one before. */
static uint32_t count_links(host_source *from, uint32_t link_count, SF_INFO *info)
{
    sf_count_t sample_count = 0;
    uint32_t count = 0;
    for (; count < link_count; count++) {
        SF_INFO link;
        SNDFILE *file = open_view(from, &from->links[count], &link);
        if (file) sf_close(file);
        if (!file || link.channels != info->channels || link.samplerate != info->samplerate ||
            link.frames > MOST_SAMPLES)
            break;
        sample_count += link.frames;
    }
    if (count > 0u) info->frames = sample_count;
    return count;
}

SNDFILE *host_source_open_links(host_source *from, SNDFILE *file, SF_INFO *info, host_sound_faults *faults)
{
    if ((info->format & SF_FORMAT_TYPEMASK) != SF_FORMAT_OGG || from->look_fd < 0) return file;
    const uint32_t link_count = host_ogg_links(from->look_fd, &from->links);
    if (link_count < 2u) return file;
    SF_INFO first;
    from->link_count = count_links(from, link_count, info);
    faults->stream_count = link_count;
    faults->streams_read = from->link_count > 0u ? from->link_count : 1u;
    SNDFILE *begin = from->link_count > 0u ? open_view(from, &from->links[0], &first) : NULL;
    if (!begin) return file;
    sf_close(file);
    return begin;
}
