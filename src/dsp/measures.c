// SPDX-License-Identifier: MIT
// Measures of coded sound against its reference, over whole signals.
#include <residuum/rsd_dsp.h>

#include <kiss_fftr.h>
#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define SNR_MIN_DB (-100.0)
#define SNR_MAX_DB 200.0
#define SEGMENT_MIN_DB (-10.0)
#define SEGMENT_MAX_DB 35.0
#define SEGMENT_LOUD_MEAN_SQUARE 1e-6 /* -60 dBFS, a full-scale constant being 0 */
#define LSD_FRAME_SAMPLES 1024u
#define LSD_HOP_SAMPLES 256u
#define LSD_BINS 513u /* LSD_FRAME_SAMPLES / 2 + 1 */
#define LSD_MIN_ENERGY 1e-2
#define LSD_FLOOR 1e-3

/* NaN, which a broken signal gives, counts as the worst. */
static double clamp(double x, double low, double high)
{
    if (!(x > low)) return low;
    return x < high ? x : high;
}

/* SNR of a run, and its reference's energy; clamped to SNR_MIN_DB..SNR_MAX_DB. */
static double run_snr_db(const float *reference, const float *coded, size_t sample_count, double *reference_energy)
{
    double signal = 0.0, noise = 0.0;
    for (size_t i = 0; i < sample_count; i++) {
        const double r = reference[i], difference = r - coded[i];
        signal += r * r;
        noise += difference * difference;
    }
    *reference_energy = signal;
    if (noise == 0.0) return SNR_MAX_DB;
    return clamp(10.0 * log10(signal / noise), SNR_MIN_DB, SNR_MAX_DB);
}

double rsd_snr_db(const float *reference, const float *coded, size_t sample_count)
{
    double energy;
    return run_snr_db(reference, coded, sample_count, &energy);
}

/* A last part shorter than a segment does not count; with no segment that counts, the whole is one. */
double rsd_segmental_snr_db(const float *reference, const float *coded, size_t sample_count, uint32_t sample_rate_hz)
{
    const size_t segment = sample_rate_hz >= 50u ? (sample_rate_hz + 25u) / 50u : 1u;
    double sum = 0.0, energy;
    size_t counted = 0;
    for (size_t at = 0; at + segment <= sample_count; at += segment) {
        const double snr = run_snr_db(reference + at, coded + at, segment, &energy);
        if (!(energy > SEGMENT_LOUD_MEAN_SQUARE * (double)segment)) continue;
        sum += clamp(snr, SEGMENT_MIN_DB, SEGMENT_MAX_DB);
        counted++;
    }
    if (counted == 0u) return clamp(rsd_snr_db(reference, coded, sample_count), SEGMENT_MIN_DB, SEGMENT_MAX_DB);
    return sum / (double)counted;
}

typedef struct {
    kiss_fftr_cfg fft;
    float hann[LSD_FRAME_SAMPLES];
    float frame[LSD_FRAME_SAMPLES];
    kiss_fft_cpx reference_bins[LSD_BINS];
    kiss_fft_cpx coded_bins[LSD_BINS];
} spectra;

/* Samples past the end are silence: a signal shorter than a frame is one frame. */
static void spectrum(spectra *s, const float *x, size_t there, kiss_fft_cpx *bins)
{
    for (size_t i = 0; i < LSD_FRAME_SAMPLES; i++) s->frame[i] = i < there ? x[i] * s->hann[i] : 0.0f;
    kiss_fftr(s->fft, s->frame, bins);
}

static double bin_energy(kiss_fft_cpx bin) { return (double)bin.r * bin.r + (double)bin.i * bin.i; }

/* Root of the mean squared dB difference of the two spectra; false when the reference is too quiet to count. */
static bool frame_distance_db(const spectra *s, double *distance_db)
{
    double energy = 0.0, sum = 0.0;
    for (size_t k = 0; k < LSD_BINS; k++) {
        const double reference = bin_energy(s->reference_bins[k]), coded = bin_energy(s->coded_bins[k]);
        const double difference = 20.0 * log10((sqrt(reference) + LSD_FLOOR) / (sqrt(coded) + LSD_FLOOR));
        energy += reference;
        sum += difference * difference;
    }
    *distance_db = sqrt(sum / LSD_BINS);
    return energy > LSD_MIN_ENERGY;
}

static spectra *create_spectra(void)
{
    spectra *s = malloc(sizeof *s);
    if (!s) return NULL;
    s->fft = kiss_fftr_alloc((int)LSD_FRAME_SAMPLES, 0, NULL, NULL);
    if (!s->fft) {
        free(s);
        return NULL;
    }
    for (size_t i = 0; i < LSD_FRAME_SAMPLES; i++)
        s->hann[i] = (float)(0.5 - 0.5 * cos(2.0 * PI * (double)i / LSD_FRAME_SAMPLES));
    return s;
}

double rsd_log_spectral_distance_db(const float *reference, const float *coded, size_t sample_count)
{
    spectra *s = create_spectra();
    if (!s) return NAN;
    double sum = 0.0;
    size_t counted = 0, at = 0;
    do {
        double distance_db;
        spectrum(s, reference + at, sample_count - at, s->reference_bins);
        spectrum(s, coded + at, sample_count - at, s->coded_bins);
        if (frame_distance_db(s, &distance_db)) {
            sum += distance_db;
            counted++;
        }
        at += LSD_HOP_SAMPLES;
    } while (at + LSD_FRAME_SAMPLES <= sample_count);
    kiss_fftr_free(s->fft);
    free(s);
    return counted ? sum / (double)counted : 0.0;
}
