// SPDX-License-Identifier: MIT
// A frame between a decoder's two halves, where effects work: tokens, and what their side tokens have told.
#ifndef CODEC_FRAME_H
#define CODEC_FRAME_H

#include <residuum/rsd_codec.h>

/*
 * Side tokens of `live` are predictive: what one means hangs on all before it. codec_read_frame therefore follows the
 * true stream, and a codec_frame holds what has come of it: it means the same wherever in time it is put. So
 * codec_synthesise makes sound of any sequence of frames, repeated, reversed or of two streams.
 *
 * Codecs without an envelope (Lyra V2, EnCodec) have band_count 0, never say silence, and have flat gains.
 */

#define CODEC_MAX_BANDS 20u
#define CODEC_MAX_UNITS 8u

/* Gain of one hop that an attack was flattened by; see codec/live/attack.h. Flat: start_log2 0, attack_samples -1. */
typedef struct {
    float start_log2;       /* at the hop's start */
    int32_t attack_samples; /* where in the hop an attack begins; -1: nowhere */
} codec_gain;

typedef struct codec_frame codec_frame;

/*
 * What is done to the sound of a frame, beside its tokens. Codecs without an envelope know `other` alone: they add its
 * codewords to the frame's in their own domain.
 */
typedef struct {
    bool is_moved;                    /* the next two are not all zero */
    float move_log2[CODEC_MAX_BANDS]; /* added to the envelope of what sounds; the allocation follows envelope_log2 */
    uint32_t absent_subbands;         /* bit c: sub-band c does not sound */
    /* Cross-synthesis: levels [other_begin, other_end) have other_share, 0..1, of this frame's codewords, normalised by
     * its own envelope, and the rest of the frame's. NULL: none. Of a codec of the same model. */
    const codec_frame *other;
    float other_share;
    uint32_t other_begin, other_end;
} codec_shaping;

struct codec_frame {
    uint32_t level_count;                /* levels that the tokens have */
    bool is_silent;                      /* digital silence: decoded as zeros */
    bool is_quiet;                       /* nothing to speak of went into the encoder: said where it was looked for */
    bool is_noise;                       /* not of a stream: the envelope alone sounds, as noise, whatever the tokens */
    float amplitude;                     /* 1 of a stream; 0..1: factor on what sounds. 0 is silence for every codec */
    codec_gain gain_before, gain;        /* of the hop before and of its own: a frame's window spans both */
    uint8_t pair_angle[CODEC_MAX_UNITS]; /* of a stereo pair, by unit of the spectrum: codec/live/rotation.h */
    const codec_shaping *shaping;        /* NULL: none; lives as long as the frame is synthesised */
    uint32_t band_count;                 /* 0: no envelope */
    float envelope_log2[CODEC_MAX_BANDS]; /* log2 of the rms of each band; the step of an attack is in it */
    int32_t tokens[RSD_MAX_SEQUENCES];    /* last, so that copies may end with the codec's sequence_count */
};

/* Where the bands lie. Constant for the life of the model. */
typedef struct {
    uint32_t band_count;                  /* 0: no envelope */
    uint32_t subband_count;               /* of coefficient_count / subband_count coefficients each; up to 32 */
    uint32_t coefficient_count;           /* of a frame, from 0 Hz to half the sample rate */
    uint16_t edges[CODEC_MAX_BANDS + 1u]; /* band b: coefficients [edges[b], edges[b + 1]) */
    float min_log2;                       /* least and most of a band: what lies outside is clamped */
    float max_log2[CODEC_MAX_BANDS];
    uint32_t reserved_codewords; /* at the end of every codebook: escapes, which have no sound of their own */
} codec_bands;

/* Thread: [any] */
void codec_bands_of(const rsd_model *model, codec_bands *bands);

/*
 * Gains of a frame's own levels and of the other frame's, for cross-synthesis. `shaping` has another frame.
 * Thread: [audio]
 */
RSD_REALTIME void codec_share_levels(const codec_shaping *shaping, const rsd_decode_controls *controls,
                                     rsd_decode_controls *own, rsd_decode_controls *others);

/* The first half of rsd_codec_decode: steps the decoder's prediction by a frame of the true stream. Thread: [audio] */
RSD_REALTIME void codec_read_frame(rsd_codec *codec, const rsd_token_frame *tokens, codec_frame *frame);

/*
 * The second half: sound of any frame of a model of this shape. Its state is that of the sound alone (overlap, noise).
 * What is out of range is wrapped or clamped. After codec_read_frame of the same tokens and nothing else: the samples of
 * rsd_codec_decode. Thread: [audio]
 */
RSD_REALTIME void codec_synthesise(rsd_codec *codec, const codec_frame *frame, const rsd_decode_controls *controls,
                                   float *out);

/* Both halves for the two channels of a stereo sound; frames and controls may differ. Thread: [audio] */
RSD_REALTIME void codec_read_pair(rsd_codec *const codecs[2], const rsd_token_frame *const tokens[2],
                                  codec_frame *const frames[2]);
RSD_REALTIME void codec_synthesise_pair(rsd_codec *const codecs[2], const codec_frame *const frames[2],
                                        const rsd_decode_controls *const controls[2], float *const out[2]);

#endif
