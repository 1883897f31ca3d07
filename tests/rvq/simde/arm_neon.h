// SPDX-License-Identifier: MIT
/* Stands before the compiler's own: a kernel that is built with it runs on any processor. */
#define SIMDE_NO_NATIVE
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/arm/neon.h>
