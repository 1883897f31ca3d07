// SPDX-License-Identifier: MIT
#ifndef HOST_SOUNDFILE_H
#define HOST_SOUNDFILE_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Sound files of every kind that libsndfile reads and writes, as planar float, at any rate (libsamplerate's best sinc).
 * Errors name the file and the reason. Thread of all: [setup], [control]; they block on the disk and allocate.
 */

#define HOST_SOUND_MAX_CHANNELS 8u

/* A whole sound in memory. Zeroed is empty. */
typedef struct {
    uint32_t sample_rate_hz;
    uint32_t channel_count;
    uint64_t sample_count;                   /* a channel */
    float *channel[HOST_SOUND_MAX_CHANNELS]; /* owned; one allocation, channel[0] is its start */
} host_sound;

/* A silent sound, RSD_ERR_MEMORY where there is no room for it. `*sound` is written only on RSD_OK. */
RSD_NODISCARD rsd_status host_sound_create(uint32_t rate_hz, uint32_t channel_count, uint64_t sample_count,
                                           host_sound *sound, rsd_error *error);

/*
 * Reads a whole file. rate_hz: converted to it, 0 keeps the file's. A file of more than HOST_SOUND_MAX_CHANNELS
 * channels is RSD_ERR_UNSUPPORTED, an empty one RSD_ERR_FORMAT. `*sound` is written only on RSD_OK; free with
 * host_sound_destroy.
 */
RSD_NODISCARD rsd_status host_sound_load(const char *path, uint32_t rate_hz, host_sound *sound, rsd_error *error);

/* Reads a file that lies in memory (embedded demo sound), any format that libsndfile knows. */
RSD_NODISCARD rsd_status host_sound_load_memory(const void *bytes, size_t byte_count, uint32_t rate_hz,
                                                host_sound *sound, rsd_error *error);

/* A copy of `source` at rate_hz (0 keeps): round(sample_count x rate_hz / source rate) samples. */
RSD_NODISCARD rsd_status host_sound_convert(const host_sound *source, uint32_t rate_hz, host_sound *sound,
                                            rsd_error *error);

/* Writes a whole sound; the format as host_writer_open takes it. */
RSD_NODISCARD rsd_status host_sound_save(const host_sound *sound, const char *path, int subtype, rsd_error *error);

void host_sound_destroy(host_sound *sound); /* frees and zeroes; fine on a zeroed one */

/* ---- streams: constant memory for any length ------------------------------------------------------------------------
 */

typedef struct host_reader host_reader;
typedef struct host_writer host_writer;

typedef struct {
    uint32_t sample_rate_hz; /* of what read gives */
    uint32_t file_rate_hz;
    uint32_t channel_count; /* 1..HOST_SOUND_MAX_CHANNELS */
    uint64_t sample_count;  /* that read will give in all, at sample_rate_hz: round(file's x rate / file rate) */
    int subtype;            /* libsndfile's SF_FORMAT_SUBMASK bits, for host_writer_open */
} host_reader_info;

/* rate_hz: 0 keeps the file's. Otherwise as host_sound_load. */
RSD_NODISCARD rsd_status host_reader_open(const char *path, uint32_t rate_hz, host_reader **reader, rsd_error *error);
void host_reader_get_info(const host_reader *reader, host_reader_info *info);
/*
 * The next up to `count` samples of each channel into out[c]; `*got` says how many, fewer than `count` only at the end.
 * RSD_ERR_IO: the file broke off; `*got` samples before that are good.
 */
RSD_NODISCARD rsd_status host_reader_read(host_reader *reader, float *const *out, uint32_t count, uint32_t *got,
                                          rsd_error *error);
void host_reader_close(host_reader *reader); /* NULL is fine */

/*
 * Opens `path` for writing; the format is the extension's: wav, w64, rf64, caf, au, aiff/aif (float unless `subtype`
 * says otherwise), flac (24 bit), ogg (Vorbis), opus, mp3 where libsndfile has it. RSD_ERR_UNSUPPORTED names what it
 * knows. subtype  0: the default above; else SF_FORMAT_SUBMASK bits as of host_reader_info, taken where the format can
 * hold them rate_hz  of the samples given; the file has file_rate_hz (0: the same), converted on the way The file is
 * written in place; a file that was there is replaced.
 */
typedef struct {
    uint32_t channel_count, rate_hz, file_rate_hz;
    int subtype;
} host_writer_config;
RSD_NODISCARD rsd_status host_writer_open(const char *path, const host_writer_config *config, host_writer **writer,
                                          rsd_error *error);
/* Integer formats are clipped, not wrapped. RSD_ERR_IO: disk full and the like. */
RSD_NODISCARD rsd_status host_writer_write(host_writer *writer, const float *const *in, uint32_t count,
                                           rsd_error *error);
/* Same from interleaved samples. */
RSD_NODISCARD rsd_status host_writer_write_interleaved(host_writer *writer, const float *in, uint32_t count,
                                                       rsd_error *error);
/* Makes what was written so far a valid file on disk, should the process be killed. */
void host_writer_flush(host_writer *writer);
/*
 * Writes what the rate conversion still holds (the file gets round(written x file_rate / rate) samples), closes, frees.
 * `writer` is gone whatever is returned; NULL is fine.
 */
RSD_NODISCARD rsd_status host_writer_close(host_writer *writer, rsd_error *error);

#endif
