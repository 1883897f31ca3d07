// SPDX-License-Identifier: MIT
// Cases of the benchmark: the whole chain, resamplers, neural codecs.
#include "bench.h"

#include <residuum/rsd_dsp.h>
#include <residuum/rsd_engine.h>

#include <stdio.h>
#include <stdlib.h>

#define HOP 128u
#define NEURAL_HOP 320u

/* ---- the whole chain: engine with the live codec, one hop a step
 * ------------------------------------------------------ */

static rsd_engine *engine;

static bool open_engine_of(const char *codec, double levels, double bypass, uint32_t channels)
{
    rsd_model *model;
    rsd_codec_info info;
    const rsd_engine_config config = {
        .sample_rate_hz = BENCH_RATE_HZ, .channel_count = channels, .schedule = RSD_SCHEDULE_INLINE};
    if (rsd_model_open(codec, &model, NULL) != RSD_OK) return false;
    const bool fine = rsd_engine_create(&config, model, &engine, NULL) == RSD_OK &&
                      rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, (float)levels) == RSD_OK &&
                      rsd_engine_set(engine, RSD_PARAM_BYPASS, 0, (float)bypass) == RSD_OK;
    rsd_model_info(model, BENCH_RATE_HZ, &info);
    const uint32_t active = levels < info.level_count ? (uint32_t)levels : info.level_count;
    if (active && bypass == 0.0) bench_set_kbps(info.level_kbps[active - 1u]);
    rsd_model_release(model);
    return fine;
}

static bool open_engine(const char *codec, double levels, double bypass)
{
    return open_engine_of(codec, levels, bypass, 1u);
}

/* Two channels that have about half in common: the sound, and with it the sound of a second before. */
static void step_pair(const bench_sound *sound, size_t index)
{
    static float right[HOP], outs[2][HOP];
    const size_t before = sound->count / HOP - BENCH_RATE_HZ / HOP;
    const float *now = bench_block(sound, index, HOP), *earlier = bench_block(sound, index + before, HOP);
    for (uint32_t i = 0; i < HOP; i++) right[i] = 0.7f * (now[i] + earlier[i]);
    rsd_engine_process(engine, (const float *[]){now, right}, (float *[]){outs[0], outs[1]}, HOP);
}

static void step_engine(const bench_sound *sound, size_t index)
{
    static float out[HOP];
    const float *in[1] = {bench_block(sound, index, HOP)};
    float *outs[1] = {out};
    rsd_engine_process(engine, in, outs, HOP);
}

static void close_engine(void) { rsd_engine_destroy(engine); }

/* Levels whose bitrate is nearest to 64 and 128 kbps at hop 128. */
static uint32_t levels_near(double kbps)
{
    rsd_model *model;
    rsd_codec_info info;
    uint32_t best = 0;
    if (rsd_model_open("live-128", &model, NULL) != RSD_OK) return 0;
    rsd_model_info(model, BENCH_RATE_HZ, &info);
    for (uint32_t k = 1; k < info.level_count; k++) {
        const double error = info.level_kbps[k] - kbps, least = info.level_kbps[best] - kbps;
        if (error * error < least * least) best = k;
    }
    rsd_model_release(model);
    return best + 1u;
}

static bool open_all(const bench_sound *s) { return s && open_engine("live-128", 64, 0); }
static bool open_level_1(const bench_sound *s) { return s && open_engine("live-128", 1, 0); }
static bool open_64(const bench_sound *s) { return s && open_engine("live-128", levels_near(64.0), 0); }
static bool open_128(const bench_sound *s) { return s && open_engine("live-128", levels_near(128.0), 0); }
static bool open_bypass(const bench_sound *s) { return s && open_engine("live-128", 64, 1); }
static bool open_pair_all(const bench_sound *s) { return s && open_engine_of("live-128", 64, 0, 2u); }
static bool open_pair_1(const bench_sound *s) { return s && open_engine_of("live-128", 1, 0, 2u); }
static bool open_pair_64(const bench_sound *s) { return s && open_engine_of("live-128", levels_near(64.0), 0, 2u); }
static bool open_all_64(const bench_sound *s) { return s && open_engine("live-64", 64, 0); }
static bool open_all_256(const bench_sound *s) { return s && open_engine("live-256", 64, 0); }

/* ---- parts
 * --------------------------------------------------------------------------------------------------------------- */

static void *block;
static rsd_mdct *mdct;

static bool open_mdct(const bench_sound *sound)
{
    const size_t bytes = rsd_mdct_size_bytes(HOP);
    block = aligned_alloc(64, (bytes + 63u) / 64u * 64u);
    return sound && block && rsd_mdct_init(block, bytes, HOP, &mdct) == RSD_OK;
}

