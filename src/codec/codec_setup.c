// SPDX-License-Identifier: MIT
#include "codec/codec_internal.h"

#include "codec/codec_name.h"

#include "codec/models.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

static const codec_class *const CLASSES[] = {&codec_live, &codec_encodec, &codec_lyra};

static const struct {
    const char *name, *alias, *description, *file;
    const codec_class *class;
} BUILTINS[] = {
    {"live-64", NULL, "low-latency MDCT and trained RVQ, frames of 64 samples", "live-64.safetensors", &codec_live},
    {"live-128", "live", "low-latency MDCT and trained RVQ, frames of 128 samples", "live-128.safetensors",
     &codec_live},
    {"live-256", NULL, "low-latency MDCT and trained RVQ, frames of 256 samples", "live-256.safetensors", &codec_live},
    {"lyra-v2", NULL, "neural (SoundStream), speech at 16 kHz, frames of 20 ms, 46 levels from 200 bit/s to 9.2 kbps",
     "soundstream_encoder.tflite", &codec_lyra},
};
#define BUILTIN_COUNT (sizeof BUILTINS / sizeof *BUILTINS)

/* Built-in models that are open now, and the lock for them; control threads only. */
static rsd_model *open_builtins[BUILTIN_COUNT];
static rsd_model *shared_files; /* those that an equal open takes again, the same lock */
static pthread_mutex_t builtins_lock = PTHREAD_MUTEX_INITIALIZER;

int rsd_model_builtin(uint32_t index, const char **name, const char **description)
{
    if (index >= BUILTIN_COUNT) return 0;
    *name = BUILTINS[index].name;
    *description = BUILTINS[index].description;
    return 1;
}

bool codec_cut_int16(const char *name, char *folder, size_t folder_bytes)
{
    const size_t length = strlen(name), suffix = strlen(RSD_CODEC_INT16);
    if (length <= suffix || length - suffix >= folder_bytes) return false;
    if (strcmp(name + length - suffix, RSD_CODEC_INT16) != 0) return false;
    memcpy(folder, name, length - suffix);
    folder[length - suffix] = '\0';
    return true;
}

