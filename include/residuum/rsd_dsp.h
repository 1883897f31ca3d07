// SPDX-License-Identifier: MIT
#ifndef RSD_DSP_H
#define RSD_DSP_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Small signal-processing parts: MDCT, delay line, ramp, streaming resampler, measures of coded sound. From
 * examples/resample.c:
 *
 *   if (rsd_resampler_create(in_rate_hz, out_rate_hz, RSD_RESAMPLER_BEST, &resampler) != RSD_OK) return 1;
 *   float *out = (float *)calloc(rsd_resampler_max_out(resampler, BLOCK), sizeof(float));
 *   const uint32_t made = rsd_resampler_process(resampler, in, BLOCK, out);
 *   const uint32_t latency = rsd_resampler_latency_out_samples(resampler);
 *   rsd_resampler_destroy(resampler);
 *
 * Unless a contract says otherwise: blocks of memory come from the caller, aligned to 64, and are freed by the caller;
 * sizes are multiples of 64; one object belongs to one thread at a time; inputs and outputs must not overlap.
 */

/* ---- MDCT ----
 *
 * Orthonormal modified discrete cosine transform of N coefficients, with the power-complementary window of Vorbis I,
 * section 1.3.2, by one complex FFT of N/2 points:
 *   X[k] = sqrt(2/N) sum_{n=0}^{2N-1} w[n] x[n] cos(pi/N (n + 1/2 + N/2)(k + 1/2))
 *   w[n] = sin(pi/2 sin^2(pi (n + 1/2) / 2N))
 */
typedef struct rsd_mdct rsd_mdct;
#define RSD_MDCT_MIN_HOP 16u
#define RSD_MDCT_MAX_HOP 4096u

/*
 * Size of an MDCT's memory: tables and scratch.
 *
 * hop_samples  N, a power of two in RSD_MDCT_MIN_HOP..RSD_MDCT_MAX_HOP
 * Returns      bytes for rsd_mdct_init; 0 where the hop is out of range
 * Thread       [any]
 */
RSD_API size_t rsd_mdct_size_bytes(uint32_t hop_samples);

/*
 * Builds an MDCT.
 *
 * block_bytes  rsd_mdct_size_bytes at least
 * hop_samples  as for rsd_mdct_size_bytes
 * mdct         gets the transform, which lies in the block
 * Errors       RSD_ERR_ARG: hop, pointer or alignment; RSD_ERR_SIZE: the block is too small
 * Thread       [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_mdct_init(void *block, size_t block_bytes, uint32_t hop_samples, rsd_mdct **mdct);

/*
 * Transforms 2N samples.
 *
 * x             2N samples
 * coefficients  gets N
 * Thread        [audio]
 * Cost          O(N log N)
 */
RSD_API RSD_REALTIME void rsd_mdct_forward(rsd_mdct *mdct, const float *x, float *coefficients);

/*
 * Transforms back. Overlap-added by the caller over frames that are N apart, what comes out is the input of
 * rsd_mdct_forward again (Princen, Johnson, Bradley 1987).
 *
 * coefficients  N
 * y             gets 2N windowed samples
 * Thread        [audio]
 * Cost          O(N log N)
 */
RSD_API RSD_REALTIME void rsd_mdct_inverse(rsd_mdct *mdct, const float *coefficients, float *y);

/* ---- delay line ----
 *
 * Delays by a fixed whole number of samples. It starts silent.
 */
typedef struct rsd_delay rsd_delay;
#define RSD_DELAY_MAX_SAMPLES (1u << 22)

/*
 * Size of a delay line's memory.
 *
 * delay_samples  0..RSD_DELAY_MAX_SAMPLES
 * Returns        bytes for rsd_delay_init; 0 where the delay is out of range
 * Thread         [any]
 */
RSD_API size_t rsd_delay_size_bytes(uint32_t delay_samples);

/*
 * Builds a delay line.
 *
 * block_bytes    rsd_delay_size_bytes at least
 * delay_samples  as for rsd_delay_size_bytes; 0 copies
 * delay          gets the line, which lies in the block
 * Errors         RSD_ERR_ARG: delay, pointer or alignment; RSD_ERR_SIZE: the block is too small
 * Thread         [setup]
 */
RSD_API RSD_NODISCARD rsd_status rsd_delay_init(void *block, size_t block_bytes, uint32_t delay_samples,
                                                rsd_delay **delay);

