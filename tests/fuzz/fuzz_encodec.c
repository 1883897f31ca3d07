// SPDX-License-Identifier: MIT
#include <residuum/rsd_codec.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A folder of any content is refused with a text, or opens and codes two frames of finite sound. The input is
 * config.json, a zero byte, model.safetensors. */
static void code_frames(const rsd_model *model)
{
    rsd_codec_info info;
    rsd_codec *codec;
    rsd_model_info(model, 48000, &info);
    const size_t bytes = rsd_codec_size_bytes(model);
    void *block = aligned_alloc(64, bytes);
    if (block && rsd_codec_init(block, bytes, model, info.sample_rate_hz, &codec) == RSD_OK) {
        static float in[4096] = {0.5f, -0.5f}, out[4096];
        rsd_token_frame frame;
        const rsd_encode_controls encode = {info.level_count, 16};
        rsd_decode_controls decode = {.active_levels = (float)info.level_count};
        for (uint32_t k = 0; k < info.level_count; k++) decode.level_gain[k] = 1.0f;
        for (int f = 0; f < 2; f++) {
            rsd_codec_encode(codec, in, &encode, &frame, NULL);
            rsd_codec_decode(codec, &frame, &decode, out);
        }
        for (uint32_t i = 0; i < info.hop_samples; i++)
            if (!(out[i] >= -64.0f && out[i] <= 64.0f)) __builtin_trap();
    }
    free(block);
}

static int write_part(const char *folder, const char *name, const uint8_t *data, size_t size)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file) return 0;
    const int fine = fwrite(data, 1, size, file) == size;
    return fclose(file) == 0 && fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char folder[] = "/tmp/rsd_fuzz_XXXXXX";
    static int made;
    if (!made && !mkdtemp(folder)) return 0;
    made = 1;
    const uint8_t *end = memchr(data, 0, size);
    const size_t config = end ? (size_t)(end - data) : size, rest = end ? size - config - 1u : 0u;
    if (!write_part(folder, "config.json", data, config) ||
        !write_part(folder, "model.safetensors", end ? end + 1 : data, rest))
        return 0;
    rsd_model *model;
    rsd_error error;
    if (rsd_model_open(folder, &model, &error) == RSD_OK) {
        code_frames(model);
        rsd_model_release(model);
    } else if (error.text[0] == '\0') {
        __builtin_trap();
    }
    return 0;
}
