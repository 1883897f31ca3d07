// SPDX-License-Identifier: MIT
#ifndef RSD_TOKEN_H
#define RSD_TOKEN_H

#include <residuum/rsd_codec.h>
#include <residuum/rsd_pattern.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Tokens of a whole sound, in memory and in files. From examples/encode.c and examples/decode.c:
 *
 *   if (rsd_token_set_create(&info, 1, 0, &set) != RSD_OK) return 1;
 *   status = rsd_token_set_append(set, &frame);
 *   if (status == RSD_OK) status = rsd_token_set_save(&set, argv[2], &error);
 *   if (rsd_token_set_load(argv[1], &set, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
 *   rsd_token_set_destroy(&set);
 *
 * TOKENS.npy holds int32 in C order, of shape (K, T) for one channel and (channels, K, T) for more, where K is the
 * number of sequences and T the number of frames. TOKENS.side.npy holds the side tokens, (S, T) or (channels, S, T),
 * where the codec has any. TOKENS.json says what they belong to. NPY is format version 1.0 (numpy.lib.format).
 *
 * All calls are [setup] and [control], put and get also [audio]; one thread at a time uses a set.
 */

#define RSD_TOKEN_MAX_CHANNELS 64u
#define RSD_TOKEN_MAX_ENTRIES (UINT64_C(1) << 31) /* of one array: channels x rows x frames */

/* Made by rsd_token_set_create and rsd_token_set_load. May grow: see rsd_version.h. */
typedef struct {
    uint32_t size_bytes; /* of the struct */
    char codec[4096];    /* name or path to open it by, any bytes: in the JSON "codec_bytes", in hex, if not UTF-8 */
    uint32_t channel_count;
    uint32_t sequence_count;  /* K */
    uint32_t side_count;      /* S, may be 0 */
    uint64_t frame_count;     /* T */
    uint32_t level_count;     /* levels coded */
    uint32_t sample_rate_hz;  /* of the sound that went in */
    uint64_t sample_count;    /* its length, a channel */
    uint32_t latency_samples; /* of the engine that made it: the decoded sound is so much later than what went in */
    char sample_format[32];   /* of the file that went in, for a decoder that writes the like; may be "" */
    bool primed;              /* made from a file's beginning (rsd_engine_prime): the decoder is to be primed as well */
    uint32_t codec_level_count;                     /* of the codec; 0 in a file that does not say */
    uint16_t level_sequence_end[RSD_MAX_LEVELS];    /* as in rsd_codec_info; rows of level k: [end[k-1], end[k]) */
    uint16_t sequence_codewords[RSD_MAX_SEQUENCES]; /* tokens of a row lie in 0..codewords-1 */
    uint64_t frame_capacity;                        /* frames that a row has room for: rows lie so far apart */
    int32_t *tokens;                                /* channel_count x K rows; owned */
    int32_t *side;                                  /* channel_count x S rows; owned; NULL when S is 0 */
    char pattern[RSD_PATTERN_TEXT_BYTES]; /* for rsd_pattern_parse; "": none. Files have the tokens interleaved, then
                                             (K, steps); in memory they are lined up */
} rsd_token_set;

RSD_API RSD_NODISCARD rsd_status rsd_token_set_create_sized(const rsd_codec_info *info, uint32_t channel_count,
                                                            uint64_t frame_count, rsd_token_set *set, size_t set_bytes);
/*
 * Makes a set whose entries are all RSD_TOKEN_NONE.
 *
 * info           of the codec: the rows are its
 * channel_count  1..RSD_TOKEN_MAX_CHANNELS
 * frame_count    0 where rsd_token_set_append will fill it
 * set            gets the set, what has no argument here zeroed; rsd_token_set_destroy frees it
 * Errors         RSD_ERR_ARG: pointer, channels, or over RSD_TOKEN_MAX_ENTRIES; RSD_ERR_MEMORY
 */
static inline RSD_NODISCARD rsd_status rsd_token_set_create(const rsd_codec_info *info, uint32_t channel_count,
                                                            uint64_t frame_count, rsd_token_set *set)
{
    return rsd_token_set_create_sized(info, channel_count, frame_count, set, sizeof *set);
}

/* Frees what a set holds and zeroes it; fine on a zeroed one and NULL. */
RSD_API void rsd_token_set_destroy(rsd_token_set *set);

/*
 * Stores one frame. Where channel or frame are not in the set, nothing happens.
 *
 * channel      0..channel_count - 1
 * frame_index  0..frame_count - 1
 * frame        its levels raise the set's level_count
 * Cost         O(K)
 */
RSD_API void rsd_token_set_put(rsd_token_set *set, uint32_t channel, uint64_t frame_index,
                               const rsd_token_frame *frame);

/*
 * Reads one frame.
 *
 * channel      0..channel_count - 1
 * frame_index  0..frame_count - 1
 * frame        gets it, with the set's level_count
 * Returns      false where channel or frame are not in the set
 * Cost         O(K)
 */
RSD_API bool rsd_token_set_get(const rsd_token_set *set, uint32_t channel, uint64_t frame_index,
                               rsd_token_frame *frame);

/*
 * Grows a set by one frame, and makes room as needed. A set of 0 frames is filled so from a codec, frame by frame.
 *
 * frames  one of each channel
 * Errors  RSD_ERR_ARG: a pointer; RSD_ERR_SIZE: the room, which doubles, would be over RSD_TOKEN_MAX_ENTRIES;
 *         RSD_ERR_MEMORY. The set stays as it is
 * Cost    O(K) on average
 */
RSD_API RSD_NODISCARD rsd_status rsd_token_set_append(rsd_token_set *set, const rsd_token_frame *frames);

/*
 * Keeps the first frames and moves the rows together: frame_capacity is frame_count afterwards. Cannot fail.
 *
 * frame_count  more than there are is taken as all
 */
RSD_API void rsd_token_set_trim(rsd_token_set *set, uint64_t frame_count);

/*
 * Writes a set's files, whole or not at all: all are written beside and then renamed, the JSON last.
 *
 * path    ends in .npy; the side and JSON files take its stem
 * error   may be NULL
 * Errors  RSD_ERR_ARG: the path, or no tokens; RSD_ERR_IO; RSD_ERR_MEMORY
 */
RSD_API RSD_NODISCARD rsd_status rsd_token_set_save(const rsd_token_set *set, const char *path, rsd_error *error);

RSD_API RSD_NODISCARD rsd_status rsd_token_set_load_sized(const char *path, rsd_token_set *set, size_t set_bytes,
                                                          rsd_error *error);
/*
 * Reads a set's files. Every count of the JSON is held against its range and against the arrays. "frame_count" may be
 * missing: it follows from the array. "sample_count" may be missing: it follows from the frames and the hop of the
 * codec, which is opened for that.
 *
 * path    as for rsd_token_set_save
 * set     gets the set; rsd_token_set_destroy frees it
 * error   may be NULL; names file, key and what is wanted
 * Errors  RSD_ERR_ARG, RSD_ERR_IO, RSD_ERR_FORMAT, RSD_ERR_UNSUPPORTED, RSD_ERR_MEMORY; errors of rsd_model_open
 */
static inline RSD_NODISCARD rsd_status rsd_token_set_load(const char *path, rsd_token_set *set, rsd_error *error)
{
    return rsd_token_set_load_sized(path, set, sizeof *set, error);
}

/*
 * Writes an array of int32 as an NPY file, whole or not at all.
 *
 * data       in C order; NULL is fine for 0 entries
 * shape      dim_count sizes, RSD_TOKEN_MAX_ENTRIES entries at most
 * dim_count  1..3
 * error      may be NULL
 * Errors     RSD_ERR_ARG, RSD_ERR_IO, RSD_ERR_MEMORY
 */
RSD_API RSD_NODISCARD rsd_status rsd_npy_save(const char *path, const int32_t *data, const uint64_t *shape,
                                              uint32_t dim_count, rsd_error *error);

/*
 * Reads an NPY file of int32, version 1.0, in C order. Other types are refused by their name.
 *
 * data       gets the entries; free() frees them
 * shape      gets the sizes; those past dim_count are 1
 * dim_count  gets 1..3
 * error      may be NULL
 * Errors     RSD_ERR_ARG, RSD_ERR_IO, RSD_ERR_MEMORY; RSD_ERR_FORMAT: damaged, or not as long as its header says;
 *            RSD_ERR_UNSUPPORTED: another version, type, order or number of dimensions
 */
RSD_API RSD_NODISCARD rsd_status rsd_npy_load(const char *path, int32_t **data, uint64_t shape[3], uint32_t *dim_count,
                                              rsd_error *error);

#ifdef __cplusplus
}
#endif

#endif
