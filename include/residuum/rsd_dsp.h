// SPDX-License-Identifier: MIT
#ifndef RSD_DSP_H
#define RSD_DSP_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Small signal-processing parts: MDCT, delay line, ramp, streaming resampler, measures of coded sound.
 * Unless a line says otherwise: blocks come from the caller, aligned to 64; process functions are [audio], cannot fail,
 * and one object belongs to one thread at a time; inputs and outputs must not overlap.
 */

/* ---- MDCT ------------------------------------------------------------
 * Orthonormal modified discrete cosine transform with the power-complementary (Vorbis I, section 1.3.2) window:
 *   X[k] = sqrt(2/N) sum_{n=0}^{2N-1} w[n] x[n] cos(pi/N (n + 1/2 + N/2)(k + 1/2)),
 *   w[n] = sin(pi/2 sin^2(pi (n + 1/2) / 2N)),
 * by one complex FFT of N/2 points. inverse() gives the windowed 2N samples whose overlap-add over frames N
 * apart is the input again (Princen, Johnson, Bradley 1987).
 */
typedef struct rsd_mdct rsd_mdct;
#define RSD_MDCT_MIN_HOP 16u
#define RSD_MDCT_MAX_HOP 4096u

/* hop_samples (N): power of two in RSD_MDCT_MIN_HOP..RSD_MDCT_MAX_HOP; 0 when not. Thread: [any] */
RSD_API size_t rsd_mdct_size_bytes(uint32_t hop_samples);
RSD_API RSD_NODISCARD rsd_status rsd_mdct_init(void *block, size_t block_bytes, uint32_t hop_samples, rsd_mdct **mdct);
/* x: 2N samples; coefficients: N. Cost: O(N log N). Scratch lives in `mdct`: one thread at a time. */
RSD_API RSD_REALTIME void rsd_mdct_forward(rsd_mdct *mdct, const float *x, float *coefficients);
/* coefficients: N; y: 2N windowed samples to be overlap-added by the caller. */
RSD_API RSD_REALTIME void rsd_mdct_inverse(rsd_mdct *mdct, const float *coefficients, float *y);

/* ---- delay line ------------------------------------------------------------
 * A fixed whole number of samples; starts silent. out may equal in. delay 0 copies.
 */
typedef struct rsd_delay rsd_delay;
#define RSD_DELAY_MAX_SAMPLES (1u << 22)
RSD_API size_t rsd_delay_size_bytes(uint32_t delay_samples);
RSD_API RSD_NODISCARD rsd_status rsd_delay_init(void *block, size_t block_bytes, uint32_t delay_samples,
                                                rsd_delay **delay);
RSD_API RSD_REALTIME void rsd_delay_process(rsd_delay *delay, const float *in, float *out, uint32_t sample_count);
RSD_API RSD_REALTIME void rsd_delay_reset(rsd_delay *delay);

/* ---- ramp ------------------------------------------------------------
 * Linear ramp to a target in a fixed number of samples; retargeting starts a new ramp from where it is. The value of
 * sample i depends only on when the targets were set, never on how the samples were cut into blocks; the end value is
 * the target exactly. Plain struct: init, then set and next from one thread. Setting the target that it already has
 * changes nothing (a caller may set once a block); a target that is not finite is not taken.
 */
typedef struct {
    float value, target, step;
    uint32_t remaining_samples, ramp_samples;
} rsd_ramp;
RSD_API RSD_REALTIME void rsd_ramp_init(rsd_ramp *ramp, float value, uint32_t ramp_samples);
RSD_API RSD_REALTIME void rsd_ramp_set(rsd_ramp *ramp, float target);
/* Writes the next sample_count values; returns false (values all equal to target) when nothing moves in this run. */
RSD_API RSD_REALTIME bool rsd_ramp_next(rsd_ramp *ramp, float *values, uint32_t sample_count);

