// SPDX-License-Identifier: MIT
// Opens a device, plays the probe through it round after round, and takes down what comes back.
#include "app/latency/measure.h"

#include "app/progress.h"
#include "app/stop.h"
#include "base/error.h"
#include "base/sleep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POLL_NS 5000000u
#define WAIT_S 10.0 /* for the first round that is heard */

typedef struct {
    const latency_plan *plan;
    latency_result *result;
    host_device *device;
    rsd_model *model;
    rsd_engine *engine;
    latency_loop *loop;
    latency_stream *stream;
    latency_estimator *estimator;
    uint32_t late_frame_count;
} measurement;

static RSD_REALTIME void on_block(void *context, const float *const *in, float *const *out, uint32_t sample_count,
                                  uint64_t block_ns)
{
    measurement *self = context;
    latency_stream_block(self->stream, in, out, sample_count, block_ns);
}

static rsd_status make_engine(measurement *self, rsd_error *error)
{
    const latency_plan *plan = self->plan;
    const host_device_info *device = &self->result->device;
    if (!plan->is_through) return RSD_OK;
    rsd_status status = rsd_model_open(plan->codec, &self->model, error);
    if (status != RSD_OK) return status;
    const rsd_engine_config config = {.sample_rate_hz = device->sample_rate_hz,
                                      .channel_count = 1u,
                                      .schedule = plan->schedule,
                                      .block_samples = device->expected_block_samples};
    status = rsd_engine_create(&config, self->model, &self->engine, error);
    if (status != RSD_OK) return status;
    if (app_settings_apply(plan->arguments, plan->settings, self->engine) >= 0)
        return base_error_set(error, RSD_ERR_ARG, "%s", "");
    rsd_engine_get_latency(self->engine, &self->result->engine);
    rsd_engine_get_codec(self->engine, &self->result->codec);
    return RSD_OK;
}

static rsd_status out_of_memory(rsd_error *error) { return base_error_set(error, RSD_ERR_MEMORY, "out of memory"); }

static rsd_status set_up(measurement *self, rsd_error *error)
{
    latency_result *result = self->result;
    host_device_config config = self->plan->device;
    config.channel_count = 1u;
    rsd_status status = host_device_open(&config, on_block, self, &self->device, error);
    if (status != RSD_OK) return status;
    host_device_get_info(self->device, &result->device);
    status = make_engine(self, error);
    if (status == RSD_OK && self->plan->insert) status = latency_loop_create(self->plan->insert, &self->loop, error);
    if (status != RSD_OK) return status;
    if (!latency_probe_create(self->plan->probe, result->device.sample_rate_hz, &result->probe))
        return out_of_memory(error);
    self->estimator = latency_estimator_create(&result->probe);
    if (!self->estimator || latency_stream_create(&result->probe, self->engine, self->loop, &self->stream) != RSD_OK ||
        !latency_rounds_create(self->estimator, self->stream, &result->probe, &result->rounds))
        return out_of_memory(error);
    return RSD_OK;
}

static uint64_t count_gaps(measurement *self)
{
    rsd_telemetry record;
    host_device_get_info(self->device, &self->result->device);
    while (self->engine && rsd_engine_read_telemetry(self->engine, &record, 1u) == 1u)
        self->late_frame_count = record.late_frame_count;
    return self->result->device.xrun_count + self->late_frame_count;
}

/* How much of the measurement is done, 0..1. */
static double share_done(const measurement *self, uint64_t start_ns)
{
    const latency_plan *plan = self->plan;
    const uint32_t wanted = plan->repeat_count * (plan->is_through ? 2u : 1u);
    if (self->result->rounds.count >= LATENCY_MAX_ROUNDS) return 1.0;
    /* Nothing was heard for so long as was waited, nor since. */
    if (self->result->rounds.count >= 2u && latency_rounds_heard(&self->result->rounds, false) == 0u) return 1.0;
    if (plan->duration_s > 0.0) return (double)(base_now_ns() - start_ns) * 1e-9 / plan->duration_s;
    return (double)self->result->rounds.count / wanted;
}

static rsd_status take_rounds(measurement *self, app_progress *progress, rsd_error *error)
{
    latency_result *result = self->result;
    const double round_s = (double)result->probe.round_samples / result->probe.sample_rate_hz;
    const bool may_be_connected = !self->plan->insert && result->device.input_channel_count > 0u;
    const uint32_t wait_rounds = !may_be_connected ? 0u : (uint32_t)ceil(WAIT_S / round_s);
    uint64_t start_ns = base_now_ns();
    for (double done = 0.0; done < 1.0 && !app_stop_asked();) {
        base_sleep_until(base_now_ns() + POLL_NS);
        result->gap_count = count_gaps(self);
        latency_rounds_take(&result->rounds, &result->probe, result->gap_count, wait_rounds);
        if (result->rounds.count == 0u && result->rounds.waited_rounds < wait_rounds) start_ns = base_now_ns();
        if (latency_stream_lost(self->stream) > 0u)
            return base_error_set(error, RSD_ERR_IO, "this program was not let run for over a second: measure again");
        if (host_device_poll(self->device) == HOST_DEVICE_LOST) {
            result->device_was_lost = true;
            return RSD_OK;
        }
        done = share_done(self, start_ns);
        app_progress_update(progress, done, result->rounds.count == 0u ? "listening" : "measuring");
    }
    return RSD_OK;
}

static void tear_down(measurement *self)
{
    /* Of a device that hangs the callback is cut off: nothing plays into what is freed here. */
    self->result->device_is_leaked = host_device_close(self->device) == HOST_CLOSE_LEAKED;
    latency_stream_destroy(self->stream);
    latency_estimator_destroy(self->estimator);
    latency_loop_destroy(self->loop);
    rsd_engine_destroy(self->engine);
    if (self->model) rsd_model_release(self->model);
}

rsd_status latency_measure(const latency_plan *plan, latency_result *result, rsd_error *error)
{
    measurement self = {.plan = plan, .result = result};
    app_progress progress;
    memset(result, 0, sizeof *result);
    result->is_through = plan->is_through;
    result->is_inserted = plan->insert != NULL;
    rsd_status status = set_up(&self, error);
    if (status == RSD_OK) status = host_device_start(self.device, error);
    if (status == RSD_OK) {
        app_stop_prepare();
        app_progress_start(&progress, "listening", app_given(plan->arguments, APP_OPT_QUIET));
        status = take_rounds(&self, &progress, error);
        app_progress_end(&progress);
        host_device_get_info(self.device, &result->device);
    }
    tear_down(&self);
    if (status != RSD_OK) latency_result_destroy(result);
    return status;
}

void latency_result_destroy(latency_result *result)
{
    latency_rounds_destroy(&result->rounds);
    latency_probe_destroy(&result->probe);
}

double latency_result_added(const latency_result *result)
{
    const latency_spread straight = latency_rounds_spread(&result->rounds, false);
    const latency_spread through = latency_rounds_spread(&result->rounds, true);
    return straight.count > 0u && through.count > 0u ? through.median - straight.median : NAN;
}

bool latency_result_holds(const latency_result *result)
{
    return fabs(latency_result_added(result) - result->engine.total_samples) <= LATENCY_TOLERANCE_SAMPLES;
}

bool latency_result_is_unclear(const latency_result *result)
{
    const latency_spread through = latency_rounds_spread(&result->rounds, true);
    const double stated = latency_rounds_spread(&result->rounds, false).median + result->engine.total_samples;
    return through.count > 0u && through.mean_absolute_deviation > LATENCY_TOLERANCE_SAMPLES &&
           stated >= through.least && stated <= through.most && !latency_result_holds(result);
}
