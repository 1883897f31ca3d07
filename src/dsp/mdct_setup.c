// SPDX-License-Identifier: MIT
#include "dsp/mdct_internal.h"

#include <math.h>

#define PI 3.14159265358979323846

static size_t align64(size_t bytes) { return (bytes + 63u) & ~(size_t)63u; }

static bool hop_is_valid(uint32_t hop_samples)
{
    return hop_samples >= RSD_MDCT_MIN_HOP && hop_samples <= RSD_MDCT_MAX_HOP &&
           (hop_samples & (hop_samples - 1u)) == 0u;
}

/* Asking with no memory only writes the size; nothing is allocated. */
static size_t fft_bytes(uint32_t hop_samples)
{
    size_t bytes = 0;
    (void)kiss_fft_alloc((int)(hop_samples / 2u), 0, NULL, &bytes);
    return bytes;
}

size_t rsd_mdct_size_bytes(uint32_t hop_samples)
{
    if (!hop_is_valid(hop_samples)) return 0u;
    const size_t floats_bytes = align64(hop_samples * sizeof(float));
    const size_t complex_bytes = align64(hop_samples / 2u * sizeof(kiss_fft_cpx));
    return align64(sizeof(rsd_mdct)) + 2u * floats_bytes + 3u * complex_bytes + align64(fft_bytes(hop_samples));
}

/* Cuts the next aligned piece off the front of `*place`. */
static void *take(char **place, size_t bytes)
{
    void *piece = *place;
    *place += align64(bytes);
    return piece;
}

static void fill_window(float *window, uint32_t hop_samples)
{
    for (uint32_t n = 0; n < hop_samples; n++) {
        const double s = sin(PI * (n + 0.5) / (2.0 * hop_samples));
        window[n] = (float)sin(PI / 2.0 * s * s);
    }
}

/* The factor sqrt(2/N) that makes the transform orthonormal is split over both uses of the table. */
static void fill_twiddle(kiss_fft_cpx *twiddle, uint32_t hop_samples)
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
    self->twiddle = take(&place, hop_samples / 2u * sizeof(kiss_fft_cpx));
    self->time = take(&place, hop_samples / 2u * sizeof(kiss_fft_cpx));
    self->bins = take(&place, hop_samples / 2u * sizeof(kiss_fft_cpx));
    size_t fft_room = fft_bytes(hop_samples);
    self->fft = kiss_fft_alloc((int)(hop_samples / 2u), 0, take(&place, fft_room), &fft_room);
    if (!self->fft) return RSD_ERR_SIZE;

    fill_window(self->window, hop_samples);
    fill_twiddle(self->twiddle, hop_samples);
    *mdct = self;
    return RSD_OK;
}
