// SPDX-License-Identifier: MIT
// Neural codecs at the rates of devices: sound comes out when the stated latency says, inline and threaded.
#include "engine_support.h"

#include "engine/engine_internal.h"

#include <stdio.h>

#define SECONDS 2u
#define PARTIALS 64u
#define REACH 12 /* lags that are looked at, engine samples each way */
#define TAPS 32

static double partial_hz[PARTIALS], partial_phase[PARTIALS], partial_gain[PARTIALS];

/* A voice of three pitches, slowly louder and softer: the same sound at any rate. Silent before 0. */
static void make_voice(void)
{
    static const double pitch_hz[3] = {110.3, 139.7, 173.1};
    uint32_t seed = 3u;
    for (uint32_t i = 0; i < PARTIALS; i++) {
        const uint32_t harmonic = i / 3u + 1u;
        partial_hz[i] = pitch_hz[i % 3u] * harmonic * 1.003;
        partial_phase[i] = TEST_TWO_PI * (double)test_noise(&seed);
        partial_gain[i] = 0.12 / harmonic * (1.0 + harmonic % 3u);
    }
}

static float voice(double seconds)
{
    double sum = 0.0;
    if (seconds < 0.0) return 0.0f;
    for (uint32_t i = 0; i < PARTIALS; i++)
        sum += partial_gain[i] * sin(TEST_TWO_PI * partial_hz[i] * seconds + partial_phase[i]);
    const double fade_in = seconds < 0.05 ? seconds / 0.05 : 1.0;
    return (float)(sum * fade_in * (0.6 + 0.4 * sin(TEST_TWO_PI * 3.0 * seconds)));
}

/* The codec alone, frame by frame, on the voice `delay` samples late. */
static float *code_alone(const char *name, uint32_t delay, uint32_t count, const rsd_codec_info *info)
{
    rsd_model *model = open_model(name);
    rsd_codec *codec = NULL;
    rsd_token_frame frame;
    const size_t bytes = (rsd_codec_size_bytes(model) + 63u) / 64u * 64u;
    void *block = aligned_alloc(64u, bytes);
    float *sound = make_samples(count);
    rsd_encode_controls encode = {info->level_count, 16u};
    rsd_decode_controls decode = {.active_levels = (float)info->level_count};
    for (uint32_t k = 0; k < info->level_count; k++) decode.level_gain[k] = 1.0f;
    memset(block, 0, bytes);
    cr_assert_eq(rsd_codec_init(block, bytes, model, info->sample_rate_hz, &codec), RSD_OK);
    for (uint32_t i = 0; i < count; i++) sound[i] = voice(((double)i - delay) / info->sample_rate_hz);
    for (uint32_t i = 0; i + info->hop_samples <= count; i += info->hop_samples) {
        rsd_codec_encode(codec, sound + i, &encode, &frame, NULL);
        rsd_codec_decode(codec, &frame, &decode, sound + i);
    }
    free(block);
    rsd_model_release(model);
    return sound;
}

/* Between the samples: a windowed sinc, no wider than `share` of the band. */
static double at_place(const float *x, uint32_t count, double place, double share)
{
    double sum = 0.0;
    const int first = (int)floor(place) - (int)(TAPS / share) + 1, last = (int)floor(place) + (int)(TAPS / share);
    for (int i = first < 0 ? 0 : first; i <= last && i < (int)count; i++) {
        const double d = (place - i) * share, turn = TEST_TWO_PI / 2.0 * d;
        const double sinc = fabs(d) < 1e-9 ? 1.0 : sin(turn) / turn;
        sum += (double)x[i] * sinc * share * (0.5 + 0.5 * cos(turn / TAPS));
    }
    return sum;
}

typedef struct {
    double lag, correlation;
} likeness;

/* Where `got` is most like `wanted`: the lag between samples, and how like it is there. */
static likeness compare(const float *wanted, const float *got, uint32_t from, uint32_t until)
{
    double sums[2 * REACH + 1], wanted_energy = 0.0, got_energy = 0.0;
    int best = 0;
    for (uint32_t i = from; i < until; i++) {
        wanted_energy += (double)wanted[i] * (double)wanted[i];
        got_energy += (double)got[i] * (double)got[i];
    }
    for (int lag = -REACH; lag <= REACH; lag++) {
        double sum = 0.0;
        for (uint32_t i = from; i < until; i++) sum += (double)wanted[i] * (double)got[(int)i + lag];
        sums[lag + REACH] = sum;
        if (sum > sums[best]) best = lag + REACH;
    }
    cr_assert(best > 0 && best < 2 * REACH, "no peak within %d samples", REACH);
    const double left = sums[best - 1], middle = sums[best], right = sums[best + 1];
    return (likeness){best - REACH + 0.5 * (left - right) / (left - 2.0 * middle + right),
                      middle / sqrt(wanted_energy * got_energy)};
}

/* Paced by the worker, not by the clock. */
static float *play(rsd_engine *engine, uint32_t rate_hz)
{
    const uint32_t count = SECONDS * rate_hz;
    float *in = make_samples(count), *out = make_samples(count);
    for (uint32_t i = 0; i < count; i++) in[i] = voice((double)i / rate_hz);
    rsd_engine_wait_for_frames(engine, true);
    run_blocks(engine, in, out, count, 64u);
    cr_assert_eq(engine->late_frame_count, 0u);
    free(in);
    return out;
}

