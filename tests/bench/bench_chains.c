// SPDX-License-Identifier: MIT
// The whole chain of live-128 with effects, moves, a side-chain, feedback: what each costs beside the chain without it.
#include "bench.h"

#include <residuum/rsd_engine.h>

#define HOP 128u
#define MOST_SETTINGS 4u

typedef struct {
    const char *name;
    bool has_sidechain;
    uint32_t setting_count;
    struct {
        rsd_param_id id;
        float value;
    } settings[MOST_SETTINGS];
} chain;

static const chain chains[] = {
    {"chain, side-chain connected, cross 0", true, 0u, {{RSD_PARAM_CROSS, 0.0f}}},
    {"chain, cross 1", true, 1u, {{RSD_PARAM_CROSS, 1.0f}}},
    {"chain, stutter, loss and token errors",
     false,
     4u,
     {{RSD_PARAM_STUTTER_FRAMES, 24.0f},
      {RSD_PARAM_STUTTER_REPEATS, 3.0f},
      {RSD_PARAM_LOSS, 0.2f},
      {RSD_PARAM_TOKEN_ERROR, 0.1f}}},
    {"chain, all moves of the envelope",
     false,
     4u,
     {{RSD_PARAM_FORMANT, 5.0f}, {RSD_PARAM_TILT, 2.0f}, {RSD_PARAM_SMEAR_MS, 100.0f}, {RSD_PARAM_BIRDIES, 0.5f}}},
    {"chain, band 300 to 3400 Hz", false, 2u, {{RSD_PARAM_BAND_LOW_HZ, 300.0f}, {RSD_PARAM_BAND_HIGH_HZ, 3400.0f}}},
    {"chain, auto gain", false, 1u, {{RSD_PARAM_AUTO_GAIN, 1.0f}}},
    {"chain, feedback", false, 1u, {{RSD_PARAM_FEEDBACK, 0.7f}}},
    {"chain, 2 generations", false, 1u, {{RSD_PARAM_GENERATIONS, 2.0f}}},
};

static rsd_engine *engine;
static bool has_sidechain;

static bool set_all(const chain *wanted)
{
    for (uint32_t i = 0; i < wanted->setting_count; i++)
        if (rsd_engine_set(engine, wanted->settings[i].id, 0u, wanted->settings[i].value) != RSD_OK) return false;
    return rsd_engine_apply_generations(engine, NULL) == RSD_OK;
}

static bool open_chain(const bench_sound *sound)
{
    const chain *wanted = bench_argument;
    rsd_model *model;
    const rsd_engine_config config = {.sample_rate_hz = BENCH_RATE_HZ,
                                      .channel_count = 1,
                                      .schedule = RSD_SCHEDULE_INLINE,
                                      .sidechain_channel_count = wanted->has_sidechain ? 1u : 0u};
    if (!sound || rsd_model_open("live-128", &model, NULL) != RSD_OK) return false;
    const bool is_made = rsd_engine_create(&config, model, &engine, NULL) == RSD_OK;
    rsd_model_release(model);
    has_sidechain = wanted->has_sidechain;
    return is_made && set_all(wanted);
}

static void step_chain(const bench_sound *sound, size_t index)
{
    static float out[HOP];
    const float *in[1] = {bench_block(sound, index, HOP)}, *side[1] = {bench_block(sound, index + 1000u, HOP)};
    float *outs[1] = {out};
    const rsd_engine_block block = {
        .in = in, .out = outs, .sample_count = HOP, .sidechain = has_sidechain ? side : NULL};
    rsd_engine_process_block(engine, &block);
}

static void close_chain(void) { rsd_engine_destroy(engine); }

size_t bench_chain_cases(bench_case *cases, size_t most)
{
    size_t count = 0;
    for (; count < sizeof chains / sizeof *chains && count < most; count++)
        cases[count] = (bench_case){chains[count].name, HOP, 0.0, open_chain, step_chain, close_chain, &chains[count]};
    return count;
}
