// SPDX-License-Identifier: MIT
// A predictor's file of any content is refused with a text, or opens and imagines tokens that are in range, whatever
// tokens it is given. The first byte says what the rest is: 0: patches of the golden file, three bytes of place (under
// 2^23 in its header, from there on among the weights) and one of value; else the file.
#include "codec/predictor/predictor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_BYTES (1u << 20)
#define CODEWORDS 16u /* of the golden codec */

static rsd_model *model;
static uint8_t golden[MOST_BYTES];
static size_t golden_size;

static void prepare(void)
{
    rsd_error error;
    FILE *file = fopen(MODEL_FOLDER "/" PREDICTOR_FILE, "rb");
    if (!file || rsd_model_open(MODEL_FOLDER, &model, &error) != RSD_OK) abort();
    golden_size = fread(golden, 1, sizeof golden, file);
    fclose(file);
}

/* The caller's to free: of just this length, so that reads past its end are found. */
static uint8_t *patched(const uint8_t *data, size_t size)
{
    uint64_t header;
    uint8_t *bytes = malloc(golden_size);
    if (!bytes) abort();
    memcpy(bytes, golden, golden_size);
    memcpy(&header, golden, sizeof header);
    const size_t first = sizeof header + (size_t)header;
    for (size_t i = 0; i + 4u <= size; i += 4u) {
        const uint32_t place = data[i] | (uint32_t)data[i + 1u] << 8 | (uint32_t)(data[i + 2u] & 0x7Fu) << 16;
        bytes[data[i + 2u] >> 7 ? first + place % (golden_size - first) : place % first] = data[i + 3u];
    }
    return bytes;
}

static uint8_t *copy_of(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size ? size : 1u);
    if (!bytes) abort();
    memcpy(bytes, data, size);
    return bytes;
}

/* Frames of none, some and all levels known, the likeliest tokens and drawn ones. */
static void imagine(const predictor *weights, uint32_t seed)
{
    predictor_state *state = aligned_alloc(64, predictor_state_bytes(weights));
    const uint32_t levels = predictor_level_count(weights);
    if (!state) abort();
    state = predictor_state_init(state, weights);
    for (uint32_t frame = 0; frame < 6u; frame++) {
        int32_t tokens[RSD_MAX_LEVELS];
        uint32_t random[RSD_MAX_LEVELS];
        for (uint32_t k = 0; k < RSD_MAX_LEVELS; k++) {
            random[k] = seed = seed * 1664525u + 1013904223u;
            tokens[k] = (int32_t)(seed >> (frame % 3u * 8u));
        }
        const uint32_t known = frame * levels / 4u; /* the last is more than there are */
        const predictor_job job = {known, frame & 1u ? 0.25f * (float)frame : 0.0f, random};
        predictor_run(state, &job, tokens);
        for (uint32_t k = known; k < levels; k++)
            if (tokens[k] < 0 || tokens[k] >= (int32_t)CODEWORDS) abort();
    }
    free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!model) prepare();
    if (size < 1u) return 0;
    const bool is_patch = data[0] == 0u;
    uint8_t *bytes = is_patch ? patched(data + 1, size - 1u) : copy_of(data + 1, size - 1u);
    predictor *weights = NULL;
    rsd_error error = {0};
    if (predictor_open("fuzz", bytes, is_patch ? golden_size : size - 1u, model, &weights, &error) == RSD_OK)
        imagine(weights, (uint32_t)size);
    else if (error.text[0] == '\0')
        abort(); /* a refusal without a reason */
    predictor_destroy(weights);
    free(bytes);
    return 0;
}
