// SPDX-License-Identifier: MIT
// residuum~ [channels] [codec]: the object. The only symbol that leaves this module is residuum_tilde_setup.
#include "rpd.h"

#include <stdlib.h>
#include <string.h>

#define TICK_MS 20.0

static t_class *rpd_class;

/* [audio]: nothing in here allocates, locks, logs or makes a system call. */
static RSD_REALTIME t_int *perform(t_int *words)
{
    rpd *self = (rpd *)words[1];
    const float *in[2u * RPD_MAX_CHANNELS];
    for (uint32_t c = 0; c < 2u * self->channel_count; c++) {
        memcpy(self->in[c], self->signal_in[c], self->block * sizeof(float));
        in[c] = self->in[c];
    }
    plug_process_sidechain(self->plug, in, in + self->channel_count, self->signal_out, self->block);
    return words + 2;
}

static bool make_buffers(rpd *self, uint32_t block)
{
    if (block == self->block) return true;
    for (uint32_t c = 0; c < 2u * self->channel_count; c++) {
        free(self->in[c]);
        self->in[c] = calloc(block, sizeof(float));
        if (!self->in[c]) return false;
    }
    self->block = block;
    return true;
}

/* Pd calls this whenever the patch changes: sound goes on where it was unless the rate is another one. */
static void dsp(rpd *self, t_signal **signals)
{
    rsd_error error;
    const uint32_t rate_hz = (uint32_t)(signals[0]->s_sr + 0.5f);
    if (!make_buffers(self, (uint32_t)signals[0]->s_n)) {
        self->block = 0u;
        pd_error(self, "residuum~: no memory");
        return;
    }
    if (rate_hz != self->rate_hz) {
        rpd_finish_load(self, true);
        plug_stop(self->plug);
        if (plug_prepare(self->plug, rate_hz, self->channel_count, &error) != RSD_OK) {
            pd_error(self, "residuum~: %s", error.text);
            return;
        }
        self->rate_hz = rate_hz;
    }
    for (uint32_t c = 0; c < 2u * self->channel_count; c++) self->signal_in[c] = signals[c]->s_vec;
    for (uint32_t c = 0; c < self->channel_count; c++)
        self->signal_out[c] = signals[2u * self->channel_count + c]->s_vec;
    plug_start(self->plug);
    t_int words[1] = {(t_int)self};
    dsp_addv(perform, 1, words);
}

static void tick(rpd *self)
{
    rpd_finish_load(self, false);
    if (plug_wants_poll(self->plug)) plug_poll(self->plug);
    rpd_print_log(self);
    if (self->meter_ms > 0.0) {
        self->meter_left_ms -= TICK_MS;
        if (self->meter_left_ms <= 0.0) {
            self->meter_left_ms = self->meter_ms;
            rpd_bang(self);
        }
    }
    clock_delay(self->clock, TICK_MS);
}

static void release(rpd *self)
{
    rpd_finish_load(self, true);
    if (self->clock) clock_free(self->clock);
    plug_destroy(self->plug);
    for (uint32_t c = 0; c < 2u * RPD_MAX_CHANNELS; c++) free(self->in[c]);
    pthread_mutex_destroy(&self->log_lock);
}

/* Inlets: the channels, then as many of the side-chain. */
static void make_ports(rpd *self)
{
    for (uint32_t c = 1; c < 2u * self->channel_count; c++)
        inlet_new(&self->object, &self->object.ob_pd, &s_signal, &s_signal);
    for (uint32_t c = 0; c < self->channel_count; c++) outlet_new(&self->object, &s_signal);
    self->info = outlet_new(&self->object, &s_anything);
}

/* Numbers say how many channels, a word names a codec. */
static const char *read_arguments(rpd *self, int count, t_atom *words)
{
    const char *codec = NULL;
    self->channel_count = 1u;
    for (int i = 0; i < count; i++) {
        if (words[i].a_type == A_SYMBOL)
            codec = words[i].a_w.w_symbol->s_name;
        else if (words[i].a_w.w_float >= 1.0f && words[i].a_w.w_float <= (t_float)RPD_MAX_CHANNELS)
            self->channel_count = (uint32_t)words[i].a_w.w_float;
        else
            pd_error(self, "residuum~: 1 to %u channels, not %g", RPD_MAX_CHANNELS, (double)words[i].a_w.w_float);
    }
    return codec;
}

static void *make(t_symbol *name, int count, t_atom *words)
{
    (void)name;
    rsd_error error;
    rpd *self = (rpd *)pd_new(rpd_class);
    pthread_mutex_init(&self->log_lock, NULL);
    self->canvas = canvas_getcurrent();
    const char *codec = read_arguments(self, count, words);
    self->rate_hz = (uint32_t)(sys_getsr() + 0.5f);
    const plug_config config = {
        .sample_rate_hz = self->rate_hz, .channel_count = self->channel_count, .log = rpd_log, .log_context = self};
    if (plug_create(&config, &self->plug, &error) != RSD_OK) {
        pd_error(self, "residuum~: %s", error.text);
        pd_free(&self->object.ob_pd);
        return NULL;
    }
    if (codec) rpd_load(self, codec, false);
    make_ports(self);
    self->clock = clock_new(self, (t_method)tick);
    clock_delay(self->clock, TICK_MS);
    return self;
}

void residuum_tilde_setup(void)
{
    rpd_class = class_new(gensym("residuum~"), (t_newmethod)(void (*)(void))make, (t_method)release, sizeof(rpd),
                          CLASS_DEFAULT, A_GIMME, A_NULL);
    CLASS_MAINSIGNALIN(rpd_class, rpd, scalar);
    class_addmethod(rpd_class, (t_method)dsp, gensym("dsp"), A_CANT, A_NULL);
    class_addmethod(rpd_class, (t_method)rpd_meters, gensym("meters"), A_DEFFLOAT, A_NULL);
    class_addbang(rpd_class, rpd_bang);
    class_addanything(rpd_class, rpd_anything);
}
