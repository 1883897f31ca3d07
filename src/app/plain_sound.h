// SPDX-License-Identifier: MIT
#ifndef APP_PLAIN_SOUND_H
#define APP_PLAIN_SOUND_H

#include <residuum/rsd_engine.h>
#include <residuum/rsd_token.h>

#include <stdbool.h>

/*
 * The sound of tokens by their own codec with all its levels and without effects: what auto gain and level matching
 * compare with where no input is known. Read as an input it lies beside the engine's sound to the sample.
 * Thread of all: [control]
 */
typedef struct {
    rsd_engine *engine; /* NULL: silence is read */
    const rsd_token_set *set;
    uint64_t skip; /* samples of its latency that are still to come */
    uint64_t left; /* samples that are still to be read */
} app_plain_sound;

/* Whether `engine` compares what is heard with the dry sound. */
bool app_plain_sound_is_wanted(const rsd_engine *engine);

/* `codec`: name or file, a decoder behind an @ is left out. The tokens must outlive it. Errors: as rsd_model_open and
 * rsd_engine_create. */
RSD_NODISCARD rsd_status app_plain_sound_open(app_plain_sound *sound, const char *codec, const rsd_token_set *set,
                                              rsd_error *error);
void app_plain_sound_close(app_plain_sound *sound); /* a zeroed one is fine */

/* The next `count` samples of all channels; `*got` is fewer only at the end. */
void app_plain_sound_read(app_plain_sound *sound, float *const *in, uint32_t count, uint32_t *got);

#endif
