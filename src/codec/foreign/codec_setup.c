// SPDX-License-Identifier: MIT
// A codec with a foreign decoder as a codec class: whether the two models fit, and setting up a channel's state.
#include "codec/foreign/internal.h"

#include "base/error.h"
#include "base/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANY_RATE_HZ 48000u

static const foreign_model *foreign_of(const rsd_model *model) { return (const foreign_model *)model; }

static void destroy(rsd_model *model)
{
    rsd_model_release(foreign_of(model)->coder);
    rsd_model_release(foreign_of(model)->decoder);
    free(model);
}

static void info_of(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info)
{
    rsd_codec_info decoder;
    rsd_model_info(foreign_of(model)->coder, host_rate_hz, info);
    rsd_model_info(foreign_of(model)->decoder, host_rate_hz, &decoder);
    char name[sizeof info->name];
    snprintf(name, sizeof name, "%.31s@%.31s", info->name, decoder.name);
    memcpy(info->name, name, sizeof name);
    snprintf(info->description, sizeof info->description, "tokens of one codec decoded by another: %s", info->name);
}

static void bands_of(const rsd_model *model, codec_bands *bands) { codec_bands_of(foreign_of(model)->coder, bands); }

static size_t head_bytes(void) { return base_round_up_64(sizeof(foreign_codec)); }

static size_t hop_bytes(const rsd_codec_info *info) { return base_round_up_64(info->hop_samples * sizeof(float)); }

static size_t state_bytes(const rsd_model *model)
{
    rsd_codec_info info;
    rsd_model_info(foreign_of(model)->coder, ANY_RATE_HZ, &info);
    return head_bytes() + hop_bytes(&info) + rsd_codec_size_bytes(foreign_of(model)->coder) +
           rsd_codec_size_bytes(foreign_of(model)->decoder);
}

static rsd_status init(rsd_codec *codec, const rsd_model *model, uint32_t codec_rate_hz)
{
    foreign_codec *self = (foreign_codec *)codec;
    const foreign_model *models = foreign_of(model);
    const size_t coder_bytes = rsd_codec_size_bytes(models->coder),
                 decoder_bytes = rsd_codec_size_bytes(models->decoder);
    rsd_codec_info info;
    rsd_model_info(models->coder, ANY_RATE_HZ, &info);
    char *at = (char *)codec + head_bytes();
    self->other = (float *)(void *)at;
    self->hop_samples = info.hop_samples;
    at += hop_bytes(&info);
    rsd_status status = rsd_codec_init(at, coder_bytes, models->coder, codec_rate_hz, &self->coder);
    at += coder_bytes;
    if (status == RSD_OK) status = rsd_codec_init(at, decoder_bytes, models->decoder, codec_rate_hz, &self->decoder);
    self->is_new = true;
    return status;
}

static rsd_status prime(rsd_codec *codec, const float *start, uint64_t sample_count)
{
    return rsd_codec_prime(((foreign_codec *)codec)->coder, start, sample_count);
}

static rsd_status prime_decode(rsd_codec *codec, const rsd_token_frame *start, uint64_t frame_count,
                               const rsd_decode_controls *controls)
{
    foreign_codec *self = (foreign_codec *)codec;
    const rsd_status status = rsd_codec_prime_decode(self->coder, start, frame_count, controls);
    return status == RSD_OK ? rsd_codec_prime_decode(self->decoder, start, frame_count, controls) : status;
}

RSD_REALTIME static bool has_pairs(const rsd_model *model)
{
    return codec_has_pairs(((const foreign_model *)model)->coder);
}

const codec_class codec_foreign = {
    .path_words = "CODER@DECODER, two of these",
    .destroy = destroy,
    .info = info_of,
    .size_bytes = state_bytes,
    .init = init,
    .encode = foreign_encode,
    .has_pairs = has_pairs,
    .encode_pair = foreign_encode_stereo,
    .read_pair = foreign_read_stereo,
    .synthesise_pair = foreign_synthesise_stereo,
    .read_frame = foreign_read_frame,
    .synthesise = foreign_synthesise,
    .bands = bands_of,
    .reset = foreign_reset,
    .prime = prime,
    .prime_decode = prime_decode,
};

/* ---- whether two models fit ---- */

static rsd_status refuse(const char *name, rsd_error *error, const char *what, uint32_t coder, uint32_t decoder)
{
    return base_error_set(error, RSD_ERR_UNSUPPORTED, "%.300s: the codecs differ in shape: %s %u and %u", name, what,
                          coder, decoder);
}

static rsd_status check_rows(const char *name, const rsd_codec_info *a, const rsd_codec_info *b, rsd_error *error)
{
    for (uint32_t k = 0; k < a->level_count; k++)
        if (a->level_sequence_end[k] != b->level_sequence_end[k])
            return refuse(name, error, "tokens up to a level", a->level_sequence_end[k], b->level_sequence_end[k]);
    for (uint32_t s = 0; s < a->sequence_count; s++)
        if (a->sequence_codewords[s] != b->sequence_codewords[s])
            return refuse(name, error, "codewords", a->sequence_codewords[s], b->sequence_codewords[s]);
    return RSD_OK;
}

static rsd_status check_shape(const char *name, const rsd_model *coder, const rsd_model *decoder, rsd_error *error)
{
    rsd_codec_info a, b;
    codec_bands coder_bands, decoder_bands;
    rsd_model_info(coder, ANY_RATE_HZ, &a);
    rsd_model_info(decoder, ANY_RATE_HZ, &b);
    codec_bands_of(coder, &coder_bands);
    codec_bands_of(decoder, &decoder_bands);
    const struct {
        const char *what;
        uint32_t coder, decoder;
    } numbers[] = {{"sample rates (Hz)", a.sample_rate_hz, b.sample_rate_hz},
                   {"frames of so many samples:", a.hop_samples, b.hop_samples},
                   {"levels", a.level_count, b.level_count},
                   {"tokens in a frame", a.sequence_count, b.sequence_count},
                   {"latencies (samples)", a.latency_samples, b.latency_samples},
                   {"bands of the envelope", coder_bands.band_count, decoder_bands.band_count}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].coder != numbers[i].decoder)
            return refuse(name, error, numbers[i].what, numbers[i].coder, numbers[i].decoder);
    return check_rows(name, &a, &b, error);
}

rsd_status foreign_open(const char *name, rsd_model *coder, rsd_model *decoder, rsd_model **model, rsd_error *error)
{
    rsd_status status = check_shape(name, coder, decoder, error);
    foreign_model *self = status == RSD_OK ? calloc(1, sizeof *self) : NULL;
    if (status == RSD_OK && !self) status = base_error_set(error, RSD_ERR_MEMORY, "%.300s: out of memory", name);
    if (status != RSD_OK) {
        rsd_model_release(coder);
        rsd_model_release(decoder);
        return status;
    }
    self->base.class = &codec_foreign;
    atomic_init(&self->base.references, 1u);
    self->coder = coder;
    self->decoder = decoder;
    *model = &self->base;
    return RSD_OK;
}
