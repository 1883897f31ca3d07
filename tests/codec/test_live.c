// SPDX-License-Identifier: MIT
// The `live` codec as its user hears it: levels, silence, latency, onsets, tones, damage.
#include "codec_support.h"

#include "support/signals.h"

#include <math.h>

static const char *const NAMES[] = {"live-64", "live-128", "live-256"};

static const struct {
    const char *what;
    double begin_s, length_s;
} CLIPS[] = {{"speech", 0.2, 3.5}, {"strings", 4.4, 2.5}, {"drums", 7.4, 2.4}};

/* Level count whose bitrate is the first at or over `kbps`. */
static uint32_t levels_at(const rsd_codec_info *info, float kbps)
{
    uint32_t levels = 1;
    while (levels < info->level_count && info->level_kbps[levels - 1u] < kbps) levels++;
    return levels;
}

Test(live, every_level_lowers_the_error_on_speech_strings_and_drums, .timeout = 600)
{
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        for (int c = 0; c < 3; c++) {
            const clip in = demo_clip(CLIPS[c].begin_s, CLIPS[c].length_s);
            double last = 0.0;
            for (uint32_t levels = 1; levels <= o.info.level_count; levels++) {
                rsd_decode_controls controls = all_on(levels);
                controls.noise_fill = 0.0f;
                float *out = code_clip(&o, in, levels, &controls);
                const double snr_db = rsd_snr_db(in.samples, out, in.count);
                cr_assert_gt(snr_db, last + 0.05, "%s, %s: %u levels give %.2f dB after %.2f", NAMES[n], CLIPS[c].what,
                             levels, snr_db, last);
                last = snr_db;
                free(out);
            }
            const rsd_decode_controls heard = all_on(o.info.level_count);
            float *out = code_clip(&o, in, o.info.level_count, &heard);
            const double snr_db = rsd_snr_db(in.samples, out, in.count);
            cr_assert_gt(snr_db, 30.0, "%s, %s: all levels as heard: %.2f dB", NAMES[n], CLIPS[c].what, snr_db);
            free(out);
            free(in.samples);
        }
        close_codec(&o);
    }
}

Test(live, level_1_keeps_the_spectral_shape_of_speech)
{
    /* What makes speech intelligible is its envelope over time and frequency: within 9 dB of log-spectral distance at
     * one level, which noise of the right level alone (16 dB) or a low-pass does not reach. */
    opened o = open_codec("live");
    const clip in = demo_clip(0.2, 3.5);
    const rsd_decode_controls controls = all_on(1);
    float *out = code_clip(&o, in, 1, &controls);
    cr_assert_lt(rsd_log_spectral_distance_db(in.samples, out, in.count), 9.0);
    cr_assert_gt(rsd_snr_db(in.samples, out, in.count), 3.0);
    free(out);
    free(in.samples);
    close_codec(&o);
}

Test(live, fewer_levels_give_a_prefix_of_the_tokens)
{
    opened all = open_codec("live"), some = open_codec("live");
    const clip in = demo_clip(4.4, 1.0);
    const uint32_t hop = all.info.hop_samples, last = all.info.level_count;
    for (size_t f = 0; f < in.count / hop; f++) {
        const uint32_t levels = (uint32_t)f % (last + 1u);
        const rsd_encode_controls whole = {last, 16}, part = {levels, 16};
        rsd_token_frame a, b;
        rsd_codec_encode(all.codec, in.samples + f * hop, &whole, &a, NULL);
        rsd_codec_encode(some.codec, in.samples + f * hop, &part, &b, NULL);
        const uint32_t end = levels ? all.info.level_sequence_end[levels - 1u] : 0u;
        for (uint32_t s = 0; s < all.info.sequence_count; s++)
            cr_assert_eq(b.tokens[s], s < end ? a.tokens[s] : RSD_TOKEN_NONE, "frame %zu, sequence %u", f, s);
        for (uint32_t s = 0; s < all.info.side_count; s++) cr_assert_eq(a.side[s], b.side[s]);
    }
    free(in.samples);
    close_codec(&all);
    close_codec(&some);
}

