// SPDX-License-Identifier: MIT
#ifndef RSD_TRAIN_H
#define RSD_TRAIN_H

#include <residuum/rsd_status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Trains the codebooks of the `live` codec from sounds, and writes them as one safetensors file that rsd_model_open
 * reads. The same sounds in the same order, with the same hop, seed and name, give the same file. From
 * examples/train.c:
 *
 *   config.hop_samples = 64;
 *   if (rsd_trainer_create(&config, &trainer) != RSD_OK) return 1;
 *   rsd_status status = rsd_trainer_add(trainer, samples, (size_t)count);
 *   if (status == RSD_OK) status = rsd_trainer_run(trainer, argv[2], &error);
 *   rsd_trainer_destroy(trainer);
 *
 * All calls are [setup]: they allocate and take long, and one thread makes them.
 */

typedef struct rsd_trainer rsd_trainer;

#define RSD_TRAIN_MAX_THREADS 8u

/*
 * Called now and then, on the thread of rsd_trainer_run.
 *
 * context  progress_context of the configuration
 * done     0..1
 * what     what is being done, in a few words
 * Returns  true to stop: rsd_trainer_run then gives RSD_ERR_CANCELLED
 */
typedef bool (*rsd_train_progress)(void *context, double done, const char *what);

/* All zero but hop_samples is fine. May grow: see rsd_version.h. */
typedef struct {
    uint32_t hop_samples; /* 64, 128 or 256 */
    uint64_t seed;
    uint32_t thread_count;       /* 1..RSD_TRAIN_MAX_THREADS; 0: one a core. The file does not depend on it */
    const char *name;            /* for lists of codecs, copied, cut at 63 bytes; NULL: "live" */
    rsd_train_progress progress; /* may be NULL */
    void *progress_context;
} rsd_train_config;

RSD_API RSD_NODISCARD rsd_status rsd_trainer_create_sized(const rsd_train_config *config, size_t config_bytes,
                                                          rsd_trainer **trainer);
/*
 * Makes a trainer that has no sound yet.
 *
 * config   copied
 * trainer  gets it; rsd_trainer_destroy frees it
 * Errors   RSD_ERR_ARG: a pointer, the hop or the thread count; RSD_ERR_MEMORY
 */
static inline RSD_NODISCARD rsd_status rsd_trainer_create(const rsd_train_config *config, rsd_trainer **trainer)
{
    return rsd_trainer_create_sized(config, sizeof *config, trainer);
}

/*
 * Adds one sound. It is cut into frames at once and need not stay.
 *
 * samples       mono at 48 kHz, finite
 * sample_count  two hops at least; what is left over after whole hops does not count
 * Errors        RSD_ERR_ARG: too short, or a sample is not finite; RSD_ERR_MEMORY
 */
RSD_API RSD_NODISCARD rsd_status rsd_trainer_add(rsd_trainer *trainer, const float *samples, size_t sample_count);

/*
 * How much of what was added is not silent. A codec that was trained on less than 10 s codes other sounds badly.
 *
 * trainer  NULL has no sound
 * Returns  seconds
 */
RSD_API double rsd_trainer_sounding_s(const rsd_trainer *trainer);

/*
 * Trains and writes the file. A codebook of 1024 codewords wants a vector for each. At least 1088 frames must therefore
 * not be silent: 1.5, 2.9 or 5.8 s at hop 64, 128 or 256.
 *
 * out_path  whole or not at all: written beside and renamed
 * error     may be NULL
 * Errors    RSD_ERR_ARG: too little sound, or too little varied; RSD_ERR_CANCELLED; RSD_ERR_IO; RSD_ERR_MEMORY
 * Cost      minutes for 12 minutes of sound
 */
RSD_API RSD_NODISCARD rsd_status rsd_trainer_run(rsd_trainer *trainer, const char *out_path, rsd_error *error);

/* Frees a trainer; NULL is fine. */
RSD_API void rsd_trainer_destroy(rsd_trainer *trainer);

#ifdef __cplusplus
}
#endif

#endif
