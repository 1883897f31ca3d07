// SPDX-License-Identifier: MIT
// One trial of `residuum stress`: a session on the null device, watched callback by callback.
#include "app/stress/trial.h"

#include "app/stop.h"

#include "base/embedded.h"
#include "base/error.h"
#include "base/sleep.h"
#include "host/session/session.h"

#include <math.h>
#include <string.h>

BASE_EMBEDDED(demo);

#define POLL_NS 2000000u
#define SETTLE_SHARE 4u /* of a second, that does not count */
#define GRACE_S 2.0     /* a trial that makes no progress for so long beyond its time does not hold */

typedef struct {
    stress_trial *trial;
    uint32_t sample_rate_hz;
    uint64_t played_samples; /* that count */
} watcher;

static void watch_callback(watcher *self, const host_profile_callback *c)
{
    if (c->sample_time < self->sample_rate_hz / SETTLE_SHARE) return;
    const double deadline_ns = 1e9 * c->sample_count / self->sample_rate_hz;
    const double reach = ((double)c->late_ns + (double)c->duration_ns) / deadline_ns;
    self->trial->largest_reach = fmax(self->trial->largest_reach, reach);
    self->trial->late_count += reach > 1.0 || c->xrun_count > 0u || c->late_frame_count > 0u;
    self->played_samples += c->sample_count;
}

static void take(void *context, const host_profile_callback *records, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) watch_callback(context, &records[i]);
}

static rsd_status open_session(const stress_point *point, host_session **session, rsd_error *error)
{
    host_sound demo = {0};
    rsd_status status =
        host_sound_load_memory(base_embedded_demo[0].data, base_embedded_demo[0].size_bytes, 0, &demo, error);
    if (status != RSD_OK) return status;
    const host_session_config config = {.device = {.backend = HOST_BACKEND_NULL,
                                                   .sample_rate_hz = point->sample_rate_hz,
                                                   .block_samples = point->block_samples,
                                                   .channel_count = point->channel_count},
                                        .codec = point->codec,
                                        .demo = &demo};
    status = host_session_create(&config, session, error);
    host_sound_destroy(&demo);
    return status;
}

static void run(host_session *session, watcher *self)
{
    const double wanted = self->trial->duration_s * self->sample_rate_hz;
    const uint64_t end_ns = base_now_ns() + (uint64_t)((self->trial->duration_s + GRACE_S) * 1e9);
    while ((double)self->played_samples < wanted && self->trial->late_count == 0u && !app_stop_asked()) {
        base_sleep_until(base_now_ns() + POLL_NS);
        (void)host_session_poll(session);
        if (base_now_ns() > end_ns) self->trial->late_count++;
    }
}

rsd_status stress_try(const stress_point *point, stress_trial *trial, rsd_error *error)
{
    host_session *session = NULL;
    watcher self = {trial, point->sample_rate_hz, 0u};
    const host_profile_sink sink = {.callbacks = take, .context = &self}, nowhere = {0};
    rsd_engine_latency latency;
    trial->late_count = 0u;
    trial->largest_reach = 0.0;
    rsd_status status = open_session(point, &session, error);
    if (status != RSD_OK) return status;
    rsd_engine *engine = host_session_engine(session);
    status = rsd_engine_set(engine, RSD_PARAM_LEVELS, 0u, (float)point->level_count);
    if (status != RSD_OK) base_error_set(error, status, "the engine refused %u levels", point->level_count);
    rsd_engine_get_latency(engine, &latency);
    trial->latency_samples = latency.total_samples;
    trial->is_threaded = latency.schedule == RSD_SCHEDULE_THREADED;
    host_profile_set_sink(host_session_profile(session), &sink);
    if (status == RSD_OK) status = host_session_start(session, error);
    if (status == RSD_OK) run(session, &self);
    host_profile_set_sink(host_session_profile(session), &nowhere);
    (void)host_session_destroy(session, NULL);
    return status;
}