static void step_mdct(const bench_sound *sound, size_t index)
{
    float coefficients[HOP], windowed[2u * HOP];
    rsd_mdct_forward(mdct, bench_block(sound, index, 2u * HOP), coefficients);
    rsd_mdct_inverse(mdct, coefficients, windowed);
}

static void free_block(void) { free(block); }

/* ---- neural codecs, one frame a step, all levels: Lyra V2, where it is installed (lyra_peer.py runs LiteRT beside it),
 * and the EnCodec folder that RSD_ENCODEC_DIR names (encodec_peer.py runs the same model in PyTorch) ---- */

static rsd_model *neural_model;
static rsd_codec *neural;
static rsd_codec_info neural_info;

static bool open_neural(const char *name_or_path, uint32_t hop)
{
    if (!name_or_path || rsd_model_open(name_or_path, &neural_model, NULL) != RSD_OK) return false;
    rsd_model_info(neural_model, BENCH_RATE_HZ, &neural_info);
    const size_t bytes = rsd_codec_size_bytes(neural_model);
    block = aligned_alloc(64, bytes);
    bench_set_kbps(neural_info.level_kbps[neural_info.level_count - 1u]);
    return block && neural_info.hop_samples == hop &&
           rsd_codec_init(block, bytes, neural_model, neural_info.sample_rate_hz, &neural) == RSD_OK;
}

static bool open_encodec(const bench_sound *s) { return s && open_neural(getenv("RSD_ENCODEC_DIR"), NEURAL_HOP); }
static bool open_encodec_int16(const bench_sound *s)
{
    char name[4096];
    const char *folder = getenv("RSD_ENCODEC_DIR");
    if (!s || !folder || (size_t)snprintf(name, sizeof name, "%s" RSD_CODEC_INT16, folder) >= sizeof name) return false;
    return open_neural(name, NEURAL_HOP);
}
static bool open_lyra(const bench_sound *s) { return s && open_neural("lyra-v2", NEURAL_HOP); }

static void step_neural(const bench_sound *sound, size_t index)
{
    static float out[NEURAL_HOP];
    static rsd_decode_controls decode;
    const rsd_encode_controls encode = {neural_info.level_count, 16};
    rsd_token_frame frame;
    for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) decode.level_gain[k] = 1.0f;
    rsd_codec_encode(neural, bench_block(sound, index, NEURAL_HOP), &encode, &frame, NULL);
    rsd_codec_decode(neural, &frame, &decode, out);
}

static void close_neural(void)
{
    free(block);
    rsd_model_release(neural_model);
}

/* ---- a resampler's two ways, up and down again, 126 samples at the bench's rate a step
 * ------------------------------------------------------ */

typedef struct {
    uint32_t lower_hz, higher_hz, lower_samples;
} bench_rates;

static const bench_rates below = {32000u, BENCH_RATE_HZ, 84u}, above = {BENCH_RATE_HZ, 96000u, 126u},
                         speech = {16000u, BENCH_RATE_HZ, 42u};
static const bench_rates *rates;
static rsd_resampler *resampler_up, *resampler_down;

static bool open_resamplers(const bench_rates *wanted, rsd_resampler_quality quality)
{
    rates = wanted;
    return rsd_resampler_create(rates->lower_hz, rates->higher_hz, quality, &resampler_up) == RSD_OK &&
           rsd_resampler_create(rates->higher_hz, rates->lower_hz, quality, &resampler_down) == RSD_OK;
}

static bool open_pair(const bench_sound *s) { return s && open_resamplers(&below, RSD_RESAMPLER_PAIR); }
static bool open_medium(const bench_sound *s) { return s && open_resamplers(&below, RSD_RESAMPLER_MEDIUM); }
static bool open_96_steep(const bench_sound *s) { return s && open_resamplers(&above, RSD_RESAMPLER_STEEP); }
static bool open_96_medium(const bench_sound *s) { return s && open_resamplers(&above, RSD_RESAMPLER_MEDIUM); }
static bool open_16_steep(const bench_sound *s) { return s && open_resamplers(&speech, RSD_RESAMPLER_STEEP); }
static bool open_16_medium(const bench_sound *s) { return s && open_resamplers(&speech, RSD_RESAMPLER_MEDIUM); }

static void step_resamplers(const bench_sound *sound, size_t index)
{
    static float higher[3u * 126u], lower[2u * 126u];
    const uint32_t in_count = rates->lower_samples;
    const uint32_t count = rsd_resampler_process(resampler_up, bench_block(sound, index, in_count), in_count, higher);
    rsd_resampler_process(resampler_down, higher, count, lower);
}

