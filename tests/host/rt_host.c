// SPDX-License-Identifier: MIT
// rt_host: what live's callback calls beside the engine makes no call of the allocator, of a lock or of a blocking
// function, and no system call; with queues that overflow, too: the recorder's, the tap's, the profile's, MIDI's.
// rt_host seed: both guards see what is made on purpose. Exit status 77: no seccomp filter here.
#include "host/device/pace.h"
#include "host/file/recorder.h"
#include "host/session/clock.h"
#include "host/session/midi.h"
#include "host/session/profile.h"
#include "host/session/scope.h"
#include "host/session/tap.h"
#include "support/rt_guard.h"
#include "support/rt_trap.h"
#include "support/signals.h"

#include <stdio.h>
#include <stdlib.h>

#define BLOCK 512u
#define BLOCKS 1000u
#define SKIPPED 77

static rsd_engine *engine;
static host_tap *tap;
static host_scope *scope;
static host_profile *profile;
static host_recorder *recorder;
static host_midi *midi;
static host_clock session_clock;
static host_pace pace;
static bool seeded;

static void need(bool good, const char *what)
{
    if (good) return;
    fprintf(stderr, "cannot go on: %s\n", what);
    exit(2);
}

static void set_by_midi(void *context, rsd_param_id param_id, uint32_t level, float value)
{
    (void)context;
    rsd_engine_apply(engine, param_id, level, value);
}

static void set_up(void)
{
    rsd_model *model = NULL;
    const rsd_engine_config config = {.sample_rate_hz = 48000u, .channel_count = 1u};
    need(rsd_model_open("live-64", &model, NULL) == RSD_OK, "a codec");
    need(rsd_engine_create(&config, model, &engine, NULL) == RSD_OK, "an engine");
    rsd_model_release(model);
    need(host_tap_create(&tap) == RSD_OK && host_scope_create(&scope) == RSD_OK, "tap and scope");
    need(host_profile_create(48000u, &profile) == RSD_OK && host_profile_stages_of(profile), "a profile");
    need(host_recorder_create(1u, 48000u, &recorder, NULL) == RSD_OK, "a recorder");
    need(host_recorder_start(recorder, "rt_host.wav", NULL) == RSD_OK, "a recording");
    need(host_midi_create(engine, set_by_midi, NULL, 48000u, &midi) == RSD_OK, "MIDI");
    host_tap_watch(tap, engine);
    host_scope_look(scope, true);
    host_clock_init(&session_clock, 48000u);
    host_pace_init(&pace, 48000u);
    rsd_engine_set_tap(engine, host_tap_push, tap);
    rsd_engine_set_sound_tap(engine, host_scope_push, scope);
}

/* A message of MIDI: a controller, a note, the clock, and one that is cut short. */
static void send_midi(uint64_t sample_time, uint32_t number)
{
    static const uint8_t messages[][3] = {{0xb0, 1, 64}, {0x90, 60, 100}, {0xf8, 0, 0}, {0xc0, 3, 0}, {0xb0, 0, 0}};
    static const size_t sizes[] = {3u, 3u, 1u, 2u, 1u};
    host_midi_message message = {.sample_time = sample_time, .size = (uint8_t)sizes[number % 5u]};
    memcpy(message.bytes, messages[number % 5u], sizes[number % 5u]);
    host_midi_push(midi, sample_time, message.bytes, message.size);
    (void)host_midi_send(midi, &message);
}

static void play_block(uint32_t number, float *samples)
{
    const float *const in[] = {samples};
    float *const out[] = {samples};
    const uint64_t now = host_clock_now_ns(), time = rsd_engine_sample_time(engine);
    host_profile_callback record = {.entry_ns = now, .sample_time = time, .sample_count = BLOCK};
    (void)host_pace_update(&pace, now, BLOCK);
    record.late_ns = host_profile_begin(profile, time, now, number % 100u == 99u);
    host_clock_update(&session_clock, time, now, BLOCK);
    host_midi_begin(midi, time);
    for (uint32_t i = 0; i < 4u; i++) send_midi(time + i, number + i);
    (void)host_midi_play(midi, time, BLOCK);
    rsd_engine_process(engine, in, out, BLOCK);
    host_recorder_push(recorder, in, BLOCK);
    record.recorder_samples = host_recorder_queued(recorder);
    record.tap_frames = (uint16_t)host_tap_queued(tap);
    host_profile_push(profile, &record);
}

/* More at once than a queue holds, before anybody can take it out. */
static void overflow(const float *samples)
{
    for (uint32_t i = 0; i < 400u; i++) host_recorder_push(recorder, &samples, BLOCK);
    for (uint32_t i = 0; i < 10000u; i++) {
        host_profile_callback record = {.sample_count = BLOCK};
        host_profile_push(profile, &record);
    }
}

static void play(uint32_t block_count, void (*offend)(void))
{
    static float samples[BLOCK];
    uint32_t seed = 5u;
    for (uint32_t i = 0; i < block_count; i++) {
        test_fill_noise(samples, BLOCK, 0.5f, test_random(&seed));
        play_block(i, samples);
        if (offend && i == 3u) offend();
        if (i == block_count / 2u) overflow(samples);
    }
}

static void allocate(void) { free(malloc(7)); }
static void call_the_system(void) { (void)syscall(SYS_getppid); }

/* The thread leaves by the bare system call: pthread_exit makes others. */
static void *audio(void *context)
{
    (void)context;
    if (!rt_trap_close_the_door()) return NULL;
    play(BLOCKS, seeded ? call_the_system : NULL);
    syscall(SYS_exit, 0);
    return NULL;
}

static int look_at_queues(void)
{
    host_recorder_status status;
    host_recorder_get_status(recorder, &status);
    const bool all =
        host_tap_dropped_count(tap) > 0u && host_profile_lost_count(profile) > 0u && status.dropped_count > 0u;
    printf("tap missed %llu frames, the profile %llu records, the recorder %llu samples\n",
           (unsigned long long)host_tap_dropped_count(tap), (unsigned long long)host_profile_lost_count(profile),
           (unsigned long long)status.dropped_count);
    if (!all) printf("a queue never overflowed\n");
    return !all;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    seeded = argc > 1 && strcmp(argv[1], "seed") == 0;
    need(rt_trap_prepare(), "a signal handler");
    set_up();
    if (seeded) rt_guard_only_count();
    rt_guard_enter();
    play(BLOCKS, seeded ? allocate : NULL);
    rt_guard_leave();
    need(pthread_create(&thread, NULL, audio, NULL) == 0, "a thread");
    pthread_join(thread, NULL);
    need(host_recorder_stop(recorder, NULL) == RSD_OK, "the end of the recording");
    (void)remove("rt_host.wav");
    if (atomic_load(&rt_trap_refused)) return printf("no seccomp filter here\n"), SKIPPED;
    const int trapped = atomic_load(&rt_trapped_count);
    printf("%u calls of the allocator and the like, %d system calls\n", rt_guard_count(), trapped);
    if (seeded) return rt_guard_count() == 2u && trapped == 1 ? 0 : 1;
    return trapped > 0 || look_at_queues();
}
