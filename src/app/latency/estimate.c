// SPDX-License-Identifier: MIT
// Where a probe lies in what came back, between samples, and what else that says of the loop.
#include "app/latency/estimate.h"

#include "base/memory.h"
#include "dsp/fft_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define WHITENING_FLOOR 0.1 /* of the probe's mean power: bins below are not raised to what they would be */
#define BAND_FULL 0.40      /* of the rate: above, converters' filters bend the phase; nothing from BAND_END on */
#define BAND_END 0.48
#define HEARD_RATIO 7.0        /* peak over the rms of the rest; noise of a round alone reaches 5 */
#define APART_PER_SECOND 1000u /* peaks within a millisecond are one */
#define ECHO_RATIO 0.1
#define REPEAT_TOLERANCE 2.0 /* of feedback: how far the third arrival may be from the square of the second */
#define NOISE_SHARE 8u
#define FULL_SCALE 0.9999f
#define SEARCH_STEPS 48

struct latency_estimator {
    const latency_probe *probe;
    uint32_t count; /* points of the transforms */
    dsp_complex *roots;
    dsp_split own;     /* the probe's spectrum */
    dsp_split work[2]; /* of a transform, and its scratch */
    dsp_split cross;   /* spectrum of the correlation */
    dsp_split white;   /* the same, whitened */
    float *weight;     /* whitens: 1 over the power, with a floor */
    double own_peak;   /* of the whitened correlation of the probe with itself */
    double energy;     /* of the probe */
};

/* ---- setup ---- */

static bool allocate_split(dsp_split *split, uint32_t count)
{
    split->r = base_alloc_64(count * sizeof *split->r);
    split->i = base_alloc_64(count * sizeof *split->i);
    return split->r && split->i;
}

static void free_split(dsp_split *split)
{
    free(split->r);
    free(split->i);
}

/* Spectrum of `length` samples and silence behind them. */
static void transform(latency_estimator *self, const float *samples, uint32_t length, dsp_split *spectrum)
{
    const size_t bytes = self->count * sizeof(float);
    memset(self->work[0].r, 0, bytes);
    memset(self->work[0].i, 0, bytes);
    memcpy(self->work[0].r, samples, length * sizeof *samples);
    const dsp_split done = dsp_fft(self->roots, self->count, self->work[0], self->work[1]);
    memcpy(spectrum->r, done.r, bytes);
    memcpy(spectrum->i, done.i, bytes);
}

/* Share of a bin, from either end: all of the lower band, falling as a cosine to nothing. */
static double band_share(uint32_t bin, uint32_t count)
{
    const double frequency = (double)(bin < count / 2u ? bin : count - bin) / count;
    const double at = (frequency - BAND_FULL) / (BAND_END - BAND_FULL);
    return at <= 0.0 ? 1.0 : at >= 1.0 ? 0.0 : 0.5 + 0.5 * cos(PI * at);
}

static void make_tables(latency_estimator *self)
{
    const latency_probe *probe = self->probe;
    double mean = 0.0;
    for (uint32_t k = 0; k < self->count; k++) {
        const double angle = -2.0 * PI * k / self->count;
        self->roots[k] = (dsp_complex){(float)cos(angle), (float)sin(angle)};
    }
    transform(self, probe->samples, probe->sample_count, &self->own);
    for (uint32_t k = 0; k < self->count; k++) {
        self->weight[k] = self->own.r[k] * self->own.r[k] + self->own.i[k] * self->own.i[k];
        mean += (double)self->weight[k] / self->count;
    }
    for (uint32_t k = 0; k < self->count; k++) {
        const double power = (double)self->weight[k];
        self->weight[k] = (float)(band_share(k, self->count) / (power + WHITENING_FLOOR * mean));
        self->own_peak += power * (double)self->weight[k] / self->count;
    }
    for (uint32_t i = 0; i < probe->sample_count; i++)
        self->energy += (double)probe->samples[i] * (double)probe->samples[i];
}

latency_estimator *latency_estimator_create(const latency_probe *probe)
{
    latency_estimator *self = calloc(1, sizeof *self);
    const uint32_t count = probe->round_samples;
    if (!self) return NULL;
    self->probe = probe;
    self->count = count;
    self->roots = base_alloc_64(count * sizeof *self->roots);
    self->weight = base_alloc_64(count * sizeof *self->weight);
    const bool is_whole = self->roots && self->weight && allocate_split(&self->own, count) &&
                          allocate_split(&self->work[0], count) && allocate_split(&self->work[1], count) &&
                          allocate_split(&self->cross, count) && allocate_split(&self->white, count);
    if (!is_whole) {
        latency_estimator_destroy(self);
        return NULL;
    }
    make_tables(self);
    return self;
}

