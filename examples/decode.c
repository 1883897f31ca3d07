// SPDX-License-Identifier: MIT
// Plays tokens with another level count than they were made with: decode TOKENS.npy OUT.wav LEVELS
#include <residuum/rsd_codec.h>
#include <residuum/rsd_token.h>

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

static rsd_status decode(const rsd_token_set *set, const rsd_model *model, uint32_t levels, SNDFILE *sound)
{
    rsd_codec *codec;
    rsd_codec_info info;
    rsd_token_frame frame;
    rsd_decode_controls controls;
    rsd_model_info(model, set->sample_rate_hz, &info);
    rsd_codec_decode_controls_init(&controls, levels);
    for (uint32_t k = levels; k < info.level_count; k++) controls.level_gain[k] = 0.0f;
    float *hop = (float *)calloc(info.hop_samples, sizeof(float));
    void *block = aligned_alloc(64, rsd_codec_size_bytes(model));
    rsd_status status = hop && block
                            ? rsd_codec_init(block, rsd_codec_size_bytes(model), model, info.sample_rate_hz, &codec)
                            : RSD_ERR_MEMORY;
    for (uint64_t t = 0; status == RSD_OK && rsd_token_set_get(set, 0, t, &frame); t++) {
        rsd_codec_decode(codec, &frame, &controls, hop);
        if (t == 0u) continue; /* before the sound: the codec's delay */
        if (sf_writef_float(sound, hop, info.hop_samples) != (sf_count_t)info.hop_samples) status = RSD_ERR_IO;
    }
    free(block);
    free(hop);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 4) return fprintf(stderr, "usage: decode TOKENS.npy OUT.wav LEVELS\n"), 2;
    rsd_error error;
    rsd_model *model;
    rsd_token_set set;
    if (rsd_token_set_load(argv[1], &set, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    if (rsd_model_open(set.codec, &model, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    SF_INFO info = {0};
    info.samplerate = (int)set.sample_rate_hz;
    info.channels = 1;
    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    SNDFILE *sound = sf_open(argv[2], SFM_WRITE, &info);
    if (!sound) return fprintf(stderr, "cannot write '%s'\n", argv[2]), 1;
    const rsd_status status = decode(&set, model, (uint32_t)atoi(argv[3]), sound);
    rsd_token_set_destroy(&set);
    rsd_model_release(model);
    return sf_close(sound) == 0 && status == RSD_OK ? 0 : 1;
}
