// SPDX-License-Identifier: MIT
// The `live` codec as a codec class: opening a model, what it tells of itself, setting up a channel's state.
#include "codec/live/codec.h"

#include "base/error.h"
#include "codec/live/tuning.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void destroy(rsd_model *model) { live_model_free((live_model *)model); }

/* The file's name without folder and ending. */
static void name_from_path(const char *path, char *name, size_t name_bytes)
{
    const char *slash = strrchr(path, '/');
    snprintf(name, name_bytes, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot && dot != name) *dot = '\0';
}

static rsd_status open_model(const char *path, const void *data, size_t size_bytes, rsd_model **model, rsd_error *error)
{
    live_model *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", path);
    self->base.class = &codec_live;
    atomic_init(&self->base.references, 1u);
    name_from_path(path, self->name, sizeof self->name);
    const rsd_status status = live_model_read(path, data, size_bytes, self, error);
    if (status == RSD_OK)
        *model = &self->base;
    else
        live_model_free(self);
    return status;
}

static bool recognises(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcmp(dot, ".safetensors") == 0;
}

static uint32_t codec_rate(uint32_t host_rate_hz) { return host_rate_hz % 11025u == 0u ? 44100u : 48000u; }

static void fill_rates(const live_model *self, rsd_codec_info *info)
{
    const float frames_per_second = (float)info->sample_rate_hz / (float)self->shape.hop;
    float bits = 0.0f;
    for (uint32_t s = 0; s < info->side_count; s++) bits += log2f((float)self->shape.envelope_codewords[s]);
    for (uint32_t k = 0; k < self->level_count; k++) {
        const float coded = bits + log2f((float)self->codewords) * (float)self->level_end[k];
        info->level_sequence_end[k] = self->level_end[k];
        info->level_kbps[k] = coded * frames_per_second / 1000.0f;
    }
}

static void info_of(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info)
{
    const live_model *self = (const live_model *)model;
    memset(info, 0, sizeof *info);
    snprintf(info->name, sizeof info->name, "%s", self->name);
    info->sample_rate_hz = codec_rate(host_rate_hz);
    info->hop_samples = self->shape.hop;
    info->latency_samples = 2u * self->shape.hop;
    info->level_count = self->level_count;
    info->sequence_count = self->level_end[self->level_count - 1u];
    info->side_count = self->shape.envelope_codebook_count;
    for (uint32_t s = 0; s < info->sequence_count; s++) info->sequence_codewords[s] = self->codewords;
    memcpy(info->side_codewords, self->shape.envelope_codewords, sizeof self->shape.envelope_codewords);
    info->max_codebook_bits = (uint32_t)lrintf(log2f((float)self->codewords));
    fill_rates(self, info);
    snprintf(info->description, sizeof info->description,
             "live codec, MDCT + RVQ, hop %u, %u levels, %.4g to %.4g kbps", info->hop_samples, info->level_count,
             (double)info->level_kbps[0], (double)info->level_kbps[info->level_count - 1u]);
}

_Static_assert(LIVE_MAX_BANDS <= CODEC_MAX_BANDS, "a codec_frame holds every envelope");

static void bands_of(const rsd_model *model, codec_bands *bands)
{
    const live_shape *shape = &((const live_model *)model)->shape;
    bands->band_count = shape->band_count;
    bands->coefficient_count = shape->hop;
    bands->subband_count = shape->subband_count;
    bands->min_log2 = LIVE_MIN_ENVELOPE_LOG2;
    memcpy(bands->edges, shape->edges, (shape->band_count + 1u) * sizeof shape->edges[0]);
    memcpy(bands->max_log2, shape->max_envelope_log2, shape->band_count * sizeof shape->max_envelope_log2[0]);
    bands->reserved_codewords = 1u;
}

static size_t state_bytes(const rsd_model *model)
{
    const live_model *self = (const live_model *)model;
    return sizeof(live_codec) + rsd_mdct_size_bytes(self->shape.hop);
}

static rsd_status init(rsd_codec *codec, const rsd_model *model, uint32_t codec_rate_hz)
{
    (void)codec_rate_hz; /* the same codebooks at both rates: only the bands' edges in Hz move */
    live_codec *self = (live_codec *)codec;
    self->model = (const live_model *)model;
    const uint32_t hop = self->model->shape.hop;
    const rsd_status status = rsd_mdct_init(self->mdct_block, rsd_mdct_size_bytes(hop), hop, &self->mdct);
    live_reset(codec);
    return status;
}

const codec_class codec_live = {
    .path_words = "a .safetensors file",
    .recognises = recognises,
    .open = open_model,
    .destroy = destroy,
    .info = info_of,
    .size_bytes = state_bytes,
    .init = init,
    .encode = live_encode,
    .read_frame = live_read_frame,
    .synthesise = live_synthesise,
    .bands = bands_of,
    .encode_pair = live_encode_pair,
    .read_pair = live_read_pair,
    .synthesise_pair = live_synthesise_pair,
    .reset = live_reset,
};
