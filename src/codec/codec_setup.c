// SPDX-License-Identifier: MIT
// Which models there are and how they are opened and shared: built-in, known by name, files.
#include "codec/codec_internal.h"

#include "base/error.h"
#include "base/sized.h"
#include "codec/codec_name.h"
#include "codec/known_models.h"
#include "codec/models.h"
#include "codec/foreign/internal.h"
#include "codec/predictor/predictor.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_DECODER "none"

static const codec_class *const CLASSES[] = {&codec_live, &codec_encodec, &codec_lyra};

/* In the order in which plugins number them: a new one goes to the end. */
static const struct {
    const char *name, *alias, *description;
    const char *file; /* inside of the library; NULL: a known model, outside of it */
    const codec_class *class;
    codec_shape outside; /* what plugins must know before there is a model */
} BUILTINS[] = {
    {"live-64",
     NULL,
     "low-latency MDCT and trained RVQ, frames of 64 samples",
     "live-64.safetensors",
     &codec_live,
     {0}},
    {"live-128",
     "live",
     "low-latency MDCT and trained RVQ, frames of 128 samples",
     "live-128.safetensors",
     &codec_live,
     {0}},
    {"live-256",
     NULL,
     "low-latency MDCT and trained RVQ, frames of 256 samples",
     "live-256.safetensors",
     &codec_live,
     {0}},
    {"lyra-v2",
     NULL,
     "neural (SoundStream), speech at 16 kHz, frames of 20 ms, 46 levels from 200 bit/s to 9.2 kbps",
     NULL,
     &codec_lyra,
     {46, 4, 9.2f}},
};
#define BUILTIN_COUNT (sizeof BUILTINS / sizeof *BUILTINS)

/* Built-in models that are open now, and the lock for them; control threads only. */
static rsd_model *shared_files; /* those that an equal open takes again, the same lock */
static pthread_mutex_t builtins_lock = PTHREAD_MUTEX_INITIALIZER;

bool rsd_model_builtin(uint32_t index, const char **name, const char **description)
{
    if (index >= BUILTIN_COUNT) return false;
    *name = BUILTINS[index].name;
    *description = BUILTINS[index].description;
    return true;
}

const codec_shape *codec_outside_shape(uint32_t index)
{
    return index < BUILTIN_COUNT && !BUILTINS[index].file ? &BUILTINS[index].outside : NULL;
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
    static const char *const names[CODEC_FOLDER_FILE_COUNT] = {
        "config.json",      "model.safetensors", "soundstream_encoder.tflite",
        "quantizer.tflite", "lyragan.tflite",    PREDICTOR_FILE};
    return index < CODEC_FOLDER_FILE_COUNT ? names[index] : NULL;
}

static int find_builtin(const char *name)
{
    for (size_t i = 0; i < BUILTIN_COUNT; i++) {
        if (!BUILTINS[i].file) continue;
        if (strcmp(name, BUILTINS[i].name) == 0 || (BUILTINS[i].alias && strcmp(name, BUILTINS[i].alias) == 0))
            return (int)i;
    }
    return -1;
}

static rsd_status load_builtin(int index, rsd_model **model, rsd_error *error)
{
    for (unsigned i = 0; i < base_embedded_models_count; i++) {
        const base_embedded *file = &base_embedded_models[i];
        if (strcmp(file->name, BUILTINS[index].file) != 0) continue;
        return BUILTINS[index].class->open(BUILTINS[index].name, file->data, file->size_bytes, model, error);
    }
    return base_error_set(error, RSD_ERR_NOT_FOUND, "codec '%s' is not in this build", BUILTINS[index].name);
}

/* A new reference; NULL where none is open. Under the lock. */
static rsd_model *find_shared(const char *identity)
{
    rsd_model *model = shared_files;
    while (model && strcmp(model->identity, identity) != 0) model = model->next_shared;
    return model ? rsd_model_retain(model) : NULL;
}

/*
 * Reading a model takes milliseconds to seconds, and whoever releases one needs the lock: nothing is read under it. Of
 * two threads that read the same model at a time, the second one to finish takes the first one's and drops its own.
 */
static rsd_model *take_shared(const char *identity)
{
    pthread_mutex_lock(&builtins_lock);
    rsd_model *model = find_shared(identity);
    pthread_mutex_unlock(&builtins_lock);
    return model;
}

/* Puts `read` among those that are open, where there is none yet; returns which one to use. */
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

