// SPDX-License-Identifier: MIT
#ifndef HOST_TAP_CODED_H
#define HOST_TAP_CODED_H

#include <residuum/rsd_token.h>

/*
 * What the tokens of the tap would take, entropy coded: an adaptive model learns from every frame, and its cost over the
 * last second is a bitrate. It takes some percent of a core and 32 MB, so it runs where it is asked for. Thread of all:
 * [control]
 */

typedef struct host_tap_coded host_tap_coded;

/*
 * `codec`: as it runs; codecs of the library know their tokens' places, others are rows. RSD_ERR_MEMORY, RSD_ERR_ARG:
 * more channels than an engine has.
 */
RSD_NODISCARD rsd_status host_tap_coded_create(const rsd_codec_info *codec, uint32_t channel_count,
                                               host_tap_coded **coded);
void host_tap_coded_destroy(host_tap_coded *coded); /* NULL is fine */

/* A frame; those of the channels of one time follow each other. What is of another codec is not to be given. */
void host_tap_coded_take(host_tap_coded *coded, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame);

/* kbps of the last whole second, all channels; 0 in the first. */
float host_tap_coded_kbps(const host_tap_coded *coded);
/* Bits a frame and channel of a level (0-based) over the same second, side tokens in level 0. */
float host_tap_coded_level_bits(const host_tap_coded *coded, uint32_t level);

#endif
