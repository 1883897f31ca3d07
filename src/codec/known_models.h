// SPDX-License-Identifier: MIT
#ifndef CODEC_KNOWN_MODELS_H
#define CODEC_KNOWN_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Models of others that are known by name and are not part of this project: what they consist of, where they are
 * published, and where they lie on this machine. `residuum models get NAME` puts them there.
 *
 *   const known_model *model = known_model_find("lyra-v2");
 *   char folder[KNOWN_MODEL_PATH_BYTES];
 *   if (model && known_model_folder(model, folder)) open(folder);
 */

#define KNOWN_MODEL_PATH_BYTES 4096u
#define KNOWN_MODEL_MAX_FILES 8u
#define KNOWN_MODEL_MOST 16u /* models in the table */

typedef struct {
    const char *name;
    const char *path;    /* below the model's `base` */
    uint64_t size_bytes; /* where `sha256` is NULL: a limit that no such file passes */
    const char *sha256;  /* 64 lower-case hex digits; NULL: not known to this project */
    bool is_read;        /* by the codec */
} known_file;

typedef struct {
    const char *name, *what, *licence;
    const char *page; /* for people */
    const char *base; /* URL that the files' paths are below */
    const known_file *files;
    uint32_t file_count;
} known_model;

const known_model *known_model_at(uint32_t index); /* NULL past the end. Thread: [any] */

/* The model of that name, in which '-' and '_' are the same; NULL where there is none. Thread: [any] */
const known_model *known_model_find(const char *name);

/* Whether each file's sum is known. Thread: [any] */
bool known_model_has_sums(const known_model *model);

/*
 * Where models are installed: $XDG_DATA_HOME/residuum/models, else ~/.local/share/residuum/models. false: neither
 * variable is an absolute path, or the path is too long. Thread: [setup]
 */
bool known_model_home(char folder[KNOWN_MODEL_PATH_BYTES]);

/*
 * The folder that holds the model: NAME below $RESIDUUM_MODELS, else below known_model_home, spelled with '-' or '_'.
 * It has at least one of the files that the codec reads; what else lacks is for the codec to say. false: there is none.
 * Thread: [setup]
 */
bool known_model_folder(const known_model *model, char folder[KNOWN_MODEL_PATH_BYTES]);

#endif
