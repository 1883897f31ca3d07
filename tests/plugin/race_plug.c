// SPDX-License-Identifier: MIT
// race_plug: audio, a control thread and the OSC server of one plugin at once; ThreadSanitizer has nothing to say.
#include "plug.h"
#include "plug_support.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

static plug *shared;
static _Atomic bool stop;

static void *play(void *context)
{
    float in[2][256], out[2][256];
    uint32_t seed = 1u;
    (void)context;
    while (!atomic_load(&stop)) {
        const uint32_t count = test_between(&seed, 1u, 256u);
        const float *const ins[2] = {in[0], in[1]};
        float *const outs[2] = {out[0], out[1]};
        test_fill_noise(in[0], count, 0.3f, test_random(&seed));
        test_fill_noise(in[1], count, 0.3f, test_random(&seed));
        plug_set(shared, test_between(&seed, 0u, plug_param_count() - 1u), test_noise(&seed) + 1.0f);
        plug_aim(shared, 0u, 8.0f * (test_noise(&seed) + 1.0f));
        plug_modulate(shared, 0u, test_noise(&seed));
        plug_process(shared, ins, outs, count);
        (void)plug_latency_samples(shared);
        (void)plug_wants_poll(shared);
        (void)plug_change_count(shared);
    }
    return NULL;
}

/* One string to one address, as an OSC client sends it; whether somebody listens is all the same. */
static void send_name(uint32_t port, const char *address, const char *name)
{
    char bytes[128] = {0};
    size_t used = 0;
    const char *const parts[] = {address, ",s", name};
    for (size_t i = 0; i < 3u; i++) {
        memcpy(bytes + used, parts[i], strlen(parts[i]));
        used += strlen(parts[i]) / 4u * 4u + 4u;
    }
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    (void)!sendto(fd, bytes, used, 0, (const struct sockaddr *)&to, sizeof to);
    close(fd);
}

int main(void)
{
    static const char *const codecs[] = {"live-64", "live-128", "live-256"};
    const plug_config config = {.sample_rate_hz = 48000u, .channel_count = 2u};
    const plug_load_options options = {.rule = PLUG_CODEC_ANY, .keeps_ports = true};
    rsd_error error;
    pthread_t audio;
    need(plug_create(&config, &shared, &error) == RSD_OK, "a plugin");
    plug_start(shared);
    need(pthread_create(&audio, NULL, play, NULL) == 0, "a thread");
    for (uint32_t i = 0; i < 60u; i++) {
        char *text = NULL;
        if (i % 10u == 3u) plug_set_osc_port(shared, 45000u + i);
        if (i % 10u == 8u) plug_set_osc_port(shared, 0u);
        if (i % 10u == 1u) plug_set_http_port(shared, 46000u + i);
        if (i % 10u == 6u) plug_set_http_port(shared, 0u);
        if (i % 15u == 5u) plug_measure_coding(shared, i % 2u != 0u);
        send_name(plug_osc_port(shared), "/residuum/codec", codecs[(i + 1u) % 3u]);
        send_name(plug_osc_port(shared), "/residuum/preset", i % 2u ? "tight" : "no-such-preset");
        (void)!plug_set_codec(shared, codecs[i % 3u], PLUG_CODEC_ANY, NULL, &error);
        plug_poll(shared);
        (void)!plug_set_preset(shared, i % 2u ? "telephone" : "tight", PLUG_CODEC_ANY, NULL, &error);
        need(plug_save(shared, NULL, &text, &error) == RSD_OK, "a state");
        need(plug_load(shared, text, strlen(text), &options, &error) == RSD_OK, "the state again");
        free(text);
        plug_poll(shared);
    }
    atomic_store(&stop, true);
    pthread_join(audio, NULL);
    plug_stop(shared);
    plug_destroy(shared);
    printf("sixty rounds of codec, preset, state, OSC and the page while it plays\n");
    return 0;
}
