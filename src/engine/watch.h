// SPDX-License-Identifier: MIT
#ifndef ENGINE_WATCH_H
#define ENGINE_WATCH_H

#include "codec/stages.h"

#include <residuum/rsd_engine.h>

#include <stdbool.h>

/* What a host may see of a running engine, beyond its telemetry: for profiles of every call. */

typedef struct {
    uint32_t late_frame_count; /* threaded: frames that were not ready in time, since create */
    uint32_t queued_frames;    /* threaded: handed to a worker and not done */
    bool is_swapping;          /* a second codec runs, unheard or fading in */
} engine_view;

/* As it is after the last process call. Thread: [audio]. Cost: a few loads */
RSD_REALTIME void engine_watch(const rsd_engine *engine, engine_view *view);

/* `stages`, borrowed, gets where the time goes, of all codecs from here on. Thread: [setup], before the first process call */
void engine_watch_stages(rsd_engine *engine, codec_stages *stages);

#endif
