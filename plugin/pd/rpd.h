// SPDX-License-Identifier: MIT
#ifndef RPD_H
#define RPD_H

#include "plug.h"

#include <m_pd.h>

#include <pthread.h>
#include <stdatomic.h>

#define RPD_MAX_CHANNELS 8u
#define RPD_LOG_LINES 8u
#define RPD_LINE_BYTES 512u

typedef struct {
    bool is_note; /* no error */
    char text[RPD_LINE_BYTES];
} rpd_line;

/*
 * Pd runs messages and sound on one thread; codecs are opened on another, so that none of both waits. What runs within a
 * block, perform, is RSD_REALTIME. Messages and clocks run between two blocks: they call Pd (gensym, outlets, the
 * console), which promises nothing of the kind, as every object of a patch does.
 */
typedef struct {
    t_object object;
    t_float scalar; /* what a float into the first inlet becomes as a signal; Pd wants it */
    plug *plug;
    uint32_t channel_count, rate_hz, block;
    t_canvas *canvas;
    t_outlet *info;
    t_clock *clock;
    double meter_ms, meter_left_ms;   /* 0: only on a bang */
    float *in[2u * RPD_MAX_CHANNELS]; /* copies: Pd may give an output the memory of any input */
    t_sample *signal_in[2u * RPD_MAX_CHANNELS], *signal_out[RPD_MAX_CHANNELS];

    /* The loader. */
    pthread_t loader;
    bool loader_runs;        /* Pd's own: a thread to join */
    _Atomic bool is_loading; /* loader -> Pd */
    bool load_again;         /* Pd's own: another name came meanwhile */
    bool load_is_preset;
    char load_name[PLUG_PATH_BYTES], next_name[PLUG_PATH_BYTES];
    bool next_is_preset;

    /* Lines for the console: any control thread -> Pd. */
    pthread_mutex_t log_lock;
    rpd_line log[RPD_LOG_LINES];
    uint32_t log_count;
} rpd;

__attribute__((visibility("default"))) void residuum_tilde_setup(void);

/* ---- pd_messages.c ---- */
void rpd_anything(rpd *self, t_symbol *selector, int count, t_atom *words);
void rpd_bang(rpd *self);                        /* everything out of the info outlet */
void rpd_meters(rpd *self, t_floatarg every_ms); /* and again every so many ms */

/* ---- pd_loader.c ---- */
void rpd_load(rpd *self, const char *name, bool is_preset);
void rpd_load_decoder(rpd *self, const char *name); /* of the codec in use */
void rpd_finish_load(rpd *self, bool wait);
void rpd_log(void *context, plug_log_level level, const char *text);
void rpd_print_log(rpd *self);

#endif
