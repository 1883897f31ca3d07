// SPDX-License-Identifier: MIT
// preset_changes SOUND SECONDS[,SECONDS...] [--from NAME] [--seconds WINDOW] [--list]: by how much a change from each built-in preset to each
// other peaks over the louder of the two by itself, while a sound file plays. Prints one line for each time of change, and
// with --list one for each change that is over by more than 1 dB.
//
// The sound plays with one preset from its start on. At the time of change a copy of the process loads the other one, and
// its largest sample of the next 1.5 s is the peak of the change. It is compared with the largest of both presets by
// themselves, each from the sound's start, in two ways: over the whole sound, and in the same window alone. A preset that
// holds the moment at which it is loaded is compared with what it holds, too: by itself it holds another moment.
#include <residuum/rsd_preset.h>

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define RATE_HZ 48000u
#define BLOCK_SAMPLES 64u
#define WINDOW_S 1.5 /* where --seconds names no other */
#define HELD_S 0.5   /* the end of the window: all has faded in */
#define MOST_PRESETS 64u
#define MOST_TIMES 8u
#define MOST_OVER_DB 1.0

typedef struct {
    rsd_preset preset;
    rsd_model *model;
    float *alone; /* the whole sound */
    float peak;   /* of `alone` */
} candidate;

typedef struct {
    float whole, tail; /* largest samples of the window, and of its last HELD_S */
    float at_s;        /* where in the window the largest one is */
} change;

static struct {
    candidate presets[MOST_PRESETS];
    uint32_t preset_count;
    float *sound;
    uint32_t sample_count;
    double window_s;
    uint32_t times[MOST_TIMES]; /* samples */
    uint32_t time_count;
    change *changes; /* shared with the copies */
} bench;

static void need(bool good, const char *what)
{
    if (good) return;
    fprintf(stderr, "preset_changes: %s\n", what);
    exit(1);
}

static void load_sound(const char *path)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    need(file && info.channels == 1 && info.samplerate == (int)RATE_HZ, "the sound is no mono file of 48 kHz");
    bench.sample_count = (uint32_t)info.frames / BLOCK_SAMPLES * BLOCK_SAMPLES;
    bench.sound = calloc((size_t)info.frames, sizeof *bench.sound);
    need(bench.sound && sf_readf_float(file, bench.sound, info.frames) == info.frames, "the sound cannot be read");
    sf_close(file);
}

static void load_presets(void)
{
    const char *json;
    size_t bytes;
    rsd_error error;
    for (uint32_t i = 0; i < MOST_PRESETS && rsd_preset_builtin(i, &json, &bytes); i++) {
        candidate *c = &bench.presets[bench.preset_count++];
        need(rsd_preset_parse(json, bytes, "built-in", &c->preset, &error) == RSD_OK, error.text);
        need(rsd_model_open(c->preset.codec, &c->model, &error) == RSD_OK, error.text);
        c->alone = calloc(bench.sample_count, sizeof *c->alone);
        need(c->alone != NULL, "no memory");
    }
}

static rsd_engine *begin(const candidate *c)
{
    rsd_engine *engine;
    rsd_engine_config config = {.sample_rate_hz = RATE_HZ, .channel_count = 1u, .schedule = RSD_SCHEDULE_INLINE};
    need(rsd_engine_create(&config, c->model, &engine, NULL) == RSD_OK, "no engine");
    need(rsd_preset_apply(&c->preset, engine) == RSD_OK, "a preset is refused");
    return engine;
}

static float peak_of(const float *samples, uint32_t sample_count)
{
    float peak = 0.0f;
    for (uint32_t i = 0; i < sample_count; i++) peak = fmaxf(peak, fabsf(samples[i]));
    return peak;
}

static void play(rsd_engine *engine, uint32_t from, uint32_t to, float *out)
{
    for (uint32_t at = from; at < to; at += BLOCK_SAMPLES) {
        const float *in = bench.sound + at;
        rsd_engine_process(engine, &in, &out, BLOCK_SAMPLES);
        out += BLOCK_SAMPLES;
    }
}

static uint32_t window_end(uint32_t begin)
{
    const uint32_t end = begin + (uint32_t)(bench.window_s * RATE_HZ);
    return end < bench.sample_count ? end : bench.sample_count;
}

/* In a copy of the process, which ends. */
static void change_to(rsd_engine *engine, const candidate *c, uint32_t time, change *result)
{
    const uint32_t end = window_end(time), count = end - time, tail = (uint32_t)(HELD_S * RATE_HZ);
    float *out = calloc(count, sizeof *out);
    need(out && rsd_preset_load(&c->preset, c->model, engine, NULL) == RSD_OK, "a preset is refused");
    play(engine, time, end, out);
    result->whole = peak_of(out, count);
    for (uint32_t i = 0; i < count && result->at_s == 0.0f; i++)
        if (fabsf(out[i]) == result->whole) result->at_s = (float)i / (float)RATE_HZ;
    result->tail = peak_of(out + count - (tail < count ? tail : count), tail < count ? tail : count);
    _exit(0);
}

static change *change_of(uint32_t time, uint32_t from, uint32_t to)
{
    return &bench.changes[(time * MOST_PRESETS + from) * MOST_PRESETS + to];
}

