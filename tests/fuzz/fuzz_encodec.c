// SPDX-License-Identifier: MIT
// A folder of any content is refused with a text, or opens and codes two frames of finite sound. The first byte says
// what the rest is: 0: patches of the golden folder, three bytes of place (under 2^23 in config.json and the header of
// model.safetensors, from there on among the weights) and one of value; 1: config.json, beside the golden weights;
// else config.json, a zero byte, model.safetensors.
#include <residuum/rsd_codec.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONFIG "config.json"
#define WEIGHTS "model.safetensors"

typedef struct {
    uint8_t *bytes;
    size_t count;
} content;

static content golden_config, golden_weights;
static char folder[] = "/tmp/rsd_fuzz_XXXXXX";

static content read_golden(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", GOLDEN_FOLDER, name);
    FILE *file = fopen(path, "rb");
    content read = {.bytes = malloc((size_t)8 << 20)};
    if (!file || !read.bytes) abort();
    read.count = fread(read.bytes, 1, (size_t)8 << 20, file);
    fclose(file);
    return read;
}

static void prepare(void)
{
    golden_config = read_golden(CONFIG);
    golden_weights = read_golden(WEIGHTS);
    if (!mkdtemp(folder)) abort();
}

static void write_part(const char *name, const uint8_t *data, size_t size)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0) abort();
}

static void write_patched(const uint8_t *data, size_t size)
{
    uint64_t header;
    memcpy(&header, golden_weights.bytes, sizeof header);
    const size_t head = sizeof header + (size_t)header, both = golden_config.count + golden_weights.count;
    uint8_t *bytes = malloc(both);
    if (!bytes) abort();
    memcpy(bytes, golden_config.bytes, golden_config.count);
    memcpy(bytes + golden_config.count, golden_weights.bytes, golden_weights.count);
    for (size_t i = 0; i + 4u <= size; i += 4u) {
        const uint32_t place = data[i] | (uint32_t)data[i + 1u] << 8 | (uint32_t)(data[i + 2u] & 0x7Fu) << 16;
        const size_t first = golden_config.count + head;
        bytes[data[i + 2u] >> 7 ? first + place % (both - first) : place % first] = data[i + 3u];
    }
    write_part(CONFIG, bytes, golden_config.count);
    write_part(WEIGHTS, bytes + golden_config.count, golden_weights.count);
    free(bytes);
}

static void write_own(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, 0, size);
    const size_t config = end ? (size_t)(end - data) : size, rest = end ? size - config - 1u : 0u;
    write_part(CONFIG, data, config);
    write_part(WEIGHTS, end ? end + 1 : data, rest);
}

static void code_frames(const rsd_model *model)
{
    rsd_codec_info info;
    rsd_codec *codec;
    rsd_model_info(model, 48000, &info);
    const size_t bytes = rsd_codec_size_bytes(model);
    void *block = aligned_alloc(64, bytes);
    float *in = calloc(info.hop_samples, sizeof *in), *out = calloc(info.hop_samples, sizeof *out);
    if (block && in && out && rsd_codec_init(block, bytes, model, info.sample_rate_hz, &codec) == RSD_OK) {
        rsd_token_frame frame;
        const rsd_encode_controls encode = {info.level_count, 16};
        rsd_decode_controls decode = {.active_levels = (float)info.level_count};
        for (uint32_t k = 0; k < info.level_count; k++) decode.level_gain[k] = 1.0f;
        for (uint32_t i = 0; i < info.hop_samples; i++) in[i] = i % 7u ? 0.1f : -0.6f;
        for (int f = 0; f < 2; f++) {
            rsd_codec_encode(codec, in, &encode, &frame, NULL);
            rsd_codec_decode(codec, &frame, &decode, out);
            for (uint32_t i = 0; i < info.hop_samples; i++)
                if (!(out[i] >= -64.0f && out[i] <= 64.0f)) abort();
        }
    }
    free(block);
    free(in);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!golden_config.bytes) prepare();
    if (size < 1u) return 0;
    if (data[0] == 0u) write_patched(data + 1, size - 1u);
    if (data[0] == 1u) write_part(CONFIG, data + 1, size - 1u);
    if (data[0] == 1u) write_part(WEIGHTS, golden_weights.bytes, golden_weights.count);
    if (data[0] > 1u) write_own(data + 1, size - 1u);
    rsd_model *model;
    rsd_error error = {0};
    if (rsd_model_open(folder, &model, &error) == RSD_OK) {
        code_frames(model);
        rsd_model_release(model);
    } else if (error.text[0] == '\0') {
        abort(); /* a refusal without a reason */
    }
    return 0;
}