/* Identified by its name alone: what identifies a file has a blank. */
static rsd_status open_builtin(int index, rsd_model **model, rsd_error *error)
{
    char identity[CODEC_IDENTITY_BYTES] = "";
    snprintf(identity, sizeof identity, "%s", BUILTINS[index].name);
    rsd_model *open = take_shared(identity), *read = NULL;
    const rsd_status status = open ? RSD_OK : load_builtin(index, &read, error);
    if (status == RSD_OK) *model = open ? open : keep_shared(identity, read);
    return status;
}

static rsd_status read_file(const codec_class *class, const char *path, const char *known_name, rsd_model **model,
                            rsd_error *error)
{
    const rsd_status status = class->open(path, NULL, 0, model, error);
    if (status == RSD_OK) snprintf((*model)->known_name, sizeof(*model)->known_name, "%s", known_name);
    return status;
}

/* What a file is shared by: also its name, as a model opened by its path is called otherwise than a known one. */
static void identify(const codec_class *class, const char *path, const char *known_name,
                     char identity[CODEC_IDENTITY_BYTES])
{
    char file[CODEC_IDENTITY_BYTES] = "";
    identity[0] = '\0';
    if (class->identity) class->identity(path, file);
    if (file[0] == '\0') return;
    const int length = snprintf(identity, CODEC_IDENTITY_BYTES, "%s %s", known_name, file);
    if (length < 0 || (size_t)length >= CODEC_IDENTITY_BYTES) identity[0] = '\0';
}

/*
 * Opens a file's model, or takes the one that is open: large weights are in memory once, however many use them.
 * known_name: what it is to be called; empty: after its file.
 */
static rsd_status open_file(const codec_class *class, const char *path, const char *known_name, rsd_model **model,
                            rsd_error *error)
{
    char identity[CODEC_IDENTITY_BYTES];
    identify(class, path, known_name, identity);
    if (identity[0] == '\0') return read_file(class, path, known_name, model, error);
    rsd_model *open = take_shared(identity), *read = NULL;
    const rsd_status status = open ? RSD_OK : read_file(class, path, known_name, &read, error);
    if (status == RSD_OK) *model = open ? open : keep_shared(identity, read);
    return status;
}

static const codec_class *class_of(const char *path)
{
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
        if (CLASSES[i]->recognises(path)) return CLASSES[i];
    return NULL;
}

/* `ending`: what stood behind the name, RSD_CODEC_INT16 or nothing. */
static rsd_status open_known(const known_model *known, const char *ending, rsd_model **model, rsd_error *error)
{
    char folder[KNOWN_MODEL_PATH_BYTES], path[KNOWN_MODEL_PATH_BYTES + 16u], name[64];
    if (!known_model_folder(known, folder))
        return base_error_set(error, RSD_ERR_NOT_FOUND,
                              "the model '%s' is not on this machine; this command fetches it: residuum models get %s",
                              known->name, known->name);
    snprintf(path, sizeof path, "%s%s", folder, ending);
    snprintf(name, sizeof name, "%s%s", known->name, ending);
    const codec_class *class = class_of(path);
    if (!class) return base_error_set(error, RSD_ERR_FORMAT, "%.400s: holds no model that can be read", path);
    return open_file(class, path, name, model, error);
}

static const known_model *find_known(const char *name, const char **ending)
{
    char cut[64];
    const bool narrow = codec_cut_int16(name, cut, sizeof cut);
    *ending = narrow ? RSD_CODEC_INT16 : "";
    return known_model_find(narrow ? cut : name);
}

/* A known model's own spelling stands for it; with underscores, a file or folder that is called so comes first. */
static bool is_own_spelling(const known_model *known, const char *name)
{
    return known && strncmp(name, known->name, strlen(known->name)) == 0;
}

