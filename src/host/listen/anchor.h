// SPDX-License-Identifier: MIT
#ifndef HOST_LISTEN_ANCHOR_H
#define HOST_LISTEN_ANCHOR_H

#include "host/file/soundfile.h"

/*
 * The anchor of ITU-R BS.1534: a sound low-passed at 3.5 kHz, within 0.1 dB up to there, 25 dB down at 4 kHz and 50 dB
 * at 4.5 kHz. A linear-phase filter by J. F. Kaiser's window, its delay taken off. RSD_ERR_MEMORY, RSD_ERR_ARG (a rate
 * under 9 kHz, which has nothing to take away). Thread: [control]
 */
RSD_NODISCARD rsd_status host_anchor_make(const host_sound *sound, host_sound *anchor, rsd_error *error);

#endif
