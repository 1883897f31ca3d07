// SPDX-License-Identifier: MIT
// A folder of Lyra V2 is opened; one channel's state is laid out.
#include "codec/lyra/internal.h"

#include "base/embedded.h"
#include "base/error.h"
#include "base/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ENCODER[] = "soundstream_encoder.tflite", DECODER[] = "lyragan.tflite",
                  QUANTIZER[] = "quantizer.tflite";
#define PATH_BYTES 4096u

BASE_EMBEDDED(predictors);

/* ---- files ---- */

static bool path_in(const char *folder, const char *name, char path[PATH_BYTES])
{
    return snprintf(path, PATH_BYTES, "%s/%s", folder, name) < (int)PATH_BYTES;
}

/* A folder with any of the three: what lacks is then an error of its own. */
static bool recognises(const char *folder)
{
    const char *const names[] = {ENCODER, DECODER, QUANTIZER};
    char path[PATH_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (path_in(folder, names[i], path) && access(path, F_OK) == 0) return true;
    }
    return false;
}

static rsd_status open_file(const char *folder, const char *name, tfl_file **file, rsd_error *error)
{
    char path[PATH_BYTES];
    if (!path_in(folder, name, path)) return base_error_set(error, RSD_ERR_IO, "%s: the path is too long", folder);
    return tfl_open(path, file, error);
}

/* Device, number, size and time of each of the three, and of a predictor: at most 5 x 17 bytes each. */
static void identity(const char *folder, char text[CODEC_IDENTITY_BYTES])
{
    const char *const names[] = {ENCODER, DECODER, QUANTIZER, PREDICTOR_FILE};
    char path[PATH_BYTES];
    struct stat info;
    int length = snprintf(text, CODEC_IDENTITY_BYTES, "lyra");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!path_in(folder, names[i], path) || stat(path, &info) != 0) {
            if (strcmp(names[i], PREDICTOR_FILE) != 0) text[0] = '\0';
            return;
        }
        length +=
            snprintf(text + length, CODEC_IDENTITY_BYTES - (size_t)length, " %llx %llx %llx %llx.%lx",
                     (unsigned long long)info.st_dev, (unsigned long long)info.st_ino, (unsigned long long)info.st_size,
                     (unsigned long long)info.st_mtim.tv_sec, (unsigned long)info.st_mtim.tv_nsec);
    }
}

/* ---- opening ---- */

/* A graph's file and the floats that it must take and give. */
typedef struct {
    const char *name;
    uint32_t input_count, output_count;
} graph_file;

static rsd_status build(const char *folder, const graph_file *wanted, tfl_graph **graph, tfl_graph_info *info,
                        rsd_error *error)
{
    tfl_file *file = NULL;
    rsd_status status = open_file(folder, wanted->name, &file, error);
    if (status == RSD_OK) status = tfl_graph_build(file, 0, graph, error);
    if (status == RSD_OK) {
        tfl_graph_describe(*graph, info);
        if (info->input_count != wanted->input_count || info->output_count != wanted->output_count)
            status = base_error_set(error, RSD_ERR_FORMAT, "%s: takes %u floats and gives %u, not %u and %u",
                                    tfl_origin(file), info->input_count, info->output_count, wanted->input_count,
                                    wanted->output_count);
    }
    tfl_close(file);
    return status;
}

static rsd_status read_model(const char *folder, lyra_model *self, rsd_error *error)
{
    static const graph_file encoder = {ENCODER, LYRA_HOP, LYRA_FEATURES}, decoder = {DECODER, LYRA_FEATURES, LYRA_HOP};
    tfl_file *file = NULL;
    rsd_status status = build(folder, &encoder, &self->encoder, &self->encoder_info, error);
    if (status == RSD_OK) status = build(folder, &decoder, &self->decoder, &self->decoder_info, error);
    if (status == RSD_OK) status = open_file(folder, QUANTIZER, &file, error);
    if (status == RSD_OK) status = lyra_read_codebooks(file, self, error);
    tfl_close(file);
    return status;
}

static void destroy(rsd_model *model)
{
    lyra_model *self = (lyra_model *)model;
    tfl_graph_free(self->encoder);
    tfl_graph_free(self->decoder);
    free(self->codewords);
    free(self->by_feature);
    free(self->energies);
    predictor_destroy(self->predictor);
    free(self);
}

/* The last part of the path, whatever slashes end it. */
static void name_from_path(const char *path, char *name, size_t name_bytes)
{
    size_t length = strlen(path);
    while (length > 1u && path[length - 1u] == '/') length--;
    size_t begin = length;
    while (begin > 0u && path[begin - 1u] != '/') begin--;
    snprintf(name, name_bytes, "%.*s", (int)(length - begin), path + begin);
}

