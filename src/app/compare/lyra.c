// SPDX-License-Identifier: MIT
// Lyra V2 at the bitrates that it is used at: 16, 30 and 46 levels.
#include "app/compare/compare.h"
#include "app/offline.h"
#include "base/error.h"
#include "base/memory.h"

#include <residuum/rsd_codec.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ 16000
#define FRAME_SAMPLES 320u
#define LEVEL_KBPS 0.2

/* A frame's sound is the frame's own: nothing is late but by the frame itself. */
static void code_channel(rsd_codec *codec, uint32_t level_count, const float *in, float *out, uint64_t count)
{
    const rsd_encode_controls encode = {level_count, 16u};
    rsd_decode_controls decode = {.active_levels = (float)level_count};
    rsd_token_frame tokens;
    for (uint32_t k = 0; k < level_count; k++) decode.level_gain[k] = 1.0f;
    for (uint64_t at = 0; at < count; at += FRAME_SAMPLES) {
        float frame[FRAME_SAMPLES] = {0};
        const uint64_t left = count - at < FRAME_SAMPLES ? count - at : FRAME_SAMPLES;
        memcpy(frame, in + at, (size_t)left * sizeof *frame);
        rsd_codec_encode(codec, frame, &encode, &tokens, NULL);
        rsd_codec_decode(codec, &tokens, &decode, frame);
        memcpy(out + at, frame, (size_t)left * sizeof *frame);
    }
}

static rsd_status code_all(const rsd_model *model, const host_sound *sound, uint32_t level_count, host_sound *decoded,
                           rsd_error *error)
{
    const size_t bytes = rsd_codec_size_bytes(model);
    void *block = base_alloc_64(bytes);
    if (!block) return base_error_set(error, RSD_ERR_MEMORY, "lyra: out of memory");
    rsd_status status = RSD_OK;
    for (uint32_t c = 0; c < sound->channel_count && status == RSD_OK; c++) {
        rsd_codec *codec;
        status = rsd_codec_init(block, bytes, model, RATE_HZ, &codec);
        if (status == RSD_OK)
            code_channel(codec, level_count, sound->channel[c], decoded->channel[c], sound->sample_count);
        else
            base_error_set(error, status, "lyra: %s", rsd_status_text(status));
    }
    free(block);
    return status;
}

static rsd_status code_sound(const rsd_model *model, const host_sound *sound, double kbps, compare_coded *coded,
                             rsd_error *error)
{
    host_sound decoded;
    const uint32_t level_count = (uint32_t)lround(kbps / LEVEL_KBPS);
    rsd_status status = host_sound_create(RATE_HZ, sound->channel_count, sound->sample_count, &decoded, error);
    if (status != RSD_OK) return status;
    const uint64_t start_ns = app_thread_cpu_ns();
    status = code_all(model, sound, level_count, &decoded, error);
    if (status == RSD_OK)
        *coded = (compare_coded){.decoded = decoded,
                                 .kbps = level_count * LEVEL_KBPS * sound->channel_count,
                                 .latency_samples = FRAME_SAMPLES,
                                 .cpu_ns = app_thread_cpu_ns() - start_ns};
    else
        host_sound_destroy(&decoded);
    return status;
}

static rsd_status code(const host_sound *sound, double kbps, compare_coded *coded, rsd_error *error)
{
    rsd_model *model = NULL;
    rsd_status status = rsd_model_open("lyra-v2", &model, error);
    if (status == RSD_OK) status = code_sound(model, sound, kbps, coded, error);
    rsd_model_release(model);
    return status;
}

static const char *version(void) { return "residuum " RSD_VERSION; }

const compare_peer compare_lyra = {.name = "lyra",
                                   .model = "lyra-v2",
                                   .how = "Lyra V2, 16 kHz, frames of 20 ms, 16, 30 and 46 levels, channels apart",
                                   .version = version,
                                   .rate_hz = RATE_HZ,
                                   .own_rates_kbps = {3.2, 6.0, 9.2},
                                   .own_rate_count = 3,
                                   .code = code};
