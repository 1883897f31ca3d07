// SPDX-License-Identifier: MIT
#ifndef EMULATED_ARM_NEON_H
#define EMULATED_ARM_NEON_H

/* As rvq/simde/arm_neon.h, with a fused multiply-add that is fused. */
#include "../../rvq/simde/arm_neon.h"

static inline simde_float32x4_t fused_neon(simde_float32x4_t sum, simde_float32x4_t a, simde_float32x4_t b)
{
    simde_float32x4_private z = simde_float32x4_to_private(sum), x = simde_float32x4_to_private(a),
                            y = simde_float32x4_to_private(b);
    for (int i = 0; i < 4; i++) z.values[i] = __builtin_fmaf(x.values[i], y.values[i], z.values[i]);
    return simde_float32x4_from_private(z);
}

#undef vfmaq_f32
#define vfmaq_f32(sum, a, b) fused_neon(sum, a, b)

#endif
