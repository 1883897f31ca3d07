// SPDX-License-Identifier: MIT
#ifndef RSD_TRAIN_H
#define RSD_TRAIN_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Trains the codebooks of the `live` codec from sounds and writes them as one safetensors file that rsd_model_open
 * reads. The same sounds in the same order, hop and seed give the same file. Thread of all: [setup]; they allocate.
 */

typedef struct rsd_trainer rsd_trainer;

#define RSD_TRAIN_MAX_THREADS 8u

/* Called now and then with 0..1 and what is being done; return nonzero to stop (run then gives RSD_ERR_CANCELLED). */
typedef bool (*rsd_train_progress)(void *context, double done, const char *what);

typedef struct {
    uint32_t hop_samples; /* 64, 128 or 256 */
    uint64_t seed;
    uint32_t thread_count;       /* 1..RSD_TRAIN_MAX_THREADS, 0: one a core. The file does not depend on it */
    const char *name;            /* for the list, at most 63 bytes */
    rsd_train_progress progress; /* may be NULL */
    void *progress_context;
} rsd_train_config;

RSD_API RSD_NODISCARD rsd_status rsd_trainer_create(const rsd_train_config *config, rsd_trainer **trainer);
/* Adds one mono sound at 48 kHz, finite; copied into frames at once. */
RSD_API RSD_NODISCARD rsd_status rsd_trainer_add(rsd_trainer *trainer, const float *samples, size_t sample_count);
/* Seconds of what was added that are not silent. A codec of under 10 s fits hardly any sound but those. 0 for NULL. */
RSD_API double rsd_trainer_sounding_s(const rsd_trainer *trainer);
/*
 * RSD_ERR_ARG with a text when there is too little sound or only silence: under 1088 frames that are not silent (1.5,
 * 2.9 or 5.8 s by the hop), as a book of 1024 codewords wants a vector for each. Minutes for 12 minutes of sound.
 */
RSD_API RSD_NODISCARD rsd_status rsd_trainer_run(rsd_trainer *trainer, const char *out_path, rsd_error *error);
RSD_API void rsd_trainer_destroy(rsd_trainer *trainer);

#endif
