// SPDX-License-Identifier: MIT
#ifndef HOST_TIMEOUT_H
#define HOST_TIMEOUT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Calls work(context) on a thread of its own and waits for it, at most timeout_s. False: it had not come back by then,
 * or there was no thread for it (`*begun` is then false); a call that has begun still runs, so that `context` and all that
 * it looks at must be left to it for good. For calls into libraries that hang once a server died. Thread: [control]
 */
bool host_call_with_timeout(void (*work)(void *context), void *context, uint32_t timeout_s, bool *begun);

#endif
