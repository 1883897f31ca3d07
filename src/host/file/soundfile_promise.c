// SPDX-License-Identifier: MIT
// What the header of a sound file says about its length. libsndfile quietly takes what there is, which is right to
// play, but a person wants to know that the end is missing.
#include "host/file/soundfile_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_CHUNKS 1000

/* How a kind of file lays out its chunks. */
typedef struct {
    char magic[5], form[5]; /* "" for `form`: any */
    uint32_t head_bytes;
    uint32_t id_bytes, size_bytes;
    bool is_big_endian, counts_itself; /* W64: a chunk's size has its head in it */
    uint32_t align;
    char data[5];
    uint32_t data_head_bytes; /* between the chunk's head and the first sample */
} layout;

static const layout layouts[] = {
    {"RIFF", "WAVE", 12, 4, 4, false, false, 2, "data", 0}, {"RF64", "WAVE", 12, 4, 4, false, false, 2, "data", 0},
    {"RIFX", "WAVE", 12, 4, 4, true, false, 2, "data", 0},  {"FORM", "AIFF", 12, 4, 4, true, false, 2, "SSND", 8},
    {"FORM", "AIFC", 12, 4, 4, true, false, 2, "SSND", 8},  {"caff", "", 8, 4, 8, true, false, 1, "data", 4},
    {"riff", "", 40, 16, 8, false, true, 8, "data", 0},
};

static uint64_t number(const unsigned char *bytes, uint32_t count, bool is_big_endian)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++) value = value << 8 | bytes[is_big_endian ? i : count - 1u - i];
    return value;
}

/*
 * Sizes that programs put where they cannot know: all ones (ffmpeg, SoX for AU), or just under 2 GiB (SoX for WAV and
 * AIFF).
 */
static bool says_unknown(uint64_t size, uint32_t size_bytes)
{
    if (size_bytes == 8u) return size > (uint64_t)INT64_MAX / 2u;
    return size >= 0xFFFFF000u || (size >= 0x7F000000u && size <= 0x7FFFFFFFu);
}

/* Finds the chunk of samples: where they begin, how many bytes they are said to be. */
static bool find_data(int fd, const layout *kind, uint64_t file_bytes, host_data_claim *claim)
{
    const uint32_t head = kind->id_bytes + kind->size_bytes;
    uint64_t at = kind->head_bytes, long_size = 0; /* of an RF64's samples, whose own size is all ones */
    for (int i = 0; i < MAX_CHUNKS && at + head <= file_bytes; i++) {
        unsigned char bytes[24];
        if (pread(fd, bytes, head, (off_t)at) != (ssize_t)head) return false;
        uint64_t count = number(bytes + kind->id_bytes, kind->size_bytes, kind->is_big_endian);
        unsigned char sizes[16];
        if (memcmp(bytes, "ds64", 4) == 0 && pread(fd, sizes, sizeof sizes, (off_t)(at + head)) == sizeof sizes)
            long_size = number(sizes + 8, 8u, false);
        if (memcmp(bytes, kind->data, 4) == 0 && count == 0xFFFFFFFFu && long_size > 0u) count = long_size;
        if (memcmp(bytes, kind->data, 4) == 0)
            claim->is_unknown = long_size == 0u && says_unknown(count, kind->size_bytes);
        if (kind->counts_itself) count = count > head ? count - head : 0u;
        at += head;
        if (memcmp(bytes, kind->data, 4) == 0) {
            claim->start = at + kind->data_head_bytes;
            claim->size = count > kind->data_head_bytes ? count - kind->data_head_bytes : 0u;
            return claim->start <= file_bytes;
        }
        if (count > file_bytes - at) return false;
        at += (count + kind->align - 1u) / kind->align * kind->align;
    }
    return false;
}

static bool find_au_data(const unsigned char *head, uint64_t file_bytes, host_data_claim *claim)
{
    claim->start = number(head + 4, 4, true);
    claim->size = number(head + 8, 4, true);
    claim->is_unknown = says_unknown(claim->size, 4u);
    return claim->start <= file_bytes;
}

