// SPDX-License-Identifier: MIT
// The envelope of a frame: log2 rms of its bands, coded as side tokens by a predictive vector quantiser.
#ifndef CODEC_LIVE_ENVELOPE_H
#define CODEC_LIVE_ENVELOPE_H

#include "codec/live/rotation.h"

#include <residuum/rsd_rvq.h>

/*
 * log2 rms of each band of a frame's coefficients, smoothed over frames.
 * restart   true where a sound or an attack begins: smoothing starts at this frame
 * power     mean square of each band, kept by the caller from frame to frame
 * envelope  band_count values
 * Thread: [audio]
 */
RSD_REALTIME void live_envelope_measure(const live_shape *shape, const float *coefficients, bool restart,
                                        float power[LIVE_MAX_BANDS], float envelope[LIVE_MAX_BANDS]);

/* Energy of a frame's coefficients, as an envelope (log2 rms of each band) tells it. Thread: [audio] */
RSD_REALTIME float live_envelope_energy(const live_shape *shape, const float envelope_log2[LIVE_MAX_BANDS]);

/* What side tokens tell beside an envelope. */
typedef struct {
    int32_t attack; /* position of an attack in the frame, which takes the place of the last codebook's token, or -1 */
    const live_telling *telling; /* of a pair's rotation, or NULL */
} live_side_notes;

/*
 * Codes one envelope.
 * notes   what the tokens tell beside the envelope
 * state   the decoded envelope less its mean, zeros at the start; stepped exactly as live_envelope_decode steps it with
 *         these tokens
 * tokens  one a codebook
 * Thread: [audio]
 */
RSD_REALTIME void live_envelope_encode(const live_shape *shape, const rsd_rvq *codebooks,
                                       const float envelope[LIVE_MAX_BANDS], const live_side_notes *notes,
                                       float state[LIVE_MAX_BANDS], int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS]);

/* Steps `state` by a frame's tokens. Any integer is a token: it is wrapped into its codebook. Thread: [audio] */
RSD_REALTIME void live_envelope_decode(const live_shape *shape, const rsd_rvq *codebooks,
                                       const int32_t tokens[LIVE_MAX_ENVELOPE_CODEBOOKS], float state[LIVE_MAX_BANDS]);

#endif
