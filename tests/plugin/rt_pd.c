// SPDX-License-Identifier: MIT
// rt_pd: the perform routine of residuum~ makes no call of the allocator, of a lock or of a blocking function. Pd
// itself allocates as it likes, so this program is what the object needs of Pd, and no more.
#include "plug_support.h"
#include "support/rt_guard.h"

#include <dlfcn.h>
#include <m_pd.h>
#include <stdarg.h>

#define BLOCK 64
#define EXPORT __attribute__((visibility("default")))

static t_newmethod make;
static t_method release, dsp, tick;
static void (*anything)(void *, t_symbol *, int, t_atom *);
static size_t object_bytes;
static t_perfroutine perform;
static t_int perform_words[8];
static void *tick_owner;
static unsigned complaints, told;
static t_symbol symbols[512];
static unsigned symbol_count;

EXPORT t_symbol *gensym(const char *name)
{
    for (unsigned i = 0; i < symbol_count; i++)
        if (strcmp(symbols[i].s_name, name) == 0) return &symbols[i];
    need(symbol_count < 512u, "room for symbols");
    symbols[symbol_count].s_name = strdup(name);
    return &symbols[symbol_count++];
}

EXPORT t_class *class_new(t_symbol *name, t_newmethod new_method, t_method free_method, size_t size, int flags,
                          t_atomtype first, ...)
{
    (void)name, (void)flags, (void)first;
    make = new_method, release = free_method, object_bytes = size;
    return (t_class *)&make;
}
EXPORT void class_addmethod(t_class *c, t_method method, t_symbol *name, t_atomtype first, ...)
{
    (void)c, (void)first;
    if (strcmp(name->s_name, "dsp") == 0) dsp = method;
}
EXPORT void(class_addbang)(t_class *c, t_method method) { (void)c, (void)method; }
EXPORT void(class_addanything)(t_class *c, t_method method)
{
    (void)c;
    anything = (void (*)(void *, t_symbol *, int, t_atom *))(void (*)(void))method;
}
EXPORT void class_domainsignalin(t_class *c, int offset) { (void)c, (void)offset; }
EXPORT t_pd *pd_new(t_class *c) { return (void)c, calloc(1, object_bytes); }
EXPORT void pd_free(t_pd *x) { free(x); }
EXPORT t_glist *canvas_getcurrent(void) { return NULL; }
EXPORT void canvas_makefilename(const t_glist *c, const char *file, char *result, int size)
{
    (void)c;
    snprintf(result, (size_t)size, "%s", file);
}
EXPORT t_inlet *inlet_new(t_object *owner, t_pd *to, t_symbol *s1, t_symbol *s2)
{
    return (void)owner, (void)to, (void)s1, (void)s2, NULL;
}
EXPORT t_outlet *outlet_new(t_object *owner, t_symbol *s) { return (void)owner, (void)s, NULL; }
EXPORT void outlet_anything(t_outlet *x, t_symbol *s, int count, t_atom *words)
{
    (void)x, (void)s, (void)count, (void)words;
    told++;
}
EXPORT t_clock *clock_new(void *owner, t_method method) { return tick_owner = owner, tick = method, NULL; }
EXPORT void clock_delay(t_clock *x, double delay) { (void)x, (void)delay; }
EXPORT void clock_free(t_clock *x) { (void)x; }
EXPORT t_float sys_getsr(void) { return 48000.0f; }
EXPORT void dsp_addv(t_perfroutine f, int count, t_int *words)
{
    perform = f;
    for (int i = 0; i < count; i++) perform_words[1 + i] = words[i];
}
EXPORT void post(const char *format, ...) { (void)format; }
EXPORT void pd_error(const void *object, const char *format, ...)
{
    (void)object;
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    complaints++;
}
EXPORT t_symbol s_signal = {"signal", NULL, NULL}, s_anything = {"anything", NULL, NULL};

static void send(void *x, const char *selector, t_float value)
{
    t_atom word;
    SETFLOAT(&word, value);
    anything(x, gensym(selector), 1, &word);
}

