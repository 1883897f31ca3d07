// SPDX-License-Identifier: MIT
// Files that are streams of pages or frames without a header for the whole: Ogg and MPEG.
#include "host/file/soundfile_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Ogg ---- */

/* A page is a head of 27 bytes, up to 255 lengths of segments, and these; 64 KiB at most. */
#define OGG_PAGE_BYTES 65307u
#define OGG_HEAD_BYTES 27u
#define OGG_FLAGS_AT 5u
#define OGG_BEGINS 2u /* flags of the first and the last page of a stream */
#define OGG_ENDS 4u

static const char ogg_magic[] = "OggS";

static uint64_t file_bytes_of(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0u;
}

/* Bytes of the page at `at`, and its flags; 0 where there is none. */
static uint64_t read_page(int fd, uint64_t at, unsigned char *flags)
{
    unsigned char head[OGG_HEAD_BYTES + 255u];
    const ssize_t got = pread(fd, head, sizeof head, (off_t)at);
    if (got < (ssize_t)OGG_HEAD_BYTES || memcmp(head, ogg_magic, 4) != 0) return 0u;
    uint64_t bytes = OGG_HEAD_BYTES + head[26];
    for (uint32_t i = 0; i < head[26] && OGG_HEAD_BYTES + i < (uint32_t)got; i++) bytes += head[OGG_HEAD_BYTES + i];
    *flags = head[OGG_FLAGS_AT];
    return bytes;
}

/* Where the last page of the file begins; 0 where none is found. */
static uint64_t find_last_page(int fd, uint64_t file_bytes)
{
    unsigned char *bytes = malloc(OGG_PAGE_BYTES);
    const uint64_t from = file_bytes > OGG_PAGE_BYTES ? file_bytes - OGG_PAGE_BYTES : 0u;
    const ssize_t got = bytes ? pread(fd, bytes, OGG_PAGE_BYTES, (off_t)from) : 0;
    const size_t end = got > 0 ? (size_t)got : 0u;
    size_t at = end;
    while (at > 0u && (end - --at < 4u || memcmp(bytes + at, ogg_magic, 4) != 0)) continue;
    free(bytes);
    return from + at;
}

bool host_ogg_is_cut(int fd)
{
    const uint64_t file_bytes = file_bytes_of(fd);
    unsigned char magic[4], flags = 0u;
    if (pread(fd, magic, 4, 0) != 4 || memcmp(magic, ogg_magic, 4) != 0) return false;
    const uint64_t at = find_last_page(fd, file_bytes), bytes = read_page(fd, at, &flags);
    return bytes == 0u || at + bytes > file_bytes || (flags & OGG_ENDS) == 0u;
}

/* Appends a link that begins at `start`, which the one before it ends at. False: no memory. */
static bool add_link(host_view **views, uint32_t *count, uint64_t start)
{
    host_view *more = realloc(*views, (*count + 1u) * sizeof *more);
    if (!more) return false;
    *views = more;
    if (*count > 0u) more[*count - 1u].length = start - more[*count - 1u].start;
    more[(*count)++] = (host_view){.start = start};
    return true;
}

/* Streams that are played at once begin one after the other, before any other page; what begins later is a new link. */
uint32_t host_ogg_links(int fd, host_view **views)
{
    const uint64_t file_bytes = file_bytes_of(fd);
    bool was_beginning = false;
    uint32_t count = 0;
    uint64_t bytes;
    unsigned char flags = 0;
    *views = NULL;
    for (uint64_t at = 0; at < file_bytes && (bytes = read_page(fd, at, &flags)) > 0u; at += bytes) {
        const bool is_beginning = (flags & OGG_BEGINS) != 0u;
        if (is_beginning && !was_beginning && !add_link(views, &count, at)) count = 0u;
        was_beginning = is_beginning;
    }
    if (count > 1u) {
        (*views)[count - 1u].length = file_bytes - (*views)[count - 1u].start;
        return count;
    }
    free(*views);
    *views = NULL;
    return count;
}

