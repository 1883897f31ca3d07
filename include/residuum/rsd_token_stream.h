// SPDX-License-Identifier: MIT
#ifndef RSD_TOKEN_STREAM_H
#define RSD_TOKEN_STREAM_H

#include <residuum/rsd_token.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Compact streams of tokens: .rsdt files. A header says what the tokens belong to; blocks of about a second follow, each
 * with the place of its first frame and a CRC. Frames lie bit by bit, side tokens first and then level by level, so
 * that a frame that is cut short is a frame of fewer levels. A stream can be read while it is written: what is there is
 * whole up to its last block. The layout is docs/patterns.md, "The compact stream".
 *
 * A stream may be entropy coded: an adaptive model foretells every token from those before it, and a range coder writes
 * what it did not know. Nothing is lost, nothing waits for later frames, and the bytes are the same on every machine. A
 * reader begins at blocks where the model has restarted; of a damaged one, the rest up to the next of these is lost.
 *
 * All calls are [setup] and [control].
 */

/* What a stream is of. */
typedef struct {
    uint64_t fingerprint;   /* rsd_model_fingerprint; 0: not known */
    char codec_name[4096];  /* name or path to open it by */
    char sample_format[32]; /* as in rsd_token_set, like all that follows */
    uint32_t channel_count;
    uint32_t sample_rate_hz;
    uint32_t latency_samples;
    bool primed;
    bool is_entropy_coded;   /* else bit by bit */
    bool knows_places;       /* entropy coded by what the codec knows of its tokens: rsd_token_stream_places */
    uint32_t restart_blocks; /* blocks, of about a second, from one at which a reader may begin to the next; 0: 30 */
    rsd_codec_info codec;    /* as it runs: its rows, codebooks, rate and hop. A reader fills no names and no kbps */
    uint32_t
        most_block_frames; /* of one block, which is what a sudden end may lose; 0: as rsd_token_writer_append says */
} rsd_token_stream_info;

/*
 * Whether streams of a model can be coded by what it knows of its tokens, their places (`live`) or their codewords (Lyra
 * V2): for rsd_token_stream_info.knows_places. Such a stream is read where the same model can be opened by its name alone.
 *
 * Thread  [any]
 */
RSD_API bool rsd_token_stream_places(const rsd_model *model);

typedef struct rsd_token_writer rsd_token_writer;

RSD_API uint64_t rsd_token_stream_frame_bits_sized(const rsd_token_stream_info *info, size_t info_bytes,
                                                   uint32_t level_count);
/*
 * Bits of one frame of the first levels of all channels, side tokens included. Bitrates of bit-packed streams are this
 * times the codec's frames a second; blocks add 24 bytes each. Entropy-coded frames have fewer.
 *
 * level_count  0..info->codec.level_count
 * Thread       [any]
 */
static inline uint64_t rsd_token_stream_frame_bits(const rsd_token_stream_info *info, uint32_t level_count)
{
    return rsd_token_stream_frame_bits_sized(info, sizeof *info, level_count);
}

RSD_API RSD_NODISCARD rsd_status rsd_token_writer_create_sized(const char *path, const rsd_token_stream_info *info,
                                                               size_t info_bytes, rsd_token_writer **writer,
                                                               rsd_error *error);
/*
 * Creates a stream. Its file has its name from the start where nothing had it before, and grows block by block;
 * otherwise it takes the name when it is closed.
 *
 * error    may be NULL
 * Errors   RSD_ERR_ARG: a count of the info that no codec has; RSD_ERR_IO, RSD_ERR_MEMORY
 */
static inline RSD_NODISCARD rsd_status rsd_token_writer_create(const char *path, const rsd_token_stream_info *info,
                                                               rsd_token_writer **writer, rsd_error *error)
{
    return rsd_token_writer_create_sized(path, info, sizeof *info, writer, error);
}

