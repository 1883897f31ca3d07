// SPDX-License-Identifier: MIT
// Trains a codec of one's own from a mono sound at 48 kHz: train IN.wav CODEC.safetensors
#include <residuum/rsd_train.h>

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

static bool show(void *context, double done, const char *what)
{
    (void)context;
    fprintf(stderr, "\r%3.0f %% %-40s", 100.0 * done, what);
    return false; /* go on */
}

int main(int argc, char **argv)
{
    if (argc != 3) return fprintf(stderr, "usage: train IN.wav CODEC.safetensors\n"), 2;
    SF_INFO info = {0};
    SNDFILE *file = sf_open(argv[1], SFM_READ, &info);
    if (!file || info.channels != 1 || info.samplerate != 48000)
        return fprintf(stderr, "'%s' is not mono at 48 kHz\n", argv[1]), 1;
    const sf_count_t count = info.frames;
    float *samples = (float *)calloc((size_t)count + 1u, sizeof(float));
    if (!samples || sf_readf_float(file, samples, count) != count) return 1;
    sf_close(file);

    rsd_error error = {RSD_OK, ""};
    rsd_trainer *trainer;
    rsd_train_config config = {0};
    config.hop_samples = 64;
    config.seed = 1;
    config.name = "mine";
    config.progress = show;
    if (rsd_trainer_create(&config, &trainer) != RSD_OK) return 1;
    rsd_status status = rsd_trainer_add(trainer, samples, (size_t)count);
    if (status == RSD_OK) status = rsd_trainer_run(trainer, argv[2], &error);
    rsd_trainer_destroy(trainer);
    free(samples);
    if (status != RSD_OK) return fprintf(stderr, "\n%s\n", error.text), 1;
    return 0;
}
