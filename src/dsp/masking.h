// SPDX-License-Identifier: MIT
#ifndef DSP_MASKING_H
#define DSP_MASKING_H

#include "dsp/fft_internal.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What of a coding error can be heard: masking threshold and noise-to-mask ratio of one channel.
 *
 * Method: psychoacoustic model 1 of ISO/IEC 11172-3, annex D.1, with the 1024 points of its layer II: tonal and other
 * maskers, one a critical band, decimation, spreading in Bark, sum with the threshold in quiet. In place of the
 * standard's tables for three sampling rates: Zwicker and Terhardt's formula for the critical-band rate (J. Acoust. Soc.
 * Am. 68, 1980) and Terhardt's for the threshold in quiet (Hear. Res. 1, 1979), so that it takes any rate. Bands are
 * critical bands in place of the coder's 32 subbands. Full scale is taken as 96 dB SPL, as the standard does.
 *
 * The noise-to-mask ratio of a band is the error's level in it over the least threshold in it; in all, the mean of the
 * bands' ratios as powers (as ITU-R BS.1387 sums its own). Under 0 dB the error is masked.
 */

#define DSP_MASKING_POINTS 1024u
#define DSP_MASKING_LINES (DSP_MASKING_POINTS / 2u + 1u)
#define DSP_MASKING_MAX_BANDS 27u
#define DSP_MASKING_FLOOR_DB (-100.0f)
#define DSP_MASKING_FULL_SCALE_DB 96.0f

/* Tables of one sampling rate; fixed, constant after init. */
typedef struct {
    uint32_t line_count; /* up to 20 kHz, or to half of the rate */
    uint32_t band_count;
    uint16_t band_end[DSP_MASKING_MAX_BANDS]; /* one past the last line of each; the first band begins with line 1 */
    float bark[DSP_MASKING_LINES], quiet_db[DSP_MASKING_LINES];
    float window[DSP_MASKING_POINTS];
    dsp_complex roots[DSP_MASKING_POINTS];
} dsp_masking;

/* Levels in dB SPL, a line each; fixed. What lies past line_count is not written. */
typedef struct {
    float signal_db[DSP_MASKING_LINES], noise_db[DSP_MASKING_LINES], threshold_db[DSP_MASKING_LINES];
    float nmr_db[DSP_MASKING_MAX_BANDS]; /* of each band */
    float total_nmr_db;
} dsp_masking_result;

/* Room to work in; fixed. */
typedef struct {
    float a[4][DSP_MASKING_POINTS];
    bool is_taken[DSP_MASKING_LINES];
} dsp_masking_scratch;

/* sample_rate_hz  8000 and more. Thread: [setup] */
void dsp_masking_init(dsp_masking *masking, double sample_rate_hz);

/*
 * signal, coded  DSP_MASKING_POINTS samples each, of the same time; the error is their difference
 * Thread: [any]. Cost: two FFTs of 1024 points in one, and lines x maskers powers (some 20000)
 */
void dsp_masking_measure(const dsp_masking *masking, const float *signal, const float *coded,
                         dsp_masking_scratch *scratch, dsp_masking_result *result);

#endif