bool host_ogg_is_flac(int fd)
{
    unsigned char head[OGG_HEAD_BYTES + 6u];
    return pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && memcmp(head, ogg_magic, 4) == 0 &&
           memcmp(head + OGG_HEAD_BYTES + 1u,
                  "\x7f"
                  "FLAC",
                  5) == 0;
}

/* ---- MPEG ---- */

#define MPEG_SEARCH_BYTES 16384u /* for the first frame; behind a tag there may be zeros */
#define MPEG_TAIL_BYTES 128u     /* of a tag at the end, which is looked for */
#define MPEG_STATED_BYTES 64u    /* from a frame's start to the end of what says the length */

/* Where the tag before the first frame ends. */
static uint64_t skip_id3(int fd)
{
    unsigned char head[10];
    uint64_t at = 0;
    while (pread(fd, head, sizeof head, (off_t)at) == (ssize_t)sizeof head && memcmp(head, "ID3", 3) == 0) {
        const uint32_t bytes = (uint32_t)(head[6] & 127u) << 21 | (uint32_t)(head[7] & 127u) << 14 |
                               (uint32_t)(head[8] & 127u) << 7 | (head[9] & 127u);
        at += sizeof head + bytes + ((head[5] & 16u) != 0u ? sizeof head : 0u);
    }
    return at;
}

/* Eleven ones, then a version, layer, bit rate and sample rate that exist. */
static bool is_mpeg_frame(const unsigned char *at)
{
    return at[0] == 0xFFu && (at[1] & 0xE0u) == 0xE0u && (at[1] & 0x18u) != 0x08u && (at[1] & 0x06u) != 0u &&
           (at[2] & 0xF0u) != 0xF0u && (at[2] & 0x0Cu) != 0x0Cu;
}

/* Where in a frame its figures ("Xing" or "Info") begin; 0: it has none. */
static uint32_t find_figures(const unsigned char *frame)
{
    for (uint32_t i = 4; i + 4u <= MPEG_STATED_BYTES; i++)
        if (memcmp(frame + i, "Xing", 4) == 0 || memcmp(frame + i, "Info", 4) == 0) return i;
    return 0u;
}

/* Whether they count the frames, and the bytes that there are (but for a tag): more where another stream follows. */
static bool state_length(const unsigned char *figures, uint64_t available)
{
    const uint32_t flags = (uint32_t)host_number(figures + 4, 4u, true);
    if ((flags & 1u) == 0u || (uint32_t)host_number(figures + 8, 4u, true) == 0u) return false;
    const uint64_t stated = (flags & 2u) != 0u ? (uint32_t)host_number(figures + 12, 4u, true) : available;
    return available <= stated + stated / 16u + 4096u;
}

bool host_mpeg_is_unsized(int fd, host_view *view)
{
    unsigned char *bytes = malloc(MPEG_SEARCH_BYTES);
    const uint64_t start = skip_id3(fd), file_bytes = file_bytes_of(fd);
    const ssize_t got = bytes ? pread(fd, bytes, MPEG_SEARCH_BYTES, (off_t)start) : 0;
    const size_t count = got > 0 ? (size_t)got : 0u;
    bool is_unsized = true; // also where no frame is near: libsndfile has found one
    *view = (host_view){.length = (uint64_t)1 << 40};
    if (file_bytes > MPEG_TAIL_BYTES) {
        view->tail_at = file_bytes - MPEG_TAIL_BYTES;
        view->tail_bytes = MPEG_TAIL_BYTES;
    }
    for (size_t i = 0; i + MPEG_STATED_BYTES + 16u < count; i++) {
        if (!is_mpeg_frame(bytes + i)) continue;
        const uint32_t figures_at = find_figures(bytes + i);
        is_unsized = figures_at == 0u || !state_length(bytes + i + figures_at, file_bytes - start - i);
        view->patch_at = start + i + figures_at;
        view->patch_bytes = figures_at > 0u ? 4u : 0u;
        break;
    }
    free(bytes);
    return is_unsized;
}
