// SPDX-License-Identifier: MIT
#ifndef APP_ENCODE_SOUND_H
#define APP_ENCODE_SOUND_H

#include "offline.h"

#include <residuum/rsd_token.h>

/*
 * A sound file as tokens in memory: open, then run (or not), then close. Return -1 to go on, else the exit code of what
 * was reported. Thread of all: [control]
 */
typedef struct {
    const app_arguments *arguments;
    const char *in_path;
    const app_settings *settings;
    host_reader_info info;
    app_files files;
    rsd_engine *engine;
    rsd_codec_info codec;
    rsd_token_set set; /* the tokens, once it ran */
    bool primed;       /* the codec began as with a file's beginning */
    rsd_status room;   /* not RSD_OK: there was none for all of them */
} encode_job;

int encode_sound_open(encode_job *job); /* arguments, in_path and settings are set; the rest is zero */
int encode_sound_run(encode_job *job);  /* what the input lacks is said */
void encode_sound_close(encode_job *job);

#endif