/*
 * Takes the frames of all channels at one time. A block is written when it has a second, and 256 bytes or four seconds,
 * or when it has the most frames that the info allows, and where the level count changes or frames are left out.
 *
 * frame_index  over that of the call before
 * frames       one a channel, of the same level count; every token of these levels coded and in its codebook
 * error        may be NULL; names channel, row and frame
 * Errors       RSD_ERR_ARG: a token or an index that does not fit; nothing is taken. RSD_ERR_IO
 * Cost         O(K)
 */
RSD_API RSD_NODISCARD rsd_status rsd_token_writer_append(rsd_token_writer *writer, uint64_t frame_index,
                                                         const rsd_token_frame *frames, rsd_error *error);

/* Bytes written, and frames taken, so far. Thread: [control] */
RSD_API uint64_t rsd_token_writer_size_bytes(const rsd_token_writer *writer);
RSD_API uint64_t rsd_token_writer_frame_count(const rsd_token_writer *writer);

/*
 * Writes what is left and an end mark, gives the file its name, and frees the writer whatever happens.
 *
 * sample_count  of the sound, a channel
 * error         may be NULL
 * Errors        RSD_ERR_IO
 */
RSD_API RSD_NODISCARD rsd_status rsd_token_writer_close(rsd_token_writer *writer, uint64_t sample_count,
                                                        rsd_error *error);

/* Frees a writer and removes its file, where it had none of that name before. NULL is fine. */
RSD_API void rsd_token_writer_abandon(rsd_token_writer *writer);

/* How a stream was read. */
typedef struct {
    bool is_ended; /* it has its end mark: nothing was cut off, and it is not being written */
    uint64_t size_bytes;
    uint64_t block_count;      /* that were read */
    uint64_t payload_bits;     /* of their frames; of entropy-coded ones whole bytes a block */
    uint64_t fixed_bits;       /* that those frames have bit by bit */
    uint64_t lost_frame_count; /* between the blocks that were read; they are silence */
    uint64_t damage_count;     /* places where the bytes were no block */
    uint64_t first_damage_byte;
    rsd_token_stream_info info;
    uint64_t behind_end_bytes; /* behind the end mark: no part of the stream, and not read */
    bool has_wrong_end; /* its end mark says frames or samples that cannot be; the length is that of the frames */
} rsd_token_stream_report;

RSD_API RSD_NODISCARD rsd_status rsd_token_stream_load_sized(const char *path, rsd_token_set *set, size_t set_bytes,
                                                             rsd_token_stream_report *report, size_t report_bytes,
                                                             rsd_error *error);
/*
 * Reads a stream. Damaged blocks are left out, and what stands behind them is read: the frames between have no tokens,
 * and side tokens 0.
 *
 * set     gets the tokens; rsd_token_set_destroy frees it
 * report  gets what there was
 * error   may be NULL
 * Errors  RSD_ERR_IO, RSD_ERR_MEMORY; RSD_ERR_FORMAT: no such stream, or a damaged header; RSD_ERR_UNSUPPORTED: another
 *         version, or an entropy-coded stream whose codec is another here; errors of rsd_model_open for these
 */
static inline RSD_NODISCARD rsd_status rsd_token_stream_load(const char *path, rsd_token_set *set,
                                                             rsd_token_stream_report *report, rsd_error *error)
{
    return rsd_token_stream_load_sized(path, set, sizeof *set, report, sizeof *report, error);
}

RSD_API RSD_NODISCARD rsd_status rsd_token_stream_save_sized(const rsd_token_set *set,
                                                             const rsd_token_stream_info *info, size_t info_bytes,
                                                             uint32_t level_count, const char *path, rsd_error *error);
/*
 * Writes a set as a stream: the first `level_count` levels of it.
 *
 * info    of the same rows and channels
 * Errors  as rsd_token_writer_create and _append
 */
static inline RSD_NODISCARD rsd_status rsd_token_stream_save(const rsd_token_set *set,
                                                             const rsd_token_stream_info *info, uint32_t level_count,
                                                             const char *path, rsd_error *error)
{
    return rsd_token_stream_save_sized(set, info, sizeof *info, level_count, path, error);
}

#ifdef __cplusplus
}
#endif

#endif