/*
 * What goes in at time t meets the codec `ahead` codec samples after t, and comes out as the codec made it at t +
 * stated latency. Any error in either way of the resampler, in the hops or in the sum moves the peak.
 */
static void assert_stated(const char *name, uint32_t rate_hz, rsd_schedule schedule)
{
    make_voice();
    rsd_engine *engine = make_engine_of(name, rate_hz, 1, schedule);
    const rsd_codec_info info = codec_of(engine);
    const engine_instance *instance = engine->current;
    const uint32_t stated = latency_of(engine), count = SECONDS * rate_hz, codec_count = SECONDS * info.sample_rate_hz;
    const uint32_t ahead =
        instance->resampled ? rsd_resampler_latency_out_samples(instance->to_codec[0]) + instance->latency.align_samples
                            : 0u;
    const double ratio = (double)info.sample_rate_hz / rate_hz, share = ratio > 1.0 ? 0.85 / ratio : 0.85;
    float *out = play(engine, rate_hz), *alone = code_alone(name, ahead, codec_count, &info),
          *wanted = make_samples(count);
    for (uint32_t i = 0; i < count; i++)
        wanted[i] = (float)at_place(alone, codec_count, ((double)i - stated) * ratio + ahead, share);
    const likeness like = compare(wanted, out, rate_hz / 4u, count - rate_hz / 10u);
    printf("%s, %u Hz, %s: stated %u, off by %.3f samples, correlation %.3f\n", info.name, rate_hz,
           schedule == RSD_SCHEDULE_INLINE ? "inline" : "threaded", stated, like.lag, like.correlation);
    cr_assert_float_eq(like.lag, 0.0, 0.25, "%s, %u Hz: %.3f samples off the stated %u", info.name, rate_hz, like.lag,
                       stated);
    cr_assert_gt(like.correlation, 0.8, "%s, %u Hz: it is another sound", info.name, rate_hz);
    rsd_engine_destroy(engine);
    free(out), free(alone), free(wanted);
}

static const uint32_t rates[] = {48000, 44100, 24000, 16000};

Test(neural_latency, lyra_v2_is_as_late_as_stated, .timeout = 600)
{
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        assert_stated("lyra-v2", rates[r], RSD_SCHEDULE_INLINE);
        assert_stated("lyra-v2", rates[r], RSD_SCHEDULE_THREADED);
    }
}

Test(neural_latency, encodec_is_as_late_as_stated, .timeout = 600)
{
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        assert_stated(ENCODEC_FOLDER, rates[r], RSD_SCHEDULE_INLINE);
        assert_stated(ENCODEC_FOLDER, rates[r], RSD_SCHEDULE_THREADED);
    }
}

/* A trained codec gives back the sound itself: the whole way, from input to output. The small model that stands for Lyra
 * V2 where its files are not gives back no sound. */
Test(neural_latency, lyra_v2_gives_back_the_sound_after_the_stated_latency, .timeout = 600)
{
    const char *real = getenv("RSD_REAL_LYRA");
    if (!real || real[0] == '\0') cr_skip_test("no Lyra V2 here");
    make_voice();
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        for (int threaded = 0; threaded < 2; threaded++) {
            rsd_engine *engine =
                make_engine_of("lyra-v2", rates[r], 1, threaded ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE);
            const uint32_t stated = latency_of(engine), count = SECONDS * rates[r];
            float *out = play(engine, rates[r]), *wanted = make_samples(count);
            for (uint32_t i = 0; i < count; i++) wanted[i] = voice(((double)i - stated) / rates[r]);
            const likeness like = compare(wanted, out, rates[r] / 4u, count - rates[r] / 10u);
            printf("%u Hz, %s: input to output off by %.3f samples of %u, correlation %.3f\n", rates[r],
                   threaded ? "threaded" : "inline", like.lag, stated, like.correlation);
            cr_assert_float_eq(like.lag, 0.0, 0.5, "%u Hz: %.3f samples off the stated %u", rates[r], like.lag, stated);
            cr_assert_gt(like.correlation, 0.7, "%u Hz", rates[r]);
            rsd_engine_destroy(engine);
            free(out), free(wanted);
        }
    }
}

/* Same rate, nothing in between: to the bit. */
Test(neural_latency, at_its_own_rate_the_engine_plays_what_the_codec_made_hops_later)
{
    static const struct {
        const char *codec;
        uint32_t rate_hz;
    } rows[] = {{"lyra-v2", 16000}, {ENCODEC_FOLDER, 24000}};
    make_voice();
    for (int threaded = 0; threaded < 2; threaded++) {
        for (size_t r = 0; r < 2u; r++) {
            rsd_engine *engine = make_engine_of(rows[r].codec, rows[r].rate_hz, 1,
                                                threaded ? RSD_SCHEDULE_THREADED : RSD_SCHEDULE_INLINE);
            const rsd_codec_info info = codec_of(engine);
            const uint32_t count = SECONDS * rows[r].rate_hz / info.hop_samples * info.hop_samples;
            const uint32_t later = (threaded ? 2u : 1u) * info.hop_samples;
            float *out = play(engine, rows[r].rate_hz), *alone = code_alone(rows[r].codec, 0u, count, &info);
            cr_assert_eq(latency_of(engine), later);
            assert_same_samples(out + later, alone, count - later, info.name);
            rsd_engine_destroy(engine);
            free(out), free(alone);
        }
    }
}
