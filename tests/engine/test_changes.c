// SPDX-License-Identifier: MIT
// Every change that an engine takes is told at its sample, whoever made it.
#include "base/ring_create.h"
#include "engine/changes.h"

#include <residuum/rsd_preset.h>

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#define RATE 48000u

static rsd_ring *ring;

static rsd_engine *make_engine(void)
{
    rsd_model *model = NULL;
    rsd_engine *engine = NULL;
    const rsd_engine_config config = {.sample_rate_hz = RATE, .channel_count = 1u};
    cr_assert_eq(rsd_model_open("live", &model, NULL), RSD_OK);
    cr_assert_eq(rsd_engine_create(&config, model, &engine, NULL), RSD_OK);
    rsd_model_release(model);
    ring = base_ring_create(ENGINE_CHANGES_CAPACITY, sizeof(engine_change));
    engine_watch_changes(engine, ring);
    return engine;
}

static void play(rsd_engine *engine, uint32_t count)
{
    float in[256] = {0}, out[256];
    const float *const ins[1] = {in};
    float *const outs[1] = {out};
    for (uint32_t done = 0; done < count; done += 64u) rsd_engine_process(engine, ins, outs, 64u);
}

static engine_change next(void)
{
    engine_change change;
    memset(&change, 0, sizeof change);
    cr_assert_eq(rsd_ring_read(ring, &change, 1u), 1u);
    return change;
}

static void expect_value(uint64_t sample_time, rsd_param_id id, uint32_t level, float value)
{
    const engine_change change = next();
    cr_assert_eq(change.kind, ENGINE_CHANGE_VALUE);
    cr_assert_eq(change.sample_time, sample_time, "%llu", (unsigned long long)change.sample_time);
    cr_assert_eq(change.param_id, id);
    cr_assert_eq(change.level, level);
    cr_assert_eq(change.value, value);
}

static void expect_no_more(void)
{
    engine_change change;
    cr_assert_eq(rsd_ring_read(ring, &change, 1u), 0u);
}

static void end(rsd_engine *engine)
{
    cr_assert_eq(engine_lost_changes(engine), 0u);
    rsd_engine_destroy(engine);
    free(ring);
}

Test(changes, sets_events_and_applies_are_told_once_at_their_sample)
{
    rsd_engine *engine = make_engine();
    const rsd_event event = {.sample_time = 100u, .param_id = RSD_PARAM_LEVEL_GAIN, .level = 2u, .value = 0.5f};
    cr_assert_eq(rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, 3.5f), RSD_OK);
    cr_assert_eq(rsd_engine_post(engine, &event), RSD_OK);
    play(engine, 128u);
    rsd_engine_apply(engine, RSD_PARAM_MIX, 0, 0.25f);
    rsd_engine_apply(engine, RSD_PARAM_MIX, 0, 0.25f); /* says nothing new */
    play(engine, 64u);
    cr_assert_eq(rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, 3.5f), RSD_OK);
    play(engine, 64u);
    expect_value(0u, RSD_PARAM_LEVELS, 0u, 3.5f);
    expect_value(100u, RSD_PARAM_LEVEL_GAIN, 2u, 0.5f);
    expect_value(128u, RSD_PARAM_MIX, 0u, 0.25f);
    expect_no_more();
    end(engine);
}

Test(changes, a_preset_is_a_whole_state_and_what_is_of_the_session_is_none_of_it)
{
    rsd_engine *engine = make_engine();
    rsd_preset preset = {.setting_count = 1u};
    preset.settings[0].param_id = RSD_PARAM_FORMANT;
    preset.settings[0].value = 5.0f;
    play(engine, 64u);
    cr_assert_eq(rsd_engine_set(engine, RSD_PARAM_TRANSITION_MS, 0, 100.0f), RSD_OK);
    play(engine, 64u);
    cr_assert_eq(rsd_preset_apply(&preset, engine), RSD_OK);
    play(engine, 64u);
    expect_value(64u, RSD_PARAM_TRANSITION_MS, 0u, 100.0f);
    engine_change change = next();
    cr_assert_eq(change.kind, ENGINE_CHANGE_STATE);
    cr_assert_eq(change.sample_time, 128u);
    change = next();
    cr_assert_eq(change.kind, ENGINE_CHANGE_STATE_VALUE);
    cr_assert_eq(change.param_id, RSD_PARAM_FORMANT);
    cr_assert_eq(change.value, 5.0f);
    expect_no_more();
    end(engine);
}

Test(changes, a_codec_is_told_when_audio_takes_it)
{
    rsd_engine *engine = make_engine();
    rsd_model *model = NULL;
    play(engine, 640u);
    cr_assert_eq(rsd_model_open("live-64", &model, NULL), RSD_OK);
    cr_assert_eq(rsd_engine_swap(engine, model, NULL), RSD_OK);
    rsd_model_release(model);
    play(engine, 64u);
    const engine_change change = next();
    cr_assert_eq(change.kind, ENGINE_CHANGE_CODEC);
    cr_assert_eq(change.sample_time, 640u);
    expect_no_more();
    end(engine);
}

/* A host says where it is before every block: what goes on by itself is no change. */
Test(changes, a_transport_is_told_where_it_starts_jumps_changes_its_tempo_and_stops)
{
    rsd_engine *engine = make_engine();
    double beats = 4.0;
    const double step = 120.0 * 64.0 / (60.0 * RATE);
    for (int block = 0; block < 100; block++) {
        if (block == 50) beats = 16.0;
        rsd_engine_set_transport(engine, block < 80 ? 120.0f : 60.0f, beats, block >= 10 && block < 90);
        beats += block < 80 ? step : 0.5 * step;
        play(engine, 64u);
    }
    static const struct {
        uint64_t block;
        float bpm;
        bool is_rolling;
    } wanted[] = {
        {0u, 120.0f, false}, {10u, 120.0f, true}, {50u, 120.0f, true}, {80u, 60.0f, true}, {90u, 60.0f, false}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const engine_change change = next();
        cr_assert_eq(change.kind, ENGINE_CHANGE_TRANSPORT);
        cr_assert_eq(change.sample_time, 64u * wanted[i].block, "change %zu at %llu", i,
                     (unsigned long long)change.sample_time);
        cr_assert_eq(change.value, wanted[i].bpm);
        cr_assert_eq(change.is_rolling, wanted[i].is_rolling);
    }
    expect_no_more();
    end(engine);
}
