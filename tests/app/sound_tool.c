// SPDX-License-Identifier: MIT
// Makes and compares sound files for the scripts of this folder. Prints figures; exits 1 where a comparison fails.
//   make FILE RATE CHANNELS SAMPLES SEED FORMAT   tones that glide under bursts of noise; FORMAT pcm_16 or float
//   chord FILE RATE CHANNELS SAMPLES              steady tones and their harmonics, float
//   stage FILE RATE SAMPLES                       stereo as of a recording: a chord in the middle, a tenth of another
//   as
//                                                 the difference of left and right, float
//   info FILE                                     RATE CHANNELS SAMPLES FORMAT
//   same A B                                      every sample equal
//   begins A B                                    A is the beginning of B, every sample equal
//   shifted RAW ALIGNED LATENCY                   RAW is ALIGNED, LATENCY samples later
//   delayed LATE ORIGINAL LATENCY                 LATE is ORIGINAL after LATENCY zero samples, cut to its length
//   lag A B                                       the shift of B against A with the largest correlation, and the SNR
//                                                 there in dB, channel 0
//   rms FILE FROM UNTIL                           dBFS of these samples, all channels
//   bounded FILE MOST                             every sample is a number, and none over MOST; prints the peak
//   against A NPY                                 energy of A less the floats of NPY, in dB of NPY's, over NPY's length
//   difference A B                                first and last sample at which both differ
#include "support/signals.h"

#include <sndfile.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    SF_INFO info;
    float *samples; /* interleaved */
} sound;

static void fail(const char *what, const char *file)
{
    fprintf(stderr, "sound_tool: %s: %s\n", what, file);
    exit(1);
}

/* Sounds live as long as the program: freed at its end, so that a leak checker has nothing to say. */
static float *loaded[8];
static size_t loaded_count;

static void free_loaded(void)
{
    while (loaded_count > 0u) free(loaded[--loaded_count]);
}

static sound load(const char *path)
{
    sound s;
    memset(&s, 0, sizeof s);
    SNDFILE *file = sf_open(path, SFM_READ, &s.info);
    if (!file) fail(sf_strerror(NULL), path);
    s.samples = calloc((size_t)(s.info.frames * s.info.channels) + 1u, sizeof(float));
    if (!s.samples || loaded_count == sizeof loaded / sizeof *loaded) fail("no memory", path);
    loaded[loaded_count++] = s.samples;
    if (sf_readf_float(file, s.samples, s.info.frames) != s.info.frames) fail("cut short", path);
    sf_close(file);
    return s;
}

static float noise(uint32_t *seed) { return (float)(int32_t)test_random(seed) / 2147483648.0f; }

static float gliding_sample(double t, int channel, uint32_t *seed)
{
    const double pi = acos(-1.0), burst = exp(-8.0 * fmod(t, 0.25));
    const double f = 180.0 * (1 + channel) + 60.0 * sin(2.0 * pi * 0.7 * t);
    return (float)(0.25 * sin(2.0 * pi * f * t) + 0.12 * sin(2.0 * pi * 7.1 * f * t)) +
           0.2f * (float)burst * noise(seed);
}

static int make(char **words)
{
    const int rate = atoi(words[1]), channels = atoi(words[2]);
    const long samples = atol(words[3]);
    uint32_t seed = (uint32_t)atol(words[4]);
    if (channels < 1 || channels > 8) fail("1 to 8 channels", words[0]);
    SF_INFO info = {.samplerate = rate, .channels = channels};
    info.format = SF_FORMAT_WAV | (strcmp(words[5], "pcm_16") == 0 ? SF_FORMAT_PCM_16 : SF_FORMAT_FLOAT);
    SNDFILE *file = sf_open(words[0], SFM_WRITE, &info);
    if (!file) fail(sf_strerror(NULL), words[0]);
    for (long i = 0; i < samples; i++) {
        float frame[8];
        for (int c = 0; c < channels; c++) frame[c] = gliding_sample((double)i / rate, c, &seed);
        if (sf_writef_float(file, frame, 1) != 1) fail("cannot write", words[0]);
    }
    return sf_close(file);
}

/* Three notes of eight harmonics each, other ones in every channel. */
static double chord_sample(double t, int channel)
{
    static const double notes_hz[] = {196.0, 246.94, 311.13};
    double sum = 0.0;
    for (int n = 0; n < 3; n++)
        for (int k = 1; k <= 8; k++)
            sum += 0.08 / k * sin(2.0 * acos(-1.0) * k * notes_hz[n] * (1.0 + 0.5 * channel) * t + n + k);
    return sum;
}