/*
 * Delays a block.
 *
 * out           may equal in, but not overlap it in another way
 * sample_count  any
 * Thread        [audio]
 * Cost          O(sample_count)
 */
RSD_API RSD_REALTIME void rsd_delay_process(rsd_delay *delay, const float *in, float *out, uint32_t sample_count);

/*
 * Makes the line silent again.
 *
 * Thread  [audio]
 * Cost    O(delay_samples)
 */
RSD_API RSD_REALTIME void rsd_delay_reset(rsd_delay *delay);

/* ---- ramp ----
 *
 * Goes linearly to a target in a fixed number of samples; a new target starts a new ramp from where it is. The value of
 * a sample depends only on when the targets were set, never on how the samples were cut into blocks. The last value is
 * the target exactly. Its members are its own.
 */
typedef struct {
    float value, target, step;
    uint32_t remaining_samples, ramp_samples;
} rsd_ramp;

/*
 * Starts at a value and stays there.
 *
 * ramp_samples  that every ramp takes; 0: at once. More than 2^31 - 1 is taken as that
 * Thread        [audio]
 */
RSD_API RSD_REALTIME void rsd_ramp_init(rsd_ramp *ramp, float value, uint32_t ramp_samples);

/*
 * Starts a ramp to a target. The target that it has already changes nothing, so that a caller may set it once a block.
 *
 * target  one that is not finite is not taken
 * Thread  [audio]
 */
RSD_API RSD_REALTIME void rsd_ramp_set(rsd_ramp *ramp, float target);

/*
 * The next values.
 *
 * values   gets sample_count of them
 * Returns  false where nothing moves in this block: all values equal the target
 * Thread   [audio]
 */
RSD_API RSD_REALTIME bool rsd_ramp_next(rsd_ramp *ramp, float *values, uint32_t sample_count);

/* ---- streaming resampler ----
 *
 * One channel from one rate to another, at a fixed delay. After n input samples, floor(n out_rate / in_rate) output
 * samples have been given, always; the first ones are silence. The same input cut into other blocks gives the same
 * samples. Equal rates copy, without delay. A NaN in the input is gone from the output after the filter's length.
 *
 *   FAST, MEDIUM, BEST  libsamplerate's sinc. The passband reaches to 0.30, 0.40 and 0.45 of the lower rate.
 *   PAIR                for a way up and down again, whose sound is worked on at the higher rate. Each way has -3 dB at
 *                       the lower rate's Nyquist frequency (a root-Nyquist filter, as of a modem's two ends: Proakis,
 *                       Digital Communications, 9.2.1), so that both together are the identity up to there, but for
 *                       -80 dB, in half of MEDIUM's delay: 24 samples of the lower rate down, just under 25 up. Images
 *                       of the way up are 69 dB down. Down alone it aliases what lies within 15 % over Nyquist.
 *   STEEP               for one way alone. Flat to 0.002 dB up to 5/12 of the lower rate (20 kHz of 48), -90 dB from its
 *                       Nyquist frequency on, linear in phase. Its delay is 35 samples of the lower rate down, just
 *                       under 36 up, where MEDIUM has 46 to 48.
 */
typedef struct rsd_resampler rsd_resampler;
typedef enum {
    RSD_RESAMPLER_FAST,
    RSD_RESAMPLER_MEDIUM,
    RSD_RESAMPLER_BEST,
    RSD_RESAMPLER_PAIR,
    RSD_RESAMPLER_STEEP
} rsd_resampler_quality;

/*
 * Makes a resampler. It allocates, as libsamplerate has heap state of its own.
 *
 * in_rate_hz   4000..768000
 * out_rate_hz  4000..768000
 * quality      see above
 * resampler    gets it; rsd_resampler_destroy frees it
 * Errors       RSD_ERR_ARG; RSD_ERR_MEMORY; RSD_ERR_UNSUPPORTED: a ratio that libsamplerate does not do; for PAIR and
 *              STEEP a ratio whose reduced numbers are over 512; for PAIR rates within 15 % of each other
 * Thread       [setup]
 * Cost         PAIR and STEEP compute a table: 32 to 48 kHz under a millisecond, 11.025 to 24 kHz some tens
 */
RSD_API RSD_NODISCARD rsd_status rsd_resampler_create(uint32_t in_rate_hz, uint32_t out_rate_hz,
                                                      rsd_resampler_quality quality, rsd_resampler **resampler);

/*
 * Frees a resampler.
 *
 * resampler  NULL is fine
 * Thread     [setup]
 */
