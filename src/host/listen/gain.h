// SPDX-License-Identifier: MIT
#ifndef HOST_LISTEN_GAIN_H
#define HOST_LISTEN_GAIN_H

#include "host/file/soundfile.h"

/*
 * Integrated loudness of a whole sound by ITU-R BS.1770-5, in LUFS: blocks of 400 ms every 100 ms, those over -70 LUFS,
 * and of them those over 10 LU under their mean. -infinity where nothing is over the gate. Thread: [control]
 */
double host_loudness_of(const host_sound *sound);

/*
 * Gains that make sounds as loud as the first one, in linear; all are lowered alike where one of them would go over full
 * scale. Silence gets 1. Thread: [control]
 */
void host_match_gains(const host_sound *const *sounds, uint32_t count, float *gains);

#endif