bool codec_is_name(const char *name_or_path)
{
    const char *ending;
    return find_builtin(name_or_path) >= 0 || is_own_spelling(find_known(name_or_path, &ending), name_or_path);
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

static void add_text(char text[RSD_ERROR_TEXT_BYTES], const char *separator, const char *more)
{
    const size_t used = strlen(text);
    snprintf(text + used, RSD_ERROR_TEXT_BYTES - used, "%s%s", used > 0u ? separator : "", more);
}

static bool is_listed(const char *name)
{
    bool found = false;
    for (size_t i = 0; i < BUILTIN_COUNT; i++) found = found || strcmp(BUILTINS[i].name, name) == 0;
    return found;
}

/* What may be given instead, from the two tables: every name, and what a path of each class leads to. */
static rsd_status not_found(const char *name, rsd_error *error)
{
    char names[RSD_ERROR_TEXT_BYTES] = "", paths[RSD_ERROR_TEXT_BYTES] = "";
    for (size_t i = 0; i < BUILTIN_COUNT; i++) {
        if (BUILTINS[i].alias) add_text(names, ", ", BUILTINS[i].alias);
        add_text(names, ", ", BUILTINS[i].name);
    }
    for (uint32_t i = 0; known_model_at(i); i++)
        if (!is_listed(known_model_at(i)->name)) add_text(names, ", ", known_model_at(i)->name);
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) add_text(paths, ", or ", CLASSES[i]->path_words);
    return base_error_set(error, RSD_ERR_NOT_FOUND, "no codec '%s': give a name (%s), %s", name, names, paths);
}

static rsd_status open_one(const char *name_or_path, rsd_model **model, rsd_error *error)
{
    const int builtin = find_builtin(name_or_path);
    if (builtin >= 0) return open_builtin(builtin, model, error);
    const char *ending;
    const known_model *known = find_known(name_or_path, &ending);
    if (is_own_spelling(known, name_or_path)) return open_known(known, ending, model, error);
    const codec_class *class = class_of(name_or_path);
    if (class) return open_file(class, name_or_path, "", model, error);
    if (known) return open_known(known, ending, model, error);
    return not_found(name_or_path, error);
}

const char *codec_decoder_sign(const char *name)
{
    const char *sign = strrchr(name, RSD_CODEC_DECODER_SIGN);
    return sign && sign > name && sign[1] != '\0' && access(name, F_OK) != 0 ? sign : NULL;
}

const char *codec_decoder_name(const char *name)
{
    const char *sign = codec_decoder_sign(name);
    return sign ? sign + 1 : NO_DECODER;
}

bool codec_join_decoder(const char *name, const char *decoder, char *joined, size_t joined_bytes)
{
    const char *sign = codec_decoder_sign(name);
    const int coder_bytes = (int)(sign ? (size_t)(sign - name) : strlen(name));
    const bool is_one = strcmp(decoder, NO_DECODER) == 0;
    const int length =
        is_one ? snprintf(joined, joined_bytes, "%.*s", coder_bytes, name)
               : snprintf(joined, joined_bytes, "%.*s%c%s", coder_bytes, name, RSD_CODEC_DECODER_SIGN, decoder);
    return length >= 0 && (size_t)length < joined_bytes;
}

static rsd_status open_both(const char *name, const char *sign, rsd_model **model, rsd_error *error)
{
    rsd_model *coder = NULL, *decoder = NULL;
    char *coder_name = strndup(name, (size_t)(sign - name));
    if (!coder_name) return base_error_set(error, RSD_ERR_MEMORY, "%.300s: out of memory", name);
    rsd_status status = open_one(coder_name, &coder, error);
    free(coder_name);
    if (status == RSD_OK) status = open_one(sign + 1, &decoder, error);
    if (status == RSD_OK) return foreign_open(name, coder, decoder, model, error);
    rsd_model_release(coder);
    return status;
}

rsd_status rsd_model_open(const char *name_or_path, rsd_model **model, rsd_error *error)
{
    if (!name_or_path || !model) return base_error_set(error, RSD_ERR_ARG, "no codec named");
    if (error) error->text[0] = '\0';
    const char *sign = codec_decoder_sign(name_or_path);
    return sign ? open_both(name_or_path, sign, model, error) : open_one(name_or_path, model, error);
}

void rsd_model_release(rsd_model *model)
{
    if (!model) return;
    /* The lock makes "last reference gone" and "taken out of the table" one step for openers of a built-in model. */
    pthread_mutex_lock(&builtins_lock);
    const bool last = atomic_fetch_sub_explicit(&model->references, 1u, memory_order_acq_rel) == 1u;
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

rsd_status rsd_codec_prime_decode_sized(rsd_codec *codec, const rsd_token_frame *start, uint64_t frame_count,
                                        const rsd_decode_controls *controls, size_t controls_bytes)
{
    rsd_decode_controls known;
    if (!codec->class->prime_decode) return RSD_OK;
    base_sized_copy(&known, sizeof known, controls, controls_bytes);
    return codec->class->prime_decode(codec, start, frame_count, &known);
}
