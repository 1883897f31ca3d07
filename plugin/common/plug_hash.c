// SPDX-License-Identifier: MIT
// What tells two versions of a codec of the same name apart.
#include "plug_internal.h"

#include "base/read_file.h"
#include "codec/codec_name.h"
#include "codec/known_models.h"
#include "codec/models.h"
#include "codec/predictor/predictor.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FNV_OFFSET 14695981039346656037ull
#define FNV_PRIME 1099511628211ull

static uint64_t add(uint64_t hash, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * FNV_PRIME;
    return hash;
}

static bool hash_builtin(const char *name, uint64_t *hash)
{
    char file[80];
    snprintf(file, sizeof file, "%.60s.safetensors", name);
    *hash = FNV_OFFSET;
    for (unsigned i = 0; i < base_embedded_models_count; i++) {
        const base_embedded *embedded = &base_embedded_models[i];
        if (strcmp(embedded->name, file) != 0) continue;
        *hash = add(*hash, embedded->data, embedded->size_bytes);
        return true;
    }
    return false;
}

/* ---- files and folders ---- */

/* What no codec is read from has no hash: see base/read_file.h. */
static bool add_file(const char *path, uint64_t *hash)
{
    unsigned char bytes[16384];
    base_file file;
    if (base_file_open(path, BASE_WEIGHTS_BYTES, &file, NULL) != RSD_OK) return false;
    bool fine = true;
    for (uint64_t left = file.size_bytes; fine && left > 0u;) {
        const size_t count = left < sizeof bytes ? (size_t)left : sizeof bytes;
        fine = base_file_read(&file, path, bytes, count, NULL) == RSD_OK;
        if (fine) *hash = add(*hash, bytes, count);
        left -= count;
    }
    base_file_close(&file);
    return fine;
}

static bool file_in(const char *folder, size_t index, char path[PLUG_PATH_BYTES])
{
    const int length = snprintf(path, PLUG_PATH_BYTES, "%s/%s", folder, codec_folder_file(index));
    return length > 0 && (size_t)length < PLUG_PATH_BYTES;
}

static bool hash_folder(const char *folder, uint64_t *hash)
{
    char path[PLUG_PATH_BYTES];
    bool found = false;
    for (size_t i = 0; i < CODEC_FOLDER_FILE_COUNT; i++)
        if (file_in(folder, i, path) && add_file(path, hash)) found = true;
    return found;
}

/* In the order of the table of known models, which is that of the names: states of before, when Lyra's files were a part
 * of the plugin, hold this hash. A predictor of one's own comes last, so that without one the hash is that one, too. */
static bool hash_known(const char *folder, const known_model *model, uint64_t *hash)
{
    char path[PLUG_PATH_BYTES];
    bool found = false;
    for (uint32_t i = 0; i < model->file_count; i++) {
        const int length = snprintf(path, sizeof path, "%s/%s", folder, model->files[i].name);
        if (!model->files[i].is_read || length < 0 || (size_t)length >= sizeof path) continue;
        if (add_file(path, hash)) found = true;
    }
    const int length = snprintf(path, sizeof path, "%s/%s", folder, PREDICTOR_FILE);
    if (length > 0 && (size_t)length < sizeof path) (void)add_file(path, hash);
    return found;
}

/* Size and time of all that is hashed: while these are the same, so is the hash. */
typedef struct {
    struct {
        dev_t device;
        ino_t number;
        off_t size;
        struct timespec time;
    } files[CODEC_FOLDER_FILE_COUNT];
    const known_model *known; /* whose order the files are taken in; NULL: that of codec_folder_file */
} files_state;

static void note_file(const char *path, files_state *state, size_t index)
{
    struct stat info;
    if (stat(path, &info) != 0) return;
    state->files[index].device = info.st_dev;
    state->files[index].number = info.st_ino;
    state->files[index].size = info.st_size;
    state->files[index].time = info.st_mtim;
}

static void note_files(const char *path, bool is_folder, files_state *state)
{
    char file[PLUG_PATH_BYTES];
    memset(state, 0, sizeof *state); /* padding, too: compared as bytes */
    if (!is_folder) note_file(path, state, 0u);
    for (size_t i = 0; is_folder && i < CODEC_FOLDER_FILE_COUNT; i++)
        if (file_in(path, i, file)) note_file(file, state, i);
}

/* Hosts save often, and a neural codec's weights are 60 MB and more: the last hash is kept. Nothing is read under the
 * lock. */
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;
static files_state kept_state;
static uint64_t kept_hash;
static bool is_kept;

static bool find_kept(const files_state *state, uint64_t *hash)
{
    pthread_mutex_lock(&kept_lock);
    const bool known = is_kept && memcmp(state, &kept_state, sizeof *state) == 0;
    if (known) *hash = kept_hash;
    pthread_mutex_unlock(&kept_lock);
    return known;
}

static void keep(const files_state *state, uint64_t hash)
{
    pthread_mutex_lock(&kept_lock);
    kept_state = *state;
    kept_hash = hash;
    is_kept = true;
    pthread_mutex_unlock(&kept_lock);
}

static bool hash_path(const char *path, const known_model *known, uint64_t *hash)
{
    struct stat info;
    files_state state;
    if (stat(path, &info) != 0) return false;
    const bool is_folder = S_ISDIR(info.st_mode);
    note_files(path, is_folder, &state);
    state.known = known;
    if (find_kept(&state, hash)) return true;
    *hash = FNV_OFFSET;
    const bool hashed = known       ? hash_known(path, known, hash)
                        : is_folder ? hash_folder(path, hash)
                                    : add_file(path, hash);
    if (!hashed) return false;
    keep(&state, *hash);
    return true;
}

/* An EnCodec folder may have RSD_CODEC_INT16 behind its name; the files are the same. */
static bool hash_file(const char *path, uint64_t *hash)
{
    char folder[PLUG_PATH_BYTES];
    return hash_path(path, NULL, hash) ||
           (codec_cut_int16(path, folder, sizeof folder) && hash_path(folder, NULL, hash));
}

static bool hash_known_name(const char *name, uint64_t *hash)
{
    char cut[PLUG_PATH_BYTES], folder[KNOWN_MODEL_PATH_BYTES];
    const known_model *known = known_model_find(codec_cut_int16(name, cut, sizeof cut) ? cut : name);
    return known && known_model_folder(known, folder) && hash_path(folder, known, hash);
}

void plug_codec_hash(const char *name_or_path, char hash[PLUG_HASH_BYTES])
{
    uint64_t value = 0u;
    const int index = plug_codec_index(name_or_path);
    const bool known = (index >= 0 && hash_builtin(plug_codec_name((uint32_t)index), &value)) ||
                       hash_known_name(name_or_path, &value) || hash_file(name_or_path, &value);
    snprintf(hash, PLUG_HASH_BYTES, "%016llx", (unsigned long long)value);
    if (!known) hash[0] = '\0';
}
