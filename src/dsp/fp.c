// SPDX-License-Identifier: MIT
// Floating-point mode of the calling thread: one register read and one write, no system call.
#include <residuum/rsd_dsp.h>

#if defined(__SSE__)
#include <xmmintrin.h>

#define FLUSH_TO_ZERO 0x8000u
#define DENORMALS_ARE_ZERO 0x0040u

rsd_fp_state rsd_fp_flush_denormals(void)
{
    const rsd_fp_state before = _mm_getcsr();
    _mm_setcsr(before | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
    return before;
}

void rsd_fp_restore(rsd_fp_state state) { _mm_setcsr(state); }

#elif defined(__aarch64__)

#define FLUSH_TO_ZERO (UINT64_C(1) << 24) /* FPCR.FZ: inputs and results alike */

rsd_fp_state rsd_fp_flush_denormals(void)
{
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | FLUSH_TO_ZERO));
    return (rsd_fp_state)before;
}

void rsd_fp_restore(rsd_fp_state state) { __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)state)); }

#else

rsd_fp_state rsd_fp_flush_denormals(void) { return 0u; }

void rsd_fp_restore(rsd_fp_state state) { (void)state; }

#endif
