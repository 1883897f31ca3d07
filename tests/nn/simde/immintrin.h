// SPDX-License-Identifier: MIT
#ifndef EMULATED_IMMINTRIN_H
#define EMULATED_IMMINTRIN_H

/* As rvq/simde/immintrin.h, with fused multiply-adds that are fused: SIMDe rounds twice where there is no such
 * instruction. */
#include "../../rvq/simde/immintrin.h"

static inline simde__m256 fused_256(simde__m256 a, simde__m256 b, simde__m256 c)
{
    simde__m256_private x = simde__m256_to_private(a), y = simde__m256_to_private(b), z = simde__m256_to_private(c);
    for (int i = 0; i < 8; i++) z.f32[i] = __builtin_fmaf(x.f32[i], y.f32[i], z.f32[i]);
    return simde__m256_from_private(z);
}

static inline simde__m512 fused_512(simde__m512 a, simde__m512 b, simde__m512 c)
{
    simde__m512_private x = simde__m512_to_private(a), y = simde__m512_to_private(b), z = simde__m512_to_private(c);
    for (int i = 0; i < 16; i++) z.f32[i] = __builtin_fmaf(x.f32[i], y.f32[i], z.f32[i]);
    return simde__m512_from_private(z);
}

#undef _mm256_fmadd_ps
#undef _mm512_fmadd_ps
#define _mm256_fmadd_ps(a, b, c) fused_256(a, b, c)
#define _mm512_fmadd_ps(a, b, c) fused_512(a, b, c)

#endif
