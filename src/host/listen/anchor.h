// SPDX-License-Identifier: MIT
#ifndef HOST_LISTEN_ANCHOR_H
#define HOST_LISTEN_ANCHOR_H

#include "host/file/soundfile.h"

#define HOST_ANCHOR_LOW_HZ 3500.0
#define HOST_ANCHOR_MID_HZ 7000.0

/*
 * The anchors of ITU-R BS.1534: a sound low-passed at 3.5 kHz or at 7 kHz, within 0.1 dB up to there, 25 dB down 0.5 kHz
 * over it and 50 dB down 1 kHz over it, which is what is asked of the first. A linear-phase filter by J. F. Kaiser's
 * window, its delay taken off. RSD_ERR_MEMORY, RSD_ERR_ARG (a rate that has nothing to take away). Thread: [control]
 */
RSD_NODISCARD rsd_status host_anchor_make(const host_sound *sound, double pass_hz, host_sound *anchor,
                                          rsd_error *error);

#endif
