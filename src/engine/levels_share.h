// SPDX-License-Identifier: MIT
#ifndef ENGINE_LEVELS_SHARE_H
#define ENGINE_LEVELS_SHARE_H

#include <residuum/rsd_engine.h>

#include <stdbool.h>

/*
 * Levels as a share of those that the codec has, for hosts whose fader must not change its range with the codec. A share
 * that is held goes with every codec that is swapped in, from its first sample on; RSD_PARAM_LEVELS set by itself, or by
 * a preset, ends that. rsd_engine_get answers in levels either way.
 */

/* Levels to the thousandth, so that what a host prints or rounds is the same number again; 1 is all, whatever there is. */
RSD_REALTIME float engine_levels_of_share(float share, uint32_t level_count); /* [any] */
RSD_REALTIME void engine_apply_levels_share(rsd_engine *engine, float share); /* at the current sample. [audio] */
void engine_set_levels_share(rsd_engine *engine, float share);                /* as rsd_engine_set. [control] */
/* What is held; false: nothing is, and it gets the share that the levels are of the codec in use. [any] */
RSD_REALTIME bool engine_get_levels_share(const rsd_engine *engine, float *share);

#endif
