// SPDX-License-Identifier: MIT
// What a record of every callback costs, as a share of the chain that it is of.
#include "codec/stages.h"
#include "engine/watch.h"
#include "host/file/recorder.h"
#include "host/session/clock.h"
#include "host/session/profile.h"
#include "host/session/tap.h"
#include "support/signals.h"

#include <residuum/rsd_engine.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ 48000u
#define GROUPS 3000u
#define GROUP_BLOCKS 4u /* a frame of every codec lies in each group */
#define MAX_BLOCK 1024u

typedef struct {
    rsd_engine *engine;
    host_profile *profile;
    host_tap *tap;
    host_recorder *recorder;
    codec_stages *stages;
    int wants_stages;
    uint32_t block;
    float noise[MAX_BLOCK];
} chain;

static void need(int good, const char *what)
{
    if (good) return;
    fprintf(stderr, "cannot go on: %s\n", what);
    exit(1);
}

/* As finish_record of src/host/session/session.c: the device reads its clock with or without a profile. */
static void record_block(chain *c, uint64_t start_ns)
{
    engine_view view;
    host_profile_callback record = {.entry_ns = start_ns, .sample_count = c->block};
    engine_watch(c->engine, &view);
    record.sample_time = rsd_engine_sample_time(c->engine);
    record.late_ns = host_profile_begin(c->profile, record.sample_time, start_ns, false);
    c->stages->is_on = c->wants_stages; /* here all or none are measured */
    record.codec_frames = (uint16_t)view.queued_frames;
    record.tap_frames = (uint16_t)host_tap_queued(c->tap);
    record.recorder_samples = host_recorder_queued(c->recorder);
    host_profile_push(c->profile, &record);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What interrupts a measurement is not in it. */
static double median(double *values)
{
    qsort(values, GROUPS, sizeof *values, by_value);
    return values[GROUPS / 2u];
}

typedef struct {
    double chain_ns, record_ns, clock_ns; /* medians of a group of blocks; a clock is read twice a block in each */
} costs;

static void time_block(chain *c, double *chain_ns, double *record_ns, double *clock_ns)
{
    float out[MAX_BLOCK];
    const float *in = c->noise;
    float *to = out;
    const uint64_t start = host_clock_now_ns();
    rsd_engine_process(c->engine, &in, &to, c->block);
    const uint64_t coded = host_clock_now_ns();
    record_block(c, start);
    const uint64_t recorded = host_clock_now_ns();
    *clock_ns += (double)(host_clock_now_ns() - recorded);
    *chain_ns += (double)(coded - start);
    *record_ns += (double)(recorded - coded);
}

/* Groups with the stages of every block measured and with those of none, in turns; two results. */
static void measure(chain *c, codec_stages *stages, costs results[2])
{
    static double chain_ns[2][GROUPS], record_ns[2][GROUPS], clock_ns[2][GROUPS];
    rsd_codec_info info;
    rsd_engine_get_codec(c->engine, &info);
    memset(chain_ns, 0, sizeof chain_ns);
    memset(record_ns, 0, sizeof record_ns);
    memset(clock_ns, 0, sizeof clock_ns);
    for (uint32_t g = 0; g < 2u * GROUPS; g++) {
        const uint32_t on = g % 2u;
        c->wants_stages = on == 1u;
        stages->is_on = on == 1u;
        for (uint32_t b = 0; b < GROUP_BLOCKS; b++)
            time_block(c, &chain_ns[on][g / 2u], &record_ns[on][g / 2u], &clock_ns[on][g / 2u]);
        host_profile_poll(c->profile); /* the control thread's, and not counted */
        need(host_tap_poll(c->tap, &info) == RSD_OK, "the tap");
    }
    for (int on = 0; on < 2; on++)
        results[on] = (costs){median(chain_ns[on]), median(record_ns[on]), median(clock_ns[on])};
}

static void run(const char *codec, uint32_t block)
{
    rsd_model *model;
    rsd_error error;
    static chain c;
    const rsd_engine_config config = {.sample_rate_hz = RATE_HZ, .channel_count = 1u, .schedule = RSD_SCHEDULE_INLINE};
    memset(&c, 0, sizeof c);
    c.block = block;
    test_fill_noise(c.noise, MAX_BLOCK, 0.25f, 7u);
    need(rsd_model_open(codec, &model, &error) == RSD_OK, "the codec");
    need(rsd_engine_create(&config, model, &c.engine, &error) == RSD_OK, "an engine");
    need(host_profile_create(RATE_HZ, &c.profile) == RSD_OK, "a profile");
    need(host_tap_create(&c.tap) == RSD_OK, "a tap");
    need(host_recorder_create(1u, RATE_HZ, &c.recorder, &error) == RSD_OK, "a recorder");
    rsd_engine_set_tap(c.engine, host_tap_push, c.tap);
    codec_stages *stages = host_profile_stages_of(c.profile);
    engine_watch_stages(c.engine, stages);
    c.stages = stages;
    costs results[2];
    measure(&c, stages, results); /* caches and pages */
    measure(&c, stages, results);
    const double chain_ns = results[0].chain_ns - results[0].clock_ns;
    const double record_ns = results[0].record_ns - results[0].clock_ns;
    const double stages_ns = results[1].chain_ns - results[0].chain_ns;
    printf("%-9s blocks of %4u: chain %7.2f us a block; a record %3.0f ns, %.2f %%; stages of one in %u %3.0f ns, %.2f "
           "%%\n",
           codec, block, chain_ns * 1e-3 / GROUP_BLOCKS, record_ns / GROUP_BLOCKS, 100.0 * record_ns / chain_ns,
           HOST_PROFILE_STAGES_EVERY, stages_ns / GROUP_BLOCKS / HOST_PROFILE_STAGES_EVERY,
           100.0 * stages_ns / HOST_PROFILE_STAGES_EVERY / chain_ns);
    rsd_engine_destroy(c.engine);
    host_profile_destroy(c.profile);
    host_tap_destroy(c.tap);
    host_recorder_destroy(c.recorder);
    rsd_model_release(model);
}

int main(void)
{
    static const uint32_t blocks[] = {64u, 256u};
    static const char *const codecs[] = {"live-64", "live-128", "live-256"};
    for (uint32_t k = 0; k < 3u; k++)
        for (uint32_t b = 0; b < 2u; b++) run(codecs[k], blocks[b]);
    return 0;
}