static int chord(char **words)
{
    SF_INFO info = {.samplerate = atoi(words[1]), .channels = atoi(words[2])};
    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    if (info.channels < 1 || info.channels > 8) fail("1 to 8 channels", words[0]);
    SNDFILE *file = sf_open(words[0], SFM_WRITE, &info);
    if (!file) fail(sf_strerror(NULL), words[0]);
    for (long i = 0; i < atol(words[3]); i++) {
        float frame[8];
        for (int c = 0; c < info.channels; c++) frame[c] = (float)chord_sample((double)i / info.samplerate, c);
        if (sf_writef_float(file, frame, 1) != 1) fail("cannot write", words[0]);
    }
    return sf_close(file);
}

static int stage(char **words)
{
    uint32_t seed = 3u;
    SF_INFO info = {.samplerate = atoi(words[1]), .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *file = sf_open(words[0], SFM_WRITE, &info);
    if (!file) fail(sf_strerror(NULL), words[0]);
    for (long i = 0; i < atol(words[2]); i++) {
        const double t = (double)i / info.samplerate;
        const float middle = 0.7f * gliding_sample(t, 0, &seed), side = 0.1f * gliding_sample(t, 1, &seed);
        const float frame[2] = {middle + side, middle - side};
        if (sf_writef_float(file, frame, 1) != 1) fail("cannot write", words[0]);
    }
    return sf_close(file);
}

static int info(const char *path)
{
    const sound s = load(path);
    const int subtype = s.info.format & SF_FORMAT_SUBMASK;
    printf("%d %d %ld %s\n", s.info.samplerate, s.info.channels, (long)s.info.frames,
           subtype == SF_FORMAT_PCM_16   ? "pcm_16"
           : subtype == SF_FORMAT_PCM_24 ? "pcm_24"
           : subtype == SF_FORMAT_FLOAT  ? "float"
                                         : "other");
    return 0;
}

static void check_alike(const sound *a, const sound *b)
{
    if (a->info.channels != b->info.channels || a->info.samplerate != b->info.samplerate)
        fail("other rate or channels", "second file");
}

static int same(const char *first, const char *second, int is_whole)
{
    const sound a = load(first), b = load(second);
    check_alike(&a, &b);
    if (a.info.frames > b.info.frames || (is_whole && a.info.frames < b.info.frames) || a.info.frames == 0)
        fail("other length, or empty", second);
    for (long i = 0; i < a.info.frames * a.info.channels; i++)
        if (memcmp(&a.samples[i], &b.samples[i], sizeof(float)) != 0) {
            fprintf(stderr, "%s and %s differ first at sample %ld: %.9g, %.9g\n", first, second, i / a.info.channels,
                    (double)a.samples[i], (double)b.samples[i]);
            return 1;
        }
    return 0;
}

static int shifted(const char *raw, const char *aligned, long latency)
{
    const sound a = load(raw), b = load(aligned);
    check_alike(&a, &b);
    if (a.info.frames != b.info.frames + latency) fail("is not longer by the latency", raw);
    return memcmp(a.samples + latency * a.info.channels, b.samples,
                  (size_t)(b.info.frames * b.info.channels) * sizeof(float)) != 0;
}

/* Correlation of channel 0 at one shift, and the SNR there. */
static double correlate(const sound *a, const sound *b, long shift, double *snr_db)
{
    double product = 0.0, error = 0.0, energy = 0.0;
    for (long i = 0; i < a->info.frames; i++) {
        const long j = i + shift;
        if (j < 0 || j >= b->info.frames) continue;
        const double x = a->samples[i * a->info.channels], y = b->samples[j * b->info.channels];
        product += x * y;
        energy += x * x;
        error += (x - y) * (x - y);
    }
    *snr_db = 10.0 * log10(energy / (error + 1e-30));
    return product;
}

/* Both are as long; the second starts with silence. */
static int delayed(const char *late, const char *original, long latency)
{
    const sound a = load(late), b = load(original);
    check_alike(&a, &b);
    const long channels = a.info.channels, count = (long)a.info.frames * channels, lead = latency * channels;
    for (long i = 0; i < count; i++) {
        if (a.samples[i] != (i < lead ? 0.0f : b.samples[i - lead])) return 1;
    }
    return 0;
}

static int lag(const char *first, const char *second)
{
    const sound a = load(first), b = load(second);
    check_alike(&a, &b);
    double best = -INFINITY, best_snr = 0.0, snr = 0.0;
    long best_shift = 0;
    for (long shift = -2400; shift <= 2400; shift++) {
        const double value = correlate(&a, &b, shift, &snr);
        if (value <= best) continue;
        best = value;
        best_shift = shift;
        best_snr = snr;
    }
    printf("%ld %.2f\n", best_shift, best_snr);
    return 0;
}

static int rms(const char *path, long from, long until)
{
    const sound s = load(path);
    if (until > s.info.frames) until = s.info.frames;
    double sum = 0.0;
    for (long i = from * s.info.channels; i < until * s.info.channels; i++) sum += (double)s.samples[i] * s.samples[i];
    printf("%.2f\n", 10.0 * log10(sum / (double)((until - from) * s.info.channels) + 1e-20));
    return 0;
}

static int bounded(const char *path, double most)
{
    const sound s = load(path);
    double peak = 0.0;
    for (long i = 0; i < s.info.frames * s.info.channels; i++) {
        if (!isfinite(s.samples[i])) fail("a sample is no number", path);
        peak = fmax(peak, fabs((double)s.samples[i]));
    }
    printf("%ld samples, peak %.3f\n", (long)s.info.frames, peak);
    return peak > most || s.info.frames == 0;
}

static int difference(const char *first, const char *second)
{
    const sound a = load(first), b = load(second);
    check_alike(&a, &b);
    long start = -1, end = -1;
    for (long i = 0; i < a.info.frames * a.info.channels && i < b.info.frames * b.info.channels; i++) {
        if (a.samples[i] == b.samples[i]) continue;
        if (start < 0) start = i / a.info.channels;
        end = i / a.info.channels;
    }
    printf("%ld %ld\n", start, end);
    return 0;
}

/* NPY of version 1, one dimension, little-endian floats. */
static int against(const char *path, const char *npy)
{
    const sound a = load(path);
    unsigned char start[10];
    FILE *file = fopen(npy, "rb");
    if (!file || fread(start, 1, sizeof start, file) != sizeof start) fail("cannot read", npy);
    if (fseek(file, start[8] + 256L * start[9], SEEK_CUR) != 0) fail("cannot read", npy);
    double difference = 0.0, energy = 0.0;
    sf_count_t at = 0;
    for (float wanted; fread(&wanted, sizeof wanted, 1, file) == 1; at++) {
        const double got = at < a.info.frames ? (double)a.samples[at * a.info.channels] : 0.0;
        difference += (got - (double)wanted) * (got - (double)wanted);
        energy += (double)wanted * (double)wanted;
    }
    fclose(file);
    printf("%.1f\n", 10.0 * log10((difference + 1e-30) / (energy + 1e-30)));
    return 0;
}

int main(int argc, char **argv)
{
    atexit(free_loaded);
    if (argc == 8 && strcmp(argv[1], "make") == 0) return make(argv + 2);
    if (argc == 6 && strcmp(argv[1], "chord") == 0) return chord(argv + 2);
    if (argc == 5 && strcmp(argv[1], "stage") == 0) return stage(argv + 2);
    if (argc == 3 && strcmp(argv[1], "info") == 0) return info(argv[2]);
    if (argc == 4 && strcmp(argv[1], "same") == 0) return same(argv[2], argv[3], 1);
    if (argc == 4 && strcmp(argv[1], "begins") == 0) return same(argv[2], argv[3], 0);
    if (argc == 5 && strcmp(argv[1], "shifted") == 0) return shifted(argv[2], argv[3], atol(argv[4]));
    if (argc == 5 && strcmp(argv[1], "delayed") == 0) return delayed(argv[2], argv[3], atol(argv[4]));
    if (argc == 4 && strcmp(argv[1], "lag") == 0) return lag(argv[2], argv[3]);
    if (argc == 5 && strcmp(argv[1], "rms") == 0) return rms(argv[2], atol(argv[3]), atol(argv[4]));
    if (argc == 4 && strcmp(argv[1], "bounded") == 0) return bounded(argv[2], atof(argv[3]));
    if (argc == 4 && strcmp(argv[1], "against") == 0) return against(argv[2], argv[3]);
    if (argc == 4 && strcmp(argv[1], "difference") == 0) return difference(argv[2], argv[3]);
    fputs("sound_tool: wrong usage\n", stderr);
    return 2;
}
