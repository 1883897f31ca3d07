// SPDX-License-Identifier: MIT
#ifndef RSD_PATTERN_H
#define RSD_PATTERN_H

#include <residuum/rsd_limits.h>
#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Interleaving patterns: in which order a token model reads the K rows of T tokens of an RVQ (MusicGen,
 * arXiv:2306.05284). A pattern puts every token (row q, frame t) at one step, and at most one token of each row at a
 * step. Where a row has no token at a step, the sequence holds the row's *special token*: one past its last token. A
 * token that is not known is RSD_TOKEN_NONE, before and after: it is never the special one. From examples/pattern.c:
 *
 *   if (rsd_pattern_parse(argv[1], ROWS, &pattern, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
 *   const uint64_t steps = rsd_pattern_step_count(&pattern, FRAMES);
 *   rsd_pattern_forward(&pattern, special, tokens, FRAMES, sequence);
 *   rsd_pattern_inverse(&pattern, special, given, FRAMES, back);
 *
 * A step's place follows from the pattern by arithmetic: there is no table, and nothing is allocated.
 */

#define RSD_PATTERN_MAX_DELAY 4096u  /* frames */
#define RSD_PATTERN_MAX_INNER 1024u  /* steps that a frame is unrolled into */
#define RSD_PATTERN_MAX_START 1024u  /* steps before the first token */
#define RSD_PATTERN_TEXT_BYTES 4096u /* of a pattern as text */
#define RSD_PATTERN_MAX_FRAMES (UINT64_C(1) << 31)

typedef enum {
    RSD_PATTERN_DELAY,        /* one step a frame, each row late by its delay; parallel: all delays 0 */
    RSD_PATTERN_UNROLL,       /* several steps a frame: row q stands in the inner step flattening[q]; flatten: q */
    RSD_PATTERN_COARSE_FIRST, /* row 0 of the whole sound, then the other rows, each late by its delay (VALL-E) */
    RSD_PATTERN_MUSICLM       /* groups of rows, one after the other, each flattened over the whole sound */
} rsd_pattern_kind;

/* Filled by the caller, checked and completed by rsd_pattern_init. */
typedef struct {
    rsd_pattern_kind kind;
    uint32_t row_count;                     /* K, 1..RSD_MAX_SEQUENCES */
    uint32_t start_step_count;              /* steps without a token before the first: 1 is what models are used to */
    uint32_t flatten_first_frames;          /* RSD_PATTERN_DELAY: so many frames come row by row before; else 0 */
    uint32_t group_rows;                    /* RSD_PATTERN_MUSICLM: rows of a group, a divisor of K; else 0 */
    uint16_t delay[RSD_MAX_SEQUENCES];      /* frames, not decreasing; 0 where the kind has none */
    uint16_t flattening[RSD_MAX_SEQUENCES]; /* RSD_PATTERN_UNROLL: not decreasing; else 0 */
    /* By rsd_pattern_init. */
    uint32_t max_delay;                     /* frames */
    uint32_t inner_group_count;             /* inner steps that have rows */
    uint32_t empty_inner_count;             /* inner steps that have none */
    uint16_t inner_rank[RSD_MAX_SEQUENCES]; /* of each row's inner step in the order of one frame's time */
} rsd_pattern;

/*
 * Checks what the caller filled, and fills the rest.
 *
 * error    may be NULL; says which row does not fit, from 1
 * Errors   RSD_ERR_ARG: a count out of its range, lists that decrease, rows of one inner step with different delays, a
 *          group that does not divide K
 * Thread   [setup]   Cost: O(K)
 */
RSD_API RSD_NODISCARD rsd_status rsd_pattern_init(rsd_pattern *pattern, rsd_error *error);

/*
 * Makes a pattern from text, for K rows:
 *
 *   parallel            every row of a frame at once
 *   delay[=D,D,...]     row q is late by D frames; default 0,1,2,...
 *   partial-delay       all rows but the first are one frame late
 *   stereo-delay        0,0,1,1,2,2,...: rows are left and right in turn
 *   flatten             a step for every token
 *   partial-flatten[=F,F,...]  a step for every inner step; default 0,1,1,...: the first row, then the others
 *   unroll=F,F,.../D,D,...     the same, each row late by D frames
 *   coarse-first[=D,...]       the first row of all frames, then the others, late by K - 1 delays; default 0
 *   musiclm=G           G rows at a time, flattened
 *
 * Behind it may stand +first=N (delay patterns: the first N frames are flattened) and +start=N (steps before the first
 * token; default 1).
 *
 * row_count  K, 1..RSD_MAX_SEQUENCES
 * error      may be NULL; names the word that does not fit
 * Errors     RSD_ERR_ARG, as rsd_pattern_init; RSD_ERR_NOT_FOUND: no pattern of that name
 * Thread     [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_pattern_parse(const char *text, uint32_t row_count, rsd_pattern *pattern,
                                                   rsd_error *error);

/*
 * Names of the patterns that need no list, for menus.
 *
 * Returns  NULL past the end; static storage
 * Thread   [any]
 */
RSD_API const char *rsd_pattern_name(uint32_t index);

/*
 * Steps of a sound of frame_count frames, start steps included: S.
 *
 * frame_count  0..RSD_PATTERN_MAX_FRAMES
 * Thread       [any]   Cost: O(K)
 */
RSD_API uint64_t rsd_pattern_step_count(const rsd_pattern *pattern, uint64_t frame_count);

/*
 * Step at which the token of a row and frame stands.
 *
 * row      0..K - 1
 * frame    0..frame_count - 1
 * Thread   [any]   Cost: O(K)
 */
RSD_API uint64_t rsd_pattern_step_of(const rsd_pattern *pattern, uint64_t frame_count, uint32_t row, uint64_t frame);

/*
 * What the layout has at a step of a row.
 *
 * step     0..S - 1
 * frame    gets the frame. It may be frame_count or more: behind the sound's end the layout goes on, and the sequence
 *          holds the special token
 * Returns  false where the layout has nothing
 * Thread   [any]   Cost: O(K log frame_count)
 */
RSD_API bool rsd_pattern_at(const rsd_pattern *pattern, uint64_t frame_count, uint32_t row, uint64_t step,
                            uint64_t *frame);

/*
 * Steps after the start steps until the first frame is whole.
 *
 * Thread  [any]
 */
RSD_API uint64_t rsd_pattern_first_frame_steps(const rsd_pattern *pattern, uint64_t frame_count);

/*
 * Steps before the layout runs on past the sound's end: up to there, a row that the pattern gives a token has one
 * (audiocraft's valid_layout).
 *
 * Thread  [any]
 */
RSD_API uint64_t rsd_pattern_valid_step_count(const rsd_pattern *pattern, uint64_t frame_count);

/*
 * Frames that a decoder has to wait for the last row of a frame; for what cannot be streamed: UINT64_MAX.
 *
 * Thread  [any]
 */
RSD_API uint64_t rsd_pattern_delay_frames(const rsd_pattern *pattern);

/*
 * Builds the sequence: K rows of S steps.
 *
 * special      K special tokens
 * tokens       K rows of frame_count tokens; not aliased with the sequence
 * frame_count  0..RSD_PATTERN_MAX_FRAMES
 * sequence     gets K x S tokens
 * Thread       [any]   Cost: O(K S)
 */
RSD_API void rsd_pattern_forward(const rsd_pattern *pattern, const int32_t *special, const int32_t *tokens,
                                 uint64_t frame_count, int32_t *sequence);

/* K rows of step_count steps. */
typedef struct {
    const int32_t *tokens;
    uint64_t step_count; /* may be less than S: cut short, or still growing */
} rsd_pattern_sequence;

/*
 * The other way. What the sequence does not reach, and special tokens where the layout has a token, become
 * RSD_TOKEN_NONE.
 *
 * tokens   gets K x frame_count tokens; not aliased with the sequence
 * Thread   [any]   Cost: O(K S)
 */
RSD_API void rsd_pattern_inverse(const rsd_pattern *pattern, const int32_t *special, rsd_pattern_sequence sequence,
                                 uint64_t frame_count, int32_t *tokens);

/*
 * Whether a sequence is whole and is one of this pattern: S steps, the special token exactly where the layout has no
 * token, and tokens in 0..special - 1 or RSD_TOKEN_NONE elsewhere.
 *
 * error   may be NULL; names row and step, from 0 as numpy does, and what is wanted there
 * Errors  RSD_ERR_FORMAT
 * Thread  [setup]   Cost: O(K S log frame_count)
 */
RSD_API RSD_NODISCARD rsd_status rsd_pattern_check(const rsd_pattern *pattern, const int32_t *special,
                                                   rsd_pattern_sequence sequence, uint64_t frame_count,
                                                   rsd_error *error);

/*
 * Streams: frame by frame to step by step, and back. Each lies in a block of the caller's with room for
 * K x (max_delay + 1) tokens; the pattern is copied.
 */
typedef struct rsd_interleaver rsd_interleaver;
typedef struct rsd_deinterleaver rsd_deinterleaver;

/*
 * Bytes of the block of either.
 *
 * Returns  a multiple of 64; 0: the pattern cannot be streamed, for its second row waits for the end of the first
 * Thread   [any]
 */
RSD_API size_t rsd_pattern_stream_bytes(const rsd_pattern *pattern);

/*
 * Builds a stream. There is nothing to destroy: free the block.
 *
 * block    aligned to 64
 * special  K special tokens, copied
 * Errors   RSD_ERR_ARG: pointer or alignment; RSD_ERR_SIZE: the block is too small; RSD_ERR_UNSUPPORTED: the pattern
 *          cannot be streamed
 * Thread   [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_interleaver_init(void *block, size_t block_bytes, const rsd_pattern *pattern,
                                                      const int32_t *special, rsd_interleaver **interleaver);
RSD_API RSD_NODISCARD rsd_status rsd_deinterleaver_init(void *block, size_t block_bytes, const rsd_pattern *pattern,
                                                        const int32_t *special, rsd_deinterleaver **deinterleaver);

/*
 * Takes the next frame. Steps of the frames before that were not pulled are lost.
 *
 * frame   K tokens
 * Thread  [audio]   Cost: O(K)
 */
RSD_API RSD_REALTIME void rsd_interleaver_push(rsd_interleaver *interleaver, const int32_t *frame);

/*
 * There are no more frames: the steps of the tail can be pulled.
 *
 * Thread  [audio]
 */
RSD_API RSD_REALTIME void rsd_interleaver_flush(rsd_interleaver *interleaver);

/*
 * Gives the next step; the start steps come before the first frame.
 *
 * step     gets K tokens
 * Returns  false where the next step wants another frame
 * Thread   [audio]   Cost: O(K)
 */
RSD_API RSD_REALTIME bool rsd_interleaver_pull(rsd_interleaver *interleaver, int32_t *step);

/*
 * Takes the next step. The frame that the step before made whole and that was not pulled is lost. Any integer is a
 * token. Of a sound shorter than flatten_first_frames, the steps behind its last frame are not to be pushed.
 *
 * step    K tokens
 * Thread  [audio]   Cost: O(K)
 */
RSD_API RSD_REALTIME void rsd_deinterleaver_push(rsd_deinterleaver *deinterleaver, const int32_t *step);

/*
 * Gives the frame that the last step made whole; special tokens in it have become RSD_TOKEN_NONE.
 *
 * frame    gets K tokens
 * Returns  false where there is none
 * Thread   [audio]   Cost: O(K)
 */
RSD_API RSD_REALTIME bool rsd_deinterleaver_pull(rsd_deinterleaver *deinterleaver, int32_t *frame);

#ifdef __cplusplus
}
#endif

#endif
