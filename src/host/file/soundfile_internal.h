// SPDX-License-Identifier: MIT
#ifndef HOST_SOUNDFILE_INTERNAL_H
#define HOST_SOUNDFILE_INTERNAL_H

#include "host/file/soundfile.h"

#include <samplerate.h>
#include <sndfile.h>

#define HOST_FILE_BLOCK 4096u /* samples a channel that readers and writers handle at once */

/* A header of 32-bit sizes ends here; the rest to 4 GiB is for what stands beside the samples. */
#define HOST_LIMIT_32_BIT (UINT32_MAX - ((uint64_t)1 << 20))

/*
 * libsndfile's format for a path and a wanted subtype; see host_writer_open. A WAV that is or may become too long is
 * RF64.
 */
rsd_status host_format_for(const char *path, const host_writer_config *config, SF_INFO *info, rsd_error *error);

/* Bytes of a sample in a file of this libsndfile format; 1 for what is packed tighter. */
uint32_t host_format_sample_bytes(int format);
/* Whether samples over full scale are lost in it. */
bool host_format_clips(int format);
/* Whether its sizes are of 32 bits. */
bool host_format_is_small(int format);

/* Why the last sf_open failed: the system's reason where there is one. `saved_errno` is errno right after the call,
 * which counts only where libsndfile says that the system refused. */
const char *host_open_reason(int saved_errno);

/* A reader over an open file, which it closes (also on failure). `name` is for messages. */
rsd_status host_reader_over(SNDFILE *file, const SF_INFO *file_info, const char *name, uint32_t rate_hz,
                            host_reader **reader, rsd_error *error);

/*
 * A descriptor of all that comes through a pipe at `path` (- is standard input), or -1 with `error`; reading begins
 * with a seek. `*is_pipe` false: it is none, and nothing was read.
 */
int host_spool_open(const char *path, bool *is_pipe, rsd_error *error);

/* Where the samples of a WAV, RF64 (by its chunks), AIFF, AU, CAF or W64 file are, and what its header says of them. */
typedef struct {
    uint64_t start, size; /* bytes */
    uint64_t available;   /* bytes from start to the file's end */
    bool is_unknown;      /* `size` is what programs write that do not know it */
    bool is_little_wav;
    uint64_t size_at;    /* where `size` stands as a number of 64 bits; 0: it does not */
    uint32_t size_extra; /* bytes that this number counts beside the samples */
    bool size_is_big_endian;
} host_data_claim;
bool host_data_claim_read(int fd, host_data_claim *claim);
/* Whether an Ogg file ends without the page that says that it ends. */
bool host_ogg_is_cut(int fd);

/* An unsigned number of 1 to 8 bytes. */
static inline uint64_t host_number(const unsigned char *bytes, uint32_t count, bool is_big_endian)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++) value = value << 8 | bytes[is_big_endian ? i : count - 1u - i];
    return value;
}

/* sf_open_fd that leaves `fd` open, also where it fails: libsndfile itself closes it then, whatever it is told. */
SNDFILE *host_open_fd(int fd, int mode, SF_INFO *info);

/* Part of a file, or a file as if it were longer, or as if some of its bytes were others. */
typedef struct {
    uint64_t start, length; /* bytes; reads behind the true end give nothing */
    uint64_t patch_at;      /* from start */
    unsigned char patch[8];
    uint32_t patch_bytes; /* 0: none */
    uint64_t tail_at;     /* in the file: what is there lies also at the very end of the view */
    uint32_t tail_bytes;  /* 0: none */
} host_view;
/* Opens `fd`, which stays the caller's, through `view`. `*memory` is to be freed after the file is closed. */
SNDFILE *host_open_view(int fd, const host_view *view, SF_INFO *info, void **memory);

/*
 * The logical streams that follow each other in an Ogg file, as libsndfile reads only the first: free(`*views`). Fewer
 * than 2, and NULL: nothing to do.
 */
uint32_t host_ogg_links(int fd, host_view **views);
/* Whether an Ogg file's first stream is FLAC, which libsndfile takes for its own and cannot read. */
bool host_ogg_is_flac(int fd);
/*
 * Whether an MPEG file has no head that says how long it is, or one that ends before the file does. libsndfile guesses
 * then, and reads no further than it guessed: through `view`, which is longer than any sound and has no such head, it
 * reads to the end.
 */
bool host_mpeg_is_unsized(int fd, host_view *view);

/* A file that is being opened. */
typedef struct {
    const char *path;
    int fd;      /* that the reader gets; -1: none, path is opened */
    int look_fd; /* of the same file; fd where that is one; -1: cannot be opened */
    int saved_errno;
    void *memory;     /* owned; of host_open_view */
    host_view *links; /* owned; NULL: the file is one */
    uint32_t link_count;
} host_source;
/* One that cannot be read has the reason in `error`. */
SNDFILE *host_source_open(host_source *from, SF_INFO *info, rsd_error *error);
/* Looks at the header by itself: what it promises, and whether it knows. Both return `file` or what replaces it. */
SNDFILE *host_source_check_size(host_source *from, SNDFILE *file, SF_INFO *info, host_sound_faults *faults);
/* Of an Ogg file of several streams, one after the other, libsndfile reads the first. */
SNDFILE *host_source_open_links(host_source *from, SNDFILE *file, SF_INFO *info, host_sound_faults *faults);

/*
 * The text of a tag as UTF-8 without control characters and blanks at its end, of at most bytes_max bytes; one that is
 * no UTF-8 is taken for Windows-1252. NULL: nothing is left of it, or no memory. free(). `*is_cut` is set where it was
 * longer.
 */
char *host_text_take(const char *text, size_t bytes_max, bool *is_cut);
/* UTF-8 as Latin-1, or NULL where that has not all its characters (or no memory). free(). */
char *host_text_latin1(const char *text);

/* Names of a WAV's, RF64's or AIFF's chunks, and of texts in them, that libsndfile does not read. */
#define HOST_MOST_CHUNK_NAMES 16u
typedef struct {
    uint32_t count;
    char name[HOST_MOST_CHUNK_NAMES][5];
} host_chunk_names;
void host_chunk_names_read(SNDFILE *file, host_chunk_names *names);
bool host_chunk_names_has(const host_chunk_names *names, const char *name);

/* What an open file carries; NULL where that is nothing (or there is no memory). Free with host_meta_destroy. */
host_meta *host_meta_read(SNDFILE *file, uint32_t channel_count);
void host_meta_destroy(host_meta *meta);
/* Whether speakers are named that are not just mono or left and right. */
bool host_meta_has_speakers(const host_meta *meta);
/* Gives it to a file that nothing was written to yet; positions are moved by `delay` samples. */
void host_meta_write(const host_meta *meta, SNDFILE *file, uint64_t delay);
/* What of `meta` the written file lacks, as host_meta_describe; "" for nothing. */
void host_meta_compare(const host_meta *meta, int fd, char lost[HOST_META_TEXT_BYTES]);

/*
 * For tests of sizes that no test has time to write: leaves out `count` samples, which the file has as silence that
 * takes no room.
 */
void host_writer_skip(host_writer *writer, uint64_t count);

/*
 * libsamplerate's best sinc between two rates, or NULL in `*converter` where they are one. `name` is for messages; free
 * with src_delete.
 */
rsd_status host_open_converter(SRC_STATE **converter, const char *name, uint32_t channel_count, uint32_t from_hz,
                               uint32_t to_hz, rsd_error *error);

/* round(count x to / from), exact in double up to 2^53. */
uint64_t host_converted_count(uint64_t count, uint32_t from_hz, uint32_t to_hz);

#endif
