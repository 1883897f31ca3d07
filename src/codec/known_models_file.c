// SPDX-License-Identifier: MIT
// The table of models that are known by name, and the folders that they are looked for in.
#include "codec/known_models.h"

#include "base/read_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* In order of name, in which a plugin's state hashes them. */
static const known_file LYRA_V2[] = {
    {"lyragan.tflite", "lyra/model_coeffs/lyragan.tflite", 1475160,
     "50e7839cda4f30599a3a34cfaddcd9c98449b049eee884e1a74295780448ad06", true},
    {"quantizer.tflite", "lyra/model_coeffs/quantizer.tflite", 329012,
     "841ee05989687d32d1f616a8ad1419fc7eda37599d3c05c7cf5a0d60ccf8ac5c", true},
    {"soundstream_encoder.tflite", "lyra/model_coeffs/soundstream_encoder.tflite", 1779200,
     "237da0b16226fb0a68d49551c81bebf614e42142af72764448359f68581e88f1", true},
    {"lyra_config.binarypb", "lyra/model_coeffs/lyra_config.binarypb", 2,
     "2d88972e9536ba54deed37db380728b3c58eab9bca1d173ae523098b0774cdf5", false},
    {"LICENSE", "LICENSE", 11358, "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30", false},
};

/* Its sums could not be taken from its publisher: a limit stands for the size, and whoever fetches it is told. */
static const known_file ENCODEC_24KHZ[] = {
    {"config.json", "config.json", BASE_JSON_BYTES, NULL, true},
    {"model.safetensors", "model.safetensors", BASE_WEIGHTS_BYTES, NULL, true},
};

static const known_model MODELS[] = {
    {"lyra-v2", "Lyra V2 (SoundStream), speech at 16 kHz, 46 levels, 20 ms", "Apache-2.0, Copyright Google LLC",
     "https://github.com/google/lyra/tree/47698dadf0010abff6a848e02642f55f806d4842/lyra/model_coeffs",
     "https://raw.githubusercontent.com/google/lyra/47698dadf0010abff6a848e02642f55f806d4842", LYRA_V2, COUNT(LYRA_V2)},
    {"encodec-24khz", "EnCodec, sound at 24 kHz, 32 levels, 13.3 ms", "not known to this program: see its page",
     "https://huggingface.co/facebook/encodec_24khz", "https://huggingface.co/facebook/encodec_24khz/resolve/main",
     ENCODEC_24KHZ, COUNT(ENCODEC_24KHZ)},
};

_Static_assert(COUNT(LYRA_V2) <= KNOWN_MODEL_MAX_FILES && COUNT(ENCODEC_24KHZ) <= KNOWN_MODEL_MAX_FILES,
               "room for every file of a model");
_Static_assert(COUNT(MODELS) <= KNOWN_MODEL_MOST, "room for every model");

const known_model *known_model_at(uint32_t index) { return index < COUNT(MODELS) ? &MODELS[index] : NULL; }

static char hyphen(char c) { return c == '_' ? '-' : c; }

const known_model *known_model_find(const char *name)
{
    for (size_t i = 0; i < COUNT(MODELS); i++) {
        const char *known = MODELS[i].name;
        size_t at = 0;
        while (known[at] != '\0' && hyphen(name[at]) == known[at]) at++;
        if (known[at] == '\0' && name[at] == '\0') return &MODELS[i];
    }
    return NULL;
}

bool known_model_has_sums(const known_model *model)
{
    for (uint32_t i = 0; i < model->file_count; i++)
        if (!model->files[i].sha256) return false;
    return true;
}

bool known_model_home(char folder[KNOWN_MODEL_PATH_BYTES])
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    int length = -1;
    if (data && data[0] == '/') /* the base directory specification: a relative one is to be ignored */
        length = snprintf(folder, KNOWN_MODEL_PATH_BYTES, "%s/residuum/models", data);
    else if (home && home[0] == '/')
        length = snprintf(folder, KNOWN_MODEL_PATH_BYTES, "%s/.local/share/residuum/models", home);
    return length > 0 && (size_t)length < KNOWN_MODEL_PATH_BYTES;
}

/* Whether the folder has any file that the codec reads. */
static bool holds(const char *folder, const known_model *model)
{
    char path[KNOWN_MODEL_PATH_BYTES];
    for (uint32_t i = 0; i < model->file_count; i++) {
        const int length = snprintf(path, sizeof path, "%s/%s", folder, model->files[i].name);
        if (model->files[i].is_read && length > 0 && (size_t)length < sizeof path && access(path, F_OK) == 0)
            return true;
    }
    return false;
}

/* Below `parent`, by the model's name with hyphens or with underscores. */
static bool find_below(const char *parent, const known_model *model, char folder[KNOWN_MODEL_PATH_BYTES])
{
    for (int pass = 0; pass < 2; pass++) {
        const int length = snprintf(folder, KNOWN_MODEL_PATH_BYTES, "%s/%s", parent, model->name);
        if (length < 0 || (size_t)length >= KNOWN_MODEL_PATH_BYTES) return false;
        for (char *at = strrchr(folder, '/'); pass == 1 && *at != '\0'; at++)
            if (*at == '-') *at = '_';
        if (holds(folder, model)) return true;
    }
    return false;
}

bool known_model_folder(const known_model *model, char folder[KNOWN_MODEL_PATH_BYTES])
{
    char home[KNOWN_MODEL_PATH_BYTES];
    const char *own = getenv("RESIDUUM_MODELS");
    if (own && own[0] != '\0' && find_below(own, model, folder)) return true;
    return known_model_home(home) && find_below(home, model, folder);
}
