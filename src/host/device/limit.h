// SPDX-License-Identifier: MIT
#ifndef HOST_LIMIT_H
#define HOST_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Calls work(context) on a thread of its own and waits for it, at most limit_s. False: it had not come back by then, or
 * there was no thread for it (`*begun` is then false); a call that has begun still runs, so that `context` and all that
 * it looks at must be left to it for good. For calls into libraries that hang once a server died. Thread: [control]
 */
bool host_call_limited(void (*work)(void *context), void *context, uint32_t limit_s, bool *begun);

#endif