/* The folder's own, or the one inside of the library where that is of these tokens. */
static rsd_status find_predictor(const char *folder, lyra_model *self, rsd_error *error)
{
    char path[PATH_BYTES];
    if (path_in(folder, PREDICTOR_FILE, path) && access(path, F_OK) == 0)
        return predictor_open(path, NULL, 0u, &self->base, &self->predictor, error);
    for (unsigned i = 0; i < base_embedded_predictors_count; i++) {
        const base_embedded *file = &base_embedded_predictors[i];
        rsd_error unused; /* weights of another codec's tokens: then there is none */
        if (predictor_open(file->name, file->data, file->size_bytes, &self->base, &self->predictor, &unused) == RSD_OK)
            break;
    }
    return RSD_OK;
}

static rsd_status open_model(const char *path, const void *data, size_t size_bytes, rsd_model **model, rsd_error *error)
{
    (void)data; /* never inside of the library */
    (void)size_bytes;
    lyra_model *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", path);
    self->base.class = &codec_lyra;
    atomic_init(&self->base.references, 1u);
    name_from_path(path, self->name, sizeof self->name);
    rsd_status status = read_model(path, self, error);
    if (status == RSD_OK) status = find_predictor(path, self, error);
    if (status == RSD_OK)
        *model = &self->base;
    else
        destroy(&self->base);
    return status;
}

/* ---- the class ---- */

static void info_of(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info)
{
    const lyra_model *self = (const lyra_model *)model;
    (void)host_rate_hz; /* it has one rate */
    memset(info, 0, sizeof *info);
    snprintf(info->name, sizeof info->name, "%s", self->name);
    info->sample_rate_hz = LYRA_RATE_HZ;
    info->hop_samples = info->latency_samples = LYRA_HOP; /* causal without look-ahead: a frame in is that frame out */
    info->level_count = info->sequence_count = self->level_count;
    info->max_codebook_bits = 4u;
    for (uint32_t k = 0; k < self->level_count; k++) {
        info->level_sequence_end[k] = (uint16_t)(k + 1u);
        info->sequence_codewords[k] = LYRA_CODEWORDS;
        info->level_kbps[k] = LYRA_LEVEL_KBPS * (float)(k + 1u);
    }
    const uint64_t parameters = self->encoder_info.parameter_count + self->decoder_info.parameter_count;
    const uint64_t codebook_floats = (uint64_t)self->level_count * LYRA_CODEWORDS * LYRA_FEATURES;
    const uint64_t macs = self->encoder_info.macs + self->decoder_info.macs + codebook_floats;
    snprintf(
        info->description, sizeof info->description,
        "Lyra V2 (SoundStream), %u levels of %u codewords, dim %u, %.3g M parameters, %.3g M multiply-adds a frame",
        self->level_count, LYRA_CODEWORDS, LYRA_FEATURES, (double)(parameters + codebook_floats) * 1e-6,
        (double)macs * 1e-6);
}

static size_t state_bytes(const rsd_model *model)
{
    const lyra_model *self = (const lyra_model *)model;
    const size_t encoder = self->encoder_info.scratch_bytes, decoder = self->decoder_info.scratch_bytes;
    return base_round_up_64(sizeof(lyra_codec)) + base_round_up_64(self->encoder_info.state_bytes) +
           base_round_up_64(self->decoder_info.state_bytes) + base_round_up_64(encoder > decoder ? encoder : decoder);
}

static rsd_status init(rsd_codec *codec, const rsd_model *model, uint32_t codec_rate_hz)
{
    if (codec_rate_hz != LYRA_RATE_HZ) return RSD_ERR_UNSUPPORTED;
    lyra_codec *self = (lyra_codec *)codec;
    self->model = (const lyra_model *)model;
    char *at = (char *)codec + base_round_up_64(sizeof *self);
    self->encoder_state = at;
    at += base_round_up_64(self->model->encoder_info.state_bytes);
    self->decoder_state = at;
    at += base_round_up_64(self->model->decoder_info.state_bytes);
    self->scratch = at;
    lyra_reset(codec);
    return RSD_OK;
}

static bool codebook_of(const rsd_model *model, uint32_t row, codec_codebook *book)
{
    const lyra_model *self = (const lyra_model *)model;
    if (row >= self->level_count) return false;
    *book =
        (codec_codebook){self->codewords + (size_t)row * LYRA_CODEWORDS * LYRA_FEATURES, LYRA_CODEWORDS, LYRA_FEATURES};
    return true;
}

static const predictor *predictor_of(const rsd_model *model) { return ((const lyra_model *)model)->predictor; }

const codec_class codec_lyra = {
    .path_words = "a folder with the three .tflite files of Lyra V2",
    .recognises = recognises,
    .open = open_model,
    .destroy = destroy,
    .info = info_of,
    .size_bytes = state_bytes,
    .init = init,
    .encode = lyra_encode,
    .read_frame = lyra_read_frame,
    .synthesise = lyra_synthesise,
    .reset = lyra_reset,
    .identity = identity,
    .codebook = codebook_of,
    .predictor = predictor_of,
};
