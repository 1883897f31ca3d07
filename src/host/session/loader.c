// SPDX-License-Identifier: MIT
// Codecs and presets that are asked for while sound runs, opened on a thread of their own.
#include "host/session/loader_internal.h"

#include "base/error.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of the one that is being opened, the one that waits, and those that were dropped in between, none of which is lost.
 */
#define MAX_RESULTS 8u

struct host_loader {
    host_folders folders;
    pthread_t thread;
    bool is_running;          /* the control thread's own */
    rsd_engine_config engine; /* sample_rate_hz 0: nothing is measured; constant once the thread runs */

    pthread_mutex_t lock; /* never held while anything is opened */
    pthread_cond_t work;  /* to the loader: something waits, or stop */
    pthread_cond_t done;  /* to the control thread */
    bool stop;
    bool is_opening;
    bool forget_opening; /* what is being opened is no longer wanted */
    bool has_waiting;
    host_load waiting;
    uint32_t result_count;
    host_loaded *results[MAX_RESULTS]; /* in order */
};

static void destroy_result(host_loaded *loaded)
{
    if (!loaded) return;
    rsd_model_release(loaded->model);
    free(loaded);
}

/* ---- the loader's thread ---- */

/* Takes what waits; false: stop. */
static bool next_load(host_loader *self, host_load *load)
{
    pthread_mutex_lock(&self->lock);
    while (!self->stop && !self->has_waiting) pthread_cond_wait(&self->work, &self->lock);
    const bool goes_on = !self->stop;
    if (goes_on) {
        *load = self->waiting;
        self->has_waiting = false;
        self->is_opening = true;
        self->forget_opening = false;
    }
    pthread_mutex_unlock(&self->lock);
    return goes_on;
}

static void hand_over(host_loader *self, host_loaded *loaded)
{
    pthread_mutex_lock(&self->lock);
    const bool keep = loaded && !self->forget_opening && self->result_count < MAX_RESULTS;
    if (keep) self->results[self->result_count++] = loaded;
    self->is_opening = false;
    pthread_cond_broadcast(&self->done);
    pthread_mutex_unlock(&self->lock);
    if (!keep) destroy_result(loaded);
}

/* What the measurement finds stays with the model. A codec that cannot run so is told of where it is swapped in. */
static void measure(const host_loader *self, const host_loaded *loaded)
{
    rsd_engine *engine = NULL;
    if (self->engine.sample_rate_hz == 0u || loaded->status != RSD_OK || !loaded->model) return;
    if (rsd_engine_create(&self->engine, loaded->model, &engine, NULL) == RSD_OK) rsd_engine_destroy(engine);
}

static void *run(void *context)
{
    host_loader *self = context;
    host_load load;
    while (next_load(self, &load)) {
        host_loaded *loaded = calloc(1, sizeof *loaded);
        if (loaded) {
            loaded->load = load;
            host_loader_open(&self->folders, &load, loaded);
            measure(self, loaded);
        }
        hand_over(self, loaded);
    }
    return NULL;
}

/* ---- life ---- */

rsd_status host_loader_create(const char *const *folders, uint32_t folder_count, host_loader **loader, rsd_error *error)
{
    pthread_condattr_t by_clock;
    host_loader *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "no memory to load codecs over OSC");
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->work, NULL);
    pthread_condattr_init(&by_clock);
    pthread_condattr_setclock(&by_clock, CLOCK_MONOTONIC);
    pthread_cond_init(&self->done, &by_clock);
    pthread_condattr_destroy(&by_clock);
    rsd_status status = RSD_OK;
    for (uint32_t i = 0; i < folder_count && status == RSD_OK; i++)
        status = host_folders_add(&self->folders, folders[i], error);
    if (status == RSD_OK)
        *loader = self;
    else
        host_loader_destroy(self);
    return status;
}

void host_loader_destroy(host_loader *loader)
{
    if (!loader) return;
    pthread_mutex_lock(&loader->lock);
    loader->stop = true;
    pthread_cond_signal(&loader->work);
    pthread_mutex_unlock(&loader->lock);
    if (loader->is_running) pthread_join(loader->thread, NULL);
    for (uint32_t i = 0; i < loader->result_count; i++) destroy_result(loader->results[i]);
    pthread_cond_destroy(&loader->done);
    pthread_cond_destroy(&loader->work);
    pthread_mutex_destroy(&loader->lock);
    host_folders_destroy(&loader->folders);
    free(loader);
}

