// SPDX-License-Identifier: MIT
#ifndef CODEC_LIVE_INTERNAL_H
#define CODEC_LIVE_INTERNAL_H

#include "codec/codec_internal.h"

#include "rvq/rvq_internal.h"

#include <residuum/rsd_dsp.h>
#include <residuum/rsd_rvq.h>

/*
 * The `live` codec: MDCT of 2 x hop, an envelope (log2 rms of up to LIVE_MAX_BANDS bands) coded as side information,
 * coefficients divided by it, residual vector quantisation of cells (short runs of neighbouring coefficients). Which
 * cell a token refines follows from the envelope alone: each goes where it takes away most error, which is reverse
 * water-filling (Cover and Thomas, Elements of Information Theory, 10.3.3) done token by token, so that any prefix of
 * the tokens is the allocation for its own rate. Attacks are flattened before the transform (gain control, as in
 * ISO/IEC 13818-7 SSR).
 */

#define LIVE_MAX_BANDS 20u
#define LIVE_MAX_HOP 256u
#define LIVE_MAX_CELLS 32u
#define LIVE_MAX_STAGES 24u
#define LIVE_MAX_ENVELOPE_BOOKS 2u

/* Mean square of a frame's coefficients under which it is silence: -100 dBFS. Coded as side token 0, decoded as zeros.
 */
#define LIVE_SILENCE 1e-10f

/* Numbers that a model file carries, in the order of its tensor "constants". */
typedef struct {
    float prediction; /* share of the last decoded envelope (less its mean) that predicts the next */
    float gamma;      /* 0: tokens go where they lower the error most, 1: where they lower error relative to sound */
    float fill;       /* amplitude of noise fill in cells without token, as a share of what is missing */
    float smoothing;  /* share of the frames before in a frame's envelope */
    float fill_slope; /* in cells without token, 0: noise is as steep as the scale, 1: as the envelope */
    float low_weight; /* what an error of the envelope's lowest band counts beside one of the highest */
    float low_slope;  /* log2 by which the scale, and so the error, of the lowest coefficient lies under the envelope's;
                         evenly less up to LIVE_LOW_HZ */
    float low_worth;  /* log2 of what error in the lowest cell counts more */
    float high_worth; /* log2 of what error over LIVE_HIGH_HZ counts more, from a cell's third token on */
    float masked;     /* 0: no masking; log2 of the power under the loudest cell's below which a cell's error counts
                         less, as much as the cell lies below */
    float energy_weight; /* what a codeword's squared energy error counts beside its error, for a cell of energy 1 */
    float paths;         /* so many of a token's candidates are judged by what the cell's next token leaves, too */
} live_constants;
#define LIVE_CONSTANT_COUNT 12u

/* Of sounds at 48 kHz. Half of high_worth at LIVE_HIGH_HZ, all from the next 1.5 kHz on, nothing where hearing ends. */
#define LIVE_LOW_HZ 375u
#define LIVE_HIGH_HZ 6000u
#define LIVE_HIGH_END_HZ 21000u

typedef struct {
    uint32_t hop, band_count, cell_count, cell_width;
    uint32_t envelope_book_count;
    uint16_t envelope_codewords[LIVE_MAX_ENVELOPE_BOOKS];
    uint16_t edges[LIVE_MAX_BANDS + 1u];
    uint8_t band_of[LIVE_MAX_HOP];     /* coefficient i lies in this band, */
    uint8_t band_below[LIVE_MAX_HOP];  /* between the centres of this one and the next, */
    float share_of_step[LIVE_MAX_HOP]; /* this share of the step between them over the level of its own; -1 to 1 */
    float mean_envelope[LIVE_MAX_BANDS], band_weight[LIVE_MAX_BANDS];
    live_constants constants;
} live_shape;

/*
 * log2: a step between neighbouring bands is spread from centre to centre up to so much; what it has more lies at their
 * edge. Where a sound ends (a low-pass, a steep filter) its last band is level up to the edge: as steep as the rest,
 * its upper coefficients would be many times their scale.
 */
#define LIVE_STEEPEST 3.0f

/* Bands, cells and interpolation for a hop of 64, 128 or 256: the same in Hz for all. Thread: [any] */
void live_shape_init(live_shape *shape, uint32_t hop);

/* Takes over the constants. After live_shape_init. Thread: [any] */
void live_shape_set(live_shape *shape, const live_constants *constants);

/*
 * log2 rms of each band of a frame's coefficients, smoothed over frames: `power`, each band's mean square, is kept by
 * the caller from frame to frame; anew (a sound or an attack begins): it starts at this frame. Thread: [audio]
 */
