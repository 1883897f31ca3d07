// SPDX-License-Identifier: MIT
#ifndef HOST_SUPPORT_H
#define HOST_SUPPORT_H

#include "host/file/soundfile.h"
#include "support/signals.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A folder of the test's own, and sounds to put into it. */

static char host_folder[64];

/* .init and .fini of the suites. */
static inline void host_make_folder(void)
{
    snprintf(host_folder, sizeof host_folder, "/tmp/rsd-host-XXXXXX");
    cr_assert_not_null(mkdtemp(host_folder));
}

static inline void host_remove_folder(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", host_folder);
    cr_assert_eq(system(command), 0);
}

/* Lives until the next call but four. */
static inline const char *host_path(const char *name)
{
    static char paths[5][128];
    static int next;
    char *path = paths[next = (next + 1) % 5];
    snprintf(path, sizeof paths[0], "%s/%s", host_folder, name);
    return path;
}

/* Bytes of a file, at most `room` of them; returns how many. */
static inline size_t host_read_bytes(const char *path, void *bytes, size_t room)
{
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    const size_t count = fread(bytes, 1, room, file);
    fclose(file);
    return count;
}

static inline void host_write_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file, "%s", path);
    cr_assert_eq(fwrite(bytes, 1, count, file), count);
    fclose(file);
}

/* A number of 32 bits, as it lies in a file. */
static inline void host_put_number(unsigned char *at, size_t value, bool is_big_endian)
{
    for (int i = 0; i < 4; i++) at[i] = (unsigned char)(value >> 8 * (is_big_endian ? 3 - i : i));
}

static inline void host_nap_ms(uint32_t ms)
{
    const struct timespec t = {ms / 1000u, (long)(ms % 1000u) * 1000000L};
    nanosleep(&t, NULL);
}

static inline host_sound host_make_sound(uint32_t channel_count, uint64_t sample_count, uint32_t rate_hz)
{
    host_sound sound = {.sample_rate_hz = rate_hz, .channel_count = channel_count, .sample_count = sample_count};
    float *memory = calloc(channel_count * sample_count, sizeof(float));
    cr_assert_not_null(memory);
    for (uint32_t c = 0; c < channel_count; c++) sound.channel[c] = memory + c * sample_count;
    return sound;
}

static inline host_sound host_make_noise(uint32_t channel_count, uint64_t sample_count, uint32_t rate_hz)
{
    host_sound sound = host_make_sound(channel_count, sample_count, rate_hz);
    for (uint32_t c = 0; c < channel_count; c++)
        test_fill_noise(sound.channel[c], (uint32_t)sample_count, 0.8f, 11u + c);
    return sound;
}

/* A tone of (c + 1) x 500 Hz in channel c. */
static inline host_sound host_make_tones(uint32_t channel_count, uint64_t sample_count, uint32_t rate_hz)
{
    host_sound sound = host_make_sound(channel_count, sample_count, rate_hz);
    for (uint32_t c = 0; c < channel_count; c++)
        test_fill_tone(sound.channel[c], (uint32_t)sample_count, 500.0 * (c + 1), rate_hz, 0.5f);
    return sound;
}

/* Largest difference over all channels, `margin` samples at both ends left out. */
static inline double host_difference(const host_sound *a, const host_sound *b, uint64_t margin)
{
    double worst = 0.0;
    cr_assert_eq(a->channel_count, b->channel_count);
    cr_assert_eq(a->sample_count, b->sample_count, "%llu samples, not %llu", (unsigned long long)a->sample_count,
                 (unsigned long long)b->sample_count);
    for (uint32_t c = 0; c < a->channel_count; c++)
        for (uint64_t i = margin; i + margin < a->sample_count; i++)
            worst = fmax(worst, fabs((double)a->channel[c][i] - (double)b->channel[c][i]));
    return worst;
}

static inline void host_save(const host_sound *sound, const char *path, int subtype)
{
    rsd_error error = {0};
    cr_assert_eq(host_sound_save(sound, path, subtype, &error), RSD_OK, "%s", error.text);
}

static inline host_sound host_load(const char *path, uint32_t rate_hz)
{
    rsd_error error = {0};
    host_sound sound = {0};
    cr_assert_eq(host_sound_load(path, rate_hz, &sound, &error), RSD_OK, "%s", error.text);
    return sound;
}

#endif
