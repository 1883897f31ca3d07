// SPDX-License-Identifier: MIT
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_RATE_HZ 48000u

/* Ten seconds of mono sound at 48 kHz, looped by index. */
typedef struct {
    float *samples;
    size_t count;
} bench_sound;

/* One figure. `step` does one unit of work; a unit covers `samples_per_step` samples of sound (0: no such notion). */
typedef struct {
    const char *name;
    uint32_t samples_per_step;
    double kbps;                            /* 0: no such notion */
    bool (*open)(const bench_sound *sound); /* false: not there on this machine */
    void (*step)(const bench_sound *sound, size_t index);
    void (*close)(void);
    const void *argument; /* bench_argument while the case is open */
} bench_case;

extern const bench_case bench_cases[];
extern const size_t bench_case_count;
extern const void *bench_argument;

/* Cases of the codebook search, one a kernel that this machine has; returns how many were written. */
size_t bench_search_cases(bench_case *cases, size_t most);

/* The chain with effects; returns how many were written. */
size_t bench_chain_cases(bench_case *cases, size_t most);

/* Sets kbps of the case that is open; called by its open(). */
void bench_set_kbps(double kbps);

/* Opus CELT restricted low delay, 2.5 ms, complexity 10, CBR. */
bool bench_opus_open(int bitrate_bps);
void bench_opus_step(const bench_sound *sound, size_t index);
void bench_opus_close(void);
#define BENCH_OPUS_FRAME 120u

/* A frame of live-128 through the token effects. */
bool bench_effects_off_open(const bench_sound *sound);
bool bench_effects_on_open(const bench_sound *sound);
void bench_effects_step(const bench_sound *sound, size_t index);
void bench_effects_close(void);

/* Levels 5 to 16 of a frame of Lyra V2, imagined. */
bool bench_predictor_open(const bench_sound *sound);
void bench_predictor_step(const bench_sound *sound, size_t index);
void bench_predictor_close(void);

/* A frame of tokens through a pattern, step by step, and back. The case's argument says which. */
typedef struct {
    const char *text;
    uint32_t row_count;
} bench_pattern;
bool bench_pattern_open(const bench_sound *sound);
void bench_pattern_step(const bench_sound *sound, size_t index);
void bench_pattern_close(void);

/* The next `count` samples of the looped sound from a multiple of `count`. */
const float *bench_block(const bench_sound *sound, size_t index, size_t count);

#endif