static void change_from(uint32_t from)
{
    candidate *c = &bench.presets[from];
    rsd_engine *engine = begin(c);
    uint32_t at = 0;
    for (uint32_t t = 0; t < bench.time_count; t++) {
        play(engine, at, bench.times[t], c->alone + at);
        at = bench.times[t];
        for (uint32_t to = 0; to < bench.preset_count; to++) {
            const pid_t child = to == from ? 0 : fork();
            int status = 0;
            if (child == 0 && to != from) change_to(engine, &bench.presets[to], at, change_of(t, from, to));
            need(to == from || (child > 0 && waitpid(child, &status, 0) == child && status == 0), "a copy failed");
        }
    }
    rsd_engine_destroy(engine);
}

static void play_alone(candidate *c)
{
    rsd_engine *engine = begin(c);
    play(engine, 0u, bench.sample_count, c->alone);
    c->peak = peak_of(c->alone, bench.sample_count);
    rsd_engine_destroy(engine);
}

static double db_over(float peak, float reference)
{
    return 20.0 * log10(fmax((double)peak, 1e-4) / fmax((double)reference, 1e-4));
}

static bool holds_a_moment(const rsd_preset *preset)
{
    for (uint32_t s = 0; s < preset->setting_count; s++)
        if (preset->settings[s].param_id == RSD_PARAM_FREEZE && preset->settings[s].value != 0.0f) return true;
    return false;
}

typedef struct {
    uint32_t count, over, over_strictly;
    double most, most_strictly;
    uint32_t worst[2];
} tally;

static void compare(uint32_t t, uint32_t from, uint32_t to, bool lists, tally *sum)
{
    const change *c = change_of(t, from, to);
    const candidate *a = &bench.presets[from], *b = &bench.presets[to];
    const uint32_t at = bench.times[t], count = window_end(at) - at;
    const float held = holds_a_moment(&b->preset) ? c->tail : 0.0f;
    const float same = fmaxf(fmaxf(peak_of(a->alone + at, count), peak_of(b->alone + at, count)), held);
    const double over = db_over(c->whole, fmaxf(fmaxf(a->peak, b->peak), held)), strictly = db_over(c->whole, same);
    sum->count++;
    sum->over += over > MOST_OVER_DB;
    sum->over_strictly += strictly > MOST_OVER_DB;
    if (strictly > sum->most_strictly) sum->most_strictly = strictly;
    if (over > sum->most) sum->most = over, sum->worst[0] = from, sum->worst[1] = to;
    if (lists && strictly > MOST_OVER_DB)
        printf("  %s to %s: %.2f dB over the whole sound, %.2f dB over the same window, %.2f s after it\n",
               a->preset.name, b->preset.name, over, strictly, (double)c->at_s);
}

static void tell(uint32_t t, const char *only_from, bool lists)
{
    tally sum = {.most = -100.0, .most_strictly = -100.0};
    for (uint32_t from = 0; from < bench.preset_count; from++) {
        if (only_from && strcmp(only_from, bench.presets[from].preset.name) != 0) continue;
        for (uint32_t to = 0; to < bench.preset_count; to++)
            if (to != from) compare(t, from, to, lists, &sum);
    }
    printf("at %.2f s: %u of %u over by more than %g dB, the most %.2f dB (%s to %s); by the same window %u, the most "
           "%.2f\n",
           (double)bench.times[t] / RATE_HZ, sum.over, sum.count, MOST_OVER_DB, sum.most,
           bench.presets[sum.worst[0]].preset.name, bench.presets[sum.worst[1]].preset.name, sum.over_strictly,
           sum.most_strictly);
    fflush(stdout);
}

static void read_times(const char *list)
{
    const char *at = list;
    while (*at && bench.time_count < MOST_TIMES) {
        char *end;
        const double seconds = strtod(at, &end);
        const uint32_t samples = (uint32_t)(seconds * RATE_HZ) / BLOCK_SAMPLES * BLOCK_SAMPLES;
        const bool rises = bench.time_count == 0u || samples > bench.times[bench.time_count - 1u];
        need(end != at && seconds > 0.0 && samples < bench.sample_count && rises,
             "times rise and lie within the sound");
        bench.times[bench.time_count++] = samples;
        at = *end == ',' ? end + 1 : end;
    }
    need(bench.time_count > 0u, "no time of change");
}

int main(int argc, char **argv)
{
    const char *only_from = NULL;
    bool lists = false;
    bench.window_s = WINDOW_S;
    if (argc < 3)
        return fprintf(stderr, "preset_changes SOUND SECONDS[,SECONDS...] [--from NAME] [--seconds WINDOW] [--list]\n"),
               2;
    for (int i = 3; i < argc; i++) {
        lists = lists || strcmp(argv[i], "--list") == 0;
        if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) bench.window_s = strtod(argv[++i], NULL);
        if (strcmp(argv[i], "--from") == 0 && i + 1 < argc) only_from = argv[++i];
    }
    need(bench.window_s > 0.0, "--seconds takes a length over 0");
    load_sound(argv[1]);
    read_times(argv[2]);
    load_presets();
    const size_t bytes = sizeof *bench.changes * MOST_TIMES * MOST_PRESETS * MOST_PRESETS;
    bench.changes = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    need(bench.changes != MAP_FAILED, "no memory");
    for (uint32_t i = 0; i < bench.preset_count; i++) play_alone(&bench.presets[i]);
    for (uint32_t i = 0; i < bench.preset_count; i++)
        if (!only_from || strcmp(only_from, bench.presets[i].preset.name) == 0) change_from(i);
    for (uint32_t t = 0; t < bench.time_count; t++) tell(t, only_from, lists);
    return 0;
}
