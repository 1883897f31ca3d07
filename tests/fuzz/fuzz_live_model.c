// SPDX-License-Identifier: MIT
// A model file of any content is refused with a text, or opens and codes a frame of finite sound.
#include <residuum/rsd_codec.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void code_one_frame(const rsd_model *model)
{
    rsd_codec_info info;
    rsd_codec *codec;
    rsd_model_info(model, 48000, &info);
    const size_t bytes = rsd_codec_size_bytes(model);
    void *block = aligned_alloc(64, bytes);
    if (block && rsd_codec_init(block, bytes, model, info.sample_rate_hz, &codec) == RSD_OK) {
        float in[256] = {0.5f, -0.5f}, out[256];
        rsd_token_frame frame;
        const rsd_encode_controls encode = {info.level_count, 16};
        rsd_decode_controls decode = {.active_levels = (float)info.level_count, .noise_fill = 1.0f};
        for (uint32_t k = 0; k < info.level_count; k++) decode.level_gain[k] = 1.0f;
        rsd_codec_encode(codec, in, &encode, &frame, NULL);
        rsd_codec_decode(codec, &frame, &decode, out);
        for (uint32_t i = 0; i < info.hop_samples; i++)
            if (!isfinite(out[i])) __builtin_trap();
    }
    free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/rsd_fuzz_XXXXXX.safetensors";
    const int handle = mkstemps(path, 12);
    if (handle < 0 || write(handle, data, size) != (ssize_t)size) return 0;
    close(handle);
    rsd_model *model;
    rsd_error error;
    if (rsd_model_open(path, &model, &error) == RSD_OK) {
        code_one_frame(model);
        rsd_model_release(model);
    } else if (error.text[0] == '\0') {
        __builtin_trap();
    }
    unlink(path);
    return 0;
}
