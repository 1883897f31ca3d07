// SPDX-License-Identifier: MIT
// The library's version.
#include <residuum/rsd_version.h>

const char *rsd_version(void) { return RSD_VERSION_STRING; }
