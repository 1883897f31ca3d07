// SPDX-License-Identifier: MIT
// Turns a sound file at 48 kHz into tokens, frame by frame: encode IN.wav TOKENS.npy
#include <residuum/rsd_codec.h>
#include <residuum/rsd_token.h>

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rsd_status encode(SNDFILE *sound, const rsd_model *model, const rsd_codec_info *info, rsd_token_set *set)
{
    rsd_codec *codec;
    rsd_token_frame frame;
    rsd_encode_controls controls = {info->level_count, info->max_codebook_bits};
    float *hop = (float *)calloc(info->hop_samples, sizeof(float));
    void *block = aligned_alloc(64, rsd_codec_size_bytes(model));
    rsd_status status = hop && block
                            ? rsd_codec_init(block, rsd_codec_size_bytes(model), model, info->sample_rate_hz, &codec)
                            : RSD_ERR_MEMORY;
    for (sf_count_t got = 1; status == RSD_OK && got > 0;) {
        memset(hop, 0, info->hop_samples * sizeof(float));
        got = sf_readf_float(sound, hop, info->hop_samples);
        rsd_codec_encode(codec, hop, &controls, &frame, NULL);
        set->sample_count += (uint64_t)got;
        status = rsd_token_set_append(set, &frame);
    }
    free(block);
    free(hop);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3) return fprintf(stderr, "usage: encode IN.wav TOKENS.npy\n"), 2;
    rsd_error error;
    rsd_model *model;
    rsd_codec_info info;
    rsd_token_set set;
    SF_INFO sound = {0};
    SNDFILE *file = sf_open(argv[1], SFM_READ, &sound);
    if (!file || sound.channels != 1 || sound.samplerate != 48000)
        return fprintf(stderr, "'%s' is not mono at 48 kHz\n", argv[1]), 1;
    if (rsd_model_open("live-128", &model, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    rsd_model_info(model, 48000, &info);
    if (rsd_token_set_create(&info, 1, 0, &set) != RSD_OK) return 1;
    snprintf(set.codec, sizeof set.codec, "%s", info.name);
    set.sample_rate_hz = 48000;
    set.latency_samples = info.latency_samples; /* a frame decodes to sound that is so much late */

    rsd_status status = encode(file, model, &info, &set);
    if (status == RSD_OK) status = rsd_token_set_save(&set, argv[2], &error);
    if (status == RSD_OK)
        printf("%u sequences, %llu frames\n", set.sequence_count, (unsigned long long)set.frame_count);
    rsd_token_set_destroy(&set);
    rsd_model_release(model);
    sf_close(file);
    return status == RSD_OK ? 0 : 1;
}
