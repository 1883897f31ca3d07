// SPDX-License-Identifier: MIT
// Every search kernel gives what the portable one gives, and ties go to the lowest index.
#include "rvq/kernel_support.h"

#include <criterion/criterion.h>
#include <string.h>

/* Every kernel on this processor, if it has it, and by emulation of its intrinsics on any. */

static const rvq_kernel *kernel_named(const char *name)
{
    for (uint32_t k = 0; k < rvq_kernel_count; k++)
        if (strcmp(rvq_kernels[k].name, name) == 0) return &rvq_kernels[k];
    return NULL;
}

static void check_here(const char *name)
{
    const rvq_kernel *kernel = kernel_named(name);
    if (!kernel || !kernel->supported()) cr_skip("this processor has no %s", name);
    cr_assert_eq(wrong_choices(kernel->search), 0u);
}

Test(kernels_here, portable_chooses_as_plain_arithmetic) { check_here("portable"); }
Test(kernels_here, sse2_chooses_as_plain_arithmetic) { check_here("sse2"); }
Test(kernels_here, avx2_chooses_as_plain_arithmetic) { check_here("avx2"); }
Test(kernels_here, avx512_chooses_as_plain_arithmetic) { check_here("avx512"); }
Test(kernels_here, avx512_vnni_chooses_as_plain_arithmetic) { check_here("avx512-vnni"); }
Test(kernels_here, neon_chooses_as_plain_arithmetic) { check_here("neon"); }

#ifdef HAVE_SIMDE
void emulated_sse2(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count, rvq_nearest *nearest);
void emulated_avx2(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count, rvq_nearest *nearest);
void emulated_avx512(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count, rvq_nearest *nearest);
void emulated_avx512_vnni(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count,
                          rvq_nearest *nearest);
void emulated_neon(const rvq_packed_codebook *codebook, const int16_t *target, uint32_t count, rvq_nearest *nearest);

Test(kernels_emulated, sse2_chooses_as_plain_arithmetic) { cr_assert_eq(wrong_choices(emulated_sse2), 0u); }
Test(kernels_emulated, avx2_chooses_as_plain_arithmetic) { cr_assert_eq(wrong_choices(emulated_avx2), 0u); }
Test(kernels_emulated, avx512_chooses_as_plain_arithmetic) { cr_assert_eq(wrong_choices(emulated_avx512), 0u); }
Test(kernels_emulated, avx512_vnni_chooses_as_plain_arithmetic)
{
    cr_assert_eq(wrong_choices(emulated_avx512_vnni), 0u);
}
Test(kernels_emulated, neon_chooses_as_plain_arithmetic) { cr_assert_eq(wrong_choices(emulated_neon), 0u); }
#else
Test(kernels_emulated, choose_as_plain_arithmetic)
{
    cr_skip("built without SIMDe (libsimde-dev): kernels that this processor lacks are not tested");
}
#endif

Test(kernels, the_environment_names_the_kernel_that_a_quantiser_uses)
{
    for (uint32_t k = 0; k < rvq_kernel_count; k++) {
        if (!rvq_kernels[k].supported()) continue;
        setenv("RESIDUUM_KERNEL", rvq_kernels[k].name, 1);
        random_rvq made = {0};
        uint32_t seed = 1;
        random_rvq_add(&made, (rsd_rvq_codebook){0, 0, 4, 16, 1.0f, NULL}, &seed);
        cr_assert_eq(random_rvq_build(&made, 4), RSD_OK);
        cr_assert_eq(made.rvq->search, rvq_kernels[k].search, "%s", rvq_kernels[k].name);
        random_rvq_free(&made);
    }
}

Test(kernels, a_name_that_is_none_leaves_the_fastest_kernel)
{
    unsetenv("RESIDUUM_KERNEL");
    const rvq_kernel *best = rvq_best_kernel();
    cr_assert(best->supported());
    for (const rvq_kernel *k = rvq_kernels; k < best; k++) cr_assert(!k->supported(), "%s", k->name);
    setenv("RESIDUUM_KERNEL", "none", 1);
    cr_assert_eq(rvq_best_kernel(), best);
}
