// SPDX-License-Identifier: MIT
// The engine itself under any program of calls: parameters and events of any value, blocks of any size and any floats
// (NaN, infinities, denormals), codec swaps, resets, and tokens that nobody coded. What comes out is finite and bounded,
// every parameter is in its range, and what the engine states of itself makes sense.
#include <residuum/rsd_engine.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_CALLS 48u
#define MOST_SAMPLES 512u /* of a block */
#define MOST_CHANNELS 2u
/*
 * Input is clamped to 64; both gains of +24 dB, and the level gains of 2 on a sum of codewords, may each be on top. 140 dB
 * over full scale is far over all of these, and far under what a filter that has blown up gives.
 */
#define BOUND 1e7f

/* ---- the program: what is over reads as 0 ---- */

typedef struct {
    const uint8_t *data;
    size_t size, at;
} program;

static uint32_t take(program *p, unsigned bytes)
{
    uint32_t value = 0;
    for (unsigned b = 0; b < bytes; b++) value |= (uint32_t)(p->at < p->size ? p->data[p->at++] : 0u) << 8u * b;
    return value;
}

static float take_float(program *p)
{
    const uint32_t bits = take(p, 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* ---- the engine ---- */

typedef struct {
    rsd_engine *engine;
    uint32_t channel_count;
    bool is_swapping;
    uint32_t token_seed; /* of the source's tokens */
} fuzzed;

static const char *const codec_names[] = {"live-64", "live-128", "live-256", GOLDEN_FOLDER};
#define CODECS (sizeof codec_names / sizeof *codec_names)

static rsd_model *model_of(uint32_t number)
{
    static rsd_model *models[CODECS];
    rsd_model **model = &models[number % CODECS];
    if (!*model && rsd_model_open(codec_names[number % CODECS], model, NULL) != RSD_OK) abort();
    return *model;
}

/* Tokens that no encoder gave: any integers, or such as are mostly in their codebooks. */
static bool give_tokens(void *context, uint32_t channel, uint64_t frame_index, rsd_token_frame *frame)
{
    fuzzed *f = context;
    uint32_t seed = f->token_seed + channel * 7919u + (uint32_t)frame_index * 104729u;
    const uint32_t shift = f->token_seed % 3u == 0u ? 0u : 24u;
    for (uint32_t s = 0; s < RSD_MAX_SIDE; s++) {
        seed = seed * 1664525u + 1013904223u;
        frame->side[s] = (int32_t)seed >> shift;
    }
    for (uint32_t s = 0; s < RSD_MAX_SEQUENCES; s++) {
        seed = seed * 1664525u + 1013904223u;
        frame->tokens[s] = (int32_t)seed >> shift;
    }
    frame->level_count = (seed >> 8) % (RSD_MAX_LEVELS + 1u);
    return seed % 16u != 0u;
}

static bool make(fuzzed *f, program *p)
{
    static const uint32_t rates_hz[] = {48000, 8000, 44100, 96000};
    const uint32_t kind = take(p, 1), source = take(p, 1);
    const rsd_engine_config config = {.sample_rate_hz = rates_hz[kind >> 4 & 3u],
                                      .channel_count = 1u + (kind >> 6 & 1u),
                                      .schedule = RSD_SCHEDULE_INLINE};
    f->channel_count = config.channel_count;
    f->token_seed = source;
    if (rsd_engine_create(&config, model_of(kind), &f->engine, NULL) != RSD_OK) return false;
    if (source > 127u) rsd_engine_set_source(f->engine, give_tokens, f);
    return true;
}

/* ---- calls ---- */

static void check_block(float *const *out, uint32_t channel_count, uint32_t sample_count)
{
    for (uint32_t c = 0; c < channel_count; c++)
        for (uint32_t i = 0; i < sample_count; i++)
            if (!(fabsf(out[c][i]) <= BOUND)) abort();
}

static void process(fuzzed *f, program *p)
{
    float in[MOST_CHANNELS][MOST_SAMPLES], out[MOST_CHANNELS][MOST_SAMPLES], pattern[8];
    const uint32_t count = take(p, 2) % (MOST_SAMPLES + 1u), floats = 1u + take(p, 1) % 8u;
    for (uint32_t i = 0; i < floats; i++) pattern[i] = take_float(p);
    for (uint32_t c = 0; c < f->channel_count; c++)
        for (uint32_t i = 0; i < count; i++) in[c][i] = pattern[(i / (1u + c)) % floats];
    const float *const ins[MOST_CHANNELS] = {in[0], in[1]};
    float *const outs[MOST_CHANNELS] = {out[0], out[1]};
    const uint64_t before = rsd_engine_sample_time(f->engine);
    rsd_engine_process(f->engine, ins, outs, count);
    if (rsd_engine_sample_time(f->engine) != before + count) abort();
    check_block(outs, f->channel_count, count);
}

static void turn(fuzzed *f, program *p, uint32_t how)
{
    const rsd_event event = {.param_id = (rsd_param_id)take(p, 1), .level = take(p, 1), .value = take_float(p)};
    rsd_event later = event;
    later.sample_time = rsd_engine_sample_time(f->engine) + take(p, 2);
    if (how == 0u)
        (void)!rsd_engine_set(f->engine, event.param_id, event.level, event.value);
    else if (how == 1u)
        (void)!rsd_engine_post(f->engine, &later);
    else
        rsd_engine_apply(f->engine, event.param_id, event.level, event.value);
}

/* A value somewhere in its range, which most floats are not. */
static void turn_within(fuzzed *f, program *p)
{
    uint32_t rows = 0;
    while (rsd_param_row(rows)) rows++;
    const rsd_param_info *info = rsd_param_row(take(p, 1) % rows);
    const float value = info->min + (info->max - info->min) * (float)take(p, 2) / 65535.0f;
    if (info->unit != RSD_UNIT_TEXT) (void)!rsd_engine_set(f->engine, info->id, take(p, 1) % 16u, value);
}

static void swap(fuzzed *f, program *p)
{
    const rsd_status status = rsd_engine_swap(f->engine, model_of(take(p, 1)), NULL);
    if (status == RSD_ERR_FULL && !f->is_swapping) abort(); /* full of nothing */
    if (status != RSD_OK && status != RSD_ERR_FULL) abort();
    f->is_swapping = true;
}

static void collect(fuzzed *f)
{
    rsd_telemetry record;
    f->is_swapping = rsd_engine_collect(f->engine);
    while (rsd_engine_read_telemetry(f->engine, &record, 1u) == 1u) {
        if (!(record.levels >= 0.0f && record.levels <= (float)record.level_count)) abort();
        if (!isfinite(record.input_energy) || !isfinite(record.bitrate_kbps)) abort();
    }
}

static void call(fuzzed *f, program *p)
{
    const uint32_t kind = take(p, 1);
    switch (kind % 16u) {
    case 0:
    case 1:
    case 2:
        turn(f, p, kind % 16u);
        break;
    case 3:
    case 4:
    case 5:
        turn_within(f, p);
        break;
    case 6:
        swap(f, p);
        break;
    case 7:
        collect(f);
        break;
    case 8:
        rsd_engine_reset(f->engine);
        break;
    default:
        process(f, p);
        break;
    }
}

static void check_parameters(const fuzzed *f)
{
    const rsd_param_info *info;
    for (uint32_t row = 0; (info = rsd_param_row(row)) != NULL; row++)
        for (uint32_t level = 0; info->unit != RSD_UNIT_TEXT && level < RSD_MAX_LEVELS; level++) {
            float value = NAN;
            if (rsd_engine_get(f->engine, info->id, level, &value) != RSD_OK) abort();
            if (!(value >= info->min && value <= info->max)) abort();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    program p = {data, size, 0};
    fuzzed f = {NULL, 0, false, 0};
    rsd_engine_latency latency;
    if (!make(&f, &p)) return 0;
    for (uint32_t calls = 0; p.at < p.size && calls < MOST_CALLS; calls++) call(&f, &p);
    check_parameters(&f);
    rsd_engine_get_latency(f.engine, &latency);
    if (latency.total_samples != latency.codec_samples + latency.resampler_samples + latency.schedule_samples) abort();
    rsd_engine_destroy(f.engine);
    return 0;
}
