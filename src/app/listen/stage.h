// SPDX-License-Identifier: MIT
#ifndef APP_LISTEN_STAGE_H
#define APP_LISTEN_STAGE_H

#include "app/settings.h"

#include "host/device/device.h"
#include "host/http/http.h"
#include "host/listen/listen.h"
#include "host/listen/player.h"

/* What `abx` and `rate` share: sounds made ready, a device that plays them, and a listener who steers. [control] */

typedef struct {
    const app_arguments *arguments;
    host_device *device;
    host_player *player;
    host_listen *listen;
    host_http *http; /* NULL without --http */
    uint32_t sample_rate_hz, channel_count;
    host_sound sounds[HOST_PLAYER_MAX_SOUNDS]; /* of an item lie together, HOST_LISTEN_MAX_CONDITIONS apart */
    char stem[512];                            /* of the results' names */
    uint32_t written_run;
    bool quit;
} listen_stage;

/* Returns -1 to go on, else the exit code of what was reported; so do the next. */
int listen_open(const app_arguments *arguments, const char *first_file, listen_stage *stage);
void listen_close(listen_stage *stage); /* frees it, too */

/* The sound at the device's rate. */
int listen_load(listen_stage *stage, const char *path, host_sound *sound);
/* "dry", or settings: "levels=4,codec=live-64"; those of --codec, --preset and --set come before. `origin`: for errors */
int listen_render(listen_stage *stage, const char *origin, const char *text, const host_sound *input,
                  host_sound *output);
/* Gains that make `count` sounds of an item equally loud go to the player, and as dB into JSON (a new reference). */
json_t *listen_match(listen_stage *stage, uint32_t item, uint32_t count);

/* Starts the device, looks after the test until its end, writes its results. Returns the exit code. */
int listen_run(listen_stage *stage);

/* --loop. After host_listen_create. */
int listen_set_loop(listen_stage *stage);

/* Fills play, loop and context. */
void listen_wire(listen_stage *stage, host_listen_config *config);

#endif
