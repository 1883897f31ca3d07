// SPDX-License-Identifier: MIT
// Tables of the MDCT: window, twiddles, roots of the FFT.
#include "dsp/mdct_internal.h"

#include "base/numbers.h"

#include <math.h>

#define PI 3.14159265358979323846

static bool hop_is_valid(uint32_t hop_samples)
{
    return hop_samples >= RSD_MDCT_MIN_HOP && hop_samples <= RSD_MDCT_MAX_HOP &&
           (hop_samples & (hop_samples - 1u)) == 0u;
}

size_t rsd_mdct_size_bytes(uint32_t hop_samples)
{
    if (!hop_is_valid(hop_samples)) return 0u;
    const size_t floats_bytes = base_round_up_64(hop_samples * sizeof(float)),
                 half_bytes = base_round_up_64(hop_samples / 2u * sizeof(float));
    const size_t complex_bytes = base_round_up_64(hop_samples / 2u * sizeof(dsp_complex));
    return base_round_up_64(sizeof(rsd_mdct)) + 2u * floats_bytes + 4u * half_bytes + 2u * complex_bytes;
}

/* Cuts the next aligned part off the front of `*place`. */
static void *take(char **place, size_t bytes)
{
    void *part = *place;
    *place += base_round_up_64(bytes);
    return part;
}

static dsp_split take_split(char **place, uint32_t count)
{
    float *real = take(place, count * sizeof *real);
    return (dsp_split){real, take(place, count * sizeof *real)};
}

/* roots[k] = exp(-2 pi i k / count), k < count. */
static void fill_roots(dsp_complex *roots, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        const double angle = 2.0 * PI * k / count;
        roots[k] = (dsp_complex){(float)cos(angle), (float)-sin(angle)};
    }
}

static void fill_window(float *window, uint32_t hop_samples)
{
    for (uint32_t n = 0; n < hop_samples; n++) {
        const double s = sin(PI * (n + 0.5) / (2.0 * hop_samples));
        window[n] = (float)sin(PI / 2.0 * s * s);
    }
}

/* The factor sqrt(2/N) that makes the transform orthonormal is split over both uses of the table. */
static void fill_twiddle(dsp_complex *twiddle, uint32_t hop_samples)
{
    const double scale = pow(2.0 / hop_samples, 0.25);
    for (uint32_t n = 0; n < hop_samples / 2u; n++) {
        const double angle = PI * (n + 0.125) / hop_samples;
        twiddle[n].r = (float)(scale * cos(angle));
        twiddle[n].i = (float)(-scale * sin(angle));
    }
}

rsd_status rsd_mdct_init(void *block, size_t block_bytes, uint32_t hop_samples, rsd_mdct **mdct)
{
    const size_t needed = rsd_mdct_size_bytes(hop_samples);
    if (!block || (uintptr_t)block % 64u || !mdct || needed == 0u) return RSD_ERR_ARG;
    if (block_bytes < needed) return RSD_ERR_SIZE;

    char *place = block;
    rsd_mdct *self = take(&place, sizeof *self);
    self->hop_samples = hop_samples;
    self->window = take(&place, hop_samples * sizeof(float));
    self->folded = take(&place, hop_samples * sizeof(float));
    self->twiddle = take(&place, hop_samples / 2u * sizeof(dsp_complex));
    self->roots = take(&place, hop_samples / 2u * sizeof(dsp_complex));
    self->time = take_split(&place, hop_samples / 2u);
    self->bins = take_split(&place, hop_samples / 2u);

    fill_roots(self->roots, hop_samples / 2u);
    fill_window(self->window, hop_samples);
    fill_twiddle(self->twiddle, hop_samples);
    *mdct = self;
    return RSD_OK;
}
