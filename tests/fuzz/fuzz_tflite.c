// SPDX-License-Identifier: MIT
// TFLite: the first byte picks one of the three files of a small Lyra, the rest are patches of it: three bytes of place (under 2^23
// among the bytes that are no weights, from there on anywhere) and one of value. From 3 on, the rest is a file of its
// own. What can be built is run: graphs on noise, the quantiser as the codebooks of Lyra.
#include "codec/lyra/internal.h"
#include "support/signals.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)1 << 20)
#define SHIPPED_COUNT 3u
#define QUANTISER 2u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    uint8_t *data;
    size_t size_bytes;
    uint32_t *places, place_count; /* of the bytes that are no tensor's data */
} shipped;

static shipped files[SHIPPED_COUNT];

static void find_places(shipped *s)
{
    tfl_file *file;
    uint8_t *is_data = calloc(s->size_bytes, 1);
    s->places = calloc(s->size_bytes, sizeof *s->places);
    if (!is_data || !s->places || tfl_parse(s->data, s->size_bytes, "shipped", &file, NULL) != RSD_OK) abort();
    for (uint32_t g = 0; g < tfl_subgraph_count(file); g++) {
        const tfl_subgraph *graph = tfl_subgraph_at(file, g);
        for (uint32_t t = 0; t < graph->tensor_count; t++) {
            const tfl_tensor *tensor = &graph->tensors[t];
            if (tensor->data && tensor->size_bytes > 64u)
                memset(is_data + ((const uint8_t *)tensor->data - s->data), 1, tensor->size_bytes);
        }
    }
    for (uint32_t i = 0; i < s->size_bytes; i++)
        if (!is_data[i]) s->places[s->place_count++] = i;
    tfl_close(file);
    free(is_data);
}

static void find_shipped(void)
{
    static const char *const names[SHIPPED_COUNT] = {"soundstream_encoder.tflite", "lyragan.tflite",
                                                     "quantizer.tflite"};
    for (unsigned n = 0; n < SHIPPED_COUNT; n++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", MODEL_FOLDER, names[n]);
        FILE *file = fopen(path, "rb");
        files[n].data = malloc(MOST_BYTES);
        if (!file || !files[n].data) abort();
        files[n].size_bytes = fread(files[n].data, 1, MOST_BYTES, file);
        fclose(file);
        find_places(&files[n]);
    }
}

/* A copy of exactly this length, so that reads past its end are found. */
static uint8_t *copy_of(const uint8_t *data, size_t *size)
{
    const shipped *file = data[0] < SHIPPED_COUNT ? &files[data[0]] : NULL;
    const size_t whole = file ? file->size_bytes : *size - 1u;
    uint8_t *bytes = malloc(whole ? whole : 1u);
    if (!bytes) return NULL;
    memcpy(bytes, file ? file->data : data + 1, whole);
    for (size_t i = 1; file && i + 4u <= *size; i += 4u) {
        const uint32_t place = data[i] | (uint32_t)data[i + 1u] << 8 | (uint32_t)(data[i + 2u] & 0x7Fu) << 16;
        const bool anywhere = data[i + 2u] >> 7;
        bytes[anywhere ? place % whole : file->places[place % file->place_count]] = data[i + 3u];
    }
    *size = whole;
    return bytes;
}

static void run(const tfl_graph *graph)
{
    tfl_graph_info info;
    tfl_graph_describe(graph, &info);
    if (info.macs > 50000000u) return;
    void *state = aligned_alloc(64, info.state_bytes + 64u), *scratch = aligned_alloc(64, info.scratch_bytes + 64u);
    float *in = calloc(info.input_count, sizeof *in), *out = calloc(info.output_count, sizeof *out);
    uint32_t seed = 1;
    if (state && scratch && in && out) {
        tfl_graph_reset(graph, state);
        for (int frame = 0; frame < 3; frame++) {
            for (uint32_t i = 0; i < info.input_count; i++) in[i] = 3.0f * test_noise(&seed);
            tfl_graph_run(graph, state, scratch, in, out);
        }
    }
    free(state);
    free(scratch);
    free(in);
    free(out);
}

static rsd_status read_codebooks(const tfl_file *file, rsd_error *error)
{
    lyra_model model = {0};
    const rsd_status status = lyra_read_codebooks(file, &model, error);
    free(model.codewords);
    free(model.by_feature);
    free(model.energies);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!files[0].data) find_shipped();
    if (size < 1u) return 0;
    uint8_t *bytes = copy_of(data, &size);
    tfl_file *file = NULL;
    tfl_graph *graph = NULL;
    rsd_error error = {0};
    if (!bytes) return 0;
    rsd_status status = tfl_parse(bytes, size, "fuzz", &file, &error);
    if (status == RSD_OK && data[0] == QUANTISER) {
        status = read_codebooks(file, &error);
    } else if (status == RSD_OK) {
        status = tfl_graph_build(file, 0, &graph, &error);
        if (status == RSD_OK) run(graph);
    }
    if (status != RSD_OK && error.text[0] == '\0') abort(); /* a refusal without a reason */
    tfl_graph_free(graph);
    tfl_close(file);
    free(bytes);
    return 0;
}
