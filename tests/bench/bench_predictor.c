// SPDX-License-Identifier: MIT
// What it costs to imagine levels 5 to 16 of a frame of Lyra V2, where that is installed.
#include "bench.h"

#include "codec/predictor/predictor.h"

#include <stdlib.h>

#define KNOWN_LEVELS 4u

static rsd_model *model;
static void *block;
static predictor_state *state;

bool bench_predictor_open(const bench_sound *sound)
{
    if (!sound || rsd_model_open("lyra-v2", &model, NULL) != RSD_OK) return false;
    const predictor *weights = codec_predictor_of(model);
    block = weights ? aligned_alloc(64, predictor_state_bytes(weights)) : NULL;
    if (!block) {
        rsd_model_release(model);
        return false;
    }
    state = predictor_state_init(block, weights);
    return true;
}

void bench_predictor_step(const bench_sound *sound, size_t index)
{
    int32_t tokens[RSD_MAX_LEVELS];
    (void)sound;
    for (uint32_t k = 0; k < KNOWN_LEVELS; k++) tokens[k] = (int32_t)((index * 7u + k * 5u) % 16u);
    predictor_run(state, &(predictor_job){.known_levels = KNOWN_LEVELS}, tokens);
}

void bench_predictor_close(void)
{
    free(block);
    rsd_model_release(model);
}
