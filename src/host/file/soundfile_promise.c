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

/*
 * Sizes that programs put where they cannot know: all ones (ffmpeg, SoX for AU), or just under 2 GiB (SoX for WAV and
 * AIFF).
 */
static bool says_unknown(uint64_t size, uint32_t size_bytes)
{
    if (size_bytes == 8u) return size > (uint64_t)INT64_MAX / 2u;
    return size >= 0xFFFFF000u || (size >= 0x7F000000u && size <= 0x7FFFFFFFu);
}

/* The size of an RF64's samples, from the chunk of sizes whose content is at `at`. */
static uint64_t take_long_size(const unsigned char sizes[16], uint64_t at, host_data_claim *claim)
{
    claim->size_at = at + 8u;
    return host_number(sizes + 8, 8u, false);
}

/* Finds the chunk of samples: where they begin, how many bytes they are said to be. */
static bool find_data(int fd, const layout *kind, uint64_t file_bytes, host_data_claim *claim)
{
    const uint32_t head = kind->id_bytes + kind->size_bytes;
    uint64_t at = kind->head_bytes, long_size = 0; /* of an RF64's samples, whose own size is all ones */
    for (int i = 0; i < MAX_CHUNKS && at + head <= file_bytes; i++) {
        unsigned char bytes[24];
        if (pread(fd, bytes, head, (off_t)at) != (ssize_t)head) return false;
        uint64_t count = host_number(bytes + kind->id_bytes, kind->size_bytes, kind->is_big_endian);
        unsigned char sizes[16];
        if (memcmp(bytes, "ds64", 4) == 0 && pread(fd, sizes, sizeof sizes, (off_t)(at + head)) == sizeof sizes)
            long_size = take_long_size(sizes, at + head, claim);
        if (memcmp(bytes, kind->data, 4) == 0) {
            if (kind->size_bytes == 8u) claim->size_at = at + kind->id_bytes;
            claim->is_unknown =
                says_unknown(long_size > 0u ? long_size : count, long_size > 0u ? 8u : kind->size_bytes);
            if (count == 0xFFFFFFFFu && long_size > 0u) count = long_size;
        }
        if (kind->counts_itself) count = count > head ? count - head : 0u;
        at += head;
        if (memcmp(bytes, kind->data, 4) == 0) {
            claim->start = at + kind->data_head_bytes;
            claim->size_extra = kind->data_head_bytes + (kind->counts_itself ? head : 0u);
            claim->size_is_big_endian = kind->is_big_endian;
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
    claim->start = host_number(head + 4, 4, true);
    claim->size = host_number(head + 8, 4, true);
    claim->is_unknown = says_unknown(claim->size, 4u);
    return claim->start <= file_bytes;
}

/* What the header of a WAV, RF64 or W64 says that the whole file has; of others all there can be. */
static uint64_t whole_bytes(int fd, const unsigned char *head, const host_data_claim *claim)
{
    unsigned char size[8];
    if (claim->is_little_wav) return host_number(head + 4, 4, false) + 8u;
    const bool is_w64 = memcmp(head, "riff", 4) == 0;
    if (!is_w64 && (memcmp(head, "RF64", 4) != 0 || claim->size_at == 0u)) return UINT64_MAX;
    const off_t at = is_w64 ? 16 : (off_t)claim->size_at - 8; // before the size of the samples in an RF64
    return pread(fd, size, sizeof size, at) == (ssize_t)sizeof size ? host_number(size, 8, false) : UINT64_MAX;
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
    if (claim->size == 0u && whole_bytes(fd, head, claim) < file_bytes) claim->is_unknown = true;
    return true;
}