void latency_estimator_destroy(latency_estimator *estimator)
{
    if (!estimator) return;
    free(estimator->roots);
    free(estimator->weight);
    free_split(&estimator->own);
    free_split(&estimator->work[0]);
    free_split(&estimator->work[1]);
    free_split(&estimator->cross);
    free_split(&estimator->white);
    free(estimator);
}

/* ---- the correlation ---- */

/* Spectra of both correlations; returns the whitened one over time, times the count of points. */
static const float *correlate(latency_estimator *self, const float *captured)
{
    transform(self, captured, self->count, &self->cross);
    for (uint32_t k = 0; k < self->count; k++) {
        const float xr = self->cross.r[k], xi = self->cross.i[k], pr = self->own.r[k], pi = self->own.i[k];
        self->cross.r[k] = xr * pr + xi * pi;
        self->cross.i[k] = xi * pr - xr * pi;
        self->white.r[k] = self->cross.r[k] * self->weight[k];
        self->white.i[k] = self->cross.i[k] * self->weight[k];
        self->work[0].r[k] = self->white.r[k];
        self->work[0].i[k] = -self->white.i[k]; // a forward transform of the conjugate is the way back
    }
    return dsp_fft(self->roots, self->count, self->work[0], self->work[1]).r;
}

/* The curve through a real sequence of that spectrum, at any time; the bin at half the rate has no phase and is left out. */
static double curve_at(const dsp_split *spectrum, uint32_t count, double time)
{
    const double angle = 2.0 * PI * time / count, step_r = cos(angle), step_i = sin(angle);
    double r = 1.0, i = 0.0, sum = 0.5 * (double)spectrum->r[0];
    for (uint32_t k = 1; k < count / 2u; k++) {
        const double next_r = r * step_r - i * step_i;
        i = r * step_i + i * step_r;
        r = next_r;
        sum += (double)spectrum->r[k] * r - (double)spectrum->i[k] * i;
    }
    return 2.0 * sum / count;
}

/* Time of the largest value of sign times the curve within a sample of `whole`: golden section. */
static double find_between(const latency_estimator *self, uint32_t whole, double sign)
{
    const double ratio = 0.6180339887498949;
    double low = whole - 1.0, high = whole + 1.0;
    double a = high - ratio * (high - low), b = low + ratio * (high - low);
    double at_a = sign * curve_at(&self->white, self->count, a), at_b = sign * curve_at(&self->white, self->count, b);
    for (int i = 0; i < SEARCH_STEPS && high - low > 1e-5; i++) {
        if (at_a > at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - ratio * (high - low);
            at_a = sign * curve_at(&self->white, self->count, a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + ratio * (high - low);
            at_b = sign * curve_at(&self->white, self->count, b);
        }
    }
    return 0.5 * (low + high);
}

/* ---- what it says ---- */

typedef struct {
    const float *curve; /* the whitened correlation */
    uint32_t lag_count; /* lags that a round can hold */
    uint32_t apart_samples;
    uint32_t first;  /* lag of the largest magnitude */
    uint32_t second; /* of the largest that is apart from it */
    uint32_t echo;   /* of the largest behind it, apart */
    double rest_rms; /* of all that is apart from the largest */
} peaks;

static double magnitude(const peaks *p, uint32_t lag) { return fabs((double)p->curve[lag]); }

static void find_peaks(peaks *p)
{
    double sum = 0.0;
    uint32_t count = 0u;
    for (uint32_t lag = 1; lag < p->lag_count; lag++)
        if (magnitude(p, lag) > magnitude(p, p->first)) p->first = lag;
    p->second = p->echo = p->lag_count;
    for (uint32_t lag = 0; lag < p->lag_count; lag++) {
        const uint32_t distance = lag > p->first ? lag - p->first : p->first - lag;
        if (distance <= p->apart_samples) continue;
        sum += magnitude(p, lag) * magnitude(p, lag);
        count++;
        if (p->second == p->lag_count || magnitude(p, lag) > magnitude(p, p->second)) p->second = lag;
        if (lag > p->first && (p->echo == p->lag_count || magnitude(p, lag) > magnitude(p, p->echo))) p->echo = lag;
    }
    p->rest_rms = count > 0u ? sqrt(sum / count) : 0.0;
}

static double largest_near(const peaks *p, uint32_t lag)
{
    double most = 0.0;
    for (uint32_t l = lag - 2u; l <= lag + 2u && l < p->lag_count; l++) most = fmax(most, magnitude(p, l));
    return most;
}

/* A second arrival, and whether a third follows it as far behind and as much softer, as what goes round again does. */
static void find_echo(const peaks *p, latency_estimate *estimate)
{
    if (p->echo == p->lag_count) return;
    const double first = magnitude(p, p->first), ratio = magnitude(p, p->echo) / first;
    if (ratio < ECHO_RATIO || magnitude(p, p->echo) < HEARD_RATIO * p->rest_rms) return;
    estimate->echo_samples = p->echo - p->first;
    estimate->echo_db = 20.0 * log10(ratio);
    const double wanted = ratio * ratio * first, third = largest_near(p, p->echo + (p->echo - p->first));
    const bool repeats =
        third > wanted / REPEAT_TOLERANCE && third < wanted * REPEAT_TOLERANCE && third > 2.0 * p->rest_rms;
    estimate->faults |= repeats ? LATENCY_FEEDBACK : LATENCY_ECHO;
}

static double decibels(double power)
{
    return power > 0.0 ? fmax(10.0 * log10(power), LATENCY_FLOOR_DB) : LATENCY_FLOOR_DB;
}

static double energy_of(const float *samples, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) sum += (double)samples[i] * (double)samples[i];
    return sum;
}