RSD_REALTIME void live_envelope_of(const live_shape *shape, const float *coefficients, bool anew,
                                   float power[LIVE_MAX_BANDS], float envelope[LIVE_MAX_BANDS]);

/* Mean square of count values. Thread: [audio] */
RSD_REALTIME float live_mean_square(const float *values, uint32_t count);

/*
 * One step of the predictive envelope quantiser. `state` is the decoded envelope less its mean; starts as zeros.
 * encode writes the tokens and steps the state exactly as decode does with these tokens. The place of an attack, or -1,
 * takes the place of the last book's token.
 */
RSD_REALTIME void live_envelope_encode(const live_shape *shape, const rsd_rvq *books,
                                       const float envelope[LIVE_MAX_BANDS], int32_t place, float state[LIVE_MAX_BANDS],
                                       int32_t tokens[LIVE_MAX_ENVELOPE_BOOKS]);
RSD_REALTIME void live_envelope_decode(const live_shape *shape, const rsd_rvq *books,
                                       const int32_t tokens[LIVE_MAX_ENVELOPE_BOOKS], float state[LIVE_MAX_BANDS]);

/* What a quantiser state means for every coefficient and cell. */
typedef struct {
    float scale[LIVE_MAX_HOP], inverse[LIVE_MAX_HOP]; /* coefficient = scale x normalised coefficient */
    float power[LIVE_MAX_CELLS];                      /* what error in a cell counts */
    float slope_log2[LIVE_MAX_HOP];                   /* of noise in cells without token, over the scale */
} live_scaling;
RSD_REALTIME void live_scaling_of(const live_shape *shape, const float state[LIVE_MAX_BANDS], live_scaling *scaling);

/* ---- attacks (live_attack.c) ---- */

/*
 * Attacks are coded as the last tokens of the last envelope book, `hop` places each: these never stand for a codeword.
 * The books before it tell the envelope of such a frame; where there is none, there are LIVE_ATTACK_STEPS times as many
 * tokens, each for a step of all bands.
 */
#define LIVE_ATTACK_STEPS 4u
uint32_t live_attack_token_count(const live_shape *shape);

/* Keeps the codes of attacks from being chosen as codewords. Thread: [setup] */
void live_attack_reserve(const live_shape *shape, rsd_rvq *envelope_books);

/* Token of an attack at `place`, its step the nearest to `step`. */
RSD_REALTIME int32_t live_attack_token(const live_shape *shape, uint32_t place, float step);

/* Place of the attack that the envelope's tokens tell of, or -1. Any integer is a token: it is wrapped into the book.
 * step: of all bands, 0 where a book tells more. */
RSD_REALTIME int32_t live_attack_place(const live_shape *shape, const int32_t *tokens, float *step);

/* The sample of one hop of input that an attack begins at, or -1. `background` is the detector's memory. */
RSD_REALTIME int32_t live_attack_find(const float *in, uint32_t hop, float *background);

/*
 * Gain of one hop of samples in `gain`, from the log2 gain at its start, which is let go within the hop, and the attack
 * in it, which is let go until the end of the next; returns the log2 gain at its end. False in `*flat` unless all of it
 * is 1, when nothing is written.
 */
RSD_REALTIME float live_attack_gain(uint32_t hop, float start_log2, int32_t attack, float *gain, bool *flat);

typedef struct {
    rsd_model base;
    char name[64];
    live_shape shape;
    uint32_t level_count, stage_count;
    uint16_t level_end[RSD_MAX_LEVELS]; /* tokens (= sequences) up to and with each level */
    rsd_rvq *envelope_books, *books;
    uint16_t book_of[LIVE_MAX_CELLS][LIVE_MAX_STAGES];
    bool stage_is_shared[LIVE_MAX_STAGES]; /* one book for all cells, scaled by what is left in each */
    float book_scale[LIVE_MAX_CELLS][LIVE_MAX_STAGES];
    int8_t *leaves; /* a row of `codewords` a book: what each leaves, beside what the book leaves on average: a step, */
    float shares[256]; /* which stands for this share; by the step as an unsigned byte */
    float worth[LIVE_MAX_CELLS][LIVE_MAX_STAGES + 1u];   /* error that the next token takes away; last: less than any */
    float fill[LIVE_MAX_CELLS];                          /* amplitude of noise where there is no token */
    float restore[LIVE_MAX_CELLS][LIVE_MAX_STAGES + 1u]; /* gain of the sum of so many tokens */
    uint16_t codewords;                                  /* of every book of the levels */
} live_model;

/* ---- allocation (live_cells.c) ---- */

