// SPDX-License-Identifier: MIT
// A program as a user would write it: prints the engine's latency and how loud 2 s of a coded tone are.
#include <residuum/rsd_engine.h>
#include <residuum/rsd_preset.h>
#include <residuum/rsd_ring.h>
#include <residuum/rsd_token.h>
#include <residuum/rsd_train.h>

#include <stdio.h>

int main(void)
{
    rsd_model *model;
    rsd_engine *engine;
    rsd_engine_latency latency;
    const rsd_engine_config config = {.sample_rate_hz = 48000, .channel_count = 1};
    if (rsd_model_open("live", &model, NULL) != RSD_OK) return 1;
    if (rsd_engine_create(&config, model, &engine, NULL) != RSD_OK) return 1;
    rsd_model_release(model);
    rsd_engine_get_latency(engine, &latency);
    float block[96], energy = 0.0f;
    for (int b = 0; b < 1000; b++) {
        for (int i = 0; i < 96; i++) block[i] = (b * 96 + i) % 100 < 50 ? 0.25f : -0.25f;
        const float *in[1] = {block};
        float *out[1] = {block};
        rsd_engine_process(engine, in, out, 96);
        for (int i = 0; i < 96; i++) energy += block[i] * block[i];
    }
    rsd_engine_destroy(engine);
    printf("%u %.4f\n", latency.total_samples, (double)(energy / 96000.0f));
    return energy / 96000.0f > 0.05f && energy / 96000.0f < 0.08f ? 0 : 1;
}