RSD_API void rsd_resampler_destroy(rsd_resampler *resampler);

/*
 * Its delay.
 *
 * Returns  samples at the output rate, exact to half a sample
 * Thread   [audio], [any]
 */
RSD_API RSD_REALTIME uint32_t rsd_resampler_latency_out_samples(const rsd_resampler *resampler);

/*
 * Room that a push needs.
 *
 * in_count  samples to be pushed
 * Returns   the most output samples that they can give
 * Thread    [audio], [any]
 */
RSD_API RSD_REALTIME uint32_t rsd_resampler_max_out(const rsd_resampler *resampler, uint32_t in_count);

/*
 * Pushes samples in and takes those out that the rule above gives.
 *
 * in_count  any
 * out       room for rsd_resampler_max_out of them
 * Returns   how many were written
 * Thread    [audio]
 * Cost      O(in_count x filter); PAIR and STEEP copy two filter lengths a push
 */
RSD_API RSD_REALTIME uint32_t rsd_resampler_process(rsd_resampler *resampler, const float *in, uint32_t in_count,
                                                    float *out);

/*
 * Back to the state after create.
 *
 * Thread  [audio]
 */
RSD_API RSD_REALTIME void rsd_resampler_reset(rsd_resampler *resampler);

/* ---- measures of coded sound ----
 *
 * Of whole signals: `reference` and `coded` are time-aligned and have sample_count samples each. They are [setup], as
 * they may allocate scratch, and cost O(sample_count).
 */

/*
 * Signal-to-noise ratio, 10 log10(sum reference^2 / sum (reference - coded)^2).
 *
 * Returns  dB in -100..200: 200 where the two are equal, silence too; -100 where something is not a number
 */
RSD_API double rsd_snr_db(const float *reference, const float *coded, size_t sample_count);

/*
 * Segmental signal-to-noise ratio (Hansen and Pellom 1998): the mean, over whole segments of 20 ms that are louder than
 * -60 dBFS, of the segment's ratio clamped to -10..35 dB. With no such segment the whole signal is one.
 *
 * Returns  dB in -10..35; a segment whose coded sound holds a NaN counts as -10
 */
RSD_API double rsd_segmental_snr_db(const float *reference, const float *coded, size_t sample_count,
                                    uint32_t sample_rate_hz);

/*
 * Log-spectral distance: the root of the mean squared dB difference over the bins of a frame, averaged over frames.
 * Frames are of 1024 points in Hann's window, every 256; those of the reference whose sum |X|^2 is over 1e-2 count;
 * magnitudes get 1e-3 added. A shorter signal is one frame, with silence after it.
 *
 * Returns  dB; 0 where no frame counts, NaN where the coded sound holds one or there is no memory
 */
RSD_API double rsd_log_spectral_distance_db(const float *reference, const float *coded, size_t sample_count);

/* ---- numbers that agree on every machine ----
 *
 * log2 and exp2 in single precision from integer bit work and fixed polynomials: no libm, and the same bits wherever
 * floats are IEEE's.
 */

/*
 * Logarithm to the base 2, to within 1e-5.
 *
 * x       over 0; what is below 2^-126, or not a number, counts as 2^-126
 * Thread  [audio], [any]
 */
RSD_API RSD_REALTIME float rsd_log2f(float x);

/*
 * Power of 2, to within a relative 1e-6.
 *
 * x       clamped to -126..127; what is not a number counts as -126
 * Thread  [audio], [any]
 */
RSD_API RSD_REALTIME float rsd_exp2f(float x);

/*
 * rsd_exp2f of each of `count` values, in place, bit for bit, in vector code.
 *
 * Thread  [audio], [any]
 */
RSD_API RSD_REALTIME void rsd_exp2f_each(float *values, size_t count);

/* ---- floating-point state ---- */

typedef uint32_t rsd_fp_state;

/*
 * Makes the calling thread flush denormals to zero, as calculating with them can take a hundred times as long. On
 * machines other than x86-64 and AArch64 it does nothing.
 *
 * Returns  the state before, for rsd_fp_restore
 * Thread   [audio], [any]
 */
RSD_API RSD_REALTIME rsd_fp_state rsd_fp_flush_denormals(void);

/*
 * Puts the calling thread's state back.
 *
 * Thread  [audio], [any]
 */
RSD_API RSD_REALTIME void rsd_fp_restore(rsd_fp_state state);

#ifdef __cplusplus
}
#endif

#endif