void host_loader_measure_for(host_loader *loader, uint32_t sample_rate_hz, uint32_t channel_count)
{
    loader->engine = (rsd_engine_config){
        .sample_rate_hz = sample_rate_hz, .channel_count = channel_count, .schedule = RSD_SCHEDULE_AUTO};
}

/* ---- control ---- */

static rsd_status start(host_loader *self, rsd_error *error)
{
    if (self->is_running) return RSD_OK;
    if (pthread_create(&self->thread, NULL, run, self) != 0)
        return base_error_set(error, RSD_ERR_THREAD, "no thread could be started to load it");
    self->is_running = true;
    return RSD_OK;
}

/* What waited gets a result, too: whoever asked for it is told. */
static host_loaded *make_dropped(const host_load *load)
{
    host_loaded *dropped = calloc(1, sizeof *dropped);
    if (!dropped) return NULL;
    dropped->load = *load;
    dropped->status = base_error_set(&dropped->error, RSD_ERR_FULL, "a later one took its place");
    return dropped;
}

rsd_status host_loader_ask(host_loader *loader, const host_load *load, rsd_error *error)
{
    const rsd_status status = start(loader, error);
    if (status != RSD_OK) return status;
    pthread_mutex_lock(&loader->lock);
    /* Two places are kept for what is being opened and what waits. */
    host_loaded *dropped =
        loader->has_waiting && loader->result_count < MAX_RESULTS - 2u ? make_dropped(&loader->waiting) : NULL;
    if (dropped) loader->results[loader->result_count++] = dropped;
    loader->waiting = *load;
    loader->has_waiting = true;
    pthread_cond_signal(&loader->work);
    pthread_mutex_unlock(&loader->lock);
    return RSD_OK;
}

static struct timespec deadline_in(uint32_t ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(ms / 1000u);
    at.tv_nsec += (long)(ms % 1000u) * 1000000L;
    if (at.tv_nsec >= 1000000000L) {
        at.tv_nsec -= 1000000000L;
        at.tv_sec++;
    }
    return at;
}

bool host_loader_wait(host_loader *loader, uint32_t timeout_ms)
{
    const struct timespec deadline = deadline_in(timeout_ms);
    int expired = 0;
    pthread_mutex_lock(&loader->lock);
    while ((loader->is_opening || loader->has_waiting) && expired == 0)
        expired = pthread_cond_timedwait(&loader->done, &loader->lock, &deadline);
    const bool is_done = !loader->is_opening && !loader->has_waiting;
    pthread_mutex_unlock(&loader->lock);
    return is_done;
}

bool host_loader_is_idle(host_loader *loader)
{
    pthread_mutex_lock(&loader->lock);
    const bool is_idle = !loader->is_opening && !loader->has_waiting && loader->result_count == 0u;
    pthread_mutex_unlock(&loader->lock);
    return is_idle;
}

bool host_loader_take(host_loader *loader, host_loaded *loaded)
{
    host_loaded *first = NULL;
    pthread_mutex_lock(&loader->lock);
    if (loader->result_count > 0u) {
        first = loader->results[0];
        loader->result_count--;
        memmove(&loader->results[0], &loader->results[1], loader->result_count * sizeof loader->results[0]);
    }
    pthread_mutex_unlock(&loader->lock);
    if (!first) return false;
    *loaded = *first;
    free(first);
    return true;
}

void host_loader_forget(host_loader *loader)
{
    host_loaded *results[MAX_RESULTS];
    pthread_mutex_lock(&loader->lock);
    const uint32_t count = loader->result_count;
    memcpy(results, loader->results, count * sizeof results[0]);
    loader->result_count = 0u;
    loader->has_waiting = false;
    loader->forget_opening = true;
    pthread_mutex_unlock(&loader->lock);
    for (uint32_t i = 0; i < count; i++) destroy_result(results[i]);
}
