// SPDX-License-Identifier: MIT
// What tells two versions of a codec of the same name apart.
#include "plug_internal.h"

#include "codec/models.h"

#include <stdio.h>
#include <string.h>

#define FNV_OFFSET 14695981039346656037ull
#define FNV_PRIME 1099511628211ull

static uint64_t add(uint64_t hash, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * FNV_PRIME;
    return hash;
}

/* Lyra's three files have names of their own. */
static bool belongs(const char *file, const char *codec)
{
    char own[80];
    const char *ending = strrchr(file, '.');
    snprintf(own, sizeof own, "%.60s.safetensors", codec);
    return strcmp(file, own) == 0 || (strcmp(codec, "lyra-v2") == 0 && ending && strcmp(ending, ".tflite") == 0);
}

static bool hash_builtin(const char *name, uint64_t *hash)
{
    bool found = false;
    *hash = FNV_OFFSET;
    for (unsigned i = 0; i < rsd_embedded_models_count; i++) {
        const rsd_embedded *embedded = &rsd_embedded_models[i];
        if (!belongs(embedded->name, name)) continue;
        *hash = add(*hash, embedded->data, embedded->size_bytes);
        found = true;
    }
    return found;
}

static bool hash_file(const char *path, uint64_t *hash)
{
    unsigned char bytes[16384];
    FILE *file = fopen(path, "rbe");
    if (!file) return false;
    *hash = FNV_OFFSET;
    for (size_t got; (got = fread(bytes, 1u, sizeof bytes, file)) > 0u;) *hash = add(*hash, bytes, got);
    const bool fine = !ferror(file);
    fclose(file);
    return fine;
}

void plug_codec_hash(const char *name_or_path, char hash[PLUG_HASH_BYTES])
{
    uint64_t value = 0u;
    const int index = plug_codec_index(name_or_path);
    const bool known =
        index >= 0 ? hash_builtin(plug_codec_name((uint32_t)index), &value) : hash_file(name_or_path, &value);
    snprintf(hash, PLUG_HASH_BYTES, "%016llx", (unsigned long long)value);
    if (!known) hash[0] = '\0';
}
