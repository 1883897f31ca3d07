// SPDX-License-Identifier: MIT
// Plays a sound file through the codec with a few levels: process IN.wav OUT.wav LEVELS
#include <residuum/rsd_engine.h>

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

/* Codes one channel in place, aligned with what it was. */
static rsd_status code(float *samples, uint64_t sample_count, uint32_t sample_rate_hz, float levels)
{
    rsd_error error;
    rsd_model *model;
    rsd_engine *engine;
    rsd_engine_config config = {0};
    config.sample_rate_hz = sample_rate_hz;
    config.channel_count = 1;
    rsd_status status = rsd_model_open("live", &model, &error);
    if (status != RSD_OK) return status;
    status = rsd_engine_create(&config, model, &engine, &error);
    rsd_model_release(model); /* the engine has a reference of its own */
    if (status != RSD_OK) return status;
    const float *in[] = {samples};
    float *out[] = {samples};
    status = rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, levels);
    if (status == RSD_OK) status = rsd_render(engine, in, out, sample_count);
    rsd_engine_destroy(engine);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 4) return fprintf(stderr, "usage: process IN.wav OUT.wav LEVELS\n"), 2;
    SF_INFO info = {0};
    SNDFILE *file = sf_open(argv[1], SFM_READ, &info);
    if (!file || info.channels != 1) return fprintf(stderr, "'%s' is not a mono sound\n", argv[1]), 1;
    const sf_count_t count = info.frames;
    float *samples = (float *)calloc((size_t)count + 1u, sizeof(float));
    if (!samples || sf_readf_float(file, samples, count) != count) return 1;
    sf_close(file);

    const rsd_status status = code(samples, (uint64_t)count, (uint32_t)info.samplerate, (float)atof(argv[3]));
    if (status != RSD_OK) return fprintf(stderr, "%s\n", rsd_status_text(status)), 1;

    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    file = sf_open(argv[2], SFM_WRITE, &info);
    if (!file || sf_writef_float(file, samples, count) != count) return 1;
    free(samples);
    return sf_close(file);
}