Test(live, soloed_levels_add_up_to_the_whole)
{
    opened o = open_codec("live");
    const clip in = demo_clip(4.4, 1.0);
    const uint32_t levels = o.info.level_count;
    rsd_decode_controls controls = all_on(levels);
    controls.noise_fill = 0.0f;
    float *whole = code_clip(&o, in, levels, &controls), *sum = calloc(in.count, sizeof *sum);
    for (uint32_t k = 0; k < levels; k++) {
        memset(controls.level_gain, 0, sizeof controls.level_gain);
        controls.level_gain[k] = 1.0f;
        float *solo = code_clip(&o, in, levels, &controls);
        for (size_t i = 0; i < in.count; i++) sum[i] += solo[i];
        free(solo);
    }
    for (size_t i = 0; i < in.count; i++) cr_assert_float_eq(sum[i], whole[i], 1e-5f, "sample %zu", i);
    free(sum);
    free(whole);
    free(in.samples);
    close_codec(&o);
}

Test(live, gains_of_levels_are_gains_of_all_that_is_heard)
{
    const clip in = demo_clip(4.4, 1.0);
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        rsd_decode_controls controls = all_on(4);
        float *whole = code_clip(&o, in, 4, &controls);
        for (uint32_t k = 0; k < 4u; k++) controls.level_gain[k] = 0.125f;
        float *eighth = code_clip(&o, in, 4, &controls);
        for (size_t i = 0; i < in.count; i++)
            cr_assert_float_eq(eighth[i], 0.125f * whole[i], 1e-6f, "%s, sample %zu", NAMES[n], i);
        free(whole);
        free(eighth);
        close_codec(&o);
    }
    free(in.samples);
}

/* Energy of the second differences: of the highs. */
static double highs_of(const float *samples, size_t count)
{
    double sum = 0.0;
    for (size_t i = 2; i < count; i++) {
        const double x = (double)samples[i] - 2.0 * (double)samples[i - 1u] + (double)samples[i - 2u];
        sum += x * x;
    }
    return sum;
}

Test(live, highs_have_the_energy_that_codewords_alone_lack)
{
    const clip in = demo_clip(4.4, 2.5);
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        const uint32_t levels = levels_at(&o.info, 60.0f);
        rsd_decode_controls controls = all_on(levels);
        float *restored = code_clip(&o, in, levels, &controls);
        controls.noise_fill = 0.0f;
        float *bare = code_clip(&o, in, levels, &controls);
        const double wanted = highs_of(in.samples, in.count);
        const double got = highs_of(restored, in.count) / wanted, lacking = highs_of(bare, in.count) / wanted;
        cr_assert(lacking < 0.97 && fabs(1.0 - got) < 0.5 * (1.0 - lacking),
                  "%s: %.3f of the energy, %.3f without gain", NAMES[n], got, lacking);
        free(restored);
        free(bare);
        close_codec(&o);
    }
    free(in.samples);
}

Test(live, silence_decodes_to_exact_silence_also_after_sound)
{
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        clip in = {.count = RATE_HZ};
        in.samples = calloc(in.count, sizeof(float));
        test_fill_noise(in.samples, RATE_HZ / 2u, 0.5f, 3);
        const rsd_decode_controls controls = all_on(o.info.level_count);
        float *out = code_clip(&o, in, o.info.level_count, &controls);
        for (size_t i = RATE_HZ / 2u + 2u * o.info.latency_samples; i < in.count; i++) cr_assert_eq(out[i], 0.0f);
        free(out);
        free(in.samples);
        close_codec(&o);
    }
}

Test(live, all_gains_zero_and_no_levels_are_silent)
{
    opened o = open_codec("live");
    const clip in = demo_clip(0.2, 0.5);
    rsd_decode_controls controls = all_on(o.info.level_count);
    memset(controls.level_gain, 0, sizeof controls.level_gain);
    float *muted = code_clip(&o, in, o.info.level_count, &controls);
    const rsd_decode_controls none = all_on(0);
    float *empty = code_clip(&o, in, 0, &none);
    for (size_t i = 0; i < in.count; i++) cr_assert(muted[i] == 0.0f && empty[i] == 0.0f, "sample %zu", i);
    free(muted);
    free(empty);
    free(in.samples);
    close_codec(&o);
}

Test(live, an_impulse_comes_back_at_the_stated_latency)
{
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        clip in = {.count = 8192};
        in.samples = calloc(in.count, sizeof(float));
        in.samples[4000] = 0.9f;
        const rsd_decode_controls controls = all_on(o.info.level_count);
        float *out = code_clip(&o, in, o.info.level_count, &controls);
        size_t peak = 0;
        for (size_t i = 0; i < in.count; i++) peak = fabsf(out[i]) > fabsf(out[peak]) ? i : peak;
        cr_assert_eq(peak, 4000u, "%s: aligned by its latency, the impulse is at %zu", NAMES[n], peak);
        free(out);
        free(in.samples);
        close_codec(&o);
    }
}

