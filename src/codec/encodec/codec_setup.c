// SPDX-License-Identifier: MIT
// An EnCodec folder is opened; one channel's state is laid out and primed.
#include "codec/encodec/internal.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/numbers.h"

#include "base/read_file.h"
#include "codec/codec_name.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PATH_BYTES 4096u

static bool join(const char *folder, const char *name, char path[PATH_BYTES])
{
    const size_t length = strlen(folder);
    const char *slash = length > 0u && folder[length - 1u] == '/' ? "" : "/";
    return (size_t)snprintf(path, PATH_BYTES, "%s%s%s", folder, slash, name) < PATH_BYTES;
}

static bool has_config(const char *folder)
{
    char config[PATH_BYTES];
    struct stat info;
    return join(folder, "config.json", config) && stat(config, &info) == 0 && S_ISREG(info.st_mode);
}

/* A folder, or one with RSD_CODEC_INT16 behind its name (unless a folder is called so); false where it is neither. */
static bool find_folder(const char *path, char folder[PATH_BYTES], bool *narrow)
{
    *narrow = !has_config(path);
    if (*narrow) return codec_cut_int16(path, folder, PATH_BYTES) && has_config(folder);
    return (size_t)snprintf(folder, PATH_BYTES, "%s", path) < PATH_BYTES;
}

static bool recognises(const char *path)
{
    char folder[PATH_BYTES];
    bool narrow;
    return find_folder(path, folder, &narrow);
}

/* Device, number, size and time of the weights, and how they are held. */
static void identity(const char *path, char text[CODEC_IDENTITY_BYTES])
{
    char folder[PATH_BYTES], weights[PATH_BYTES];
    bool narrow;
    struct stat info;
    text[0] = '\0';
    if (!find_folder(path, folder, &narrow)) return;
    if (!join(folder, "model.safetensors", weights) || stat(weights, &info) != 0) return;
    snprintf(text, CODEC_IDENTITY_BYTES, "encodec%s %llx %llx %llx %llx.%lx", narrow ? RSD_CODEC_INT16 : "",
             (unsigned long long)info.st_dev, (unsigned long long)info.st_ino, (unsigned long long)info.st_size,
             (unsigned long long)info.st_mtim.tv_sec, (unsigned long)info.st_mtim.tv_nsec);
}

static void destroy(rsd_model *model)
{
    encodec_destroy_parts((encodec_model *)model);
    free(model);
}

/* The folder's own name. */
static void name_from_path(const char *path, char *name, size_t name_bytes)
{
    size_t end = strlen(path);
    while (end > 1u && path[end - 1u] == '/') end--;
    size_t begin = end;
    while (begin > 0u && path[begin - 1u] != '/') begin--;
    snprintf(name, name_bytes, "%.*s", (int)(end - begin < name_bytes ? end - begin : name_bytes), path + begin);
}

static rsd_status read_folder(const char *folder, encodec_model *model, rsd_error *error)
{
    char config[PATH_BYTES], weights[PATH_BYTES];
    st_file *file = NULL;
    if (!join(folder, "config.json", config) || !join(folder, "model.safetensors", weights))
        return base_error_set(error, RSD_ERR_ARG, "'%.200s...': path too long", folder);
    rsd_status status = encodec_config_read(config, &model->config, error);
    if (status == RSD_OK) status = st_open(weights, BASE_WEIGHTS_BYTES, &file, error);
    if (status == RSD_OK) status = encodec_weights_read(file, model, error);
    st_close(file);
    return status;
}

static rsd_status open_model(const char *path, const void *data, size_t size_bytes, rsd_model **model, rsd_error *error)
{
    (void)data, (void)size_bytes; /* none is built in */
    char folder[PATH_BYTES];
    encodec_model *self = calloc(1, sizeof *self);
    if (!self) return base_error_set(error, RSD_ERR_MEMORY, "%s: out of memory", path);
    self->base.class = &codec_encodec;
    atomic_init(&self->base.references, 1u);
    self->kernel = nn_best_kernel();
    name_from_path(path, self->name, sizeof self->name);
    rsd_status status = RSD_OK;
    if (!find_folder(path, folder, &self->narrow))
        status = base_error_set(error, RSD_ERR_NOT_FOUND, "'%s': no EnCodec folder (config.json) any more", path);
    if (status == RSD_OK) status = read_folder(folder, self, error);
    if (status == RSD_OK)
        *model = &self->base;
    else
        destroy(&self->base);
    return status;
}