typedef struct {
    float worth[LIVE_MAX_CELLS]; /* of the next token in each cell */
    float scale[LIVE_MAX_CELLS]; /* what its tokens leave, as a share of what they leave on average */
    uint8_t stage[LIVE_MAX_CELLS];
} live_allocation;
RSD_REALTIME void live_allocation_begin(const live_model *model, const live_scaling *scaling,
                                        live_allocation *allocation);
/* The cell that the next token refines; *stage is how many the cell had before. Lowest cell on a tie. */
RSD_REALTIME uint32_t live_allocation_next(const live_model *model, const live_scaling *scaling,
                                           live_allocation *allocation, uint32_t *stage);

/*
 * A cell has its next token, of its book of `stage` (any integer is one: it is wrapped into the book; RSD_TOKEN_NONE
 * changes nothing). A codeword that stands for unlike vectors leaves more than others: the next one's scale is larger.
 * Only the size of later tokens of this cell in this frame hangs on it, within LIVE_MOST_LEFT, not where they go.
 */
#define LIVE_MOST_LEFT 8.0f
RSD_REALTIME void live_allocation_took(const live_model *model, uint32_t cell, uint32_t stage, int32_t token,
                                       live_allocation *allocation);
/* What a token of a book (any integer is one) leaves, as a share of what the book leaves on average. Thread: [any] */
float live_share_of(const live_model *model, uint32_t book, int32_t token);
/* scale times `leaves`, within 1 / LIVE_MOST_LEFT to LIVE_MOST_LEFT. Thread: [any] */
float live_next_scale(float scale, float leaves);
/* What a model file's steps stand for: log2 in steps of 1 / LIVE_LEAVES_STEPS. By the step as an unsigned byte: fewer
 * bytes for the caches than a number each. Thread: [any] */
#define LIVE_LEAVES_STEPS 32.0f
void live_shares_init(float shares[256]);

/* log2 of what error in a cell counts more after `stage` tokens there. Thread: [any] */
float live_stage_worth_log2(const live_shape *shape, uint32_t cell, uint32_t stage);

/* Worth, noise fill and restoring gain of every cell and stage, from the mean error of normalised coefficients:
 * cell_count rows of stage_count + 1. Thread: [setup] */
void live_cells_init(live_model *model, const float *error);

/* ---- energy (live_energy.c) ---- */

/* Gain that gives a sum of codewords the energy of what they code: they leave `error` of `whole`. Thread: [any] */
float live_restoring_gain(float error, float whole);

/* What the search keeps of one frame, in normalised coefficients. */
typedef struct {
    float vector[LIVE_MAX_HOP];
    float wanted[LIVE_MAX_CELLS];         /* energy of a cell */
    float weight;                         /* of energy errors; 0 at attacks */
    rvq_candidates found[LIVE_MAX_CELLS]; /* by looking ahead, for the next token of a cell */
} live_energy;
RSD_REALTIME void live_energy_begin(const live_model *model, bool attack, const float *vector, live_energy *energy);

/* Chooses the next token of a cell, its book scaled by `scale` too, and takes its codeword from `residual`.
 * Thread: [audio] */
RSD_REALTIME int32_t live_energy_encode(const live_model *model, uint32_t cell, uint32_t stage, float scale,
                                        uint32_t codebook_bits, live_energy *energy, float *residual);

/* State of one channel. */
typedef struct {
    rsd_codec base;
    const live_model *model;
    rsd_mdct *mdct;
    float encoder_power[LIVE_MAX_BANDS]; /* smoothed mean squares of the bands */
    bool encoder_sounds;                 /* the last frame was no silence */
    float encoder_envelope[LIVE_MAX_BANDS], decoder_envelope[LIVE_MAX_BANDS];
    float background, encoder_gain_log2, decoder_gain_log2; /* attacks: detector, gain at the end of the last hop */
    bool late_flat;                                         /* gain of the hop that the next decode puts out is 1 */
    float late_gain[LIVE_MAX_HOP];
    uint32_t noise;
    float history[2u * LIVE_MAX_HOP]; /* the last two hops of input, attacks flattened */
    float overlap[LIVE_MAX_HOP];
    _Alignas(64) char mdct_block[];
} live_codec;

RSD_REALTIME void live_encode(rsd_codec *codec, const float *in, const rsd_encode_controls *controls,
                              rsd_token_frame *frame, rsd_level_meter *meter);
RSD_REALTIME void live_decode(rsd_codec *codec, const rsd_token_frame *frame, const rsd_decode_controls *controls,
                              float *out);
RSD_REALTIME void live_reset(rsd_codec *codec);

#endif