/* A castanet: two damped modes and noise, from nothing to full within a sample. */
static void add_click(float *samples, size_t count)
{
    uint32_t seed = 5;
    for (size_t i = 0; i < count; i++) {
        const double t = (double)i / RATE_HZ, noise = (double)(int32_t)test_random(&seed) / 2147483648.0;
        samples[i] += (float)(exp(-t / 0.004) * (0.4 * cos(6.2832 * 2300.0 * t) + 0.3 * cos(6.2832 * 5100.0 * t)) +
                              0.2 * exp(-t / 0.002) * noise);
    }
}

static double energy_of(const float *samples, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) sum += (double)samples[i] * samples[i];
    return sum;
}

Test(live, a_click_after_silence_has_little_before_it)
{
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        for (size_t at = 4800; at < 4800u + o.info.hop_samples; at += 13u) {
            clip in = {.count = 9600};
            in.samples = calloc(in.count, sizeof(float));
            add_click(in.samples + at, 2000);
            for (uint32_t levels = levels_at(&o.info, 47.0f); levels <= o.info.level_count; levels++) {
                const rsd_decode_controls controls = all_on(levels);
                float *out = code_clip(&o, in, levels, &controls);
                const double before = energy_of(out + at - 144u, 144u), click = energy_of(out + at, 2000u);
                cr_assert_lt(10.0 * log10(before / click + 1e-12), -20.0, "%s, %u levels, click at %zu: %.1f dB",
                             NAMES[n], levels, at, 10.0 * log10(before / click + 1e-12));
                free(out);
            }
            free(in.samples);
        }
        close_codec(&o);
    }
}

Test(live, a_tone_from_nothing_does_not_overshoot)
{
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        for (float amplitude = 0.9f; amplitude > 1e-3f; amplitude *= 0.1f) {
            clip in = {.count = 9600};
            in.samples = calloc(in.count, sizeof(float));
            for (size_t i = 4800; i < in.count; i++) in.samples[i] = amplitude * cosf(0.0576f * (float)(i - 4800u));
            for (uint32_t levels = 1; levels <= o.info.level_count; levels++) {
                const rsd_decode_controls controls = all_on(levels);
                float *out = code_clip(&o, in, levels, &controls), peak = 0.0f;
                for (size_t i = 0; i < in.count; i++) peak = fmaxf(peak, fabsf(out[i]));
                /* One or two tokens a frame leave much error where an attack is flattened. */
                cr_assert_lt(peak, 3.0f * amplitude, "%s, %u levels, %g: %g", NAMES[n], levels, (double)amplitude,
                             (double)peak);
                free(out);
            }
            free(in.samples);
        }
        close_codec(&o);
    }
}

/* Peak of what `levels` make of a tone of amplitude 0.5 that stops at sample `end`. */
static float peak_of_stopped_tone(opened *o, double hz, size_t end, uint32_t levels)
{
    clip in = {.count = 9600};
    in.samples = calloc(in.count, sizeof(float));
    for (size_t i = 0; i < end; i++) in.samples[i] = 0.5f * (float)sin(2.0 * M_PI * hz / RATE_HZ * (double)i);
    const rsd_decode_controls controls = all_on(levels);
    float *out = code_clip(o, in, levels, &controls), peak = 0.0f;
    for (size_t i = 0; i < in.count; i++) peak = fmaxf(peak, fabsf(out[i]));
    free(out);
    free(in.samples);
    return peak;
}

/* All bands change by 60 dB within a frame. A wrong envelope is a burst. */
Test(live, a_tone_that_stops_within_a_frame_does_not_burst, .timeout = 600)
{
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        for (uint32_t i = 0; i < 60u; i++) {
            const double hz = 60.0 * pow(2.0, i / 8.0);
            const float first = peak_of_stopped_tone(&o, hz, 3000u + 37u * i, 1);
            const float all = peak_of_stopped_tone(&o, hz, 3000u + 37u * i, o.info.level_count);
            cr_expect_lt(first, 0.5f * 2.8f, "%s, %.0f Hz, level 1: %g", NAMES[n], hz, (double)first);
            cr_expect_lt(all, 0.5f * 1.4f, "%s, %.0f Hz, all levels: %g", NAMES[n], hz, (double)all);
        }
        close_codec(&o);
    }
}

Test(live, reset_gives_the_same_samples_again)
{
    opened o = open_codec("live-64");
    const clip in = demo_clip(7.4, 0.5);
    const rsd_decode_controls controls = all_on(5);
    float *first = code_clip(&o, in, 5, &controls), *second = code_clip(&o, in, 5, &controls);
    cr_assert_arr_eq(first, second, in.count * sizeof *first);
    free(first);
    free(second);
    free(in.samples);
    close_codec(&o);
}

