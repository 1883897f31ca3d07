// SPDX-License-Identifier: MIT
#ifndef RSD_TOKEN_H
#define RSD_TOKEN_H

#include <residuum/rsd_codec.h>

/*
 * Token files. TOKENS.npy: int32, C order, shape (K, T) for one channel, (channels, K, T) for more; K = sequences.
 * TOKENS.side.npy: the side tokens, (S, T) or (channels, S, T), where the codec has any. TOKENS.json: what they belong
 * to. NPY: format version 1.0 (numpy.lib.format). From examples/encode.c and examples/decode.c:
 *
 *   if (rsd_token_set_create(&info, 1, 0, &set) != RSD_OK) return 1;
 *   status = rsd_token_set_append(set, &frame);
 *   if (status == RSD_OK) status = rsd_token_set_save(&set, argv[2], &error);
 *   rsd_token_set_destroy(&set);
 *
 * Thread of all: [setup], [control].
 */

/* In the JSON, "codec_bytes" has the codec's path in hex where it is not UTF-8, as JSON is; "codec" is then for people.
 */
typedef struct {
    char codec[4096]; /* name or path to open it by, any bytes */
    uint32_t channel_count;
    uint32_t sequence_count;  /* K */
    uint32_t side_count;      /* S, may be 0 */
    uint64_t frame_count;     /* T */
    uint32_t level_count;     /* levels coded */
    uint32_t sample_rate_hz;  /* of the sound that went in */
    uint64_t sample_count;    /* its length, a channel */
    uint32_t latency_samples; /* engine latency when it was made: frame 0 is sample -latency of the aligned sound */
    char sample_format[32]; /* sample format of the file that went in, for a decoder that writes the like; may be "" */
    bool primed;            /* made from a file's beginning (rsd_engine_prime): a decoder is to be primed as well */
    uint32_t codec_level_count;                     /* of the codec; 0 in a file that does not say */
    uint16_t level_sequence_end[RSD_MAX_LEVELS];    /* as in rsd_codec_info; rows of level k: [end[k-1], end[k]) */
    uint16_t sequence_codewords[RSD_MAX_SEQUENCES]; /* tokens of a row lie in 0..codewords-1 */
    uint64_t frame_capacity;                        /* frames that a row has room for; rows lie so far apart */
    int32_t *tokens;                                /* channel_count x K rows of T; owned */
    int32_t *side;                                  /* channel_count x S rows of T; owned; NULL when S is 0 */
} rsd_token_set;

/* Zeroed counts and RSD_TOKEN_NONE everywhere. Returns RSD_ERR_MEMORY, RSD_ERR_ARG (sizes over 2^31 entries). */
RSD_API RSD_NODISCARD rsd_status rsd_token_set_create(const rsd_codec_info *info, uint32_t channel_count,
                                                      uint64_t frame_count, rsd_token_set *set);
RSD_API void rsd_token_set_destroy(rsd_token_set *set); /* frees and zeroes; fine on a zeroed one */
/* One frame in or out; frame_index < T, channel < channel_count, else nothing happens (put) or 0 is returned (get). */
RSD_API void rsd_token_set_put(rsd_token_set *set, uint32_t channel, uint64_t frame_index,
                               const rsd_token_frame *frame);
RSD_API bool rsd_token_set_get(const rsd_token_set *set, uint32_t channel, uint64_t frame_index,
                               rsd_token_frame *frame);

/*
 * Grows a set by one frame, made room for as needed: `frames` holds one of each channel. A set of 0 frames is filled
 * so from a codec, frame by frame. RSD_ERR_SIZE: over 2^31 entries; RSD_ERR_MEMORY: the set stays as it is.
 * Cost: O(K) on average.
 */
RSD_API RSD_NODISCARD rsd_status rsd_token_set_append(rsd_token_set *set, const rsd_token_frame *frames);
/* Keeps the first frame_count frames and moves the rows together: frame_capacity = frame_count. Cannot fail. */
RSD_API void rsd_token_set_trim(rsd_token_set *set, uint64_t frame_count);

/* `path` ends in .npy; the side and JSON files take its stem. Whole or not at all: written beside and renamed. */
RSD_API RSD_NODISCARD rsd_status rsd_token_set_save(const rsd_token_set *set, const char *path, rsd_error *error);
RSD_API RSD_NODISCARD rsd_status rsd_token_set_load(const char *path, rsd_token_set *set, rsd_error *error);

/* Plain int32 NPY of 1..3 dimensions. load allocates *data (free()) and fills shape and dim_count; refuses other types
 * by name. */
RSD_API RSD_NODISCARD rsd_status rsd_npy_save(const char *path, const int32_t *data, const uint64_t *shape,
                                              uint32_t dim_count, rsd_error *error);
RSD_API RSD_NODISCARD rsd_status rsd_npy_load(const char *path, int32_t **data, uint64_t shape[3], uint32_t *dim_count,
                                              rsd_error *error);

#endif
