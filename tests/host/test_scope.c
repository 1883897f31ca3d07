// SPDX-License-Identifier: MIT
// The sound before and after the codec, as the scope gives it to who looks.
#include "host/session/scope.h"

#include "support/signals.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#define COUNT 8192u
#define BLOCK 100u /* not the codec's hop, nor a divisor of it */

typedef struct {
    rsd_engine *engine;
    host_scope *scope;
    float in[COUNT], out[COUNT];
    host_scope_sample seen[HOST_SCOPE_SAMPLES];
} rig;

static rig *open_rig(bool is_looked_at)
{
    rig *r = calloc(1, sizeof *r);
    rsd_model *model;
    rsd_error error;
    const rsd_engine_config config = {.sample_rate_hz = 48000, .channel_count = 1, .schedule = RSD_SCHEDULE_INLINE};
    cr_assert_not_null(r);
    cr_assert_eq(rsd_model_open("live", &model, &error), RSD_OK, "%s", error.text);
    cr_assert_eq(rsd_engine_create(&config, model, &r->engine, &error), RSD_OK, "%s", error.text);
    rsd_model_release(model);
    cr_assert_eq(host_scope_create(&r->scope), RSD_OK);
    host_scope_look(r->scope, is_looked_at);
    rsd_engine_set_sound_tap(r->engine, host_scope_push, r->scope);
    uint32_t seed = 11;
    for (uint32_t i = 0; i < COUNT; i++) r->in[i] = 0.25f * test_noise(&seed);
    return r;
}

static void play(rig *r)
{
    for (uint32_t done = 0; done < COUNT;) {
        const uint32_t count = COUNT - done < BLOCK ? COUNT - done : BLOCK;
        const float *in[1] = {r->in + done};
        float *out[1] = {r->out + done};
        rsd_engine_process(r->engine, in, out, count);
        done += count;
    }
}

static void close_rig(rig *r)
{
    rsd_engine_destroy(r->engine);
    host_scope_destroy(r->scope);
    free(r);
}

Test(scope, who_looks_gets_the_delayed_input_and_the_decoded_sound_sample_by_sample)
{
    rig *r = open_rig(true);
    rsd_engine_latency latency;
    cr_assert_eq(rsd_engine_set(r->engine, RSD_PARAM_LEVELS, 0, 3.0f), RSD_OK);
    play(r);
    rsd_engine_get_latency(r->engine, &latency);
    cr_assert_eq(host_scope_read(r->scope, r->seen, HOST_SCOPE_SAMPLES), COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        const float dry = i < latency.total_samples ? 0.0f : r->in[i - latency.total_samples];
        cr_assert_eq(r->seen[i].dry, dry, "sample %u", i);
        cr_assert_eq(r->seen[i].wet, r->out[i], "sample %u: what is heard is wet", i);
    }
    close_rig(r);
}

Test(scope, the_monitor_does_not_change_what_is_seen)
{
    rig *wet = open_rig(true), *residual = open_rig(true);
    cr_assert_eq(rsd_engine_set(residual->engine, RSD_PARAM_MONITOR, 0, (float)RSD_MONITOR_RESIDUAL), RSD_OK);
    play(wet);
    play(residual);
    cr_assert_eq(host_scope_read(wet->scope, wet->seen, COUNT), COUNT);
    cr_assert_eq(host_scope_read(residual->scope, residual->seen, COUNT), COUNT);
    for (uint32_t i = 0; i < COUNT; i++) cr_assert_eq(wet->seen[i].wet, residual->seen[i].wet, "sample %u", i);
    close_rig(wet);
    close_rig(residual);
}

Test(scope, nobody_looks_nothing_is_written_and_a_full_ring_drops)
{
    rig *r = open_rig(false);
    play(r);
    cr_assert_eq(host_scope_read(r->scope, r->seen, COUNT), 0u);
    host_scope_look(r->scope, true);
    for (int i = 0; i < 4; i++) play(r);
    cr_assert_eq(host_scope_read(r->scope, r->seen, HOST_SCOPE_SAMPLES), HOST_SCOPE_SAMPLES);
    cr_assert_eq(host_scope_read(r->scope, r->seen, 1), 0u);
    close_rig(r);
}