static void close_resamplers(void)
{
    rsd_resampler_destroy(resampler_up);
    rsd_resampler_destroy(resampler_down);
}

/* ---- the peer
 * --------------------------------------------------------------------------------------------------------------- */

static bool open_opus_64(const bench_sound *sound) { return sound && bench_opus_open(64000); }
static bool open_opus_128(const bench_sound *sound) { return sound && bench_opus_open(128000); }

static const bench_pattern delay_16 = {"delay", 16}, flatten_16 = {"flatten", 16}, delay_50 = {"delay", 50};

const bench_case bench_cases[] = {
    {"chain live-128, all levels", HOP, 0, open_all, step_engine, close_engine, NULL},
    {"chain live-128, level 1", HOP, 0, open_level_1, step_engine, close_engine, NULL},
    {"chain live-128, near 64 kbps", HOP, 0, open_64, step_engine, close_engine, NULL},
    {"opus celt 2.5 ms, 64 kbps", BENCH_OPUS_FRAME, 0, open_opus_64, bench_opus_step, bench_opus_close, NULL},
    {"chain live-128, near 128 kbps", HOP, 0, open_128, step_engine, close_engine, NULL},
    {"opus celt 2.5 ms, 128 kbps", BENCH_OPUS_FRAME, 0, open_opus_128, bench_opus_step, bench_opus_close, NULL},
    {"pair live-128, all levels", HOP, 0, open_pair_all, step_pair, close_engine, NULL},
    {"pair live-128, level 1", HOP, 0, open_pair_1, step_pair, close_engine, NULL},
    {"pair live-128, near 64 kbps each", HOP, 0, open_pair_64, step_pair, close_engine, NULL},
    {"chain live-64, all levels", HOP, 0, open_all_64, step_engine, close_engine, NULL},
    {"chain live-256, all levels", HOP, 0, open_all_256, step_engine, close_engine, NULL},
    {"engine in bypass", HOP, 0, open_bypass, step_engine, close_engine, NULL},
    {"token effects, all off", HOP, 0, bench_effects_off_open, bench_effects_step, bench_effects_close, NULL},
    {"token effects, all on", HOP, 0, bench_effects_on_open, bench_effects_step, bench_effects_close, NULL},
    {"MDCT forward and inverse, 128", HOP, 0, open_mdct, step_mdct, free_block, NULL},
    {"32 kHz to 48 and back, pair", 126u, 0, open_pair, step_resamplers, close_resamplers, NULL},
    {"32 kHz to 48 and back, libsamplerate", 126u, 0, open_medium, step_resamplers, close_resamplers, NULL},
    {"48 kHz to 96 and back, steep", 126u, 0, open_96_steep, step_resamplers, close_resamplers, NULL},
    {"48 kHz to 96 and back, libsamplerate", 126u, 0, open_96_medium, step_resamplers, close_resamplers, NULL},
    {"16 kHz to 48 and back, steep", 126u, 0, open_16_steep, step_resamplers, close_resamplers, NULL},
    {"16 kHz to 48 and back, libsamplerate", 126u, 0, open_16_medium, step_resamplers, close_resamplers, NULL},
    /* 320 samples at 16 and 24 kHz are 960 and 640 at the bench's rate */
    {"lyra-v2, 46 levels, one frame", 3u * NEURAL_HOP, 0, open_lyra, step_neural, close_neural, NULL},
    {"lyra-v2, levels 5 to 16 imagined", 3u * NEURAL_HOP, 0, bench_predictor_open, bench_predictor_step,
     bench_predictor_close, NULL},
    {"pattern delay and back, 16 rows, one frame", 3u * NEURAL_HOP, 0, bench_pattern_open, bench_pattern_step,
     bench_pattern_close, &delay_16},
    {"pattern flatten and back, 16 rows, one frame", 3u * NEURAL_HOP, 0, bench_pattern_open, bench_pattern_step,
     bench_pattern_close, &flatten_16},
    {"pattern delay and back, 50 rows, one frame", HOP, 0, bench_pattern_open, bench_pattern_step, bench_pattern_close,
     &delay_50},
    {"encodec, all levels, one frame", 2u * NEURAL_HOP, 0, open_encodec, step_neural, close_neural, NULL},
    {"encodec, 16-bit weights, one frame", 2u * NEURAL_HOP, 0, open_encodec_int16, step_neural, close_neural, NULL},
};
const size_t bench_case_count = sizeof bench_cases / sizeof *bench_cases;
