// SPDX-License-Identifier: MIT
// The codec between microphone and loudspeaker: live_loop LEVELS [SECONDS]
#include <residuum/rsd_engine.h>

#include <portaudio.h>
#include <stdio.h>
#include <stdlib.h>

/* On the audio thread: neither PortAudio's side nor the engine's waits for anything. */
static int callback(const void *input, void *output, unsigned long count, const PaStreamCallbackTimeInfo *time,
                    PaStreamCallbackFlags flags, void *context)
{
    rsd_engine *engine = (rsd_engine *)context;
    const float *const *in = (const float *const *)input;
    float *const *out = (float *const *)output;
    (void)time;
    (void)flags;
    rsd_engine_process(engine, in, out, (uint32_t)count);
    return paContinue;
}

static int play(rsd_engine *engine, double rate_hz, long ms)
{
    PaStream *stream;
    const PaSampleFormat format = paFloat32 | paNonInterleaved;
    PaError code = Pa_OpenDefaultStream(&stream, 1, 1, format, rate_hz, paFramesPerBufferUnspecified, callback, engine);
    if (code == paNoError) code = Pa_StartStream(stream);
    if (code != paNoError) return fprintf(stderr, "%s\n", Pa_GetErrorText(code)), 1;
    Pa_Sleep(ms);
    Pa_StopStream(stream);
    return Pa_CloseStream(stream);
}

int main(int argc, char **argv)
{
    if (argc < 2) return fprintf(stderr, "usage: live_loop LEVELS [SECONDS]\n"), 2;
    rsd_error error;
    rsd_model *model;
    rsd_engine *engine;
    rsd_engine_latency latency;
    rsd_engine_config config = {0};
    config.sample_rate_hz = 48000;
    config.channel_count = 1;
    if (rsd_model_open("live", &model, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    if (rsd_engine_create(&config, model, &engine, &error) != RSD_OK) return fprintf(stderr, "%s\n", error.text), 1;
    rsd_model_release(model);
    if (rsd_engine_set(engine, RSD_PARAM_LEVELS, 0, (float)atof(argv[1])) != RSD_OK) return 2;
    rsd_engine_get_latency(engine, &latency);
    printf("codec latency %.2f ms\n", 1000.0 * latency.total_samples / config.sample_rate_hz);
    if (Pa_Initialize() != paNoError) return 1;
    const int result = play(engine, config.sample_rate_hz, argc > 2 ? 1000 * atol(argv[2]) : 10000);
    Pa_Terminate();
    rsd_engine_destroy(engine);
    return result;
}
