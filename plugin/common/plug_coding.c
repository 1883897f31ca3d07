// SPDX-License-Identifier: MIT
// What the tokens would take entropy coded, measured on a thread of its own where somebody asks for it.
#include "plug_internal.h"

#include "base/sleep.h"

#define POLL_NS 20000000u /* 20 ms: the tap holds a third of a second of the smallest frames */

/* Two loads where nobody asks. */
static RSD_REALTIME void tap_frame(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame)
{
    plug *self = context;
    plug_page_push(self, channel, frame_index, frame);
    /* Set by plug_coding_start_locked when the tap is there; it stays as long as the plugin. */
    if (!atomic_load_explicit(&self->coding.is_on, memory_order_acquire)) return;
    host_tap_push(self->coding.tap, channel, frame_index, frame);
}

void plug_coding_watch(plug *self, rsd_engine *engine) { rsd_engine_set_tap(engine, tap_frame, self); }

static void measure(plug *self)
{
    rsd_codec_info info = {.size_bytes = sizeof info};
    pthread_mutex_lock(&self->lock); /* nobody frees the codec meanwhile */
    rsd_engine_get_codec(self->engine, &info);
    pthread_mutex_unlock(&self->lock);
    (void)!host_tap_poll(self->coding.tap, &info); /* no memory: it shows 0 */
    /* Read by audio and OSC for their meters. */
    atomic_store_explicit(&self->coding.kbps, host_tap_coding_kbps(self->coding.tap), memory_order_relaxed);
}

static void *run(void *context)
{
    plug *self = context;
    /* Set by plug_coding_stop. */
    while (!atomic_load_explicit(&self->coding.stop, memory_order_acquire)) {
        measure(self);
        base_sleep_until(base_now_ns() + POLL_NS);
    }
    return NULL;
}

static void fail(plug *self) { plug_say(self, PLUG_LOG_ERROR, "no memory or thread to measure coding with"); }

void plug_coding_start_locked(plug *self)
{
    plug_coding *coding = &self->coding;
    if (!coding->is_wanted || coding->is_running) return;
    if (!coding->tap && host_tap_create(&coding->tap) != RSD_OK) {
        fail(self);
        return;
    }
    host_tap_watch(coding->tap, self->engine);
    host_tap_measure_coding(coding->tap, self->config.channel_count);
    atomic_store_explicit(&coding->stop, false, memory_order_relaxed); /* before the thread */
    if (pthread_create(&coding->thread, NULL, run, self) != 0) {
        fail(self);
        return;
    }
    coding->is_running = true;
    atomic_store_explicit(&coding->is_on, true, memory_order_release); /* read by audio: the tap is there */
}

void plug_coding_stop(plug *self)
{
    plug_coding *coding = &self->coding;
    pthread_mutex_lock(&self->lock);
    const bool was_running = coding->is_running;
    coding->is_running = false; /* nobody else stops it too */
    pthread_mutex_unlock(&self->lock);
    if (!was_running) return;
    atomic_store_explicit(&coding->is_on, false, memory_order_relaxed); /* read by audio */
    atomic_store_explicit(&coding->stop, true, memory_order_release);   /* read by the thread */
    pthread_join(coding->thread, NULL);
    host_tap_rest(coding->tap);
    atomic_store_explicit(&coding->kbps, 0.0f, memory_order_relaxed); /* read by audio and OSC */
}

bool plug_measures_coding(plug *self)
{
    pthread_mutex_lock(&self->lock);
    const bool is_wanted = self->coding.is_wanted;
    pthread_mutex_unlock(&self->lock);
    return is_wanted;
}

void plug_measure_coding(plug *self, bool is_wanted)
{
    pthread_mutex_lock(&self->lock);
    const bool is_same = self->coding.is_wanted == is_wanted;
    self->coding.is_wanted = is_wanted;
    pthread_mutex_unlock(&self->lock);
    if (is_same) return;
    if (!is_wanted) plug_coding_stop(self);
    pthread_mutex_lock(&self->lock);
    plug_coding_start_locked(self);
    pthread_mutex_unlock(&self->lock);
}
