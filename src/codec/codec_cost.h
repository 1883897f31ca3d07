// SPDX-License-Identifier: MIT
#ifndef CODEC_CODEC_COST_H
#define CODEC_CODEC_COST_H

#include <residuum/rsd_codec.h>

/*
 * What a frame of all levels takes on this machine, in nanoseconds, once the engine has measured it for so many
 * channels: kept with the model, so that whoever opens one may have it measured where nobody waits for it. 0: not
 * measured yet. Thread: [any]
 */
#define CODEC_COST_MAX_CHANNELS 16u
uint64_t codec_frame_ns(const rsd_model *model, uint32_t channel_count);
void codec_keep_frame_ns(rsd_model *model, uint32_t channel_count, uint64_t frame_ns);

#endif