/* ---- streaming resampler ------------------------------------------------------------
 * Fixed ratio out/in, one channel, with a *fixed* delay: each push of n input samples gives
 * floor((total_in * out_rate) / in_rate) - (given so far) output samples, always; the first ones are silence. The
 * delay from input to output is rsd_resampler_latency_out_samples() at the output rate, found at setup, exact to half
 * an output sample. Same input cut into other blocks gives the same samples. Equal rates copy, without delay. A NaN
 * leaves with the filter's length.
 * FAST, MEDIUM, BEST: libsamplerate's sinc; passband, as a share of the lower rate, 0.30, 0.40, 0.45.
 * PAIR: for a way up and down again, whose sound is worked on at the higher rate. Each way has -3 dB at the lower
 * rate's Nyquist frequency (a root-Nyquist filter, as of a modem's two ends: Proakis, Digital Communications, 9.2.1),
 * so that both together are the identity up to there, but for -80 dB, in half of MEDIUM's delay: 25 samples of the
 * lower rate each way. Up leaves images 69 dB down; down alone aliases what lies within 15 % over Nyquist.
 * RSD_ERR_UNSUPPORTED where the rates are within 15 % of each other.
 * STEEP: for any way alone. Flat to 0.002 dB up to 5/12 of the lower rate (20 kHz of 48), -90 dB from its Nyquist
 * frequency on, down as up, and linear in phase; 35 samples of the lower rate late, where MEDIUM is 46.
 * PAIR and STEEP: RSD_ERR_UNSUPPORTED where the ratio takes numbers over 512. Set-up computes a table (32 to 48 kHz
 * under a millisecond, 11.025 to 24 kHz some tens); a push copies two filter lengths.
 */
typedef struct rsd_resampler rsd_resampler;
typedef enum {
    RSD_RESAMPLER_FAST,
    RSD_RESAMPLER_MEDIUM,
    RSD_RESAMPLER_BEST,
    RSD_RESAMPLER_PAIR,
    RSD_RESAMPLER_STEEP
} rsd_resampler_quality;
/* Allocates (libsamplerate has its own heap state); NULL-safe destroy. rates 4000..768000 Hz. Thread: [setup] */
RSD_API RSD_NODISCARD rsd_status rsd_resampler_create(uint32_t in_rate_hz, uint32_t out_rate_hz,
                                                      rsd_resampler_quality quality, rsd_resampler **resampler);
RSD_API void rsd_resampler_destroy(rsd_resampler *resampler);
RSD_API RSD_REALTIME uint32_t rsd_resampler_latency_out_samples(const rsd_resampler *resampler);
/* Most output samples that a push of in_count can give. Thread: [any] */
RSD_API RSD_REALTIME uint32_t rsd_resampler_max_out(const rsd_resampler *resampler, uint32_t in_count);
/* Pushes in_count samples, writes and returns the count given by the rule above. [audio] no allocation. */
RSD_API RSD_REALTIME uint32_t rsd_resampler_process(rsd_resampler *resampler, const float *in, uint32_t in_count,
                                                    float *out);
RSD_API RSD_REALTIME void rsd_resampler_reset(rsd_resampler *resampler);

/* ---- measures of coded sound, whole signals ------------------------------------------------------------
 * reference and coded: sample_count samples, time-aligned. Results in dB. Thread: [setup] (they allocate scratch).
 */
/* 10 log10(sum ref^2 / sum (ref - coded)^2), clamped to -100..200; 200 when equal. */
RSD_API double rsd_snr_db(const float *reference, const float *coded, size_t sample_count);
/* Mean over 20 ms segments louder than -60 dBFS of the segment's SNR clamped to -10..35 dB (Hansen and Pellom 1998).
 * With no such segment, the whole signal is one. */
RSD_API double rsd_segmental_snr_db(const float *reference, const float *coded, size_t sample_count,
                                    uint32_t sample_rate_hz);
/* Log-spectral distance: 1024-point Hann frames every 256; frames with sum |X|^2 > 1e-2 count; magnitudes get +1e-3;
 * root of the mean squared dB difference over bins, averaged over frames; a shorter signal is one frame with silence
 * after it. 0 when no frame counts; NaN when there is no memory. */
RSD_API double rsd_log_spectral_distance_db(const float *reference, const float *coded, size_t sample_count);

/* ---- numbers that agree on every machine ------------------------------------------------------------
 * log2 and exp2 in single precision from integer bit work and fixed polynomials: no libm, same bits wherever IEEE
 * floats are. log2: x > 0 and normal, error < 1e-5; x below 2^-126 counts as 2^-126. exp2: -126..127 (clamped),
 * relative error < 1e-6. Thread: [any]
 */
RSD_API RSD_REALTIME float rsd_log2f(float x);
RSD_API RSD_REALTIME float rsd_exp2f(float x);
/* values[i] = rsd_exp2f(values[i]), bit for bit, in vector code. */
RSD_API RSD_REALTIME void rsd_exp2f_each(float *values, size_t count);

/* ---- floating-point state ------------------------------------------------------------
 * Flush denormals to zero for the calling thread until restored: a decaying tail must not cost a hundred times a frame.
 */
typedef uint32_t rsd_fp_state;
RSD_API RSD_REALTIME rsd_fp_state rsd_fp_flush_denormals(void);
RSD_API RSD_REALTIME void rsd_fp_restore(rsd_fp_state state);

#endif
