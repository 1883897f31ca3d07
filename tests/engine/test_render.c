// SPDX-License-Identifier: MIT
// Whole sounds by rsd_render.
#include "engine_support.h"

#include <math.h>

#define RATE 48000u
#define COUNT 30000u

static void make_sound(float *samples, uint32_t channel)
{
    for (uint32_t i = 0; i < COUNT; i++) samples[i] = 0.3f * sinf((0.02f + 0.01f * (float)channel) * (float)i);
}

/* SNR in dB of `out` beside `in`. */
static double snr_db(const float *in, const float *out)
{
    double signal = 0.0, error = 0.0;
    for (uint32_t i = 0; i < COUNT; i++) {
        signal += (double)in[i] * (double)in[i];
        error += ((double)in[i] - (double)out[i]) * ((double)in[i] - (double)out[i]);
    }
    return 10.0 * log10(signal / (error + 1e-30));
}

Test(render, is_aligned_with_the_input_at_any_rate_and_schedule)
{
    static const struct {
        const char *codec;
        uint32_t rate_hz;
        rsd_schedule schedule;
    } cases[] = {{"live", 48000, RSD_SCHEDULE_INLINE},
                 {"live", 48000, RSD_SCHEDULE_THREADED},
                 {"live", 44100, RSD_SCHEDULE_INLINE}};
    static float in[2][COUNT], out[2][COUNT];
    const float *ins[] = {in[0], in[1]};
    float *outs[] = {out[0], out[1]};
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        rsd_engine *engine = make_engine_of(cases[n].codec, cases[n].rate_hz, 2, cases[n].schedule);
        for (uint32_t c = 0; c < 2u; c++) make_sound(in[c], c);
        cr_assert_eq(rsd_render(engine, ins, outs, COUNT), RSD_OK);
        for (uint32_t c = 0; c < 2u; c++)
            cr_assert_gt(snr_db(in[c], out[c]), 25.0, "case %d, channel %u: %g dB", (int)n, c, snr_db(in[c], out[c]));
        rsd_engine_destroy(engine);
    }
}

Test(render, in_place_and_again_gives_the_same_samples)
{
    static float in[COUNT], first[COUNT], again[COUNT];
    rsd_engine *engine = make_engine(RATE, 1);
    set(engine, RSD_PARAM_LEVELS, 0, 3.0f);
    make_sound(in, 0);
    memcpy(again, in, sizeof in);
    const float *ins[] = {in}, *same[] = {again};
    float *outs[] = {first}, *places[] = {again};
    cr_assert_eq(rsd_render(engine, ins, outs, COUNT), RSD_OK);
    cr_assert_eq(rsd_render(engine, same, places, COUNT), RSD_OK);
    cr_assert_arr_eq(first, again, sizeof first);
    cr_assert_eq(rsd_render(engine, ins, outs, 0), RSD_OK, "nothing is a sound, too");
    cr_assert_eq(rsd_render(NULL, ins, outs, 1), RSD_ERR_ARG);
    rsd_engine_destroy(engine);
}
