// SPDX-License-Identifier: MIT
// plugin_bench run engine|lv2|clap N    N blocks of 64 frames, mono, through the engine alone or in a plugin
// plugin_bench times                    scan and instantiation, each the least of some processes' or instances' times
#include "plugin/clap_host.h"
#include "plugin/lv2_host.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RATE 48000u
#define BLOCK 64u
#define SOUND 48000u

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* ---- cost of a block ---- */

static float *part(const sound_set *s, uint32_t block) { return s->in[0] + block % (SOUND / BLOCK) * BLOCK; }

static void run_engine(const sound_set *s, uint32_t blocks)
{
    const ref_job job = {RATE, 1u, NULL, NULL, NULL, 0u};
    rsd_engine *engine = ref_engine(&job);
    float *const out[1] = {s->out[0]};
    for (uint32_t i = 0; i < blocks; i++) {
        const float *const in[1] = {part(s, i)};
        rsd_engine_process(engine, in, out, BLOCK);
    }
    rsd_engine_destroy(engine);
}

static void run_lv2_blocks(const sound_set *s, uint32_t blocks)
{
    test_lv2 *h = open_lv2(1u, RATE);
    begin_events(h);
    h->descriptor->activate(h->handle);
    h->descriptor->connect_port(h->handle, rlv2_port_out(1u, 0u), s->out[0]);
    for (uint32_t i = 0; i < blocks; i++) {
        h->descriptor->connect_port(h->handle, rlv2_port_in(0u), part(s, i));
        ((LV2_Atom_Sequence *)h->notify)->atom.size = ATOM_BYTES - sizeof(LV2_Atom);
        h->descriptor->run(h->handle, BLOCK);
    }
    close_lv2(h);
}

static void run_clap_blocks(const sound_set *s, uint32_t blocks)
{
    test_host *h = open_host();
    const clap_plugin_audio_ports_config_t *config = h->plugin->get_extension(h->plugin, CLAP_EXT_AUDIO_PORTS_CONFIG);
    need(config->select(h->plugin, 2u), "mono");
    start(h, RATE);
    for (uint32_t i = 0; i < blocks; i++) {
        float *in[1] = {part(s, i)}, *out[1] = {s->out[0]};
        process(h, in, out, 1u, BLOCK);
    }
    stop(h);
    close_host(h);
}

static int run(const char *what, uint32_t blocks)
{
    sound_set s = make_sound(SOUND, 1u);
    if (strcmp(what, "engine") == 0) run_engine(&s, blocks);
    if (strcmp(what, "lv2") == 0) run_lv2_blocks(&s, blocks);
    if (strcmp(what, "clap") == 0) run_clap_blocks(&s, blocks);
    free_sound(&s);
    return 0;
}

/* ---- times ---- */

/* From dlopen to the descriptor, in a process that has not seen the module. */
static double scan_ms(const char *file, const char *symbol)
{
    int pipe_ends[2];
    double ms = 0.0;
    need(pipe(pipe_ends) == 0, "a pipe");
    const pid_t child = fork();
    if (child == 0) {
        const double begin = now_ms();
        void *module = dlopen(file, RTLD_NOW | RTLD_LOCAL);
        need(module && dlsym(module, symbol), symbol);
        if (strcmp(symbol, "lv2_descriptor") == 0) {
            LV2_Descriptor_Function find;
            *(void **)&find = dlsym(module, symbol);
            need(find(0) && find(1), "descriptors");
        } else {
            const clap_plugin_entry_t *entry = dlsym(module, symbol);
            need(entry->init(file), "init");
            const clap_plugin_factory_t *factory = entry->get_factory(CLAP_PLUGIN_FACTORY_ID);
            need(factory->get_plugin_descriptor(factory, 0) != NULL, "a descriptor");
        }
        ms = now_ms() - begin;
        (void)!write(pipe_ends[1], &ms, sizeof ms);
        _exit(0);
    }
    need(child > 0 && waitpid(child, NULL, 0) == child && read(pipe_ends[0], &ms, sizeof ms) == sizeof ms, "a child");
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return ms;
}

static double least(double a, double b) { return a < b ? a : b; }

/* The first instance opens the codec; the module stays loaded. */
static double instance_ms(int is_lv2)
{
    const double begin = now_ms();
    if (is_lv2) {
        test_lv2 *h = open_lv2(2u, RATE);
        h->descriptor->activate(h->handle);
        const double ms = now_ms() - begin;
        close_lv2(h);
        return ms;
    }
    test_host *h = open_host();
    start(h, RATE);
    const double ms = now_ms() - begin;
    stop(h);
    close_host(h);
    return ms;
}

static int times(void)
{
    double scan[2] = {1e9, 1e9}, instance[2] = {1e9, 1e9};
    for (int round = 0; round < 15; round++) {
        scan[0] = least(scan[0], scan_ms(CLAP_FILE, "clap_entry"));
        scan[1] = least(scan[1], scan_ms(LV2_FILE, "lv2_descriptor"));
        for (int f = 0; f < 2; f++) instance[f] = least(instance[f], instance_ms(f));
    }
    printf("clap scan_ms %.3f instantiate_ms %.3f\nlv2 scan_ms %.3f instantiate_ms %.3f\n", scan[0], instance[0],
           scan[1], instance[1]);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "run") == 0) return run(argv[2], (uint32_t)atoi(argv[3]));
    if (argc == 2 && strcmp(argv[1], "times") == 0) return times();
    fputs("plugin_bench run engine|lv2|clap N | times\n", stderr);
    return 2;
}