static void send_name(void *x, const char *selector, const char *name)
{
    t_atom word;
    SETSYMBOL(&word, gensym(name));
    anything(x, gensym(selector), 1, &word);
}

/* Bypassed, each channel is its own input, late by the latency, though the other one's output lies in its memory. */
static void check_crossed_memory(void *x, float vectors[4][BLOCK])
{
    enum { BLOCKS = 64 };
    static float given[2][BLOCKS * BLOCK];
    const ref_job job = {48000u, 2u, NULL, NULL, NULL, 0u};
    const int latency = (int)ref_latency(&job);
    uint32_t seed = 9u;
    send(x, "bypass", 1.0f);
    for (int b = 0; b < BLOCKS; b++) {
        for (int c = 0; c < 2; c++) {
            test_fill_noise(given[c] + b * BLOCK, BLOCK, 0.5f, test_random(&seed));
            memcpy(vectors[c], given[c] + b * BLOCK, BLOCK * sizeof(float));
        }
        perform_words[0] = (t_int)perform;
        perform(perform_words);
        for (int i = 0; i < BLOCK && b * BLOCK >= latency; i++)
            for (int c = 0; c < 2; c++)
                need(vectors[1 - c][i] == given[c][b * BLOCK + i - latency], "each channel its own input");
    }
    send(x, "bypass", 0.0f);
}

int main(void)
{
    static const char *const codecs[] = {"live-64", "live-128", "live-256"};
    static float vectors[4][BLOCK];
    t_signal signals[6]; /* two of the sound, two of the side-chain, two out */
    t_signal *pointers[6];
    t_atom channels;
    uint32_t seed = 5u;
    void *module = dlopen(PD_FILE, RTLD_NOW | RTLD_LOCAL);
    if (!module) fprintf(stderr, "%s\n", dlerror());
    need(module != NULL, PD_FILE);
    void (*setup)(void);
    *(void **)&setup = dlsym(module, "residuum_tilde_setup");
    need(setup != NULL, "residuum_tilde_setup");
    setup();
    SETFLOAT(&channels, 2.0f);
    void *x = ((void *(*)(t_symbol *, int, t_atom *))(void (*)(void))make)(gensym("residuum~"), 1, &channels);
    need(x != NULL, "an object");
    memset(signals, 0, sizeof signals);
    for (int i = 0; i < 6; i++) {
        signals[i].s_n = BLOCK, signals[i].s_sr = 48000.0f, signals[i].s_vec = vectors[i < 4 ? i : 5 - i];
        pointers[i] = &signals[i]; /* the outputs lie in the inputs' memory, crosswise */
    }
    ((void (*)(void *, t_signal **))(void (*)(void))dsp)(x, pointers);
    check_crossed_memory(x, vectors);
    for (int i = 0; i < 6000; i++) {
        test_fill_noise(vectors[0], BLOCK, 0.3f, test_random(&seed));
        test_fill_noise(vectors[1], BLOCK, 0.3f, test_random(&seed));
        if (i % 5 == 0) send(x, "levels", (t_float)test_between(&seed, 0u, 14u));
        test_fill_noise(vectors[2], BLOCK, 0.3f, test_random(&seed));
        if (i % 11 == 0) send(x, "cross", (t_float)test_between(&seed, 0u, 10u) / 10.0f);
        if (i % 7 == 0) send(x, "mix", (t_float)test_between(&seed, 0u, 10u) / 10.0f);
        if (i % 400 == 399) send_name(x, "codec", codecs[test_between(&seed, 0u, 2u)]);
        perform_words[0] = (t_int)perform;
        rt_guard_enter();
        perform(perform_words);
        rt_guard_leave();
        for (int k = 0; k < BLOCK; k++) need(isfinite(vectors[0][k]) && isfinite(vectors[1][k]), "finite sound");
        if (i % 15 == 0) ((void (*)(void *))(void (*)(void))tick)(tick_owner);
    }
    printf("pd: 6000 blocks, no offence, %u complaints\n", complaints);
    ((void (*)(void *))(void (*)(void))release)(x);
    return complaints == 0u ? 0 : 1;
}
