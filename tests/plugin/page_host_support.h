// SPDX-License-Identifier: MIT
#ifndef PAGE_HOST_SUPPORT_H
#define PAGE_HOST_SUPPORT_H

#include "plug_support.h"

#include <math.h>
#include <poll.h>
#include <time.h>

/* What small hosts share that play a tone until standard input ends, and are steered by its lines: "Name=VALUE". */

#define PAGE_HOST_RATE 48000u
#define PAGE_HOST_BLOCK 480u
#define PAGE_HOST_HZ 1000.0
#define PAGE_HOST_TELL_EVERY 10u /* blocks */

/* Takes a line if there is one: `name` is "" if not. Returns false when standard input has ended. */
static inline bool page_host_line(char *name, int bytes, double *value)
{
    struct pollfd in = {.fd = 0, .events = POLLIN};
    setvbuf(stdin, NULL, _IONBF, 0); /* poll knows nothing of what stdio has read ahead */
    name[0] = '\0';
    if (poll(&in, 1, 0) <= 0) return true;
    if (!fgets(name, bytes, stdin)) return false;
    char *equals = strchr(name, '=');
    need(equals != NULL, "Name=VALUE");
    *equals = '\0';
    *value = strtod(equals + 1, NULL);
    return true;
}

static inline void page_host_tone(float *in, uint64_t block)
{
    const uint64_t at = block * PAGE_HOST_BLOCK;
    for (uint32_t i = 0; i < PAGE_HOST_BLOCK; i++)
        in[i] = (float)(0.3 * sin(2.0 * 3.14159265358979 * PAGE_HOST_HZ * (double)((at + i) % PAGE_HOST_RATE) /
                                  PAGE_HOST_RATE));
}

/* Prints how loud the output is, every now and then, and waits as long as the block takes. */
static inline void page_host_end_block(const float *out, uint64_t block)
{
    double power = 1e-12;
    for (uint32_t i = 0; i < PAGE_HOST_BLOCK; i++) power += (double)(out[i] * out[i]) / PAGE_HOST_BLOCK;
    if (block % PAGE_HOST_TELL_EVERY == 0u) printf("out dB=%.1f\n", 10.0 * log10(power));
    fflush(stdout);
    nanosleep(&(struct timespec){.tv_nsec = 1000000000l / PAGE_HOST_RATE * PAGE_HOST_BLOCK}, NULL);
}

#endif
