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
RSD_REALTIME uint32_t engine_reported_level_count(const rsd_engine *engine);  /* of the codec in use. [any] */
/* What is held; false: nothing is, and it gets the share that the levels are of the codec in use. [any] */
RSD_REALTIME bool engine_get_levels_share(const rsd_engine *engine, float *share);

/*
 * Of a control that names a level (freeze_from, error_to): the level that a share of the way from its least one to the
 * codec's highest is, and back. The end of an open-ended one stays the end, whatever codec comes. [any]
 */
RSD_REALTIME float engine_level_of_share(const rsd_param_info *info, float share, uint32_t level_count);
RSD_REALTIME float engine_share_of_level(const rsd_param_info *info, float level, uint32_t level_count);
/* The end of the table's range means "all that the codec has": of what is everything by default. [any] */
RSD_REALTIME bool engine_is_open_ended(const rsd_param_info *info);

#endif
