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

/* What was wrong with a file that was read all the same. Positions are samples a channel, at the file's rate. */
typedef struct {
    uint64_t not_finite_count; /* values that were NaN or infinite, over all channels; they were read as 0 */
    uint64_t not_finite_first; /* where the first one was */
    uint64_t promised_count;   /* what the header says; more than `read_count` where the file was cut off, else 0 */
    uint64_t read_count;       /* what there was */
    bool is_cut;               /* it ends in the middle; set also where no header says how much is missing */
    uint32_t stream_count;     /* of an Ogg file of several, one after the other; 0: it is one */
    uint32_t streams_read;     /* less where one has another rate or other channels, or cannot be read */
} host_sound_faults;

/* A whole sound in memory. Zeroed is empty. */
typedef struct {
    uint32_t sample_rate_hz;
    uint32_t channel_count;
    uint64_t sample_count;                   /* a channel */
    float *channel[HOST_SOUND_MAX_CHANNELS]; /* owned; one allocation, channel[0] is its start, one after the other */
    host_sound_faults faults;                /* of the file that it was read from */
} host_sound;

/* Whether the name's ending is one that host_writer_open takes. */
bool host_path_is_sound(const char *path);
/* "pcm_16" and the like to libsndfile's SF_FORMAT_SUBMASK bits and back; 0 and "" where there is no such name. */
int host_subtype_parse(const char *name);
const char *host_subtype_name(int subtype);

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
typedef struct host_meta host_meta; /* what a file carries beside its samples: tags, cue points and the like */

typedef struct {
    uint32_t sample_rate_hz; /* of what read gives */
    uint32_t file_rate_hz;
    uint32_t channel_count; /* 1..HOST_SOUND_MAX_CHANNELS */
    uint64_t sample_count;  /* that read will give in all, at sample_rate_hz: round(file's x rate / file rate) */
    int subtype;            /* libsndfile's SF_FORMAT_SUBMASK bits, for host_writer_open */
} host_reader_info;

/*
 * rate_hz: 0 keeps the file's. Otherwise as host_sound_load. `path` - is standard input; what comes from a pipe is kept
 * in an unnamed file of $TMPDIR (or /var/tmp) until the pipe ends, so that its length is known. A length that the
 * file's header does not know or overstates is that of the file.
 */
RSD_NODISCARD rsd_status host_reader_open(const char *path, uint32_t rate_hz, host_reader **reader, rsd_error *error);
/* Another reader of the same file at its own rate, from the beginning, also of what came through a pipe. */
RSD_NODISCARD rsd_status host_reader_open_again(const host_reader *reader, host_reader **again, rsd_error *error);
void host_reader_get_info(const host_reader *reader, host_reader_info *info);
/*
 * The next up to `count` samples of each channel into out[c]; `*got` says how many, fewer than `count` only at the end.
 * A file that was cut off ends there: then the info's sample_count is less than it was, and the faults say so.
 * RSD_ERR_IO: the disk refused; `*got` samples before that are good.
 */
RSD_NODISCARD rsd_status host_reader_read(host_reader *reader, float *const *out, uint32_t count, uint32_t *got,
                                          rsd_error *error);
/* What was found so far. The pointer of host_reader_meta lives as long as the reader; NULL: there is nothing. */
void host_reader_get_faults(const host_reader *reader, host_sound_faults *faults);
const host_meta *host_reader_meta(const host_reader *reader);
void host_reader_close(host_reader *reader); /* NULL is fine */
/* All that the reader has still to give, as host_sound_load gives it. */
RSD_NODISCARD rsd_status host_sound_read(host_reader *reader, host_sound *sound, rsd_error *error);

/* Text for people of what is in it: "tags, cue points". */
#define HOST_META_TEXT_BYTES 320u
void host_meta_describe(const host_meta *meta, char text[HOST_META_TEXT_BYTES]);

/* What a writer has to tell, filled while it writes and when it is closed. */
typedef struct {
    uint64_t clipped_count;          /* samples over full scale that the file's integers could not hold, all channels */
    float peak;                      /* the largest of them, 1 is full scale */
    char lost[HOST_META_TEXT_BYTES]; /* what of `meta` this kind of file does not keep, as host_meta_describe; "":
                                        nothing */
} host_write_report;

typedef struct {
    uint32_t channel_count, rate_hz, file_rate_hz; /* file_rate_hz 0: rate_hz */
    int subtype;               /* 0: the kind's own; else SF_FORMAT_SUBMASK bits as of host_reader_info */
    bool subtype_is_wanted;    /* a kind that cannot hold it is refused; else it gives way to the nearest one */
    bool is_recording;         /* see host_writer_open */
    uint64_t expected_count;   /* samples a channel that will come, or a few more; 0: not known */
    uint64_t meta_delay;       /* samples that the file starts later than what `meta` counts from */
    const host_meta *meta;     /* NULL: nothing; must outlive the writer, as must the report */
    host_write_report *report; /* NULL: not wanted */
} host_writer_config;

/*
 * Opens `path` for writing; the format is the extension's: wav, w64, rf64, caf, au, aiff/aif (float unless `subtype`
 * says otherwise), flac (24 bit), ogg (Vorbis), opus, mp3 where libsndfile has it. RSD_ERR_UNSUPPORTED names what it
 * knows, or what the kind can hold. The samples given have rate_hz, the file file_rate_hz.
 * The file appears when it is closed, whole, over what had its name (base/write_file_atomic.h); after a failure that is
 * still there. A recording that has a name of its own is under it from the start, and what was written before a
 * failure is kept. A WAV of over 4 GiB becomes an RF64 file; AIFF and AU of that size are refused, or end there.
 */
RSD_NODISCARD rsd_status host_writer_open(const char *path, const host_writer_config *config, host_writer **writer,
                                          rsd_error *error);
/* Integer formats are clipped, not wrapped. RSD_ERR_IO: disk full and the like. */
RSD_NODISCARD rsd_status host_writer_write(host_writer *writer, const float *const *in, uint32_t count,
                                           rsd_error *error);
/* Same from interleaved samples. */
RSD_NODISCARD rsd_status host_writer_write_interleaved(host_writer *writer, const float *in, uint32_t count,
                                                       rsd_error *error);
/* Makes what was written so far a valid file on disk, should the process be killed. Ogg, MP3 and FLAC are so anyway. */
void host_writer_flush(host_writer *writer);
/*
 * Writes what the rate conversion still holds (the file gets round(written x file_rate / rate) samples), closes, frees.
 * `writer` is gone whatever is returned; NULL is fine.
 */
RSD_NODISCARD rsd_status host_writer_close(host_writer *writer, rsd_error *error);
void host_writer_discard(host_writer *writer); /* closes and removes what was written; NULL is fine */

#endif
