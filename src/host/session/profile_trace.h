// SPDX-License-Identifier: MIT
#ifndef HOST_PROFILE_TRACE_H
#define HOST_PROFILE_TRACE_H

#include "host/session/profile.h"

/*
 * The moments at which another thread of this process had a page fault or left its processor, as the kernel writes them
 * down by itself (Linux, perf_event_open): that thread does nothing for it. Where the system has no such events, or does
 * not give them to this user (kernel.perf_event_paranoid over 2), there is none. Thread of all: [control]
 */
typedef struct profile_trace profile_trace;

profile_trace *profile_trace_open(long thread_id); /* NULL: the system does not tell */
void profile_trace_close(profile_trace *trace);    /* NULL is fine */

/*
 * Counts what lies within each of the callbacks, in order of time, which are over; what came after the last of them
 * stays for the next call. Sets HOST_PROFILE_TRACED in those about which all is known.
 */
void profile_trace_count(profile_trace *trace, host_profile_callback *callbacks, uint32_t count);

#endif