/* +18 dBFS, whatever the tokens are. */
static void check_any_tokens_are_bounded(const char *name)
{
    opened o = open_codec(name);
    uint32_t seed = 17;
    float out[MAX_HOP];
    const rsd_decode_controls controls = all_on(o.info.level_count);
    for (int f = 0; f < 5000; f++) {
        rsd_token_frame frame = {.level_count = test_random(&seed) % 100u};
        for (uint32_t s = 0; s < RSD_MAX_SIDE; s++) frame.side[s] = (int32_t)test_random(&seed);
        for (uint32_t s = 0; s < RSD_MAX_SEQUENCES; s++) frame.tokens[s] = (int32_t)test_random(&seed);
        rsd_codec_decode(o.codec, &frame, &controls, out);
        for (uint32_t i = 0; i < o.info.hop_samples; i++) cr_assert(fabsf(out[i]) <= 8.0f);
    }
    const rsd_token_frame silent = {0};
    for (int f = 0; f < 2; f++) rsd_codec_decode(o.codec, &silent, &controls, out);
    for (uint32_t i = 0; i < o.info.hop_samples; i++) cr_assert_eq(out[i], 0.0f);
    close_codec(&o);
}

Test(live, any_tokens_stay_bounded_and_are_forgotten)
{
    for (int n = 0; n < 3; n++) check_any_tokens_are_bounded(NAMES[n]);
}

/* SNR of a steady tone, from 100 ms after its beginning until the frames that its end lies in. */
static double tone_snr_db(opened *o, double frequency_hz, float amplitude, uint32_t levels)
{
    clip in = {.count = 12000};
    in.samples = malloc(in.count * sizeof(float));
    for (size_t i = 0; i < in.count; i++)
        in.samples[i] = amplitude * (float)sin(2.0 * M_PI * frequency_hz / RATE_HZ * (double)i);
    const rsd_decode_controls controls = all_on(levels);
    float *out = code_clip(o, in, levels, &controls);
    double sum = 0.0, error = 0.0;
    for (size_t i = 4800; i < in.count - 1024u; i++) {
        const double e = (double)in.samples[i] - (double)out[i];
        sum += (double)in.samples[i] * (double)in.samples[i];
        error += e * e;
    }
    free(out);
    free(in.samples);
    return 10.0 * log10(sum / error);
}

/* Sixths of an octave from 30 Hz to 18 kHz; a tone is what an envelope of few bands tells worst. Over full scale, too:
 * hosts have headroom. */
Test(live, all_levels_code_any_tone, .timeout = 600)
{
    static const float amplitudes[] = {2.5f, 0.89f, 0.1f, 0.01f};
    for (int n = 0; n < 3; n++) {
        opened o = open_codec(NAMES[n]);
        for (uint32_t a = 0; a < 4u; a++) {
            for (double hz = 30.0; hz <= 18000.0; hz *= pow(2.0, 1.0 / 6.0)) {
                const double snr = tone_snr_db(&o, hz, amplitudes[a], o.info.level_count);
                cr_expect_gt(snr, 35.0, "%s, %.0f Hz, amplitude %g: %.1f dB", NAMES[n], hz, (double)amplitudes[a], snr);
            }
        }
        close_codec(&o);
    }
}

Test(live, the_meter_agrees_with_the_sound)
{
    opened o = open_codec("live");
    const clip in = demo_clip(4.4, 2.0);
    const uint32_t hop = o.info.hop_samples, levels = 6;
    double input = 0.0, error = 0.0;
    const rsd_encode_controls encode = {levels, 16};
    for (size_t f = 0; f < in.count / hop; f++) {
        rsd_token_frame frame;
        rsd_level_meter meter;
        rsd_codec_encode(o.codec, in.samples + f * hop, &encode, &frame, &meter);
        input += meter.input_energy;
        error += meter.error_energy[levels - 1u];
        cr_assert_eq(meter.error_energy[o.info.level_count - 1u], meter.error_energy[levels - 1u]);
    }
    rsd_decode_controls controls = all_on(levels);
    controls.noise_fill = 0.0f;
    float *out = code_clip(&o, in, levels, &controls);
    cr_assert_float_eq(10.0 * log10(input / error), rsd_snr_db(in.samples, out, in.count), 0.3);
    free(out);
    free(in.samples);
    close_codec(&o);
}