bool host_data_claim_read(int fd, host_data_claim *claim)
{
    struct stat info;
    unsigned char head[12];
    *claim = (host_data_claim){0};
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        return false;
    const uint64_t file_bytes = (uint64_t)info.st_size;
    bool is_found = memcmp(head, ".snd", 4) == 0 && find_au_data(head, file_bytes, claim);
    for (size_t i = 0; !is_found && i < sizeof layouts / sizeof *layouts; i++)
        if (memcmp(head, layouts[i].magic, 4) == 0 &&
            (layouts[i].form[0] == '\0' || memcmp(head + 8, layouts[i].form, 4) == 0))
            is_found = find_data(fd, &layouts[i], file_bytes, claim);
    if (!is_found) return false;
    claim->available = file_bytes - claim->start;
    claim->is_little_wav = memcmp(head, "RIFF", 4) == 0;
    // A program that was ended before it could mend its header leaves 0, and says the whole to be shorter than it is.
    if (claim->is_little_wav && claim->size == 0u && number(head + 4, 4, false) + 8u < file_bytes)
        claim->is_unknown = true;
    return true;
}

/* A page is a head of 27 bytes, up to 255 lengths of segments, and these; 64 KiB at most. */
#define OGG_PAGE_BYTES 65307u
#define OGG_HEAD_BYTES 27u

bool host_ogg_is_cut(int fd)
{
    static const char magic[] = "OggS";
    unsigned char *bytes = malloc(OGG_PAGE_BYTES);
    struct stat info;
    bool is_cut = false;
    if (bytes && fstat(fd, &info) == 0 && pread(fd, bytes, 4, 0) == 4 && memcmp(bytes, magic, 4) == 0) {
        const off_t from = info.st_size > (off_t)OGG_PAGE_BYTES ? info.st_size - (off_t)OGG_PAGE_BYTES : 0;
        const ssize_t got = pread(fd, bytes, OGG_PAGE_BYTES, from);
        size_t end = got > 0 ? (size_t)got : 0u, at = end;
        while (at > 0u && (end - --at < 4u || memcmp(bytes + at, magic, 4) != 0)) continue;
        size_t page_bytes = OGG_HEAD_BYTES;
        if (end - at > OGG_HEAD_BYTES) {
            const size_t lengths = bytes[at + 26u];
            page_bytes += lengths;
            for (size_t i = 0; i < lengths && at + OGG_HEAD_BYTES + i < end; i++)
                page_bytes += bytes[at + OGG_HEAD_BYTES + i];
        }
        is_cut = end - at < page_bytes || (bytes[at + 5u] & 4u) == 0u;
    }
    free(bytes);
    return is_cut;
}

/* ---- a file as if it were longer ---- */

typedef struct {
    int fd;
    sf_count_t length;
} lengthened;

static sf_count_t long_length(void *context) { return ((lengthened *)context)->length; }

static sf_count_t long_tell(void *context) { return lseek(((lengthened *)context)->fd, 0, SEEK_CUR); }

static sf_count_t long_seek(sf_count_t offset, int whence, void *context)
{
    const lengthened *file = context;
    if (whence == SEEK_END) return lseek(file->fd, file->length + offset, SEEK_SET);
    return lseek(file->fd, offset, whence);
}

static sf_count_t long_read(void *into, sf_count_t count, void *context)
{
    const ssize_t got = read(((lengthened *)context)->fd, into, (size_t)count);
    return got > 0 ? got : 0;
}

static sf_count_t long_write(const void *from, sf_count_t count, void *context)
{
    (void)from, (void)count, (void)context;
    return 0;
}

SNDFILE *host_open_lengthened(int fd, uint64_t length, SF_INFO *info, void **memory)
{
    SF_VIRTUAL_IO io = {long_length, long_seek, long_read, long_write, long_tell};
    lengthened *file = malloc(sizeof *file);
    if (!file || lseek(fd, 0, SEEK_SET) != 0) {
        free(file);
        return NULL;
    }
    *file = (lengthened){fd, (sf_count_t)length};
    *info = (SF_INFO){0};
    SNDFILE *opened = sf_open_virtual(&io, SFM_READ, info, file);
    if (!opened) free(file);
    if (opened) *memory = file;
    return opened;
}
