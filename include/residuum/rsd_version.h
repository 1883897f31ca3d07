// SPDX-License-Identifier: MIT
#ifndef RSD_VERSION_H
#define RSD_VERSION_H

#include <residuum/rsd_status.h>

/*
 * The version of these headers, and of the library that a program runs with. Versions follow semver.org: while the
 * major number is 0, a new minor number may change the interface.
 * Where rsd_version() is not RSD_VERSION_STRING, a program runs with another library than it was built with.
 */
#define RSD_VERSION_MAJOR 0
#define RSD_VERSION_MINOR 1
#define RSD_VERSION_PATCH 0
#define RSD_VERSION_STRING "0.1.0"

/* RSD_VERSION_STRING of the library itself; static storage. Thread: [any] */
RSD_API const char *rsd_version(void);

#endif
