// SPDX-License-Identifier: MIT
#ifndef HOST_TAP_H
#define HOST_TAP_H

#include <residuum/rsd_engine.h>

#include <stdbool.h>

/*
 * The engine's token tap: token frames go through a ring to the control thread, which keeps how many bits the recent
 * tokens of each level really use: the entropy of the last HOST_TAP_WINDOW tokens of each sequence (both channels
 * together), summed over the level's sequences. It is estimated without the bias of a plain histogram, which says 9.6
 * bits of 1024 codewords that are all alike: a full window gives 10.0 of 1024 and 11.7 of 4096. Until the window is
 * full (5.5 s of mono, hop 128) it rises: 256 tokens give 8.0 of 256 codewords and 9.2 of 1024.
 */

#define HOST_TAP_WINDOW 2048u
#define HOST_TAP_FRAMES 512u /* frames that the ring holds: a third of a second of stereo at hop 64, 48 kHz */

typedef struct host_tap host_tap;

RSD_NODISCARD rsd_status host_tap_create(host_tap **tap); /* RSD_ERR_MEMORY. Thread: [setup] */
void host_tap_destroy(host_tap *tap);                     /* after the engine. NULL is fine. Thread: [setup] */

/* The engine whose tap it is: tells which codec a frame is of. Thread: [setup], before the first frame */
void host_tap_watch(host_tap *tap, const rsd_engine *engine);

/* An rsd_token_tap; context is the host_tap. Wait-free; a frame that finds the ring full is counted. Thread: [audio] */
RSD_REALTIME void host_tap_push(void *context, uint32_t channel, uint64_t frame_index, const rsd_token_frame *frame);

/*
 * Takes what is in the ring into the window. `info` is the codec in use, asked for just before: at the first frame of
 * another codec the poll ends, and the next one goes on with its info. Where shape or name are others, the window starts
 * anew. Returns RSD_ERR_MEMORY where the histograms of a new shape found no room (usage is then 0). Thread:
 * [control]
 */
RSD_NODISCARD rsd_status host_tap_poll(host_tap *tap, const rsd_codec_info *info);

/*
 * Where every frame goes, in host_tap_poll, beside the window: `sink` with `context`, NULL for nowhere. A NULL frame says
 * that what comes after it is of another codec, or of another instance of the same: host_tap_info tells which. Thread: [control]
 */
void host_tap_set_sink(host_tap *tap, rsd_token_tap sink, void *context);

/*
 * From the next codec on (the first, where it is called before host_tap_poll), what the tokens take entropy coded is
 * measured: tap_coded.h. Thread: [control]
 */
void host_tap_measure_coding(host_tap *tap, uint32_t channel_count);
/* Forgets all that came, gives its memory back and measures no coding; what still comes is of nobody until the next poll.
 * Thread: [control] */
void host_tap_rest(host_tap *tap);
/* kbps of all channels over the last second; 0: not measured, or not yet. Thread: [control] */
float host_tap_coding_kbps(const host_tap *tap);
float host_tap_coding_level_bits(const host_tap *tap, uint32_t level); /* a frame and channel; level from 0 */

/* Of the frames that the sink gets. Thread: [control] */
const rsd_codec_info *host_tap_info(const host_tap *tap);

/* Bits a frame that level (0-based) uses; 0 where it was not coded in the window. Thread: [control] */
float host_tap_usage_bits(const host_tap *tap, uint32_t level);

/* The latest frame of channel 0; false before the first. Thread: [control] */
bool host_tap_latest(const host_tap *tap, uint64_t *frame_index, rsd_token_frame *frame);

/* Frames in the ring. Thread: [audio], the one that pushes */
RSD_REALTIME uint32_t host_tap_queued(const host_tap *tap);

uint64_t host_tap_dropped_count(const host_tap *tap); /* Thread: [any] */

#endif