const char *codec_folder_file(size_t index)
{
    static const char *const names[] = {"config.json", "model.safetensors", "soundstream_encoder.tflite",
                                        "quantizer.tflite", "lyragan.tflite"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static int find_builtin(const char *name)
{
    for (size_t i = 0; i < BUILTIN_COUNT; i++) {
        if (strcmp(name, BUILTINS[i].name) == 0 || (BUILTINS[i].alias && strcmp(name, BUILTINS[i].alias) == 0))
            return (int)i;
    }
    return -1;
}

static rsd_status load_builtin(int index, rsd_model **model, rsd_error *error)
{
    for (unsigned i = 0; i < rsd_embedded_models_count; i++) {
        const rsd_embedded *file = &rsd_embedded_models[i];
        if (strcmp(file->name, BUILTINS[index].file) != 0) continue;
        return BUILTINS[index].class->open(BUILTINS[index].name, file->data, file->size_bytes, model, error);
    }
    return rsd_error_set(error, RSD_ERR_NOT_FOUND, "codec '%s' is not in this build", BUILTINS[index].name);
}

/*
 * Reading a model takes milliseconds to seconds, and whoever releases one needs the lock: nothing is read under it. Of
 * two threads that read the same model at a time, the second one to finish takes the first one's and drops its own.
 */
static rsd_model *take_builtin(int index)
{
    pthread_mutex_lock(&builtins_lock);
    rsd_model *model = open_builtins[index] ? rsd_model_retain(open_builtins[index]) : NULL;
    pthread_mutex_unlock(&builtins_lock);
    return model;
}

/* Puts `read` into the table, where there is none yet; returns which one to use. */
static rsd_model *keep_builtin(int index, rsd_model *read)
{
    pthread_mutex_lock(&builtins_lock);
    rsd_model *open = open_builtins[index] ? rsd_model_retain(open_builtins[index]) : NULL;
    if (!open) {
        read->builtin = index;
        open_builtins[index] = read;
    }
    pthread_mutex_unlock(&builtins_lock);
    if (!open) return read;
    read->class->destroy(read);
    return open;
}

static rsd_status open_builtin(int index, rsd_model **model, rsd_error *error)
{
    rsd_model *open = take_builtin(index), *read = NULL;
    const rsd_status status = open ? RSD_OK : load_builtin(index, &read, error);
    if (status == RSD_OK) *model = open ? open : keep_builtin(index, read);
    return status;
}

/* A new reference; NULL where none is open. Under the lock. */
static rsd_model *find_shared(const char *identity)
{
    rsd_model *model = shared_files;
    while (model && strcmp(model->identity, identity) != 0) model = model->next_shared;
    return model ? rsd_model_retain(model) : NULL;
}

static rsd_model *take_shared(const char *identity)
{
    pthread_mutex_lock(&builtins_lock);
    rsd_model *model = find_shared(identity);
    pthread_mutex_unlock(&builtins_lock);
    return model;
}

/* As keep_builtin. */
static rsd_model *keep_shared(const char *identity, rsd_model *read)
{
    pthread_mutex_lock(&builtins_lock);
    rsd_model *open = find_shared(identity);
    if (!open) {
        memcpy(read->identity, identity, CODEC_IDENTITY_BYTES);
        read->next_shared = shared_files;
        shared_files = read;
    }
    pthread_mutex_unlock(&builtins_lock);
    if (!open) return read;
    read->class->destroy(read);
    return open;
}

/* Opens a file's model, or takes the one that is open: large weights are in memory once, however many use them. */
static rsd_status open_file(const codec_class *class, const char *path, rsd_model **model, rsd_error *error)
{
    char identity[CODEC_IDENTITY_BYTES] = "";
    if (class->identity) class->identity(path, identity);
    if (identity[0] == '\0') return class->open(path, NULL, 0, model, error);
    rsd_model *open = take_shared(identity), *read = NULL;
    const rsd_status status = open ? RSD_OK : class->open(path, NULL, 0, &read, error);
    if (status == RSD_OK) *model = open ? open : keep_shared(identity, read);
    return status;
}

/* Under the lock. */
static void forget_shared(const rsd_model *model)
{
    for (rsd_model **link = &shared_files; *link; link = &(*link)->next_shared) {
        if (*link != model) continue;
        *link = model->next_shared;
        return;
    }
}

rsd_status rsd_model_open(const char *name_or_path, rsd_model **model, rsd_error *error)
{
    if (!name_or_path || !model) return rsd_error_set(error, RSD_ERR_ARG, "no codec named");
    if (error) error->text[0] = '\0';
    const int builtin = find_builtin(name_or_path);
    if (builtin >= 0) return open_builtin(builtin, model, error);
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) {
        if (CLASSES[i]->recognises(name_or_path)) return open_file(CLASSES[i], name_or_path, model, error);
    }
    return rsd_error_set(
        error, RSD_ERR_NOT_FOUND,
        "no codec '%s': give a built-in name (live, live-64, live-128, live-256, lyra-v2), a .safetensors file, an "
        "EnCodec folder (config.json, model.safetensors; :int16 behind it for 16-bit weights) or a folder with the "
        "three .tflite files of Lyra V2",
        name_or_path);
}

void rsd_model_release(rsd_model *model)
{
    if (!model) return;
    /* The lock makes "last reference gone" and "taken out of the table" one step for openers of a built-in model. */
    pthread_mutex_lock(&builtins_lock);
    const bool last = atomic_fetch_sub_explicit(&model->references, 1u, memory_order_acq_rel) == 1u;
    if (last && model->builtin >= 0) open_builtins[model->builtin] = NULL;
    if (last) forget_shared(model);
    pthread_mutex_unlock(&builtins_lock);
    if (last) model->class->destroy(model);
}

rsd_status rsd_codec_init(void *block, size_t block_bytes, const rsd_model *model, uint32_t codec_rate_hz,
                          rsd_codec **codec)
{
    if (!block || (uintptr_t)block % 64u || !model || !codec || codec_rate_hz == 0u) return RSD_ERR_ARG;
    if (block_bytes < rsd_codec_size_bytes(model)) return RSD_ERR_SIZE;
    memset(block, 0, rsd_codec_size_bytes(model));
    rsd_codec *self = block;
    self->class = model->class;
    self->model = model;
    const rsd_status status = model->class->init(self, model, codec_rate_hz);
    if (status == RSD_OK) *codec = self;
    return status;
}

rsd_status rsd_codec_prime(rsd_codec *codec, const float *start, uint64_t sample_count)
{
    return codec->class->prime ? codec->class->prime(codec, start, sample_count) : RSD_OK;
}

rsd_status rsd_codec_prime_decode(rsd_codec *codec, const rsd_token_frame *start, uint64_t frame_count,
                                  const rsd_decode_controls *controls)
{
    if (!codec->class->prime_decode) return RSD_OK;
    return codec->class->prime_decode(codec, start, frame_count, controls);
}
