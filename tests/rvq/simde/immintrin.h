// SPDX-License-Identifier: MIT
/* Stands before the compiler's own: a kernel that is built with it runs on any processor. */
#define SIMDE_NO_NATIVE
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

/* What SIMDe 0.7.4 leaves out or names wrongly. */
#define __mmask16 simde__mmask16
#undef _mm512_madd_epi16
#define _mm512_madd_epi16(a, b) simde_mm512_madd_epi16(a, b)
