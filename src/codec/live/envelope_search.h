// SPDX-License-Identifier: MIT
// The encoder's choice of an envelope's codewords.
#ifndef CODEC_LIVE_ENVELOPE_SEARCH_H
#define CODEC_LIVE_ENVELOPE_SEARCH_H

#include "codec/live/rotation.h"

#include <residuum/rsd_rvq.h>

/*
 * The first escape of envelope codebook k. Escapes are codewords that move one band alone, or all of them: for each of
 * LIVE_ESCAPE_STEPS steps the bands one after the other, then all; before the codewords of attacks. A band that stands
 * out by 40 dB, or a sound that begins within a frame, is so rare that k-means gives it no codeword, yet any sound may
 * have one. Thread: [any]
 */
RSD_REALTIME uint32_t live_envelope_first_escape(const live_shape *shape, uint32_t k);

/*
 * Whether side tokens begin the prediction anew, at the mean of all sounds: those whose last one is of LIVE_RESTART_CLASS.
 * Where a sound ends or changes at once, most bands jump by 50 dB, which no codeword does from what was before; from the
 * mean it is near. Any integer is a token. Thread: [any]
 */
RSD_REALTIME bool live_envelope_restarts(const live_shape *shape, const int32_t *tokens);

/*
 * One envelope to code.
 * coded_count  codebooks that code it, from the first one on: 1 or 2
 * envelope     log2 rms of each band
 * error        what the prediction leaves of it, times the bands' weights
 * telling      what the tokens have to tell of a pair's rotation; NULL: nothing
 */
typedef struct {
    const live_shape *shape;
    const rsd_rvq *codebooks;
    uint32_t coded_count;
    const float *envelope, *error;
    const live_telling *telling;
    bool restarts; /* `error` is what the mean leaves, and the tokens have to say so */
} live_envelope_job;

/*
 * Chooses the codewords. Two codebooks are searched together: for near codewords of the first the nearest of the
 * second (M-best search of multi-stage quantisers, LeBlanc et al. 1993). A choice costs the squared error, and more where
 * its loudest band is too loud or far too soft (LIVE_OVERSHOOT_WEIGHT, LIVE_UNDERSHOOT_WEIGHT).
 * tokens   coded_count are written
 * Returns  what the choice costs
 * Thread: [audio]   Cost: 1 + LIVE_ENVELOPE_WIDTH searches
 */
RSD_REALTIME float live_envelope_search(const live_envelope_job *job, int32_t *tokens);

#endif
