// SPDX-License-Identifier: MIT
// TFLite: the first byte picks one of the shipped files, the rest are patches of it (three bytes of place, one of
// value, counted from either end); from 3 on, the rest is a file of its own. What can be built is run once.
#include "codec/models.h"
#include "nn/tflite_graph.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const rsd_embedded *shipped(unsigned index)
{
    static const char *const names[3] = {"soundstream_encoder.tflite", "lyragan.tflite", "quantizer.tflite"};
    for (unsigned i = 0; i < rsd_embedded_models_count; i++)
        if (strcmp(rsd_embedded_models[i].name, names[index]) == 0) return &rsd_embedded_models[i];
    abort();
}

/* A copy of exactly this length, so that reads past its end are found. */
static uint8_t *copy_of(const uint8_t *data, size_t *size)
{
    const rsd_embedded *file = data[0] < 3u ? shipped(data[0]) : NULL;
    const size_t whole = file ? file->size_bytes : *size - 1u;
    uint8_t *bytes = malloc(whole ? whole : 1u);
    if (!bytes) return NULL;
    memcpy(bytes, file ? file->data : data + 1, whole);
    for (size_t i = 1; file && i + 4u <= *size; i += 4u) {
        const size_t at = (data[i] | data[i + 1u] << 8 | data[i + 2u] << 16) % whole;
        bytes[at] = data[i + 3u];
    }
    *size = whole;
    return bytes;
}

static void run_once(const tfl_graph *graph)
{
    tfl_graph_info info;
    tfl_graph_describe(graph, &info);
    void *state = aligned_alloc(64, info.state_bytes + 64u), *scratch = aligned_alloc(64, info.scratch_bytes + 64u);
    float *in = calloc(info.input_count, sizeof *in), *out = calloc(info.output_count, sizeof *out);
    if (state && scratch && in && out && info.macs < 50000000u) {
        tfl_graph_reset(graph, state);
        tfl_graph_run(graph, state, scratch, in, out);
    }
    free(state);
    free(scratch);
    free(in);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1u) return 0;
    uint8_t *bytes = copy_of(data, &size);
    tfl_file *file = NULL;
    tfl_graph *graph = NULL;
    rsd_error error = {0};
    if (!bytes) return 0;
    rsd_status status = tfl_parse(bytes, size, "fuzz", &file, &error);
    if (status == RSD_OK) status = tfl_graph_build(file, 0, &graph, &error);
    if (status == RSD_OK) run_once(graph);
    if (status != RSD_OK && error.text[0] == '\0') abort(); /* a refusal without a reason */
    tfl_graph_free(graph);
    tfl_close(file);
    free(bytes);
    return 0;
}
