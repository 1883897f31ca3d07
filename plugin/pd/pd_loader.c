// SPDX-License-Identifier: MIT
// Codecs and presets, which are read from files: on a thread of their own once sound has started.
#include "rpd.h"

#include "codec/codec_name.h"

#include <stdio.h>
#include <string.h>

void rpd_log(void *context, plug_log_level level, const char *text)
{
    rpd *self = context;
    pthread_mutex_lock(&self->log_lock);
    if (self->log_count < RPD_LOG_LINES) {
        rpd_line *line = &self->log[self->log_count++];
        line->is_note = level == PLUG_LOG_NOTE;
        snprintf(line->text, sizeof line->text, "%s", text);
    }
    pthread_mutex_unlock(&self->log_lock);
}

/* Pd's console is for Pd's thread alone. */
void rpd_print_log(rpd *self)
{
    pthread_mutex_lock(&self->log_lock);
    for (uint32_t i = 0; i < self->log_count; i++) {
        if (self->log[i].is_note)
            post("residuum~: %s", self->log[i].text);
        else
            pd_error(self, "residuum~: %s", self->log[i].text);
    }
    self->log_count = 0u;
    pthread_mutex_unlock(&self->log_lock);
}

static void load_now(rpd *self)
{
    rsd_error error;
    const rsd_status status = self->load_is_preset
                                  ? plug_set_preset(self->plug, self->load_name, PLUG_CODEC_ANY, NULL, &error)
                                  : plug_set_codec(self->plug, self->load_name, PLUG_CODEC_ANY, NULL, &error);
    if (status != RSD_OK) rpd_log(self, PLUG_LOG_ERROR, error.text);
}

static void *run_loader(void *context)
{
    rpd *self = context;
    load_now(self);
    atomic_store_explicit(&self->is_loading, false, memory_order_release); /* read by Pd in rpd_finish_load */
    return NULL;
}

static void start_loader(rpd *self)
{
    atomic_store_explicit(&self->is_loading, true, memory_order_relaxed); /* before the thread */
    self->loader_runs = pthread_create(&self->loader, NULL, run_loader, self) == 0;
    if (!self->loader_runs) load_now(self);
}

/* A file is looked for beside the patch. */
static void find_file(rpd *self, const char *name, char path[PLUG_PATH_BYTES])
{
    snprintf(path, PLUG_PATH_BYTES, "%s", name);
    if (self->canvas && strchr(name, '.') && !codec_decoder_sign(name))
        canvas_makefilename(self->canvas, name, path, (int)PLUG_PATH_BYTES);
}

void rpd_load(rpd *self, const char *name, bool is_preset)
{
    if (self->loader_runs) {
        find_file(self, name, self->next_name);
        self->next_is_preset = is_preset;
        self->load_again = true;
        return;
    }
    find_file(self, name, self->load_name);
    self->load_is_preset = is_preset;
    /* Before the first sample nothing can be late: the patch plays with it from the start. */
    if (plug_sample_time(self->plug) == 0u)
        load_now(self);
    else
        start_loader(self);
    rpd_print_log(self);
}

void rpd_load_decoder(rpd *self, const char *name)
{
    char codec[PLUG_PATH_BYTES], decoder[PLUG_PATH_BYTES], joined[PLUG_PATH_BYTES];
    plug_codec(self->plug, codec, sizeof codec);
    find_file(self, name, decoder);
    if (codec_join_decoder(codec, decoder, joined, sizeof joined))
        rpd_load(self, joined, false);
    else
        pd_error(self, "residuum~: the name of the decoder is too long");
}

void rpd_finish_load(rpd *self, bool wait)
{
    if (!self->loader_runs) return;
    /* Stored by the loader when it is done. */
    if (!wait && atomic_load_explicit(&self->is_loading, memory_order_acquire)) return;
    pthread_join(self->loader, NULL);
    self->loader_runs = false;
    if (!self->load_again) return;
    self->load_again = false;
    memcpy(self->load_name, self->next_name, sizeof self->load_name);
    self->load_is_preset = self->next_is_preset;
    if (wait)
        load_now(self);
    else
        start_loader(self);
}
