// SPDX-License-Identifier: MIT
// Status codes in words.
#include <residuum/rsd_status.h>

const char *rsd_status_text(rsd_status status)
{
    switch (status) {
    case RSD_OK:
        return "ok";
    case RSD_ERR_ARG:
        return "argument out of range";
    case RSD_ERR_SIZE:
        return "memory block too small";
    case RSD_ERR_MEMORY:
        return "out of memory";
    case RSD_ERR_IO:
        return "input or output failed";
    case RSD_ERR_FORMAT:
        return "content not valid";
    case RSD_ERR_UNSUPPORTED:
        return "not supported";
    case RSD_ERR_NOT_FOUND:
        return "not found";
    case RSD_ERR_FULL:
        return "queue full";
    case RSD_ERR_THREAD:
        return "thread could not be started";
    case RSD_ERR_CANCELLED:
        return "stopped on request";
    }
    return "unknown status"; /* no default above: the compiler names a code that has no phrase */
}