static void info_of(const rsd_model *model, uint32_t host_rate_hz, rsd_codec_info *info)
{
    (void)host_rate_hz; /* the engine resamples to the model's own rate */
    const encodec_model *self = (const encodec_model *)model;
    const encodec_config *config = &self->config;
    const double bits = log2((double)config->codewords);
    memset(info, 0, sizeof *info);
    snprintf(info->name, sizeof info->name, "%s", self->name);
    info->sample_rate_hz = config->sample_rate_hz;
    info->hop_samples = info->latency_samples = config->hop_samples;
    const uint32_t encoder_frames = self->encoder.prime_frames, decoder_frames = self->decoder.prime_frames;
    info->prime_samples = (encoder_frames > decoder_frames ? encoder_frames : decoder_frames) * config->hop_samples;
    info->level_count = info->sequence_count = self->level_count;
    info->max_codebook_bits = (uint32_t)ceil(bits);
    for (uint32_t k = 0; k < self->level_count; k++) {
        info->level_sequence_end[k] = (uint16_t)(k + 1u);
        info->sequence_codewords[k] = (uint16_t)config->codewords;
        info->level_kbps[k] = (float)((k + 1u) * bits * config->sample_rate_hz / config->hop_samples / 1000.0);
    }
    const size_t macs =
        self->encoder.macs + self->decoder.macs + (size_t)self->level_count * config->codewords * config->dim;
    snprintf(info->description, sizeof info->description,
             "EnCodec, %u levels of %u codewords, dim %u, %.3g M parameters%s, %.3g M multiply-adds a frame",
             info->level_count, config->codewords, config->dim, (double)self->parameter_count / 1e6,
             self->narrow ? " of 16 bits" : "", (double)macs / 1e6);
}

static size_t rounded(size_t floats) { return base_round_up_64(floats * sizeof(float)) / sizeof(float); }

static size_t scratch_floats(const encodec_model *model)
{
    const size_t encoder = nn_net_scratch_floats(&model->encoder, 1),
                 decoder = nn_net_scratch_floats(&model->decoder, 1);
    return encoder > decoder ? encoder : decoder;
}

static size_t head_bytes(void) { return base_round_up_64(sizeof(encodec_codec)); }

static size_t state_bytes(const rsd_model *model)
{
    const encodec_model *self = (const encodec_model *)model;
    const size_t floats = rounded(self->encoder.state_floats) + rounded(self->decoder.state_floats) +
                          rounded(scratch_floats(self)) + rounded(self->config.dim) + rounded(self->config.codewords);
    return head_bytes() + floats * sizeof(float);
}

static rsd_status init(rsd_codec *codec, const rsd_model *model, uint32_t codec_rate_hz)
{
    encodec_codec *self = (encodec_codec *)codec;
    self->model = (const encodec_model *)model;
    if (codec_rate_hz != self->model->config.sample_rate_hz) return RSD_ERR_ARG;
    self->encoder_state = (float *)(void *)((char *)self + head_bytes());
    self->decoder_state = self->encoder_state + rounded(self->model->encoder.state_floats);
    self->scratch = self->decoder_state + rounded(self->model->decoder.state_floats);
    self->latent = self->scratch + rounded(scratch_floats(self->model));
    self->scores = self->latent + rounded(self->model->config.dim);
    encodec_reset(codec);
    return RSD_OK;
}

/* Runs `net` over its first frames, of `in` and zeros behind it, and leaves the mirrored past in `state`. */
static rsd_status prime(const encodec_model *model, const nn_net *net, float *state, const float *in)
{
    float *scratch = base_alloc_64(nn_net_scratch_floats(net, net->prime_frames) * sizeof(float));
    if (!scratch) return RSD_ERR_MEMORY;
    nn_net_prime(model->kernel, net, &(nn_io){state, scratch, in, net->prime_frames, NULL});
    free(scratch);
    return RSD_OK;
}

rsd_status encodec_prime_encoder(rsd_codec *codec, const float *start, uint64_t sample_count)
{
    encodec_codec *self = (encodec_codec *)codec;
    const nn_net *net = &self->model->encoder;
    const size_t needed = (size_t)net->prime_frames * net->in_steps;
    float *in = calloc(needed, sizeof *in);
    if (!in) return RSD_ERR_MEMORY;
    memcpy(in, start, (sample_count < needed ? (size_t)sample_count : needed) * sizeof *in);
    const rsd_status status = prime(self->model, net, self->encoder_state, in);
    self->encoder_primed = status == RSD_OK;
    free(in);
    return status;
}

rsd_status encodec_prime_decoder(rsd_codec *codec, const rsd_token_frame *start, uint64_t frame_count,
                                 const rsd_decode_controls *controls)
{
    encodec_codec *self = (encodec_codec *)codec;
    const nn_net *net = &self->model->decoder;
    const uint32_t dim = self->model->config.dim;
    float *in = calloc((size_t)net->prime_frames * dim, sizeof *in);
    if (!in) return RSD_ERR_MEMORY;
    for (uint32_t f = 0; f < net->prime_frames && f < frame_count; f++) {
        codec_frame frame;
        codec_read_frame(codec, &start[f], &frame);
        (void)encodec_latent(self->model, &frame, controls, in + (size_t)f * dim);
    }
    const rsd_status status = prime(self->model, net, self->decoder_state, in);
    self->decoder_primed = status == RSD_OK;
    free(in);
    return status;
}

const codec_class codec_encodec = {
    .path_words = "an EnCodec folder (config.json, model.safetensors; :int16 behind it for 16-bit weights)",
    .recognises = recognises,
    .open = open_model,
    .destroy = destroy,
    .info = info_of,
    .size_bytes = state_bytes,
    .init = init,
    .encode = encodec_encode,
    .read_frame = encodec_read_frame,
    .synthesise = encodec_synthesise,
    .reset = encodec_reset,
    .prime = encodec_prime_encoder,
    .prime_decode = encodec_prime_decoder,
    .identity = identity,
};
