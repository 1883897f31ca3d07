// SPDX-License-Identifier: MIT
#ifndef HOST_QUIET_H
#define HOST_QUIET_H

/*
 * Sends file descriptor 2 of the whole process to /dev/null until host_quiet_end: ALSA and JACK write some 60 lines of
 * complaints there while PortAudio looks for devices. The value begin returns goes to end; -1 (nothing was changed) is
 * fine. Thread: [control]
 */
int host_quiet_begin(void);
void host_quiet_end(int saved_fd);

#endif
