// SPDX-License-Identifier: MIT
// The delay line's contract.
#include <residuum/rsd_dsp.h>

#include "support/heap_calls.h"
#include "dsp/dsp_support.h"

#include <criterion/criterion.h>
#include <string.h>

#define LENGTH 5000u

static rsd_delay *make_delay(uint32_t delay_samples, void **block)
{
    const size_t bytes = rsd_delay_size_bytes(delay_samples);
    rsd_delay *delay = NULL;
    *block = dsp_block(bytes);
    memset(*block, 0x7f, bytes); // whatever the block held must not be heard
    cr_assert_eq(rsd_delay_init(*block, bytes, delay_samples, &delay), RSD_OK, "delay %u", delay_samples);
    return delay;
}

static void fill_noise(float *x, uint32_t seed)
{
    for (uint32_t i = 0; i < LENGTH; i++) x[i] = test_noise(&seed);
}

static void check_delayed(const float *out, const float *in, uint32_t delay_samples)
{
    for (uint32_t i = 0; i < LENGTH; i++) {
        const float want = i < delay_samples ? 0.0f : in[i - delay_samples];
        cr_assert_eq(out[i], want, "delay %u, sample %u: %g, not %g", delay_samples, i, out[i], want);
    }
}

/* Blocks of random length, in place or not, and every exact sample late by the delay. */
static void run_cut(uint32_t delay_samples, bool in_place, uint32_t seed)
{
    static float in[LENGTH], out[LENGTH];
    void *block;
    rsd_delay *delay = make_delay(delay_samples, &block);
    fill_noise(in, seed);
    if (in_place) memcpy(out, in, sizeof out);
    const size_t before = heap_calls();
    for (uint32_t at = 0; at < LENGTH;) {
        uint32_t count = test_between(&seed, 0u, 700u);
        if (count > LENGTH - at) count = LENGTH - at;
        rsd_delay_process(delay, in_place ? out + at : in + at, out + at, count);
        at += count;
    }
    cr_assert_eq(heap_calls(), before, "a process call used the heap");
    check_delayed(out, in, delay_samples);
    free(block);
}

Test(delay, output_is_the_input_late_by_the_delay_however_it_is_cut)
{
    const uint32_t delays[] = {0u, 1u, 2u, 63u, 64u, 255u, 256u, 257u, 1000u, 4999u, 5000u, 9000u};
    for (uint32_t d = 0; d < sizeof delays / sizeof *delays; d++) {
        for (uint32_t seed = 1u; seed <= 5u; seed++) {
            run_cut(delays[d], false, seed);
            run_cut(delays[d], true, seed);
        }
    }
}

Test(delay, reset_makes_the_line_silent_and_new)
{
    static float in[LENGTH], out[LENGTH];
    void *block;
    rsd_delay *delay = make_delay(777u, &block);
    fill_noise(in, 4u);
    rsd_delay_process(delay, in, out, 1234u);
    rsd_delay_reset(delay);
    rsd_delay_process(delay, in, out, LENGTH);
    check_delayed(out, in, 777u);
    free(block);
}

Test(delay, init_refuses_what_the_header_excludes)
{
    rsd_delay *delay = NULL;
    char *block = dsp_block(rsd_delay_size_bytes(100u));
    cr_assert_eq(rsd_delay_size_bytes(RSD_DELAY_MAX_SAMPLES + 1u), 0u);
    cr_assert_eq(rsd_delay_size_bytes(100u) % 64u, 0u, "aligned_alloc wants multiples");
    cr_assert_gt(rsd_delay_size_bytes(RSD_DELAY_MAX_SAMPLES), RSD_DELAY_MAX_SAMPLES * sizeof(float));
    cr_assert_eq(rsd_delay_init(block, SIZE_MAX, RSD_DELAY_MAX_SAMPLES + 1u, &delay), RSD_ERR_ARG);
    cr_assert_eq(rsd_delay_init(NULL, 10000u, 100u, &delay), RSD_ERR_ARG);
    cr_assert_eq(rsd_delay_init(block + 4, 10000u, 100u, &delay), RSD_ERR_ARG);
    cr_assert_eq(rsd_delay_init(block, 10000u, 100u, NULL), RSD_ERR_ARG);
    cr_assert_eq(rsd_delay_init(block, rsd_delay_size_bytes(100u) - 1u, 100u, &delay), RSD_ERR_SIZE);
    cr_assert_null(delay, "written although init failed");
    free(block);
}
