// SPDX-License-Identifier: MIT
// One thread pushes as a device does, another starts and stops recordings: each file is a run of what was pushed.
#include "host/file/recorder.h"
#include "host/file/soundfile.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 12
#define BLOCK 64u
#define PACE 256u /* samples a millisecond: five times real time, so that a busy machine's disk thread keeps up */

static atomic_bool over;
static atomic_uint pushed; /* first sample of the latest block */

/* Sample n has the value n, both channels: exact in a float up to 2^24. */
static void *push_blocks(void *context)
{
    host_recorder *recorder = context;
    float samples[BLOCK];
    const float *const channels[] = {samples, samples};
    for (uint32_t at = 0; !atomic_load(&over); at += BLOCK) {
        for (uint32_t i = 0; i < BLOCK; i++) samples[i] = (float)((at + i) % (1u << 24));
        atomic_store(&pushed, at);
        host_recorder_push(recorder, channels, BLOCK);
        if (at % PACE == 0u) nanosleep(&(struct timespec){0, 1000000L}, NULL);
    }
    return NULL;
}

/* On a busy machine the pushing thread may rest for longer than a round takes. */
static void wait_for_blocks(uint32_t first)
{
    while (atomic_load(&pushed) - first < 8u * BLOCK) nanosleep(&(struct timespec){0, 1000000L}, NULL);
}

/* From block `first` or later on, without a gap: nothing of an earlier recording comes first. */
static int is_a_run(const char *path, uint32_t first, uint64_t *count)
{
    host_sound sound = {0};
    rsd_error error;
    if (host_sound_load(path, 0, &sound, &error) != RSD_OK) {
        fprintf(stderr, "FAILS: %s\n", error.text);
        return 0;
    }
    int fine = sound.channel_count == 2u && sound.channel[0][0] >= (float)first;
    for (uint64_t i = 1; fine && i < sound.sample_count; i++)
        fine = sound.channel[0][i] == sound.channel[0][i - 1u] + 1.0f && sound.channel[1][i] == sound.channel[0][i];
    *count = sound.sample_count;
    host_sound_destroy(&sound);
    return fine;
}

int main(void)
{
    char path[] = "/tmp/rsd-race-XXXXXX.wav";
    host_recorder *recorder;
    host_recorder_status status;
    pthread_t thread;
    int failures = 0;
    close(mkstemps(path, 4));
    if (host_recorder_create(2, 48000, &recorder, NULL) != RSD_OK) return 1;
    if (pthread_create(&thread, NULL, push_blocks, recorder) != 0) return 1;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t count = 0;
        const uint32_t first = atomic_load(&pushed);
        if (host_recorder_start(recorder, path, NULL) != RSD_OK) return 1;
        nanosleep(&(struct timespec){0, (10L + 7L * round) * 1000000L}, NULL);
        wait_for_blocks(first);
        host_recorder_get_status(recorder, &status);
        if (host_recorder_stop(recorder, NULL) != RSD_OK) return 1;
        const uint64_t seen = status.sample_count;
        host_recorder_get_status(recorder, &status);
        const int fine = is_a_run(path, first, &count) && count == status.sample_count && count >= seen && count > 0u;
        if (!fine) fprintf(stderr, "FAILS: round %d, %llu samples\n", round, (unsigned long long)count);
        failures += !fine;
    }
    atomic_store(&over, true);
    pthread_join(thread, NULL);
    if (status.dropped_count > 0u) fprintf(stderr, "FAILS: %llu dropped\n", (unsigned long long)status.dropped_count);
    failures += status.dropped_count > 0u;
    host_recorder_destroy(recorder);
    unlink(path);
    return failures > 0;
}