static void measure_levels(const latency_estimator *self, const float *captured, latency_estimate *estimate)
{
    const latency_probe *probe = self->probe;
    const uint32_t tail = self->count / NOISE_SHARE, start = (uint32_t)(estimate->delay_samples + 0.5);
    const uint32_t length = start + probe->sample_count <= self->count ? probe->sample_count : self->count - start;
    const double energy = energy_of(captured + start, length);
    const double cross = fabs(curve_at(&self->cross, self->count, estimate->delay_samples));
    estimate->signal_db = decibels(energy / length);
    estimate->noise_db = decibels(energy_of(captured + self->count - tail, tail) / tail);
    if (energy > 0.0) estimate->correlation = fmin(1.0, cross / sqrt(energy * self->energy));
    if (estimate->signal_db < LATENCY_SOFT_DB) estimate->faults |= LATENCY_SOFT;
    if (estimate->signal_db - estimate->noise_db < LATENCY_NOISY_DB) estimate->faults |= LATENCY_NOISY;
}

static void measure_peak(const float *captured, uint32_t count, latency_estimate *estimate)
{
    float peak = 0.0f;
    for (uint32_t i = 0; i < count; i++) peak = fmaxf(peak, fabsf(captured[i]));
    estimate->peak_db = decibels((double)peak * (double)peak);
    if (peak >= FULL_SCALE) estimate->faults |= LATENCY_CLIPPED;
}

void latency_estimate_round(latency_estimator *estimator, const float *captured, latency_estimate *estimate)
{
    const latency_estimator *self = estimator;
    memset(estimate, 0, sizeof *estimate);
    measure_peak(captured, self->count, estimate);
    peaks p = {.curve = correlate(estimator, captured),
               .lag_count = self->count - self->probe->sample_count,
               .apart_samples = self->probe->sample_rate_hz / APART_PER_SECOND};
    find_peaks(&p);
    const double highest = magnitude(&p, p.first);
    if (!(highest > HEARD_RATIO * p.rest_rms)) {
        estimate->faults |= LATENCY_NOT_HEARD;
        estimate->noise_db = decibels(energy_of(captured, self->count) / self->count);
        estimate->signal_db = estimate->gain_db = LATENCY_FLOOR_DB;
        return;
    }
    const double sign = p.curve[p.first] < 0.0f ? -1.0 : 1.0;
    estimate->is_inverted = sign < 0.0;
    estimate->delay_samples = fmax(0.0, find_between(self, p.first, sign));
    const double gain = sign * curve_at(&self->white, self->count, estimate->delay_samples) / self->own_peak;
    estimate->gain_db = 20.0 * log10(gain);
    if (p.second < p.lag_count) estimate->confidence = fmax(0.0, 1.0 - magnitude(&p, p.second) / highest);
    find_echo(&p, estimate);
    measure_levels(self, captured, estimate);
}
